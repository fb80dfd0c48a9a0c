/**
 * What a streaming program lays over the picture. It watches without a token, runs for hours, comes
 * back by itself, and keeps no more than what is to be seen.
 */
import { Barrage } from '/sdk/barrage.js';
import { money, number } from '/app/language.js';
import { mountStage } from '/app/stage.js';
import { Store } from '/app/state.js';
import { clock, setText } from '/app/widgets/cards.js';
import { readQuery } from './query.js';
import { t, translate } from './words.js';

const TICK_MS = 200;
const STAYS_MS = 15_000; // what is over
const MOST_WINNERS = 6;
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
  const store = new Store({ now: () => client.serverNow() });
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
  const ticks = [];
  if (show.has('sale')) {
    ticks.push(newest(store, (state) => state.sales, ({ state }) => state === 'ended', mountSale(part('sale'))));
  }
  if (show.has('lottery')) {
    const isOver = ({ state }) => state === 'drawn' || state === 'cancelled';
    ticks.push(newest(store, (state) => state.lotteries, isOver, mountLottery(part('lottery'))));
  }
  setInterval(() => ticks.forEach((tick) => tick()), TICK_MS);
  client.connect();
}

/** Shows the newest that is not over, else one that was over a moment ago. */
function newest(store, select, isOver, showOne) {
  let last = null;
  let overAt = null;
  return () => {
    const running = select(store.state).filter((one) => !isOver(one)).at(-1);
    const now = running ?? select(store.state).find(({ id }) => id === last) ?? null;
    if (running !== undefined) {
      last = running.id;
      overAt = null;
    } else if (now !== null) {
      overAt ??= store.now();
      if (store.now() - overAt > STAYS_MS) {
        last = null;
      }
    }
    showOne(now, store.now());
  };
}

function mountSale(element) {
  const at = (name) => element.querySelector(`.${name}`);
  return (sale, nowMs) => {
    element.hidden = sale === null;
    if (sale === null) {
      return;
    }
    const { title, priceCents, currency, state, reason, opensAt, endsAt, available, stock } = sale;
    element.dataset.state = state;
    setText(at('title'), title);
    setText(at('price'), money(priceCents, currency));
    setText(at('left'), t('left', { available, stock }));
    at('bar').style.setProperty('--share', available / stock);
    if (state === 'ended') {
      setText(at('when'), t(`over_${reason}`));
    } else {
      const [key, until] = nowMs < opensAt ? ['opensIn', opensAt] : ['endsIn', endsAt];
      setText(at('when'), t(key, { time: clock(until - nowMs) }));
    }
  };
}

function mountLottery(element) {
  const at = (name) => element.querySelector(`.${name}`);
  let shown = null;
  return (lottery, nowMs) => {
    element.hidden = lottery === null;
    if (lottery === null) {
      return;
    }
    const { title, entry, keyword, minLikes, prizes, state, locksAt, winners = [] } = lottery;
    element.dataset.state = state;
    setText(at('title'), title);
    const all = prizes.map(({ name, count }) => `${name} × ${number(count)}`).join(', ');
    setText(at('how'), state === 'open' ? t(`how_${entry}`, { prizes: all, keyword, minLikes }) : '');
    setText(at('when'), lotteryTime(state, locksAt - nowMs, winners));
    if (shown !== winners && winners.length > 0) {
      shown = winners;
      const rows = winners.slice(0, MOST_WINNERS).map(({ name, prize }) => {
        const row = document.createElement('li');
        row.append(Object.assign(document.createElement('bdi'), { textContent: name }), ` · ${prize}`);
        return row;
      });
      if (winners.length > MOST_WINNERS) {
        const more = t('winnersMore', { count: winners.length - MOST_WINNERS });
        rows.push(Object.assign(document.createElement('li'), { textContent: more }));
      }
      at('winners').replaceChildren(...rows);
    }
    at('winners').hidden = state !== 'drawn';
  };
}

function lotteryTime(state, leftMs, winners) {
  if (state === 'drawn') {
    return winners.length === 0 ? t('nobodyWon') : '';
  }
  if (state === 'cancelled') {
    return t('cancelled');
  }
  return state === 'open' && leftMs > 0 ? t('drawsIn', { time: clock(leftMs) }) : t('drawing');
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
