/**
 * Counts a ballot again from its proof, in code of its own: `{ballot, receipts: [[receipt, indices of
 * options, weight?]], receiptsHash}`, and where they are told `options, counts, voters`. The list that is
 * hashed has a line for each receipt, sorted by receipts: `receipt\toption,option\n`, in UTF-8, or
 * `receipt\toption,option\tweight\n` where votes have weights.
 */
import { number, percent, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { hashes, hexOf } from '/verify/hashes.js';
import { element } from '/verify/show.js';
import { words as page } from '/verify/words.js';
import { sharesOf } from '../bars.js';
import { WORDS } from './words.js';

const words = speak(WORDS.verify, page);
const { t, translate } = words;

const ID = /^[A-Za-z0-9_.:-]{1,64}$/;
const RECEIPT = /^[0-9a-f]{32}$/;
const MOST_OPTIONS = 10;
const MOST_WEIGHT = 1_000;

/** Receipts that are listed for a search. */
const MOST_LINES = 8;

/** The order in which things are checked; each needs those before it. */
const STEPS = ['form', 'receipts', 'receiptsHash', 'counts'];

/** What everybody was told at the close. */
const ANNOUNCED = ['receiptsHash', 'counts'];

const NOTED = `<form class="card" id="noted">
  <h2 data-t="noted"></h2>
  <p class="why" data-t="notedWhy"></p>
  <label><span data-t="notedReceiptsHash"></span><input name="receiptsHash" type="text" autocomplete="off" spellcheck="false"></label>
  <label><span data-t="notedCounts"></span><input name="counts" type="text" placeholder="12,30,7" autocomplete="off" spellcheck="false"></label>
</form>`;

const MINE = `<section class="card" id="mine" hidden>
  <h2 data-t="mine"></h2>
  <label><span data-t="yourReceipt"></span><input type="search" autocomplete="off" spellcheck="false"></label>
  <ul class="lines" aria-live="polite"></ul>
</section>`;

const TALLY = `<section class="card" id="tally" hidden>
  <h2 data-t="tally"></h2>
  <div class="scroller" tabindex="0" role="region" data-t-label="tally">
    <table>
      <thead><tr><th scope="col" data-t="option"></th><th scope="col" data-t="votes"></th><th scope="col" data-t="share"></th></tr></thead>
      <tbody></tbody>
    </table>
  </div>
  <a class="quiet save" download="proof.json" data-t="download"></a>
</section>`;

export function verify() {
  const noted = markup(NOTED, translate);
  const mine = markup(MINE, translate);
  const tally = markup(TALLY, translate);
  const search = mine.querySelector('input');
  let last = null;

  const showMine = () => showLines(mine.querySelector('.lines'), search.value.trim().toLowerCase(), last);
  search.addEventListener('input', showMine);

  return {
    words,
    noted,
    sections: [mine, tally],
    check,
    sees: (receipt) => (search.value = receipt),
    show: (proof, counted) => {
      last = counted;
      mine.hidden = counted.votes.length === 0;
      tally.hidden = counted.fault !== null;
      showMine();
      showTally(tally.querySelector('tbody'), counted);
      return steps(proof, counted, read(noted));
    },
  };
}

// Counting

/**
 * @typedef {object} Counted
 * @property {{step: string, why: string, values: object}|null} fault the first thing that does not
 *     hold
 * @property {{receipt: string, options: number[], weight: number}[]} votes in the order of their
 *     receipts
 * @property {number[]} counts of each option; where the proof does not tell the options, up to the
 *     last one that anybody voted for
 * @property {string[]} names of the options, where the proof tells them
 */

/**
 * @param {unknown} proof
 * @param {import('/verify/hashes.js').Hashes} hash
 * @returns {Promise<Counted>}
 */
export async function check(proof, hash = hashes()) {
  const counted = { fault: null, votes: [], counts: [], names: [] };
  const failed = (step, why, values = {}) => ({ ...counted, fault: { step, why, values } });
  if (!isWhole(proof)) {
    return failed('form', 'notAProof');
  }
  const names = proof.options ?? [];
  const votes = [];
  for (const [i, vote] of proof.receipts.entries()) {
    if (!isVote(vote, names.length > 0 ? names.length : MOST_OPTIONS)) {
      return failed('receipts', 'notAReceipt', { line: i + 1 });
    }
    const [receipt, options, weight] = vote;
    if (i > 0 && receipt <= votes.at(-1).receipt) { // Hex digits: the order of strings is that of bytes.
      return failed('receipts', 'outOfOrder', { line: i + 1 });
    }
    votes.push({ receipt, options, weight: weight ?? 1 });
  }
  Object.assign(counted, { votes, names });
  const list = proof.receipts.map((vote) => `${vote.join('\t')}\n`).join('');
  if (hexOf(await hash.sha256(new TextEncoder().encode(list))) !== proof.receiptsHash) {
    return failed('receiptsHash', 'receiptsHashDiffers');
  }
  const counts = count(votes, names.length);
  const { counts: claimed = counts, voters = votes.length } = proof;
  if (!isSameCount(claimed, counts) || voters !== votes.length) {
    const said = `${claimed.join(t('comma'))} (${voters})`;
    return failed('counts', 'countsDiffer', { counts: counts.join(t('comma')), voters: votes.length, said });
  }
  counted.counts = counts;
  return counted;
}

function isWhole(proof) {
  const isTextList = (list) => Array.isArray(list) && list.every((text) => typeof text === 'string');
  return (
    proof !== null &&
    typeof proof === 'object' &&
    typeof proof.ballot === 'string' &&
    ID.test(proof.ballot) &&
    typeof proof.receiptsHash === 'string' &&
    Array.isArray(proof.receipts) &&
    (proof.options === undefined || isTextList(proof.options)) &&
    (proof.counts === undefined || (Array.isArray(proof.counts) && proof.counts.every(Number.isSafeInteger)))
  );
}

function isVote(vote, optionCount) {
  if (!Array.isArray(vote) || vote.length < 2 || vote.length > 3) {
    return false;
  }
  const [receipt, options, weight = 1] = vote;
  return (
    typeof receipt === 'string' &&
    RECEIPT.test(receipt) &&
    Array.isArray(options) &&
    options.length > 0 &&
    new Set(options).size === options.length &&
    options.every((i) => Number.isSafeInteger(i) && i >= 0 && i < optionCount) &&
    Number.isSafeInteger(weight) &&
    weight >= 1 &&
    weight <= MOST_WEIGHT
  );
}

function count(votes, optionCount) {
  const counts = Array.from({ length: optionCount }, () => 0);
  for (const { options, weight } of votes) {
    for (const i of options) {
      counts[i] = (counts[i] ?? 0) + weight;
    }
  }
  return Array.from(counts, (each) => each ?? 0);
}

// What was told at the close says more than what the server says later

/** @returns {Record<string, string>} what the fields have, as it would be found */
function read(noted) {
  const seen = {};
  for (const key of ANNOUNCED) {
    const text = noted.elements[key].value.replaceAll(/\s/g, '').toLowerCase();
    if (text !== '') {
      seen[key] = text;
    }
  }
  return seen;
}

function isAsTold(key, seen, { receiptsHash }, { counts }) {
  return key === 'receiptsHash' ? seen === receiptsHash : isSameCount(seen.split(','), counts);
}

/** A proof that does not tell its options does not tell of those at the end that nobody voted for. */
function isSameCount(told, counts) {
  return told.length >= counts.length && told.every((each, i) => Number(each) === (counts[i] ?? 0));
}

function steps(proof, counted, seen) {
  const { fault, votes, counts } = counted;
  const failed = fault === null ? STEPS.length : STEPS.indexOf(fault.step);
  const values = {
    ballot: proof?.ballot,
    receiptsHash: proof?.receiptsHash,
    voters: votes.length,
    counts: counts.map(number).join(t('comma')),
  };
  return STEPS.map((step, i) => {
    if (i > failed) {
      return { name: t(step), state: 'open', details: [t('notChecked')] };
    }
    if (i === failed) {
      return { name: t(step), state: 'wrong', details: [t(fault.why, fault.values)] };
    }
    const details = [t(`${step}Detail`, values)];
    if (!ANNOUNCED.includes(step)) {
      return { name: t(step), state: 'right', details };
    }
    const differs = step in seen && !isAsTold(step, seen[step], proof, counted);
    const told = differs ? 'other' : step in seen ? 'seen' : 'compare';
    details.push(t(`${told}${step[0].toUpperCase()}${step.slice(1)}`, { seen: seen[step] }));
    return { name: t(step), state: differs ? 'wrong' : 'right', details };
  });
}

// What was found

function nameOf(i, names) {
  return names[i] ?? t('nth', { nth: i + 1 });
}

/** The votes whose receipts begin so. */
function showLines(list, start, { votes, names }) {
  const found = votes.flatMap(({ receipt, options, weight }, i) =>
    start !== '' && receipt.startsWith(start) ? { receipt, options, weight, line: i + 1 } : [],
  );
  const items = found.slice(0, MOST_LINES).map(({ receipt, options, weight, line }) => {
    const chosen = options.map((i) => nameOf(i, names)).join(t('comma'));
    const said = t('line', { line, voters: votes.length, options: chosen });
    const item = element('li', {}, element('bdi', {}, receipt), element('p', {}, said));
    if (weight > 1) {
      item.append(element('p', {}, t('weighs', { weight })));
    }
    return item;
  });
  if (found.length > MOST_LINES) {
    items.push(element('li', { className: 'why' }, t('more', { count: found.length - MOST_LINES })));
  }
  if (start !== '' && found.length === 0) {
    items.push(element('li', { className: 'why' }, t('notInIt')));
  }
  list.replaceChildren(...items);
}

function showTally(body, { counts, names }) {
  const shares = sharesOf(counts);
  body.replaceChildren(
    ...counts.map((votes, i) =>
      element(
        'tr',
        {},
        element('td', {}, element('bdi', {}, nameOf(i, names))),
        element('td', { className: 'figure' }, number(votes)),
        element('td', { className: 'figure' }, percent(shares[i])),
      ),
    ),
  );
}
