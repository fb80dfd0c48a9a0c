/** The newest danmaku as a list. It follows the newest unless the reader has scrolled up. */
import { t } from '../i18n.js';
import { fillRow } from './row.js';
import { Rows } from './rows.js';

const ROWS = 100;

export function mountTalk(element, { store }) {
  const list = element.querySelector('.list');
  const empty = element.querySelector('.talk-empty');
  const newest = element.querySelector('.newest');
  const rows = new Rows(list, ROWS, fillRow);
  let isReadingBack = false;

  const render = (danmaku) => {
    empty.hidden = danmaku.length > 0;
    rows.refresh(danmaku);
    if (isReadingBack) {
      const count = rows.countUnseen(danmaku);
      newest.hidden = count === 0;
      newest.textContent = t('newest', { count });
    } else {
      newest.hidden = true;
      rows.showNewest(danmaku);
    }
  };

  list.addEventListener('scroll', () => {
    const wasReadingBack = isReadingBack;
    isReadingBack = !rows.isAtEnd();
    if (wasReadingBack && !isReadingBack) {
      render(store.state.danmaku);
    }
  });
  newest.addEventListener('click', () => {
    isReadingBack = false;
    render(store.state.danmaku);
  });
  // A keyboard on the screen, a turned phone: the end stays in sight.
  new ResizeObserver(() => isReadingBack || rows.scrollToEnd()).observe(list);
  store.watch((state) => state.danmaku, render);
}
