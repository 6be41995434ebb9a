// The one connection of this page, its clock and its rooms, as signals. The
// parts without a framework are clock.js, socket.js, feed.js; this file ties
// them to the browser.

import { batch, signal } from '../vendor/preact.js';
import { accessToken, account, whenRestored } from './account.js';
import { Clock, commandId } from './clock.js';
import { Feed } from './feed.js';
import { Link } from './socket.js';

/** @typedef {import('./types').Frame} Frame */
/** @typedef {import('./types').LinkState} LinkState */
/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./types').DeskRecord} DeskRecord */
/** @typedef {import('./types').Receipt} Receipt */

const MAX_RECORDS = 500; // what a console keeps in the page; the record itself is complete
const REFRESH_BEFORE_MS = 90_000;
const RETRY_REFRESH_MS = 120_000;

export const clock = new Clock();
/** The moment at which rooms are shown, where a session that is over is replayed; null: the present. */
export const past = signal(/** @type {number | null} */ (null));
/** The server's time for what a room shows; NaN while it is unknown. Draws again whoever reads it while `past` moves. */
export const shownNow = () => past.value ?? (clock.known ? clock.now() : NaN);
/** @type {import('../vendor/preact.js').Signal<LinkState>} */
export const link = signal({ phase: 'connecting', attempt: 0 });
/** The gravest of what the server says of the rooms that are open: that it does not know the newest; null: it knows. */
export const behind = signal(/** @type {import('./types').Behind | null} */ (null));
/** What the connection is worth, as the end of a key link.…: its phase, or that what comes over it may not be the newest. */
export const lineState = () =>
  link.value.phase === 'online' && behind.value ? (behind.value.cut ? 'cut' : 'behind') : link.value.phase;
/** Smallest round trip of late, in milliseconds; null before the first answer. */
export const rtt = signal(/** @type {number | null} */ (null));
/** Ticks when the server's clock begins a new second; read it to be drawn again then. */
export const second = signal(0);
/** By how much the device's own clock is fast; the only place that reads it, to say how wrong it is. */
// eslint-disable-next-line no-restricted-syntax -- it is the device's clock that is asked about
export const deviceFastMs = () => Date.now() - clock.now();
/** The role under which the connection was greeted. */
export const greetedAs = signal('spectator');
/** Whether somebody was signed out without asking for it here, and nobody is signed in since. */
export const signedOut = signal(false);
/** The server has ended the sign-in that the token in hand comes from: it is good for nothing. */
let tokenEnded = false;

/** @type {Map<string, RoomFeed>} */
const rooms = new Map();
let started = false;

const socket = new Link({
  open: () => new WebSocket(location.origin.replace(/^http/, 'ws') + '/ws'),
  onFrame: received,
  onOpen: () => void greet(),
  onState: (s) => {
    if (s.phase === 'offline' || s.phase === 'ended') {
      clock.restart();
      for (const r of rooms.values()) r.feed.lost();
    }
    link.value = s;
  },
});

/** When somebody last pressed something, on the monotonic clock. @type {number | undefined} */
let pressedMs;
for (const kind of ['click', 'keydown'])
  addEventListener(
    kind,
    (e) => {
      if (e.isTrusted) pressedMs = e.timeStamp;
    },
    { capture: true, passive: true },
  );

const READY_PATIENCE_MS = 5_000;

/** Looks for another server. Loaded when one is cut off for the first time. @type {Promise<import('./elsewhere.js').Elsewhere> | undefined} */
let elsewhere;

async function lookElsewhere() {
  const { Elsewhere } = await import('./elsewhere.js');
  return new Elsewhere({
    ready: () =>
      fetch('/readyz', { cache: 'no-store', signal: AbortSignal.timeout(READY_PATIENCE_MS) }).then(
        (r) => r.ok,
        () => false,
      ),
    move: () => {
      if (link.value.phase !== 'online' && link.value.phase !== 'stale') return; // it looks for one already
      for (const r of rooms.values()) r.feed.lost();
      socket.restart();
    },
    monotonicMs: clock.monotonicMs,
    setTimer: (fn, ms) => setTimeout(fn, ms),
    clearTimer: (timer) => clearTimeout(timer),
  });
}

