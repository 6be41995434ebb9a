// The falling price of a lot in the form: its schedule, and how it is read and
// written. The twin of engine/descent.go. Pure.

import { readBasisPoints, readLength, writeBasisPoints, writeLength } from './typed.js';

/** @typedef {import('../types').Descent} Descent */
/** @typedef {import('./types').DescentForm} DescentForm */

export const MAX_FALLS = 1000;

/** Whether the price falls first, so that the bidding time follows from it. @param {string} method */
export const isFalling = (method) => method === 'descending' || method === 'hybrid';

/**
 * The price after a number of falls.
 * @param {Descent} d @param {number} start @param {number} falls
 */
export function priceAfter({ amount = 0, basisPoints = 0, floor }, start, falls) {
  if (!basisPoints) return Math.max(floor, start - falls * amount);
  const left = 10_000 - falls * basisPoints;
  if (left <= 0) return floor;
  return Math.max(floor, Number((BigInt(start) * BigInt(left) + 5_000n) / 10_000n));
}

/**
 * How many falls lead from start to the floor; more than MAX_FALLS: too many.
 * @param {Descent} d @param {number} start
 */
export function fallsOf(d, start) {
  let falls = 0;
  while (falls <= MAX_FALLS && priceAfter(d, start, falls) > d.floor) falls++;
  return falls;
}

/** The time that the whole descent takes. @param {Descent} d @param {number} start */
export const spanOf = (d, start) => (fallsOf(d, start) + 1) * d.everyMs;

/** @param {Descent} [d] @returns {DescentForm} */
export const descentFormOf = (d) => ({
  kind: d?.basisPoints ? 'percent' : 'amount',
  amount: d?.amount || null,
  basisPoints: writeBasisPoints(d?.basisPoints ?? 0),
  everyMs: writeLength(d?.everyMs ?? 60_000, 'min'),
  floor: d?.floor || null,
  preceding: d?.preceding === true,
});

/** Unreadable fields count as empty. @param {DescentForm} form @returns {Descent} */
export const descentOf = ({ kind, amount, basisPoints, everyMs, floor, preceding }) => ({
  ...(kind === 'percent' ? { basisPoints: readBasisPoints(basisPoints) ?? 0 } : { amount: amount ?? 0 }),
  everyMs: readLength(everyMs) ?? 0,
  floor: floor ?? 0,
  ...(preceding && { preceding }),
});
