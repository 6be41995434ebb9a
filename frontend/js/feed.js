// What the page knows of one session, kept from the frames of the connection:
// the room, the own standing, and the commands that wait for their receipt.
// Framework-free and without I/O of its own: the connection is an argument.
//
// The rules: the next sequence is folded, an earlier one ignored, a gap makes
// us ask again from where we are and apply nothing. A command is sent once.
// When the line breaks we do not know whether it arrived, so we ask; we never
// send it again.

import { exact, fold } from './room.js';

/** @typedef {import('./types').Frame} Frame */
/** @typedef {import('./types').Room} Room */
/** @typedef {import('./types').Receipt} Receipt */
/** @typedef {import('./types').Standing} Standing */

export const ASK_AFTER_MS = 3_000;
// "Unknown" may also mean that a command is still on its way through the
// server, so it is believed only when it was said twice, this far apart.
const ASK_AGAIN_MS = 1_500;
const SUB_AGAIN_MS = 2_000; // the server was busy when we asked for the room

/**
 * @typedef {object} Pending
 * @property {string} cmd
 * @property {string} op
 * @property {string} [code]   of the participant who sent it
 * @property {number} [amount]
 * @property {number} [units]  of a sealed offer, where several are sold
 * @property {number} sentMs   monotonic
 * @property {number} [clickedMs] monotonic; when it was pressed for
 * @property {number} [id]     request number on the current connection
 * @property {boolean} asking  we wait for an answer about it, not for the answer itself
 * @property {number} unknown  how often the server said it does not know it
 * @property {(r: Receipt) => void} settle
 */

/**
 * @typedef {object} FeedOptions
 * @property {string} session
 * @property {string} [view]  "desk" for staff
 * @property {(message: object) => boolean} send
 * @property {() => number} nextId
 * @property {() => string} newCommandId
 * @property {() => number} monotonicMs
 * @property {() => number | undefined} [clickedMs] when something was last pressed, monotonic
 * @property {(answer: import('./seen.js').Answer) => void} [onTraced] of whose command the server wants to know when its answer was seen
 * @property {(fn: () => void, ms: number) => any} setTimer
 * @property {(what: Change, frame?: Frame) => void} onChange
 * @property {{load: () => Pending[], save: (p: Pending[]) => void}} [memory] outlives a reload of the page
 * @property {(r: Receipt) => void} [keep] is given each receipt as the server gave it
 */

/** @typedef {'room' | 'you' | 'pending' | 'receipt' | 'desk' | 'record' | 'head' | 'error' | 'behind'} Change */

export class Feed {
  /** @param {FeedOptions} o */
  constructor(o) {
    this.o = o;
    this.epoch = '';
    this.seq = 0;
    /** @type {Room | null} */
    this.room = null;
    /** Where the session's record stands, as far as the room is told. @type {{seq: number, hash: string} | null} */
    this.head = null;
    /** Whether the room is all that this connection's server knows. */
    this.synced = false;
    /** What that server says if it does not know that this is the newest. @type {import('./types').Behind | null} */
    this.behind = null;
    this.resuming = false;
    /** @type {Standing | null} */
    this.you = null;
    this.youSeq = 0;
    /** Of the last question what became of commands, and of the last that drops those not known. @type {{ask?: number, drop?: number}} */
    this.questions = {};
    /** Whether this tab holds the account's bidding channel. */
    this.active = true;
    // This tab held the bidding channel when its line broke: the server may
    // believe in the old line for a while, so it is taken back, once.
    this.held = false;
    /** @type {Map<string, Pending>} */
    this.pending = new Map();
    for (const p of o.memory?.load() ?? [])
      this.pending.set(p.cmd, { ...p, asking: true, unknown: 0, settle: () => {} });
  }

  /** Asks for the room, from where we are if we know it. Call on every new connection. */
  subscribe() {
    const { session, view } = this.o;
    const resume = this.room && this.epoch ? { epoch: this.epoch, seq: this.seq } : {};
    const id = this.o.nextId();
    this.subId = id;
    this.resuming = this.o.send({ op: 'sub', id, session, ...(view ? { view } : {}), ...resume });
  }

  /** Whether the room may be taken for the current one. Where its server is cut off, others may be ahead. */
  get current() {
    return this.synced && !this.behind?.cut;
  }

  /** The connection is gone: what is shown may be old from now on. */
  lost() {
    this.synced = false;
    this.doubt(null);
    this.resuming = false;
    this.held = this.held || (this.you !== null && this.active);
    for (const p of this.pending.values()) {
      p.asking = true;
      p.id = undefined;
    }
    this.o.onChange('room');
    if (this.pending.size > 0) this.o.onChange('pending');
  }

