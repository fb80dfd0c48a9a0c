/** The HTTP calls of the console. A repeat carries the key of the first try, so it has one effect. */

const AGAIN = new Set(['busy', 'unavailable']);
const TRIES = 4;
const PAUSE_MS = 400;

/** Why a call was not granted. `unsure`: it may have been, and the same `key` settles it. */
export class ApiError extends Error {
  constructor({ code, message }, { status = 0, key, unsure = false } = {}) {
    super(message ?? code);
    this.code = code;
    this.status = status;
    this.id = key;
    this.unsure = unsure;
  }
}

export class Api {
  token = null;
  #room;

  constructor(room) {
    this.#room = `/api/rooms/${encodeURIComponent(room)}`;
  }

  get(path) {
    return this.#call('GET', path);
  }

  patch(body) {
    return this.#call('PATCH', '', { body });
  }

  delete(path) {
    return this.#call('DELETE', path);
  }

  /** @param {{id?: string}} [asked] the key of an earlier try whose outcome is unknown */
  post(path, body, { id: key = newKey() } = {}) {
    return this.#call('POST', path, { body, key });
  }

  /** A file, as a blob. */
  async file(path) {
    return (await this.#fetch('GET', path, {})).blob();
  }

  async #call(method, path, { body, key } = {}) {
    let unsure = false;
    for (let tries = 1; ; tries++) {
      try {
        const answer = await this.#fetch(method, path, { body, key });
        return answer.status === 204 ? undefined : await answer.json();
      } catch (error) {
        const again = error.status === 0 || AGAIN.has(error.code);
        unsure ||= again && key !== undefined;
        if (!again || tries === TRIES || method === 'GET') {
          error.unsure = unsure && again;
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
      }
    }
  }

  async #fetch(method, path, { body, key }) {
    const headers = {};
    if (this.token !== null) {
      headers.Authorization = `Bearer ${this.token}`;
    }
    if (key !== undefined) {
      headers['Idempotency-Key'] = key;
    }
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    const asked = { method, headers, body: body && JSON.stringify(body), cache: 'no-store' };
    const answer = await fetch(this.#room + path, asked).catch(() => {
      throw new ApiError({ code: 'offline' }, { key });
    });
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({ code: 'unavailable' }));
      throw new ApiError(problem, { status: answer.status, key });
    }
    return answer;
  }
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
