// The fold: what the page makes of a room and an update. The server makes the
// same in engine/room.go; both are held to the same golden files. Pure; the
// page decides nothing here, it only repeats what it was told.

/** @typedef {import('./types').Room} Room */
/** @typedef {import('./types').Update} Update */
/** @typedef {import('./types').Row} Row */
/** @typedef {import('./types').Rules} Rules */

export const MAX_HISTORY = 50;
export const MAX_MESSAGES = 10;

/**
 * Returns the room after an update. The given room is left as it is.
 * @param {Room} room
 * @param {Update} u
 * @returns {Room}
 */
export function fold(room, u) {
  let { history, messages } = room;
  if (u.strike) history = history.map((row) => (u.strike?.includes(row.f) ? { ...row, out: true } : row));
  if (u.row) history = [u.row, ...history].slice(0, MAX_HISTORY);
  if (u.msg) messages = [u.msg, ...messages].slice(0, MAX_MESSAGES);
  return { ...room, now: u.now, history, messages };
}

/**
 * Whether every amount of a room is an exact integer; a page must not show or
 * bid an amount that was rounded on its way.
 * @param {import('./types').Now} now
 */
export function exact(now) {
  return [now.p ?? 0, now.nx, now.st].every((amount) => Number.isSafeInteger(amount) && amount >= 0);
}

/**
 * Whether the price of a room falls until somebody accepts it: only then the
 * step may be nothing, after the last fall.
 * @param {import('./types').Now} now
 */
export const falling = (now) => now.st === 0 || now.ft !== undefined;

/**
 * Whether this is a room in which a price falls now, or whose falling price was
 * the whole of the sale; not the later stages of rule SE3.
 * @param {Pick<Room, 'rules' | 'now'>} room
 */
export const isFalling = ({ rules, now }) => rules.descent !== undefined && !now.hy?.s;

/**
 * The price a room shows: announced, bid, being asked, or the start price.
 * @param {import('./types').Now} now
 * @param {number} start
 */
export const priceShown = (now, start) =>
  now.res?.price ?? (now.p || (falling(now) && now.nx > 0 ? now.nx : start));

/**
 * What that price is, as a sentence.
 * @param {import('./types').Now} now
 */
export function priceLabel(now) {
  if (now.res?.outcome === 'sold') return 'price.won';
  if (!falling(now)) return now.p ? 'price.highest' : 'price.start';
  if (now.p) return 'price.accepted';
  return now.ph === 'scheduled' ? 'price.start' : 'price.asked';
}

/**
 * The phase, and within a closed session whether the seals are still shut.
 * @param {import('./types').Now} now
 */
export const stageOf = ({ ph, sl, hy }) => (ph === 'closed' && sl && !sl.o && (!hy || hy.s) ? 'sealed' : ph);

/**
 * What a closed session waits for, as a sentence.
 * @param {import('./types').Now} now
 */
export function waitsFor({ sl }) {
  if (sl && !sl.o) return 'banner.sealed.text';
  return sl?.due ? 'banner.sealed.due' : 'banner.closed.text';
}

/**
 * What stands where the time until the opening was: sealed offers wait for
 * their keys.
 * @param {import('./types').Now} now
 */
export const openingKey = ({ sl }) => (sl && sl.k < 2 ? 'time.keys' : 'time.opening');

/**
 * What the clock of a running room runs to: the next fall, or the end.
 * @param {import('./types').Room} room
 * @returns {{endMs: number | undefined, totalMs: number, key: string}} key: what it counts
 */
export function clockOf(room) {
  const { now, rules } = room;
  if (now.hy?.s && rules.hybrid) {
    const totalMs = now.hy.s === 'offers' ? rules.hybrid.offersMs : rules.hybrid.answerMs;
    return { endMs: now.e, totalMs, key: 'time.left' };
  }
  if (rules.descent)
    return {
      endMs: now.fa ?? now.e,
      totalMs: rules.descent.everyMs,
      key: now.fa ? 'time.falls' : 'time.last.price',
    };
  if (rules.gong)
    return {
      endMs: now.e,
      totalMs: rules.gong.silenceMs,
      key: now.e === now.lx ? 'time.left' : 'time.silence',
    };
  if (rules.turns && now.tn)
    return {
      endMs: now.e,
      totalMs: now.tn.c ? rules.turns.turnMs : now.tn.n > 1 ? rules.turns.pauseMs : rules.biddingMs,
      key: now.tn.c ? 'time.turn' : 'time.pause',
    };
  const moved = now.rd ? now.rd.n > 0 : Boolean(now.x);
  return {
    endMs: now.e,
    totalMs: moved ? (rules.closing.byMs ?? rules.biddingMs) : rules.biddingMs,
    key: 'time.left',
  };
}

