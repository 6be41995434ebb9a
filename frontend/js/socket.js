// The connection: one WebSocket at a time, opened again with jitter when it is
// lost. There is no send queue on purpose: a library that buffers while
// offline would send a stale bid by itself once the line is back.

/** @typedef {import('./types').Frame} Frame */
/** @typedef {import('./types').LinkState} LinkState */
/** @typedef {import('./types').LinkPhase} LinkPhase */

export const CONNECT_TIMEOUT_MS = 8_000; // a phone between two cells answers later or not at all
export const STALE_AFTER_MS = 12_000; // two missed pings: the price shown may be old
export const DEAD_AFTER_MS = 20_000; // then the socket is a zombie, whatever its state says
export const WAKE_PROOF_MS = 750; // after sleep, a living line answers within this time
const FIRST_PINGS = 5;
const FIRST_PING_GAP_MS = 150;
const PING_EVERY_MS = 5_000;
const MAX_BACKOFF_MS = 15_000;

/**
 * Full jitter: any time up to an exponentially growing one, so that a thousand
 * pages do not come back in step.
 * @param {number} attempt 0 for the first
 * @param {() => number} random
 */
export function backoffMs(attempt, random) {
  return 100 + random() * Math.min(MAX_BACKOFF_MS, 250 * 2 ** attempt);
}

/**
 * Whether a close code says "do not come back by itself".
 * @param {number} code
 */
export const terminal = (code) => code >= 4500 && code < 5000;

/**
 * @typedef {object} LinkOptions
 * @property {() => any} open                       makes a WebSocket that begins to connect
 * @property {(f: Frame) => void} onFrame           every object of every frame, pongs too
 * @property {(s: LinkState) => void} onState
 * @property {() => void} onOpen                    the moment to greet and subscribe
 * @property {() => number} [monotonicMs]
 * @property {(fn: () => void, ms: number) => any} [setTimer]
 * @property {(timer: any) => void} [clearTimer]
 * @property {() => number} [random]
 */

export class Link {
  /** @param {LinkOptions} options */
  constructor(options) {
    this.o = {
      monotonicMs: () => performance.now(),
      setTimer: (/** @type {() => void} */ fn, /** @type {number} */ ms) => setTimeout(fn, ms),
      clearTimer: (/** @type {any} */ t) => clearTimeout(t),
      random: Math.random,
      ...options,
    };
    /** @type {any} */
    this.socket = null;
    /** @type {LinkState} */
    this.state = { phase: 'offline', attempt: 0 };
    /** @type {Map<string, any>} */
    this.timers = new Map();
    this.lastFrameMs = 0;
    this.pingsSent = 0;
    this.requests = 0;
    /** @type {number | null} */
    this.retryMs = null; // what a bye asked for
  }

  /** Begins, or begins again after `ended`. */
  start() {
    this.set('connecting', 0);
    this.connect();
  }

  /** Closes for good, until start is called. */
  stop() {
    this.drop();
    this.set('offline', 0);
  }

  /** Opens a new connection at once, for instance as somebody else. */
  restart() {
    this.drop();
    this.start();
  }

  /** The next request number. */
  nextId() {
    return ++this.requests;
  }

