/** A flash sale over the picture. */
import { money, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { WORDS } from './words.js';

const { t, translate } = speak(WORDS.overlay);

const WIDGET = `<section class="widget sale">
  <h2><bdi class="title"></bdi></h2>
  <p class="price"></p>
  <p class="when"></p>
  <div class="bar"><span></span></div>
  <p class="left"></p>
</section>`;

export function overlay({ title, priceCents, currency, stock }, { store }) {
  const element = markup(WIDGET, translate);
  const part = (name) => element.querySelector(`.${name}`);
  setText(part('title'), title);
  setText(part('price'), money(priceCents, currency));

  const show = (sale) => {
    const { state, available } = sale;
    element.dataset.state = state;
    setText(part('left'), t('left', { available, stock }));
    part('bar').style.setProperty('--share', available / stock);
    setText(part('when'), when(sale, store.now()));
  };
  return { element, show };
}

function when({ state, reason, opensAt, endsAt }, nowMs) {
  if (state === 'ended') {
    return t(`over_${reason}`);
  }
  const [key, until] = nowMs < opensAt ? ['opensIn', opensAt] : ['endsIn', endsAt];
  return t(key, { time: clock(until - nowMs) });
}
