/** Which room, and who: from the address, then from this tab's storage. */

import { askForDevKey, askForOther } from './ask.js';

const DEFAULT_ROOM = 'demo';
const DEV_KEY = 'barrage.dev-key';
const ROOM_ID = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * Reads `#room=…&token=…&dev-key=…`. Token and key leave the address at once, so that they are not
 * shared with it. The token stays in this tab, so that a reload keeps it; when somebody else is
 * signed in here, it asks first: a link must not make one speak in another's name unawares. The key
 * of a development server stays in this browser.
 *
 * @returns {Promise<{room: string, token: string|null}>}
 */
export async function readSession() {
  const given = new URLSearchParams(location.hash.slice(1));
  const room = ROOM_ID.test(given.get('room') ?? '') ? given.get('room') : DEFAULT_ROOM;
  const token = given.get('token');
  const devKey = given.get('dev-key');
  if (token !== null || devKey !== null) {
    given.delete('token');
    given.delete('dev-key');
    history.replaceState(null, '', given.size > 0 ? `#${given}` : location.pathname);
  }
  if (devKey !== null) {
    localStorage.setItem(DEV_KEY, devKey);
  }
  if (token !== null) {
    const [from, to] = [bearerOf(sessionStorage.getItem(`barrage.token.${room}`)), bearerOf(token)];
    if (from === null || from.id === to?.id || (await askForOther(from.name, to?.name ?? '?'))) {
      keepToken(room, token);
    }
  }
  return { room, token: sessionStorage.getItem(`barrage.token.${room}`) };
}

/** Whom a token speaks for, as it says itself; null when it says nothing, or is over. */
function bearerOf(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
    const { sub, name, exp } = JSON.parse(new TextDecoder().decode(bytes));
    return exp * 1000 > Date.now() ? { id: sub, name: name ?? sub } : null;
  } catch {
    return null;
  }
}

export function keepToken(room, token) {
  sessionStorage.setItem(`barrage.token.${room}`, token);
}

export function forgetToken(room) {
  sessionStorage.removeItem(`barrage.token.${room}`);
}

/**
 * Development servers listen on loopback and give tokens to whoever has their key. Elsewhere nobody
 * is asked, so that no page of a real server tries.
 */
export function mayUseDevTokens() {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname);
}

/** An id that nobody else has, as far as chance goes. */
export function newGuestId() {
  return `guest-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
}

/**
 * @param {{viewer: string, name: string, role?: string, room?: string}} who a viewer, where no role
 *     is given
 * @returns {Promise<string>} rejected when this server gives none
 */
export async function newDevToken(who) {
  let answer = await requestDevToken(who, localStorage.getItem(DEV_KEY));
  if (answer.status === 401) {
    localStorage.removeItem(DEV_KEY); // it was new at the server's start
    const key = await askForDevKey();
    if (key !== null) {
      answer = await requestDevToken(who, key);
      if (answer.ok) {
        localStorage.setItem(DEV_KEY, key);
      }
    }
  }
  if (!answer.ok) {
    throw new Error(`No development tokens here: ${answer.status}`);
  }
  return (await answer.json()).token;
}

function requestDevToken(who, key) {
  const headers = { 'Content-Type': 'application/json' };
  if (key !== null) {
    headers['X-Barrage-Dev-Key'] = key;
  }
  return fetch('/api/dev/tokens', { method: 'POST', headers, body: JSON.stringify(who) });
}