  /** Another person is signed in now, or nobody: what was told to the one before goes. Call before the new greeting. */
  forget() {
    this.you = null;
    this.youSeq = 0;
    this.active = true;
    this.held = false;
    this.o.onChange('you');
  }

  /**
   * A frame about this session or, for an answer, with one of our numbers.
   * @param {Frame} f
   */
  frame(f) {
    switch (f.t) {
      case 'snap':
        return this.snapshot(f);
      case 'subok':
        if (f.epoch !== this.epoch) return this.again(); // cannot resume another life of the server
        this.resuming = false;
        return this.arrived(f);
      case 'up':
        return this.update(f);
      case 'hb':
        if (f.epoch !== this.epoch || f.seq > this.seq) return this.again();
        return this.heed(f);
      case 'head':
        this.head = f.head;
        return this.o.onChange('head');
      case 'you':
        return this.standing(f);
      case 'receipt':
        if (f.traced) this.traced(f.receipt);
        return this.settle(f.receipt, f.id);
      case 'receipts':
        return this.answered(f);
      case 'desk':
        return this.o.onChange('desk', f);
      case 'rec':
        return this.o.onChange('record', f);
      case 'bye':
        this.lost(); // the session moves or comes back, the connection stays
        this.o.setTimer(() => this.subscribe(), Math.max(0, Number(f.retry)));
        return;
      case 'err':
        return this.failed(f);
    }
  }

  /** @param {Frame} f */
  snapshot(f) {
    if (!exact(f.room.now)) return this.o.onChange('error', f);
    if (f.epoch !== this.epoch) this.youSeq = 0;
    this.epoch = f.epoch;
    this.seq = f.seq;
    this.head = f.head ?? this.head;
    this.room = { ...f.room, history: f.room.history ?? [], messages: f.room.messages ?? [] };
    this.resuming = false;
    this.arrived(f);
  }

  /** @param {Frame} f */
  arrived(f) {
    const before = this.current;
    this.synced = true;
    this.doubt(f);
    this.o.onChange('room');
    if (!before && this.current) this.ask();
  }

  /** @param {Frame} f a heartbeat */
  heed(f) {
    const before = this.current;
    if (!this.doubt(f)) return;
    this.o.onChange('room');
    if (!before && this.current) this.ask();
  }

  /** Takes what the server says of whether it knows the newest, and tells whether that is another word. @param {Frame | null} f null: it can say nothing */
  doubt(f) {
    const behind = f?.behind ? { sinceMs: f.behind, cut: f.cut === true } : null;
    if (behind?.sinceMs === this.behind?.sinceMs && behind?.cut === this.behind?.cut) return false;
    this.behind = behind;
    this.o.onChange('behind');
    return true;
  }

  /** @param {Frame} f */
  update(f) {
    if (!this.room || f.seq <= this.seq) return;
    if (f.seq !== this.seq + 1 || !exact(f.up.now)) return this.again();
    this.seq = f.seq;
    this.room = fold(this.room, f.up);
    this.o.onChange('room', f);
  }

  /** There is a gap: ask from where we are, once. */
  again() {
    if (!this.resuming) this.subscribe();
  }

  /** @param {Frame} f */
  standing(f) {
    if (f.seq < this.youSeq) return;
    this.youSeq = f.seq;
    this.you = f.you;
    this.active = f.active;
    if (!f.active && this.held) this.o.send({ op: 'take', id: this.o.nextId(), session: this.o.session });
    this.held = false;
    this.disown(f.you.code);
    this.o.onChange('you', f);
  }

  /** What somebody else sent from this tab is not asked about: the answer would be about another. @param {string} code of who is here */
  disown(code) {
    const others = [...this.pending.values()].filter((p) => p.code && p.code !== code);
    for (const p of others) {
      this.pending.delete(p.cmd);
      p.settle({ cmd: p.cmd, act: p.op, accepted: false, reason: 'unknown' });
    }
    if (others.length > 0) this.changed();
  }

