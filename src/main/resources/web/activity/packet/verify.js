/**
 * Splits a packet again from its proof, and draws it again, in code of its own: `{packet, commitment,
 * seed, split, amounts}`, and of a draw `manifest, entriesHash, winners: [{who, amount}]`.
 *
 * The amounts are made of the seed's words for SHA-256(packet \n points \n count \n split). By luck,
 * each packet but the last gets 1 + (a word below min(2⌊left ÷ packets⌋ − 1, left − packets + 1)); the
 * last one the rest. Then they are shuffled. A draw is a lottery's, with the weight 1 for everybody, and
 * the i-th who is drawn gets the i-th amount.
 */
import { number, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { bytesOf, hashes, hexOf } from '/verify/hashes.js';
import { randomWords, wordBelow } from '/verify/random.js';
import { element } from '/verify/show.js';
import { words as page } from '/verify/words.js';
import { WORDS } from './words.js';

const words = speak(WORDS.verify, page);
const { t, translate } = words;

const ID = /^[A-Za-z0-9_.:-]{1,64}$/;
const MOST_PACKETS = 2_000;
const MOST_POINTS = 10_000_000;
const SPLITS = ['lucky', 'equal'];

/** Entries that are listed for a search. */
const MOST_LINES = 8;

/** The order in which things are checked; each needs those before it. The last two are a draw's. */
const STEPS = ['form', 'commitment', 'amounts', 'entriesHash', 'winners'];

/** What everybody was told before the end: a step, and the field that has it. */
const ANNOUNCED = { commitment: 'commitment', amounts: 'terms', entriesHash: 'entriesHash' };

const NOTED = `<form class="card" id="noted">
  <h2 data-t="noted"></h2>
  <p class="why" data-t="notedWhy"></p>
  <label><span data-t="notedCommitment"></span><input name="commitment" type="text" autocomplete="off" spellcheck="false"></label>
  <label><span data-t="notedTerms"></span><input name="terms" type="text" placeholder="10000/100/lucky" autocomplete="off" spellcheck="false"></label>
  <label><span data-t="notedEntriesHash"></span><input name="entriesHash" type="text" autocomplete="off" spellcheck="false"></label>
</form>`;

const MINE = `<section class="card" id="mine" hidden>
  <h2 data-t="mine"></h2>
  <label><span data-t="who"></span><input type="search" autocomplete="off" spellcheck="false"></label>
  <ul class="lines" aria-live="polite"></ul>
</section>`;

const SHARES = `<section class="card" id="shares" hidden>
  <h2 data-t="shares"></h2>
  <div class="scroller" tabindex="0" role="region" data-t-label="shares">
    <table>
      <thead><tr><th scope="col" data-t="nth"></th><th scope="col" data-t="points"></th><th scope="col" data-t="winner"></th></tr></thead>
      <tbody></tbody>
    </table>
  </div>
  <a class="quiet save" download="proof.json" data-t="download"></a>
</section>`;

export function verify() {
  const noted = markup(NOTED, translate);
  const mine = markup(MINE, translate);
  const shares = markup(SHARES, translate);
  const search = mine.querySelector('input');
  let last = null;

  const showMine = () => showLines(mine.querySelector('.lines'), search.value.trim(), last);
  search.addEventListener('input', showMine);

  return {
    words,
    noted,
    sections: [mine, shares],
    check,
    sees: (who) => (search.value = who),
    show: (proof, checked) => {
      last = checked;
      mine.hidden = checked.entries.length === 0;
      shares.hidden = checked.amounts.length === 0;
      showMine();
      showShares(shares.querySelector('tbody'), checked);
      return steps(proof, checked, read(noted));
    },
  };
}

// Splitting and drawing

/**
 * @typedef {object} Checked
 * @property {{step: string, why: string, values: object}|null} fault the first thing that does not
 *     hold
 * @property {number[]} amounts in the order in which they are given
 * @property {string[]} entries of a draw, by what viewers are called, in the manifest's order
 * @property {string[]} drawn in their order
 */

/**
 * @param {unknown} proof
 * @param {import('/verify/hashes.js').Hashes} hash
 * @returns {Promise<Checked>}
 */
export async function check(proof, hash = hashes()) {
  const checked = { fault: null, amounts: [], entries: [], drawn: [] };
  try {
    checkForm(proof);
    const seed = bytesOf(proof.seed);
    if (hexOf(await hash.sha256(seed)) !== proof.commitment) {
      throw new Fault('commitment', 'commitmentDiffers');
    }
    const amounts = await amountsOf(proof, seed, hash);
    compareAmounts(amounts, proof.amounts);
    checked.amounts = amounts;
    if (isDraw(proof)) {
      const manifestHash = await hash.sha256(utf8(proof.manifest));
      checked.entries = entriesOf(proof);
      if (hexOf(manifestHash) !== proof.entriesHash) {
        throw new Fault('entriesHash', 'entriesHashDiffers');
      }
      const random = randomWords(hash, seed, manifestHash);
      checked.drawn = await draw(checked.entries, amounts.length, random);
      compareWinners(checked, proof.winners);
    }
  } catch (fault) {
    if (!(fault instanceof Fault)) {
      throw fault;
    }
    checked.fault = { step: fault.step, why: fault.why, values: fault.values };
  }
  return checked;
}

class Fault extends Error {
  constructor(step, why, values = {}) {
    super(why);
    Object.assign(this, { step, why, values });
  }
}

const utf8 = (text) => new TextEncoder().encode(text);

function isDraw({ manifest }) {
  return manifest !== undefined;
}

function checkForm(proof) {
  const isText = (value) => typeof value === 'string';
  const isPoints = (value) => Number.isSafeInteger(value) && value >= 1;
  const isWhole =
    proof !== null &&
    typeof proof === 'object' &&
    [proof.packet, proof.commitment, proof.seed].every(isText) &&
    ID.test(proof.packet) &&
    SPLITS.includes(proof.split) &&
    Array.isArray(proof.amounts) &&
    proof.amounts.length >= 1 &&
    proof.amounts.length <= MOST_PACKETS &&
    proof.amounts.every(isPoints) &&
    sum(proof.amounts) <= MOST_POINTS &&
    (!isDraw(proof) ||
      ([proof.manifest, proof.entriesHash].every(isText) &&
        Array.isArray(proof.winners) &&
        proof.winners.every((winner) => isText(winner?.who) && isPoints(winner.amount))));
  if (!isWhole) {
    throw new Fault('form', 'notAProof');
  }
  if (!/^[0-9a-f]{64}$/.test(proof.seed)) {
    throw new Fault('form', 'notASeed');
  }
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0);
}

