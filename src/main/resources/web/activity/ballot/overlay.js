/** A ballot over the picture: its options with their bars, and what most voted for. */
import { number, percent, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { mostOf, sharesOf } from '../bars.js';
import { WORDS } from './words.js';

const { t, translate } = speak(WORDS.overlay);

const WIDGET = `<section class="widget ballot">
  <h2><bdi class="title"></bdi></h2>
  <p class="when"></p>
  <ol class="options"></ol>
  <p class="left"></p>
</section>`;

const OPTION = `<li><bdi class="text"></bdi> <span class="share"></span><div class="bar"><span></span></div></li>`;

export function overlay({ form, title, question, options = [] }, { store }) {
  const element = markup(WIDGET, translate);
  element.hidden = form === 'survey'; // It has no options, but questions.
  const part = (name) => element.querySelector(`.${name}`);
  const rows = options.map(() => markup(OPTION, translate));
  rows.forEach((row, i) => (row.querySelector('.text').textContent = options[i]));
  part('options').append(...rows);
  setText(part('title'), question ?? title);

  const show = ({ state, closesAt, counts, voters = 0, choices = 1, weights, answer }) => {
    element.dataset.state = state;
    setText(part('when'), when(state, closesAt - store.now()));
    setText(part('left'), state === 'cancelled' ? '' : t('voters', { voters }));
    const isCounted = state === 'closed' || state === 'resolved';
    const best = form === 'quiz' ? [answer] : mostOf(counts ?? []);
    const shares = counts && sharesOf(counts, choices > 1 && weights === undefined ? voters : undefined);
    rows.forEach((row, i) => {
      row.classList.toggle('best', isCounted && best.includes(i));
      row.querySelector('.bar').hidden = shares === undefined;
      row.querySelector('.bar').style.setProperty('--share', shares?.[i] ?? 0);
      setText(row.querySelector('.share'), shares === undefined ? '' : `${percent(shares[i], 2)} · ${number(counts[i])}`);
    });
  };
  return { element, show };
}

function when(state, leftMs) {
  if (state === 'cancelled') {
    return t('cancelled');
  }
  if (state !== 'open') {
    return t('closed');
  }
  return leftMs > 0 ? t('closesIn', { time: clock(leftMs) }) : t('counting');
}
