/** The newest danmaku as a list. It follows the newest unless the reader has scrolled up. */
import { t } from '../i18n.js';
import { fillRow } from './row.js';

const ROWS = 100;
const AT_END_PX = 24;

export function mountTalk(element, { store }) {
  const list = element.querySelector('.list');
  const empty = element.querySelector('.talk-empty');
  const newest = element.querySelector('.newest');
  /** By key, in the order of the list: what each row shows. */
  const rows = new Map();
  let isReadingBack = false;

  const render = (danmaku) => {
    empty.hidden = danmaku.length > 0;
    for (const one of danmaku) {
      const row = rows.get(one.key);
      if (row !== undefined && row.shows !== one) {
        row.shows = one; // Deleted meanwhile.
        fillRow(row.li, one);
      }
    }
    if (isReadingBack) {
      const last = [...rows.keys()].at(-1) ?? -1;
      const count = danmaku.filter(({ key }) => key > last).length;
      newest.hidden = count === 0;
      newest.textContent = t('newest', { count });
    } else {
      showNewest(danmaku.slice(-ROWS));
    }
  };

  const showNewest = (danmaku) => {
    newest.hidden = true;
    const first = danmaku[0]?.key ?? Infinity;
    for (const [key, { li }] of rows) {
      if (key < first) {
        li.remove();
        rows.delete(key);
      }
    }
    for (const one of danmaku) {
      if (!rows.has(one.key)) {
        const li = fillRow(document.createElement('li'), one);
        rows.set(one.key, { li, shows: one });
        list.append(li);
      }
    }
    list.scrollTop = list.scrollHeight;
  };

  list.addEventListener('scroll', () => {
    const wasReadingBack = isReadingBack;
    isReadingBack = list.scrollHeight - list.scrollTop - list.clientHeight > AT_END_PX;
    if (wasReadingBack && !isReadingBack) {
      render(store.state.danmaku);
    }
  });
  newest.addEventListener('click', () => {
    isReadingBack = false;
    render(store.state.danmaku);
  });
  // A keyboard on the screen, a turned phone: the end stays in sight.
  new ResizeObserver(() => isReadingBack || (list.scrollTop = list.scrollHeight)).observe(list);
  store.watch((state) => state.danmaku, render);
}