async function amountsOf({ packet, split, amounts }, seed, hash) {
  const [points, count] = [sum(amounts), amounts.length];
  const about = await hash.sha256(utf8(`${packet}\n${points}\n${count}\n${split}`));
  const random = randomWords(hash, seed, about);
  const made = split === 'equal' ? equal(points, count) : await lucky(points, count, random);
  for (let j = count - 1; j > 0; j--) {
    const { t: other } = await wordBelow(j + 1, random);
    [made[j], made[other]] = [made[other], made[j]];
  }
  return made;
}

function equal(points, count) {
  const each = Math.floor(points / count);
  return Array.from({ length: count }, (_, i) => (i < points % count ? each + 1 : each));
}

async function lucky(points, count, random) {
  const made = [];
  let left = points;
  for (let packets = count; packets > 1; packets--) {
    const bound = Math.min(2 * Math.floor(left / packets) - 1, left - packets + 1);
    const { t: more } = await wordBelow(bound, random);
    made.push(1 + more);
    left -= 1 + more;
  }
  return [...made, left];
}

function compareAmounts(made, claimed) {
  const i = made.findIndex((amount, at) => amount !== claimed[at]);
  if (i >= 0) {
    throw new Fault('amounts', 'amountDiffers', { nth: i + 1, split: made[i], claimed: claimed[i] });
  }
}

function entriesOf({ packet, manifest }) {
  const lines = manifest.split('\n');
  if (lines[0] !== packet || lines.length < 2 || lines.at(-1) !== '') {
    throw new Fault('entriesHash', 'notOfThisPacket');
  }
  const entries = [];
  for (let i = 1; i < lines.length - 1; i++) {
    const [who, weight, ...more] = lines[i].split('\t');
    if (!ID.test(who) || weight !== '1' || more.length > 0) {
      throw new Fault('entriesHash', 'notAnEntry', { line: i + 1 });
    }
    if (i > 1 && who <= entries.at(-1)) { // ASCII: the order of strings is that of bytes.
      throw new Fault('entriesHash', 'outOfOrder', { line: i + 1 });
    }
    entries.push(who);
  }
  return entries;
}

