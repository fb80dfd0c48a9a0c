import { WORDS } from '/app/i18n.js';
import { WORDS as OVERLAY } from '/overlay/words.js';
import { WORDS as STUDIO } from '/studio/words.js';
import { WORDS as VERIFY } from '/verify/words.js';
import { equal, test } from './harness.js';

test('both languages have the same words with the same gaps', () => {
  const gaps = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const { en, zh } of [WORDS, VERIFY, STUDIO, OVERLAY]) {
    equal(Object.keys(zh), Object.keys(en));
    for (const [key, text] of Object.entries(en)) {
      equal([key, gaps(zh[key])], [key, gaps(text)]);
    }
  }
});
