/**
 * A client of protocol v1 for browsers and Node. Types for it are in barrage.d.ts.
 *
 *     const room = new Barrage({ room: 'demo', token });
 *     room.on('danmaku', (danmaku) => console.log(danmaku.viewer.name, danmaku.text));
 *     room.connect();
 *     const { seq } = await room.say('你好');
 *
 * Node 20 has no WebSocket of its own; the package `ws` has one, and can send the token as a header:
 *
 *     new Barrage({ server: 'https://live.example', room, token, WebSocket, tokenIn: 'header' });
 *
 * It stays connected: after a loss it comes back with a growing, random pause and asks for what it
 * missed, so every numbered event is seen once and in order. A request is repeated under its own id
 * until it is answered, which the server makes harmless.
 *
 * Events, each with the message as the protocol has it: `welcome`, `resync`; the room's
 * (`danmaku`, `danmaku.deleted`, `likes`, `online`, `shed`, `room.settings`, `sale.*`, `lottery.*`);
 * the viewer's own (`points`, `order`, `muted`, `lottery.entered`, `lottery.won`, `goaway`).
 * `message` is all of them in one stream. Two are this client's own: `snapshot`, the room as it is, at
 * first and whenever what was missed can no longer be told, so forget what you know and begin from
 * there; and `connection`, see Connection below.
 */

const SUBPROTOCOL = 'barrage.v1';

const CLOSED = Object.freeze({
  normal: 1000,
  lost: 1006,
  tooLarge: 1009,
  badProtocol: 4400,
  tokenRefused: 4401,
  forbidden: 4403,
  noSuchRoom: 4404,
  flooding: 4429,
});

/** Closed for a reason that coming back would not change. */
const FINAL = new Set([CLOSED.tooLarge, CLOSED.badProtocol, CLOSED.forbidden, CLOSED.noSuchRoom]);

/** Nothing happened or nobody knows: the same id again. */
const ASK_AGAIN = new Set(['busy', 'unavailable']);

/** Said to a repeat, these tell nothing about the first try. */
const ASK_AGAIN_WHEN_UNSURE = new Set(['rate_limited', 'slow_mode']);

const DEFAULT_HEARTBEAT_MS = 25_000;
const PONG_WITHIN_MS = 5_000;
const WELCOME_WITHIN_MS = 10_000;
const FLOODING_PAUSE_MS = 30_000;
/** A connection that lived this long was a good one: the pauses start small again. */
const GOOD_AFTER_MS = 5_000;
/** The pause before the next try is random between 0 and first × 2^tries, at most the longest. */
const RECONNECT = { firstMs: 500, longestMs: 20_000 };
const REPEAT = { firstMs: 250, longestMs: 5_000 };
const LIKE_EVERY_MS = 250;

/** Time and chance, replaced in tests. */
const SYSTEM = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/**
 * Why a request was not granted. `code` is the protocol's, or `timeout` (no answer in time) or
 * `closed` (the client stopped). `unsure`: it may have been granted all the same; the same `id`
 * settles it.
 */
export class BarrageError extends Error {
  constructor({ code, message, retryAfterMs, opensAt }, { id, unsure = false } = {}) {
    super(message ?? code);
    this.name = 'BarrageError';
    this.code = code;
    this.id = id;
    this.retryAfterMs = retryAfterMs;
    this.opensAt = opensAt;
    this.unsure = unsure;
  }
}

/**
 * How the connection stands: `waiting` for the next try, `stopped` for good.
 *
 * @typedef {object} Connection
 * @property {'idle'|'connecting'|'live'|'waiting'|'stopped'} phase
 * @property {number} [code] the close code that led here
 * @property {number} [retryAt] when it tries again, by this machine's clock
 */

export class Barrage extends EventTarget {
  #room;
  #server;
  #token;
  #tokenIn;
  #renewToken;
  #WebSocket;
  #system;

