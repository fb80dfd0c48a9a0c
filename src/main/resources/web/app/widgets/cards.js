/** A card for each thing of each kind that is there: see /activity/kinds.js. */
import { KINDS, contextOf, place } from '/activity/kinds.js';
import { spoken } from '../language.js';

const TICK_MS = 200;

/** Mounts a section for each kind when the first of its things is there. */
export function mountCards(element, page, kinds = KINDS) {
  const sections = new Map();
  page.store.watch(
    (state) => state.activities,
    (activities) => {
      for (const kind of kinds) {
        if (activities[kind.kind] !== undefined && !sections.has(kind.kind)) {
          const section = sectionOf(kind);
          place(element, kind, section, sections, kinds);
          mountKind(section, kind, page);
        }
      }
    },
  );
}

function sectionOf({ kind, name, list }) {
  const section = document.createElement('section');
  section.id = list ?? kind;
  section.setAttribute('aria-label', spoken(name));
  return section;
}

/**
 * Keeps a card for each thing of a kind, newest first, and shows them anew when the state changes
 * and as time passes.
 */
function mountKind(section, { kind, name }, page) {
  const { store } = page;
  const { card, isOver } = store.module(kind);
  const known = () => store.state.activities[kind];
  const cards = new Map();
  const ctx = contextOf(page, { name: spoken(name), known });

  const show = () => {
    const { things } = known();
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
      }
      const { element, show: showIn } = cards.get(thing.id);
      element.dataset.over = isOver(thing);
      showIn(thing);
    }
    section.hidden = things.length === 0;
  };

  store.watch((state) => state.activities[kind], show);
  store.watch((state) => state.viewer, show);
  setInterval(() => section.hidden || show(), TICK_MS);
}
