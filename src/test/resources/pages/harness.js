/** As much of a test framework as these tests need. */

const tests = [];

export function test(name, body) {
  tests.push({ name, body });
}

/** @returns {Promise<{name: string, problem: string|null}[]>} */
export async function run() {
  const results = [];
  for (const { name, body } of tests) {
    let problem = null;
    try {
      await body();
    } catch (error) {
      problem = error.stack ?? String(error);
    }
    results.push({ name, problem });
  }
  return results;
}

export function equal(actual, expected) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) {
    throw new Error(`expected ${e}, got ${a}`);
  }
}

export function ok(condition, what) {
  if (!condition) {
    throw new Error(what);
  }
}

/** Lets every promise that can go on do so. */
export async function settle() {
  for (let i = 0; i < 10; i++) {
    await null;
  }
}
