/** A card for each thing of each kind that is there: see /activity/kinds.js. */
import { KINDS, contextOf } from '/activity/kinds.js';
import { spoken } from '../language.js';
import { keepSteady } from '../steady.js';

const TICK_MS = 200;

/** A section for each kind, the first kind last; its cards come when the first of its things is there. */
export function mountCards(element, page, kinds = KINDS) {
  const sections = new Map(kinds.map((kind) => [kind, sectionOf(kind)]));
  element.append(...[...sections.values()].reverse());
  const mounted = new Set();
  const steadily = keepSteady(element);
  page.store.watch(
    (state) => state.activities,
    (activities) => {
      for (const [kind, section] of sections) {
        if (activities[kind.kind] !== undefined && !mounted.has(kind)) {
          mounted.add(kind);
          mountKind(section, kind, page, steadily);
        }
      }
    },
  );
}

function sectionOf({ kind, name, list }) {
  const section = document.createElement('section');
  section.id = list ?? kind;
  section.hidden = true;
  section.setAttribute('aria-label', spoken(name));
  return section;
}

/**
 * Keeps a card for each thing of a kind, newest first, and shows them anew when the state changes
 * and as time passes.
 */
function mountKind(section, { kind, name }, page, steadily) {
  const { store } = page;
  const { card, isOver } = store.module(kind);
  const known = () => store.state.activities[kind];
  const cards = new Map();
  const ctx = contextOf(page, { name: spoken(name), known });

  const showAll = (things) => {
    const added = [];
    for (const [id, { element }] of cards) {
      if (!things.some((thing) => thing.id === id)) {
        element.remove();
        cards.delete(id);
      }
    }
    for (const thing of things) {
      if (!cards.has(thing.id)) {
        const made = card(thing, ctx);
        section.prepend(made.element);
        cards.set(thing.id, made);
        added.push(made.element);
      }
      const { element, show: showIn } = cards.get(thing.id);
      element.dataset.over = isOver(thing);
      showIn(thing);
    }
    section.hidden = things.length === 0;
    return added;
  };
  const show = () => {
    const { things } = known();
    const isSame = things.length === cards.size && things.every(({ id }) => cards.has(id));
    if (isSame) {
      showAll(things);
    } else {
      steadily(() => showAll(things));
    }
  };

  store.watch((state) => state.activities[kind], show);
  store.watch((state) => state.viewer, show);
  setInterval(() => section.hidden || show(), TICK_MS);
}