/** Weighs what the server says of the rooms that are open. */
function weigh() {
  const all = [...rooms.values()].flatMap((r) => r.feed.behind ?? []);
  const cut = all.filter((b) => b.cut);
  const worst = (cut.length > 0 ? cut : all).sort((a, b) => a.sinceMs - b.sinceMs)[0];
  behind.value = worst ?? null;
  if (worst?.cut) elsewhere ??= lookElsewhere();
  void elsewhere?.then(
    (e) => e.told(behind.value?.cut === true),
    () => (elsewhere = undefined), // not even its file came
  );
}

/** Opens the connection if it is not open yet. */
export function connect() {
  if (started) return;
  started = true;
  socket.start();
  const wake = () => {
    if (document.visibilityState !== 'visible') return;
    clock.restart();
    socket.wake();
  };
  document.addEventListener('visibilitychange', wake);
  addEventListener('pageshow', wake); // iOS brings a page back without visibilitychange
  addEventListener('online', wake);
  tick();
}

/** Greets the server again under the present account. Call after signing in or out. */
export function reconnect() {
  for (const r of rooms.values()) r.forget();
  if (started) socket.restart();
}

function tick() {
  const now = clock.now();
  if (clock.known) second.value = Math.floor(now / 1000);
  setTimeout(tick, clock.known ? 1000 - (now % 1000) + 5 : 100);
}

async function greet() {
  const mine = socket.socket;
  await whenRestored();
  if (socket.socket !== mine) return; // lost meanwhile
  greetedAs.value = 'spectator';
  renewals = 0;
  await hello(mine, tokenEnded);
  tokenEnded = false;
  if (socket.socket !== mine) return;
  for (const r of rooms.values()) r.feed.subscribe();
}

/** Says who we are, if we are anybody. @param {unknown} mine the connection it is meant for @param {boolean} [fresh] */
async function hello(mine, fresh = false) {
  const token = account.value ? await accessToken({ fresh }).catch(() => null) : null;
  if (token && socket.socket === mine) socket.send({ op: 'hello', id: socket.nextId(), token });
}

/** @param {Frame} f */
function received(f) {
  if (f.t === 'pong') {
    clock.sample(f.ct, f.t1, f.t2);
    rtt.value = Math.round(clock.rttMs);
    return;
  }
  if (f.t === 'bye' && f.code === 'signed_out') signedOut.value = tokenEnded = true;
  if (f.t === 'welcome') {
    greetedAs.value = f.role;
    signedOut.value = false;
  }
  if (typeof f.exp === 'number') planRefresh(f.exp); // a welcome, or the answer to a refresh
  if (typeof f.now === 'number') clock.hint(f.now);
  if (f.t === 'err' && [...rooms.values()].some((r) => f.id !== undefined && f.id === r.seen?.lastId)) return;
  if (f.t === 'err' && (f.code === 'unauthorized' || f.code === 'token_expired')) void renew();
  const room = f.session ? rooms.get(f.session) : undefined;
  if (room) room.received(f);
  else if (f.id !== undefined) for (const r of rooms.values()) r.received(f);
}

/** @type {any} */
let refreshTimer;
/** How often this connection asked for a new token because the server wanted one. */
let renewals = 0;
const MAX_RENEWALS = 3; // after that the server and the office disagree, and asking on would be a storm

/** @param {number} expMs server time at which the token ends */
function planRefresh(expMs) {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(() => void renew(), Math.max(5_000, expMs - clock.now() - REFRESH_BEFORE_MS));
}

/** Brings the connection a new token: as a refresh if it knows us, else as a greeting. */
async function renew() {
  const mine = socket.socket;
  if (greetedAs.value === 'spectator') {
    if (++renewals <= MAX_RENEWALS) await hello(mine, true);
    return;
  }
  const token = account.value ? await accessToken({ fresh: true }).catch(() => null) : null;
  if (token && socket.socket === mine) socket.send({ op: 'refresh', id: socket.nextId(), token });
  planRefresh(clock.now() + RETRY_REFRESH_MS); // until the answer says more: the office may be closed
}