  /** @type {Connection} */
  #connection = { phase: 'idle' };
  #socket = null;
  #timer = null; // one at a time: the welcome, the heartbeat or the pause before the next try
  #tries = 0;
  #welcomedAt = null;
  #tokenRenewed = false;
  #leaveAt = null;
  #leaveTimer = null;

  #epoch = null;
  #seq = null;

  #heartbeatMs = DEFAULT_HEARTBEAT_MS;
  #heardAt = 0;
  #ping = null;
  #clockOffsetMs = 0;

  #requests = new Map();
  #idPrefix = randomName();
  #idCount = 0;

  #taps = 0;
  #tapsTold = 0;
  #likeTimer = null;

  /**
   * @param {object} options
   * @param {string} options.room
   * @param {string} [options.token] none: an anonymous watcher
   * @param {string} [options.server] http(s) or ws(s) address; default: where the page came from
   * @param {'subprotocol'|'header'} [options.tokenIn] how the token is sent: as a subprotocol, which
   *     is all that browsers can, or as `Authorization`, by a WebSocket that takes
   *     `(url, protocols, {headers})`
   * @param {(refused: string|null) => Promise<string|null|undefined>} [options.renewToken] asked
   *     once when the token is refused: a new one, `null` to go on as an anonymous watcher,
   *     `undefined` to stop
   * @param {typeof WebSocket} [options.WebSocket] default: the browser's, or Node's from 22 on
   * @param {typeof SYSTEM} [options.system]
   * @throws {TypeError} when something is missing that it could not connect without
   */
  constructor({
    room,
    token,
    server = globalThis.location?.origin,
    tokenIn = 'subprotocol',
    renewToken = async () => undefined,
    WebSocket,
    system = SYSTEM,
  }) {
    super();
    if (tokenIn === 'header' && WebSocket === undefined) {
      throw new TypeError('The built-in WebSocket sends no headers: pass one that does as WebSocket');
    }
    const needed = { room, server, WebSocket: WebSocket ?? globalThis.WebSocket };
    const missing = Object.keys(needed).find((name) => !needed[name]);
    if (missing !== undefined) {
      throw new TypeError(`No ${missing}: pass it as an option`);
    }
    this.#room = room;
    this.#server = server;
    this.#token = token ?? null;
    this.#tokenIn = tokenIn;
    this.#renewToken = renewToken;
    this.#WebSocket = WebSocket ?? globalThis.WebSocket;
    this.#system = system;
  }

  /** @returns {Connection} */
  get connection() {
    return this.#connection;
  }

  /** Now by the server's clock, for countdowns. */
  serverNow() {
    return this.#system.now() + this.#clockOffsetMs;
  }

  /**
   * Calls `listener` with each event of a type.
   *
   * @template {keyof import('./barrage.js').Events} T
   * @param {T} type
   * @param {(event: import('./barrage.js').Events[T]) => void} listener
   * @returns {() => void} ends it
   */
  on(type, listener) {
    const unwrap = (event) => listener(event.detail);
    this.addEventListener(type, unwrap);
    return () => this.removeEventListener(type, unwrap);
  }

  /** Connects, or cuts a pause short, but not the one for flooding. Else does nothing. */
  connect() {
    const { phase, code } = this.#connection;
    const isResting = phase === 'waiting' && code !== CLOSED.flooding;
    if (phase === 'idle' || phase === 'stopped' || isResting) {
      this.#open();
    }
  }

  /** Connects anew as someone else; what was asked before and not answered is refused. */
  signIn(token) {
    this.#refuseAll('closed');
    this.#token = token;
    this.#tokenRenewed = false;
    this.#letGo();
    this.#open();
  }

  /** Leaves for good; `connect` comes back. */
  close() {
    this.#letGo();
    this.#stop(CLOSED.normal);
  }

  /** Sends a danmaku; resolves to its `ok`. */
  say(text, { mode, color, ...asked } = {}) {
    return this.request('danmaku', { text, mode, color }, asked);
  }

