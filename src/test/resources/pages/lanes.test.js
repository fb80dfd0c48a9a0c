import { bands, scrollLane, speed, stillLane } from '/app/lanes.js';
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

test('whatever comes, no two of a lane touch while both are seen', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const lanes = new Array(6).fill(undefined);
  const flown = lanes.map(() => []);
  let placed = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 20) {
    const one = flight(nowMs, 20 + random() * 500, 3_500 + random() * 4_500);
    const lane = scrollLane(lanes, one, STAGE);
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