/** Whether an amount that a finger may aim at is another. @param {import('./types').Now} a @param {import('./types').Now} b */
const moved = (a, b) => a.p !== b.p || a.nx !== b.nx || a.cl?.a !== b.cl?.a;

/** Runs fn with the next frame to be drawn; in a hidden tab, where none is, soon. @param {() => void} fn */
function soon(fn) {
  if (document.visibilityState === 'visible') requestAnimationFrame(fn);
  else setTimeout(fn, 250);
}

/** Runs fn once what is there now has been drawn; in a hidden tab not before it is shown. @param {() => void} fn */
const afterPaint = (fn) => void requestAnimationFrame(() => setTimeout(fn));

/** A session as the page shows it. */
export class RoomFeed {
  /** @param {string} session @param {string} [view] */
  constructor(session, view) {
    this.users = 0;
    this.room = signal(/** @type {import('./types').Room | null} */ (null));
    this.current = signal(false);
    this.behind = signal(/** @type {import('./types').Behind | null} */ (null));
    this.you = signal(/** @type {import('./types').Standing | null} */ (null));
    this.active = signal(true);
    this.pending = signal(/** @type {import('./feed.js').Pending[]} */ ([]));
    /** The last answer to an own command; cleared by who has shown it. */
    this.receipt = signal(/** @type {Receipt | null} */ (null));
    this.desk = signal(/** @type {Desk | null} */ (null));
    this.viewers = signal(0);
    /** Where the record stands; null: it is not told. */
    this.head = signal(/** @type {{seq: number, hash: string} | null} */ (null));
    this.records = signal(/** @type {DeskRecord[]} */ ([]));
    this.error = signal(/** @type {string | null} */ (null));
    /** When the price last moved, on the monotonic clock: the guard of the bid button. */
    this.priceMovedMs = -Infinity;
    /** The updates that came since the last drawn frame, for what is said, heard and explained. */
    this.updates = signal(/** @type {import('./types').Update[]} */ ([]));
    /** @type {import('./types').Update[]} */
    this.unseen = [];
    this.scheduled = false;
    /** What is told of traced commands. Loaded where somebody may send some. @type {import('./seen.js').Seen | null} */
    this.seen = null;
    this.watched = false;
    if (view) void this.watch();
    this.feed = new Feed({
      session,
      view,
      send: (m) => socket.send(m),
      nextId: () => socket.nextId(),
      newCommandId: () => commandId(clock.now()),
      monotonicMs: clock.monotonicMs,
      clickedMs: () => pressedMs,
      onTraced: (answer) => this.seen?.answered(answer),
      setTimer: (fn, ms) => setTimeout(fn, ms),
      onChange: (what, frame) => this.changed(what, frame),
      memory: sessionMemory(session),
      keep: (receipt) => this.keep(session, receipt),
    });
    this.pending.value = [...this.feed.pending.values()];
  }

  /** @param {Frame} f */
  received(f) {
    this.feed.frame(f);
  }

  /** Another person is signed in now, or nobody. */
  forget() {
    this.receipt.value = null;
    this.feed.forget();
  }

  /** Keeps what the server signed for a participant, for good. @param {string} session @param {Receipt} receipt */
  keep(session, receipt) {
    const ref = this.feed.you?.code;
    if (!ref || !receipt.proof) return;
    void import('./receipts/kept.js').then(({ keep }) => {
      try {
        keep(localStorage, { session, by: { role: 'bidder', ref }, receipt });
      } catch {
        // Storage is forbidden in this browser: the receipt is shown and not kept.
      }
    });
  }

