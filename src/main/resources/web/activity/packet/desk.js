/** Red packets on the streamer's desk: the form that makes one, and the figures of each. */
import { Asking } from '/app/asking.js';
import { number, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { mountAsking } from '/studio/asking.js';
import { confirmed } from '/studio/confirm.js';
import { refusalText, translate as translateDesk, words as page } from '/studio/words.js';
import { WORDS } from './words.js';

const words = speak(WORDS.desk, page);
const { t } = words;
const translate = (root) => translateDesk(root, words);

const FORM = `<form>
  <label class="wide"><span data-t="packetTitle"></span><input name="title" type="text" maxlength="30" required></label>
  <label><span data-t="points"></span><input name="points" type="number" min="1" max="10000000" value="10000" required></label>
  <label><span data-t="count"></span><input name="count" type="number" min="1" max="2000" value="100" required></label>
  <label><span data-t="mode"></span><select name="mode"><option value="draw" data-t="modeDraw"></option><option value="grab" data-t="modeGrab"></option></select></label>
  <label><span data-t="split"></span><select name="split"><option value="lucky" data-t="splitLucky"></option><option value="equal" data-t="splitEqual"></option></select></label>
  <label><span data-t="opensIn"></span><select name="opensIn"><option value="10" data-seconds="10"></option><option value="30" data-seconds="30" selected></option><option value="60" data-seconds="60"></option><option value="300" data-seconds="300"></option></select></label>
  <label><span data-t="lasts"></span><select name="lasts"><option value="10" data-seconds="10"></option><option value="30" data-seconds="30"></option><option value="60" data-seconds="60" selected></option><option value="300" data-seconds="300"></option><option value="900" data-seconds="900"></option></select></label>
  <details class="wide"><summary data-t="more"></summary><div class="fields">
    <label><span data-t="forTier"></span><select name="minTier"><option value="regular" data-t="everyone"></option><option value="silver" data-t="silver"></option><option value="gold" data-t="gold"></option><option value="diamond" data-t="diamond"></option></select></label>
    <label><span data-t="minPoints"></span><input name="minPoints" type="number" min="0" value="0" required></label>
    <label><span data-t="minWatched"></span><input name="minWatched" type="number" min="0" max="1440" value="0" required></label>
    <label class="check wide"><input name="said" type="checkbox"><span data-t="mustSay"></span></label>
  </div></details>
  <p class="problem wide" role="alert" hidden></p>
  <div class="buttons wide"><button class="send" type="submit" name="when" value="later" data-t="schedule"></button><button class="send second" type="submit" name="when" value="now" data-t="openNow"></button></div>
</form>`;

const FIGURES = `<article class="card show-figures packet-figures">
  <header><h3><bdi class="title"></bdi></h3><span class="state"></span></header>
  <p class="when"></p>
  <div class="bar" role="img"><span></span></div>
  <dl><div><dt data-t="points"></dt><dd class="points"></dd></div><div><dt data-t="leftPackets"></dt><dd class="left-packets"></dd></div><div><dt data-t="entries"></dt><dd class="entries"></dd></div><div class="after"><dt data-t="claimed"></dt><dd class="claimed"></dd></div><div class="after"><dt data-t="returned"></dt><dd class="returned"></dd></div></dl>
  <p class="by-state"></p>
  <p class="problem" role="alert" hidden></p>
  <div class="buttons"><button class="quiet cancel" type="button" data-t="cancelPacket"></button><a class="quiet proof" target="_blank" rel="noopener" data-t="proof" hidden></a></div>
</article>`;

export function desk(ctx) {
  return { form: buildForm(ctx), figures: (packet) => buildFigures(packet, ctx) };
}

// Something new

function buildForm({ api, figures }) {
  const form = markup(FORM, translate);
  const { title, points, count, mode, split, opensIn, lasts, minTier, minPoints, minWatched, said } = form.elements;
  title.value = t('defaultTitle');
  const asking = mountAsking(form, figures, words);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const now = event.submitter?.value === 'now';
    const terms = {
      title: title.value.trim(),
      reward: { points: Number(points.value) },
      count: Number(count.value),
      mode: mode.value,
      split: split.value,
      enterMs: Number(lasts.value) * 1_000,
      opensInMs: now ? 0 : Number(opensIn.value) * 1_000,
      conditions: { minTier: minTier.value, minPoints: Number(minPoints.value) },
    };
    if (terms.reward.points < terms.count) {
      asking.refuse('tooFewPoints');
      return;
    }
    if (Number(minWatched.value) > 0) {
      terms.conditions.watchedMs = Number(minWatched.value) * 60_000;
    }
    if (said.checked) {
      terms.conditions.said = true;
    }
    const yes = await confirmed({
      title: t('confirmPacket'),
      text: t('confirmPoints', { points: terms.reward.points, count: terms.count }),
      yes: t(now ? 'openNow' : 'schedule'),
    });
    if (yes) {
      asking.ask(terms, (asked) => api.post('/packets', terms, asked));
    }
  });
  return form;
}

