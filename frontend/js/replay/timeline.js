// A session that is over, as a line of time: the room at any moment, by the
// same fold as the live page. Pure.
//
// The frames are those that the WebSocket sent. A whole room is kept for every
// so many updates, so that going back folds few of them, however long it was.

import { exact, fold, priceShown } from '../room.js';

/** @typedef {import('../types').Frame} Frame */
/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').Update} Update */

export const KEEP_EVERY = 64;
const BEFORE_MS = 2_000; // of the room before anything happened, to begin with

export class Timeline {
  /**
   * @param {Frame} snap the room before anything happened
   * @param {(room: Room, u: Update) => Room} [step]
   */
  constructor(snap, step = fold) {
    if (snap.t !== 'snap' || !exact(snap.room.now)) throw new Error('a replay begins with a room');
    this.step = step;
    /** @type {Room} */
    const room = { ...snap.room, history: snap.room.history ?? [], messages: snap.room.messages ?? [] };
    /** After 0, KEEP_EVERY, 2 × KEEP_EVERY… updates. @type {Room[]} */
    this.kept = [room];
    /** @type {Update[]} */
    this.updates = [];
    this.seq = snap.seq;
    this.madeMs = snap.now;
    this.lastCount = 0;
    this.lastRoom = room;
  }

  /** Takes the next frames, which must follow without a gap. @param {Frame[]} frames */
  add(frames) {
    for (const f of frames) {
      if (f.t !== 'up' || f.seq !== this.seq + 1 || !exact(f.up.now)) throw new Error('a replay has a gap');
      this.seq = f.seq;
      this.updates.push(f.up);
      const n = this.updates.length;
      const room = this.roomAfter(n);
      if (n % KEEP_EVERY === 0) this.kept.push(room);
    }
  }

  get startMs() {
    const first = this.updates[0]?.at ?? this.madeMs;
    return Math.floor((first - BEFORE_MS) / 1000) * 1000;
  }

  get endMs() {
    return Math.ceil((this.updates.at(-1)?.at ?? this.madeMs) / 1000) * 1000;
  }

  /** How many updates the room had heard at a moment. @param {number} ms */
  countAt(ms) {
    let low = 0;
    let high = this.updates.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((this.updates[mid]?.at ?? Infinity) <= ms) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** The room after so many updates. @param {number} count @returns {Room} */
  roomAfter(count) {
    const at = Math.floor(count / KEEP_EVERY);
    let n = Math.min(at, this.kept.length - 1) * KEEP_EVERY;
    let room = /** @type {Room} */ (this.kept[n / KEEP_EVERY]);
    if (this.lastCount >= n && this.lastCount <= count) {
      n = this.lastCount;
      room = this.lastRoom;
    }
    for (; n < count; n++) room = this.step(room, /** @type {Update} */ (this.updates[n]));
    this.lastCount = count;
    this.lastRoom = room;
    return room;
  }

  /** The room at a moment. @param {number} ms */
  roomAt(ms) {
    return this.roomAfter(this.countAt(ms));
  }

  /** When something happened next after a moment; undefined: nothing did. @param {number} ms */
  nextAt(ms) {
    return this.updates[this.countAt(ms)]?.at;
  }

  /** When something happened last before a moment; undefined: nothing had. @param {number} ms */
  previousAt(ms) {
    return this.updates[this.countAt(ms - 1) - 1]?.at;
  }

  /** Where the price changed, oldest first. @returns {{at: number, price: number}[]} */
  stairs() {
    const room = /** @type {Room} */ (this.kept[0]);
    let price = priceShown(room.now, room.rules.start);
    const out = [{ at: this.startMs, price }];
    for (const u of this.updates) {
      const next = priceShown(u.now, room.rules.start);
      if (next !== price) out.push({ at: u.at, price: next });
      price = next;
    }
    return out;
  }

  /** What stands out from the bids, oldest first. @returns {Mark[]} */
  marks() {
    /** @type {Mark[]} */
    const out = [];
    this.updates.forEach((u, i) => {
      const sign = SIGNS[u.k];
      if (sign) out.push({ at: u.at, kind: u.k, sign, index: i });
    });
    return out;
  }

  /** The spans in which the session was paused. @returns {{from: number, to: number}[]} */
  pauses() {
    /** @type {{from: number, to: number}[]} */
    const out = [];
    let from = -1;
    for (const u of this.updates) {
      const paused = u.now.ph === 'paused';
      if (paused && from < 0) from = u.at;
      if (!paused && from >= 0) {
        out.push({ from, to: u.at });
        from = -1;
      }
    }
    return out;
  }
}

/**
 * @typedef {object} Mark
 * @property {number} at
 * @property {string} kind of the update
 * @property {'open' | 'more' | 'pause' | 'round' | 'person' | 'end' | 'result'} sign
 * @property {number} index of the update
 */

/** @type {Record<string, Mark['sign']>} */
const SIGNS = {
  opened: 'open',
  extended: 'more',
  paused: 'pause',
  resumed: 'pause',
  outage: 'pause',
  round: 'round',
  sealed_round: 'round',
  stage: 'round',
  unsealed: 'round',
  withdrawn: 'person',
  disqualified: 'person',
  undone: 'person',
  part_declined: 'person',
  reopened: 'round',
  lot_reopened: 'round',
  hammered: 'end',
  closed: 'end',
  announced: 'result',
  stopped: 'result',
  cancelled: 'result',
};

/** A silence that is longer than this is drawn as if it were this long. */
export const LONGEST_DRAWN_MS = 300_000;

/**
 * Where moments lie on a drawing from 0 to 1. Long silences are shortened: the
 * hours from the last bid to the announcement would leave no room for the bids.
 */
export class Scale {
  /** @param {number[]} times ascending, the first is the beginning, the last the end */
  constructor(times) {
    this.from = times[0] ?? 0;
    this.to = times.at(-1) ?? this.from;
    /** @type {{from: number, to: number, before: number}[]} */
    this.breaks = [];
    let spared = 0;
    for (let i = 1; i < times.length; i++) {
      const from = times[i - 1] ?? 0;
      const to = times[i] ?? 0;
      if (to - from <= LONGEST_DRAWN_MS) continue;
      this.breaks.push({ from, to, before: spared });
      spared += to - from - LONGEST_DRAWN_MS;
    }
    this.drawnMs = Math.max(1, this.to - this.from - spared);
    this.spared = spared;
  }

