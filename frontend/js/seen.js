// What this page tells of a command that the server traces: when it was
// clicked, sent, answered, and when the answer and the new price could be seen.
// The server asks for it with the receipt, of few commands, and only where its
// operator looks for where the time goes. Without I/O of its own: clock, line
// and screen are arguments.

/** @typedef {import('./types').Receipt} Receipt */
/** @typedef {import('./types').Room} Room */

/** After this long nothing is told any more: what it waited for is not shown here, or nobody looks. */
export const GIVE_UP_MS = 5_000;
const MAX_WAITING = 8;

/**
 * A command and its answer. Times are monotonic.
 * @typedef {object} Answer
 * @property {string} op
 * @property {Receipt} receipt
 * @property {number} clickedMs
 * @property {number} sentMs
 * @property {number} gotMs
 */

/**
 * @typedef {object} SeenOptions
 * @property {(message: object) => boolean} send
 * @property {() => number} nextId
 * @property {import('./clock.js').Clock} clock
 * @property {(fn: () => void) => void} afterPaint calls fn once what is there now has been drawn; never, while nobody can see it
 * @property {() => Room | null} room as it is drawn
 */

/** What moves the price, so that it is shown only with it. */
const PRICED = ['bid', 'buy'];

export class Seen {
  /** @param {SeenOptions} o */
  constructor(o) {
    this.o = o;
    /** @type {(Answer & {drawn: boolean})[]} */
    this.waiting = [];
    /** Of the last report; what becomes of it is nobody's business here. @type {number | undefined} */
    this.lastId = undefined;
  }

  /** An answer came that the server wants to know more of, and is being drawn. @param {Answer} a */
  answered(a) {
    const one = { ...a, drawn: false };
    this.waiting = [...this.waiting, one].slice(-MAX_WAITING);
    this.o.afterPaint(() => {
      one.drawn = true;
      this.look();
    });
  }

  /** Tells of all that can be seen by now. Call when a frame with another room has been drawn. */
  look() {
    if (this.waiting.length === 0) return;
    const nowMs = this.o.clock.monotonicMs();
    const room = this.o.room();
    this.waiting = this.waiting.filter((a) => {
      if (nowMs - a.gotMs > GIVE_UP_MS) return false;
      if (!a.drawn || !showsPrice(room, a)) return true;
      this.tell(a, nowMs);
      return false;
    });
  }

  /** @param {Answer} a @param {number} shownMs */
  tell(a, shownMs) {
    const { clock } = this.o;
    const off = Math.ceil(clock.errorMs);
    if (!Number.isFinite(off)) return; // no ping was answered yet: the times would say nothing
    const at = [a.clickedMs, a.sentMs, a.gotMs, shownMs].map((ms) => Math.round(clock.offsetMs + ms));
    this.lastId = this.o.nextId();
    this.o.send({ op: 'seen', id: this.lastId, cmd: a.receipt.cmd, at, off });
  }
}

/** Whether a room has what a command did to the price, if anything. @param {Room | null} room @param {Answer} a */
function showsPrice(room, { op, receipt }) {
  if (!receipt.accepted || !PRICED.includes(op)) return true;
  return (room?.history[0]?.at ?? -Infinity) >= (receipt.at ?? Infinity);
}
