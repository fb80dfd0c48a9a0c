/**
 * The page that checks proofs, of whatever kind of activity: what a proof is says which kind checks
 * it. A proof comes from a room, a file or the clipboard; the address `#room=…&<kind>=…` names one,
 * and may say what a viewer noted before the outcome, by the names of the kind's own fields, and as
 * `viewer` who they are.
 *
 * A kind's verify.js has `verify()`, which makes
 *
 *     words            of the kind; `intro`, `fromRoom`, `id`, `working`, `right`, `wrong` among them
 *     noted            a form whose fields are what everybody was told before the outcome
 *     sections         what is shown below the verdict, with a link of the class `save` in it
 *     check(proof)     → a promise of what was found
 *     show(proof, found)
 *                      → steps, as show.js has them; fills the sections. Called again when `noted`
 *                      has changed
 *     sees(viewer)     who looks at it
 */
import { KINDS, loadProof } from '/activity/kinds.js';
import { spoken } from '/app/language.js';
import { hashes, OWN } from './hashes.js';
import { showOutcome, showSteps } from './show.js';
import { t, translate } from './words.js';

const PROVING = KINDS.filter(({ proves }) => proves);

const part = (css) => document.querySelector(css);
const room = part('#from-room');
const idField = room.querySelector('.id');
const which = room.querySelector('.kind-of-thing');

/** What is shown. A slow answer for something else must not come in between. */
const NOTHING = Object.freeze({ proof: null, found: null });
let shown = NOTHING;
let asked = 0;

let address = new URLSearchParams();
/** Whether what was noted is what the address says, and no longer what somebody put in. */
let isNotedByAddress = false;

/** The kind whose proofs are spoken of, and its part of the page once that is here. */
let kind = null;
let face = null;
const faces = new Map();

translate(document.body);
part('.plain-http').hidden = hashes() !== OWN;
which.parentElement.hidden = PROVING.length === 1;
which.append(...PROVING.map((each) => new Option(spoken(each.name), each.kind)));
which.addEventListener('change', () => {
  clear();
  use(PROVING[which.selectedIndex]).catch(() => {}); // To check something asks for it again.
});

/** Speaks of another kind from now on. */
async function use(next) {
  if (next !== kind) {
    kind = next;
    which.value = kind.kind;
    idField.name = kind.kind;
    remove(face);
    face = null;
  }
  const made = await faceOf(next);
  if (next === kind && face === null) {
    face = made;
    part('.intro').textContent = face.words.t('intro');
    part('.from').textContent = face.words.t('fromRoom');
    part('.id-label').textContent = face.words.t('id');
    part('.sources').append(face.noted);
    part('#verdict').after(...face.sections);
    if (isNotedByAddress) {
      fill(face);
    }
  }
}

function clear() {
  asked++;
  shown = NOTHING;
  part('#verdict').hidden = true;
}

function remove(old) {
  for (const element of old === null ? [] : [old.noted, ...old.sections]) {
    element.remove();
  }
}

function faceOf(of) {
  if (!faces.has(of)) {
    const loaded = loadProof(of).then(({ verify }) => {
      const made = verify();
      made.noted.addEventListener('submit', (event) => event.preventDefault());
      made.noted.addEventListener('input', () => {
        isNotedByAddress = false;
        if (shown.found !== null) {
          render();
        }
      });
      return made;
    });
    faces.set(of, loaded);
    loaded.catch(() => faces.delete(of));
  }
  return faces.get(of);
}

async function show(load, working) {
  const mine = ++asked;
  hideAll();
  showOutcome(part('.outcome'), 'working', working);
  let next;
  try {
    const proof = await load();
    await use(kindOf(proof)).catch(() => {
      throw new NoProof(t('notLoaded'));
    });
    if (mine !== asked) {
      return;
    }
    showOutcome(part('.outcome'), 'working', face.words.t('working'));
    next = { proof, found: await face.check(proof) };
  } catch (error) {
    if (!(error instanceof NoProof)) {
      throw error;
    }
    next = { proof: null, found: null, why: error.message };
  }
  if (mine === asked) {
    shown = next;
    render();
    part('#verdict').scrollIntoView({ block: 'nearest' });
  }
}

