/**
 * Danmaku over the picture, on one canvas. Each is drawn once into a sprite of its own; a frame
 * only copies sprites, and there are no frames while nothing flies. Where a danmaku may go is
 * decided in lanes.js; when no lane is free it waits a moment, members first, and what does not
 * come to fly is counted and shown, as it still stands in the list.
 *
 * Who prefers less motion, or presses the button, gets the newest danmaku as a plain list instead.
 */
import { ink } from './ink.js';
import { bands, scrollLane, slowerLane, speed, stillLane } from './lanes.js';
import { isSynthetic } from './state.js';
import { talkWords } from './talk-words.js';
import { fillRow } from './widgets/row.js';

const STILL_MS = 4_000;
/** The time to cross: the more danmaku wait, the faster. */
const CROSS_MS = { calm: 8_000, busy: 3_500, busyAtWaiting: 8 };
const WAIT_MS = 1_500;
/** One that may not stand, as all such rows are taken, scrolls instead after this. */
const STAND_WITHIN_MS = 700;
const MAX_WAITING = 60;
/** Older ones, caught up after a lost connection, are listed only. */
const FRESH_MS = 10_000;
const PLAIN_ROWS = 8;
const MAX_PIXEL_RATIO = 2;

const FONT =
  '-apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans", system-ui, sans-serif';
const TIER_RANK = { regular: 0, silver: 1, gold: 2, diamond: 3 };

export function mountStage(element, { store, client }) {
  const stage = new Stage(element.querySelector('canvas'), (count) =>
    store.dispatch({ type: 'crowded', count }),
  );
  const empty = element.querySelector('.stage-empty');
  const plain = element.querySelector('.still');
  const button = element.querySelector('.fly');

  const reduced = matchMedia('(prefers-reduced-motion: reduce)');
  store.dispatch({ type: 'motion', on: !reduced.matches });
  reduced.addEventListener('change', () => store.dispatch({ type: 'motion', on: !reduced.matches }));
  button.addEventListener('click', () => store.dispatch({ type: 'motion', on: !store.state.motion }));

  let seen = -1;
  const flyNew = (danmaku) => {
    for (const one of danmaku) {
      if (one.key > seen && one.live && !one.deleted && store.now() - one.at < FRESH_MS) {
        stage.offer(one);
      }
    }
    seen = danmaku.at(-1)?.key ?? seen;
  };
  const listNewest = (danmaku) =>
    plain.replaceChildren(
      ...danmaku.slice(-PLAIN_ROWS).map((one) => fillRow(document.createElement('li'), one)),
    );
  store.watch(
    (state) => state.danmaku,
    (danmaku, { motion }) => {
      empty.hidden = danmaku.length > 0;
      if (motion) {
        flyNew(danmaku);
      } else {
        listNewest(danmaku);
        seen = danmaku.at(-1)?.key ?? seen;
      }
    },
  );
  store.watch((state) => state.stageLook, (look) => stage.wear(look));
  store.watch(
    (state) => state.motion,
    (on) => {
      button.setAttribute('aria-pressed', on);
      plain.hidden = on;
      stage.clear();
      listNewest(store.state.danmaku);
    },
  );
  client.on('danmaku.deleted', ({ target }) => stage.remove(target));
}

class Stage {
  #canvas;
  #context;
  #onLeftOut;
  #width = 0;
  #height = 0;
  #pixelRatio = 1;
  #look = { density: 1, opacity: 1 };
  #fontPx = 18;
  #rowPx = 28;
  #lanes = { scroll: [], top: [], bottom: [] };
  #waiting = [];
  #flying = [];
  #frame = null;

  constructor(canvas, onLeftOut) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#onLeftOut = onLeftOut;
    new ResizeObserver(() => this.#fit()).observe(canvas);
    this.#fit();
  }

