import { bands, scrollLane, slowerLane, speed, stillLane } from '/app/lanes.js';
import { equal, ok, test } from './harness.js';

const STAGE = { width: 400, gap: 16 };
const flight = (startMs, width, crossMs = 8_000) => ({ startMs, width, crossMs });

test('an empty stage gives the first lane', () => {
  equal(scrollLane([undefined, undefined], flight(0, 100), STAGE), 0);
});

test('a lane is taken until its last danmaku has come in with a gap', () => {
  const last = flight(0, 100); // 500 px in 8 s: 116 px after 1,856 ms
  equal(scrollLane([last], flight(1_855, 100), STAGE), -1);
  equal(scrollLane([last], flight(1_857, 100), STAGE), 0);
});

test('a faster one waits until it cannot catch up', () => {
  const slow = flight(0, 40);
  const fast = (startMs) => flight(startMs, 400);
  equal(scrollLane([slow], fast(2_000), STAGE), -1);
  equal(scrollLane([slow], fast(4_200), STAGE), 0);
});

test('where it would catch up it flies slower, in the lane that asks the least of it', () => {
  const lanes = [flight(0, 40), flight(0, 40, 6_000), flight(2_990, 40)];
  const { lane, crossMs } = slowerLane(lanes, flight(3_000, 100, 1_000), STAGE, 8_000);
  equal([lane, Math.round(crossMs)], [1, 3_906]); // 3 s for 384 px, and 500 px to go
  equal(slowerLane(lanes, flight(3_000, 100, 1_000), STAGE, 3_900), null);
  equal(slowerLane([flight(0, 300)], flight(100, 100), STAGE, 8_000), null);
});

test('whatever comes, no two of a lane touch while both are seen', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const lanes = new Array(6).fill(undefined);
  const flown = lanes.map(() => []);
  let placed = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 20) {
    const one = flight(nowMs, 20 + random() * 500, 3_500 + random() * 4_500);
    let lane = scrollLane(lanes, one, STAGE);
    const slower = lane < 0 ? slowerLane(lanes, one, STAGE, 8_000) : null;
    if (slower !== null) {
      ok(slower.crossMs > one.crossMs, 'not slower');
      ({ lane, crossMs: one.crossMs } = slower);
    }
    if (lane >= 0) {
      lanes[lane] = one;
      flown[lane].push(one);
      placed++;
    }
  }
  ok(placed > 100, `only ${placed} flew`);
  const head = (one, nowMs) => STAGE.width - speed(one, STAGE.width) * (nowMs - one.startMs);
  for (const lane of flown) {
    lane.slice(1).forEach((one, i) => {
      const before = lane[i];
      for (let nowMs = one.startMs; nowMs <= before.startMs + before.crossMs; nowMs += 10) {
        const tail = head(before, nowMs) + before.width;
        ok(head(one, nowMs) >= tail, `touch at ${nowMs} ms`);
      }
    });
  }
});

test('a standing danmaku keeps its lane until its time is over', () => {
  equal(stillLane([500, undefined], 100), 1);
  equal(stillLane([500, 400], 450), 1);
  equal(stillLane([500], 499), -1);
});

test('bands share the rows, and always leave one to fly in', () => {
  for (let rows = 0; rows < 60; rows++) {
    const { top, scroll, bottom } = bands(rows);
    ok(scroll >= 1, `${rows} rows`);
    equal(top + scroll + bottom, Math.max(1, rows));
  }
});
