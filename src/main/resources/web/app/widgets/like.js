/** Taps and hearts. The total is the server's; hearts answer one's own taps at once. */
import { number, t } from '../i18n.js';

const MOST_HEARTS = 24;
/** Hearts that float for a rise of the total, whoever tapped. */
const MOST_FOR_OTHERS = 4;
const REDUCED_MOTION = matchMedia('(prefers-reduced-motion: reduce)');

export function mountLike(element, { store, client }) {
  const button = element.querySelector('.heart');
  const total = element.querySelector('.likes');
  const hearts = document.querySelector('.hearts');
  let shown = null;

  const float = (count) => {
    for (let i = 0; i < count && store.state.motion && !REDUCED_MOTION.matches; i++) {
      floatHeart(hearts);
    }
  };

  button.addEventListener('click', () => {
    client.like();
    store.dispatch({ type: 'tapped' });
    float(1);
  });
  store.watch(
    (state) => state.viewer === null,
    (isAnonymous) => {
      button.disabled = isAnonymous;
    },
  );
  store.watch(
    (state) => state.likes,
    (likes) => {
      total.hidden = likes === null;
      total.textContent = number(likes ?? 0);
      total.title = t('likes', { count: likes ?? 0 });
      if (shown !== null && likes > shown) {
        float(Math.min(MOST_FOR_OTHERS, likes - shown));
      }
      shown = likes;
    },
  );
}

function floatHeart(hearts) {
  if (hearts.childElementCount >= MOST_HEARTS || document.hidden) {
    return;
  }
  const heart = document.createElement('span');
  heart.className = 'floating';
  heart.style.setProperty('--drift', `${Math.round(Math.random() * 80 - 40)}px`);
  heart.style.setProperty('--hue', Math.round(310 + Math.random() * 60));
  heart.style.setProperty('--size', `${Math.round(18 + Math.random() * 14)}px`);
  heart.addEventListener('animationend', () => heart.remove());
  hearts.append(heart);
}
