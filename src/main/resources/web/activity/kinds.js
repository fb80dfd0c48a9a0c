/**
 * The kinds of activities: the one list, and how a page gets what it needs of a kind.
 *
 * A kind is a folder beside this file and a line below. Nothing else names it: a page asks for a
 * kind when the first of its things is there, and gets a module and a style sheet.
 *
 *     state.js     where the kind's line says `ownState`, for others activity/state.js does
 *                  EMPTY               what one knows before anything was said, `things: []` in it
 *                  fromSnapshot(part, things, {snapshot, resumed, isSameViewer})
 *                                      → the part anew, from the kind's things in a `welcome` or
 *                                      `resync`; `resumed`: what was missed follows as events. Pure
 *                  handlers            message type → (part, message) → what of the part changes. Pure
 *                  isOver(thing)       whether nothing more can be done
 *                  timeOf(thing)       by which the studio orders cards
 *     card.js      card(thing, ctx)    the viewer's
 *     desk.js      desk(ctx)           the streamer's: → {form, figures(thing)}: the form that begins
 *                                      one, and a card with the figures of one
 *     overlay.js   overlay(thing, ctx) what lies over the picture
 *     verify.js    verify()            where it has proofs: see /verify/main.js
 *     words.js     WORDS               {face: {en, zh}}: what each of these says, by key
 *     <kind>.css   for all of them, in colours of style/tokens.css alone
 *
 * A card, whichever, is `{element, show(thing)}`; the page calls `show` when something changed and
 * a few times a second. What people wrote goes into it as text only.
 *
 * `ctx` is the page: `room`, `client` (the SDK's), `store` with the state; `name` of the kind, and
 * `known()`, the part of the state that its state.js made. The viewer page adds `suggest(text)`, the
 * studio `api`, `figures` and `isStreamer`.
 *
 * @typedef {object} Kind
 * @property {string} kind the folder; the prefix of its messages, `<kind>.<what>`
 * @property {{en: string, zh: string}} name
 * @property {string} [list] where snapshots and figures list its things; else they are among
 *     `active`, each with its `kind`
 * @property {boolean} [ownState] whether it has a state.js; if not, the next two say what
 *     activity/state.js hears besides events that change the state of a thing
 * @property {string[]} [counts] `<kind>.<what>` by which fields of a thing change
 * @property {string[]} [toMe] `<kind>.<what>` by which fields of a thing's `mine` change
 * @property {string[]} [lists] what else of a snapshot is the kind's
 * @property {string[]} [hears] messages without the prefix that it hears too
 * @property {boolean} [proves] whether `…/<list>/{id}/proof` is there; a proof names its thing by the
 *     kind, `{<kind>: id, …}`
 */

/** @type {Kind[]} in the order of the desk's tabs; elsewhere the first kind stands last */
export const KINDS = [
  {
    kind: 'sale',
    name: { en: 'Flash sale', zh: '秒杀' },
    ownState: true,
    list: 'sales',
    lists: ['orders'],
    hears: ['order'],
  },
  {
    kind: 'lottery',
    name: { en: 'Lottery', zh: '抽奖' },
    ownState: true,
    list: 'lotteries',
    hears: ['tapped'],
    proves: true,
  },
  {
    kind: 'ballot',
    name: { en: 'Poll', zh: '投票' },
    counts: ['tally'],
    toMe: ['result'],
    proves: true,
  },
  {
    kind: 'packet',
    name: { en: 'Red packet', zh: '红包' },
    counts: ['left'],
    toMe: ['got'],
    proves: true,
  },
];

/** The kinds that a message is for: all, for a snapshot. */
export function kindsOf(message, kinds = KINDS) {
  return isSnapshot(message)
    ? kinds
    : kinds.filter(
        ({ kind, hears = [] }) =>
          message.type.startsWith(`${kind}.`) || hears.includes(message.type),
      );
}

export function isSnapshot({ type }) {
  return type === 'welcome' || type === 'resync';
}

/** A kind's things in a snapshot, or in the studio's figures. */
export function thingsIn(snapshot, { kind, list }) {
  return snapshot[list] ?? (snapshot.active ?? []).filter((thing) => thing.kind === kind);
}

/** Whether a message says that there is something of the kind, so that its module is needed. */
export function tellsOfOne(message, kind) {
  if (!isSnapshot(message)) {
    return message.type.startsWith(`${kind.kind}.`);
  }
  const lists = [thingsIn(message, kind), ...(kind.lists ?? []).map((list) => message[list] ?? [])];
  return lists.some(({ length }) => length > 0);
}

/**
 * What a kind knows after a message.
 *
 * @param {object} module its state.js
 * @param {object} part what it knew
 * @param {{message: {type: string}, isSameViewer: boolean}} told whether the viewer is who they were
 *     before the message
 */
export function next(kind, module, part, { message, isSameViewer }) {
  if (isSnapshot(message)) {
    const resumed = message.type === 'welcome' && message.resumed;
    const things = thingsIn(message, kind);
    return module.fromSnapshot(part, things, { snapshot: message, resumed, isSameViewer });
  }
  const apply = module.handlers[message.type];
  return apply === undefined ? part : { ...part, ...apply(part, message) };
}

/** What a kind is given of a page, which may get more later, and of itself. */
export function contextOf(page, own) {
  return Object.assign(Object.create(page), own);
}

/**
 * Loads a kind's state, a face of it, and its styles; again costs nothing.
 *
 * @param {Kind} kind
 * @param {'card'|'desk'|'overlay'} face
 * @returns {Promise<object>} what both modules export
 */
export async function load(kind, face) {
  const [state, faced] = await Promise.all([
    loadState(kind),
    import(`./${kind.kind}/${face}.js`),
    dress(kind.kind),
  ]);
  return { ...state, ...faced };
}

async function loadState(kind) {
  if (kind.ownState) {
    return import(`./${kind.kind}/state.js`);
  }
  const { stateOf } = await import('./state.js');
  return stateOf(kind);
}

/** What checks a kind's proofs. */
export function loadProof({ kind }) {
  return import(`./${kind}/verify.js`);
}

const sheets = new Map();

function dress(kind) {
  if (!sheets.has(kind)) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = `/activity/${kind}/${kind}.css`;
    const loaded = new Promise((resolve, reject) => {
      link.addEventListener('load', resolve);
      link.addEventListener('error', () => {
        sheets.delete(kind);
        link.remove();
        reject(new Error(`No styles of ${kind}`));
      });
    });
    sheets.set(kind, loaded);
    document.head.append(link);
  }
  return sheets.get(kind);
}
