/** Flash sales and lotteries: the forms that begin one, and a card with the figures of each. */
import { money, number } from '/app/language.js';
import { Asking, clock, setText } from '/app/widgets/cards.js';
import { confirmed } from './confirm.js';
import { save } from './exports.js';
import { refusalText, t, translate } from './words.js';

const TICK_MS = 200;
const MOST_WINNERS = 5;
const STATES = ['reserved', 'paid', 'expired', 'cancelled', 'refund_due', 'refunded'];
const DEFAULT_PRICE = '9.90';

export function mountShows(element, page) {
  mountNew(element.querySelector('#new-show'), page);
  const running = element.querySelector('.running');
  const none = element.querySelector('.none');
  const cards = new Map();

  const show = ({ sales, lotteries }) => {
    const shows = [
      ...sales.map((one) => ({ one, build: buildSale, at: one.opensAt, over: one.state === 'ended' })),
      ...lotteries.map((one) => ({
        one,
        build: buildLottery,
        at: one.locksAt,
        over: one.state === 'drawn' || one.state === 'cancelled',
      })),
    ].sort((a, b) => a.over - b.over || b.at - a.at);
    none.hidden = shows.length > 0;
    for (const [id, { card }] of cards) {
      if (!shows.some(({ one }) => one.id === id)) {
        card.remove();
        cards.delete(id);
      }
    }
    shows.forEach(({ one, build, over }, index) => {
      if (!cards.has(one.id)) {
        cards.set(one.id, build(one, page));
      }
      const { card, update } = cards.get(one.id);
      card.classList.toggle('over', over);
      if (running.children[index] !== card) {
        running.insertBefore(card, running.children[index] ?? null);
      }
      update(one);
    });
  };
  page.figures.watch(show);
  setInterval(() => page.figures.now && !document.hidden && cards.forEach(({ tick }) => tick()), TICK_MS);
}

// Something new

function mountNew(element, page) {
  const tabs = [...element.querySelectorAll('[role="tab"]')];
  const forms = tabs.map((tab) => document.getElementById(tab.getAttribute('aria-controls')));
  const choose = (chosen) =>
    tabs.forEach((tab, index) => {
      tab.setAttribute('aria-selected', index === chosen);
      tab.tabIndex = index === chosen ? 0 : -1;
      forms[index].hidden = index !== chosen;
    });
  tabs.forEach((tab, index) => {
    tab.addEventListener('click', () => choose(index));
    tab.addEventListener('keydown', ({ key }) => {
      if (key === 'ArrowLeft' || key === 'ArrowRight') {
        choose(1 - index);
        tabs[1 - index].focus();
      }
    });
  });
  element.querySelector('.not-yours').hidden = page.isStreamer;
  for (const field of element.querySelectorAll('input, select, button[type="submit"]')) {
    field.disabled = !page.isStreamer;
  }
  mountNewSale(forms[0], page);
  mountNewLottery(forms[1], page);
}

function mountNewSale(form, { api, figures }) {
  const { title, price, stock, opensIn, lasts, currency, limit, payIn, early, reserveTier, reserveUnits } =
    form.elements;
  title.value = t('defaultSale');
  price.value = DEFAULT_PRICE;
  const asking = mountAsking(form, figures);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const now = event.submitter?.value === 'now';
    const priceCents = minor(price.value, currency.value);
    if (priceCents === null) {
      asking.refuse('badPrice');
      return;
    }
    const offer = {
      title: title.value.trim(),
      priceCents,
      currency: currency.value,
      stock: Number(stock.value),
      opensInMs: now ? 0 : Number(opensIn.value) * 1_000,
      durationMs: Number(lasts.value) * 1_000,
      perViewerLimit: Number(limit.value),
      payMs: Number(payIn.value) * 1_000,
    };
    if (early.value !== '') {
      offer.earlyUnits = Number(early.value);
    }
    if (reserveTier.value !== '') {
      const units = Math.min(Number(reserveUnits.value), offer.stock);
      offer.reserve = { minTier: reserveTier.value, units, forMs: Math.min(offer.durationMs, 60_000) };
    }
    const yes = await confirmed({
      title: now ? 'confirmStart' : 'confirmSchedule',
      text: t('confirmSale', {
        title: offer.title,
        stock: offer.stock,
        price: money(priceCents, offer.currency),
        worth: money(priceCents * offer.stock, offer.currency),
      }),
      yes: now ? 'startNow' : 'schedule',
    });
    if (yes) {
      asking.ask(offer, (asked) => api.post('/sales', offer, asked));
    }
  });
}

