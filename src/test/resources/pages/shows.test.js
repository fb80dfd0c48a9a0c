import { EMPTY, next } from '/app/state.js';
import { availableTo, opensForViewerAt } from '/app/shows.js';
import { clock } from '/app/widgets/cards.js';
import { equal, test } from './harness.js';

const viewer = (tier, id = 'me') => ({ id, name: id, role: 'viewer', tier, points: 0, growth: 0 });
const welcome = (fields = {}) => ({
  type: 'welcome', epoch: 1, seq: 0, resumed: false, viewer: viewer('gold'), online: 1, likes: 0,
  settings: {}, recent: [], sales: [], lotteries: [], orders: [], ...fields,
});
const sale = (id, fields = {}) => ({
  id, title: id, priceCents: 990, currency: 'CNY', stock: 10, opensAt: 10_000, endsAt: 70_000,
  perViewerLimit: 1, earlyAccessMs: { regular: 0, silver: 2_000, gold: 5_000, diamond: 10_000 },
  earlyUnits: 5, payMs: 60_000, ...fields,
});
const lottery = (id, fields = {}) => ({
  id, title: id, prizes: [{ name: 'cup', count: 1 }], entry: 'click', conditions: {},
  commitment: 'c', locksAt: 10_000, ...fields,
});
const order = (id, status, of = 's') => ({
  id, sale: of, viewer: 'me', quantity: 1, amountCents: 990, currency: 'CNY', status, payBy: 60_000,
});
const after = (...events) => events.reduce((state, event) => next(state, event, 0), EMPTY);

test('a sale is followed from its scheduling to its end, and open again', () => {
  const scheduled = [welcome(), { type: 'sale.scheduled', sale: sale('s', { reserve: { minTier: 'gold', units: 3, forMs: 1 } }) }];
  const of = (state) => state.sales.map((one) => [one.state, one.available, one.heldForTier, one.reason ?? null]);
  equal(of(after(...scheduled)), [['scheduled', 10, 3, null]]);
  const soldOut = [
    ...scheduled,
    { type: 'sale.opened', sale: 's' },
    { type: 'sale.stock', sale: 's', available: 0, heldForTier: 0 },
    { type: 'sale.ended', sale: 's', reason: 'sold_out' },
  ];
  equal(of(after(...soldOut)), [['ended', 0, 0, 'sold_out']]);
  const again = [...soldOut, { type: 'sale.opened', sale: 's' }, { type: 'sale.stock', sale: 's', available: 1, heldForTier: 0 }];
  equal(of(after(...again)), [['open', 1, 0, null]]);
});

test('a sale opens earlier for members', () => {
  const opens = (who) => opensForViewerAt(sale('s'), who);
  equal([opens(null), opens(viewer('regular')), opens(viewer('gold'))], [10_000, 10_000, 5_000]);
});

test('units kept for members do not count for others', () => {
  const tiers = EMPTY.tiers;
  const kept = { available: 5, heldForTier: 3, reserve: { minTier: 'gold' } };
  equal(['regular', 'silver', 'gold', 'diamond'].map((tier) => availableTo(kept, viewer(tier), tiers)), [2, 2, 5, 5]);
  equal(availableTo(kept, null, tiers), 2);
  equal(availableTo({ available: 5, heldForTier: 0 }, viewer('regular'), tiers), 5);
});

test('orders: the newest first, each as it was told last', () => {
  const state = after(
    welcome({ orders: [order('s-1', 'paid')] }),
    { type: 'order', order: order('s-2', 'reserved') },
    { type: 'order', order: order('s-1', 'refunded') },
  );
  equal(state.orders.map(({ id, status }) => `${id} ${status}`), ['s-2 reserved', 's-1 refunded']);
});

test('a lottery is followed to its draw', () => {
  const state = after(
    welcome(),
    { type: 'lottery.opened', lottery: lottery('l') },
    { type: 'lottery.entered', lottery: 'l', weight: 3 },
    { type: 'lottery.locked', lottery: 'l', entries: 7, entriesHash: 'h' },
    { type: 'lottery.drawn', lottery: 'l', seed: 's', winners: [{ viewer: 'me', name: 'Me', prize: 'cup' }] },
    { type: 'lottery.won', lottery: 'l', prize: 'cup' },
  );
  const [{ state: at, entered, weight, entries, entriesHash, won, commitment }] = state.lotteries;
  equal([at, entered, weight, entries, entriesHash, won, commitment], ['drawn', true, 3, 7, 'h', 'cup', 'c']);
});

test('taps count for a lottery entered by likes, from its opening', () => {
  const tapped = { type: 'tapped' };
  const open = (entry) => ({ type: 'lottery.opened', lottery: lottery('l', { entry, minLikes: 3 }) });
  const [seen] = after(welcome(), tapped, open('likes'), tapped, tapped).lotteries;
  equal([seen.taps, seen.sawOpening], [2, true]);
  const late = welcome({ lotteries: [lottery('l', { entry: 'likes', state: 'open' })] });
  const [missed] = after(late, tapped).lotteries;
  equal([missed.taps, missed.sawOpening ?? false], [1, false]);
  equal(after(welcome(), open('click'), tapped).lotteries[0].taps, 0);
});

test('a snapshot replaces what goes on and keeps what is over', () => {
  const before = [
    welcome({ sales: [sale('a', { state: 'open' }), sale('b', { state: 'open' })], lotteries: [lottery('l', { state: 'open', entered: true })] }),
    { type: 'lottery.entered', lottery: 'l', weight: 3 },
    { type: 'sale.ended', sale: 'b', reason: 'time' },
  ];
  const ids = ({ sales }) => sales.map(({ id }) => id);
  equal(ids(after(...before, welcome({ sales: [sale('c', { state: 'open' })] }))), ['b', 'c']);
  equal(ids(after(...before, welcome({ resumed: true, sales: [sale('c', { state: 'open' })] }))), ['a', 'b', 'c']);
  equal(ids(after(...before, welcome({ viewer: viewer('gold', 'other') }))), []);
  const still = welcome({ lotteries: [lottery('l', { state: 'open', entered: true })] });
  equal(after(...before, still).lotteries[0].weight, 3);
});

test('of what is over, the newest two stay', () => {
  const events = ['a', 'b', 'c', 'd'].flatMap((id) => [
    { type: 'sale.scheduled', sale: sale(id) },
    { type: 'sale.ended', sale: id, reason: 'time' },
  ]);
  equal(after(welcome(), ...events).sales.map(({ id }) => id), ['c', 'd']);
});

test('time left is told to the tenth at the end', () => {
  equal([0, 50, 9_950, 10_000, 59_001, 61_000, 3_600_000].map(clock), ['0:00.0', '0:00.1', '0:10', '0:10', '1:00', '1:01', '1:00:00']);
  equal(clock(-5), '0:00.0');
});
