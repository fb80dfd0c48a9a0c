/**
 * The viewer page: one client, one store, and widgets that watch the store. A widget is a module
 * with a `mount(element, page)`; a new one is an element in index.html and a line below. Activities
 * come with their own cards: see /activity/kinds.js.
 */
import { translate } from './i18n.js';
import { followRoom } from './room.js';
import { keepToken, mayUseDevTokens, newDevToken, newGuestId, readSession } from './session.js';
import { mountStage } from './stage.js';
import { mountCards } from './widgets/cards.js';
import { mountComposer } from './widgets/composer.js';
import { mountLike } from './widgets/like.js';
import { mountMe } from './widgets/me.js';
import { mountStageLook } from './widgets/stage-look.js';
import { mountStatus } from './widgets/status.js';
import { mountTalk } from './widgets/talk.js';

const session = await readSession();
const { room } = session;
const { client, store } = followRoom(session, 'card', () => store.dispatch({ type: 'signedOut' }));

const page = {
  room,
  client,
  store,
  /** Signs in under a name; absent where the server gives no tokens to whoever asks. */
  join: mayUseDevTokens()
    ? async (name) => {
        const given = await newDevToken({ viewer: newGuestId(), name });
        keepToken(room, given);
        client.signIn(given);
      }
    : undefined,
};

translate(document.body);
const widgets = {
  status: mountStatus,
  stage: mountStage,
  'stage-foot': mountStageLook,
  me: mountMe,
  shows: mountCards,
  talk: mountTalk,
  composer: mountComposer,
  like: mountLike,
};
for (const [id, mount] of Object.entries(widgets)) {
  mount(document.getElementById(id), page);
}

client.connect();
