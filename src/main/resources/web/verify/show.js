/** Puts what was found into the document; what a proof says goes in as text only. */

/** @param {'working'|'right'|'wrong'} state */
export function showOutcome(element, state, text) {
  element.dataset.state = state;
  element.textContent = text;
}

/** @param {{name: string, state: 'right'|'wrong'|'open', details: string[]}[]} steps */
export function showSteps(list, steps) {
  list.replaceChildren(
    ...steps.map(({ name, state, details }) => {
      const item = element('li', { className: 'step' }, element('h3', {}, name));
      item.dataset.state = state;
      item.append(...details.map((detail) => element('p', {}, detail)));
      return item;
    }),
  );
}

/** An element of these properties, with these children; texts go in as text only. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
