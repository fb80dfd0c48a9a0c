/**
 * What the page knows of its room: a snapshot, then every event applied to it. `next` is pure; the
 * store holds the present state and tells widgets when the part that they watch has changed.
 *
 * To follow another kind of event, add its handler to the table at the end. What is said of
 * activities goes to their kinds: see activities.js.
 */

import { Activities } from './activities.js';

/** The list and the stage need no more; memory stays flat however busy the room is. */
const KEPT_DANMAKU = 200;
/** Own danmaku whose `ok` or event may still come. */
const KEPT_OWN = 50;
const UNKEPT_MATCH_MS = 10_000;
const LATELY_MS = 10_000;

/** The growth at which each tier starts; the shipped rules, until the server tells its own. */
const TIERS = [
  { tier: 'regular', growth: 0 },
  { tier: 'silver', growth: 500 },
  { tier: 'gold', growth: 2_000 },
  { tier: 'diamond', growth: 10_000 },
];

/** Viewers of the demonstration say so by their ids; see DemoCrowd. */
const SYNTHETIC = 'demo-crowd-';

const STAFF = new Set(['moderator', 'streamer', 'admin']);

export const EMPTY = Object.freeze({
  connection: { phase: 'idle' },
  epoch: null,
  viewer: null,
  gain: null, // the last points message
  mutedUntil: null, // by the server's clock; −1: for good
  online: null,
  likes: null,
  settings: null,
  tiers: TIERS,
  danmaku: [], // oldest first, each with a `key` of its own
  danmakuCount: 0, // shown so far; the next key
  own: { seqs: [], unkept: [] },
  shed: [], // {at, count}: not sent to this viewer, lately
  crowded: [], // {at, count}: listed, but there was no lane to fly in
  motion: true,
  stageLook: { density: 1, opacity: 1 }, // shares of one
  hasCrowd: false, // whether synthetic viewers were heard on this connection
  isSignedOut: false,
  activities: Object.freeze({}), // by kind: what its state.js makes of what is said
});

/**
 * @param {typeof EMPTY} state
 * @param {{type: string}} event a message of the protocol, or one of the page's own
 * @param {number} nowMs by the server's clock
 */
export function next(state, event, nowMs) {
  const apply = handlers[event.type];
  return apply === undefined ? state : { ...state, ...apply(state, event, nowMs) };
}

/** Whether nobody sits behind this viewer, who is there to show the server to newcomers. */
export function isSynthetic({ id }) {
  return id.startsWith(SYNTHETIC);
}

export function isStaff(viewer) {
  return viewer !== null && STAFF.has(viewer.role);
}

/** The tier that comes next, its terms, and the growth still missing; `null` at the top. */
export function nextTier({ tiers, viewer }) {
  const following = tiers.find(({ growth }) => growth > viewer.growth);
  if (following === undefined) {
    return null;
  }
  const start = tiers.findLast(({ growth }) => growth <= viewer.growth)?.growth ?? 0;
  return {
    ...following,
    missing: following.growth - viewer.growth,
    progress: (viewer.growth - start) / (following.growth - start),
  };
}

/** How many danmaku of the last seconds were not sent, and how many did not come to fly. */
export function leftOutLately({ shed, crowded }, nowMs) {
  return { shed: sumLately(shed, nowMs), crowded: sumLately(crowded, nowMs) };
}

function sumLately(counts, nowMs) {
  return lately(counts, nowMs).reduce((sum, { count }) => sum + count, 0);
}

function lately(counts, nowMs) {
  return counts.filter(({ at }) => nowMs - at < LATELY_MS);
}

function onWelcome(state, welcome, nowMs) {
  const known = {
    epoch: welcome.epoch,
    viewer: welcome.viewer,
    online: welcome.online,
    likes: welcome.likes,
    settings: welcome.settings,
    tiers: welcome.tiers ?? TIERS,
    hasCrowd: false, // Those who spoke before may be gone.
    isSignedOut: state.isSignedOut && welcome.viewer === null,
    mutedUntil: welcome.viewer?.id === state.viewer?.id ? state.mutedUntil : null,
  };
  return welcome.resumed ? known : { ...known, ...snapshot(state, welcome) };
}

/** The past is listed, never flown: `live` is false. */
function snapshot(state, { recent, epoch, viewer }) {
  let after = { ...state, danmaku: [] };
  for (const danmaku of recent) {
    after = { ...after, ...show(after, danmaku, false) };
  }
  const before = epoch === state.epoch ? state.own.seqs : []; // A new epoch counts from 1 again.
  const own = recent.filter((danmaku) => viewer !== null && danmaku.viewer?.id === viewer.id);
  const seqs = [...before, ...own.map(({ seq }) => seq)].slice(-KEPT_OWN);
  return {
    danmaku: after.danmaku,
    danmakuCount: after.danmakuCount,
    own: { ...state.own, seqs },
  };
}

/**
 * A danmaku of one's own is told of twice, by the `ok` and by the event, in any order. The first
 * one shows it. One that was kept is matched by its number, one that was not by its text.
 */
