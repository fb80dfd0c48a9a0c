import { talkWords } from '../talk-words.js';
import { isSynthetic } from '../state.js';

const { t } = talkWords;

/** One danmaku as a line of text: tier, name, what was said. Viewers' words go in as text only. */
export function fillRow(row, { viewer, text, color, seq, deleted, isOwn }) {
  row.className = isOwn ? 'row own' : 'row';
  if (deleted) {
    row.classList.add('deleted');
    row.textContent = t('deleted');
    return row;
  }
  const name = part('bdi', 'name', viewer.name);
  const said = part('bdi', 'said', text);
  said.style.setProperty('--said', color);
  row.replaceChildren(badge(viewer.tier), name, said);
  if (isSynthetic(viewer)) {
    const mark = part('span', 'synthetic', t('synthetic'));
    mark.title = t('syntheticWhy');
    name.before(mark);
  }
  if (seq === null) {
    const mark = part('span', 'unkept', t('unkept'));
    mark.title = t('unkeptWhy');
    row.append(mark);
  }
  return row;
}

function badge(tier) {
  const element = part('span', 'badge', t(tier));
  element.dataset.tier = tier;
  return element;
}

function part(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
