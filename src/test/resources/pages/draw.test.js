import { check } from '/activity/lottery/draw.js';
import { BROWSERS, OWN } from '/verify/hashes.js';
import { equal, ok, test } from './harness.js';

const text = (string) => new TextEncoder().encode(string);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytes = (length) => Uint8Array.from({ length }, (_, i) => (i * 31) % 256);

/** The small draw of DrawTest.java, which another program computed. */
const PROOF = {
  lottery: 'lot-1',
  commitment: '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd',
  seed: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  manifest: 'lot-1\nAdam\t3\na.b\t7\namy\t2\nbob\t1000\nzoe\t1\n',
  entriesHash: '991b8d1931d947d3beb1b1e2fc922cc9a293074d0ff8a8317cce9024a219aec6',
  prizes: [{ name: 'phone', count: 1 }, { name: 'cup', count: 3 }],
  winners: [
    { viewer: 'bob', name: 'Bob', prize: 'phone' },
    { viewer: 'a.b', name: 'A', prize: 'cup' },
    { viewer: 'Adam', name: 'Adam', prize: 'cup' },
    { viewer: 'amy', name: 'Amy', prize: 'cup' },
  ],
};

/** With a manifest of another kind, and a hash that fits it. */
async function withManifest(manifest) {
  return { ...PROOF, manifest, entriesHash: hex(await OWN.sha256(text(manifest))) };
}

test('own hashes are the known ones', async () => {
  equal(hex(await OWN.sha256(text(''))), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  equal(hex(await OWN.sha256(text('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('own hashes are the browser’s, at every length around a block', async () => {
  for (let length = 0; length < 200; length++) {
    const [message, key] = [bytes(length), bytes(200 - length)];
    equal(hex(await OWN.sha256(message)), hex(await BROWSERS.sha256(message)));
    if (key.length > 0) {
      equal(hex(await OWN.hmac(key, message)), hex(await BROWSERS.hmac(key, message)));
    }
  }
  equal(hex(await OWN.sha256(bytes(1e6))), hex(await BROWSERS.sha256(bytes(1e6))));
});

test('an honest draw is drawn again, with either hashes', async () => {
  for (const hash of [OWN, BROWSERS]) {
    const { fault, tickets, weight, draws } = await check(PROOF, hash);
    equal([fault, tickets.length, weight], [null, 5, 1013]);
    equal(draws.map(({ viewer, prize }) => `${viewer} ${prize}`), ['bob phone', 'a.b cup', 'Adam cup', 'amy cup']);
    ok(draws.every(({ word, left, t }) => word % BigInt(left) === BigInt(t)), 'not the words');
  }
});

test('nobody entered: nobody wins', async () => {
  equal((await check({ ...(await withManifest('lot-1\n')), winners: [] })).fault, null);
});

test('fewer entries than prizes: everybody wins one', async () => {
  const winners = [{ viewer: 'bob', prize: 'phone' }];
  equal((await check({ ...(await withManifest('lot-1\nbob\t1\n')), winners })).fault, null);
});

test('what was tampered with is named', async () => {
  const other = '0'.repeat(64);
  const [bob, ab, ...rest] = PROOF.winners;
  const cases = [
    ['form notAProof', null],
    ['form notAProof', 'a proof'],
    ['form notAProof', { ...PROOF, lottery: 'a b' }],
    ['form notAProof', { ...PROOF, winners: undefined }],
    ['form notAProof', { ...PROOF, winners: [null] }],
    ['form notAProof', { ...PROOF, seed: [PROOF.seed] }],
    ['form notAProof', { ...PROOF, prizes: [{ name: 'cup', count: 1.5 }] }],
    ['form notASeed', { ...PROOF, seed: PROOF.seed.toUpperCase() }],
    ['form notPrizes', { ...PROOF, prizes: [] }],
    ['form notPrizes', { ...PROOF, prizes: [{ name: 'cup', count: 101 }] }],
    ['form notPrizes', { ...PROOF, prizes: [{ name: 'cup', count: 5 }, { name: 'pen', count: -1 }] }],
    ['commitment commitmentDiffers', { ...PROOF, seed: other }],
    ['commitment commitmentDiffers', { ...PROOF, commitment: other }],
    ['manifest notOfThisLottery', { ...PROOF, lottery: 'lot-2' }],
    ['manifest notOfThisLottery', { ...PROOF, manifest: PROOF.manifest.trim() }],
    ['manifest notAnEntry', { ...PROOF, manifest: 'lot-1\nAdam\t1001\n' }],
    ['manifest notAnEntry', { ...PROOF, manifest: 'lot-1\nAdam\t0\n' }],
    ['manifest notAnEntry', { ...PROOF, manifest: 'lot-1\nAdam\t1\t1\n' }],
    ['manifest notAnEntry', { ...PROOF, manifest: 'lot-1\n\n' }],
    ['manifest outOfOrder', { ...PROOF, manifest: 'lot-1\nb\t1\na\t1\n' }],
    ['manifest outOfOrder', { ...PROOF, manifest: 'lot-1\na\t1\na\t2\n' }],
    ['entriesHash entriesHashDiffers', { ...PROOF, entriesHash: other }],
    ['entriesHash entriesHashDiffers', { ...PROOF, manifest: PROOF.manifest.replace('zoe', 'zoo') }],
    ['winners winnerDiffers', await withManifest(PROOF.manifest.replace('zoe\t1', 'zoe\t900'))],
    ['winners winnerDiffers', { ...PROOF, winners: [ab, bob, ...rest] }],
    ['winners winnerDiffers', { ...PROOF, prizes: [{ name: 'pen', count: 4 }] }],
    ['winners winnersDiffer', { ...PROOF, winners: [bob, ab] }],
    ['winners winnersDiffer', { ...PROOF, winners: [...PROOF.winners, bob] }],
    ['winners winnersDiffer', { ...PROOF, prizes: [PROOF.prizes[0], { name: 'cup', count: 4 }] }],
  ];
  for (const [expected, proof] of cases) {
    const { fault } = await check(proof);
    equal(`${fault?.step} ${fault?.why}`, expected);
  }
});

test('a hundred thousand entries are checked within seconds, without the browser’s hashes too', async () => {
  const lines = Array.from({ length: 100_000 }, (_, i) => `v${String(i).padStart(6, '0')}\t${(i % 9) + 1}\n`);
  const prizes = [{ name: 'cup', count: 100 }];
  const proof = { ...(await withManifest(`lot-1\n${lines.join('')}`)), prizes, winners: [] };
  const from = performance.now();
  const { draws, fault } = await check(proof, OWN);
  equal([draws.length, fault.why, new Set(draws.map(({ viewer }) => viewer)).size], [100, 'winnersDiffer', 100]);
  ok(performance.now() - from < 5_000, `took ${performance.now() - from} ms`);
});
