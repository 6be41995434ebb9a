// When the server says that it is cut off, another one may not be. The page
// asks whoever it is sent to now whether that is ready, and only then leaves
// its connection: where no server is ready, all keep the one they have.

export const LOOK_AFTER_MS = 4_000; // half to one and a half times this: the cut may be over sooner
export const STAY_MS = 1_000; // who says that it is ready may be our own server, which is about to say that the cut is over
export const MAX_LOOK_MS = 60_000;
export const MOVE_AGAIN_MS = 30_000; // it may be the same server again, or another that is cut off

/**
 * @typedef {object} ElsewhereOptions
 * @property {() => Promise<boolean>} ready  whether a new connection would come to a server that is ready
 * @property {() => void} move               opens a new connection instead of the one there is
 * @property {() => number} monotonicMs
 * @property {(fn: () => void, ms: number) => any} setTimer
 * @property {(timer: any) => void} clearTimer
 * @property {() => number} [random]
 */

export class Elsewhere {
  /** @param {ElsewhereOptions} o */
  constructor(o) {
    this.o = { random: Math.random, ...o };
    this.cut = false;
    this.waitMs = LOOK_AFTER_MS;
    this.movedMs = -Infinity;
    /** @type {any} */
    this.timer = null;
  }

  /** Takes in what the server says of itself; saying the same again changes nothing. @param {boolean} cut */
  told(cut) {
    if (cut === this.cut) return;
    this.cut = cut;
    this.o.clearTimer(this.timer);
    this.waitMs = LOOK_AFTER_MS;
    if (cut) this.later();
  }

  /** Jitter, so that those who were told together do not look together; ever later, so that few do while nobody is ready. */
  later() {
    const jittered = this.waitMs * (0.5 + this.o.random());
    this.waitMs = Math.min(MAX_LOOK_MS, 2 * this.waitMs);
    const rest = this.movedMs + MOVE_AGAIN_MS - this.o.monotonicMs();
    this.timer = this.o.setTimer(() => void this.look(), Math.max(jittered, rest));
  }

  async look() {
    const timer = this.timer;
    const ready = await this.o.ready();
    if (this.timer !== timer || !this.cut) return; // told otherwise meanwhile
    if (ready) this.timer = this.o.setTimer(() => this.go(), STAY_MS);
    else this.later();
  }

  go() {
    this.movedMs = this.o.monotonicMs();
    this.o.move();
    if (this.cut) this.later();
  }
}