  /** @param {number} ms @returns {number} 0 to 1 */
  x(ms) {
    const t = Math.min(this.to, Math.max(this.from, ms));
    let spared = 0;
    for (const b of this.breaks) {
      if (t < b.from) break;
      const length = b.to - b.from;
      spared = b.before + Math.min(1, (t - b.from) / length) * (length - LONGEST_DRAWN_MS);
    }
    return (t - this.from - spared) / this.drawnMs;
  }

  /** The moment at a place of the drawing. @param {number} x */
  at(x) {
    const drawn = Math.min(1, Math.max(0, x)) * this.drawnMs;
    let spared = 0;
    for (const b of this.breaks) {
      const begins = b.from - this.from - b.before;
      if (drawn < begins) break;
      const share = Math.min(1, (drawn - begins) / LONGEST_DRAWN_MS);
      spared = b.before + share * (b.to - b.from - LONGEST_DRAWN_MS);
    }
    return Math.min(this.to, Math.round(this.from + drawn + spared));
  }
}

/** The scale of a timeline. @param {Timeline} timeline */
export const scaleOf = (timeline) =>
  new Scale([timeline.startMs, ...timeline.updates.map((u) => u.at), timeline.endMs]);

const QUIET_MS = 3_000; // after an event, and before the next: what is left of a silence that is skipped

/**
 * Where a replay is after some time of watching.
 * @param {Timeline} timeline @param {number} ms where it was @param {number} passedMs on the watcher's clock
 * @param {{speed: number, skip: boolean}} how skip: silences
 */
export function onward(timeline, ms, passedMs, { speed, skip }) {
  let to = ms + passedMs * speed;
  if (skip) {
    const next = timeline.nextAt(ms);
    const last = timeline.previousAt(ms + 1) ?? -Infinity;
    if (next !== undefined && to < next && to - last > QUIET_MS * speed)
      to = Math.max(to, next - QUIET_MS * speed);
  }
  return Math.min(to, timeline.endMs);
}

/** The moment of a link, if it names one. @param {string} hash @returns {number | null} */
export function momentOf(hash) {
  const m = /^#t=(\d{12,14})$/.exec(hash);
  return m ? Number(m[1]) : null;
}
