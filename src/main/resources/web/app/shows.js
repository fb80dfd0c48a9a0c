/**
 * What the page knows of sales, orders and lotteries, as parts of the state. Pure: snapshots and
 * events go in, changed parts come out.
 */

/** Of what is over, the newest stay on the page. */
const KEPT_OVER = 2;
const KEPT_ORDERS = 20;
const STAFF = new Set(['moderator', 'streamer', 'admin']);

export const NO_SHOWS = Object.freeze({
  sales: [], // as `GET …/sales/{id}`, in the order they were put on
  // As `GET …/lotteries/{id}`, with `entered`, what one `won`, and one's `taps` on this page: all
  // since it opened only if the page `sawOpening`.
  lotteries: [],
  orders: [], // one's own, newest first
});

/** From a `welcome` or `resync`. What was over before stays; the snapshot does not tell of it. */
export function showsOf(state, { resumed, viewer, sales = [], lotteries = [], orders = [] }) {
  const before = viewer?.id === state.viewer?.id ? state : NO_SHOWS;
  const merged = (old, fresh) => {
    const rest = old.filter((one) => byId(fresh, one.id) === undefined && (resumed || isOver(one)));
    return tidy([...rest, ...fresh.map((one) => ({ ...byId(old, one.id), ...one }))]);
  };
  return {
    sales: merged(before.sales, sales),
    lotteries: merged(before.lotteries, lotteries),
    orders: [...orders],
  };
}

/** When this viewer may buy, if early units are left. */
export function opensForViewerAt({ opensAt, earlyAccessMs }, viewer) {
  return opensAt - (viewer === null ? 0 : (earlyAccessMs?.[viewer.tier] ?? 0));
}

/** Units that this viewer could still get. */
export function availableTo({ available, heldForTier, reserve }, viewer, tiers) {
  const rank = (tier) => tiers.findIndex((each) => each.tier === tier);
  const isKept = heldForTier > 0 && rank(viewer?.tier ?? 'regular') < rank(reserve?.minTier);
  return isKept ? available - heldForTier : available;
}

export function isStaff(viewer) {
  return viewer !== null && STAFF.has(viewer.role);
}

function byId(list, id) {
  return list.find((one) => one.id === id);
}

function isOver({ state }) {
  return state === 'ended' || state === 'drawn' || state === 'cancelled';
}

/** Lets go of what was over long ago. */
function tidy(list) {
  const over = list.filter(isOver).slice(0, -KEPT_OVER);
  return over.length === 0 ? list : list.filter((one) => !over.includes(one));
}

function change(list, id, changes) {
  return tidy(list.map((one) => (one.id === id ? { ...one, ...changes } : one)));
}

function sale(state, id, changes) {
  return { sales: change(state.sales, id, changes) };
}

function lottery(state, id, changes) {
  return { lotteries: change(state.lotteries, id, changes) };
}

function added(list, one) {
  return tidy([...list.filter(({ id }) => id !== one.id), one]);
}

export const showHandlers = {
  'sale.scheduled': (state, { sale: one }) => ({
    sales: added(state.sales, {
      ...one,
      state: 'scheduled',
      available: one.stock,
      heldForTier: one.reserve?.units ?? 0,
    }),
  }),
  'sale.opened': (state, event) => sale(state, event.sale, { state: 'open', reason: undefined }),
  'sale.ended': (state, event) =>
    sale(state, event.sale, { state: 'ended', reason: event.reason }),
  'sale.stock': (state, { sale: id, available, heldForTier }) =>
    sale(state, id, { available, heldForTier }),
  order: ({ orders }, { order }) => ({
    orders: byId(orders, order.id)
      ? orders.map((one) => (one.id === order.id ? order : one))
      : [order, ...orders].slice(0, KEPT_ORDERS),
  }),
  'lottery.opened': (state, { lottery: one }) => ({
    lotteries: added(state.lotteries, {
      ...one,
      state: 'open',
      entered: false,
      taps: 0,
      sawOpening: true,
    }),
  }),
  'lottery.locked': (state, { lottery: id, entries, entriesHash }) =>
    lottery(state, id, { state: 'locked', entries, entriesHash }),
  'lottery.drawn': (state, { lottery: id, winners }) =>
    lottery(state, id, { state: 'drawn', winners }),
  'lottery.cancelled': (state, event) => lottery(state, event.lottery, { state: 'cancelled' }),
  'lottery.entered': (state, { lottery: id, weight }) =>
    lottery(state, id, { entered: true, weight }),
  'lottery.won': (state, { lottery: id, prize }) => lottery(state, id, { won: prize }),
  tapped: ({ lotteries }) =>
    lotteries.some(({ state, entry }) => state === 'open' && entry === 'likes')
      ? {
          lotteries: lotteries.map((one) =>
            one.state === 'open' ? { ...one, taps: (one.taps ?? 0) + 1 } : one,
          ),
        }
      : {},
};
