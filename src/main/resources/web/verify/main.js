/**
 * The page that checks a draw. A proof comes from a room's lottery, a file or the clipboard; the
 * address `#room=…&lottery=…` names one, and may say what a viewer noted before the draw: `commitment`,
 * `entriesHash`, `weights`; and as `viewer` who they are.
 */
import { STEPS, TIERS, check, weightsOf } from './draw.js';
import { hashes, OWN } from './hashes.js';
import { showDraws, showLines, showOutcome, showSteps } from './show.js';
import { has, t, translate } from './words.js';

/** What everybody was told before the draw. A proof alone cannot tell when. */
const ANNOUNCED = ['commitment', 'weights', 'entriesHash'];

const part = (css) => document.querySelector(css);
const room = part('#from-room');
const noted = part('#noted');
const search = part('#mine input');

/** What is shown. A slow answer for something else must not come in between. */
let shown = { proof: null, checked: null };
let asked = 0;
let seen = {};
let isSeenByAddress = false;

translate(document.body);
part('.plain-http').hidden = hashes() !== OWN;

async function show(load, working) {
  const mine = ++asked;
  part('#verdict').hidden = false;
  part('#mine').hidden = part('#draws').hidden = true;
  showSteps(part('.steps'), []);
  showOutcome(part('.outcome'), 'working', working);
  let next;
  try {
    const proof = await load();
    next = { proof, checked: await check(proof) };
  } catch (error) {
    if (!(error instanceof NoProof)) {
      throw error;
    }
    next = { proof: null, checked: null, why: error.message };
  }
  if (mine === asked) {
    shown = next;
    render();
    part('#verdict').scrollIntoView({ block: 'nearest' });
  }
}

function render() {
  const { proof, checked, why } = shown;
  if (checked === null) {
    showOutcome(part('.outcome'), 'wrong', why);
    return;
  }
  const isRight = checked.fault === null && contradiction(proof) === null;
  showOutcome(part('.outcome'), isRight ? 'right' : 'wrong', t(isRight ? 'right' : 'wrong'));
  showSteps(part('.steps'), steps(proof, checked));
  part('#mine').hidden = checked.tickets.length === 0;
  part('#draws').hidden = checked.draws.length === 0;
  showLines(part('.lines'), search.value.trim(), checked);
  showDraws(part('tbody'), checked.draws);
  const save = part('.save');
  URL.revokeObjectURL(save.href);
  save.href = URL.createObjectURL(new Blob([JSON.stringify(proof)], { type: 'application/json' }));
}

/** What was noted before the draw says more than what the server says after it. */
function contradiction(proof) {
  return ANNOUNCED.find((key) => isOther(key, proof)) ?? null;
}

function isOther(key, proof) {
  return key in seen && seen[key] !== claimed(key, proof);
}

/** What a proof says was announced. */
function claimed(key, proof) {
  return key === 'weights' ? weightsText(weightsOf(proof)) : proof[key];
}

/** @param {number[]|null} weights for each tier */
function weightsText(weights) {
  return weights === null ? null : TIERS.map((tier, i) => `${tier}=${weights[i]}`).join(', ');
}

/** What was noted, such as `diamond=5`, with all tiers named. */
function wholeWeights(text) {
  const named = new Map(text.split(',').map((each) => each.trim().split('=')));
  return weightsText(TIERS.map((tier) => named.get(tier) ?? 1));
}

/** Takes over what is in the fields. */
function readNoted() {
  seen = {};
  for (const key of ANNOUNCED) {
    const text = noted.elements[key].value.trim().toLowerCase();
    if (text !== '') {
      seen[key] = key === 'weights' ? wholeWeights(text) : text;
    }
  }
}

/** What the address said is about the lottery that it names, and about no other. */
function forgetAddress() {
  if (isSeenByAddress) {
    noted.reset();
    isSeenByAddress = false;
  }
  readNoted();
}

