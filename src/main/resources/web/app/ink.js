const inks = new Map();

/**
 * A colour of style/tokens.css, for what is drawn rather than styled.
 *
 * @param {string} name without the dashes
 */
export function ink(name) {
  if (!inks.has(name)) {
    const { documentElement } = document;
    inks.set(name, getComputedStyle(documentElement).getPropertyValue(`--${name}`).trim());
  }
  return inks.get(name);
}
