/**
 * Draws a lottery again from its proof, in code of its own: it shares nothing with the server that
 * is to be checked.
 */
import { bytesOf, hashes, hexOf } from '/verify/hashes.js';
import { randomWords, wordBelow } from '/verify/random.js';

const VIEWER_ID = /^[A-Za-z0-9_.:-]{1,64}$/;
const MAX_WEIGHT = 1_000;
const MAX_PRIZES = 100;

/** The order in which things are checked; each needs those before it. */
export const STEPS = ['form', 'commitment', 'manifest', 'weights', 'entriesHash', 'winners'];

/** Membership tiers, lowest first. */
export const TIERS = ['regular', 'silver', 'gold', 'diamond'];

/**
 * @typedef {object} Checked
 * @property {{step: string, why: string, values: object}|null} fault the first thing that does not
 *     hold
 * @property {{viewer: string, weight: number}[]} tickets in the manifest's order
 * @property {number} weight of all tickets
 * @property {{prize: string, viewer: string, word: bigint, left: number, t: number}[]} draws the
 *     word drawn, the weight that was left, and where in it the word points
 */

/**
 * @param {unknown} proof
 * @param {import('/verify/hashes.js').Hashes} hash
 * @returns {Promise<Checked>}
 */
export async function check(proof, hash = hashes()) {
  const checked = { fault: null, tickets: [], weight: 0, draws: [] };
  try {
    checkForm(proof);
    const seed = bytesOf(proof.seed);
    if (hexOf(await hash.sha256(seed)) !== proof.commitment) {
      throw new Fault('commitment', 'commitmentDiffers');
    }
    checked.tickets = ticketsOf(proof);
    checkWeights(proof, checked.tickets);
    checked.weight = checked.tickets.reduce((sum, { weight }) => sum + weight, 0);
    const manifestHash = await hash.sha256(new TextEncoder().encode(proof.manifest));
    if (hexOf(manifestHash) !== proof.entriesHash) {
      throw new Fault('entriesHash', 'entriesHashDiffers');
    }
    const words = randomWords(hash, seed, manifestHash);
    checked.draws = await draw(checked, proof.prizes, words);
    compare(checked.draws, proof.winners);
  } catch (fault) {
    if (!(fault instanceof Fault)) {
      throw fault;
    }
    checked.fault = { step: fault.step, why: fault.why, values: fault.values };
  }
  return checked;
}

class Fault extends Error {
  constructor(step, why, values = {}) {
    super(why);
    Object.assign(this, { step, why, values });
  }
}

function checkForm(proof) {
  const isText = (value) => typeof value === 'string';
  const isWhole =
    proof !== null &&
    typeof proof === 'object' &&
    [proof.lottery, proof.commitment, proof.seed, proof.manifest, proof.entriesHash].every(isText) &&
    Array.isArray(proof.prizes) &&
    proof.prizes.every((prize) => isText(prize?.name) && Number.isSafeInteger(prize.count)) &&
    Array.isArray(proof.winners) &&
    proof.winners.every((winner) => isText(winner?.viewer) && isText(winner.prize));
  if (!isWhole || !VIEWER_ID.test(proof.lottery)) {
    throw new Fault('form', 'notAProof');
  }
  if (!areWeights(proof.weights)) {
    throw new Fault('form', 'notWeights', { most: MAX_WEIGHT });
  }
  if (!/^[0-9a-f]{64}$/.test(proof.seed)) {
    throw new Fault('form', 'notASeed');
  }
  const prizes = proof.prizes.reduce((sum, { count }) => sum + count, 0);
  if (proof.prizes.some(({ count }) => count < 1) || prizes < 1 || prizes > MAX_PRIZES) {
    throw new Fault('form', 'notPrizes', { most: MAX_PRIZES });
  }
}

function areWeights(weights) {
  return (
    weights === undefined ||
    (weights !== null &&
      typeof weights === 'object' &&
      Object.entries(weights).every(
        ([tier, weight]) =>
          TIERS.includes(tier) && Number.isSafeInteger(weight) && weight >= 1 && weight <= MAX_WEIGHT,
      ))
  );
}

/**
 * Proofs from before they told the weights have none.
 *
 * @returns {number[]|null} for each tier, as the proof says they were announced
 */
export function weightsOf({ weights }) {
  return weights === undefined ? null : TIERS.map((tier) => weights[tier] ?? 1);
}

function checkWeights(proof, tickets) {
  const announced = weightsOf(proof);
  const other = tickets.find(({ weight }) => announced !== null && !announced.includes(weight));
  if (other !== undefined) {
    throw new Fault('weights', 'weightDiffers', other);
  }
}

function ticketsOf({ lottery, manifest }) {
  const lines = manifest.split('\n');
  if (lines[0] !== lottery || lines.length < 2 || lines.at(-1) !== '') {
    throw new Fault('manifest', 'notOfThisLottery');
  }
  const tickets = [];
  for (let i = 1; i < lines.length - 1; i++) {
    const [viewer, weight, ...more] = lines[i].split('\t');
    const isEntry =
      VIEWER_ID.test(viewer) && /^[1-9]\d{0,3}$/.test(weight) && Number(weight) <= MAX_WEIGHT;
    if (!isEntry || more.length > 0) {
      throw new Fault('manifest', 'notAnEntry', { line: i + 1 });
    }
    // Ids are ASCII, so the order of strings is that of bytes.
    if (i > 1 && viewer <= tickets.at(-1).viewer) {
      throw new Fault('manifest', 'outOfOrder', { line: i + 1 });
    }
    tickets.push({ viewer, weight: Number(weight) });
  }
  return tickets;
}

async function draw({ tickets, weight }, prizes, words) {
  const draws = [];
  const weights = tickets.map((ticket) => ticket.weight); // 0 once it has won
  let left = weight;
  for (const { name, count } of prizes) {
    for (let i = 0; i < count && draws.length < tickets.length; i++) {
      const { word, t } = await wordBelow(left, words);
      const won = indexAt(weights, t);
      draws.push({ prize: name, viewer: tickets[won].viewer, word, left, t });
      left -= weights[won];
      weights[won] = 0;
    }
  }
  return draws;
}

/** The first at which the running sum of weights exceeds `t`. */
function indexAt(weights, t) {
  let sum = 0;
  return weights.findIndex((weight) => (sum += weight) > t);
}

function compare(draws, winners) {
  for (let i = 0; i < Math.min(draws.length, winners.length); i++) {
    if (draws[i].viewer !== winners[i].viewer || draws[i].prize !== winners[i].prize) {
      throw new Fault('winners', 'winnerDiffers', {
        nth: i + 1,
        drawn: `${draws[i].viewer} (${draws[i].prize})`,
        claimed: `${winners[i].viewer} (${winners[i].prize})`,
      });
    }
  }
  if (draws.length !== winners.length) {
    throw new Fault('winners', 'winnersDiffer', { drawn: draws.length, claimed: winners.length });
  }
}
