/** What the cards of sales and lotteries have in common. */
import { has, t, translate } from '../i18n.js';

const TICK_MS = 200;

/**
 * Keeps a card for each thing of a list, newest first, and shows them anew when the state changes
 * and as time passes.
 *
 * @param {HTMLElement} section
 * @param {string} template id of the card's template
 * @param {(card: HTMLElement, one: {id: string}) => (one: object) => void} build returns `show`
 */
export function mountCards(section, store, select, template, build) {
  const cards = new Map();
  const pattern = document.getElementById(template).content.firstElementChild;

  const show = () => {
    const list = select(store.state);
    for (const [id, { card }] of cards) {
      if (!list.some((one) => one.id === id)) {
        card.remove();
        cards.delete(id);
      }
    }
    for (const one of list) {
      if (!cards.has(one.id)) {
        const card = document.importNode(pattern, true);
        translate(card);
        section.prepend(card);
        cards.set(one.id, { card, show: build(card, one) });
      }
      cards.get(one.id).show(one);
    }
    section.hidden = list.length === 0;
  };

  for (const watched of [select, (state) => state.viewer, (state) => state.orders]) {
    store.watch(watched, show);
  }
  setInterval(() => section.hidden || show(), TICK_MS);
}

/**
 * One thing that a card's button asks for, once at a time. What may have been granted although no
 * answer came is asked for again under the same id.
 */
export class Asking {
  isAsking = false;
  refusal = null; // {code, opensAt?}
  #unsure = null; // {what, id}

  constructor(onChange) {
    this.onChange = onChange;
  }

  /**
   * @param {string} what tells this request from another one
   * @param {(asked: {id?: string}) => Promise<void>} ask
   */
  async ask(what, ask) {
    if (this.isAsking) {
      return;
    }
    const id = this.#unsure?.what === what ? this.#unsure.id : undefined;
    this.isAsking = true;
    this.refusal = null;
    this.onChange();
    try {
      await ask({ id });
      this.#unsure = null;
    } catch (error) {
      if (error.code === undefined) {
        throw error;
      }
      this.#unsure = error.unsure ? { what, id: error.id } : null;
      this.refusal = { what, code: error.code, opensAt: error.opensAt };
    } finally {
      this.isAsking = false;
      this.onChange();
    }
  }
}

/** @param {string} [minTier] that is asked for, where it is the tier that is too low */
export function refusalText(code, minTier) {
  const values = { tier: minTier === undefined ? '' : t(minTier) };
  return has(code) ? t(code, values) : t('refused', { code });
}

/** Leaves equal text alone, so that screen readers do not say it again. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
  element.hidden = text === '';
}

/** Time left as m:ss, with tenths in the last seconds. */
export function clock(ms) {
  const tenths = Math.max(0, Math.ceil(ms / 100));
  if (tenths < 100) {
    return `0:0${(tenths / 10).toFixed(1)}`;
  }
  const seconds = Math.ceil(tenths / 10);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
