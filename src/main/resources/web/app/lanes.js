/**
 * Where a danmaku may fly so that no two touch. Pure: the time goes in, a lane or −1 comes out.
 *
 * A scrolling danmaku crosses in its `crossMs`, so a longer one is faster:
 * speed = (stage width + its width) / crossMs. Behind the last one of a lane there is room when that
 * one has come in with its whole length and a gap, and when it has left before the new one's head
 * reaches the far edge. Speeds are constant, so those two instants decide for all between.
 *
 * @typedef {{startMs: number, width: number, crossMs: number}} Flight
 */

/** Rows of the stage for each mode; apart, so that what stands still is never flown through. */
export function bands(rows) {
  const still = rows < 4 ? 0 : Math.min(3, Math.max(1, Math.floor(rows / 6)));
  return { top: still, scroll: Math.max(1, rows - 2 * still), bottom: still };
}

/**
 * The first lane from the top that a danmaku may enter at its `startMs`.
 *
 * @param {(Flight|undefined)[]} lanes the last that entered each
 * @param {Flight} flight
 * @param {{width: number, gap: number}} stage
 * @returns {number} −1 when all are taken
 */
export function scrollLane(lanes, flight, stage) {
  return lanes.findIndex((last) => last === undefined || mayFollow(last, flight, stage));
}

/**
 * For one that would catch up in every lane: the lane where it need slow down least.
 *
 * @param {number} slowestMs to cross in, at most
 * @returns {{lane: number, crossMs: number}|null} `null` when none will do
 */
export function slowerLane(lanes, flight, stage, slowestMs) {
  let best = null;
  lanes.forEach((last, lane) => {
    if (last !== undefined && isIn(last, flight, stage)) {
      const leftMs = last.crossMs - (flight.startMs - last.startMs);
      const crossMs = (leftMs * (stage.width + flight.width)) / (stage.width - stage.gap);
      if (crossMs <= (best?.crossMs ?? slowestMs)) {
        best = { lane, crossMs };
      }
    }
  });
  return best;
}

function mayFollow(last, flight, stage) {
  const headMs = (stage.width - stage.gap) / speed(flight, stage.width);
  return isIn(last, flight, stage) && flight.startMs - last.startMs + headMs >= last.crossMs;
}

function isIn(last, { startMs }, { width, gap }) {
  return (startMs - last.startMs) * speed(last, width) >= last.width + gap;
}

/** Pixels a millisecond. */
export function speed({ width, crossMs }, stageWidth) {
  return (stageWidth + width) / crossMs;
}

/**
 * The first lane whose standing danmaku is gone.
 *
 * @param {(number|undefined)[]} untilMs when that of each lane goes
 * @returns {number} −1 when all are taken
 */
export function stillLane(untilMs, nowMs) {
  return untilMs.findIndex((until) => until === undefined || until <= nowMs);
}
