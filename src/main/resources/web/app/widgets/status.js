/** Where one is and how it stands: room, watchers, connection, and what one was not shown. */
import { t } from '../i18n.js';
import { leftOutLately } from '../state.js';
import { setText } from '../text.js';

const TICK_MS = 1_000;
const FLOODING = 4429;
const PHASE_WORDS = { live: 'live', waiting: 'offline', stopped: 'offline' };

export function mountStatus(element, { room, store, client }) {
  const part = (name) => element.querySelector(`.${name}`);
  const leftOut = document.querySelector('.left-out');
  const retry = part('retry');

  part('room').textContent = room;
  part('room').title = `${t('room')} ${room}`;
  retry.addEventListener('click', () => client.connect());

  store.watch(
    (state) => state.online,
    (online) => {
      part('online').hidden = online === null;
      part('online').textContent = t('online', { count: online ?? 0 });
    },
  );

  store.watch(
    (state) => state.hasCrowd,
    (hasCrowd) => {
      part('synthetic').hidden = !hasCrowd;
    },
  );

  const showConnection = () => {
    const { connection, isSignedOut } = store.state;
    const { phase, code } = connection;
    element.dataset.phase = phase;
    // Said aloud once; the banner, which counts the seconds, is not.
    setText(part('phase-text'), t(PHASE_WORDS[phase] ?? 'connecting'));
    const problem = describe(connection) ?? (isSignedOut ? t('signedOut') : null);
    part('banner').hidden = problem === null;
    part('banner-text').textContent = problem ?? '';
    retry.hidden = phase !== 'waiting' || code === FLOODING;
  };

  const describe = ({ phase, code, retryAt }) => {
    if (phase === 'stopped') {
      return t(`stopped${code}`);
    }
    if (phase === 'waiting') {
      const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
      return t(code === FLOODING ? 'waitingFlood' : 'waiting', { seconds });
    }
    return null;
  };

  const showLeftOut = () => {
    const { shed, crowded } = leftOutLately(store.state, store.now());
    const told = [];
    if (shed > 0) {
      told.push(t('shed', { count: shed }));
    }
    if (crowded > 0) {
      told.push(t('crowded', { count: crowded }));
    }
    leftOut.hidden = told.length === 0;
    leftOut.textContent = told.join(' · ');
  };

  store.watch((state) => state.connection, showConnection);
  store.watch((state) => state.isSignedOut, showConnection);
  store.watch((state) => state.shed, showLeftOut);
  store.watch((state) => state.crowded, showLeftOut);
  setInterval(() => {
    showConnection();
    showLeftOut();
  }, TICK_MS);
}
