/** A lottery over the picture. */
import { number, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { fillWinners } from './winners.js';
import { WORDS } from './words.js';

const { t, translate } = speak(WORDS.overlay);

const WIDGET = `<section class="widget lottery">
  <h2><bdi class="title"></bdi></h2>
  <p class="how"></p>
  <p class="when"></p>
  <ol class="winners"></ol>
</section>`;

export function overlay({ title, entry, keyword, minLikes, prizes }, { store }) {
  const element = markup(WIDGET, translate);
  const part = (name) => element.querySelector(`.${name}`);
  const all = prizes.map(({ name, count }) => `${name} × ${number(count)}`).join(', ');
  let shown = null;
  setText(part('title'), title);

  const show = ({ state, locksAt, winners = [] }) => {
    element.dataset.state = state;
    setText(part('how'), state === 'open' ? t(`how_${entry}`, { prizes: all, keyword, minLikes }) : '');
    setText(part('when'), when(state, locksAt - store.now(), winners));
    if (shown !== winners && winners.length > 0) {
      shown = winners;
      fillWinners(part('winners'), winners, t);
    }
    part('winners').hidden = state !== 'drawn';
  };
  return { element, show };
}

function when(state, leftMs, winners) {
  if (state === 'drawn') {
    return winners.length === 0 ? t('nobodyWon') : '';
  }
  if (state === 'cancelled') {
    return t('cancelled');
  }
  return state === 'open' && leftMs > 0 ? t('drawsIn', { time: clock(leftMs) }) : t('drawing');
}
