import { Barrage } from '/sdk/barrage.js';
import { FakeNetwork, FakeSystem } from './fakes.js';
import { equal, ok, settle, test } from './harness.js';

function room(options = {}) {
  const system = new FakeSystem();
  const network = new FakeNetwork();
  const client = new Barrage({
    room: 'demo', token: 'a.b.c', server: 'http://host:8080',
    WebSocket: network.WebSocket, system, ...options,
  });
  const heard = [];
  client.on('message', (message) => heard.push(message));
  client.connect();
  return { system, network, client, heard };
}

function welcome(fields = {}) {
  return {
    type: 'welcome', room: 'demo', viewer: null, epoch: 7, seq: 100, resumed: false,
    serverTime: 5_000_000, heartbeatMs: 20_000, recent: [], ...fields,
  };
}

const event = (seq) => ({ type: 'danmaku', seq, text: `${seq}` });

/** A client in the room. */
function live(options) {
  const all = room(options);
  all.network.socket.say(welcome());
  all.heard.length = 0;
  return all;
}

/** How a promise stands: its value, the code it was refused with, or that it waits. */
async function outcome(promise) {
  let stands = 'waiting';
  promise.then(
    (value) => (stands = value),
    ({ code, unsure }) => (stands = { code, unsure }),
  );
  await settle();
  return stands;
}

// Connecting

test('the token goes as a subprotocol and never into the address', () => {
  const { network } = room();
  equal(network.socket.url, 'ws://host:8080/rooms/demo/ws');
  equal(network.socket.protocols, ['barrage.v1', 'bearer.a.b.c']);
  equal(room({ token: undefined }).network.socket.protocols, ['barrage.v1']);
});

test('where headers can be sent, the token goes as one', () => {
  const { network, system } = room({ tokenIn: 'header' });
  const asked = () => [network.socket.protocols, network.socket.options];
  equal(asked(), [['barrage.v1'], { headers: { Authorization: 'Bearer a.b.c' } }]);
  network.socket.drop();
  system.advance(250);
  equal(asked(), [['barrage.v1'], { headers: { Authorization: 'Bearer a.b.c' } }]);
  equal(room({ tokenIn: 'header', token: null }).network.socket.options ?? null, null);
});

for (const missing of [{ room: '' }, { server: '' }, { tokenIn: 'header', WebSocket: undefined }]) {
  test(`without ${Object.keys(missing)} it says what is missing at once`, () => {
    let error = null;
    try {
      room(missing);
    } catch (thrown) {
      error = thrown;
    }
    ok(error instanceof TypeError, `${error}`);
  });
}

test('what cannot even be sent as a token counts as refused', async () => {
  const all = room({ token: 'not a token', renewToken: async () => null });
  await settle();
  equal(all.network.socket.protocols, ['barrage.v1']);
  const stopped = room({ token: 'not a token' });
  await settle();
  equal(stopped.client.connection, { phase: 'stopped', code: 4401 });
});

test('errors of a socket are listened for to its end: `ws` throws them otherwise', () => {
  const { network, system } = room();
  const first = network.socket;
  system.advance(10_000);
  equal([first.closedWith, typeof first.onerror], [1000, 'function']);
});

test('after a loss it comes back for what it missed', () => {
  const { network, system, client } = live();
  network.socket.say({ type: 'events', seq: 105, events: [event(101)] });
  network.socket.drop();
  equal(client.connection.phase, 'waiting');
  system.advance(250);
  equal(network.sockets.length, 2);
  equal(network.socket.url, 'ws://host:8080/rooms/demo/ws?since=7:105');
});

