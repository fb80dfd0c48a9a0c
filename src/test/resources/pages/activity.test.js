import { Activities } from '/app/activities.js';
import { EMPTY } from '/app/state.js';
import { clock } from '/app/text.js';
import { mountCards } from '/app/widgets/cards.js';
import { KINDS, load } from '/activity/kinds.js';
import { stateOf } from '/activity/state.js';
import { availableTo, opensForViewerAt } from '/activity/sale/state.js';
import { equal, settle, test } from './harness.js';

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
const modules = new Map(await Promise.all(KINDS.map(async (kind) => [kind, await load(kind, 'card')])));
const loadNow = async (kind) => modules.get(kind);

/** What is known of activities after these; a snapshot's viewer is who the others are for. */
async function after(...events) {
  const activities = new Activities({ load: loadNow, onChange: () => {} });
  let viewer;
  for (const event of events) {
    const before = viewer;
    viewer = event.viewer?.id ?? before;
    activities.hear(event, viewer === before);
    await settle();
  }
  const { sale, lottery } = activities.parts;
  return { sales: sale?.things ?? [], lotteries: lottery?.things ?? [], orders: sale?.orders ?? [] };
}

test('a sale is followed from its scheduling to its end, and open again', async () => {
  const scheduled = [welcome(), { type: 'sale.scheduled', sale: sale('s', { reserve: { minTier: 'gold', units: 3, forMs: 1 } }) }];
  const of = (state) => state.sales.map((one) => [one.state, one.available, one.heldForTier, one.reason ?? null]);
  equal(of(await after(...scheduled)), [['scheduled', 10, 3, null]]);
  const soldOut = [
    ...scheduled,
    { type: 'sale.opened', sale: 's' },
    { type: 'sale.stock', sale: 's', available: 0, heldForTier: 0 },
    { type: 'sale.ended', sale: 's', reason: 'sold_out' },
  ];
  equal(of(await after(...soldOut)), [['ended', 0, 0, 'sold_out']]);
  const again = [...soldOut, { type: 'sale.opened', sale: 's' }, { type: 'sale.stock', sale: 's', available: 1, heldForTier: 0 }];
  equal(of(await after(...again)), [['open', 1, 0, null]]);
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

test('orders: the newest first, each as it was told last', async () => {
  const state = await after(
    welcome({ orders: [order('s-1', 'paid')] }),
    { type: 'order', order: order('s-2', 'reserved') },
    { type: 'order', order: order('s-1', 'refunded') },
  );
  equal(state.orders.map(({ id, status }) => `${id} ${status}`), ['s-2 reserved', 's-1 refunded']);
});

test('a lottery is followed to its draw', async () => {
  const state = await after(
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

test('taps count for a lottery entered by likes, from its opening', async () => {
  const tapped = { type: 'tapped' };
  const open = (entry) => ({ type: 'lottery.opened', lottery: lottery('l', { entry, minLikes: 3 }) });
  const [seen] = (await after(welcome(), tapped, open('likes'), tapped, tapped)).lotteries;
  equal([seen.taps, seen.sawOpening], [2, true]);
  const late = welcome({ lotteries: [lottery('l', { entry: 'likes', state: 'open' })] });
  const [missed] = (await after(late, tapped)).lotteries;
  equal([missed.taps, missed.sawOpening ?? false], [1, false]);
  equal((await after(welcome(), open('click'), tapped)).lotteries[0].taps, 0);
});

test('a snapshot replaces what goes on and keeps what is over', async () => {
  const before = [
    welcome({ sales: [sale('a', { state: 'open' }), sale('b', { state: 'open' })], lotteries: [lottery('l', { state: 'open', entered: true })] }),
    { type: 'lottery.entered', lottery: 'l', weight: 3 },
    { type: 'sale.ended', sale: 'b', reason: 'time' },
  ];
  const ids = ({ sales }) => sales.map(({ id }) => id);
  equal(ids(await after(...before, welcome({ sales: [sale('c', { state: 'open' })] }))), ['b', 'c']);
  equal(ids(await after(...before, welcome({ resumed: true, sales: [sale('c', { state: 'open' })] }))), ['a', 'b', 'c']);
  equal(ids(await after(...before, welcome({ viewer: viewer('gold', 'other') }))), []);
  const still = welcome({ lotteries: [lottery('l', { state: 'open', entered: true })] });
  equal((await after(...before, still)).lotteries[0].weight, 3);
});

test('of what is over, the newest two stay', async () => {
  const events = ['a', 'b', 'c', 'd'].flatMap((id) => [
    { type: 'sale.scheduled', sale: sale(id) },
    { type: 'sale.ended', sale: id, reason: 'time' },
  ]);
  equal((await after(welcome(), ...events)).sales.map(({ id }) => id), ['c', 'd']);
});

/** A kind of which a page has nothing yet, and what is said of it. */
const clap = { kind: 'clap', name: { en: 'Claps', zh: '鼓掌' } };
const clapModule = {
  EMPTY: { things: [], heard: [] },
  fromSnapshot: (part, things) => ({ ...part, things }),
  handlers: { 'clap.made': ({ heard }, { n }) => ({ heard: [...heard, n] }) },
};
const clapped = (n) => ({ type: 'clap.made', n });

/** What is known of claps, which have no state of their own, after these. */
async function clapsAfter(...events) {
  const general = stateOf({ kind: 'clap', counts: ['count'], toMe: ['got'] });
  const activities = new Activities({ load: async () => general, onChange: () => {}, kinds: [clap] });
  let viewer;
  for (const event of events) {
    const before = viewer;
    viewer = event.viewer?.id ?? before;
    activities.hear(event, viewer === before);
    await settle();
  }
  return { things: activities.parts.clap.things, ...general };
}

test('a kind without a state of its own is followed by what its events say', async () => {
  const scheduled = { type: 'clap.scheduled', seq: 1, clap: { id: 'c', title: 'C', opensAt: 5 } };
  const opened = { type: 'clap.opened', seq: 2, clap: { id: 'c', title: 'C', opensAt: 6 } };
  const count = { type: 'clap.count', clap: 'c', left: 3 };
  const mine = { type: 'clap.mine', clap: 'c', entered: true };
  const unknown = { type: 'clap.lost', clap: 'c', left: 0 };
  const of = async (...events) => (await clapsAfter(welcome(), ...events)).things;
  equal(await of(scheduled), [{ id: 'c', title: 'C', opensAt: 5, state: 'scheduled' }]);
  equal(await of(scheduled, count, mine, unknown, opened), [
    { id: 'c', title: 'C', opensAt: 6, state: 'open', left: 3, mine: { entered: true } },
  ]);
  const ended = { type: 'clap.ended', seq: 3, clap: 'c', best: { name: 'Ann' } };
  const got = { type: 'clap.got', clap: 'c', amount: 7 };
  equal((await of(opened, mine, ended, got))[0], {
    id: 'c', title: 'C', opensAt: 6, state: 'ended', mine: { entered: true, amount: 7 }, best: { name: 'Ann' },
  });
  equal((await of(opened, { ...ended, clap: 'other' }))[0].state, 'open');
});

test('a kind without a state of its own: what is over stays, what is another viewer’s goes', async () => {
  const active = (id, fields) => ({ kind: 'clap', id, state: 'open', opensAt: 1, ...fields });
  const before = [
    welcome({ active: [active('a', { mine: { entered: true } }), active('b')] }),
    { type: 'clap.closed', seq: 1, clap: 'b', counts: [1] },
  ];
  const told = async (next) => {
    const { things, isOver } = await clapsAfter(...before, next);
    return things.map((thing) => [thing.id, isOver(thing), thing.mine ?? null]);
  };
  equal(await told(welcome({ active: [active('a')] })), [['b', true, null], ['a', false, { entered: true }]]);
  equal(await told(welcome({ viewer: viewer('gold', 'other'), active: [active('a')] })), [['a', false, null]]);
});

test('what is said of a kind waits, in order, until its module is there', async () => {
  let arrive;
  let asked = 0;
  let told = 0;
  const load = () => {
    asked++;
    return new Promise((resolve) => (arrive = resolve));
  };
  const activities = new Activities({ load, onChange: () => told++, kinds: [clap] });
  activities.hear({ type: 'welcome', active: [{ kind: 'clap', id: 'c' }, { kind: 'other', id: 'o' }] }, false);
  [1, 2, 3].forEach((n) => activities.hear(clapped(n), true));
  equal([activities.parts, activities.module('clap') ?? null, told], [{}, null, 0]);
  arrive(clapModule);
  await settle();
  equal(activities.parts, { clap: { things: [{ kind: 'clap', id: 'c' }], heard: [1, 2, 3] } });
  activities.hear(clapped(4), true);
  equal([activities.parts.clap.heard, asked, told], [[1, 2, 3, 4], 1, 2]);
});

test('kinds that a snapshot tells of are there together; one that does not come holds no other up', async () => {
  const arrivals = new Map();
  const kinds = [clap, { ...clap, kind: 'wave' }, { ...clap, kind: 'gone' }];
  const activities = new Activities({
    load: ({ kind }) => new Promise((resolve, reject) => arrivals.set(kind, { resolve, reject })),
    onChange: () => {},
    kinds,
    later: () => {},
  });
  activities.hear({ type: 'welcome', active: kinds.map(({ kind }) => ({ kind, id: kind })) }, false);
  arrivals.get('wave').resolve(clapModule);
  arrivals.get('gone').reject(new Error('away'));
  await settle();
  equal(Object.keys(activities.parts), []);
  arrivals.get('clap').resolve(clapModule);
  await settle();
  equal(Object.keys(activities.parts), ['clap', 'wave']);
});

test('a module that does not come is asked for again, and nothing that was said is lost', async () => {
  const pauses = [];
  let again;
  let isThere = false;
  const activities = new Activities({
    load: async () => (isThere ? clapModule : Promise.reject(new Error('away'))),
    onChange: () => {},
    kinds: [clap],
    later: (run, ms) => {
      again = run;
      pauses.push(ms);
    },
  });
  activities.hear(clapped(1), true);
  await settle();
  for (let i = 0; i < 6; i++) {
    activities.hear(clapped(i + 2), true);
    again();
    await settle();
  }
  equal(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  isThere = true;
  again();
  await settle();
  equal(activities.parts.clap.heard, [1, 2, 3, 4, 5, 6, 7]);
});

test('a kind is not loaded before there is one, and an unknown one is passed over', async () => {
  const asked = [];
  const activities = new Activities({
    load: async (kind) => {
      asked.push(kind.kind);
      return modules.get(kind);
    },
    onChange: () => {},
  });
  activities.hear(welcome({ active: [{ kind: 'clap', id: 'c' }] }), false);
  [{ type: 'tapped' }, { type: 'order', order: order('s-1', 'paid') }, clapped(1)].forEach((event) =>
    activities.hear(event, true),
  );
  await settle();
  equal([asked, activities.parts], [[], {}]);
  activities.hear({ type: 'lottery.opened', lottery: lottery('l') }, true);
  await settle();
  equal([asked, Object.keys(activities.parts)], [['lottery'], ['lottery']]);
  activities.hear(welcome({ orders: [order('s-1', 'paid')] }), true);
  await settle();
  equal(asked, ['lottery', 'sale']);
});

test('each kind has its section from the start, the first kind last, whichever comes first', async () => {
  const kinds = ['a', 'b', 'c'].map((kind) => ({ ...clap, kind }));
  let told;
  const store = {
    state: { activities: {}, viewer: null },
    module: () => ({
      card: ({ id }) => ({ element: Object.assign(document.createElement('p'), { id }), show: () => {} }),
      isOver: () => false,
    }),
    watch: (select, show) => {
      told ??= () => show(select(store.state));
      show(select(store.state));
    },
  };
  const element = document.createElement('div');
  mountCards(element, { store }, kinds);
  const sections = () => [...element.children].map(({ id, hidden }) => [id, hidden]);
  equal(sections(), [['c', true], ['b', true], ['a', true]]);
  store.state = { ...store.state, activities: { b: { things: [{ id: 'b1' }, { id: 'b2' }] } } };
  told();
  equal(sections(), [['c', true], ['b', false], ['a', true]]);
  equal([...element.querySelectorAll('p')].map(({ id, dataset }) => [id, dataset.over]), [['b2', 'false'], ['b1', 'false']]);
});

test('time left is told to the tenth at the end', () => {
  equal([0, 50, 9_950, 10_000, 59_001, 61_000, 3_600_000].map(clock), ['0:00.0', '0:00.1', '0:10', '0:10', '1:00', '1:01', '1:00:00']);
  equal(clock(-5), '0:00.0');
});
