/**
 * The viewer page: one client, one store, and widgets that watch the store. A widget is a module
 * with a `mount(element, page)`; a new one is an element in index.html and a line below.
 */
import { Barrage } from '/sdk/barrage.js';
import { translate } from './i18n.js';
import { forgetToken, keepToken, mayUseDevTokens, newDevToken, readSession } from './session.js';
import { mountStage } from './stage.js';
import { Store } from './state.js';
import { mountComposer } from './widgets/composer.js';
import { mountLike } from './widgets/like.js';
import { mountLotteries } from './widgets/lottery.js';
import { mountMe } from './widgets/me.js';
import { mountSales } from './widgets/sale.js';
import { mountStageLook } from './widgets/stage-look.js';
import { mountStatus } from './widgets/status.js';
import { mountTalk } from './widgets/talk.js';

const { room, token } = readSession();

const client = new Barrage({
  room,
  token,
  renewToken: async (refused) => {
    if (refused === null) {
      return undefined; // Not even watching is free here.
    }
    forgetToken(room);
    store.dispatch({ type: 'signedOut' });
    return null;
  },
});
const store = new Store({ now: () => client.serverNow() });

client.on('message', (message) => store.dispatch(message));
client.on('connection', (connection) => store.dispatch({ type: 'connection', connection }));

const page = {
  room,
  client,
  store,
  /** Signs in under a name; absent where the server gives no tokens to whoever asks. */
  join: mayUseDevTokens()
    ? async (name) => {
        const given = await newDevToken(name);
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
  sales: mountSales,
  lotteries: mountLotteries,
  talk: mountTalk,
  composer: mountComposer,
  like: mountLike,
};
for (const [id, mount] of Object.entries(widgets)) {
  mount(document.getElementById(id), page);
}

client.connect();

// No reason to sit out a pause that began without a network, or behind another tab.
const comeBack = () => client.connection.phase === 'waiting' && client.connect();
addEventListener('online', comeBack);
document.addEventListener('visibilitychange', () => !document.hidden && comeBack());

// A link to another room, or with a token, pasted over this one.
addEventListener('hashchange', () => location.reload());