test('pauses are random between nothing and a bound that doubles to 20 s', () => {
  const { network, system, client } = room();
  const pauses = [];
  for (let i = 0; i < 8; i++) {
    network.socket.drop();
    pauses.push(client.connection.retryAt - system.now());
    system.advance(pauses.at(-1));
  }
  equal(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  system.chance = 0;
  network.socket.drop();
  equal(client.connection.retryAt, system.now());
});

test('only a connection that lived for a while makes the pauses small again', () => {
  const { network, system, client } = room();
  const pause = () => client.connection.retryAt - system.now();
  network.socket.drop();
  system.advance(250);
  network.socket.say(welcome());
  network.socket.drop();
  equal(pause(), 500);
  system.advance(500);
  network.socket.say(welcome());
  system.advance(5_000);
  network.socket.drop();
  equal(pause(), 250);
});

test('a server that never says welcome is left after 10 s', () => {
  const { network, system, client } = room();
  system.advance(10_000);
  equal([client.connection.phase, network.socket.closedWith], ['waiting', 1000]);
});

for (const code of [4400, 4403, 1009]) {
  test(`${code}: does not come back by itself`, async () => {
    const { network, system, client } = live();
    const asked = client.say('hi');
    network.socket.drop(code);
    system.advance(600_000);
    equal([client.connection, network.sockets.length], [{ phase: 'stopped', code }, 1]);
    equal(await outcome(asked), { code: 'closed', unsure: true });
    equal(await outcome(client.say('hi')), { code: 'closed', unsure: false });
  });
}

for (const code of [4408, 4413, 1001, 1012, 1006]) {
  test(`${code}: comes back with jitter and resumes`, () => {
    const { network, system } = live();
    network.socket.drop(code);
    system.advance(250);
    ok(network.socket.url.includes('since='), network.socket.url);
  });
}

test('4429: comes back after 30 s, and no sooner when asked to', () => {
  const { network, system, client } = live();
  network.socket.drop(4429);
  client.connect();
  system.advance(29_999);
  equal(network.sockets.length, 1);
  system.advance(1);
  equal(network.sockets.length, 2);
});

test('4401: once, with a new token', async () => {
  const refused = [];
  const { network, client } = live({
    renewToken: async (token) => {
      refused.push(token);
      return 'new';
    },
  });
  network.socket.drop(4401);
  await settle();
  equal(network.socket.protocols, ['barrage.v1', 'bearer.new']);
  network.socket.drop(4401);
  await settle();
  equal([client.connection.phase, network.sockets.length, refused], ['stopped', 2, ['a.b.c']]);
});

test('4401: a token that once was taken may be renewed again when it expires', async () => {
  let count = 0;
  const { network } = live({ renewToken: async () => `new${++count}` });
  network.socket.drop(4401);
  await settle();
  network.socket.say(welcome());
  network.socket.drop(4401);
  await settle();
  equal(network.socket.protocols, ['barrage.v1', 'bearer.new2']);
});

test('4401: null goes on as an anonymous watcher, nothing or a failure stops', async () => {
  const anonymous = live({ renewToken: async () => null });
  anonymous.network.socket.drop(4401);
  await settle();
  equal(anonymous.network.socket.protocols, ['barrage.v1']);
  const failing = live({ renewToken: () => Promise.reject(new Error('no')) });
  failing.network.socket.drop(4401);
  await settle();
  equal(failing.client.connection.phase, 'stopped');
});

test('goaway: leaves when told to and resumes at once', () => {
  const { network, system, heard } = live();
  network.socket.say({ type: 'goaway', reconnectAfterMs: 3_000 });
  system.advance(2_999);
  equal([network.sockets.length, heard.length], [1, 1]);
  const first = network.socket;
  system.advance(1);
  equal([network.sockets.length, first.closedWith], [2, 1000]);
  ok(network.socket.url.includes('since=7:100'), network.socket.url);
});

test('goaway: closed earlier than told, it still comes back at the time it was given', () => {
  const { network, system } = live();
  network.socket.say({ type: 'goaway', reconnectAfterMs: 3_000 });
  system.advance(1_000);
  network.socket.drop(1012);
  system.advance(1_999);
  equal(network.sockets.length, 1);
  system.advance(1);
  equal(network.sockets.length, 2);
});

test('connect cuts a pause short', () => {
  const { network, client } = live();
  network.socket.drop();
  client.connect();
  client.connect();
  equal(network.sockets.length, 2);
});

test('close is for good', () => {
  const { network, system, client } = live();
  client.close();
  system.advance(600_000);
  equal([network.sockets.length, network.socket.closedWith, client.connection.phase], [1, 1000, 'stopped']);
});

for (const phase of ['connecting', 'live', 'waiting']) {
  test(`close is for good, also from a listener that hears of ${phase}`, () => {
    const { network, system, client } = room();
    client.on('connection', (connection) => connection.phase === phase && client.close());
    network.socket.say(welcome());
    network.socket.drop();
    system.advance(600_000);
    equal(client.connection.phase, 'stopped');
    ok(network.socket.closedWith === 1000 || phase === 'waiting', 'socket left open');
    ok(network.sockets.length <= 2, `${network.sockets.length} sockets`);
  });
}

// Heartbeat

test('silent for heartbeatMs: pings; an answer keeps the connection and sets the clock', () => {
  const { network, system, client } = live();
  equal(client.serverNow(), 5_000_000);
  system.advance(20_000);
  const [ping] = network.socket.sentOf('ping');
  system.advance(1_000);
  network.socket.say({ type: 'ok', id: ping.id, serverTime: 6_000_000 });
  equal(client.serverNow(), 6_000_500);
  system.advance(18_999);
  equal([network.socket.sentOf('ping').length, network.sockets.length], [1, 1]);
});

test('frames make pings needless', () => {
  const { network, system } = live();
  for (let i = 0; i < 10; i++) {
    system.advance(15_000);
    network.socket.say({ type: 'events', seq: 100, events: [] });
  }
  equal(network.socket.sentOf('ping').length, 0);
});

test('no answer to a ping in 5 s: the socket is given up and a new one resumes', () => {
  const { network, system } = live();
  const silent = network.socket;
  system.advance(25_000);
  equal(silent.closedWith, 1000);
  system.advance(250);
  ok(network.socket.url.includes('since=7:100'), network.socket.url);
});

// Events

test('events come typed, in order, once', () => {
  const { network, client } = live();
  const seen = [];
  const off = client.on('danmaku', ({ seq }) => seen.push(seq));
  network.socket.say({ type: 'events', seq: 102, events: [event(101), event(102)] });
  network.socket.say({ type: 'events', seq: 103, events: [event(102), event(103)] });
  off();
  network.socket.say({ type: 'events', seq: 104, events: [event(104)] });
  equal(seen, [101, 102, 103]);
});

test('a resumed history that overlaps is seen once', () => {
  const { network, system, heard } = live();
  network.socket.say({ type: 'events', seq: 102, events: [event(101), event(102)] });
  network.socket.drop();
  system.advance(250);
  network.socket.say(welcome({ resumed: true, seq: 102 }));
  network.socket.say({ type: 'events', seq: 103, events: [event(101), event(102), event(103)] });
  equal(heard.filter(({ type }) => type === 'danmaku').map(({ seq }) => seq), [101, 102, 103]);
});

test('what was shed is not asked for again', () => {
  const { network, system } = live();
  network.socket.say({ type: 'events', seq: 140, events: [event(110), { type: 'shed', count: 39 }] });
  network.socket.drop();
  system.advance(250);
  ok(network.socket.url.endsWith('since=7:140'), network.socket.url);
});

test('counters and danmaku that are not kept pass whatever the numbers', () => {
  const { network, heard } = live();
  network.socket.say({ type: 'events', seq: 100, events: [{ type: 'likes', total: 1 }, event(null)] });
  equal(heard.map(({ type }) => type), ['likes', 'danmaku']);
});

test('resync sets the numbers back, also to smaller ones of a new epoch', () => {
  const { network, system, heard } = live();
  network.socket.say({ ...welcome({ epoch: 8, seq: 3 }), type: 'resync' });
  network.socket.say({ type: 'events', seq: 4, events: [event(4)] });
  equal(heard.map(({ type }) => type), ['resync', 'danmaku']);
  network.socket.drop();
  system.advance(250);
  ok(network.socket.url.endsWith('since=8:4'), network.socket.url);
});

test('a snapshot is told at first and when the past is lost, not when it resumes', () => {
  const { network, system, client } = room();
  const told = [];
  client.on('snapshot', ({ type, epoch }) => told.push([type, epoch]));
  network.socket.say(welcome());
  network.socket.drop();
  system.advance(250);
  network.socket.say(welcome({ resumed: true }));
  network.socket.say({ ...welcome({ epoch: 8, seq: 3 }), type: 'resync' });
  equal(told, [['welcome', 7], ['resync', 8]]);
});

test('frames of a socket that was given up are not heard', () => {
  const { network, system, heard } = live();
  const old = network.socket;
  system.advance(25_000);
  old.say({ type: 'events', seq: 101, events: [event(101)] });
  equal(heard, []);
});

// Requests

test('an ok resolves, a refusal rejects with its code and times', async () => {
  const { network, client } = live();
  const said = client.say('hi', { mode: 'top', color: '#ff0000' });
  const [{ id, ...sent }] = network.socket.sentOf('danmaku');
  equal(sent, { type: 'danmaku', text: 'hi', mode: 'top', color: '#ff0000' });
  network.socket.say({ type: 'ok', id, seq: 101 });
  equal((await said).seq, 101);
  const slow = client.say('ho');
  network.socket.say({ type: 'error', id: network.socket.sent.at(-1).id, code: 'slow_mode', message: 'Slow.', retryAfterMs: 900 });
  const error = await slow.catch((refusal) => refusal);
  equal([error.code, error.message, error.retryAfterMs, error.unsure], ['slow_mode', 'Slow.', 900, false]);
});

test('busy and unavailable: the same id again, after the time named', async () => {
  const { network, system, client } = live();
  const said = client.say('hi');
  const { id } = network.socket.sent.at(-1);
  network.socket.say({ type: 'error', id, code: 'busy', retryAfterMs: 700 });
  system.advance(699);
  equal(network.socket.sentOf('danmaku').length, 1);
  system.advance(1);
  network.socket.say({ type: 'error', id, code: 'unavailable' });
  system.advance(5_000);
  equal(network.socket.sentOf('danmaku').map((sent) => sent.id), [id, id, id]);
  network.socket.say({ type: 'ok', id, seq: 101 });
  equal((await said).seq, 101);
});

test('a request that the loss left unanswered is asked again under its id', async () => {
  const { network, system, client } = live();
  const said = client.say('hi');
  const first = network.socket.sent.at(-1);
  network.socket.drop();
  system.advance(250);
  network.socket.say(welcome({ resumed: true }));
  equal(network.socket.sentOf('danmaku'), [first]);
  network.socket.say({ type: 'ok', id: first.id, seq: 101 });
  equal((await said).seq, 101);
});

test('slow_mode or rate_limited said to a repeat settles nothing', async () => {
  const { network, system, client } = live();
  const said = client.say('hi');
  const { id } = network.socket.sent.at(-1);
  network.socket.drop();
  system.advance(250);
  network.socket.say(welcome({ resumed: true }));
  network.socket.say({ type: 'error', id, code: 'slow_mode', retryAfterMs: 2_000 });
  equal(await outcome(said), 'waiting');
  system.advance(2_000);
  network.socket.say({ type: 'ok', id, seq: 101 });
  equal((await said).seq, 101);
});

test('asked while away, it is sent after the welcome', async () => {
  const { network, client } = room();
  const said = client.say('hi');
  equal(network.socket.sent, []);
  network.socket.say(welcome());
  network.socket.say({ type: 'ok', id: network.socket.sent.at(-1).id, seq: 1 });
  equal((await said).seq, 1);
});

test('asked while the welcome is told, it is sent once', () => {
  const { network, client } = room();
  client.on('welcome', () => client.me());
  network.socket.say(welcome());
  equal(network.socket.sentOf('me').length, 1);
});

test('no answer in time: refused as unsure, and its id can settle it', async () => {
  const { network, system, client } = live();
  const said = client.say('hi', { withinMs: 3_000 });
  const { id } = network.socket.sent.at(-1);
  system.advance(3_000);
  equal(await outcome(said), { code: 'timeout', unsure: true });
  const again = client.say('hi', { id });
  network.socket.say({ type: 'ok', id, seq: 101 });
  equal((await again).seq, 101);
});

test('signIn comes as someone else; what nobody answered is refused', async () => {
  const { network, client } = live();
  const said = client.say('hi');
  const before = network.socket;
  client.signIn('x.y.z');
  equal(await outcome(said), { code: 'closed', unsure: true });
  equal([before.closedWith, network.socket.protocols], [1000, ['barrage.v1', 'bearer.x.y.z']]);
});

// Likes

test('taps are told as a total, a few times a second', () => {
  const { network, system, client } = live();
  for (let i = 0; i < 5; i++) {
    client.like();
  }
  equal(network.socket.sentOf('like').map(({ total }) => total), [1]);
  system.advance(250);
  equal(network.socket.sentOf('like').map(({ total }) => total), [1, 5]);
  system.advance(10_000);
  equal(network.socket.sentOf('like').length, 2);
});

test('a new connection counts from 0 and takes along only what was never told', () => {
  const { network, system, client } = live();
  client.like(4);
  client.like(2);
  network.socket.drop();
  client.like();
  system.advance(250);
  network.socket.say(welcome({ resumed: true }));
  equal(network.socket.sentOf('like').map(({ total }) => total), [3]);
});
