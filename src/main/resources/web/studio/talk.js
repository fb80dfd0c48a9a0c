/**
 * The danmaku as they come, each with what a moderator may do about it. The list holds still while
 * the pointer or the focus is in it, so that nobody deletes the one that has just slipped in between.
 */
import { setText } from '/app/text.js';
import { fillRow } from '/app/widgets/row.js';
import { Rows } from '/app/widgets/rows.js';
import { refusalText, t } from './words.js';

const ROWS = 120;
const MUTE_MS = 600_000;
const TOAST_MS = 8_000;

export function mountTalk(element, { store, api }) {
  const list = element.querySelector('.list');
  const empty = element.querySelector('.talk-empty');
  const held = element.querySelector('.held');
  const toast = element.querySelector('.toast');
  let readsBack = false;
  let toastTimer;

  const fill = (li, danmaku) => {
    const hadFocus = li.contains(document.activeElement);
    li.replaceChildren(fillRow(document.createElement('div'), danmaku));
    li.dataset.viewer = danmaku.viewer.id;
    if (!danmaku.deleted) {
      li.append(action('delete', danmaku.seq === null, () => remove(danmaku)));
      li.append(action('mute', false, () => mute(danmaku.viewer)));
    }
    if (hadFocus) {
      list.focus();
    }
  };
  const rows = new Rows(list, ROWS, fill);

  const render = (danmaku) => {
    empty.hidden = danmaku.length > 0;
    rows.refresh(danmaku);
    if (isHeld()) {
      const count = rows.countUnseen(danmaku);
      setText(held, count === 0 ? '' : t('held', { count }));
    } else {
      setText(held, '');
      rows.showNewest(danmaku);
    }
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
    readsBack = !rows.isAtEnd();
    again();
  });
  for (const event of ['pointerenter', 'pointerleave', 'focusin']) {
    list.addEventListener(event, again);
  }
  list.addEventListener('focusout', () => setTimeout(again));
  new ResizeObserver(() => isHeld() || rows.scrollToEnd()).observe(list);
  store.watch((state) => state.danmaku, render);
}