/**
 * What stands where the time was, until the server has spoken: a key and its values.
 * @param {Room} room
 * @returns {[string, Record<string, number>]}
 */
export function atZero({ now }) {
  if (now.tn) return ['time.next', {}];
  if (now.rd?.nx) return ['time.round', { n: now.rd.n + 1 }];
  return [now.fa ? 'time.falling' : 'time.closing', {}];
}

/**
 * The step that applies at a price: the twin of Step.At in engine/steps.go.
 * @param {Pick<import('./types').Rules, 'step'>} rules
 * @param {number} price
 */
export function stepAt(rules, price) {
  const { kind, amount = 1, bands = [], basisPoints = 0 } = rules.step;
  if (kind === 'bands') {
    let step = bands[0]?.step ?? 1;
    for (const band of bands) if (price >= band.from) step = band.step;
    return step;
  }
  if (kind === 'percent') {
    const share = Number((BigInt(price) * BigInt(basisPoints)) / 10000n);
    return Math.max(amount, share, 1);
  }
  return Math.max(amount, 1);
}

/**
 * How many steps an amount lies above the next minimum: the twin of
 * Rules.StepsAbove, which decides when an amount must be typed again.
 * @param {Room} room
 * @param {number} amount
 */
export function stepsAbove(room, amount) {
  if (amount <= room.now.nx) return 0;
  return Math.ceil((amount - room.now.nx) / stepAt(room.rules, Math.max(room.now.p ?? 0, room.rules.start)));
}

/**
 * The amount of a bid `steps` steps above the current price; one step is the
 * next minimum.
 * @param {Room} room
 * @param {number} steps
 */
export function amountAt(room, steps) {
  if (room.now.nx === 0) return 0;
  return room.now.nx + (steps - 1) * stepAt(room.rules, Math.max(room.now.p ?? 0, room.rules.start));
}

/**
 * Why the server would refuse an amount, or null. The server decides; this
 * only spares its answer for plain slips of the pen.
 * @param {Room} room
 * @param {number} amount
 * @returns {string | null} a refusal reason of the protocol
 */
export function amountProblem(room, amount) {
  const { rules, now } = room;
  if (!Number.isSafeInteger(amount) || amount <= 0) return 'bad_amount';
  if (amount < rules.start && !rules.hybrid) return 'below_start';
  if (now.nx === 0) return 'above_cap'; // the price has reached the cap of the rules
  if (amount < now.nx) return 'too_low';
  if (rules.step.kind === 'fixed' && (amount - rules.start) % (rules.step.amount ?? 1) !== 0)
    return 'off_step';
  if (amount > (rules.cap || 9e15)) return 'above_cap';
  return null;
}

/**
 * The amounts on both sides of one that is off the steps, to offer instead.
 * @param {Room} room
 * @param {number} amount
 * @returns {number[]} at most two, both acceptable by amountProblem
 */
export function nearest(room, amount) {
  const step = room.rules.step.amount ?? 1;
  const below = amount - ((((amount - room.rules.start) % step) + step) % step);
  return [below, below + step].filter((a) => amountProblem(room, a) === null);
}

/**
 * How many units each opened offer gets, by the feed number of its row: the
 * first rows that count get what they ask for, the last winner what is left.
 * Nothing where a lot is sold as one, or before the opening.
 * @param {Room} room @returns {Map<number, number>}
 */
export function servedUnits({ now, history }) {
  const u = now.sl?.u;
  if (!u) return new Map();
  const n = u.n ?? 0;
  const rows = history.filter((r) => r.u && !r.out);
  return new Map(rows.map((r, i) => [r.f, i < n - 1 ? (r.u ?? 0) : i === n - 1 ? (u.p ?? 0) : 0]));
}

/** How many units a result sells. @param {import('./types').Result | null | undefined} result */
export const unitsSold = (result) => (result?.awards ?? []).reduce((sum, a) => sum + a.units, 0);

/** Whether somebody is a winner. @param {import('./types').Result | undefined} result @param {string} code */
export const hasWon = (result, code) =>
  result?.outcome === 'sold' &&
  (result.awards ? result.awards.some((a) => a.code === code) : result.winner === code);
