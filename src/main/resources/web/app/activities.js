/**
 * What a page knows of activities: of each kind that was ever there, a part of the state, made of
 * what is said by the kind's own module. That is loaded when the first of its things is there; what
 * is said of the kind meanwhile waits, in its order.
 */
import { KINDS, kindsOf, next, tellsOfOne } from '/activity/kinds.js';

const AGAIN_MS = { first: 1_000, most: 30_000 };

export class Activities {
  /** By the kind's name. */
  parts = Object.freeze({});
  #load;
  #onChange;
  #kinds;
  #later;
  /** By the kind's name: its module, once it is there. */
  #modules = new Map();
  /** By the kind's name: what was said before its module was there. */
  #waiting = new Map();

  /**
   * @param {object} options
   * @param {(kind: import('/activity/kinds.js').Kind) => Promise<object>} options.load its module,
   *     with the face that the page shows
   * @param {() => void} options.onChange called when `parts` is another
   */
  constructor({ load, onChange, kinds = KINDS, later = setTimeout }) {
    this.#load = load;
    this.#onChange = onChange;
    this.#kinds = kinds;
    this.#later = (run, ms) => later(run, ms);
  }

  /** What the page loaded of a kind that is among the parts. */
  module(name) {
    return this.#modules.get(name);
  }

  /** @param {boolean} isSameViewer whether the viewer is who they were before the message */
  hear(message, isSameViewer) {
    const told = { message, isSameViewer };
    const wanted = [];
    for (const kind of kindsOf(message, this.#kinds)) {
      const waiting = this.#waiting.get(kind.kind);
      if (this.#modules.has(kind.kind)) {
        this.#apply(kind, [told]);
      } else if (waiting !== undefined) {
        waiting.push(told);
      } else if (tellsOfOne(message, kind)) {
        this.#waiting.set(kind.kind, [told]);
        wanted.push(kind);
      }
    }
    if (wanted.length > 0) {
      this.#await(wanted, AGAIN_MS.first);
    }
  }

  /** Those that a snapshot tells of appear together, so that none pushes another one aside. */
  async #await(kinds, againMs) {
    const loads = await Promise.allSettled(kinds.map(async (kind) => this.#load(kind)));
    const missing = kinds.filter((_, index) => loads[index].status === 'rejected');
    kinds.forEach((kind, index) => {
      if (loads[index].status === 'fulfilled') {
        const waiting = this.#waiting.get(kind.kind);
        this.#waiting.delete(kind.kind);
        this.#modules.set(kind.kind, loads[index].value);
        this.#apply(kind, waiting);
      }
    });
    if (missing.length > 0) {
      this.#later(() => this.#await(missing, Math.min(againMs * 2, AGAIN_MS.most)), againMs);
    }
  }

  #apply(kind, all) {
    const module = this.#modules.get(kind.kind);
    const before = this.parts[kind.kind];
    const part = all.reduce((known, told) => next(kind, module, known, told), before ?? module.EMPTY);
    if (part !== before) {
      this.parts = Object.freeze({ ...this.parts, [kind.kind]: part });
      this.#onChange();
    }
  }
}
