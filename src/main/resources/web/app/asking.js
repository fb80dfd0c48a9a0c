/**
 * One thing that a card's button asks for, once at a time. What may have been granted although no
 * answer came is asked for again under the same id.
 */
export class Asking {
  isAsking = false;
  refusal = null; // {code, opensAt?}
  #unsure = null; // {what, id}

  constructor(onChange) {
    this.onChange = onChange;
  }

  /**
   * @param {string} what tells this request from another one
   * @param {(asked: {id?: string}) => Promise<void>} ask
   */
  async ask(what, ask) {
    if (this.isAsking) {
      return;
    }
    const id = this.#unsure?.what === what ? this.#unsure.id : undefined;
    this.isAsking = true;
    this.refusal = null;
    this.onChange();
    try {
      await ask({ id });
      this.#unsure = null;
    } catch (error) {
      if (error.code === undefined) {
        throw error;
      }
      this.#unsure = error.unsure ? { what, id: error.id } : null;
      this.refusal = { what, code: error.code, opensAt: error.opensAt };
    } finally {
      this.isAsking = false;
      this.onChange();
    }
  }
}
