/** Which room, and who: from the address, then from this tab's storage. */

const DEFAULT_ROOM = 'demo';
const ROOM_ID = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * Reads `#room=…&token=…`. The token leaves the address at once, so that it is not shared with it,
 * and stays in this tab, so that a reload keeps it.
 *
 * @returns {{room: string, token: string|null}}
 */
export function readSession() {
  const given = new URLSearchParams(location.hash.slice(1));
  const room = ROOM_ID.test(given.get('room') ?? '') ? given.get('room') : DEFAULT_ROOM;
  const token = given.get('token');
  if (token !== null) {
    given.delete('token');
    history.replaceState(null, '', given.size > 0 ? `#${given}` : location.pathname);
    keepToken(room, token);
  }
  return { room, token: sessionStorage.getItem(`barrage.token.${room}`) };
}

export function keepToken(room, token) {
  sessionStorage.setItem(`barrage.token.${room}`, token);
}

export function forgetToken(room) {
  sessionStorage.removeItem(`barrage.token.${room}`);
}

/**
 * Development servers listen on loopback and give anyone a token. Elsewhere nobody is asked, so
 * that no page of a real server tries.
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
  const answer = await fetch('/api/dev/tokens', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(who),
  });
  if (!answer.ok) {
    throw new Error(`No development tokens here: ${answer.status}`);
  }
  return (await answer.json()).token;
}