  offer(danmaku) {
    if (document.hidden) {
      return; // Nobody sees it, and no frame would come to fly it.
    }
    this.#context.font = `600 ${this.#fontPx}px ${FONT}`;
    const isMember = TIER_RANK[danmaku.viewer.tier] > 0;
    const markPx = isMember ? this.#fontPx * 0.9 : 0;
    const text = textOf(danmaku);
    const width = Math.ceil(this.#context.measureText(text).width + markPx) + 16;
    this.#waiting.push({ danmaku, width, markPx, sinceMs: performance.now() });
    this.#animate();
  }

  /** @param {number} seq of a danmaku that was deleted */
  remove(seq) {
    this.#flying = this.#flying.filter(({ danmaku }) => danmaku.seq !== seq);
    this.#waiting = this.#waiting.filter(({ danmaku }) => danmaku.seq !== seq);
  }

  /** @param {{density: number, opacity: number}} look shares of one: of the rows, of the ink */
  wear(look) {
    this.#look = look;
    this.#fit();
    this.#animate();
  }

  clear() {
    this.#flying = [];
    this.#waiting = [];
    this.#lanes = { scroll: [], top: [], bottom: [] };
    this.#fit();
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#pixelRatio = Math.min(devicePixelRatio, MAX_PIXEL_RATIO);
    if (clientWidth !== this.#width) {
      this.#flying = []; // They would meet: their speeds were chosen for the other width.
      this.#lanes = { scroll: [], top: [], bottom: [] };
    }
    this.#width = clientWidth;
    this.#height = clientHeight;
    const asked = Number(getComputedStyle(this.#canvas).getPropertyValue('--danmaku-px')); // 0: nothing
    this.#fontPx = asked || Math.round(Math.min(22, Math.max(16, clientWidth / 40)));
    this.#rowPx = Math.round(this.#fontPx * 1.6);
    this.#canvas.width = clientWidth * this.#pixelRatio;
    this.#canvas.height = clientHeight * this.#pixelRatio;
    const rows = bands(Math.floor((clientHeight / this.#rowPx) * this.#look.density));
    for (const [band, count] of Object.entries(rows)) {
      this.#lanes[band] = Array.from({ length: count }, (_, lane) => this.#lanes[band][lane]);
    }
    this.#flying = this.#flying.filter(({ band, lane }) => lane < this.#lanes[band].length);
  }

  #animate() {
    this.#frame ??= requestAnimationFrame((nowMs) => this.#onFrame(nowMs));
  }

  #onFrame(nowMs) {
    this.#frame = null;
    this.#startWaiting(nowMs);
    this.#draw(nowMs);
    if (this.#flying.length > 0 || this.#waiting.length > 0) {
      this.#animate();
    }
  }

  #startWaiting(nowMs) {
    if (this.#waiting.length === 0) {
      return;
    }
    const crossMs = this.#crossMs();
    this.#waiting.sort(byPriority);
    const stillWaiting = this.#waiting.filter((one) => !this.#start(one, crossMs, nowMs));
    const patient = stillWaiting.filter(({ sinceMs }) => nowMs - sinceMs < WAIT_MS);
    this.#waiting = patient.slice(0, MAX_WAITING);
    const leftOut = stillWaiting.length - this.#waiting.length;
    if (leftOut > 0) {
      this.#onLeftOut(leftOut);
    }
  }

  #crossMs() {
    const { calm, busy, busyAtWaiting } = CROSS_MS;
    return calm + (busy - calm) * Math.min(1, this.#waiting.length / busyAtWaiting);
  }

  #start({ danmaku, width, markPx, sinceMs }, crossMs, nowMs) {
    const mayStand = width <= this.#width && nowMs - sinceMs < STAND_WITHIN_MS;
    const band = mayStand && danmaku.mode in this.#lanes ? danmaku.mode : 'scroll';
    const lanes = this.#lanes[band];
    const flight = { startMs: nowMs, width, crossMs };
    const lane = band === 'scroll' ? this.#scroll(lanes, flight) : stillLane(lanes, nowMs);
    if (lane < 0) {
      return false;
    }
    lanes[lane] = band === 'scroll' ? flight : nowMs + STILL_MS;
    this.#flying.push({ ...flight, danmaku, band, lane, sprite: this.#paint(danmaku, width, markPx) });
    return true;
  }

  /** Slows the flight down where that makes room for it. */
  #scroll(lanes, flight) {
    const stage = { width: this.#width, gap: this.#fontPx };
    const lane = scrollLane(lanes, flight, stage);
    const slower = lane < 0 ? slowerLane(lanes, flight, stage, CROSS_MS.calm) : null;
    flight.crossMs = slower?.crossMs ?? flight.crossMs;
    return slower?.lane ?? lane;
  }

  #draw(nowMs) {
    const context = this.#context;
    context.setTransform(this.#pixelRatio, 0, 0, this.#pixelRatio, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    context.globalAlpha = this.#look.opacity;
    this.#flying = this.#flying.filter((one) => nowMs - one.startMs < lifeMs(one));
    for (const one of this.#flying) {
      const x =
        one.band === 'scroll'
          ? this.#width - speed(one, this.#width) * (nowMs - one.startMs)
          : (this.#width - one.width) / 2;
      context.drawImage(one.sprite, x, this.#top(one), one.width, this.#rowPx);
    }
  }

  #top({ band, lane }) {
    if (band === 'bottom') {
      return this.#height * this.#look.density - (lane + 1) * this.#rowPx;
    }
    const rowsAbove = band === 'scroll' ? this.#lanes.top.length : 0;
    return (rowsAbove + lane) * this.#rowPx;
  }

  #paint(danmaku, width, markPx) {
    const { color, viewer, isOwn } = danmaku;
    const text = textOf(danmaku);
    const sprite = document.createElement('canvas');
    sprite.width = width * this.#pixelRatio;
    sprite.height = this.#rowPx * this.#pixelRatio;
    const context = sprite.getContext('2d');
    context.scale(this.#pixelRatio, this.#pixelRatio);
    const middle = this.#rowPx / 2;
    if (isOwn) {
      context.fillStyle = ink('danmaku-own');
      context.strokeStyle = ink('danmaku-own-edge');
      context.lineWidth = 1.5;
      context.beginPath();
      context.roundRect(1, 2, width - 2, this.#rowPx - 4, middle);
      context.fill();
      context.stroke();
    }
    if (markPx > 0) {
      paintMark(context, viewer.tier, 8 + markPx * 0.35, middle, this.#fontPx * 0.3);
    }
    context.font = `600 ${this.#fontPx}px ${FONT}`;
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 3;
    context.strokeStyle = ink(isDark(color) ? 'danmaku-edge-light' : 'danmaku-edge');
    context.strokeText(text, 8 + markPx, middle + 1);
    context.fillStyle = color;
    context.fillText(text, 8 + markPx, middle + 1);
    return sprite;
  }
}

/** What is written on the stage; who is there for show does not pass for a viewer there either. */
function textOf({ text, viewer }) {
  return isSynthetic(viewer) ? `${text} (${talkWords.t('synthetic')})` : text;
}

function lifeMs({ band, crossMs }) {
  return band === 'scroll' ? crossMs : STILL_MS;
}

/** Own ones first, then by tier, then by arrival. */
function byPriority(a, b) {
  return rank(b.danmaku) - rank(a.danmaku) || a.danmaku.key - b.danmaku.key;
}

function rank({ isOwn, viewer }) {
  return isOwn ? Infinity : TIER_RANK[viewer.tier];
}

function paintMark(context, tier, x, y, radius) {
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
  context.fillStyle = ink(tier);
  context.fill();
}

/** By relative luminance, roughly: such a colour needs a light edge on the dark stage. */
function isDark(color) {
  const rgb = parseInt(color.slice(1), 16);
  return 0.3 * (rgb >> 16) + 0.59 * ((rgb >> 8) & 255) + 0.11 * (rgb & 255) < 90;
}
