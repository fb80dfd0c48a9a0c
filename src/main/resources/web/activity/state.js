/**
 * What is known of things of a kind that has no state.js of its own: each thing as a snapshot or its
 * event told it, with whatever was told of it since. Pure.
 */
import { byId, listing } from './things.js';

/** What a numbered event `<kind>.<what>` says of the thing's state. */
const STATES = {
  scheduled: 'scheduled',
  opened: 'open',
  locked: 'locked',
  closed: 'closed',
  resolved: 'resolved',
  ended: 'ended',
  cancelled: 'cancelled',
};

const OVER = new Set(['closed', 'resolved', 'ended', 'cancelled']);

const EMPTY = Object.freeze({
  things: [], // oldest first, each with its `state` and, in `mine`, what is this viewer's
});

function isOver({ state }) {
  return OVER.has(state);
}

function timeOf({ opensAt }) {
  return opensAt;
}

const { added, changed, merged } = listing(isOver);

function fromSnapshot(part, things, { resumed, isSameViewer }) {
  return { things: merged(isSameViewer ? part.things : [], things, { resumed }) };
}

/**
 * The module of such a kind. A message names its thing under the kind's name: an object is the thing
 * itself, an id stands beside fields that have changed.
 *
 * `<kind>.mine` is the page's own message: it tells what the viewer was granted.
 *
 * @param {import('./kinds.js').Kind} kind
 */
export function stateOf({ kind, counts = [], toMe = [] }) {
  const whats = [...Object.keys(STATES), ...counts];
  const tells = whats.map((what) => [`${kind}.${what}`, told(kind, STATES[what])]);
  const tellsMe = ['mine', ...toMe].map((what) => [`${kind}.${what}`, toldMe(kind)]);
  return {
    EMPTY,
    fromSnapshot,
    handlers: Object.fromEntries([...tells, ...tellsMe]),
    isOver,
    timeOf,
  };
}

function told(kind, state) {
  return ({ things }, message) => {
    const { [kind]: named, fields } = parted(kind, message);
    const changes = state === undefined ? fields : { ...fields, state };
    if (typeof named !== 'object') {
      return { things: changed(things, named, changes) };
    }
    return byId(things, named.id) === undefined
      ? { things: added(things, { ...named, ...changes }) }
      : { things: changed(things, named.id, { ...named, ...changes }) };
  };
}

function toldMe(kind) {
  return ({ things }, message) => {
    const { [kind]: id, fields } = parted(kind, message);
    const mine = { ...byId(things, id)?.mine, ...fields };
    return { things: changed(things, id, { mine }) };
  };
}

/** What a message says of a thing, without what is of the message. */
function parted(kind, { type, seq, at, [kind]: named, ...fields }) {
  return { [kind]: named, fields };
}
