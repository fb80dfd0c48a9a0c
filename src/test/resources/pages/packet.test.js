import { check } from '/activity/packet/verify.js';
import { BROWSERS, OWN } from '/verify/hashes.js';
import { equal, test } from './harness.js';

const text = (string) => new TextEncoder().encode(string);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Seed, amounts and winners were computed by another program, which shares no code with the page. */
const GRAB = {
  packet: 'p-1',
  commitment: '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd',
  seed: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  split: 'lucky',
  amounts: [16, 21, 8, 14, 1, 24, 16],
};
const ENTRIES = [
  '1679091c5a880faf6fb5e6087eb1b2dc',
  '8f14e45fceea167a5a36dedd4bea2543',
  'a87ff679a2f3e71d9181a67b7542122c',
  'c4ca4238a0b923820dcc509a6f75849b',
  'c81e728d9d4c2f636f067f89cc14862c',
  'c9f0f895fb98ab9159f51fd0297e236d',
  'cfcd208495d565ef66e7dff9f98764da',
  'e4da3b7fbbce2345d7772b0674a318d5',
  'eccbc87e4b5ce2fe28308fd9f2a7baf3',
];
const DRAWN = [4, 5, 8, 7, 6, 2, 3]; // by their places among the entries
const manifestOf = (entries) => `p-1\n${entries.map((who) => `${who}\t1\n`).join('')}`;
const DRAW = {
  ...GRAB,
  manifest: manifestOf(ENTRIES),
  entriesHash: '803cf25721bc1385b9b2b1b11326bcf2397a405758e8aaac73fbf7858a0cc528',
  winners: DRAWN.map((at, i) => ({ who: ENTRIES[at], amount: GRAB.amounts[i] })),
};

/** With a manifest of another kind, and a hash that fits it. */
async function withManifest(manifest, winners) {
  return { ...DRAW, manifest, entriesHash: hex(await OWN.sha256(text(manifest))), winners };
}

test('an honest packet is split again, with either hashes', async () => {
  for (const hash of [OWN, BROWSERS]) {
    const { fault, amounts, drawn } = await check(GRAB, hash);
    equal([fault, amounts, drawn], [null, GRAB.amounts, []]);
  }
});

test('equal shares differ by one at most, and stand where the seed puts them', async () => {
  equal((await check({ ...GRAB, split: 'equal', amounts: [14, 14, 15, 14, 14, 15, 14] })).fault, null);
  equal((await check({ ...GRAB, split: 'equal', amounts: [14, 14, 14, 14, 14, 15, 15] })).fault?.step, 'amounts');
});

test('a packet of one, and as many points as packets', async () => {
  equal((await check({ ...GRAB, amounts: [9] })).fault, null);
  equal((await check({ ...GRAB, amounts: [1, 1, 1, 1, 1] })).fault, null);
});

test('an honest draw is drawn again', async () => {
  for (const hash of [OWN, BROWSERS]) {
    const { fault, entries, drawn } = await check(DRAW, hash);
    equal([fault, entries.length, drawn], [null, 9, DRAW.winners.map(({ who }) => who)]);
  }
});

test('fewer entries than packets: everybody gets one, and nobody when nobody came', async () => {
  const one = [{ who: 'ann', amount: GRAB.amounts[0] }];
  equal((await check(await withManifest('p-1\nann\t1\n', one))).fault, null);
  equal((await check(await withManifest('p-1\n', []))).fault, null);
});

test('what was tampered with a packet is named', async () => {
  const [first, second, ...rest] = DRAW.winners;
  const [one, two] = ENTRIES;
  const swapped = manifestOf([two, one, ...ENTRIES.slice(2)]);
  const cases = [
    ['form notAProof', null],
    ['form notAProof', { ...GRAB, packet: '<b>' }],
    ['form notAProof', { ...GRAB, split: 'fair' }],
    ['form notAProof', { ...GRAB, amounts: [] }],
    ['form notAProof', { ...GRAB, amounts: [0, 1] }],
    ['form notAProof', { ...GRAB, amounts: [10_000_000, 1] }],
    ['form notAProof', { ...DRAW, winners: undefined }],
    ['form notAProof', { ...DRAW, winners: [{ who: 'ann' }] }],
    ['form notASeed', { ...GRAB, seed: GRAB.seed.toUpperCase() }],
    ['commitment commitmentDiffers', { ...GRAB, commitment: '0'.repeat(64) }],
    ['amounts amountDiffers', { ...GRAB, packet: 'p-2' }],
    ['amounts amountDiffers', { ...GRAB, amounts: [...GRAB.amounts].reverse() }],
    ['entriesHash notOfThisPacket', { ...DRAW, manifest: DRAW.manifest.replace('p-1', 'p-2') }],
    ['entriesHash notAnEntry', { ...DRAW, manifest: DRAW.manifest.replace('\t1', '\t2') }],
    ['entriesHash outOfOrder', { ...DRAW, manifest: swapped }],
    ['entriesHash entriesHashDiffers', { ...DRAW, manifest: manifestOf(ENTRIES.slice(1)) }],
    ['winners winnerDiffers', { ...DRAW, winners: [second, first, ...rest] }],
    ['winners winnerDiffers', { ...DRAW, winners: [{ ...first, amount: first.amount + 1 }, second, ...rest] }],
    ['winners winnersDiffer', { ...DRAW, winners: [first, second] }],
  ];
  for (const [expected, proof] of cases) {
    const { fault } = await check(proof);
    equal(`${fault?.step} ${fault?.why}`, expected);
  }
});
