/** What is known of flash sales, and of one's orders. Pure. */
import { byId, listing } from '../things.js';

const KEPT_ORDERS = 20;

export const EMPTY = Object.freeze({
  things: [], // as `GET …/sales/{id}`, in the order they were put on
  orders: [], // one's own, newest first
});

export function isOver({ state }) {
  return state === 'ended';
}

export function timeOf({ opensAt }) {
  return opensAt;
}

const { added, changed, merged } = listing(isOver);

export function fromSnapshot(part, things, { snapshot, resumed, isSameViewer }) {
  const before = isSameViewer ? part : EMPTY;
  return {
    things: merged(before.things, things, { resumed }),
    orders: [...(snapshot.orders ?? [])],
  };
}

export const handlers = {
  'sale.scheduled': ({ things }, { sale }) => ({
    things: added(things, {
      ...sale,
      state: 'scheduled',
      available: sale.stock,
      heldForTier: sale.reserve?.units ?? 0,
    }),
  }),
  'sale.opened': ({ things }, { sale }) => ({
    things: changed(things, sale, { state: 'open', reason: undefined }),
  }),
  'sale.ended': ({ things }, { sale, reason }) => ({
    things: changed(things, sale, { state: 'ended', reason }),
  }),
  'sale.stock': ({ things }, { sale, available, heldForTier }) => ({
    things: changed(things, sale, { available, heldForTier }),
  }),
  order: ({ orders }, { order }) => ({
    orders: byId(orders, order.id)
      ? orders.map((one) => (one.id === order.id ? order : one))
      : [order, ...orders].slice(0, KEPT_ORDERS),
  }),
};

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
