/** A page's words in the browser's language: Chinese where it asks for it, else English. */

const language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
const numbers = new Intl.NumberFormat(language);

/** @param {{en: object, zh: object}} words by key, `title` among them */
export function speak(words) {
  /** The words for a key, with `{name}` replaced; numbers in the language's own way. */
  const t = (key, values = {}) =>
    words[language][key].replace(/\{(\w+)\}/g, (_, name) => number(values[name]));

  const has = (key) => key in words[language];

  /** Fills in what the document marks: `data-t` text, `data-t-label` an accessible name, and so on. */
  const translate = (root) => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = t('title');
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
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
