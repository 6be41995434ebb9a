// What the rules of a form make of a few bids, to be read while they are
// chosen. Pure. It is held to engine/testdata/simulate.golden, which the
// engine's own sessions have written.

import { stepAt } from '../room.js';
import { fallsOf, priceAfter } from './descent.js';

/** @typedef {import('../types').Rules} Rules */

/** How long before the end the example bid comes, at most. */
const LATE_MS = 5_000;

/**
 * A session of an ascending sheet, opened at its moment: a late bid, the least
 * amounts of the first two bids, and two maxima where there are some.
 * @typedef {object} Simulated
 * @property {number} endsAt
 * @property {number} bidAt    when the late bid comes
 * @property {number} movedTo  the end after it
 * @property {number} second   the least second bid after the first at the start; 0: none can be taken
 * @property {{a: number, b: number, price: number} | null} maxima two of them and what the first leads at
 */

/**
 * @param {Rules & {reserveAmount?: number}} rules as they would be sent, with start, step, times
 * @returns {Simulated | null} null for rules it knows nothing of
 */
export function simulate(rules) {
  const { method, closing, start, opensAt, biddingMs, proxy } = rules;
  if (method !== 'ascending' || !['fixed', 'reset', 'add'].includes(closing.kind)) return null;
  const endsAt = opensAt + biddingMs;
  const late = Math.min(LATE_MS, biddingMs, closing.windowMs || LATE_MS);
  const bidAt = endsAt - late;
  const cap = rules.cap || 9e15;
  const step = stepAt(rules, start);
  const [a, b] = [start + 10 * step, start + 4 * step];
  const most = Math.min(cap, (rules.buyNow?.amount ?? Infinity) - 1); // a maximum that buys shows nothing of maxima
  return {
    endsAt,
    bidAt,
    movedTo: moved(closing, endsAt, bidAt),
    second: start + step > cap ? 0 : start + step,
    maxima:
      proxy && !rules.reserve && !rules.reserveAmount && a <= most
        ? { a, b, price: Math.min(a, b + stepAt(rules, b)) }
        : null,
  };
}

/**
 * The twin of extendByRule in engine/closing.go, for the first extension.
 * @param {Rules['closing']} closing
 * @param {number} endsAt @param {number} bidAt
 */
function moved({ kind, byMs = 0, maxTotalMs = 0 }, endsAt, bidAt) {
  if (kind === 'fixed') return endsAt;
  const end = (kind === 'add' ? endsAt : bidAt) + byMs;
  return Math.max(endsAt, maxTotalMs ? Math.min(end, endsAt + maxTotalMs) : end);
}

/**
 * A price that falls and that nobody accepts.
 * @param {Rules} rules
 * @returns {{prices: number, nextAt: number, next: number, floorAt: number, endsAt: number} | null} null: it does not fall
 */
export function simulateFalling({ descent, start, opensAt, biddingMs }) {
  if (!descent) return null;
  const falls = fallsOf(descent, start);
  return {
    prices: falls + 1,
    nextAt: opensAt + descent.everyMs,
    next: priceAfter(descent, start, 1),
    floorAt: opensAt + falls * descent.everyMs,
    endsAt: opensAt + biddingMs,
  };
}

/**
 * Somebody who takes the first price at once, and what the others may do then.
 * @param {Rules} rules
 * @returns {{least: number, endsAt: number} | null} least: the least sealed offer, 0: none can be taken; null: no stages
 */
export function simulateStages(rules) {
  if (!rules.hybrid) return null;
  const least = rules.start + stepAt(rules, rules.start);
  return {
    least: least > (rules.cap || 9e15) ? 0 : least,
    endsAt: rules.opensAt + rules.hybrid.offersMs,
  };
}

/**
 * Two who bid in the main time, one of them late, and the round that follows.
 * @param {Rules} rules
 * @returns {{mainEndsAt: number, bidAt: number, opensAt: number, closesAt: number, latestAt: number} | null} null: no rounds
 */
export function simulateRounds({ closing, opensAt, biddingMs }) {
  const { kind, windowMs = 0, byMs = 0, gapMs = 0, maxTotalMs = 0 } = closing;
  if (kind !== 'rounds') return null;
  const mainEndsAt = opensAt + biddingMs;
  const latestAt = maxTotalMs ? mainEndsAt + maxTotalMs : 0;
  const end = mainEndsAt + gapMs + byMs;
  return {
    mainEndsAt,
    bidAt: mainEndsAt - Math.min(LATE_MS, windowMs),
    opensAt: mainEndsAt + gapMs,
    closesAt: latestAt ? Math.min(end, latestAt) : end,
    latestAt,
  };
}
