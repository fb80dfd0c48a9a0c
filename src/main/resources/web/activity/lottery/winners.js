/** Winners that are named; the proof has them all. */
const MOST_WINNERS = 5;

/** @returns {{named: object[], more: number}} those that are named, and how many are not */
export function winnersToName(winners) {
  return { named: winners.slice(0, MOST_WINNERS), more: Math.max(0, winners.length - MOST_WINNERS) };
}

/**
 * Names winners in a list; the viewer's own line is marked.
 *
 * @param {(key: string, values: object) => string} t says `winnersMore`
 */
export function fillWinners(list, winners, t, viewer = null) {
  const { named, more } = winnersToName(winners);
  const rows = named.map(({ viewer: id, name, prize }) => {
    const row = document.createElement('li');
    row.append(Object.assign(document.createElement('bdi'), { textContent: name }), ` · ${prize}`);
    row.classList.toggle('own', id === viewer?.id);
    return row;
  });
  if (more > 0) {
    rows.push(Object.assign(document.createElement('li'), { textContent: t('winnersMore', { count: more }) }));
  }
  list.replaceChildren(...rows);
}
