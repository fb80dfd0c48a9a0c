import { KINDS } from '/activity/kinds.js';
import { readQuery } from '/overlay/query.js';
import { Series } from '/studio/series.js';
import { equal, ok, test } from './harness.js';

const query = (text) => readQuery(new URLSearchParams(text));

test('a day of samples stays bounded, evenly spaced, from the first to the last', () => {
  const series = new Series({ everyMs: 2_000, most: 100 });
  for (let at = 0; at <= 86_400_000; at += 2_000) {
    series.add({ at, online: at });
  }
  const { samples } = series;
  ok(samples.length > 40 && samples.length <= 100, `${samples.length}`);
  equal(samples[0].at, 0);
  ok(86_400_000 - samples.at(-1).at <= series.everyMs * 2);
  for (let i = 1; i < samples.length; i++) {
    const gapMs = samples[i].at - samples[i - 1].at;
    ok(gapMs >= series.everyMs * 0.75 && gapMs <= series.everyMs * 1.5, `${gapMs}`);
  }
});

test('samples survive a reload, unless they are of another day or not ours', () => {
  const kept = new Map();
  const storage = { setItem: (key, text) => kept.set(key, text), getItem: (key) => kept.get(key) ?? null };
  const before = new Series();
  before.add({ at: 1_000, online: 3 });
  before.keep(storage, 'k');
  const restored = (now) => {
    const after = new Series();
    after.restore(storage, 'k', { now, withinMs: 5_000 });
    return after.samples;
  };
  equal(restored(2_000), [{ at: 1_000, online: 3 }]);
  equal(restored(7_000), []);
  kept.set('k', '<not json>');
  equal(restored(2_000), []);
});

test('an overlay shows everything of the demo unless it is told otherwise', () => {
  const { room, show, goals, scale, at } = query('');
  equal([room, [...show], goals, scale, at], ['demo', ['danmaku', ...KINDS.map(({ kind }) => kind), 'goal'], [], 1, 'right']);
});

test('an overlay reads what it is told, and leaves out what means nothing', () => {
  const { room, show, goals, scale, at } = query(
    'room=a:b&show=goal,sale,<b>&goal=likes:10,online:0,tips:5,online:20&scale=2&at=left',
  );
  equal([room, [...show], scale, at], ['a:b', ['goal', 'sale'], 2, 'left']);
  equal(goals, [{ of: 'likes', aim: 10 }, { of: 'online', aim: 20 }]);
  equal(query('room=no such room').room, null);
  equal([query('scale=0').scale, query('scale=x').scale, query('scale=99').scale], [1, 1, 1]);
});
