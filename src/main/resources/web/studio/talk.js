/**
 * The danmaku as they come, each with what a moderator may do about it. The list holds still while
 * the pointer or the focus is in it, so that nobody deletes the one that has just slipped in between.
 */
import { setText } from '/app/widgets/cards.js';
import { fillRow } from '/app/widgets/row.js';
import { refusalText, t } from './words.js';

const ROWS = 120;
const MUTE_MS = 600_000;
const TOAST_MS = 8_000;
const AT_END_PX = 24;

export function mountTalk(element, { store, api }) {
  const list = element.querySelector('.list');
  const empty = element.querySelector('.talk-empty');
  const held = element.querySelector('.held');
  const toast = element.querySelector('.toast');
  /** By key, in the order of the list. */
  const rows = new Map();
  let readsBack = false;
  let toastTimer;

  const render = (danmaku) => {
    empty.hidden = danmaku.length > 0;
    for (const one of danmaku) {
      const row = rows.get(one.key);
      if (row !== undefined && row.shows !== one) {
        row.shows = one; // Deleted meanwhile.
        const hadFocus = row.li.contains(document.activeElement);
        fill(row.li, one);
        if (hadFocus) {
          list.focus();
        }
      }
    }
    const newest = danmaku.slice(-ROWS);
    if (isHeld()) {
      const last = [...rows.keys()].at(-1) ?? -1;
      const count = danmaku.filter(({ key }) => key > last).length;
      setText(held, count === 0 ? '' : t('held', { count }));
      return;
    }
    setText(held, '');
    const first = newest[0]?.key ?? Infinity;
    for (const [key, { li }] of rows) {
      if (key < first) {
        li.remove();
        rows.delete(key);
      }
    }
    for (const one of newest) {
      if (!rows.has(one.key)) {
        const li = fill(document.createElement('li'), one);
        rows.set(one.key, { li, shows: one });
        list.append(li);
      }
    }
    list.scrollTop = list.scrollHeight;
  };

  const fill = (li, danmaku) => {
    li.replaceChildren(fillRow(document.createElement('div'), danmaku));
    li.dataset.viewer = danmaku.viewer.id;
    if (!danmaku.deleted) {
      li.append(action('delete', danmaku.seq === null, () => remove(danmaku)));
      li.append(action('mute', false, () => mute(danmaku.viewer)));
    }
    return li;
  };

  const action = (name, disabled, run) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `act ${name}`;
    button.disabled = disabled;
    button.setAttribute('aria-label', t(name));
    button.title = t(name);
    button.append(document.importNode(document.getElementById(`icon-${name}`).content, true));
    button.addEventListener('click', run);
    return button;
  };

  const remove = ({ seq }) => attempt(() => api.delete(`/danmaku/${seq}`), t('deletedOne'));
  const mute = ({ id, name }) =>
    attempt(
      () => api.post('/mutes', { viewer: id, durationMs: MUTE_MS }),
      t('mutedOne', { name, minutes: MUTE_MS / 60_000 }),
      () => attempt(() => api.post('/mutes', { viewer: id, durationMs: 0 }), t('unmutedOne', { name })),
    );

  const attempt = async (run, text, undo) => {
    try {
      await run();
      say(text, undo);
    } catch (error) {
      say(refusalText(error.code));
    }
  };

  const say = (text, undo) => {
    clearTimeout(toastTimer);
    toast.hidden = false;
    toast.querySelector('span').textContent = text;
    const button = toast.querySelector('button');
    button.hidden = undo === undefined;
    button.onclick = undo;
    toastTimer = setTimeout(() => (toast.hidden = true), TOAST_MS);
  };

  const isHeld = () =>
    readsBack || list.matches(':hover') || list.contains(document.activeElement);
  const again = () => render(store.state.danmaku);
  list.addEventListener('scroll', () => {
    readsBack = list.scrollHeight - list.scrollTop - list.clientHeight > AT_END_PX;
    again();
  });
  for (const event of ['pointerenter', 'pointerleave', 'focusin']) {
    list.addEventListener(event, again);
  }
  list.addEventListener('focusout', () => setTimeout(again));
  new ResizeObserver(() => isHeld() || (list.scrollTop = list.scrollHeight)).observe(list);
  store.watch((state) => state.danmaku, render);
}
