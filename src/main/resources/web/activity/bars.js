/** Counts as bars: what of all each one is, and which are the most. Pure. */

/**
 * @param {number[]} counts
 * @param {number} [all] of what they are shares; by default of their sum
 * @returns {number[]} shares of one
 */
export function sharesOf(counts, all = counts.reduce((sum, count) => sum + count, 0)) {
  return counts.map((count) => (all > 0 ? Math.min(1, count / all) : 0));
}

/** The indices of the largest; none while all are 0. */
export function mostOf(counts) {
  const most = Math.max(0, ...counts);
  return most === 0 ? [] : counts.flatMap((count, i) => (count === most ? [i] : []));
}
