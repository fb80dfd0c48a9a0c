/** What is known of lotteries. Pure. */
import { listing } from '../things.js';

export const EMPTY = Object.freeze({
  // As `GET …/lotteries/{id}`, with `entered`, what one `won`, and one's `taps` on this page: all
  // since it opened only if the page `sawOpening`.
  things: [],
});

export function isOver({ state }) {
  return state === 'drawn' || state === 'cancelled';
}

export function timeOf({ locksAt }) {
  return locksAt;
}

const { added, changed, merged } = listing(isOver);

export function fromSnapshot(part, things, { resumed, isSameViewer }) {
  return { things: merged(isSameViewer ? part.things : [], things, { resumed }) };
}

export const handlers = {
  'lottery.opened': ({ things }, { lottery }) => ({
    things: added(things, { ...lottery, state: 'open', entered: false, taps: 0, sawOpening: true }),
  }),
  'lottery.locked': ({ things }, { lottery, entries, entriesHash }) => ({
    things: changed(things, lottery, { state: 'locked', entries, entriesHash }),
  }),
  'lottery.drawn': ({ things }, { lottery, winners }) => ({
    things: changed(things, lottery, { state: 'drawn', winners }),
  }),
  'lottery.cancelled': ({ things }, { lottery }) => ({
    things: changed(things, lottery, { state: 'cancelled' }),
  }),
  'lottery.entered': ({ things }, { lottery, weight }) => ({
    things: changed(things, lottery, { entered: true, weight }),
  }),
  'lottery.won': ({ things }, { lottery, prize }) => ({
    things: changed(things, lottery, { won: prize }),
  }),
  tapped: ({ things }) =>
    things.some(({ state, entry }) => state === 'open' && entry === 'likes')
      ? {
          things: things.map((one) =>
            one.state === 'open' ? { ...one, taps: (one.taps ?? 0) + 1 } : one,
          ),
        }
      : {},
};
