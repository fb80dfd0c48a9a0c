/**
 * An element from markup that stands in a module, in the page's language. What people wrote is put
 * in later, as text: markup is never made of it.
 *
 * @param {string} html of one element
 * @param {(root: ParentNode) => void} translate
 * @returns {HTMLElement}
 */
export function markup(html, translate) {
  const template = document.createElement('template');
  template.innerHTML = html;
  const made = document.importNode(template.content, true);
  translate(made);
  return made.firstElementChild;
}
