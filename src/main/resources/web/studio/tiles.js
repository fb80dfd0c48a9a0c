/** The numbers on top. */
import { money, number } from '/app/language.js';
import { sum } from './figures.js';
import { reasonText, t } from './words.js';

const TILES = ['online', 'danmaku', 'likes', 'points', 'gmv', 'reserved', 'refused', 'latency'];

export function mountTiles(element, { store, figures }) {
  const tiles = new Map();
  for (const name of TILES) {
    const tile = document.createElement('div');
    tile.className = 'tile';
    tile.dataset.figure = name;
    const [label, value, more] = ['p', 'p', 'p'].map((tag) => document.createElement(tag));
    label.className = 'label';
    value.className = 'value';
    more.className = 'more';
    label.textContent = t(`tile_${name}`);
    tile.append(label, value, more);
    element.append(tile);
    tiles.set(name, (text, rest = '') => {
      value.textContent = text;
      value.style.setProperty('--characters', text.length);
      more.textContent = rest;
      more.title = rest;
    });
  }
  store.watch((state) => state.online, (online) => tiles.get('online')(online === null ? '–' : number(online)));
  const showLikes = () =>
    tiles.get('likes')(number(store.state.likes ?? 0), t('perSecond', { rate: rate(figures.rates.likes) }));
  store.watch((state) => state.likes, showLikes);
  figures.watch((now) => {
    const { rates } = figures;
    tiles.get('danmaku')(rate(rates.danmaku), t('inAll', { count: now.danmaku }));
    showLikes();
    tiles.get('points')(number(now.points.given), t('taken', { count: now.points.taken }));
    const [first, ...others] = now.takings;
    if (first === undefined) {
      tiles.get('gmv')('–');
      tiles.get('reserved')('0');
    } else {
      const { currency, gmvCents, orders } = first;
      const also = others.map((one) => money(one.gmvCents, one.currency)).join(' · ');
      const net = t('afterRefunds', { amount: money(orders.paid.amountCents, currency) });
      tiles.get('gmv')(money(gmvCents, currency), also === '' ? net : `+ ${also}`);
      tiles.get('reserved')(
        number(orders.reserved.count),
        t('worth', { amount: money(orders.reserved.amountCents, currency) }),
      );
    }
    const refusals = Object.entries(now.node.refusals).sort(([, a], [, b]) => b - a);
    tiles.get('refused')(
      number(sum(Object.values(now.node.refusals))),
      refusals.length === 0 ? '' : reasonText(refusals[0][0]),
    );
    tiles.get('latency')(t('ms', { ms: now.node.p99Ms }), t('median', { ms: now.node.p50Ms }));
  });
}

/** Rates below ten with a digit more. */
function rate(perSecond) {
  return number(perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond));
}
