// The server's clock in the page, and the command ids that are made from it.
// Nothing here reads the device's wall clock: it may be minutes wrong. Time
// runs on a monotonic clock (performance.now) plus a measured offset.

const KEPT_SAMPLES = 8;
// Above this difference the clock jumps back after all: the page was asleep or
// the server's own clock was set. Below it, it stands still until time catches up.
const LARGEST_STANDSTILL_MS = 2000;
// What an exchange proves wears off: the quartz of a cheap phone drifts by up to
// 100 millionths, and the server's clock, catching up after a step, by 500.
const DRIFT = 600e-6;
const ROUNDING_MS = 1; // the server writes whole milliseconds, rounded down

/**
 * @typedef {object} Sample
 * @property {number} offsetMs add to the monotonic clock to get the server's
 * @property {number} rttMs    round trip; the way back took none of it or all of it
 * @property {number} atMs     monotonic time of arrival
 */

/** A clock that follows the server's and never shows an earlier time than before. */
export class Clock {
  /** @param {() => number} monotonicMs a clock that never jumps, in milliseconds */
  constructor(monotonicMs = () => performance.now()) {
    this.monotonicMs = monotonicMs;
    /** @type {Sample[]} */
    this.samples = [];
    /** @type {Sample | null} */
    this.best = null;
    this.offsetMs = NaN;
    this.shownMs = -Infinity;
  }

  /** Whether anything is known of the server's time yet. */
  get known() {
    return !Number.isNaN(this.offsetMs);
  }

  /** The largest possible error in milliseconds; Infinity before the first exchange. */
  get errorMs() {
    return this.best ? errorAt(this.best, this.monotonicMs()) : Infinity;
  }

  get rttMs() {
    return this.best ? this.best.rttMs : Infinity;
  }

  /**
   * Takes a time the server wrote on a frame. It arrived some unknown time
   * later, so it only serves until the first answered ping; after that it can
   * still prove that this clock is slow, because the device slept.
   * @param {number} serverMs
   */
  hint(serverMs) {
    const offsetMs = serverMs - this.monotonicMs();
    if (this.best !== null && offsetMs > this.offsetMs + this.errorMs) this.restart();
    if (this.best === null) this.offsetMs = offsetMs;
  }

  /**
   * Takes the answer to a ping.
   * @param {number} sentMs  monotonic time at which the ping was sent
   * @param {number} t1      server time at which it was received
   * @param {number} t2      server time at which the answer was sent
   * @param {number} [nowMs] monotonic time of arrival
   */
  sample(sentMs, t1, t2, nowMs = this.monotonicMs()) {
    const rttMs = nowMs - sentMs - (t2 - t1);
    if (!Number.isFinite(rttMs) || rttMs < 0) return;
    const late = { offsetMs: (t1 - sentMs + (t2 - nowMs)) / 2, rttMs, atMs: nowMs };
    // Two exchanges that cannot both be true: the device slept in between, or
    // the server's clock was set. The later one holds.
    this.samples = this.samples.filter(
      (s) => Math.abs(s.offsetMs - late.offsetMs) <= errorAt(s, nowMs) + errorAt(late, nowMs),
    );
    this.samples.push(late);
    if (this.samples.length > KEPT_SAMPLES) this.samples.shift();
    this.best = this.samples.reduce((a, b) => (errorAt(b, nowMs) < errorAt(a, nowMs) ? b : a));
    this.offsetMs = this.best.offsetMs;
  }

  /** Forgets the samples (not the offset): after sleep or a new connection they prove nothing. */
  restart() {
    this.samples = [];
    this.best = null;
  }

  /** The server's time in Unix milliseconds, never earlier than an answer given before. */
  now() {
    const nowMs = this.monotonicMs() + this.offsetMs;
    if (nowMs < this.shownMs && this.shownMs - nowMs < LARGEST_STANDSTILL_MS) return this.shownMs;
    if (!Number.isNaN(nowMs)) this.shownMs = nowMs;
    return nowMs;
  }
}

/**
 * By how much a sample's offset may be wrong: half the round trip, since nobody
 * knows how it is shared between the two ways, and what wore off since.
 * @param {Sample} s @param {number} nowMs
 */
const errorAt = (s, nowMs) => s.rttMs / 2 + ROUNDING_MS + Math.max(0, nowMs - s.atMs) * DRIFT;

let lastIdMs = 0;

/**
 * A UUID of version 7 made before a command is first sent and kept for every
 * question about it. Later ids of this page sort after earlier ones.
 * @param {number} nowMs server time, so that two devices of one person agree
 */
export function commandId(nowMs) {
  lastIdMs = Math.max(Math.floor(nowMs), lastIdMs + 1);
  const b = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs HTTPS, this does not
  for (let i = 0, rest = lastIdMs; i < 6; i++, rest = Math.floor(rest / 256)) b[5 - i] = rest % 256;
  b[6] = 0x70 | (Number(b[6]) & 0x0f); // version 7
  b[8] = 0x80 | (Number(b[8]) & 0x3f); // variant
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
