/** Red packets: when one opens, what was in it for this viewer, who was luckiest, and the way to check it. */
import { Asking } from '/app/asking.js';
import { refusalText, words as page } from '/app/i18n.js';
import { speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { isStaff } from '/app/state.js';
import { clock, setText } from '/app/text.js';
import { WORDS } from './words.js';

const words = speak(WORDS.card, page);
const { t, translate } = words;

const SOON_MS = 10_000;
/** What a viewer won is told by a message of its own, which may come after the end. */
const TOLD_WITHIN_MS = 2_000;

/** No other try can be granted. */
const FINAL = new Set(['ended', 'sold_out', 'already_entered']);

const CARD = `<article class="show packet">
  <h2><span class="kind"></span> <bdi class="title"></bdi></h2>
  <p class="pot"></p>
  <p class="when"></p>
  <form class="act"><button class="send open" type="submit"></button></form>
  <div class="stock"><progress max="1" data-t-label="left"></progress><p class="left-over"></p></div>
  <p class="told" role="status"></p>
  <p class="best"></p>
  <p class="terms"></p>
  <a class="quiet proof" target="_blank" rel="noopener" data-t="checkPacket" hidden></a>
</article>`;

export function card(packet, ctx) {
  const { client, store, room } = ctx;
  const { id, title, count, mode, opensAt } = packet;
  const element = markup(CARD, translate);
  const part = (name) => element.querySelector(`.${name}`);
  let last = packet;
  let endSeenAt = null;
  const opening = new Asking(() => show(last));

  setText(part('kind'), ctx.name);
  setText(part('title'), title);
  setText(part('pot'), potText(packet));
  part('act').addEventListener('submit', (event) => {
    event.preventDefault();
    if (part('open').getAttribute('aria-disabled') === 'true') {
      return;
    }
    opening.ask('open', async (asked) => {
      const { amount, rank, entered, who } = await client.request('packet.open', { packet: id }, asked);
      store.dispatch({ type: 'packet.mine', packet: id, ...given({ amount, rank, entered, who }) });
    });
  });

  const show = (now) => {
    last = now;
    const { state, left = count, mine } = now;
    const { viewer, tiers } = store.state;
    const nowMs = store.now();
    const { refusal } = opening;
    const isOver = state === 'ended' || state === 'cancelled';
    endSeenAt = isOver ? (endSeenAt ?? nowMs) : null;
    const reason = reasonAgainst(now, { viewer, tiers, nowMs, refusal });
    element.dataset.state = state;
    element.dataset.outcome = outcome(now);
    element.dataset.soon = isSoon(now, nowMs);
    setText(part('when'), when(now, nowMs));
    // Who has opened it needs no button; who may not sees that there is one.
    part('act').hidden = isOver || state === 'locked' || mine !== undefined;
    const button = part('open');
    button.setAttribute('aria-disabled', reason !== null || opening.isAsking);
    setText(button, t(opening.isAsking ? 'opening' : mode === 'grab' ? 'open' : 'enter'));
    part('stock').hidden = isOver || mode === 'draw' || nowMs < opensAt;
    element.querySelector('progress').value = left / count;
    setText(part('left-over'), t('leftOver', { left, count }));
    setText(part('told'), told(now, { reason, refusal, isSettled: nowMs - endSeenAt > TOLD_WITHIN_MS }));
    setText(part('best'), bestText(now));
    setText(part('terms'), isOver ? '' : terms(now));
    part('proof').hidden = state !== 'ended';
    part('proof').href = proofLink(room, now);
  };
  return { element, show };
}

/** The fields that an answer has. */
function given(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function potText({ reward = {}, count, split }) {
  return reward.points === undefined
    ? t('potOther', { count })
    : t(split === 'equal' ? 'potEqual' : 'potLucky', { points: reward.points, count });
}

function when({ state, mode, opensAt, endsAt, entered = 0 }, nowMs) {
  if (state === 'cancelled') {
    return t('packetCancelled');
  }
  if (state === 'ended') {
    return t('over');
  }
  if (nowMs < opensAt) {
    return t('opensIn', { time: clock(opensAt - nowMs) });
  }
  if (mode === 'grab') {
    return nowMs < endsAt ? t('endsIn', { time: clock(endsAt - nowMs) }) : t('ending');
  }
  const isOpen = state !== 'locked' && nowMs < endsAt;
  return isOpen
    ? `${t('drawIn', { time: clock(endsAt - nowMs) })} · ${t('entries', { entries: entered })}`
    : t('drawing', { entries: entered });
}

/** The last seconds before it opens, or ends. */
function isSoon({ state, opensAt, endsAt }, nowMs) {
  const leftMs = (nowMs < opensAt ? opensAt : endsAt) - nowMs;
  return (state === 'scheduled' || state === 'open') && leftMs < SOON_MS;
}

/** How it stands for this viewer: `in` it, `won`, or nothing of it. */
function outcome({ state, mine }) {
  if (mine?.amount > 0) {
    return 'won';
  }
  return mine?.entered && state !== 'cancelled' && state !== 'ended' ? 'in' : '';
}

/** Why this viewer cannot open it now, as a key of the words; null when they can. */
function reasonAgainst(packet, { viewer, tiers, nowMs, refusal }) {
  const { state, mode, opensAt, endsAt, left, conditions = {}, mine } = packet;
  const rank = (tier) => tiers.findIndex((each) => each.tier === tier);
  if (mine !== undefined) {
    return 'already_entered';
  }
  if (mode === 'grab' && left === 0) {
    return 'sold_out';
  }
  if ((state !== 'scheduled' && state !== 'open') || nowMs >= endsAt) {
    return 'ended';
  }
  if (viewer === null) {
    return 'signInToOpen';
  }
  if (isStaff(viewer)) {
    return 'staffWatch';
  }
  if (refusal !== null && FINAL.has(refusal.code)) {
    return refusal.code;
  }
  if (rank(viewer.tier) < rank(conditions.minTier ?? 'regular')) {
    return 'tier_required';
  }
  if (viewer.points < (conditions.minPoints ?? 0)) {
    return 'insufficient_points';
  }
  return nowMs < opensAt ? 'notYet' : null;
}

function told(packet, { reason, refusal, isSettled }) {
  const { state, mode, count, mine, conditions = {} } = packet;
  if (mine?.amount > 0) {
    const text = t('youGot', { points: mine.amount });
    return mode === 'grab' && mine.rank > 0 ? `${text} · ${t('rankOf', { rank: mine.rank, count })}` : text;
  }
  if (state === 'cancelled') {
    return '';
  }
  if (state === 'ended') {
    if (!isSettled) {
      return '';
    }
    return mine?.entered ? t('notYou') : mode === 'grab' && packet.left === 0 ? t('sold_out') : '';
  }
  if (mine?.entered) {
    return t('entered');
  }
  if (refusal !== null && reason !== 'notYet') {
    return refusalText(refusal.code, conditions.minTier ?? 'regular', words);
  }
  return reason === null || reason === 'notYet' || (reason === 'ended' && mode === 'draw')
    ? ''
    : refusalText(reason, conditions.minTier, words);
}

function bestText({ state, best, claimed, returned }) {
  if (state !== 'ended' || claimed === undefined) {
    return '';
  }
  const all = [];
  if (best) {
    all.push(t('luckiest', { name: best.name, points: best.amount }));
  }
  if (returned > 0) {
    all.push(t('wentBack', { points: returned }));
  }
  return all.join(' · ');
}

function terms({ mode, conditions = {} }) {
  const { minTier, minPoints, watchedMs, said } = conditions;
  const all = [];
  if (minTier !== undefined && minTier !== 'regular') {
    all.push(t('needsTier', { tier: t(minTier) }));
  }
  if (minPoints > 0) {
    all.push(t('needsPoints', { points: minPoints }));
  }
  if (watchedMs > 0) {
    all.push(t('needsWatched', { minutes: Math.ceil(watchedMs / 60_000) }));
  }
  if (said) {
    all.push(t('needsSaid'));
  }
  all.push(t(mode === 'grab' ? 'howGrab' : 'howDraw'));
  return all.join(' · ');
}

/** With what this browser was told before the end, so that the proof must agree with it. */
function proofLink(room, { id, commitment, reward = {}, count, split, entriesHash, mine }) {
  const named = new URLSearchParams({ room, packet: id, commitment });
  if (reward.points !== undefined) {
    named.set('terms', `${reward.points}/${count}/${split}`);
  }
  if (entriesHash !== undefined) {
    named.set('entriesHash', entriesHash);
  }
  if (mine?.who !== undefined) {
    named.set('viewer', mine.who);
  }
  return `/verify#${named}`;
}
