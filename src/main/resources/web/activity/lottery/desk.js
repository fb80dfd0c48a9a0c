/** Lotteries on the streamer's desk: the form that opens one, and the figures of each. */
import { Asking } from '/app/asking.js';
import { number, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { mountAsking } from '/studio/asking.js';
import { confirmed } from '/studio/confirm.js';
import { refusalText, translate as translateDesk, words as page } from '/studio/words.js';
import { winnersToName } from './winners.js';
import { WORDS } from './words.js';

const words = speak(WORDS.desk, page);
const { t } = words;
const translate = (root) => translateDesk(root, words);

const FORM = `<form>
  <label class="wide"><span data-t="lotteryTitle"></span><input name="title" type="text" maxlength="100" required></label>
  <label><span data-t="prize"></span><input name="prize" type="text" maxlength="64" required></label>
  <label><span data-t="prizeCount"></span><input name="count" type="number" min="1" max="10000" value="1" required></label>
  <label><span data-t="entry"></span><select name="entry"><option value="click" data-t="entryClick"></option><option value="keyword" data-t="entryKeyword"></option><option value="likes" data-t="entryLikes"></option></select></label>
  <label><span data-t="drawIn"></span><select name="lasts"><option value="30" data-seconds="30"></option><option value="60" data-seconds="60" selected></option><option value="180" data-seconds="180"></option><option value="600" data-seconds="600"></option></select></label>
  <label class="wide" data-for="keyword" hidden><span data-t="keyword"></span><input name="keyword" type="text" maxlength="20"></label>
  <label class="wide" data-for="likes" hidden><span data-t="minLikes"></span><input name="minLikes" type="number" min="1" max="10000" value="20"></label>
  <details class="wide"><summary data-t="more"></summary><div class="fields">
    <label><span data-t="prize2"></span><input name="prize2" type="text" maxlength="64"></label>
    <label><span data-t="prizeCount"></span><input name="count2" type="number" min="1" max="10000" value="5"></label>
    <label><span data-t="cost"></span><input name="cost" type="number" min="0" value="0"></label>
    <label><span data-t="forTier"></span><select name="minTier"><option value="regular" data-t="everyone"></option><option value="silver" data-t="silver"></option><option value="gold" data-t="gold"></option><option value="diamond" data-t="diamond"></option></select></label>
    <label class="check wide"><input name="weighted" type="checkbox"><span data-t="weighted"></span></label>
  </div></details>
  <p class="problem wide" role="alert" hidden></p>
  <div class="buttons wide"><button class="send" type="submit" data-t="openLottery"></button></div>
</form>`;

const FIGURES = `<article class="card show-figures lottery-figures">
  <header><h3><bdi class="title"></bdi></h3><span class="state"></span></header>
  <p class="when"></p>
  <dl><div><dt data-t="entries"></dt><dd class="entries"></dd></div><div><dt data-t="prizes"></dt><dd class="prizes"></dd></div></dl>
  <p class="problem" role="alert" hidden></p>
  <div class="buttons"><button class="send draw" type="button" data-t="drawNow"></button><button class="quiet cancel" type="button" data-t="cancelLottery"></button><a class="quiet proof" target="_blank" rel="noopener" data-t="proof" hidden></a></div>
</article>`;

export function desk(ctx) {
  return { form: buildForm(ctx), figures: (lottery) => buildFigures(lottery, ctx) };
}

// Something new

function buildForm({ api, figures }) {
  const form = markup(FORM, translate);
  const { title, prize, count, entry, lasts, keyword, minLikes, prize2, count2, cost, minTier, weighted } =
    form.elements;
  title.value = t('defaultLottery');
  prize.value = t('defaultPrize');
  keyword.value = t('defaultKeyword');
  const asking = mountAsking(form, figures, words);
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
        title: t('confirmLottery'),
        text: t('confirmCost', { points: terms.conditions.costPoints }),
        yes: t('openLottery'),
      }));
    if (yes) {
      asking.ask(terms, (asked) => api.post('/lotteries', terms, asked));
    }
  });
  return form;
}

// What there is

function buildFigures(lottery, ctx) {
  const { api, client, figures, room, isStreamer } = ctx;
  const element = markup(FIGURES, translate);
  const part = (name) => element.querySelector(`.${name}`);
  let last = lottery;
  const asking = new Asking(() => show(last));
  setText(part('title'), lottery.title);
  part('prizes').textContent = lottery.prizes.map(({ name, count }) => `${name} × ${number(count)}`).join(', ');
  const proof = { room, lottery: lottery.id, commitment: lottery.commitment };
  part('proof').href = `/verify#${new URLSearchParams(proof)}`;

  const act = (what, title, text) => async () => {
    if (await confirmed({ title: t(title), text: text(), yes: t(title) })) {
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

  const show = (now) => {
    last = now;
    const { state, locksAt, entries } = now;
    const isOpen = state === 'open';
    element.dataset.state = state;
    setText(part('state'), t(`state_${state}`));
    setText(part('entries'), number(entries));
    const leftMs = locksAt - client.serverNow();
    setText(part('when'), isOpen && leftMs > 0 ? t('drawsInTime', { time: clock(leftMs) }) : result(now, ctx));
    part('draw').hidden = part('cancel').hidden = !isOpen || !isStreamer;
    part('draw').disabled = part('cancel').disabled = asking.isAsking;
    part('proof').hidden = state !== 'drawn';
    setText(part('problem'), asking.refusal === null ? '' : refusalText(asking.refusal.code, words));
  };
  return { element, show };
}

function result({ id, state, entries }, { known }) {
  if (state === 'cancelled') {
    return t('lotteryCancelled');
  }
  if (state !== 'drawn') {
    return t('drawing');
  }
  const winners = known()?.things.find((one) => one.id === id)?.winners;
  if (winners === undefined) {
    return t('drawnFrom', { entries });
  }
  if (winners.length === 0) {
    return t('nobodyWon');
  }
  const { named, more } = winnersToName(winners);
  const names = named.map(({ name, prize }) => `${name} · ${prize}`).join(', ');
  return more > 0 ? `${names} ${t('winnersMore', { count: more })}` : names;
}
