/**
 * Asks before money moves. The way out has the focus; Escape is a no.
 *
 * @param {{title: string, text: string, yes: string}} words what is said
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, yes }) {
  const dialog = document.getElementById('confirm');
  document.getElementById('confirm-title').textContent = title;
  document.getElementById('confirm-text').textContent = text;
  document.getElementById('confirm-yes').textContent = yes;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
