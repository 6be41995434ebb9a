// What several tests need.

/** A room in the middle of a sale. @param {object} [now] @param {object} [rules] @returns {any} */
export const room = (now = {}, rules = {}) => ({
  session: 'k7qp2m4x9abc',
  lot: { auctionId: 'a', lotId: 'l', number: 7, kind: 'land', title: 'Lô' },
  rules: {
    method: 'ascending',
    currency: 'VND',
    start: 1_000,
    step: { kind: 'fixed', amount: 50 },
    closing: { kind: 'fixed' },
    opening: 'clock',
    opensAt: 1,
    biddingMs: 60_000,
    ...rules,
  },
  rulesHash: '',
  now: { ph: 'running', p: 1_100, nx: 1_150, st: 50, b: 'M-1', n: 3, e: 99, ...now },
  history: [],
  messages: [],
});

/** A bidder who may bid at once; each test says what is different. @param {object} [more] @returns {any} */
export const situation = (more = {}) => ({
  room: room(),
  current: true,
  cut: false,
  signedIn: true,
  you: { code: 'M-2', in: true, leading: false },
  active: true,
  pending: [],
  choice: { steps: 1 },
  refused: null,
  monotonicMs: 100_000,
  priceMovedMs: 0,
  serverMs: 4_000,
  ...more,
});

/** A clock and timers that move only when a test says so. */
export class Time {
  constructor() {
    this.ms = 1_000;
    /** @type {{at: number, fn: () => void, id: number}[]} */
    this.timers = [];
    this.ids = 0;
    this.setTimer = (/** @type {() => void} */ fn, /** @type {number} */ ms) => {
      const id = ++this.ids;
      this.timers.push({ at: this.ms + ms, fn, id });
      return id;
    };
    this.clearTimer = (/** @type {number} */ id) => {
      this.timers = this.timers.filter((t) => t.id !== id);
    };
  }

  /** Lets time pass and runs what becomes due, in order. @param {number} ms */
  pass(ms) {
    const until = this.ms + ms;
    for (;;) {
      const next = this.timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!next) break;
      this.clearTimer(next.id);
      this.ms = Math.max(this.ms, next.at);
      next.fn();
    }
    this.ms = until;
  }
}
