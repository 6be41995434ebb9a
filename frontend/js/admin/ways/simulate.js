// What the rules of single ways to sell make of a few bids, to be read while
// they are chosen. Pure. It is held to engine/testdata/simulate_ways.golden,
// which the engine's own sessions have written.

/** @typedef {import('../../types').Rules} Rules */

/** How long before the end the example bid comes. */
const LATE_MS = 5_000;

/** @param {Rules} rules @param {number} amount what may not be taken any more is 0 */
const within = ({ cap }, amount) => (amount > (cap || 9e15) ? 0 : amount);

/**
 * Somebody who agrees to the first price shortly before the silence ends.
 * @param {Rules} rules
 * @returns {{asks: number, silentAt: number, bidAt: number, movedTo: number, next: number, latestAt: number} | null}
 *   next: what the second round asks, 0: nothing can be taken; null: not the gong
 */
export function simulateGong(rules) {
  const { gong, start, step, opensAt, biddingMs } = rules;
  if (!gong) return null;
  const latestAt = opensAt + biddingMs;
  const silentAt = Math.min(opensAt + gong.silenceMs, latestAt);
  const bidAt = silentAt - LATE_MS;
  const by = step.amount ?? 0;
  return {
    asks: start + by,
    silentAt,
    bidAt,
    movedTo: Math.max(silentAt, Math.min(bidAt + gong.silenceMs, latestAt)),
    next: within(rules, start + 2 * by),
    latestAt,
  };
}

/**
 * Two who are there from the beginning: what the second offer has to be after
 * one at the start, and when it ends if neither says anything.
 * @param {Rules} rules
 * @returns {{firstAt: number, turnEndsAt: number, second: number, endsAt: number} | null}
 *   second: 0: none can be taken; null: no turns
 */
export function simulateTurns(rules) {
  const { turns, start, step, opensAt, biddingMs } = rules;
  if (!turns) return null;
  const firstAt = opensAt + biddingMs;
  return {
    firstAt,
    turnEndsAt: firstAt + turns.turnMs,
    second: within(rules, start + (step.amount ?? 0)),
    endsAt: firstAt + turns.rounds * 2 * turns.turnMs + (turns.rounds - 1) * turns.pauseMs,
  };
}

/**
 * Which first bid ends the offer to buy now without buying.
 * @param {Rules} rules
 * @returns {{endedBy: number} | null} the least one, 0: none; null: there is no offer, or the reserve, which nobody sees, ends it
 */
export function simulateBuyNow({ buyNow, start, step }) {
  if (!buyNow || buyNow.until === 'reserve') return null;
  if (buyNow.until === 'end') return { endedBy: 0 };
  let least = start;
  if (buyNow.until === 'share') {
    const share = Number((BigInt(buyNow.amount) * BigInt(buyNow.basisPoints ?? 0)) / 10_000n);
    const grid = step.kind === 'fixed' && step.amount ? step.amount : 1;
    least = start + Math.max(0, Math.ceil((share - start) / grid)) * grid;
  }
  return { endedBy: least < buyNow.amount ? least : 0 };
}
