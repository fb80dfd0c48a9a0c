/** A page's words in the browser's language: Chinese where it asks for it, else English. */

const language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
const numbers = new Intl.NumberFormat(language);
const currencies = new Map();

/** What the page's language has of `{en, zh}`. */
export function spoken(texts) {
  return texts[language];
}

/**
 * @param {{en: object, zh: object}} words by key; a page's have `title` among them
 * @param {{t: Function, has: Function}} [base] says what these words do not
 */
export function speak(words, base) {
  const own = words[language];

  /** The words for a key, with `{name}` replaced; numbers in the language's own way. */
  const t = (key, values = {}) =>
    key in own || base === undefined
      ? own[key].replace(/\{(\w+)\}/g, (_, name) => number(values[name]))
      : base.t(key, values);

  const has = (key) => key in own || (base?.has(key) ?? false);

  /** Fills in what the document marks: `data-t` text, `data-t-label` an accessible name, and so on. */
  const translate = (root) => {
    if (root === document.body) {
      document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
      document.title = t('title');
    }
    for (const element of root.querySelectorAll('[data-t]')) {
      element.textContent = t(element.dataset.t);
    }
    for (const element of root.querySelectorAll('[data-t-label]')) {
      element.setAttribute('aria-label', t(element.dataset.tLabel));
      element.setAttribute('title', t(element.dataset.tLabel));
    }
    for (const element of root.querySelectorAll('[data-t-title]')) {
      element.title = t(element.dataset.tTitle);
    }
    for (const element of root.querySelectorAll('[data-t-placeholder]')) {
      element.placeholder = t(element.dataset.tPlaceholder);
    }
  };

  return { t, has, translate };
}

export function number(value) {
  return typeof value === 'number' ? numbers.format(value) : value;
}

/** A share of one, with as many digits as tell it from nothing. */
export function percent(share, digits = 3) {
  return new Intl.NumberFormat(language, {
    style: 'percent',
    maximumSignificantDigits: digits,
  }).format(share);
}

/** @param {number} minor in the currency's smallest unit, which is not always a hundredth */
export function money(minor, currency) {
  if (!currencies.has(currency)) {
    currencies.set(currency, new Intl.NumberFormat(language, { style: 'currency', currency }));
  }
  const format = currencies.get(currency);
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
