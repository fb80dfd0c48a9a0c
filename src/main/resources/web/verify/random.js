/** The random words of a seed, of which whatever is drawn or split is made. */
import { joined } from './hashes.js';

const WORDS = 2n ** 64n;

/**
 * Four uint64, big-endian, of HMAC-SHA256(seed, digest ‖ uint32be(c)), c = 0, 1, …
 *
 * @param {import('./hashes.js').Hashes} hash
 * @param {Uint8Array} seed
 * @param {Uint8Array} digest of what they are for
 */
export async function* randomWords(hash, seed, digest) {
  for (let c = 0; ; c++) {
    const counter = new Uint8Array(4);
    new DataView(counter.buffer).setUint32(0, c);
    const block = await hash.hmac(seed, joined(digest, counter));
    for (let at = 0; at < 32; at += 8) {
      yield new DataView(block.buffer).getBigUint64(at);
    }
  }
}

/**
 * The next word by which each number below `bound` is as likely; others are passed over, as they
 * would favour the first numbers.
 *
 * @returns {Promise<{word: bigint, t: number}>} the word, and what it is modulo `bound`
 */
export async function wordBelow(bound, words) {
  const modulus = BigInt(bound);
  const limit = WORDS - (WORDS % modulus);
  for (;;) {
    const { value: word } = await words.next();
    if (word < limit) {
      return { word, t: Number(word % modulus) };
    }
  }
}