  /**
   * Buys; resolves to the order.
   *
   * @param {string} sale
   * @param {{quantity?: number, id?: string, withinMs?: number}} [asked]
   */
  async buy(sale, { quantity = 1, ...asked } = {}) {
    return (await this.request('sale.buy', { sale, quantity }, asked)).order;
  }

  /** Gives a reserved order back; resolves to it as it is then. */
  async cancelOrder(order, asked = {}) {
    return (await this.request('order.cancel', { order }, asked)).order;
  }

  /** Enters a lottery by a click; resolves to the `weight` and the number of `entries`. */
  enter(lottery, asked = {}) {
    return this.request('lottery.enter', { lottery }, asked);
  }

  /** Resolves to this viewer as the store has them after every earlier `ok`. */
  async me(asked = {}) {
    return (await this.request('me', {}, asked)).viewer;
  }

  /**
   * Counts taps. They are told as a total of this connection, a few times a second; taps that were
   * never told go with the next connection.
   */
  like(taps = 1) {
    this.#taps += taps;
    if (this.#likeTimer === null) {
      this.#tellLikes();
    }
  }

  /**
   * Sends a request and repeats it under the same id until it is answered.
   *
   * @param {string} type
   * @param {object} [fields]
   * @param {object} [asked]
   * @param {string} [asked.id] of an earlier try whose outcome is unknown
   * @param {number} [asked.withinMs] gives up after it
   * @returns {Promise<object>} the `ok`; rejected with a BarrageError
   */
  request(type, fields = {}, { id = this.#newId(), withinMs = 30_000 } = {}) {
    return new Promise((resolve, reject) => {
      const request = {
        frame: JSON.stringify({ type, id, ...fields }),
        resolve,
        reject,
        tries: 0,
        unsure: false,
        repeatTimer: null,
        deadline: null,
      };
      if (this.#connection.phase === 'stopped') {
        reject(new BarrageError({ code: 'closed' }, { id }));
        return;
      }
      if (this.#requests.has(id)) {
        reject(new BarrageError({ code: 'conflict' }, { id }));
        return;
      }
      this.#requests.set(id, request);
      request.deadline = this.#system.setTimeout(() => this.#refuse(id, 'timeout'), withinMs);
      this.#send(request);
    });
  }

  // Connecting

  #open() {
    const url = new URL(`/rooms/${encodeURIComponent(this.#room)}/ws`, this.#server);
    url.protocol = url.protocol.replace('http', 'ws');
    if (this.#epoch !== null) {
      url.search = `since=${this.#epoch}:${this.#seq}`;
    }
    let socket;
    try {
      socket = new this.#WebSocket(url.href, ...this.#credentials());
    } catch (error) {
      if (this.#token === null) {
        throw error;
      }
      this.#renew(); // With characters that no token has, it cannot even be sent.
      return;
    }
    this.#socket = socket;
    socket.onerror = () => {}; // A close follows. `ws` throws errors that nobody listens for.
    socket.onmessage = ({ data }) => this.#onFrame(data);
    socket.onclose = ({ code }) => this.#onLost(code);
    this.#await(WELCOME_WITHIN_MS, () => this.#onLost(CLOSED.lost));
    this.#become({ phase: 'connecting' });
  }

  /** What a WebSocket is made with besides its address. */
  #credentials() {
    if (this.#token === null) {
      return [[SUBPROTOCOL]];
    }
    return this.#tokenIn === 'header'
      ? [[SUBPROTOCOL], { headers: { Authorization: `Bearer ${this.#token}` } }]
      : [[SUBPROTOCOL, `bearer.${this.#token}`]];
  }

