/** Flash sales on the streamer's desk: the form that begins one, and the figures of each. */
import { Asking } from '/app/asking.js';
import { money, number, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { mountAsking } from '/studio/asking.js';
import { confirmed } from '/studio/confirm.js';
import { save } from '/studio/exports.js';
import { refusalText, translate as translateDesk, words as page } from '/studio/words.js';
import { WORDS } from './words.js';

const words = speak(WORDS.desk, page);
const { t } = words;
const translate = (root) => translateDesk(root, words);

const STATES = ['reserved', 'paid', 'expired', 'cancelled', 'refund_due', 'refunded'];
const DEFAULT_PRICE = '9.90';

const FORM = `<form>
  <label class="wide"><span data-t="saleTitle"></span><input name="title" type="text" maxlength="100" required></label>
  <label><span data-t="price"></span><input name="price" type="text" inputmode="decimal" required pattern="[0-9]+([.,][0-9]{1,2})?"></label>
  <label><span data-t="stock"></span><input name="stock" type="number" min="1" max="10000000" value="100" required></label>
  <label><span data-t="opensIn"></span><select name="opensIn"><option value="10" data-seconds="10"></option><option value="30" data-seconds="30" selected></option><option value="60" data-seconds="60"></option><option value="300" data-seconds="300"></option></select></label>
  <label><span data-t="lasts"></span><select name="lasts"><option value="60" data-seconds="60"></option><option value="300" data-seconds="300"></option><option value="600" data-seconds="600" selected></option><option value="3600" data-seconds="3600"></option></select></label>
  <details class="wide"><summary data-t="more"></summary><div class="fields">
    <label><span data-t="currency"></span><input name="currency" type="text" value="CNY" pattern="[A-Z]{3}" maxlength="3" required></label>
    <label><span data-t="limit"></span><input name="limit" type="number" min="1" max="100" value="1" required></label>
    <label><span data-t="payWithin"></span><select name="payIn"><option value="60" data-seconds="60"></option><option value="300" data-seconds="300" selected></option><option value="900" data-seconds="900"></option></select></label>
    <label><span data-t="earlyUnits"></span><input name="early" type="number" min="0" data-t-placeholder="half"></label>
    <label><span data-t="reserveTier"></span><select name="reserveTier"><option value="" data-t="nobody"></option><option value="silver" data-t="silver"></option><option value="gold" data-t="gold"></option><option value="diamond" data-t="diamond"></option></select></label>
    <label><span data-t="reserveUnits"></span><input name="reserveUnits" type="number" min="1" value="10"></label>
  </div></details>
  <p class="problem wide" role="alert" hidden></p>
  <div class="buttons wide"><button class="send" type="submit" name="when" value="later" data-t="schedule"></button><button class="send second" type="submit" name="when" value="now" data-t="startNow"></button></div>
</form>`;

const FIGURES = `<article class="card show-figures sale-figures">
  <header><h3><bdi class="title"></bdi></h3><span class="state"></span></header>
  <p class="when"></p>
  <div class="bar" role="img"><span class="paid"></span><span class="reserved"></span></div>
  <dl><div><dt data-t="left"></dt><dd class="units-left"></dd></div><div><dt data-t="reserved"></dt><dd class="reserved-units"></dd></div><div><dt data-t="paid"></dt><dd class="paid-units"></dd></div><div><dt data-t="gmv"></dt><dd class="gmv"></dd></div></dl>
  <p class="by-state"></p>
  <p class="problem" role="alert" hidden></p>
  <div class="buttons"><button class="quiet cancel" type="button" data-t="cancelSale"></button><button class="quiet export" type="button" data-t="ordersCsv"></button></div>
</article>`;

export function desk(ctx) {
  return { form: buildForm(ctx), figures: (sale) => buildFigures(sale, ctx) };
}

// Something new

function buildForm({ api, figures }) {
  const form = markup(FORM, translate);
  const { title, price, stock, opensIn, lasts, currency, limit, payIn, early, reserveTier, reserveUnits } =
    form.elements;
  title.value = t('defaultSale');
  price.value = DEFAULT_PRICE;
  const asking = mountAsking(form, figures, words);

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
      title: t(now ? 'confirmStart' : 'confirmSchedule'),
      text: t('confirmSale', {
        title: offer.title,
        stock: offer.stock,
        price: money(priceCents, offer.currency),
        worth: money(priceCents * offer.stock, offer.currency),
      }),
      yes: t(now ? 'startNow' : 'schedule'),
    });
    if (yes) {
      asking.ask(offer, (asked) => api.post('/sales', offer, asked));
    }
  });
  return form;
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

function buildFigures(sale, ctx) {
  const { api, client, figures, isStreamer } = ctx;
  const element = markup(FIGURES, translate);
  const part = (name) => element.querySelector(`.${name}`);
  let last = sale;
  const cancelling = new Asking(() => show(last));
  setText(part('title'), sale.title);

  part('cancel').addEventListener('click', async () => {
    const { paid } = last.orders;
    const text = t('confirmCancelSale', {
      reserved: last.orders.reserved.count,
      paid: paid.count,
      amount: money(paid.amountCents, last.currency),
    });
    if (await confirmed({ title: t('cancelSale'), text, yes: t('cancelSale') })) {
      await cancelling.ask('cancel', (asked) => api.post(`/sales/${last.id}/cancel`, undefined, asked));
      figures.soon();
    }
  });
  part('export').addEventListener('click', ({ target }) => save(target, ctx, 'orders.csv', { sale: last.id }));
  part('export').hidden = !isStreamer;

  const show = (now) => {
    last = now;
    element.dataset.state = now.state;
    setText(part('state'), t(`state_${now.state}`));
    setText(part('when'), when(now, client.serverNow()));
    part('cancel').hidden = !isStreamer || (now.state === 'ended' && now.reason !== 'sold_out');
    part('cancel').disabled = cancelling.isAsking;
    setText(part('problem'), cancelling.refusal === null ? '' : refusalText(cancelling.refusal.code, words));
    showUnits(part, now);
  };
  return { element, show };
}

function showUnits(part, { stock, available, reserved, paid, orders, currency, gmvCents, priceCents }) {
  setText(part('units-left'), t('of', { count: available, all: stock }));
  setText(part('reserved-units'), number(reserved));
  setText(part('paid-units'), number(paid));
  setText(part('gmv'), money(gmvCents, currency));
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
}

function when({ state, reason, opensAt, endsAt }, nowMs) {
  if (state === 'ended') {
    return t(`over_${reason}`);
  }
  return nowMs < opensAt
    ? t('opensInTime', { time: clock(opensAt - nowMs) })
    : t('endsInTime', { time: clock(endsAt - nowMs) });
}
