import { WORDS } from '/app/i18n.js';
import { equal, test } from './harness.js';

test('both languages have the same words with the same gaps', () => {
  const gaps = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  equal(Object.keys(WORDS.zh), Object.keys(WORDS.en));
  for (const [key, text] of Object.entries(WORDS.en)) {
    equal([key, gaps(WORDS.zh[key])], [key, gaps(text)]);
  }
});