function mountNewLottery(form, { api, figures }) {
  const { title, prize, count, entry, lasts, keyword, minLikes, prize2, count2, cost, minTier, weighted } =
    form.elements;
  title.value = t('defaultLottery');
  prize.value = t('defaultPrize');
  keyword.value = t('defaultKeyword');
  const asking = mountAsking(form, figures);
  const showEntry = () => {
    for (const field of form.querySelectorAll('[data-for]')) {
      field.hidden = field.dataset.for !== entry.value;
      field.querySelector('input').required = !field.hidden;
    }
  };
  entry.addEventListener('change', showEntry);
  showEntry();

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const terms = {
      title: title.value.trim(),
      prizes: [{ name: prize.value.trim(), count: Number(count.value) }],
      durationMs: Number(lasts.value) * 1_000,
      entry: entry.value,
      conditions: { minTier: minTier.value, costPoints: Number(cost.value) },
    };
    if (prize2.value.trim() !== '') {
      terms.prizes.push({ name: prize2.value.trim(), count: Number(count2.value) });
    }
    if (entry.value === 'keyword') {
      terms.keyword = keyword.value.trim();
    } else if (entry.value === 'likes') {
      terms.minLikes = Number(minLikes.value);
    }
    if (weighted.checked) {
      terms.weights = { silver: 2, gold: 3, diamond: 5 };
    }
    const isFree = terms.conditions.costPoints === 0;
    const yes =
      isFree ||
      (await confirmed({
        title: 'confirmLottery',
        text: t('confirmCost', { points: terms.conditions.costPoints }),
        yes: 'openLottery',
      }));
    if (yes) {
      asking.ask(terms, (asked) => api.post('/lotteries', terms, asked));
    }
  });
}

/** One request of a form at a time; its refusal stands below the fields. */
function mountAsking(form, figures) {
  const problem = form.querySelector('.problem');
  const buttons = form.querySelectorAll('button[type="submit"]');
  const show = () => {
    buttons.forEach((button) => (button.disabled = asking.isAsking));
    setText(problem, asking.refusal === null ? '' : refusalText(asking.refusal.code));
  };
  const asking = new Asking(show);
  return {
    refuse: (key) => setText(problem, t(key)),
    ask: (body, post) =>
      asking.ask(JSON.stringify(body), async (asked) => {
        await post(asked);
        form.querySelector('details').open = false;
        figures.soon();
      }),
  };
}

/** @returns {number|null} in the currency's smallest unit; null when it has no such amount */
function minor(text, currency) {
  let digits;
  try {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
  } catch {
    return null;
  }
  const [whole, part = ''] = text.trim().split(/[.,]/);
  return part.length <= digits ? Number(whole + part.padEnd(digits, '0')) : null;
}

// What there is