// What there is

function buildFigures(packet, ctx) {
  const { api, client, figures, room, isStreamer } = ctx;
  const { id, title, reward = {}, count, mode, split, commitment } = packet;
  const element = markup(FIGURES, translate);
  const part = (name) => element.querySelector(`.${name}`);
  let last = packet;
  const asking = new Asking(() => show(last));
  setText(part('title'), title);
  setText(part('points'), number(reward.points ?? '–'));
  setText(
    part('by-state'),
    [t(mode === 'grab' ? 'modeGrab' : 'modeDraw'), t(split === 'equal' ? 'splitEqual' : 'splitLucky')].join(' · '),
  );

  part('cancel').addEventListener('click', async () => {
    const text = t('confirmCancelPacket', { points: reward.points ?? 0 });
    if (await confirmed({ title: t('cancelPacket'), text, yes: t('cancelPacket') })) {
      await asking.ask('cancel', (asked) => api.post(`/packets/${id}/cancel`, undefined, asked));
      figures.soon();
    }
  });

  const show = (now) => {
    last = now;
    const { state, left = count, entered = 0, claimed, returned, entriesHash } = now;
    const isOver = state === 'ended' || state === 'cancelled';
    element.dataset.state = state;
    setText(part('state'), t(`state_${state}`));
    setText(part('when'), when(now, client.serverNow()));
    setText(part('left-packets'), t('of', { count: left, all: count }));
    setText(part('entries'), number(entered));
    for (const after of element.querySelectorAll('.after')) {
      after.hidden = !isOver || claimed === undefined;
    }
    setText(part('claimed'), number(claimed ?? 0));
    setText(part('returned'), number(returned ?? 0));
    const bar = part('bar');
    bar.hidden = state === 'cancelled' || (mode === 'draw' && !isOver);
    bar.style.setProperty('--share', (count - left) / count);
    bar.setAttribute('aria-label', t('packetBar', { taken: count - left, count }));
    const isBefore = state === 'scheduled' || (state === 'open' && (mode === 'draw' || left === count));
    part('cancel').hidden = !isStreamer || !isBefore;
    part('cancel').disabled = asking.isAsking;
    part('proof').hidden = state !== 'ended';
    part('proof').href = `/verify#${new URLSearchParams({
      room,
      packet: id,
      commitment,
      ...(entriesHash && { entriesHash }),
    })}`;
    setText(part('problem'), asking.refusal === null ? '' : refusalText(asking.refusal.code, words));
  };
  return { element, show };
}

function when({ state, mode, opensAt, endsAt, best }, nowMs) {
  if (state === 'cancelled') {
    return t('packetCancelled');
  }
  if (state === 'ended') {
    return best ? t('luckiest', { name: best.name, points: best.amount }) : t('nobody');
  }
  if (nowMs < opensAt) {
    return t('opensInTime', { time: clock(opensAt - nowMs) });
  }
  if (state === 'locked' || nowMs >= endsAt) {
    return t(mode === 'draw' ? 'drawing' : 'ending');
  }
  return t(mode === 'draw' ? 'drawnInTime' : 'endsInTime', { time: clock(endsAt - nowMs) });
}
