/** Asks before money moves. The way out has the focus; Escape is a no. */
import { t } from './words.js';

/** @returns {Promise<boolean>} */
export function confirmed({ title, text, yes }) {
  const dialog = document.getElementById('confirm');
  document.getElementById('confirm-title').textContent = t(title);
  document.getElementById('confirm-text').textContent = text;
  document.getElementById('confirm-yes').textContent = t(yes);
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
