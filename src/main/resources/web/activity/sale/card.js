/** Flash sales: when it opens for *this* viewer, what is left, buying, and one's orders. */
import { Asking } from '/app/asking.js';
import { refusalText, words as page } from '/app/i18n.js';
import { money, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { availableTo, opensForViewerAt } from './state.js';
import { WORDS } from './words.js';

const words = speak(WORDS.card, page);
const { t, translate } = words;

/** Quantities to choose from. */
const MOST_AT_ONCE = 10;
const SOON_MS = 10_000;
const PAY_SOON_MS = 60_000;

const CARD = `<article class="show sale">
  <h2><span class="kind"></span> <bdi class="title"></bdi></h2>
  <p class="price"></p>
  <p class="when"></p>
  <div class="stock"><progress max="1" data-t-label="stock"></progress><p class="left-over"></p></div>
  <form class="act">
    <select class="quantity" data-t-label="quantity" hidden></select>
    <button class="send buy" type="submit"></button>
  </form>
  <p class="told" role="status"></p>
  <ul class="orders"></ul>
</article>`;

export function card({ id, title, priceCents, currency, perViewerLimit }, ctx) {
  const { store, client, known } = ctx;
  const element = markup(CARD, translate);
  const part = (name) => element.querySelector(`.${name}`);
  const quantity = part('quantity');
  const orders = new Map();
  let last;
  const buying = new Asking(() => show(last));

  setText(part('kind'), ctx.name);
  setText(part('title'), title);
  setText(part('price'), money(priceCents, currency));
  for (let n = 1; n <= Math.min(MOST_AT_ONCE, perViewerLimit); n++) {
    quantity.add(new Option(String(n), String(n)));
  }
  quantity.hidden = perViewerLimit === 1;
  quantity.addEventListener('change', () => {
    buying.refusal = null;
    show(last);
  });

  part('act').addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = Number(quantity.value);
    buying.ask(`${wanted}`, async (asked) => {
      const order = await client.buy(id, { quantity: wanted, ...asked });
      store.dispatch({ type: 'order', order });
    });
  });

  const show = (sale) => {
    last = sale;
    const { viewer, tiers } = store.state;
    const nowMs = store.now();
    const left = availableTo(sale, viewer, tiers);
    element.dataset.state = sale.state;
    element.dataset.soon = isSoon(sale, viewer, nowMs, buying.refusal);
    setText(part('when'), when(sale, viewer, nowMs, buying.refusal));
    element.querySelector('progress').value = sale.available / sale.stock;
    setText(part('left-over'), stockText(sale, left));
    const mayTry = mayBuy(sale, viewer, nowMs, buying.refusal, left);
    part('buy').disabled = !mayTry || buying.isAsking;
    setText(part('buy'), t(buying.isAsking ? 'buying' : 'buy'));
    const own = known().orders.filter((order) => order.sale === id);
    part('act').hidden = sale.state === 'ended' || unitsOf(own) >= perViewerLimit;
    setText(part('told'), viewer === null ? t('signInToBuy') : told(buying.refusal, sale, nowMs));
    showOrders(part('orders'), orders, own, ctx);
  };
  return { element, show };
}

/** Those that count towards the limit of the sale. */
function unitsOf(orders) {
  const held = orders.filter(({ status }) => status === 'reserved' || status === 'paid');
  return held.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** By the server's clock: `not_open` tells when it opens for this viewer, early units being gone. */
function opensAt(sale, viewer, refusal) {
  return refusal?.opensAt ?? opensForViewerAt(sale, viewer);
}

/** The last seconds before it opens for this viewer, or ends. */
function isSoon(sale, viewer, nowMs, refusal) {
  const opens = opensAt(sale, viewer, refusal);
  const leftMs = (nowMs < opens ? opens : sale.endsAt) - nowMs;
  return sale.state !== 'ended' && leftMs < SOON_MS;
}

function mayBuy(sale, viewer, nowMs, refusal, left) {
  return (
    viewer !== null &&
    sale.state !== 'ended' &&
    nowMs >= opensAt(sale, viewer, refusal) &&
    left > 0
  );
}

function when(sale, viewer, nowMs, refusal) {
  if (sale.state === 'ended') {
    return t(`over_${sale.reason}`);
  }
  const opens = opensAt(sale, viewer, refusal);
  const early = sale.opensAt - opens;
  if (nowMs < opens) {
    const text = t(early > 0 ? 'opensForYouIn' : 'opensIn', { time: clock(opens - nowMs) });
    return early > 0
      ? `${text} · ${t('earlyBy', { tier: t(viewer.tier), seconds: early / 1000 })}`
      : text;
  }
  if (nowMs < sale.opensAt) {
    return t('earlyNow', { tier: t(viewer.tier), time: clock(sale.opensAt - nowMs) });
  }
  return t('endsIn', { time: clock(sale.endsAt - nowMs) });
}

function stockText({ available, heldForTier, stock, reserve }, left) {
  const text = t('leftOver', { available, stock });
  return left < available
    ? `${text} · ${t('heldFor', { held: heldForTier, tier: t(reserve.minTier) })}`
    : text;
}

function told(refusal, sale, nowMs) {
  if (refusal === null || (refusal.opensAt !== undefined && nowMs >= refusal.opensAt)) {
    return '';
  }
  if (refusal.code === 'not_open' && refusal.opensAt === sale.opensAt) {
    return t('not_openEarly');
  }
  if (refusal.code === 'sold_out' && refusal.what !== '1') {
    return t('sold_outMany');
  }
  return refusalText(refusal.code, undefined, words);
}

function showOrders(list, rows, orders, ctx) {
  for (const order of [...orders].reverse()) { // The newest is put in last, above the others.
    if (!rows.has(order.id)) {
      rows.set(order.id, buildOrder(list, order, ctx));
    }
    rows.get(order.id)(order);
  }
  list.hidden = rows.size === 0;
}

function buildOrder(list, { id }, { store, client }) {
  const row = document.createElement('li');
  const text = document.createElement('span');
  const number = Object.assign(document.createElement('bdi'), { textContent: id, className: 'order-id' });
  const cancel = Object.assign(document.createElement('button'), {
    type: 'button',
    className: 'quiet',
    textContent: t('cancelOrder'),
  });
  row.append(text, number, cancel);
  list.prepend(row);
  let last;
  const cancelling = new Asking(() => show(last));
  cancel.addEventListener('click', () =>
    cancelling.ask('cancel', async (asked) => {
      store.dispatch({ type: 'order', order: await client.cancelOrder(id, asked) });
    }),
  );
  const show = (order) => {
    last = order;
    const { status, quantity, amountCents, currency, payBy } = order;
    row.dataset.status = status;
    row.dataset.soon = status === 'reserved' && payBy - store.now() < PAY_SOON_MS;
    const amount = money(amountCents, currency);
    const time = clock(payBy - store.now());
    const refusal = cancelling.refusal === null ? '' : ` ${refusalText(cancelling.refusal.code, undefined, words)}`;
    setText(text, t(`order_${status}`, { quantity, amount, time }) + refusal);
    cancel.hidden = status !== 'reserved';
    cancel.disabled = cancelling.isAsking;
  };
  return show;
}