function onDanmaku(state, danmaku, nowMs) {
  const isOwn = state.viewer !== null && danmaku.viewer?.id === state.viewer.id;
  return isOwn ? showOwn(state, danmaku, 'event', nowMs) : show(state, danmaku);
}

function onSaid(state, { danmaku }, nowMs) {
  return showOwn(state, danmaku, 'ok', nowMs);
}

function showOwn(state, danmaku, toldBy, nowMs) {
  const { seqs, unkept } = state.own;
  const mine = { ...danmaku, isOwn: true };
  if (danmaku.seq !== null) {
    if (seqs.includes(danmaku.seq)) {
      return {};
    }
    const own = { unkept, seqs: [...seqs, danmaku.seq].slice(-KEPT_OWN) };
    return { ...show(state, mine), own };
  }
  const waiting = unkept.filter(({ at }) => nowMs - at < UNKEPT_MATCH_MS);
  const twin = waiting.findIndex((one) => one.text === danmaku.text && one.toldBy !== toldBy);
  if (twin >= 0) {
    return { own: { seqs, unkept: waiting.toSpliced(twin, 1) } };
  }
  const told = { text: danmaku.text, toldBy, at: nowMs };
  return {
    ...show(state, mine),
    own: { seqs, unkept: [...waiting, told].slice(-KEPT_OWN) },
  };
}

function show(state, danmaku, live = true) {
  const shown = { ...danmaku, key: state.danmakuCount, live };
  return {
    danmaku: [...state.danmaku, shown].slice(-KEPT_DANMAKU),
    danmakuCount: state.danmakuCount + 1,
    hasCrowd: state.hasCrowd || (live && isSynthetic(danmaku.viewer)),
  };
}

function onDeleted({ danmaku }, { target }) {
  return {
    danmaku: danmaku.map((one) =>
      one.seq === target ? { ...one, text: undefined, deleted: true } : one,
    ),
  };
}

function onPoints({ viewer }, { points, growth, tier, delta }) {
  return viewer && { viewer: { ...viewer, points, growth, tier }, gain: { delta } };
}

function added(counts, count, nowMs) {
  return [...lately(counts, nowMs), { at: nowMs, count }];
}

const handlers = {
  connection: (_, { connection }) => ({ connection }),
  welcome: onWelcome,
  resync: (state, resync, nowMs) => onWelcome(state, { ...resync, resumed: false }, nowMs),
  danmaku: onDanmaku,
  said: onSaid,
  'danmaku.deleted': onDeleted,
  likes: (_, { total }) => ({ likes: total }),
  online: (_, { count }) => ({ online: count }),
  'room.settings': (_, { settings }) => ({ settings }),
  shed: (state, { count }, nowMs) => ({ shed: added(state.shed, count, nowMs) }),
  crowded: (state, { count }, nowMs) => ({ crowded: added(state.crowded, count, nowMs) }),
  motion: (_, { on }) => ({ motion: on }),
  stageLook: ({ stageLook }, { look }) => ({ stageLook: { ...stageLook, ...look } }),
  signedOut: () => ({ isSignedOut: true }),
  points: onPoints,
  muted: (_, { untilAt }) => ({ mutedUntil: untilAt }),
};

/** The present state. Watchers are told once a frame at most, and only of what they watch. */
export class Store {
  #state = EMPTY;
  #watchers = [];
  #isScheduled = false;
  #now;
  #schedule;
  #activities;

  /**
   * @param {object} options
   * @param {() => number} options.now by the server's clock
   * @param {(kind: object) => Promise<object>} options.load what the page needs of a kind of
   *     activities
   */
  constructor({ now, load, schedule = (run) => requestAnimationFrame(run) }) {
    this.#now = now;
    this.#schedule = schedule;
    this.#activities = new Activities({ load, onChange: () => this.#onActivities() });
  }

  get state() {
    return this.#state;
  }

  now() {
    return this.#now();
  }

  dispatch(event) {
    const before = this.#state;
    this.#state = next(before, event, this.#now());
    this.#activities.hear(event, this.#state.viewer?.id === before.viewer?.id);
    this.#scheduleTelling();
  }

  /** What was loaded of a kind whose part is in the state. */
  module(kind) {
    return this.#activities.module(kind);
  }

  #onActivities() {
    this.#state = { ...this.#state, activities: this.#activities.parts };
    this.#scheduleTelling();
  }

  #scheduleTelling() {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#schedule(() => this.#tell());
    }
  }

  /** Calls `render` now and whenever what `select` takes from the state is another value. */
  watch(select, render) {
    const watcher = { select, render, last: select(this.#state) };
    this.#watchers.push(watcher);
    render(watcher.last, this.#state);
  }

  #tell() {
    this.#isScheduled = false;
    for (const watcher of this.#watchers) {
      const value = watcher.select(this.#state);
      if (value !== watcher.last) {
        watcher.last = value;
        watcher.render(value, this.#state);
      }
    }
  }
}