function hideAll() {
  part('#verdict').hidden = false;
  face?.sections.forEach((section) => (section.hidden = true));
  showSteps(part('.steps'), []);
}

/** A proof names what it is of by its kind. What is none is shown as no proof of the present kind. */
function kindOf(proof) {
  const isNamed = (each) => proof !== null && typeof proof === 'object' && each.kind in proof;
  return PROVING.find(isNamed) ?? kind;
}

function render() {
  const { proof, found, why } = shown;
  if (found === null) {
    showOutcome(part('.outcome'), 'wrong', why);
    return;
  }
  const steps = face.show(proof, found);
  const outcome = steps.some(({ state }) => state === 'wrong') ? 'wrong' : 'right';
  showOutcome(part('.outcome'), outcome, face.words.t(outcome));
  showSteps(part('.steps'), steps);
  const save = part('.save');
  if (save !== null) {
    URL.revokeObjectURL(save.href);
    save.href = URL.createObjectURL(new Blob([JSON.stringify(proof)], { type: 'application/json' }));
  }
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

async function fetched(roomId, of, id) {
  const token = sessionStorage.getItem(`barrage.token.${roomId}`);
  const list = of.list ?? `${of.kind}s`;
  const path = `/api/rooms/${encodeURIComponent(roomId)}/${list}/${encodeURIComponent(id)}/proof`;
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const answer = await fetch(path, { headers, cache: 'no-store' }).catch(() => null);
  if (answer?.ok) {
    return parsed(await answer.text());
  }
  const { code } = (await answer?.json().catch(() => null)) ?? {};
  const { words } = await faceOf(of).catch(() => {
    throw new NoProof(t('notLoaded'));
  });
  throw new NoProof(words.t(code !== undefined && words.has(code) ? code : 'noAnswer'));
}

function showText(text) {
  forgetAddress();
  show(async () => parsed(text), t('loading'));
}

function showFile(file) {
  forgetAddress();
  show(async () => {
    const text = await file.text().catch(() => {
      throw new NoProof(t('unreadable'));
    });
    return parsed(text);
  }, t('loading'));
}

/** What the address said is about the thing that it names, and about no other. */
function forgetAddress() {
  if (isNotedByAddress) {
    face?.noted.reset();
    isNotedByAddress = false;
  }
}

/** Puts what the address says was noted, and who looks, into the kind's fields. */
function fill({ noted, sees }) {
  for (const field of noted.elements) {
    field.value = address.get(field.name) ?? '';
  }
  sees(address.get('viewer') ?? '');
}

function showAddress() {
  address = new URLSearchParams(location.hash.slice(1));
  isNotedByAddress = true;
  const of = PROVING.find((each) => address.has(each.kind)) ?? kind ?? PROVING[0];
  if (of !== kind) {
    clear();
  }
  const isThere = use(of);
  if (face !== null) {
    fill(face);
  }
  room.elements.room.value = address.get('room') ?? '';
  idField.value = address.get(of.kind) ?? '';
  if (address.has('room') && address.has(of.kind)) {
    show(() => fetched(address.get('room'), of, address.get(of.kind)), t('loading'));
  } else {
    isThere.catch(() => {}); // To check something asks for it again.
  }
}

room.addEventListener('submit', (event) => {
  event.preventDefault();
  const next = new URLSearchParams({ room: room.elements.room.value, [kind.kind]: idField.value });
  for (const { name, value } of face?.noted.elements ?? []) {
    if (value.trim() !== '') {
      next.set(name, value.trim());
    }
  }
  if (location.hash === `#${next}`) {
    showAddress();
  } else {
    location.hash = next;
  }
});
addEventListener('hashchange', showAddress);

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

showAddress();