function buildSale(sale, page) {
  const { api, client, figures, isStreamer } = page;
  const card = copy('sale-figures');
  const part = (name) => card.querySelector(`.${name}`);
  let last = sale;
  const cancelling = new Asking(() => tick());
  setText(part('title'), sale.title);

  part('cancel').addEventListener('click', async () => {
    const { paid } = last.orders;
    const text = t('confirmCancelSale', {
      reserved: last.orders.reserved.count,
      paid: paid.count,
      amount: money(paid.amountCents, last.currency),
    });
    if (await confirmed({ title: 'cancelSale', text, yes: 'cancelSale' })) {
      await cancelling.ask('cancel', (asked) => api.post(`/sales/${last.id}/cancel`, undefined, asked));
      figures.soon();
    }
  });
  part('export').addEventListener('click', ({ target }) => save(target, page, 'orders.csv', last.id));
  part('export').hidden = !isStreamer;

  const tick = () => {
    card.dataset.state = last.state;
    setText(part('state'), t(`state_${last.state}`));
    setText(part('when'), saleTime(last, client.serverNow()));
    part('cancel').hidden = !isStreamer || last.state === 'ended' && last.reason !== 'sold_out';
    part('cancel').disabled = cancelling.isAsking;
    setText(part('problem'), cancelling.refusal === null ? '' : refusalText(cancelling.refusal.code));
  };
  const update = (now) => {
    last = now;
    const { stock, available, reserved, paid, orders, currency, gmvCents, priceCents } = now;
    part('units-left').textContent = t('of', { count: available, all: stock });
    part('reserved-units').textContent = number(reserved);
    part('paid-units').textContent = number(paid);
    part('gmv').textContent = money(gmvCents, currency);
    const bar = part('bar');
    bar.style.setProperty('--paid', paid / stock);
    bar.style.setProperty('--reserved', reserved / stock);
    bar.setAttribute('aria-label', t('stockBar', { paid, reserved, available }));
    const states = STATES.filter((state) => orders[state].count > 0);
    setText(
      part('by-state'),
      [
        t('each', { price: money(priceCents, currency) }),
        ...states.map((state) => `${t(`order_${state}`)} ${number(orders[state].count)}`),
      ].join(' · '),
    );
    tick();
  };
  return { card, update, tick };
}

function saleTime({ state, reason, opensAt, endsAt }, nowMs) {
  if (state === 'ended') {
    return t(`over_${reason}`);
  }
  return nowMs < opensAt
    ? t('opensInTime', { time: clock(opensAt - nowMs) })
    : t('endsInTime', { time: clock(endsAt - nowMs) });
}

function buildLottery(lottery, page) {
  const { api, client, figures, store, room, isStreamer } = page;
  const card = copy('lottery-figures');
  const part = (name) => card.querySelector(`.${name}`);
  let last = lottery;
  const asking = new Asking(() => tick());
  setText(part('title'), lottery.title);
  part('prizes').textContent = lottery.prizes.map(({ name, count }) => `${name} × ${number(count)}`).join(', ');
  const proof = { room, lottery: lottery.id, commitment: lottery.commitment };
  part('proof').href = `/verify#${new URLSearchParams(proof)}`;

  const act = (what, title, text) => async () => {
    if (await confirmed({ title, text: text(), yes: title })) {
      await asking.ask(what, (asked) => api.post(`/lotteries/${last.id}/${what}`, undefined, asked));
      figures.soon();
    }
  };
  part('draw').addEventListener(
    'click',
    act('draw', 'drawNow', () => t('confirmDraw', { entries: last.entries })),
  );
  part('cancel').addEventListener(
    'click',
    act('cancel', 'cancelLottery', () => t('confirmCancelLottery', { entries: last.entries })),
  );

  const tick = () => {
    const { state, locksAt } = last;
    const isOpen = state === 'open';
    card.dataset.state = state;
    setText(part('state'), t(`state_${state}`));
    const leftMs = locksAt - client.serverNow();
    setText(part('when'), isOpen && leftMs > 0 ? t('drawsInTime', { time: clock(leftMs) }) : result(last, store));
    part('draw').hidden = part('cancel').hidden = !isOpen || !isStreamer;
    part('draw').disabled = part('cancel').disabled = asking.isAsking;
    part('proof').hidden = state !== 'drawn';
    setText(part('problem'), asking.refusal === null ? '' : refusalText(asking.refusal.code));
  };
  const update = (now) => {
    last = now;
    part('entries').textContent = number(now.entries);
    tick();
  };
  return { card, update, tick };
}

function result({ id, state, entries }, store) {
  if (state === 'cancelled') {
    return t('lotteryCancelled');
  }
  if (state !== 'drawn') {
    return t('drawing');
  }
  const winners = store.state.lotteries.find((one) => one.id === id)?.winners;
  if (winners === undefined) {
    return t('drawnFrom', { entries });
  }
  if (winners.length === 0) {
    return t('nobodyWon');
  }
  const names = winners.slice(0, MOST_WINNERS).map(({ name, prize }) => `${name} · ${prize}`);
  const more = winners.length - names.length;
  return names.join(', ') + (more > 0 ? ` ${t('winnersMore', { count: more })}` : '');
}

function copy(template) {
  const card = document.importNode(document.getElementById(template).content.firstElementChild, true);
  translate(card);
  return card;
}
