import { EMPTY, Store, leftOutLately, next, nextTier } from '/app/state.js';
import { equal, ok, test } from './harness.js';

const ME = { id: 'me', name: 'Me', role: 'viewer', tier: 'regular', points: 0, growth: 0 };
const welcome = (fields = {}) => ({
  type: 'welcome', epoch: 1, seq: 0, resumed: false, viewer: ME, online: 1, likes: 0,
  settings: { slowModeMs: 0, membersOnly: false, minTier: 'regular', silenced: false },
  recent: [], ...fields,
});
const danmaku = (seq, text, viewer = 'other') => ({
  type: 'danmaku', seq, at: 0, viewer: { id: viewer, name: viewer, tier: 'gold' }, text,
  mode: 'scroll', color: '#ffffff',
});
const said = (seq, text) => ({ type: 'said', danmaku: danmaku(seq, text, 'me') });
const after = (...events) => events.reduce((state, event) => next(state, event, 0), EMPTY);
const texts = (state) => state.danmaku.map(({ text }) => text);

test('the snapshot is listed and does not fly; what comes later flies', () => {
  const state = after(welcome({ recent: [danmaku(1, 'past')] }), danmaku(2, 'now'));
  equal(state.danmaku.map(({ text, live }) => [text, live]), [['past', false], ['now', true]]);
});

test('own danmaku: shown once when the ok comes first', () => {
  equal(texts(after(welcome(), said(5, 'hi'), danmaku(5, 'hi', 'me'))), ['hi']);
});

test('own danmaku: shown once when the event comes first', () => {
  equal(texts(after(welcome(), danmaku(5, 'hi', 'me'), said(5, 'hi'))), ['hi']);
});

test('own danmaku: shown once when a snapshot had it before the ok', () => {
  equal(texts(after(welcome({ recent: [danmaku(5, 'hi', 'me')] }), said(5, 'hi'))), ['hi']);
});

test('own danmaku not kept: ok and event are matched by text, in any order', () => {
  equal(texts(after(welcome(), said(null, 'a'), danmaku(null, 'a', 'me'))), ['a']);
  equal(texts(after(welcome(), danmaku(null, 'a', 'me'), said(null, 'a'))), ['a']);
  equal(texts(after(welcome(), said(null, 'a'), said(null, 'a'))), ['a', 'a']);
});

test('others saying the same are all shown', () => {
  equal(texts(after(welcome(), danmaku(1, 'a'), danmaku(2, 'a'))), ['a', 'a']);
  equal(texts(after(welcome(), danmaku(null, 'a'), danmaku(null, 'a'))), ['a', 'a']);
});

test('a new epoch counts anew: an own danmaku under an old number is shown', () => {
  const state = after(welcome(), said(5, 'old'), welcome({ epoch: 2 }), said(5, 'new'));
  equal(texts(state), ['new']);
});

test('a resumed welcome keeps the list, a resync replaces it', () => {
  const before = [welcome({ recent: [danmaku(1, 'a')] }), danmaku(2, 'b')];
  equal(texts(after(...before, welcome({ resumed: true, recent: [] }))), ['a', 'b']);
  const resync = { ...welcome({ recent: [danmaku(9, 'z')] }), type: 'resync' };
  equal(texts(after(...before, resync)), ['z']);
});

test('keys never repeat, not even across a resync', () => {
  const resync = { ...welcome({ recent: [danmaku(9, 'z')] }), type: 'resync' };
  const first = after(welcome(), danmaku(1, 'a'));
  const second = next(first, resync, 0);
  ok(second.danmaku[0].key > first.danmaku[0].key, 'key used twice');
});

test('a deleted danmaku stays in its place without its text', () => {
  const state = after(welcome(), danmaku(1, 'a'), danmaku(2, 'b'), { type: 'danmaku.deleted', seq: 3, target: 1 });
  equal(state.danmaku.map(({ text, deleted }) => [text ?? null, deleted ?? false]), [[null, true], ['b', false]]);
});

test('the list is bounded', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => danmaku(i + 1, `${i}`));
  const state = after(welcome(), ...many);
  equal([state.danmaku.length, state.danmaku.at(-1).text], [200, '999']);
});

test('counters are replaced by the latest', () => {
  const state = after(welcome(), { type: 'likes', total: 7 }, { type: 'likes', total: 9 }, { type: 'online', count: 3 });
  equal([state.likes, state.online], [9, 3]);
});

test('points change the viewer; the way to the next tier follows growth', () => {
  const points = { type: 'points', delta: 12, points: 512, growth: 1_250, tier: 'silver', reason: 'watch' };
  const state = after(welcome(), points);
  equal([state.viewer.points, state.viewer.tier, state.gain], [512, 'silver', { delta: 12 }]);
  equal(nextTier(state), { tier: 'gold', growth: 2_000, missing: 750, progress: 0.5 });
  equal(nextTier({ ...state, viewer: { ...ME, growth: 10_000 } }), null);
});

test('what was left out is told for ten seconds', () => {
  let state = next(after(welcome()), { type: 'shed', class: 'regular', count: 30, windowMs: 1000 }, 1_000);
  state = next(state, { type: 'shed', class: 'silver', count: 12, windowMs: 1000 }, 9_000);
  state = next(state, { type: 'crowded', count: 4 }, 9_000);
  equal(leftOutLately(state, 9_500), { shed: 42, crowded: 4 });
  equal(leftOutLately(state, 12_000), { shed: 12, crowded: 4 });
  equal(leftOutLately(state, 20_000), { shed: 0, crowded: 0 });
});

test('the tiers are what the server says, with what they give', () => {
  const tiers = [
    { tier: 'regular', growth: 0, pointsFactor: 1 },
    { tier: 'silver', growth: 4_000, pointsFactor: 3 },
  ];
  const { tier, missing, pointsFactor } = nextTier(after(welcome({ tiers })));
  equal([tier, missing, pointsFactor], ['silver', 4_000 - ME.growth, 3]);
});

test('synthetic viewers are known by their ids, when they speak, until one connects anew', () => {
  const by = (id) => ({ ...danmaku(1, 'hi'), viewer: { id, name: id, tier: 'regular' } });
  equal(after(welcome(), by('ann')).hasCrowd, false);
  equal(after(welcome(), by('demo-crowd-3')).hasCrowd, true);
  equal(after(welcome(), by('demo-crowd-3'), by('ann')).hasCrowd, true);
  equal(after(welcome({ recent: [by('demo-crowd-3')] }), by('ann')).hasCrowd, false);
  equal(after(welcome(), by('demo-crowd-3'), welcome({ resumed: true })).hasCrowd, false);
});

test('the look of the stage changes in parts', () => {
  const state = after(welcome(), { type: 'stageLook', look: { opacity: 0.5 } });
  equal(state.stageLook, { density: 1, opacity: 0.5 });
});

test('unknown events change nothing', () => {
  const state = after(welcome());
  ok(next(state, { type: 'from.the.future' }, 0) === state, 'changed');
});

test('watchers are told once a frame, of what they watch alone', () => {
  let frame = null;
  const store = new Store({ now: () => 0, load: async () => ({}), schedule: (run) => (frame = run) });
  const told = [];
  store.watch((state) => state.likes, (likes) => told.push(likes));
  store.dispatch(welcome());
  store.dispatch({ type: 'likes', total: 3 });
  store.dispatch({ type: 'likes', total: 4 });
  frame();
  store.dispatch({ type: 'online', count: 2 });
  frame();
  equal(told, [null, 4]);
});