async function draw(entries, count, random) {
  const left = [...entries];
  const drawn = [];
  while (drawn.length < count && left.length > 0) {
    const { t: at } = await wordBelow(left.length, random);
    drawn.push(...left.splice(at, 1));
  }
  return drawn;
}

function compareWinners({ drawn, amounts }, winners) {
  for (let i = 0; i < Math.min(drawn.length, winners.length); i++) {
    const { who, amount } = winners[i];
    if (who !== drawn[i] || amount !== amounts[i]) {
      throw new Fault('winners', 'winnerDiffers', {
        nth: i + 1,
        drawn: `${drawn[i]} (${amounts[i]})`,
        claimed: `${who} (${amount})`,
      });
    }
  }
  if (drawn.length !== winners.length) {
    throw new Fault('winners', 'winnersDiffer', { drawn: drawn.length, claimed: winners.length });
  }
}

// What was noted before the end says more than what the server says after it

/** @returns {Record<string, string>} by step: what its field has, as it would be found */
function read(noted) {
  const seen = {};
  for (const [step, field] of Object.entries(ANNOUNCED)) {
    const text = noted.elements[field].value.replaceAll(/\s/g, '').toLowerCase();
    if (text !== '') {
      seen[step] = text;
    }
  }
  return seen;
}

function steps(proof, { fault, amounts, entries, drawn }, seen) {
  const failed = fault === null ? STEPS.length : STEPS.indexOf(fault.step);
  const values = {
    ...proof,
    points: sum(amounts),
    count: amounts.length,
    split: failed > 0 ? t(`split_${proof.split}`) : '',
    entries: entries.length,
    winners: drawn.length,
  };
  const claimed = {
    commitment: proof?.commitment,
    amounts: `${sum(amounts)}/${amounts.length}/${proof?.split}`,
    entriesHash: proof?.entriesHash,
  };
  return STEPS.map((step, i) => {
    if (i > failed) {
      return { name: t(step), state: 'open', details: [t('notChecked')] };
    }
    if (i === failed) {
      return { name: t(step), state: 'wrong', details: [t(fault.why, fault.values)] };
    }
    const differs = step in seen && seen[step] !== claimed[step];
    if (i > STEPS.indexOf('amounts') && !isDraw(proof)) {
      const details = differs ? [t('otherEntriesHash', { seen: seen[step] })] : [t('grabDetail')];
      return { name: t(step), state: differs ? 'wrong' : 'open', details };
    }
    const details = [t(`${step}Detail`, values)];
    if (step in ANNOUNCED) {
      const told = differs ? 'other' : step in seen ? 'seen' : 'compare';
      details.push(t(`${told}${step[0].toUpperCase()}${step.slice(1)}`, { seen: seen[step] }));
    }
    return { name: t(step), state: differs ? 'wrong' : 'right', details };
  });
}

// What was found

/** The entries that begin so. */
function showLines(list, start, { entries, drawn, amounts }) {
  const found = entries.flatMap((who, i) =>
    start !== '' && who.startsWith(start) ? { who, line: i + 2 } : [], // The first line names the packet.
  );
  const items = found.slice(0, MOST_LINES).map(({ who, line }) => {
    const text = t('line', { line, entries: entries.length });
    const item = element('li', {}, element('bdi', {}, who), element('p', {}, text));
    const at = drawn.indexOf(who);
    if (at >= 0) {
      const won = t('won', { nth: at + 1, points: amounts[at] });
      item.append(element('p', { className: 'won' }, won));
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

function showShares(body, { amounts, drawn }) {
  body.replaceChildren(
    ...amounts.map((amount, i) =>
      element(
        'tr',
        {},
        element('td', {}, number(i + 1)),
        element('td', { className: 'figure' }, number(amount)),
        element('td', {}, element('bdi', {}, drawn[i] ?? '–')),
      ),
    ),
  );
}