  /**
   * Sends now or not at all.
   * @param {object} message
   * @returns {boolean} whether it was handed to the line; that it arrived, only an answer tells
   */
  send(message) {
    if (!this.socket || this.socket.readyState !== 1) return false;
    if (this.state.phase !== 'online' && this.state.phase !== 'stale') return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** The page was shown, woke up, or came back online: prove the line or replace it. */
  wake() {
    if (this.state.phase === 'ended' || (this.state.phase === 'offline' && !this.timers.has('retry'))) return;
    if (this.state.phase === 'offline') {
      this.drop();
      this.connect();
      return;
    }
    const before = this.lastFrameMs;
    this.ping();
    this.later('wake', WAKE_PROOF_MS, () => {
      if (this.lastFrameMs === before) this.lost();
    });
  }

  connect() {
    const socket = this.o.open();
    this.socket = socket;
    const mine = (/** @type {(e: any) => void} */ fn) => (/** @type {any} */ e) => {
      if (this.socket === socket) fn(e); // a dropped socket may speak once more
    };
    socket.onopen = mine(() => this.opened());
    socket.onmessage = mine((e) => this.received(e.data));
    socket.onclose = mine((e) => this.closed(e.code));
    socket.onerror = mine(() => {});
    this.later('connect', CONNECT_TIMEOUT_MS, () => this.lost());
  }

  opened() {
    this.cancel('connect');
    this.lastFrameMs = this.o.monotonicMs();
    this.pingsSent = 0;
    this.set('online', this.state.attempt); // attempts count on until a frame proves the server well
    this.o.onOpen();
    this.ping();
    this.watch();
  }

  /** @param {string} data one frame: objects joined by line feeds */
  received(data) {
    this.lastFrameMs = this.o.monotonicMs();
    if (this.state.phase === 'stale' || this.state.attempt > 0) this.set('online', 0);
    for (const line of String(data).split('\n')) {
      if (line === '') continue;
      /** @type {Frame} */
      let frame;
      try {
        frame = JSON.parse(line);
      } catch {
        this.lost(); // half a frame: nothing that follows can be trusted
        return;
      }
      if (frame.t === 'bye' && !frame.session) this.bye(frame); // with a session it ends only that
      this.o.onFrame(frame);
    }
  }

  /** @param {Frame} frame */
  bye(frame) {
    this.retryMs = typeof frame.retry === 'number' ? frame.retry : null;
    if (this.retryMs !== null && this.retryMs < 0) this.end(String(frame.code));
  }

  /** @param {number} code */
  closed(code) {
    if (terminal(code)) this.end(String(code));
    else this.lost();
  }

  /** @param {string} reason */
  end(reason) {
    this.drop();
    this.set('ended', 0, reason);
  }

  lost() {
    this.drop();
    const attempt = this.state.attempt;
    const delay = this.retryMs ?? backoffMs(attempt, this.o.random);
    this.retryMs = null;
    this.set('offline', attempt + 1);
    this.later('retry', delay, () => {
      this.cancel('retry');
      this.set('connecting', this.state.attempt);
      this.connect();
    });
  }

  drop() {
    for (const timer of this.timers.values()) this.o.clearTimer(timer);
    this.timers.clear();
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState < 2) socket.close(); // does nothing on an iOS zombie; we no longer listen
  }

  ping() {
    if (this.send({ op: 'ping', id: this.nextId(), ct: this.o.monotonicMs() })) this.pingsSent++;
    const gap = this.pingsSent < FIRST_PINGS ? FIRST_PING_GAP_MS : PING_EVERY_MS;
    this.later('ping', gap, () => this.ping());
  }

  watch() {
    this.later('watch', 1_000, () => {
      const silentMs = this.o.monotonicMs() - this.lastFrameMs;
      if (silentMs >= DEAD_AFTER_MS) return this.lost();
      if (silentMs >= STALE_AFTER_MS) this.set('stale', this.state.attempt);
      this.watch();
    });
  }

  /**
   * One timer per purpose: setting it again moves it.
   * @param {string} name @param {number} ms @param {() => void} fn
   */
  later(name, ms, fn) {
    this.cancel(name);
    this.timers.set(name, this.o.setTimer(fn, ms));
  }

  /** @param {string} name */
  cancel(name) {
    const timer = this.timers.get(name);
    if (timer !== undefined) this.o.clearTimer(timer);
    this.timers.delete(name);
  }

  /** @param {LinkPhase} phase @param {number} attempt @param {string} [reason] */
  set(phase, attempt, reason) {
    const s = this.state;
    if (s.phase === phase && s.attempt === attempt && s.reason === reason) return;
    this.state = { phase, attempt, reason };
    this.o.onState(this.state);
  }
}
