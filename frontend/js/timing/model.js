// How right the countdown on this page is: numbers in, sentences' keys out.
// Pure, so that every case is tested without a browser.

/**
 * @typedef {object} Reading
 * @property {number} errorMs  of the server's time as the page knows it; Infinity: unknown
 * @property {number} rttMs    there and back
 * @property {number} fastMs   by which the device's own clock is fast; NaN: unknown
 */

/** As GET /api/v1/clock answers. @typedef {import('./types').ServerClock} ServerClock */

export const SHAKY_MS = 500; // beyond it the last second of a countdown means nothing
const SAME_MS = 1_000; // nobody sees their own clock to less than a second

/**
 * wait: no exchange yet; shaky: too wrong to bid in the last seconds.
 * @param {Reading} r
 * @returns {'wait' | 'shaky' | 'ok'}
 */
export function grade({ errorMs }) {
  if (!Number.isFinite(errorMs)) return 'wait';
  return errorMs > SHAKY_MS ? 'shaky' : 'ok';
}

/** What the device's own clock does. @param {Reading} r @returns {'unknown' | 'same' | 'fast' | 'slow'} */
export function own({ fastMs, errorMs }) {
  if (!Number.isFinite(fastMs) || !Number.isFinite(errorMs)) return 'unknown';
  if (Math.abs(fastMs) <= Math.max(SAME_MS, errorMs)) return 'same';
  return fastMs > 0 ? 'fast' : 'slow';
}

/**
 * How long ago or how far apart, in the unit a person would use.
 * @param {number} ms
 * @returns {[string, number]} a key and its number
 */
export function span(ms) {
  const abs = Math.abs(ms);
  if (abs < 99_950) return ['timing.s', Math.round(abs / 100) / 10];
  if (abs < 5_970_000) return ['timing.min', Math.round(abs / 60_000)];
  if (abs < 172_800_000) return ['timing.h', Math.round(abs / 3_600_000)];
  return ['timing.d', Math.round(abs / 86_400_000)];
}

/**
 * What is said of the server's own clock.
 * @param {ServerClock} s
 * @returns {{key: string, values?: Record<string, number>}}
 */
export function server(s) {
  if (!s.synchronised) return { key: 'timing.server.unknown' };
  const values = { off: Math.abs(s.offsetMs ?? 0), ms: s.errorMs ?? 0 };
  return { key: s.good ? 'timing.server.good' : 'timing.server.off', values };
}
