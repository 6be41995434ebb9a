// What the page says aloud through a screen reader. Two live regions stand in
// index.html from the start: a polite one, which is rate limited (in a burst
// of bids only the last message is spoken), and an urgent one for what
// concerns the listener's own money.

const POLITE_GAP_MS = 4_000;
const CLEAR_MS = 60; // the same text twice is swallowed unless the region was empty in between

/**
 * @typedef {object} Mouth
 * @property {(text: string) => void} polite
 * @property {(text: string) => void} urgent
 */

/**
 * Makes a mouth that writes through the given functions.
 * @param {(region: 'status' | 'alert', text: string) => void} write
 * @param {(fn: () => void, ms: number) => any} setTimer
 * @param {() => number} monotonicMs
 * @returns {Mouth}
 */
export function makeMouth(write, setTimer, monotonicMs) {
  let spokenAtMs = -Infinity;
  /** @type {string | null} */
  let waiting = null;
  const put = (/** @type {'status' | 'alert'} */ region, /** @type {string} */ text) => {
    write(region, '');
    setTimer(() => write(region, text), CLEAR_MS);
  };
  const speak = () => {
    if (waiting === null) return;
    spokenAtMs = monotonicMs();
    put('status', waiting);
    waiting = null;
  };
  return {
    polite(text) {
      const queued = waiting !== null;
      waiting = text;
      const wait = spokenAtMs + POLITE_GAP_MS - monotonicMs();
      if (wait <= 0) speak();
      else if (!queued) setTimer(speak, wait);
    },
    urgent(text) {
      put('alert', text);
    },
  };
}

const mouth = makeMouth(
  (region, text) => {
    const node = document.getElementById('say-' + region);
    if (node) node.textContent = text;
  },
  (fn, ms) => setTimeout(fn, ms),
  () => performance.now(),
);

export const say = mouth.polite;
export const sayNow = mouth.urgent;
