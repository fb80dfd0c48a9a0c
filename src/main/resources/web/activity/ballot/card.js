/** Ballots: one tap on an option, the receipt of it, how the others voted, and what came of it. */
import { Asking } from '/app/asking.js';
import { percent, refusalText, words as page } from '/app/i18n.js';
import { number, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { isStaff } from '/app/state.js';
import { clock, setText } from '/app/text.js';
import { mostOf, sharesOf } from '../bars.js';
import { WORDS } from './words.js';

const words = speak(WORDS.card, page);
const { t, translate } = words;

const SOON_MS = 10_000;

/** No other try can be granted. */
const FINAL = new Set(['ended', 'already_entered']);

const CARD = `<article class="show ballot">
  <h2><span class="kind"></span> <bdi class="title"></bdi></h2>
  <p class="when"></p>
  <p class="told" role="status"></p>
  <form class="votes">
    <ul class="options"></ul>
    <button class="send vote" type="submit" hidden></button>
  </form>
  <p class="terms"></p>
  <p class="receipt" hidden><span data-t="receipt"></span> <code></code></p>
  <a class="quiet proof" target="_blank" rel="noopener" data-t="checkCount" hidden></a>
</article>`;

const OPTION = `<li><button class="option" type="button" aria-pressed="false">
  <span class="fill"></span><bdi class="text"></bdi><span class="share"></span>
</button></li>`;

export function card(ballot, ctx) {
  const { client, store, room } = ctx;
  const element = markup(CARD, translate);
  if (ballot.form === 'survey') {
    element.hidden = true; // It has no options, but questions.
    return { element, show: () => {} };
  }
  const { id, form, title, question, options, choices = 1 } = ballot;
  const part = (name) => element.querySelector(`.${name}`);
  const votesAtOnce = choices === 1;
  let last = ballot;
  let picked = [...(ballot.mine?.options ?? [])]; // where one may tick several
  let asked = []; // the options of the request that is under way, or was refused
  const voting = new Asking(() => show(last));

  setText(part('kind'), form === 'quiz' ? t('quiz') : ctx.name);
  setText(part('title'), question ?? title);
  const rows = options.map((text) => markup(OPTION, () => {}));
  rows.forEach((row, i) => {
    row.querySelector('.text').textContent = options[i];
    row.firstElementChild.addEventListener('click', () => choose(i));
  });
  part('options').append(...rows);
  part('options').classList.toggle('narrow', options.length > 3 && options.every(isShort));

  const vote = (indices) => {
    asked = indices;
    voting.ask(indices.join(), async (by) => {
      const { receipt, changed } = await client.request('ballot.vote', { ballot: id, options: indices }, by);
      store.dispatch({ type: 'ballot.mine', ballot: id, options: indices, receipt, changed });
    });
  };
  const choose = (i) => {
    if (rows[i].firstElementChild.getAttribute('aria-disabled') === 'true') {
      return;
    }
    if (votesAtOnce) {
      if (!isSame([i], last.mine?.options)) {
        vote([i]);
      }
      return;
    }
    picked = picked.includes(i) ? picked.filter((one) => one !== i) : [...picked, i];
    show(last);
  };
  part('votes').addEventListener('submit', (event) => {
    event.preventDefault();
    vote([...picked].sort((a, b) => a - b));
  });

  const show = (now) => {
    if (now.mine !== last.mine) {
      picked = [...(now.mine?.options ?? [])];
    }
    last = now;
    const { state, mine, counts } = now;
    const nowMs = store.now();
    const { viewer, tiers } = store.state;
    const reason = reasonAgainst(now, { viewer, tiers, nowMs, refusal: voting.refusal });
    const own = votesAtOnce ? (voting.isAsking ? asked : (mine?.options ?? [])) : picked;
    element.dataset.state = state;
    element.dataset.outcome = outcome(now);
    part('told').dataset.refused = reason !== null || voting.refusal !== null;
    element.dataset.soon = state === 'open' && now.closesAt - nowMs < SOON_MS;
    setText(part('when'), when(now, nowMs));
    const shares = counts === undefined ? [] : sharesOf(counts, votersOf(now));
    rows.forEach((row, i) => {
      const isFull = !votesAtOnce && picked.length >= choices && !picked.includes(i);
      showOption(row, {
        isOwn: own.includes(i),
        isOff: reason !== null || isFull,
        isAsking: voting.isAsking,
        share: shares[i],
        count: counts?.[i],
        mark: markOf(i, now),
      });
    });
    const button = part('vote');
    button.disabled =
      reason !== null || voting.isAsking || picked.length === 0 || isSame(picked, mine?.options);
    setText(button, t(voting.isAsking ? 'voting' : mine === undefined ? 'vote' : 'changeVote'));
    button.hidden = votesAtOnce || state !== 'open';
    setText(part('terms'), state === 'open' ? terms(now, viewer) : '');
    setText(part('told'), told(now, { reason, refusal: voting.refusal }));
    part('receipt').hidden = mine?.receipt === undefined;
    setText(element.querySelector('code'), mine?.receipt ?? '');
    part('proof').hidden = !isCounted(now);
    part('proof').href = proofLink(room, now);
  };
  return { element, show };
}

/** Options that fit two beside each other. */
function isShort(text) {
  const wide = [...text].filter((each) => each.codePointAt(0) > 0x2e80).length;
  return [...text].length + wide <= 12;
}

function showOption(row, { isOwn, isOff, isAsking, share, count, mark }) {
  const button = row.firstElementChild;
  button.setAttribute('aria-pressed', isOwn);
  button.setAttribute('aria-disabled', isOff || isAsking); // Disabled, it would lose the focus.
  button.dataset.off = isOff;
  button.dataset.mark = mark;
  button.style.setProperty('--share', share ?? 0);
  const text = share === undefined ? '' : `${percent(share, 2)} · ${number(count)}`;
  setText(button.querySelector('.share'), text);
}

/** Where one may tick several, shares are of the voters; weights make a voter more than one vote. */
function votersOf({ choices = 1, voters, weights }) {
  return choices > 1 && weights === undefined ? voters : undefined;
}

function isCounted({ state }) {
  return state === 'closed' || state === 'resolved';
}

/** How an option stands out when all is over: the right answer, else what most voted for. */
function markOf(i, ballot) {
  if (!isCounted(ballot)) {
    return '';
  }
  if (ballot.answer !== undefined) {
    return ballot.answer === i ? 'right' : '';
  }
  return ballot.form !== 'quiz' && mostOf(ballot.counts ?? []).includes(i) ? 'best' : '';
}

function isSame(indices, others = []) {
  return indices.length === others.length && indices.every((i) => others.includes(i));
}

/** How it stands for this viewer: `in` it, or `won`. */
function outcome({ form, state, mine, answer }) {
  if (mine?.options === undefined || state === 'cancelled') {
    return '';
  }
  const isRight = mine.right ?? (answer !== undefined && mine.options.includes(answer));
  return form === 'quiz' && isRight ? 'won' : 'in';
}

function when({ state, closesAt, voters = 0 }, nowMs) {
  if (state === 'cancelled') {
    return t('ballotCancelled');
  }
  const all = t('voters', { voters });
  if (state !== 'open') {
    return `${t('closed')} · ${all}`;
  }
  return `${nowMs < closesAt ? t('closesIn', { time: clock(closesAt - nowMs) }) : t('closed')} · ${all}`;
}

function terms(ballot, viewer) {
  const { form, change, results, conditions = {}, weights = {}, points, pool, mine } = ballot;
  const { minTier, minPoints } = conditions;
  const all = [];
  if (minTier !== undefined && minTier !== 'regular') {
    all.push(t('needsTier', { tier: t(minTier) }));
  }
  if (minPoints > 0) {
    all.push(t('needsPoints', { points: minPoints }));
  }
  if (points > 0 && mine === undefined) {
    all.push(t('givesPoints', { points }));
  }
  if (pool > 0) {
    all.push(t('sharesPool', { points: pool }));
  }
  const weight = viewer === null ? 1 : (weights[viewer.tier] ?? 1);
  if (weight > 1) {
    all.push(t('yourWeight', { weight }));
  }
  if (form === 'quiz' || change === false) {
    all.push(t('noChange'));
  }
  if (results === 'after') {
    all.push(t('resultsAfter'));
  }
  return all.join(' · ');
}

/** Why this viewer cannot vote now, as a key of the words; null when they can. */
function reasonAgainst(ballot, { viewer, tiers, nowMs, refusal }) {
  const { form, state, closesAt, conditions = {}, change, mine } = ballot;
  const rank = (tier) => tiers.findIndex((each) => each.tier === tier);
  if (state !== 'open' || nowMs >= closesAt) {
    return 'ended';
  }
  if (viewer === null) {
    return 'signInToVote';
  }
  if (isStaff(viewer)) {
    return 'staffWatch';
  }
  if (mine?.options !== undefined) {
    return form === 'quiz' || change === false ? 'already_entered' : null;
  }
  if (refusal !== null && FINAL.has(refusal.code)) {
    return refusal.code;
  }
  if (rank(viewer.tier) < rank(conditions.minTier ?? 'regular')) {
    return 'tier_required';
  }
  return viewer.points < (conditions.minPoints ?? 0) ? 'insufficient_points' : null;
}

function told(ballot, { reason, refusal }) {
  const { form, state, mine, options, choices = 1, conditions = {} } = ballot;
  if (state === 'cancelled') {
    return '';
  }
  if (isCounted(ballot)) {
    return form === 'quiz' ? quizResult(ballot) : pollResult(ballot);
  }
  if (refusal !== null) {
    return refusalText(refusal.code, conditions.minTier ?? 'regular', words);
  }
  if (mine?.options !== undefined) {
    const text = mine.options.map((i) => options[i]).join(t('comma'));
    return t(mine.changed ? 'votedAgain' : 'voted', { options: text });
  }
  if (reason === null) {
    return choices > 1 ? t('tickUpTo', { choices }) : t('tapOne');
  }
  return reason === 'ended' ? t('counting') : refusalText(reason, conditions.minTier, words);
}

function pollResult(ballot) {
  const { counts = [], voters, options } = ballot;
  const best = mostOf(counts);
  if (best.length === 0) {
    return t(voters > 0 ? 'resultsSoon' : 'nobodyVoted');
  }
  const names = best.map((i) => options[i]).join(t('comma'));
  const share = percent(sharesOf(counts, votersOf(ballot))[best[0]], 2);
  return t(best.length > 1 ? 'tied' : 'isFirst', { options: names, share });
}

function quizResult({ answer, options, mine }) {
  if (answer === undefined) {
    return t('resultsSoon');
  }
  const option = options[answer];
  if (mine?.options === undefined) {
    return t('answerWas', { option });
  }
  if (!(mine.right ?? mine.options.includes(answer))) {
    return t('youWereWrong', { option });
  }
  return mine.points > 0 ? t('youWonPoints', { points: mine.points }) : t('youWereRight');
}

/** With what this browser was told when it closed, and one's own receipt. */
function proofLink(room, { id, receiptsHash, counts, mine }) {
  const named = new URLSearchParams({ room, ballot: id });
  if (receiptsHash !== undefined) {
    named.set('receiptsHash', receiptsHash);
  }
  if (counts !== undefined) {
    named.set('counts', counts.join());
  }
  if (mine?.receipt !== undefined) {
    named.set('viewer', mine.receipt);
  }
  return `/verify#${named}`;
}
