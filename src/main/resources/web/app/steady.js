/**
 * Keeps what somebody is about to tap where it is when cards come or go around it. In a row, the
 * cards are scrolled and grow no taller; below each other, a new one waits at the end. When nobody
 * points at a card any more, all take their places. Where nobody does, a new card comes into sight.
 */

/** Who tapped or typed so lately may do it again. */
const IN_USE_MS = 3_000;

/** @param {HTMLElement} list of cards, which scrolls */
export function keepSteady(list) {
  let pointed = null; // by a mouse; a finger that was lifted points at nothing
  let used = null; // tapped or typed in, lately
  let timer;

  const held = () => [pointed, used].find((one) => one !== null && list.contains(one)) ?? null;
  const release = () => {
    if (held() === null) {
      list.style.maxHeight = '';
      list.querySelectorAll('[data-later]').forEach((card) => delete card.dataset.later);
    }
  };
  const use = ({ target }) => {
    used = target;
    clearTimeout(timer);
    timer = setTimeout(() => {
      used = null;
      release();
    }, IN_USE_MS);
  };
  list.addEventListener('pointerdown', use);
  list.addEventListener('keydown', use);
  list.addEventListener('pointerover', ({ pointerType, target }) => {
    pointed = pointerType === 'mouse' ? target : null;
  });
  list.addEventListener('pointerleave', () => {
    pointed = null;
    release();
  });

  /** @param {() => HTMLElement[]} change puts cards in or takes them away; → those that are new */
  return (change) => {
    const kept = held();
    if (kept === null) {
      const isAtStart = list.scrollLeft < 1;
      change();
      if (isAtStart) {
        list.scrollTo({ left: 0, behavior: 'instant' }); // Browsers stay at the card that was there.
      }
      return;
    }
    const before = kept.getBoundingClientRect();
    const { clientHeight } = list;
    const added = change();
    if (getComputedStyle(list).flexDirection === 'column') {
      added.forEach((card) => (card.dataset.later = 'true'));
    } else {
      list.style.maxHeight = `${clientHeight}px`;
    }
    const after = kept.getBoundingClientRect();
    list.scrollBy({
      left: after.right - before.right,
      top: after.top - before.top,
      behavior: 'instant',
    });
  };
}
