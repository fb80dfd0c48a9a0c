/**
 * Figures over the stream's time in bounded memory: when there are too many samples every other one
 * goes, and from then on only every other one is kept. Pure but for `keep` and `restore`.
 */
const MOST = 720;

export class Series {
  /** @type {{at: number}[]} */
  samples = [];
  #everyMs;
  #most;

  constructor({ everyMs = 2_000, most = MOST } = {}) {
    this.#everyMs = everyMs;
    this.#most = most;
  }

  get everyMs() {
    return this.#everyMs;
  }

  /** Whether the sample was kept. */
  add(sample) {
    const last = this.samples.at(-1);
    if (last !== undefined && sample.at - last.at < this.#everyMs * 0.75) {
      return false;
    }
    this.samples.push(sample);
    if (this.samples.length > this.#most) {
      this.samples = this.samples.filter((_, index) => index % 2 === 0);
      this.#everyMs *= 2;
    }
    return true;
  }

  /** Survives a reload of this tab. */
  keep(storage, key) {
    try {
      storage.setItem(key, JSON.stringify({ everyMs: this.#everyMs, samples: this.samples }));
    } catch {
      // A full or forbidden storage: the charts begin anew after a reload.
    }
  }

  restore(storage, key, { now, withinMs }) {
    try {
      const { everyMs, samples } = JSON.parse(storage.getItem(key));
      if (now - samples.at(-1).at < withinMs) {
        this.#everyMs = everyMs;
        this.samples = samples;
      }
    } catch {
      // None, or not ours.
    }
  }
}
