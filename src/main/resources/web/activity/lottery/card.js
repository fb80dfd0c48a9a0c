/** Lotteries: how to enter, whether one is in, the result, and the way to check it. */
import { Asking } from '/app/asking.js';
import { refusalText, words as page } from '/app/i18n.js';
import { speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { isStaff } from '/app/state.js';
import { clock, setText } from '/app/text.js';
import { fillWinners } from './winners.js';
import { WORDS } from './words.js';

const words = speak(WORDS.card, page);
const { t, translate } = words;

const CARD = `<article class="show lottery">
  <h2><span class="kind"></span> <bdi class="title"></bdi></h2>
  <p class="prizes"></p>
  <p class="when"></p>
  <p class="terms"></p>
  <progress class="likes-so-far" max="1" value="0" data-t-label="likesSoFar" hidden></progress>
  <form class="act"><button class="send enter" type="submit"></button></form>
  <p class="told" role="status"></p>
  <ol class="winners"></ol>
  <a class="quiet proof" target="_blank" rel="noopener" data-t="checkDraw" hidden></a>
</article>`;

export function card({ id, title, prizes, entry, keyword }, ctx) {
  const { room, store, client } = ctx;
  const element = markup(CARD, translate);
  const part = (name) => element.querySelector(`.${name}`);
  let last;
  let winnersShown = null;
  const entering = new Asking(() => show(last));

  setText(part('kind'), ctx.name);
  setText(part('title'), title);
  setText(part('prizes'), prizes.map((prize) => t('prizeOf', prize)).join(' · '));
  part('act').addEventListener('submit', (event) => {
    event.preventDefault();
    if (entry === 'keyword') {
      ctx.suggest(keyword);
    } else {
      entering.ask('enter', async (asked) => {
        const { weight } = await client.enter(id, asked);
        store.dispatch({ type: 'lottery.entered', lottery: id, weight });
      });
    }
  });

  const show = (lottery) => {
    last = lottery;
    const { viewer } = store.state;
    const isOpen = lottery.state === 'open' && store.now() < lottery.locksAt;
    const mayEnter = isOpen && viewer !== null && !isStaff(viewer) && !lottery.entered;
    element.dataset.state = lottery.state;
    element.dataset.outcome = outcome(lottery, viewer);
    setText(part('when'), when(lottery, store.now()));
    setText(part('terms'), isOpen ? terms(lottery, viewer) : '');
    const likes = part('likes-so-far');
    likes.hidden = !mayEnter || entry !== 'likes';
    likes.value = Math.min(1, (lottery.taps ?? 0) / (lottery.minLikes ?? 1));
    part('act').hidden = !mayEnter || entry === 'likes';
    part('enter').disabled = entering.isAsking;
    setText(part('enter'), t(enterLabel(entry, entering.isAsking)));
    setText(part('told'), told(lottery, viewer, entering.refusal, isOpen));
    if (lottery.winners !== undefined && winnersShown !== lottery.winners) {
      winnersShown = lottery.winners;
      fillWinners(part('winners'), winnersShown, t, viewer);
    }
    part('proof').hidden = lottery.state !== 'drawn';
    part('proof').href = proofLink(room, lottery, viewer);
  };
  return { element, show };
}

function enterLabel(entry, isAsking) {
  if (isAsking) {
    return 'entering';
  }
  return entry === 'keyword' ? 'writeIt' : 'enter';
}

function when({ state, locksAt, entries }, nowMs) {
  if (state === 'cancelled') {
    return t('lotteryCancelled');
  }
  if (state === 'drawn') {
    return '';
  }
  if (state === 'locked') {
    return entries === undefined ? t('drawing') : t('drawingFrom', { entries });
  }
  return nowMs < locksAt ? t('locksIn', { time: clock(locksAt - nowMs) }) : t('drawing');
}

function terms({ conditions = {}, weights = {}, entered }, viewer) {
  const { minTier, minPoints, costPoints } = conditions;
  const all = [];
  if (minTier !== undefined && minTier !== 'regular') {
    all.push(t('needsTier', { tier: t(minTier) }));
  }
  if (minPoints > 0) {
    all.push(t('needsPoints', { points: minPoints }));
  }
  if (costPoints > 0) {
    all.push(t('costs', { points: costPoints }));
  }
  const weight = viewer === null ? 1 : (weights[viewer.tier] ?? 1);
  if (!entered && weight > 1) {
    all.push(t('yourWeight', { weight }));
  }
  return all.join(' · ');
}

/** How it stands for this viewer: `in` it, `won`, or nothing of it. */
function outcome({ state, entered, won, winners = [] }, viewer) {
  if (state === 'drawn') {
    return won !== undefined || winners.some((one) => one.viewer === viewer?.id) ? 'won' : '';
  }
  return entered && state !== 'cancelled' ? 'in' : '';
}

function told(lottery, viewer, refusal, isOpen) {
  const { state, entered, weight, entry, keyword, won, winners } = lottery;
  if (state === 'drawn') {
    const prize = won ?? winners.find((winner) => winner.viewer === viewer?.id)?.prize;
    if (prize !== undefined) {
      return t('youWon', { prize });
    }
    return winners.length === 0 ? t('nobodyWon') : entered ? t('notYou') : '';
  }
  if (state === 'cancelled') {
    return '';
  }
  if (entered) {
    return weight === undefined ? t('entered') : t('enteredWeight', { weight });
  }
  if (!isOpen) {
    return '';
  }
  if (viewer === null) {
    return t('signInToEnter');
  }
  if (isStaff(viewer)) {
    return t('staffWatch');
  }
  if (refusal !== null) {
    return refusalText(refusal.code, lottery.conditions?.minTier, words);
  }
  if (entry === 'keyword') {
    return t('sayToEnter', { keyword });
  }
  return entry === 'likes' ? tapping(lottery) : '';
}

/** The server alone knows what counts: no more than so many a second, and those before a reload. */
function tapping({ taps = 0, minLikes, sawOpening }) {
  if (taps >= minLikes) {
    return t('tapsCounted', { taps });
  }
  return t(sawOpening ? 'tapToEnter' : 'tapToEnterLate', { taps, least: minLikes });
}

/** With what this browser was told before the draw, so that the proof must agree with it. */
function proofLink(room, { id, commitment, weights, entriesHash }, viewer) {
  const named = new URLSearchParams({ room, lottery: id, commitment });
  if (weights !== undefined) {
    named.set('weights', Object.entries(weights).map((each) => each.join('=')).join(','));
  }
  if (entriesHash !== undefined) {
    named.set('entriesHash', entriesHash);
  }
  if (viewer !== null) {
    named.set('viewer', viewer.id);
  }
  return `/verify#${named}`;
}
