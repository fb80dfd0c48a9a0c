/**
 * What a streaming program lays over the picture. It watches without a token, runs for hours, comes
 * back by itself, and keeps no more than what is to be seen.
 */
import { KINDS, contextOf, load } from '/activity/kinds.js';
import { number, spoken } from '/app/language.js';
import { mountStage } from '/app/stage.js';
import { Store } from '/app/state.js';
import { setText } from '/app/text.js';
import { Barrage } from '/sdk/barrage.js';
import { readQuery } from './query.js';
import { t, translate } from './words.js';

const TICK_MS = 200;
const STAYS_MS = 15_000; // what is over
const TOKEN_REFUSED = 4401;

const { room, show, goals, scale, at } = readQuery(new URLSearchParams(location.search));
const notice = document.getElementById('notice');
const part = (id) => document.getElementById(id);

translate(document.body);
document.body.dataset.at = at;
fit();
addEventListener('resize', fit);
if (room === null) {
  setText(notice, t('badRoom'));
} else {
  start();
}

/** Text that can be read in a picture of any size. */
function fit() {
  const px = (Math.max(320, innerHeight) / 46) * scale;
  document.documentElement.style.fontSize = `${px}px`;
  document.documentElement.style.setProperty('--danmaku-px', Math.round(px * 1.45));
}

function start() {
  const client = new Barrage({ room });
  const store = new Store({ now: () => client.serverNow(), load: (kind) => load(kind, 'overlay') });
  client.on('message', (message) => store.dispatch(message));
  client.on('connection', ({ phase, code }) =>
    setText(notice, phase !== 'stopped' ? '' : t(code === TOKEN_REFUSED ? 'notAllowed' : 'stopped', { code })),
  );
  if (show.has('danmaku')) {
    part('stage').hidden = false;
    mountStage(part('stage'), { store, client });
  }
  if (show.has('goal') && goals.length > 0) {
    mountGoals(part('goals'), store);
  }
  mountWidgets(document.querySelector('.widgets'), { room, client, store });
  client.connect();
}

/** Shows the newest thing of each kind, where there is one; the first kind stands last. */
function mountWidgets(element, page) {
  const places = new Map(KINDS.filter(({ kind }) => show.has(kind)).map((kind) => [kind, newPlace()]));
  element.append(...[...places.values()].reverse());
  const ticks = new Map();
  page.store.watch(
    (state) => state.activities,
    (activities) => {
      for (const [kind, place] of places) {
        if (activities[kind.kind] !== undefined && !ticks.has(kind)) {
          ticks.set(kind, mountNewest(place, kind, page));
        }
      }
    },
  );
  setInterval(() => ticks.forEach((tick) => tick()), TICK_MS);
}

function newPlace() {
  return Object.assign(document.createElement('div'), { className: 'place' });
}

/** Shows the newest that is not over, else one that was over a moment ago. */
function mountNewest(element, { kind, name }, page) {
  const { store } = page;
  const { overlay, isOver } = store.module(kind);
  const known = () => store.state.activities[kind];
  const ctx = contextOf(page, { name: spoken(name), known });
  let last = null;
  let overAt = null;
  let widget = null; // of `last`

  const choose = (things) => {
    const running = things.filter((thing) => !isOver(thing)).at(-1);
    const now = running ?? things.find(({ id }) => id === last) ?? null;
    if (running !== undefined) {
      overAt = null;
    } else if (now !== null) {
      overAt ??= store.now();
      return store.now() - overAt > STAYS_MS ? null : now;
    }
    return now;
  };
  return () => {
    const thing = choose(known().things);
    if (thing === null || thing.id !== last) {
      widget?.element.remove();
      widget = null;
      last = thing?.id ?? null;
    }
    if (thing !== null) {
      if (widget === null) {
        widget = overlay(thing, ctx);
        widget.element.id = kind;
        element.append(widget.element);
      }
      widget.show(thing);
    }
  };
}

function mountGoals(section, store) {
  section.hidden = false;
  for (const { of, aim } of goals) {
    const widget = document.createElement('div');
    widget.className = 'widget goal';
    const [label, bar, count] = ['p', 'div', 'p'].map((tag) => document.createElement(tag));
    label.textContent = t(`goal_${of}`);
    bar.className = 'bar';
    bar.append(document.createElement('span'));
    count.className = 'left';
    widget.append(label, bar, count);
    section.append(widget);
    store.watch((state) => state[of], (value) => {
      const now = value ?? 0;
      count.textContent = `${number(now)} / ${number(aim)}`;
      bar.style.setProperty('--share', Math.min(1, now / aim));
      widget.classList.toggle('reached', now >= aim);
    });
  }
}
