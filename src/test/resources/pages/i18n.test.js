import { KINDS } from '/activity/kinds.js';
import { WORDS } from '/app/i18n.js';
import { speak, spoken } from '/app/language.js';
import { WORDS as TALK } from '/app/talk-words.js';
import { WORDS as OVERLAY } from '/overlay/words.js';
import { WORDS as STUDIO } from '/studio/words.js';
import { WORDS as VERIFY } from '/verify/words.js';
import { equal, ok, test } from './harness.js';

const kinds = await Promise.all(KINDS.map(async ({ kind }) => (await import(`/activity/${kind}/words.js`)).WORDS));

test('both languages have the same words with the same gaps', () => {
  const gaps = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const { en, zh } of [WORDS, TALK, VERIFY, STUDIO, OVERLAY, ...kinds.flatMap(Object.values)]) {
    equal(Object.keys(zh), Object.keys(en));
    for (const [key, text] of Object.entries(en)) {
      equal([key, gaps(zh[key])], [key, gaps(text)]);
    }
  }
});

test('a kind has a name in both languages', () => {
  for (const { name } of KINDS) {
    ok(name.en !== '' && name.zh !== '' && spoken(name) === name.en, name);
  }
});

test('a kind’s words say what they can, the page’s the rest', () => {
  const both = (en) => ({ en, zh: en });
  const page = speak(both({ send: 'Send', busy: 'Busy {count}' }));
  const { t, has } = speak(both({ send: 'Buy' }), page);
  equal([t('send'), t('busy', { count: 1234 })], ['Buy', 'Busy 1,234']);
  equal(['send', 'busy', 'none'].map(has), [true, true, false]);
});
