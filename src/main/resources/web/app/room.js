/** What every page on which somebody may sign in does the same way: it follows one room. */
import { load } from '/activity/kinds.js';
import { Barrage } from '/sdk/barrage.js';
import { forgetToken } from './session.js';
import { Store } from './state.js';

/**
 * A client of the room, not connected yet, and a store of what it says. A token that the server
 * refuses is forgotten, and the page goes on watching where that is free.
 *
 * @param {{room: string, token: string|null}} session
 * @param {'card'|'desk'|'overlay'} face what the page shows of activities
 * @param {() => void} onRefused
 */
export function followRoom({ room, token }, face, onRefused) {
  const client = new Barrage({
    room,
    token,
    renewToken: async (refused) => {
      if (refused === null) {
        return undefined; // Not even watching is free here.
      }
      forgetToken(room);
      onRefused();
      return null;
    },
  });
  const store = new Store({ now: () => client.serverNow(), load: (kind) => load(kind, face) });
  client.on('message', (message) => store.dispatch(message));
  client.on('connection', (connection) => store.dispatch({ type: 'connection', connection }));

  // No reason to sit out a pause that began without a network, or behind another tab.
  const comeBack = () => client.connection.phase === 'waiting' && client.connect();
  addEventListener('online', comeBack);
  document.addEventListener('visibilitychange', () => !document.hidden && comeBack());

  // A link to another room, or with a token, pasted over this one.
  addEventListener('hashchange', () => location.reload());
  return { client, store };
}
