/** Ballots on the streamer's desk: the form that opens a poll, and the figures of each ballot. */
import { Asking } from '/app/asking.js';
import { number, percent, speak } from '/app/language.js';
import { markup } from '/app/markup.js';
import { clock, setText } from '/app/text.js';
import { mountAsking } from '/studio/asking.js';
import { confirmed } from '/studio/confirm.js';
import { refusalText, translate as translateDesk, words as page } from '/studio/words.js';
import { mostOf, sharesOf } from '../bars.js';
import { WORDS } from './words.js';

const words = speak(WORDS.desk, page);
const { t } = words;
const translate = (root) => translateDesk(root, words);

const OPTIONS = { least: 2, most: 10, longest: 30 };

const FORM = `<form class="new-ballot">
  <label class="wide"><span data-t="ballotTitle"></span><input name="title" type="text" maxlength="60" required></label>
  <label class="wide"><span data-t="optionLines"></span><textarea name="options" rows="3" required spellcheck="false"></textarea></label>
  <label><span data-t="lasts"></span><select name="lasts"><option value="10" data-seconds="10"></option><option value="30" data-seconds="30"></option><option value="60" data-seconds="60" selected></option><option value="180" data-seconds="180"></option><option value="600" data-seconds="600"></option></select></label>
  <label><span data-t="results"></span><select name="results"><option value="live" data-t="resultsLive"></option><option value="after" data-t="resultsAfter"></option></select></label>
  <details class="wide"><summary data-t="more"></summary><div class="fields">
    <label><span data-t="choices"></span><input name="choices" type="number" min="1" max="10" value="1" required></label>
    <label><span data-t="pointsEach"></span><input name="points" type="number" min="0" value="0" required></label>
    <label><span data-t="forTier"></span><select name="minTier"><option value="regular" data-t="everyone"></option><option value="silver" data-t="silver"></option><option value="gold" data-t="gold"></option><option value="diamond" data-t="diamond"></option></select></label>
    <label><span data-t="minPoints"></span><input name="minPoints" type="number" min="0" value="0" required></label>
    <label class="check wide"><input name="change" type="checkbox" checked><span data-t="mayChange"></span></label>
    <label class="check wide"><input name="weighted" type="checkbox"><span data-t="weighted"></span></label>
  </div></details>
  <p class="problem wide" role="alert" hidden></p>
  <div class="buttons wide"><button class="send" type="submit" data-t="openBallot"></button></div>
</form>`;

const FIGURES = `<article class="card show-figures ballot-figures">
  <header><h3><bdi class="title"></bdi></h3><span class="state"></span></header>
  <p class="when"></p>
  <ol class="options"></ol>
  <dl><div><dt data-t="voters"></dt><dd class="voters"></dd></div><div><dt data-t="choices"></dt><dd class="choices"></dd></div><div><dt data-t="results"></dt><dd class="results"></dd></div></dl>
  <p class="problem" role="alert" hidden></p>
  <div class="buttons"><button class="quiet cancel" type="button" data-t="cancelBallot"></button><a class="quiet proof" target="_blank" rel="noopener" data-t="proof" hidden></a></div>
</article>`;

const OPTION = `<li><span class="fill"></span><bdi class="text"></bdi><span class="share"></span></li>`;

export function desk(ctx) {
  return { form: buildForm(ctx), figures: (ballot) => buildFigures(ballot, ctx) };
}

// Something new

function buildForm({ api, figures }) {
  const form = markup(FORM, translate);
  const { title, options, lasts, results, choices, points, minTier, minPoints, change, weighted } = form.elements;
  title.value = t('defaultTitle');
  options.value = t('defaultOptions');
  const asking = mountAsking(form, figures, words);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const lines = linesOf(options.value);
    if (!areOptions(lines)) {
      asking.refuse('badOptions');
      return;
    }
    if (Number(choices.value) > lines.length) {
      asking.refuse('badChoices');
      return;
    }
    const terms = {
      form: 'poll',
      title: title.value.trim(),
      options: lines,
      durationMs: Number(lasts.value) * 1_000,
      choices: Number(choices.value),
      change: change.checked,
      results: results.value,
      conditions: { minTier: minTier.value, minPoints: Number(minPoints.value) },
      points: Number(points.value),
    };
    if (weighted.checked) {
      terms.weights = { silver: 2, gold: 3, diamond: 5 };
    }
    const isFree = terms.points === 0;
    const yes =
      isFree ||
      (await confirmed({
        title: t('confirmBallot'),
        text: t('confirmPoints', { points: terms.points }),
        yes: t('openBallot'),
      }));
    if (yes) {
      asking.ask(terms, (asked) => api.post('/ballots', terms, asked));
    }
  });
  return form;
}

