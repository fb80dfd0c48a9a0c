/** Puts what was found into the document; what a proof says goes in as text only. */
import { number, percent } from '/app/language.js';
import { t } from './words.js';

/** Lines that are listed for a search. */
const MOST_LINES = 8;

/** @param {'working'|'right'|'wrong'} state */
export function showOutcome(element, state, text) {
  element.dataset.state = state;
  element.textContent = text;
}

/** @param {{name: string, state: 'right'|'wrong'|'open', details: string[]}[]} steps */
export function showSteps(list, steps) {
  list.replaceChildren(
    ...steps.map(({ name, state, details }) => {
      const item = element('li', { className: 'step' }, element('h3', {}, name));
      item.dataset.state = state;
      item.append(...details.map((detail) => element('p', {}, detail)));
      return item;
    }),
  );
}

/** The lines of viewers whose id begins so; the whole id comes first. */
export function showLines(list, start, { tickets, weight, draws }) {
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

export function showDraws(body, draws) {
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

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