  #onLost(code) {
    const lived = this.#welcomedAt === null ? 0 : this.#system.now() - this.#welcomedAt;
    const leaveAt = this.#leaveAt;
    this.#letGo();
    if (lived >= GOOD_AFTER_MS) {
      this.#tries = 0;
    }
    if (FINAL.has(code)) {
      this.#stop(code);
    } else if (code === CLOSED.tokenRefused) {
      this.#renew();
    } else if (code === CLOSED.flooding) {
      this.#openAfter(FLOODING_PAUSE_MS, code);
    } else if (leaveAt !== null) {
      this.#openAfter(Math.max(0, leaveAt - this.#system.now()), code);
    } else {
      this.#openAfter(this.#pause(RECONNECT, this.#tries++), code);
    }
  }

  /** Forgets the socket at once: a dead one may take minutes to say that it is closed. */
  #letGo() {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomedAt = null;
    this.#leaveAt = null;
    this.#ping = null;
    this.#system.clearTimeout(this.#timer);
    this.#system.clearTimeout(this.#leaveTimer);
    this.#system.clearTimeout(this.#likeTimer);
    this.#likeTimer = null;
    this.#taps -= this.#tapsTold;
    this.#tapsTold = 0;
    for (const request of this.#requests.values()) {
      this.#system.clearTimeout(request.repeatTimer);
      request.repeatTimer = null;
    }
    if (socket !== null) {
      socket.onmessage = socket.onclose = null;
      socket.close(CLOSED.normal);
    }
  }

  #openAfter(ms, code) {
    this.#await(ms, () => this.#open());
    this.#become({ phase: 'waiting', code, retryAt: this.#system.now() + ms });
  }

  async #renew() {
    if (this.#tokenRenewed) {
      this.#stop(CLOSED.tokenRefused);
      return;
    }
    this.#tokenRenewed = true;
    const renewing = { phase: 'connecting', code: CLOSED.tokenRefused };
    this.#become(renewing);
    const token = await this.#renewToken(this.#token).catch(() => undefined);
    if (this.#connection !== renewing) {
      return; // Somebody signed in or left meanwhile.
    }
    if (token === undefined) {
      this.#stop(CLOSED.tokenRefused);
    } else {
      this.#token = token;
      this.#open();
    }
  }

  #stop(code) {
    this.#refuseAll('closed');
    this.#become({ phase: 'stopped', code });
  }

  /** Comes last in what calls it: listeners may connect or close. */
  #become(connection) {
    this.#connection = connection;
    this.#emit('connection', connection);
  }

  /** The one thing that this connection waits for; what it waited for before no longer matters. */
  #await(ms, run) {
    this.#system.clearTimeout(this.#timer);
    this.#timer = this.#system.setTimeout(run, ms);
  }

  /** Full jitter: many who lost the same server do not come back in the same instant. */
  #pause({ firstMs, longestMs }, tries) {
    return this.#system.random() * Math.min(longestMs, firstMs * 2 ** tries);
  }

  // Reading

  #onFrame(data) {
    this.#heardAt = this.#system.now();
    const message = JSON.parse(data);
    switch (message.type) {
      case 'welcome':
        this.#onWelcome(message);
        break;
      case 'resync':
        this.#countFrom(message);
        this.#tell(message);
        this.#emit('snapshot', message);
        break;
      case 'events':
        this.#onEvents(message);
        break;
      case 'ok':
        this.#onOk(message);
        break;
      case 'error':
        this.#onError(message);
        break;
      case 'goaway':
        this.#onGoAway(message);
        this.#tell(message);
        break;
      default:
        this.#tell(message);
    }
  }

  #onWelcome(welcome) {
    this.#welcomedAt = this.#system.now();
    this.#tokenRenewed = false;
    this.#heartbeatMs = welcome.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
    this.#clockOffsetMs = welcome.serverTime - this.#welcomedAt;
    if (!welcome.resumed) {
      this.#countFrom(welcome);
    }
    this.#listenFor(this.#heartbeatMs);
    const unanswered = [...this.#requests.values()];
    this.#become({ phase: 'live' });
    this.#tell(welcome);
    if (!welcome.resumed) {
      this.#emit('snapshot', welcome);
    }
    unanswered.forEach((request) => this.#send(request));
    this.#tellLikes();
  }

  #countFrom({ epoch, seq }) {
    this.#epoch = epoch;
    this.#seq = seq;
  }

  #onEvents({ seq, events }) {
    for (const event of events) {
      if (typeof event.seq === 'number') {
        if (event.seq <= this.#seq) {
          continue; // Seen before the connection was lost.
        }
        this.#seq = event.seq;
      }
      this.#tell(event);
    }
    this.#seq = Math.max(this.#seq, seq);
  }

  #tell(message) {
    this.#emit('message', message);
    this.#emit(message.type, message);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #onGoAway({ reconnectAfterMs }) {
    this.#leaveAt = this.#system.now() + reconnectAfterMs;
    this.#leaveTimer = this.#system.setTimeout(
      () => this.#onLost(CLOSED.normal),
      reconnectAfterMs,
    );
  }

  // Heartbeat

  #listenFor(ms) {
    this.#await(ms, () => this.#onHeartbeat());
  }

  #onHeartbeat() {
    const silentMs = this.#system.now() - this.#heardAt;
    if (this.#ping !== null && this.#heardAt < this.#ping.sentAt) {
      this.#onLost(CLOSED.lost);
    } else if (silentMs < this.#heartbeatMs) {
      this.#ping = null;
      this.#listenFor(this.#heartbeatMs - silentMs);
    } else {
      this.#ping = { id: this.#newId(), sentAt: this.#system.now() };
      this.#socket.send(JSON.stringify({ type: 'ping', id: this.#ping.id }));
      this.#listenFor(PONG_WITHIN_MS);
    }
  }

  // Requests

  #send(request) {
    if (this.#connection.phase === 'live') {
      request.unsure ||= request.tries > 0;
      request.tries++;
      this.#socket.send(request.frame);
    }
  }

  #onOk(ok) {
    if (ok.id === this.#ping?.id) {
      const halfway = (this.#ping.sentAt + this.#system.now()) / 2;
      this.#clockOffsetMs = ok.serverTime - halfway;
      return;
    }
    this.#settle(ok.id)?.resolve(ok);
  }

  #onError(error) {
    const request = this.#requests.get(error.id);
    if (request === undefined) {
      return;
    }
    const again =
      ASK_AGAIN.has(error.code) || (request.unsure && ASK_AGAIN_WHEN_UNSURE.has(error.code));
    if (again) {
      request.unsure = true;
      const ms = error.retryAfterMs ?? this.#pause(REPEAT, request.tries);
      request.repeatTimer = this.#system.setTimeout(() => this.#send(request), ms);
    } else {
      this.#settle(error.id).reject(new BarrageError(error, { id: error.id }));
    }
  }

  #settle(id) {
    const request = this.#requests.get(id);
    if (request !== undefined) {
      this.#requests.delete(id);
      this.#system.clearTimeout(request.deadline);
      this.#system.clearTimeout(request.repeatTimer);
    }
    return request;
  }

  #refuse(id, code) {
    const { tries, reject } = this.#settle(id);
    reject(new BarrageError({ code }, { id, unsure: tries > 0 }));
  }

  #refuseAll(code) {
    for (const id of [...this.#requests.keys()]) {
      this.#refuse(id, code);
    }
  }

  #newId() {
    return `${this.#idPrefix}-${++this.#idCount}`;
  }

  // Likes

  #tellLikes() {
    this.#likeTimer = null;
    if (this.#connection.phase === 'live' && this.#taps > this.#tapsTold) {
      this.#tapsTold = this.#taps;
      this.#socket.send(JSON.stringify({ type: 'like', total: this.#taps }));
      this.#likeTimer = this.#system.setTimeout(() => this.#tellLikes(), LIKE_EVERY_MS);
    }
  }
}

/** 96 random bits: ids of this client never meet those of another one of the same viewer. */
function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