function linesOf(text) {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

function areOptions(lines) {
  const { least, most, longest } = OPTIONS;
  return (
    lines.length >= least &&
    lines.length <= most &&
    new Set(lines).size === lines.length &&
    lines.every((line) => [...line].length <= longest)
  );
}

// What there is

function buildFigures(ballot, ctx) {
  const { api, client, figures, room, isStreamer } = ctx;
  const { id, form, title, question, options = [], choices = 1, results = 'live' } = ballot;
  const element = markup(FIGURES, translate);
  const part = (name) => element.querySelector(`.${name}`);
  let last = ballot;
  const asking = new Asking(() => show(last));
  setText(part('title'), question ?? title);
  setText(part('choices'), number(choices));
  setText(part('results'), t(results === 'after' ? 'resultsAfter' : 'resultsLive'));
  const rows = options.map(() => markup(OPTION, translate));
  rows.forEach((row, i) => (row.querySelector('.text').textContent = options[i]));
  part('options').append(...rows);

  part('cancel').addEventListener('click', async () => {
    const text = t('confirmCancelBallot', { voters: last.voters ?? 0 });
    if (await confirmed({ title: t('cancelBallot'), text, yes: t('cancelBallot') })) {
      await asking.ask('cancel', (asked) => api.post(`/ballots/${id}/cancel`, undefined, asked));
      figures.soon();
    }
  });

  const show = (now) => {
    last = now;
    const { state, counts, voters = 0, receiptsHash, weights, answer } = now;
    const isOpen = state === 'open';
    const isCounted = state === 'closed' || state === 'resolved';
    element.dataset.state = state;
    setText(part('state'), t(`state_${state}`));
    setText(part('when'), when(now, client.serverNow()));
    setText(part('voters'), number(voters));
    const shares = counts && sharesOf(counts, choices > 1 && weights === undefined ? voters : undefined);
    const best = form === 'quiz' ? [answer] : mostOf(counts ?? []);
    rows.forEach((row, i) => {
      row.dataset.mark = isCounted && best.includes(i) ? 'best' : '';
      row.style.setProperty('--share', shares?.[i] ?? 0);
      setText(row.querySelector('.share'), shares === undefined ? '' : `${percent(shares[i], 2)} · ${number(counts[i])}`);
    });
    part('cancel').hidden = !isOpen || !isStreamer;
    part('cancel').disabled = asking.isAsking;
    part('proof').hidden = !isCounted;
    part('proof').href = `/verify#${new URLSearchParams({ room, ballot: id, ...(receiptsHash && { receiptsHash }) })}`;
    setText(part('problem'), asking.refusal === null ? '' : refusalText(asking.refusal.code, words));
  };
  return { element, show };
}

function when({ form, state, closesAt, counts, options = [], answer }, nowMs) {
  if (state === 'cancelled') {
    return t('ballotCancelled');
  }
  if (state === 'open') {
    return nowMs < closesAt ? t('closesInTime', { time: clock(closesAt - nowMs) }) : t('counting');
  }
  if (form === 'quiz') {
    return answer === undefined ? t('counting') : t('answerIs', { option: options[answer] });
  }
  const best = mostOf(counts ?? []);
  if (best.length === 0) {
    return t(counts === undefined ? 'counting' : 'nobodyVoted');
  }
  return t(best.length > 1 ? 'tied' : 'isFirst', { options: best.map((i) => options[i]).join(t('comma')) });
}
