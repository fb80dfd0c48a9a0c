import { check } from '/activity/ballot/verify.js';
import { mostOf, sharesOf } from '/activity/bars.js';
import { BROWSERS, OWN } from '/verify/hashes.js';
import { equal, test } from './harness.js';

const receipt = (n) => String(n).padStart(32, '0');

/** The hash was made by another program: printf '…0001\t0\n…0002\t2,0\n…0003\t2\n' | sha256sum */
const PROOF = {
  ballot: 'b1',
  receipts: [[receipt(1), [0]], [receipt(2), [2, 0]], [receipt(3), [2]]],
  receiptsHash: '6a0ecd52ce85fa8e44ee96975df477c4e4ccaacf2f20181e9325bcec57705f8a',
};
const NONE = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('an honest poll is counted again, with either hashes', async () => {
  for (const hash of [OWN, BROWSERS]) {
    const { fault, counts, votes } = await check(PROOF, hash);
    equal([fault, counts, votes.length], [null, [2, 0, 2], 3]);
  }
  const { fault, counts } = await check({ ballot: 'b1', receipts: [], receiptsHash: NONE });
  equal([fault, counts], [null, []]);
});

/** Of another program, too; the third column is the weight. */
const WEIGHTED = {
  ballot: 'b2',
  options: ['A', 'B', 'C', 'D'],
  receipts: [[receipt(1), [0], 5], [receipt(2), [2, 0], 1]],
  receiptsHash: '7591afd16f93e7319d365ffca4025d2ac0caa8208a753f217fe4a038ebbc127d',
  counts: [6, 0, 1, 0],
  voters: 2,
};

test('weights count, and options that nobody voted for are named where they are told', async () => {
  const { fault, counts, names } = await check(WEIGHTED);
  equal([fault, counts, names], [null, [6, 0, 1, 0], ['A', 'B', 'C', 'D']]);
  const whyNot = async (changes) => (await check({ ...WEIGHTED, ...changes })).fault?.why;
  equal(await whyNot({ counts: [5, 0, 1, 0] }), 'countsDiffer');
  equal(await whyNot({ counts: [6] }), 'countsDiffer');
  equal(await whyNot({ voters: 3 }), 'countsDiffer');
  equal(await whyNot({ options: ['A', 'B'] }), 'notAReceipt');
  equal(await whyNot({ receipts: [[receipt(1), [0], 0]] }), 'notAReceipt');
  equal(await whyNot({ receipts: [[receipt(1), [0], 6], [receipt(2), [2, 0], 1]] }), 'receiptsHashDiffers');
});

test('what is no count is named', async () => {
  const [first, second, third] = PROOF.receipts;
  const of = async (changes) => {
    const { fault } = await check(changes === null ? null : { ...PROOF, ...changes });
    return fault && `${fault.step} ${fault.why} ${fault.values.line ?? ''}`.trim();
  };
  const cases = [
    ['form notAProof', null],
    ['form notAProof', { ballot: '<b>' }],
    ['form notAProof', { receipts: {} }],
    ['form notAProof', { receiptsHash: undefined }],
    ['receipts notAReceipt 1', { receipts: [null] }],
    ['receipts notAReceipt 2', { receipts: [first, ['Ann', [1]]] }],
    ['receipts notAReceipt 1', { receipts: [[receipt(1), []]] }],
    ['receipts notAReceipt 1', { receipts: [[receipt(1), [0, 0]]] }],
    ['receipts notAReceipt 1', { receipts: [[receipt(1), [10]]] }],
    ['receipts notAReceipt 1', { receipts: [[receipt(1), ['0']]] }],
    ['receipts outOfOrder 2', { receipts: [second, first, third] }],
    ['receipts outOfOrder 2', { receipts: [first, first] }],
    ['receiptsHash receiptsHashDiffers', { receipts: [first, second] }],
    ['receiptsHash receiptsHashDiffers', { receipts: [first, second, [third[0], [1]]] }],
  ];
  for (const [expected, changes] of cases) {
    equal([JSON.stringify(changes), await of(changes)], [JSON.stringify(changes), expected]);
  }
});

test('counts are shares of their sum, or of something larger; the most may be several', () => {
  equal([sharesOf([1, 3]), sharesOf([0, 0]), sharesOf([4, 2], 4)], [[0.25, 0.75], [0, 0], [1, 0.5]]);
  equal([mostOf([1, 3, 3]), mostOf([0, 0]), mostOf([])], [[1, 2], [], []]);
});
