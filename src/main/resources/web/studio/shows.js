/**
 * Activities on the desk, of whatever kind: a tab with a form for each kind that can be begun, and a
 * card with the figures of each thing. Kinds are loaded when they are needed; see
 * /activity/kinds.js.
 */
import { KINDS, contextOf, load, thingsIn } from '/activity/kinds.js';
import { spoken } from '/app/language.js';

const TICK_MS = 200;

export function mountShows(element, page) {
  const desks = new Desks(page);
  mountTabs(element.querySelector('#new-show'), page, desks);
  mountFigures(element, page, desks);
}

/** The desk of each kind that was asked for. */
export class Desks {
  #page;
  #load;
  #asked = new Map();
  #ready = new Map();

  /** @param {(kind: object) => Promise<object>} [loadDesk] what a kind needs on a desk */
  constructor(page, loadDesk = (kind) => load(kind, 'desk')) {
    this.#page = page;
    this.#load = loadDesk;
  }

  /** What a kind has for the desk, with what is known of its things; undefined until it is loaded. */
  ready({ kind }) {
    return this.#ready.get(kind);
  }

  /** @returns {Promise<object>} is refused when it cannot be loaded, and tries again when asked again */
  open(kind) {
    if (!this.#asked.has(kind.kind)) {
      const asked = this.#load(kind).then((module) => this.#make(kind, module));
      this.#asked.set(kind.kind, asked);
      asked.catch(() => this.#asked.delete(kind.kind));
    }
    return this.#asked.get(kind.kind);
  }

  #make({ kind, name }, module) {
    const known = () => this.#page.store.state.activities[kind];
    const ctx = contextOf(this.#page, { name: spoken(name), known });
    const made = { ...module, ...module.desk(ctx) };
    this.#ready.set(kind, made);
    return made;
  }
}

// Something new

/** Any number of kinds; the first one is chosen, and the others are loaded when nothing else is to do. */
export function mountTabs(element, page, desks, kinds = KINDS) {
  const list = element.querySelector('[role="tablist"]');
  const panels = element.querySelector('.panels');
  const tabs = kinds.map(({ kind, name }) => {
    const tab = document.createElement('button');
    Object.assign(tab, { type: 'button', id: `tab-${kind}`, textContent: spoken(name), role: 'tab' });
    tab.setAttribute('aria-controls', `new-${kind}`);
    list.append(tab);
    return tab;
  });
  const forms = new Map();

  const open = async (kind) => {
    const { form } = await desks.open(kind);
    if (!forms.has(kind)) {
      forms.set(kind, form);
      Object.assign(form, { id: `new-${kind.kind}`, role: 'tabpanel' });
      form.setAttribute('aria-labelledby', `tab-${kind.kind}`);
      for (const field of form.querySelectorAll('input, select, textarea, button[type="submit"]')) {
        field.disabled = !page.isStreamer;
      }
      panels.append(form);
      showChosen();
    }
  };
  let chosen = 0;
  const showChosen = () => {
    tabs.forEach((tab, index) => {
      tab.setAttribute('aria-selected', index === chosen);
      tab.tabIndex = index === chosen ? 0 : -1;
    });
    forms.forEach((form, kind) => (form.hidden = kind !== kinds[chosen]));
  };
  const choose = (index) => {
    chosen = index;
    showChosen();
    open(kinds[index]).catch(() => {}); // Choosing it again tries again.
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener('click', () => choose(index));
    tab.addEventListener('keydown', ({ key }) => {
      const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: tabs.length - 1 }[key];
      if (to !== undefined) {
        choose((to + tabs.length) % tabs.length);
        tabs[chosen].focus();
      }
    });
  });
  element.querySelector('.not-yours').hidden = page.isStreamer;
  choose(0);
  whenIdle(async () => {
    for (const kind of kinds) {
      await open(kind).catch(() => {});
    }
  });
}

/** Safari has no idle time to ask for. */
function whenIdle(run) {
  (globalThis.requestIdleCallback ?? setTimeout)(run);
}

// What there is

function mountFigures(element, { figures }, desks) {
  const running = element.querySelector('.running');
  const none = element.querySelector('.none');
  const cards = new Map();

  /** What is not over first, the latest on top. */
  const inOrder = (now) =>
    KINDS.flatMap((kind) => {
      const desk = desks.ready(kind);
      return thingsIn(now, kind).flatMap((thing) =>
        desk === undefined
          ? []
          : { thing, desk, key: `${kind.kind} ${thing.id}`, over: desk.isOver(thing), at: desk.timeOf(thing) },
      );
    }).sort((a, b) => a.over - b.over || b.at - a.at);

  const show = (now) => {
    for (const kind of KINDS) {
      if (thingsIn(now, kind).length > 0 && desks.ready(kind) === undefined) {
        desks.open(kind).then(() => show(figures.now), () => {}); // The next figures try again.
      }
    }
    none.hidden = KINDS.some((kind) => thingsIn(now, kind).length > 0);
    const shows = inOrder(now);
    for (const [key, { card }] of cards) {
      if (!shows.some((one) => one.key === key)) {
        card.element.remove();
        cards.delete(key);
      }
    }
    shows.forEach(({ thing, desk, key, over }, index) => {
      if (!cards.has(key)) {
        cards.set(key, { card: desk.figures(thing) });
      }
      const kept = cards.get(key);
      const { element: card } = kept.card;
      kept.thing = thing;
      card.classList.toggle('over', over);
      if (running.children[index] !== card) {
        running.insertBefore(card, running.children[index] ?? null);
      }
      kept.card.show(thing);
    });
  };
  figures.watch(show);
  setInterval(() => {
    if (!document.hidden) {
      cards.forEach(({ card, thing }) => card.show(thing));
    }
  }, TICK_MS);
}
