/** How a draw is checked: what was noted before it, each step, one's own line, and each number drawn. */
import { number, percent, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { element } from '/verify/show.js';
import { words as page } from '/verify/words.js';
import { STEPS, TIERS, check, weightsOf } from './draw.js';
import { WORDS } from './words.js';

const words = speak(WORDS.verify, page);
const { t, translate } = words;

/** What everybody was told before the draw. A proof alone cannot tell when. */
const ANNOUNCED = ['commitment', 'weights', 'entriesHash'];

/** Lines that are listed for a search. */
const MOST_LINES = 8;

const NOTED = `<form class="card" id="noted">
  <h2 data-t="noted"></h2>
  <p class="why" data-t="notedWhy"></p>
  <label><span data-t="notedCommitment"></span><input name="commitment" type="text" autocomplete="off" spellcheck="false"></label>
  <label><span data-t="notedEntriesHash"></span><input name="entriesHash" type="text" autocomplete="off" spellcheck="false"></label>
  <label><span data-t="notedWeights"></span><input name="weights" type="text" placeholder="gold=2,diamond=5" autocomplete="off" spellcheck="false"></label>
</form>`;

const MINE = `<section class="card" id="mine" hidden>
  <h2 data-t="mine"></h2>
  <label><span data-t="viewerId"></span><input type="search" autocomplete="off" spellcheck="false"></label>
  <ul class="lines" aria-live="polite"></ul>
</section>`;

const DRAWS = `<section class="card" id="draws" hidden>
  <h2 data-t="draws"></h2>
  <p class="why" data-t="drawsWhy"></p>
  <div class="scroller" tabindex="0" role="region" data-t-label="draws">
    <table>
      <thead><tr><th scope="col">#</th><th scope="col" data-t="prize"></th><th scope="col" data-t="winner"></th><th scope="col" data-t="number"></th><th scope="col" data-t="total"></th><th scope="col" data-t="point"></th></tr></thead>
      <tbody></tbody>
    </table>
  </div>
  <a class="quiet save" download="proof.json" data-t="download"></a>
</section>`;

export function verify() {
  const noted = markup(NOTED, translate);
  const mine = markup(MINE, translate);
  const draws = markup(DRAWS, translate);
  const search = mine.querySelector('input');
  let checkedLast = null;

  const showMine = () => showLines(mine.querySelector('.lines'), search.value.trim(), checkedLast);
  search.addEventListener('input', showMine);

  return {
    words,
    noted,
    sections: [mine, draws],
    check,
    sees: (viewer) => (search.value = viewer),
    show: (proof, checked) => {
      checkedLast = checked;
      mine.hidden = checked.tickets.length === 0;
      draws.hidden = checked.draws.length === 0;
      showMine();
      showDraws(draws.querySelector('tbody'), checked.draws);
      return steps(proof, checked, read(noted));
    },
  };
}

// What was noted before the draw says more than what the server says after it

/** @returns {Record<string, string>} what the fields have, as a proof would say it */
function read(noted) {
  const seen = {};
  for (const key of ANNOUNCED) {
    const text = noted.elements[key].value.trim().toLowerCase();
    if (text !== '') {
      seen[key] = key === 'weights' ? wholeWeights(text) : text;
    }
  }
  return seen;
}

/** What a proof says was announced. */
function claimed(key, proof) {
  return key === 'weights' ? weightsText(weightsOf(proof)) : proof[key];
}

/** @param {number[]|null} weights for each tier */
function weightsText(weights) {
  return weights === null ? null : TIERS.map((tier, i) => `${tier}=${weights[i]}`).join(', ');
}

/** What was noted, such as `diamond=5`, with all tiers named. */
function wholeWeights(text) {
  const named = new Map(text.split(',').map((each) => each.trim().split('=')));
  return weightsText(TIERS.map((tier) => named.get(tier) ?? 1));
}

function steps(proof, { fault, tickets, weight, draws }, seen) {
  const failed = fault === null ? STEPS.length : STEPS.indexOf(fault.step);
  const values = {
    ...proof,
    prizes: failed > 0 ? proof.prizes.reduce((sum, { count }) => sum + count, 0) : 0,
    kinds: failed > 0 ? proof.prizes.length : 0,
    entries: tickets.length,
    weight,
    weights: failed > 0 ? weightsText(weightsOf(proof)) : '',
    winners: draws.length,
  };
  return STEPS.map((step, i) => {
    if (i > failed) {
      return { name: t(step), state: 'open', details: [t('notChecked')] };
    }
    if (i === failed) {
      return { name: t(step), state: 'wrong', details: [t(fault.why, fault.values)] };
    }
    const differs = step in seen && seen[step] !== claimed(step, proof);
    if (step === 'weights' && weightsOf(proof) === null) {
      return { name: t(step), state: differs ? 'wrong' : 'open', details: [t('noWeights')] };
    }
    const details = [t(`${step}Detail`, values)];
    if (ANNOUNCED.includes(step)) {
      const told = differs ? 'other' : step in seen ? 'seen' : 'compare';
      details.push(t(`${told}${step[0].toUpperCase()}${step.slice(1)}`, { seen: seen[step] }));
    }
    return { name: t(step), state: differs ? 'wrong' : 'right', details };
  });
}

// What was drawn

/** The lines of viewers whose id begins so; the whole id comes first. */
function showLines(list, start, { tickets, weight, draws }) {
  const found = [];
  let more = 0;
  tickets.forEach((ticket, i) => {
    if (start === '' || !ticket.viewer.startsWith(start)) {
      return;
    }
    if (found.length < MOST_LINES) {
      found.push({ ...ticket, line: i + 2 }); // The first line names the lottery.
    } else {
      more++;
    }
  });
  const items = found.map(({ viewer, weight: own, line }) => {
    const chance = percent(own / weight);
    const item = element(
      'li',
      {},
      element('bdi', {}, viewer),
      element('p', {}, t('line', { line, weight: own, total: weight, chance })),
    );
    const won = draws.find((draw) => draw.viewer === viewer);
    if (won !== undefined) {
      item.append(element('p', { className: 'won' }, t('won', { prize: won.prize })));
    }
    return item;
  });
  if (more > 0) {
    items.push(element('li', { className: 'why' }, t('more', { count: more })));
  }
  if (start !== '' && found.length === 0) {
    items.push(element('li', { className: 'why' }, t('notInIt')));
  }
  list.replaceChildren(...items);
}

function showDraws(body, draws) {
  body.replaceChildren(
    ...draws.map(({ prize, viewer, word, left, t: point }, i) =>
      element(
        'tr',
        {},
        element('td', {}, number(i + 1)),
        element('td', {}, element('bdi', {}, prize)),
        element('td', {}, element('bdi', {}, viewer)),
        element('td', { className: 'figure' }, String(word)),
        element('td', { className: 'figure' }, number(left)),
        element('td', { className: 'figure' }, number(point)),
      ),
    ),
  );
}
