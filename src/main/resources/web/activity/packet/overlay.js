/** A red packet over the picture. */
import { number, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { WORDS } from './words.js';

const { t, translate } = speak(WORDS.overlay);

const WIDGET = `<section class="widget packet">
  <h2><bdi class="title"></bdi></h2>
  <p class="pot"></p>
  <p class="when"></p>
  <div class="bar"><span></span></div>
  <p class="left"></p>
</section>`;

export function overlay({ title, reward = {}, count, mode }, { store }) {
  const element = markup(WIDGET, translate);
  const part = (name) => element.querySelector(`.${name}`);
  setText(part('title'), title);
  setText(part('pot'), reward.points === undefined ? '' : t('pot', { points: reward.points, count }));

  const show = (packet) => {
    const { state, left = count } = packet;
    element.dataset.state = state;
    part('bar').hidden = mode === 'draw' || state === 'ended' || state === 'cancelled';
    part('bar').style.setProperty('--share', left / count);
    setText(part('when'), when(packet, store.now()));
    setText(part('left'), rest(packet));
  };
  return { element, show };
}

function when({ state, mode, opensAt, endsAt, best }, nowMs) {
  if (state === 'cancelled') {
    return t('cancelled');
  }
  if (state === 'ended') {
    return best ? t('luckiest', { name: best.name, points: number(best.amount) }) : t('over');
  }
  if (nowMs < opensAt) {
    return t('opensIn', { time: clock(opensAt - nowMs) });
  }
  if (state === 'locked' || nowMs >= endsAt) {
    return t(mode === 'draw' ? 'drawing' : 'ending');
  }
  return t(mode === 'draw' ? 'drawIn' : 'endsIn', { time: clock(endsAt - nowMs) });
}

function rest({ state, mode, count, left = count, entered = 0, claimed }) {
  if (state === 'cancelled') {
    return '';
  }
  if (state === 'ended') {
    return claimed > 0 ? t('claimed', { points: claimed }) : t('nobody');
  }
  return mode === 'draw' ? t('entries', { entries: entered }) : t('leftOver', { left, count });
}