function steps(proof, { fault, tickets, weight, draws }) {
  const failed = fault === null ? STEPS.length : STEPS.indexOf(fault.step);
  const values = {
    ...proof,
    prizes: failed > 0 ? proof.prizes.reduce((sum, { count }) => sum + count, 0) : 0,
    kinds: failed > 0 ? proof.prizes.length : 0,
    entries: tickets.length,
    weight,
    weights: failed > 0 ? weightsText(weightsOf(proof)) : '',
    winners: draws.length,
  };
  return STEPS.map((step, i) => {
    if (i > failed) {
      return { name: t(step), state: 'open', details: [t('notChecked')] };
    }
    if (i === failed) {
      return { name: t(step), state: 'wrong', details: [t(fault.why, fault.values)] };
    }
    const differs = isOther(step, proof);
    if (step === 'weights' && weightsOf(proof) === null) {
      return { name: t(step), state: differs ? 'wrong' : 'open', details: [t('noWeights')] };
    }
    const details = [t(`${step}Detail`, values)];
    if (ANNOUNCED.includes(step)) {
      const told = differs ? 'other' : step in seen ? 'seen' : 'compare';
      details.push(t(`${told}${step[0].toUpperCase()}${step.slice(1)}`, { seen: seen[step] }));
    }
    return { name: t(step), state: differs ? 'wrong' : 'right', details };
  });
}

// Where proofs come from

class NoProof extends Error {}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoProof(t('notJson'));
  }
}

async function fetched(roomId, lottery) {
  const token = sessionStorage.getItem(`barrage.token.${roomId}`);
  const path = `/api/rooms/${encodeURIComponent(roomId)}/lotteries/${encodeURIComponent(lottery)}/proof`;
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const answer = await fetch(path, { headers, cache: 'no-store' }).catch(() => null);
  if (answer?.ok) {
    return parsed(await answer.text());
  }
  const { code } = (await answer?.json().catch(() => null)) ?? {};
  throw new NoProof(t(code !== undefined && has(code) ? code : 'noAnswer'));
}

function showText(text) {
  forgetAddress();
  show(async () => parsed(text), t('working'));
}

function showFile(file) {
  forgetAddress();
  show(async () => {
    const text = await file.text().catch(() => {
      throw new NoProof(t('unreadable'));
    });
    return parsed(text);
  }, t('working'));
}

function showAddress() {
  const address = new URLSearchParams(location.hash.slice(1));
  for (const key of ANNOUNCED) {
    noted.elements[key].value = address.get(key) ?? '';
  }
  isSeenByAddress = true;
  readNoted();
  room.elements.room.value = address.get('room') ?? '';
  room.elements.lottery.value = address.get('lottery') ?? '';
  search.value = address.get('viewer') ?? '';
  if (address.has('room') && address.has('lottery')) {
    show(() => fetched(address.get('room'), address.get('lottery')), t('loading'));
  }
}

room.addEventListener('submit', (event) => {
  event.preventDefault();
  const address = new URLSearchParams({
    room: room.elements.room.value,
    lottery: room.elements.lottery.value,
  });
  for (const key of ANNOUNCED) {
    if (noted.elements[key].value.trim() !== '') {
      address.set(key, noted.elements[key].value.trim());
    }
  }
  const named = address.toString();
  if (location.hash === `#${named}`) {
    showAddress();
  } else {
    location.hash = named;
  }
});
addEventListener('hashchange', showAddress);

noted.addEventListener('submit', (event) => event.preventDefault());
noted.addEventListener('input', () => {
  isSeenByAddress = false;
  readNoted();
  if (shown.proof !== null) {
    render();
  }
});

part('#from-file input').addEventListener('change', ({ target }) => {
  if (target.files.length > 0) {
    showFile(target.files[0]);
    target.value = ''; // The same file again is another change.
  }
});
// What is pasted is not put in: a long list would keep the browser busy laying it out.
part('#from-file textarea').addEventListener('paste', (event) => {
  event.preventDefault();
  showText(event.clipboardData.getData('text/plain'));
});
part('#from-file textarea').addEventListener('change', ({ target }) => {
  if (target.value.trim() !== '') {
    showText(target.value);
  }
});

addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dragging');
});
addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) {
    document.body.classList.remove('dragging');
  }
});
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dragging');
  if (event.dataTransfer.files.length > 0) {
    showFile(event.dataTransfer.files[0]);
  }
});

search.addEventListener('input', () => {
  showLines(part('.lines'), search.value.trim(), shown.checked);
});

showAddress();