  /** @param {import('./feed.js').Change} what @param {Frame} [frame] */
  changed(what, frame) {
    if (what === 'receipt' && frame) this.receipt.value = frame.receipt;
    if (what === 'pending') this.pending.value = [...this.feed.pending.values()];
    if (what === 'you') {
      // Outbid: the price is moving, even if the update that says so is still on its way.
      if (this.you.peek()?.leading && !this.feed.you?.leading) this.priceMovedMs = clock.monotonicMs();
      batch(() => {
        this.you.value = this.feed.you;
        this.active.value = this.feed.active;
      });
      void this.watch();
    }
    if (what === 'desk' && frame) {
      batch(() => {
        this.desk.value = frame.desk;
        this.viewers.value = frame.viewers ?? 0;
      });
    }
    if (what === 'record' && frame) {
      const known = this.records.value;
      if (!known.some((r) => r.s === frame.rec.s))
        this.records.value = [frame.rec, ...known].slice(0, MAX_RECORDS);
    }
    if (what === 'behind') weigh();
    if (what === 'head' || what === 'room') this.head.value = this.feed.head;
    if (what === 'error' && frame) this.error.value = frame.code ?? 'internal';
    if (what === 'room') {
      if (frame?.up) this.unseen.push(frame.up);
      this.draw();
    }
  }

  /** Makes ready to tell of traced commands. */
  async watch() {
    if (this.watched) return;
    this.watched = true;
    const file = await import('./seen.js').catch(() => null);
    if (!file) return; // then nothing is told
    this.seen = new file.Seen({
      send: (m) => socket.send(m),
      nextId: () => socket.nextId(),
      clock,
      afterPaint,
      room: () => this.room.peek(),
    });
  }

  /** Shows what was folded, once per drawn frame however many updates came. */
  draw() {
    if (this.scheduled) return;
    this.scheduled = true;
    soon(() => {
      this.scheduled = false;
      const updates = this.unseen;
      this.unseen = [];
      batch(() => {
        const before = this.room.value;
        const after = this.feed.room;
        if (before && after && moved(before.now, after.now)) {
          this.priceMovedMs = clock.monotonicMs();
          // On a slow device the new amount is seen only with the next frame: count from there.
          soon(() => {
            this.priceMovedMs = clock.monotonicMs();
          });
        }
        this.room.value = after;
        this.current.value = this.feed.current;
        this.behind.value = this.feed.behind;
        if (after) this.error.value = null;
        if (updates.length > 0) this.updates.value = updates;
      });
      if (document.visibilityState === 'visible') setTimeout(() => this.seen?.look()); // after this frame
    });
  }

  /**
   * Sends a command once, never by itself again; see Feed.command.
   * @param {string} op @param {Record<string, unknown>} [fields]
   */
  command(op, fields) {
    return this.feed.command(op, fields);
  }

  /** Makes this tab the one that may bid. */
  take() {
    socket.send({ op: 'take', id: socket.nextId(), session: this.feed.o.session });
  }
}

/**
 * Follows a session until the returned feed is left. The same session may be
 * opened by several parts of a page.
 * @param {string} session
 * @param {{view?: string}} [options]
 */
export function openRoom(session, { view } = {}) {
  let room = rooms.get(session);
  if (!room) {
    room = new RoomFeed(session, view);
    rooms.set(session, room);
    if (link.value.phase === 'online' || link.value.phase === 'stale') room.feed.subscribe();
  }
  room.users++;
  connect();
  return room;
}

/** @param {RoomFeed} room */
export function leaveRoom(room) {
  if (--room.users > 0) return;
  const session = room.feed.o.session;
  rooms.delete(session);
  weigh();
  socket.send({ op: 'unsub', id: socket.nextId(), session });
}

/** Commands that wait for an answer outlive a reload of the tab. @param {string} session */
function sessionMemory(session) {
  const key = 'gobua.pending.' + session;
  return {
    load: () => {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? '[]');
      } catch {
        return [];
      }
    },
    save: (/** @type {import('./feed.js').Pending[]} */ list) => {
      try {
        if (list.length === 0) sessionStorage.removeItem(key);
        else
          sessionStorage.setItem(
            key,
            JSON.stringify(
              list.map(({ cmd, op, code, amount, units, sentMs }) => ({
                cmd,
                op,
                code,
                amount,
                units,
                sentMs,
              })),
            ),
          );
      } catch {
        // Storage is forbidden in this browser: only a reload then forgets to ask.
      }
    },
  };
}
