/** Says something: text, colour, position; and, when it was refused, why and for how long. */
import { refusalText, t } from '../i18n.js';
import { mountFold } from './fold.js';

const MOST_CHARACTERS = 100;
const WARN_BELOW = 20;
const TICK_MS = 250;
const COLORS = {
  white: '#ffffff',
  pink: '#ff7a90',
  orange: '#ffb05c',
  yellow: '#ffe066',
  green: '#7bed9f',
  blue: '#7cb8ff',
  violet: '#cf9bff',
};

export function mountComposer(element, page) {
  const { store } = page;
  const composer = new Composer(element, page);
  page.suggest = (text) => composer.suggest(text);
  const join = element.querySelector('.join');
  const name = join.querySelector('.name');
  const note = element.querySelector('.note');

  const mayJoin = page.join !== undefined;
  store.watch(
    (state) => state.viewer?.id,
    (viewer) => {
      const isAnonymous = viewer === undefined;
      composer.show(!isAnonymous);
      join.hidden = !isAnonymous || !mayJoin;
      if (isAnonymous) {
        note.textContent = mayJoin ? '' : t('signInNeeded');
      }
    },
  );
  join.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await page.join(name.value.trim());
    } catch {
      join.hidden = true;
      note.textContent = t('signInNeeded');
    }
  });
}

class Composer {
  #store;
  #client;
  #form;
  #text;
  #send;
  #left;
  #note;
  #isSending = false;
  #refusal = null; // {code, until?}: until by this machine's clock
  #unsure = null; // {text, id}: may have been said; the same id settles it

  constructor(element, { store, client }) {
    this.#store = store;
    this.#client = client;
    this.#form = element.querySelector('.say');
    this.#text = element.querySelector('.text');
    this.#send = this.#form.querySelector('.send');
    this.#left = element.querySelector('.left');
    this.#note = element.querySelector('.note');
    this.#addColors(element.querySelector('.colors'));
    mountFold({
      button: element.querySelector('.look-toggle'),
      panel: element.querySelector('.look'),
      around: this.#form,
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#text.addEventListener('input', () => this.#onInput());
    store.watch((state) => state.settings, () => this.#render());
    store.watch((state) => state.mutedUntil, () => this.#render());
    setInterval(() => this.#form.hidden || this.#render(), TICK_MS);
  }

  show(isShown) {
    this.#form.hidden = !isShown;
    if (isShown) {
      this.#render();
    }
  }

  /** Puts words into the viewer's mouth; to say them is theirs. */
  suggest(text) {
    this.#text.value = text;
    this.#text.focus();
    this.#onInput();
  }

  async #say() {
    const text = this.#text.value;
    if (text.trim() === '' || this.#isSending || this.#waitMs() > 0) {
      return;
    }
    const mode = this.#form.elements.mode.value;
    const color = this.#form.elements.color.value;
    const id = this.#unsure?.text === text ? this.#unsure.id : undefined;
    this.#isSending = true;
    this.#refusal = null;
    this.#render();
    try {
      const { seq } = await this.#client.say(text, { mode, color, id });
      const { id: viewer, name, tier } = this.#store.state.viewer;
      const danmaku = { seq, at: this.#store.now(), viewer: { id: viewer, name, tier }, text, mode, color };
      this.#store.dispatch({ type: 'said', danmaku });
      this.#unsure = null;
      this.#text.value = '';
      this.#onInput();
    } catch (error) {
      const { code, retryAfterMs } = error;
      if (code === undefined) {
        throw error;
      }
      this.#unsure = error.unsure ? { text, id: error.id } : null;
      this.#refusal = { code, until: retryAfterMs && Date.now() + retryAfterMs };
    } finally {
      this.#isSending = false;
      this.#render();
    }
  }

  #onInput() {
    const left = MOST_CHARACTERS - [...this.#text.value.trim()].length;
    this.#left.textContent = left < WARN_BELOW ? left : '';
    this.#left.classList.toggle('over', left < 0);
    if (this.#refusal !== null && this.#refusal.until === undefined) {
      this.#refusal = null; // It was about the text, which is another one now.
    }
    this.#render();
  }

  /** How long waiting is needed: the last refusal's time, or the rest of a mute. */
  #waitMs() {
    return Math.max(0, (this.#refusal?.until ?? 0) - Date.now(), this.#mutedMs());
  }

  #mutedMs() {
    const until = this.#store.state.mutedUntil;
    if (until === null) {
      return 0;
    }
    return until < 0 ? Infinity : Math.max(0, until - this.#store.now());
  }

  #render() {
    const waitMs = this.#waitMs();
    const seconds = Math.ceil(waitMs / 1000);
    const isTooLong = [...this.#text.value.trim()].length > MOST_CHARACTERS;
    this.#text.readOnly = this.#isSending;
    this.#send.disabled = this.#isSending || waitMs > 0 || isTooLong;
    setText(this.#send, this.#sendLabel(seconds));
    const note = this.#noteText(waitMs);
    setText(this.#note, note.text);
    this.#note.classList.toggle('refusal', note.isRefusal);
  }

  #sendLabel(seconds) {
    if (this.#isSending) {
      return t('sending');
    }
    return seconds > 0 && seconds < Infinity ? t('inSeconds', { seconds }) : t('send');
  }

  #noteText(waitMs) {
    if (this.#mutedMs() > 0) {
      return { isRefusal: true, text: t(waitMs === Infinity ? 'mutedForGood' : 'muted') };
    }
    if (this.#refusal !== null && (this.#refusal.until === undefined || waitMs > 0)) {
      const { settings } = this.#store.state;
      return { isRefusal: true, text: refusalText(this.#refusal.code, settings?.minTier) };
    }
    return { isRefusal: false, text: describe(this.#store.state.settings) };
  }

  #addColors(group) {
    Object.entries(COLORS).forEach(([name, color], i) => {
      const label = document.createElement('label');
      const radio = document.createElement('input');
      Object.assign(radio, { type: 'radio', name: 'color', value: color, checked: i === 0 });
      radio.setAttribute('aria-label', t(name));
      radio.style.setProperty('--swatch', color);
      label.append(radio);
      group.append(label);
    });
  }
}

/** What the streamer has set that this viewer should know before typing. */
function describe(settings) {
  if (settings === null) {
    return '';
  }
  if (settings.silenced) {
    return t('silenced');
  }
  const told = [];
  if (settings.minTier !== 'regular') {
    told.push(t('minTier', { tier: t(settings.minTier) }));
  } else if (settings.membersOnly) {
    told.push(t('membersOnly'));
  }
  if (settings.slowModeMs > 0) {
    told.push(t('slowMode', { seconds: Math.ceil(settings.slowModeMs / 1000) }));
  }
  return told.join(' · ');
}

/** Leaves equal text alone, so that screen readers do not say it again. */
function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
