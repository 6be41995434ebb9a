// The bid button: what it says, whether it may be tapped, and what stands in
// the strip above it. Pure: everything it knows is an argument, so the whole
// table is tested without a browser.

import { amountAt, amountProblem, isFalling, stepsAbove } from './room.js';

/** @typedef {import('./types').Room} Room */
/** @typedef {import('./types').Standing} Standing */
/** @typedef {import('./types').Receipt} Receipt */

/** After any change of the price nothing can be sent: the finger was aiming at another amount. */
export const GUARD_MS = 700;
/** Least time between two own bids where the rules name none. */
export const OWN_INTERVAL_MS = 1_000;
/** After this long without a receipt the label says that we are asking. */
export const SLOW_MS = 3_000;
/** More steps than this must be typed again where the rules name no number. */
export const TYPE_AGAIN_ABOVE = 20;

/**
 * What the bidder has chosen: a number of steps above the price (1 is the next
 * minimum), or an amount of their own.
 * @typedef {{steps: number} | {amount: number}} Choice
 */

/**
 * @typedef {object} Situation
 * @property {Room | null} room
 * @property {boolean} current      the room is the newest state on a living connection
 * @property {boolean} cut          the connection lives, and its server does not reach those who decide
 * @property {boolean} signedIn
 * @property {Standing | null} you  null: not a participant, or not known yet
 * @property {boolean} active       this tab holds the bidding channel
 * @property {{sentMs: number, asking: boolean, amount?: number, op: string}[]} pending own commands without a receipt
 * @property {Choice} choice
 * @property {Receipt | null} refused   the last answer, if it was a refusal that still matters
 * @property {number} monotonicMs
 * @property {number} priceMovedMs  monotonic time of the last change of the price
 * @property {number} serverMs      server time, for the own interval
 * @property {number | null} [armed] the falling price that a first press has named
 */

/**
 * @typedef {object} Button
 * @property {string} state   a row of the table; the label is the sentence bid.<state>
 * @property {'bid' | 'arm' | 'checkin' | 'take' | 'signin' | null} tap what a tap does
 * @property {'solid' | 'outline' | 'good' | 'warn' | 'off' | 'plain'} look
 * @property {number | null} amount what would be sent, or what is being sent
 * @property {number | null} againMs monotonic time at which the answer may be another
 * @property {string} [reason] a sentence of the auctioneer
 */

/**
 * The amount of a choice; the first step is what the auctioneer asks for, if anything. One's own amount that a new price has overtaken
 * falls back to the next minimum; the guard then covers the change.
 * @param {Room} room
 * @param {Choice} choice
 */
export function chosenAmount(room, choice) {
  if ('steps' in choice)
    return choice.steps === 1 && room.now.cl?.a ? room.now.cl.a : amountAt(room, choice.steps);
  return amountProblem(room, choice.amount) === null ? choice.amount : room.now.nx;
}

/** Whether a bid of this amount would buy at once (rule BN-01). @param {Room} room @param {number} amount */
export const buysNow = ({ now, rules }, amount) =>
  now.bn === true && amount >= (rules.buyNow?.amount ?? Infinity);

/**
 * What must be asked before an amount is sent: nothing for the next step, a
 * look at the words for a jump and for what buys, typing it again for a very
 * large one.
 * @param {Room} room
 * @param {number} amount
 * @returns {'none' | 'words' | 'type'}
 */
export function confirmation(room, amount) {
  const above = stepsAbove(room, amount);
  if (above === 0) return buysNow(room, amount) ? 'words' : 'none';
  if (above > (room.rules.confirmAbove || TYPE_AGAIN_ABOVE)) return 'type';
  return amount === room.now.cl?.a ? 'none' : 'words'; // what was just called aloud needs no second look
}

/** @param {string} state @param {Button['look']} look @param {Partial<Button>} [more] @returns {Button} */
const button = (state, look, more = {}) => ({ state, look, tap: null, amount: null, againMs: null, ...more });

/**
 * The table, in its order of precedence.
 * @param {Situation} s
 * @returns {Button}
 */
export function bidButton(s) {
  return ended(s) ?? halted(s) ?? barred(s) ?? notReady(s) ?? underway(s) ?? biddable(s);
}

/** @param {Situation} s @returns {Button | null} */
function ended({ room, you }) {
  const now = room?.now;
  if (room && now?.ph === 'closed' && isFalling(room) && now.p)
    return button(you?.leading ? 'yours' : 'taken', you?.leading ? 'good' : 'plain', { amount: now.p });
  if (now?.ph === 'closed') return button('closed', 'plain');
  if (now?.ph !== 'announced') return null;
  if (now.res?.outcome !== 'sold') return button('failed', 'plain');
  if (you?.won) return button('won', 'good', { amount: now.res.price ?? null });
  return button(you?.best ? 'lost' : 'sold', 'plain', { amount: now.res.price ?? null });
}

/** @param {Situation} s @returns {Button | null} */
function halted({ room }) {
  const now = room?.now;
  if (now?.ph === 'stopped' || now?.ph === 'cancelled') return button(now.ph, 'off', { reason: now.why });
  if (now?.ph === 'paused') return button('paused', 'warn', { reason: now.why });
  return null;
}

/** @param {Situation} s @returns {Button | null} */
function barred({ room, you, active, current, cut }) {
  if (you?.out) return button('out', 'off', { reason: you.outWhy });
  if (!room || !current) return button(cut ? 'cut' : 'offline', 'off');
  if (you && !active) return button('follower', 'outline', { tap: 'take' });
  return null;
}

