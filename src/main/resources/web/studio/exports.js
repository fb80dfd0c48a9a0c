/** Files to take away. The token goes in a header, so a plain link would not do. */
import { refusalText } from './words.js';

export function mountExports(element, page) {
  for (const button of element.querySelectorAll('[data-file]')) {
    const isOrders = button.dataset.file.startsWith('orders');
    button.hidden = isOrders && !page.isStreamer;
    button.addEventListener('click', () => save(button, page, button.dataset.file));
  }
}

/**
 * @param {HTMLButtonElement} button is disabled meanwhile
 * @param {Record<string, string>} [only] of one thing alone: its id, by what it is called
 */
export async function save(button, { api, room }, file, only = {}) {
  button.disabled = true;
  button.title = '';
  try {
    const query = new URLSearchParams(only);
    const url = URL.createObjectURL(await api.file(query.size > 0 ? `/${file}?${query}` : `/${file}`));
    const [name, suffix] = file.split('.');
    const download = [name, room, ...Object.values(only)].join('-').replace(/[^\w.-]/g, '_');
    Object.assign(document.createElement('a'), { href: url, download: `${download}.${suffix}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    button.dataset.saved = 'true';
  } catch (error) {
    button.title = refusalText(error.code);
    button.dataset.saved = 'false';
  } finally {
    button.disabled = false;
  }
}
