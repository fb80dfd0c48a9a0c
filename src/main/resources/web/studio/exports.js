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
 * @param {string} [sale] of this sale alone
 */
export async function save(button, { api, room }, file, sale) {
  button.disabled = true;
  button.title = '';
  try {
    const query = sale === undefined ? '' : `?${new URLSearchParams({ sale })}`;
    const url = URL.createObjectURL(await api.file(`/${file}${query}`));
    const [name, suffix] = file.split('.');
    const download = [name, room, sale].filter(Boolean).join('-').replace(/[^\w.-]/g, '_');
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