/** @param {Situation} s @returns {Button | null} */
function notReady({ room, you, signedIn, pending }) {
  if (!signedIn) return button('guest', 'outline', { tap: 'signin' });
  if (!you) return button('stranger', 'plain');
  if (!you.in) {
    const sent = pending.some((p) => p.op === 'checkin');
    return sent ? button('checking', 'warn') : button('absent', 'solid', { tap: 'checkin' });
  }
  if (room?.now.ph === 'scheduled') return button('waiting', 'plain');
  if (you.noRd && !you.leading) return button('notround', 'off');
  return null;
}

/** @param {Situation} s @returns {Button | null} */
function underway({ pending, you, monotonicMs }) {
  const sent = pending.find(
    (p) => p.op === 'bid' || p.op === 'raise' || p.op === 'buy' || p.op === 'withdraw',
  );
  if (sent) {
    const amount = sent.amount ?? null;
    if (sent.asking || monotonicMs - sent.sentMs >= SLOW_MS) return button('asking', 'warn', { amount });
    return button(amount === null ? 'sending' : 'pending', 'warn', {
      amount,
      againMs: sent.sentMs + SLOW_MS,
    });
  }
  if (you?.leading) return button('leading', 'good');
  return null;
}

/** @param {Situation} s @returns {Button} */
function biddable({ room, you, choice, monotonicMs, priceMovedMs, serverMs, armed }) {
  if (!room) return button('offline', 'off');
  if (room.now.nx === 0) return button('top', 'plain');
  const amount = isFalling(room) ? room.now.nx : chosenAmount(room, choice);
  const gapMs = (room.now.rd?.o ?? 0) - serverMs;
  const { tn } = room.now;
  if (tn && tn.c !== you?.code) return button(tn.c ? 'notturn' : 'between', 'plain');
  if (gapMs > 0) return button('between', 'plain', { againMs: monotonicMs + gapMs });
  // Computed while drawing, not in an effect: an effect runs one frame late and
  // leaves a frame in which the new amount could be tapped.
  const guardLeftMs = priceMovedMs + GUARD_MS - monotonicMs;
  if (guardLeftMs > 0) return button('guard', 'warn', { amount, againMs: monotonicMs + guardLeftMs });
  // One word ends the session, so it takes two presses on the same price; a
  // fall in between asks for both again.
  if (isFalling(room))
    return armed === amount
      ? button('sure', 'warn', { tap: 'bid', amount })
      : button('accept', 'solid', { tap: 'arm', amount });
  const intervalMs = Math.max(room.rules.minIntervalMs ?? 0, OWN_INTERVAL_MS);
  const restMs = (you?.lastAt ?? -Infinity) + intervalMs - serverMs;
  if (restMs > 0 && restMs <= intervalMs)
    return button('rest', 'solid', { amount, againMs: monotonicMs + restMs });
  return button(room.rules.proxy ? 'maximum' : 'bid', 'solid', { tap: 'bid', amount });
}

/**
 * @typedef {object} Strip
 * @property {'good' | 'bad' | 'warn' | 'quiet'} tone
 * @property {string} icon
 * @property {string} key a sentence
 */

/**
 * The strip above the button: how I stand, in words.
 * @param {Situation} s
 * @param {Button} b
 * @returns {Strip}
 */
export function strip(s, b) {
  const fixed = STRIPS[b.state];
  if (fixed) return fixed;
  if (s.refused) return { tone: 'bad', icon: 'ban', key: 'strip.refused' };
  if (s.you?.leading) return { tone: 'good', icon: 'circle-check', key: 'strip.leading' };
  if (s.you?.undone) return { tone: 'warn', icon: 'undo-2', key: 'strip.undone' };
  if (s.you?.outbid) return { tone: 'bad', icon: 'arrow-up', key: 'strip.outbid' };
  return { tone: 'quiet', icon: 'gavel', key: 'strip.ready' };
}

/** @type {Record<string, Strip>} */
const STRIPS = {
  closed: { tone: 'quiet', icon: 'hourglass', key: 'strip.closed' },
  failed: { tone: 'quiet', icon: 'gavel', key: 'strip.failed' },
  sold: { tone: 'quiet', icon: 'gavel', key: 'strip.ended' },
  lost: { tone: 'quiet', icon: 'gavel', key: 'strip.lost' },
  won: { tone: 'good', icon: 'gavel', key: 'strip.won' },
  stopped: { tone: 'bad', icon: 'circle-stop', key: 'strip.stopped' },
  cancelled: { tone: 'bad', icon: 'circle-stop', key: 'strip.cancelled' },
  out: { tone: 'bad', icon: 'ban', key: 'strip.out' },
  offline: { tone: 'warn', icon: 'wifi-off', key: 'strip.offline' },
  cut: { tone: 'warn', icon: 'wifi-off', key: 'strip.cut' },
  follower: { tone: 'warn', icon: 'copy', key: 'strip.follower' },
  guest: { tone: 'quiet', icon: 'eye', key: 'strip.guest' },
  stranger: { tone: 'quiet', icon: 'eye', key: 'strip.stranger' },
  absent: { tone: 'warn', icon: 'user', key: 'strip.absent' },
  checking: { tone: 'warn', icon: 'user', key: 'strip.absent' },
  notround: { tone: 'bad', icon: 'ban', key: 'strip.notround' },
  between: { tone: 'quiet', icon: 'hourglass', key: 'strip.between' },
  notturn: { tone: 'quiet', icon: 'hourglass', key: 'strip.notturn' },
  waiting: { tone: 'good', icon: 'check', key: 'strip.waiting' },
  yours: { tone: 'good', icon: 'circle-check', key: 'strip.yours' },
  taken: { tone: 'quiet', icon: 'hourglass', key: 'strip.taken' },
  top: { tone: 'quiet', icon: 'gavel', key: 'strip.top' },
  asking: { tone: 'warn', icon: 'hourglass', key: 'strip.asking' },
};
