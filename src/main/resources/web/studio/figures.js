/** `GET …/figures` every two seconds, and sooner when something happened that changes them. */
import { isSnapshot, kindsOf } from '/activity/kinds.js';
import { Series } from './series.js';

const EVERY_MS = 2_000;
const SOON_MS = 200;
const KEPT_FOR_MS = 6 * 3_600_000;

export class Figures {
  /** The newest, or null. */
  now = null;
  /** What each second is of, from the last two samples. */
  rates = { danmaku: 0, likes: 0, refusals: 0 };
  series = new Series();
  #api;
  #client;
  #online = 0;
  #listeners = [];
  #timer = null;
  #isRunning = false;
  #isAsking = false;
  #before = null;
  #storageKey;

  constructor(api, client) {
    this.#api = api;
    this.#client = client;
    client.on('online', ({ count }) => (this.#online = count));
    for (const type of ['welcome', 'resync']) {
      client.on(type, ({ online, room, epoch }) => {
        this.#online = online;
        this.#restore(`barrage.figures.${room}.${epoch}`);
      });
    }
    client.on('message', (message) => !isSnapshot(message) && kindsOf(message).length > 0 && this.soon());
  }

  /** Calls `show` now, if there is something to show, and with all that follow. */
  watch(show) {
    this.#listeners.push(show);
    if (this.now !== null) {
      show(this.now);
    }
  }

  start() {
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#ask();
    }
  }

  stop() {
    this.#isRunning = false;
    clearTimeout(this.#timer);
  }

  soon() {
    if (this.#isRunning && !this.#isAsking) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), SOON_MS);
    }
  }

  async #ask() {
    this.#isAsking = true;
    try {
      this.#take(await this.#api.get('/figures'));
    } catch {
      // Away for a moment: the header says so, and the figures stay as they were.
    }
    this.#isAsking = false;
    clearTimeout(this.#timer);
    if (this.#isRunning) {
      this.#timer = setTimeout(() => this.#ask(), EVERY_MS);
    }
  }

  #take(figures) {
    const refused = sum(Object.values(figures.node.refusals));
    const before = this.#before;
    if (before === null || figures.at - before.at >= EVERY_MS * 0.75) {
      this.#before = { at: figures.at, danmaku: figures.danmaku, likes: figures.likes, refused };
      if (before !== null) {
        const perSecond = (now, then) => (Math.max(0, now - then) * 1_000) / (figures.at - before.at);
        this.rates = {
          danmaku: perSecond(figures.danmaku, before.danmaku),
          likes: perSecond(figures.likes, before.likes),
          refusals: perSecond(refused, before.refused),
        };
      }
    }
    this.now = figures;
    const kept = this.series.add({
      at: figures.at,
      online: this.#online,
      ...this.rates,
      gmv: figures.takings[0]?.gmvCents ?? 0,
      p50: figures.node.p50Ms,
      p99: figures.node.p99Ms,
    });
    if (kept && this.#storageKey !== undefined) {
      this.series.keep(sessionStorage, this.#storageKey);
    }
    this.#listeners.forEach((show) => show(figures));
  }

  #restore(key) {
    if (this.#storageKey !== key) {
      this.#storageKey = key;
      const now = this.#client.serverNow();
      this.series.restore(sessionStorage, key, { now, withinMs: KEPT_FOR_MS });
    }
  }
}

export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
