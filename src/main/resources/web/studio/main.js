/**
 * The streamer's console: one client for what happens now, the figures every two seconds, and
 * sections that show them. A section is a module with a `mount(element, page)`.
 */
import { followRoom } from '/app/room.js';
import { keepToken, mayUseDevTokens, newDevToken, readSession } from '/app/session.js';
import { Api } from './api.js';
import { mountCharts } from './charts.js';
import { mountExports } from './exports.js';
import { Figures } from './figures.js';
import { mountSettings } from './settings.js';
import { mountShows } from './shows.js';
import { mountTalk } from './talk.js';
import { mountTiles } from './tiles.js';
import { t, translate } from './words.js';

const STAFF = new Set(['streamer', 'moderator', 'admin']);
const FORBIDDEN = 4403;
const TOKEN_REFUSED = 4401;

const session = await readSession();
const { room } = session;
const api = new Api(room);
api.token = session.token;
let expired = false;

const { client, store } = followRoom(session, 'desk', () => {
  api.token = null;
  expired = true;
});
const figures = new Figures(api, client);
const page = { room, client, store, api, figures, isStreamer: false };

translate(document.body);
document.getElementById('link-viewer').href = `/#${new URLSearchParams({ room })}`;
document.getElementById('link-overlay').href = `/overlay?${new URLSearchParams({ room })}`;
mountStatus(document.getElementById('status'));
mountGate(document.getElementById('gate'));
client.connect();

function mountStatus(element) {
  element.querySelector('.room').textContent = t('heading', { room });
  const show = () => {
    const { connection, online } = store.state;
    element.dataset.phase = connection.phase;
    element.querySelector('.phase-text').textContent = t(`phase_${connection.phase}`);
    element.querySelector('.online').textContent = online === null ? '' : t('online', { online });
  };
  store.watch((state) => state.connection, show);
  store.watch((state) => state.online, show);
}

function mountGate(gate) {
  const desk = document.getElementById('console');
  const problem = gate.querySelector('.problem');
  const form = document.getElementById('sign-in');
  const devButton = document.getElementById('dev-sign-in');
  let isMounted = false;

  const show = ({ connection, viewer, epoch }) => {
    if (connection.phase === 'stopped') {
      // fall through: the connection says why
    } else if (epoch === null) {
      return; // Not known yet.
    }
    const isStaff = viewer !== null && STAFF.has(viewer.role) && connection.phase !== 'stopped';
    gate.hidden = isStaff;
    desk.hidden = !isStaff;
    document.getElementById('exports').hidden = !isStaff;
    gate.querySelector('.why').textContent = why(connection, viewer);
    devButton.hidden = !mayUseDevTokens();
    if (isStaff) {
      page.isStreamer = viewer.role !== 'moderator';
      figures.start();
      if (!isMounted) {
        isMounted = true;
        mountDesk();
      }
    } else {
      figures.stop();
    }
  };
  store.watch((state) => state.viewer, () => show(store.state));
  store.watch((state) => state.connection, () => show(store.state));

  const signIn = (given) => {
    expired = false;
    keepToken(room, given);
    api.token = given;
    client.signIn(given);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    problem.textContent = '';
    const given = form.elements.token.value.trim();
    form.reset();
    if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(given)) {
      signIn(given);
    } else {
      problem.textContent = t('noToken');
    }
  });
  devButton.addEventListener('click', async () => {
    problem.textContent = '';
    try {
      signIn(await newDevToken({ viewer: 'demo-streamer', name: t('streamer'), role: 'streamer', room }));
    } catch {
      problem.textContent = t('noDevTokens');
    }
  });
}

function why({ phase, code }, viewer) {
  if (expired || (phase === 'stopped' && code === TOKEN_REFUSED)) {
    return t('whyRefused');
  }
  if (phase === 'stopped') {
    return code === FORBIDDEN ? t('whyForbidden', { room }) : t('whyStopped', { code });
  }
  return viewer === null ? t('whyNobody') : t('whyViewer', { name: viewer.name, role: viewer.role });
}

function mountDesk() {
  mountTiles(document.getElementById('tiles'), page);
  mountCharts(document.getElementById('charts'), page);
  mountShows(document.getElementById('shows'), page);
  mountSettings(document.getElementById('settings'), page);
  mountTalk(document.getElementById('talk'), page);
  mountExports(document.getElementById('exports'), page);
}
