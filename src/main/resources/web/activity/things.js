/** Lists of things of a kind, oldest first, for the kinds' reducers. Pure. */

/** Of what is over, the newest stay on the page. */
const KEPT_OVER = 2;

/** @param {(thing: object) => boolean} isOver */
export function listing(isOver) {
  /** Lets go of what was over long ago. */
  const tidy = (list) => {
    const over = list.filter(isOver).slice(0, -KEPT_OVER);
    return over.length === 0 ? list : list.filter((one) => !over.includes(one));
  };
  return {
    added: (list, one) => tidy([...list.filter(({ id }) => id !== one.id), one]),

    changed: (list, id, changes) =>
      tidy(list.map((one) => (one.id === id ? { ...one, ...changes } : one))),

    /** What was over before a snapshot stays; the snapshot does not tell of it. */
    merged: (list, fresh, { resumed }) => {
      const rest = list.filter((one) => byId(fresh, one.id) === undefined && (resumed || isOver(one)));
      return tidy([...rest, ...fresh.map((one) => ({ ...byId(list, one.id), ...one }))]);
    },
  };
}

export function byId(list, id) {
  return list.find((one) => one.id === id);
}
