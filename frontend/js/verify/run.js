// Feeds a file to the verifier piece by piece. It knows no page and no worker:
// node runs the same lines in a test.

const PAUSE_AFTER_MS = 50;

/**
 * @typedef {object} Head an end of a session's record that somebody was shown
 * @property {number} seq
 * @property {string} hash
 */
/**
 * @typedef {object} Beside what is held against one file, as cmd/verifier/held.go reads it
 * @property {Head[]} [heads]
 * @property {string[]} [receipts]
 * @property {string[]} [keys]
 * @property {string[]} [witnesses]
 * @property {string[]} [checkpoints]
 */

/**
 * Waits until the WebAssembly runs and offers its function.
 * @param {any} Go the class of Go's own loader
 * @param {(imports: WebAssembly.Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>} instantiate
 */
export async function start(Go, instantiate) {
  const go = new Go();
  const { instance } = await instantiate(go.importObject);
  /** @type {Promise<void>} which is over if the verifier itself fails */
  const over = go.run(instance);
  return { over };
}

/**
 * Verifies a file. It is rejected with `stopped` if it was given up.
 * @param {Blob} file
 * @param {Beside} beside
 * @param {{progress: (bytes: number, records: number) => void, stopped: () => boolean}} o
 * @returns {Promise<import('./types').Answer>}
 */
export async function verify(file, beside, { progress, stopped }) {
  const reader = file.stream().getReader();
  let [bytes, records, since] = [0, 0, performance.now()];
  const read = async () => {
    if (performance.now() - since > PAUSE_AFTER_MS) {
      progress(bytes, records);
      await new Promise((resume) => setTimeout(resume)); // so that messages are heard
      since = performance.now();
    }
    if (stopped()) throw new Error('stopped');
    const { done, value } = await reader.read();
    if (done) return null;
    bytes += value.length;
    return value;
  };
  const count = (/** @type {number} */ n) => void (records = n);
  try {
    return JSON.parse(await /** @type {any} */ (globalThis).gobuaVerify(read, JSON.stringify(beside), count));
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