  /**
   * Sends a command once. The promise always resolves: with the server's
   * receipt, or with one made here that says why nothing was sent or recorded.
   * @param {string} op
   * @param {Record<string, unknown>} fields
   * @returns {Promise<Receipt>}
   */
  command(op, fields = {}) {
    const cmd = this.o.newCommandId();
    const id = this.o.nextId();
    const amount = typeof fields.amount === 'number' ? fields.amount : undefined;
    return new Promise((resolve) => {
      const cut = this.behind?.cut === true;
      if (cut || !this.o.send({ op, id, session: this.o.session, cmd, ...fields })) {
        resolve({ cmd, act: op, accepted: false, reason: cut ? 'cut' : 'offline', amount });
        return;
      }
      /** @type {Pending} */
      const p = {
        cmd,
        op,
        code: this.you?.code,
        amount,
        units: typeof fields.units === 'number' ? fields.units : undefined,
        id,
        sentMs: this.o.monotonicMs(),
        clickedMs: this.o.clickedMs?.(),
        asking: false,
        unknown: 0,
        settle: resolve,
      };
      this.pending.set(cmd, p);
      this.changed();
      this.o.setTimer(() => this.overdue(cmd), ASK_AFTER_MS);
    });
  }

  /** @param {string} cmd */
  overdue(cmd) {
    const p = this.pending.get(cmd);
    if (!p) return;
    p.asking = true;
    this.changed();
    this.ask();
  }

  /**
   * Asks for the outcome of everything that waits. What the server did not know a
   * while ago is dropped if it still does not: it might come over the old line
   * after somebody has been told that it was not received.
   */
  ask() {
    const waiting = [...this.pending.values()].filter((p) => p.asking);
    this.question(
      'ask',
      waiting.filter((p) => p.unknown === 0),
    );
    this.question(
      'drop',
      waiting.filter((p) => p.unknown > 0),
    );
  }

  /**
   * @param {'ask' | 'drop'} op
   * @param {Pending[]} list
   */
  question(op, list) {
    if (list.length === 0) return;
    const id = this.o.nextId();
    this.questions[op] = id;
    this.o.send({ op, id, session: this.o.session, cmds: list.slice(0, 16).map((p) => p.cmd) });
  }

  /** @param {Frame} f */
  answered(f) {
    for (const receipt of f.receipts ?? []) this.settle(receipt);
    for (const cmd of f.unknown ?? []) {
      const p = this.pending.get(cmd);
      if (!p) continue;
      p.unknown++;
      if (f.id === this.questions.drop)
        this.settle({ cmd, act: p.op, accepted: false, reason: 'not_received', amount: p.amount });
      else this.o.setTimer(() => this.ask(), ASK_AGAIN_MS);
    }
  }

  /** @param {Receipt} receipt */
  traced(receipt) {
    const p = this.pending.get(receipt.cmd);
    if (p?.clickedMs === undefined) return; // sent before this page was loaded again
    const { op, clickedMs, sentMs } = p;
    this.o.onTraced?.({ op, receipt, clickedMs, sentMs, gotMs: this.o.monotonicMs() });
  }

  /**
   * @param {Receipt} receipt
   * @param {number} [id]
   */
  settle(receipt, id) {
    const p =
      this.pending.get(receipt.cmd) ??
      [...this.pending.values()].find((x) => id !== undefined && x.id === id);
    if (!p) return;
    this.o.keep?.(receipt);
    // The server keeps no amount of a sealed offer: this page alone knows it.
    if (receipt.act === 'offer' && receipt.amount === undefined)
      receipt = { ...receipt, amount: p.amount, units: p.units };
    this.pending.delete(p.cmd);
    this.changed();
    p.settle(receipt);
    this.o.onChange('receipt', { t: 'receipt', receipt, op: p.op });
  }

  /** @param {Frame} f an err: the request was not carried out, or nobody knows */
  failed(f) {
    if (f.id !== undefined && f.id === this.subId) {
      this.resuming = false;
      if (f.temp) this.o.setTimer(() => this.again(), SUB_AGAIN_MS);
    }
    const asked = f.id !== undefined && [this.questions.ask, this.questions.drop].includes(f.id);
    if (asked && (f.code === 'unknown' || f.code === 'busy')) {
      this.o.setTimer(() => this.ask(), ASK_AGAIN_MS); // nobody knows yet, which is no word about it
      return;
    }
    const p = [...this.pending.values()].find((x) => f.id !== undefined && x.id === f.id);
    if (!p) return this.o.onChange('error', f);
    if (f.code === 'unknown') {
      p.asking = true;
      this.changed();
      this.o.setTimer(() => this.ask(), ASK_AGAIN_MS);
      return;
    }
    this.settle({ cmd: p.cmd, act: p.op, accepted: false, reason: f.code, amount: p.amount }, f.id);
  }

  changed() {
    this.o.memory?.save([...this.pending.values()]);
    this.o.onChange('pending');
  }
}
