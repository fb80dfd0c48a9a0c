/** A clock that is stepped by hand; `chance` is what its next random numbers are. */
export class FakeSystem {
  nowMs = 1_000_000;
  chance = 0.5;
  #timers = new Map();
  #lastTimer = 0;

  now = () => this.nowMs;
  random = () => this.chance;

  setTimeout = (run, ms) => {
    this.#timers.set(++this.#lastTimer, { run, atMs: this.nowMs + ms });
    return this.#lastTimer;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  advance(ms) {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { atMs }]) => atMs <= untilMs);
      if (due.length === 0) {
        break;
      }
      const [timer, { run, atMs }] = due.reduce((a, b) => (b[1].atMs < a[1].atMs ? b : a));
      this.#timers.delete(timer);
      this.nowMs = atMs;
      run();
    }
    this.nowMs = untilMs;
  }
}

/** A network whose other end is the test. */
export class FakeNetwork {
  sockets = [];

  WebSocket = fakeSocket(this);

  get socket() {
    return this.sockets.at(-1);
  }
}

function fakeSocket(network) {
  return class {
    sent = [];
    closedWith = null;

    constructor(url, protocols, options) {
      if (protocols.some((protocol) => protocol.includes(' '))) {
        throw new SyntaxError('no subprotocol'); // As browsers do.
      }
      this.url = url;
      this.protocols = protocols;
      this.options = options;
      network.sockets.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close(code) {
      this.closedWith = code;
    }

    // The server's side.

    say(message) {
      this.onmessage?.({ data: JSON.stringify(message) });
    }

    drop(code = 1006) {
      this.onclose?.({ code });
    }

    sentOf(type) {
      return this.sent.filter((message) => message.type === type);
    }
  };
}
