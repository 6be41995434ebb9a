// What follows a falling price that was accepted, in the form: sealed offers
// above it, and the answer of who had accepted it (rule SE3). Pure.

import { readCount, readLength, writeLength } from './typed.js';
import { descentOf, spanOf } from './descent.js';

/** @typedef {NonNullable<import('../types').Rules['hybrid']>} Hybrid */
/** @typedef {import('./types').RulesForm} RulesForm */
/** @typedef {import('./types').HybridForm} HybridForm */

/** The limits of a stage, as in engine/hybrid.go. */
export const MIN_STAGE_MS = 10_000;
export const MAX_STAGE_MS = 24 * 3_600_000;

/** @param {Hybrid} [hybrid] @returns {HybridForm} */
export const hybridFormOf = ({ offersMs, answerMs } = { offersMs: 600_000, answerMs: 180_000 }) => ({
  offersMs: writeLength(offersMs, 'min'),
  answerMs: writeLength(answerMs, 'min'),
});

/**
 * What a lot in stages says that other lots do not. The offers have one round
 * at the first price.
 * @param {RulesForm} rules
 */
export function stagesOf({ start, descent, hybrid, confirmAbove, cap }) {
  const falls = descentOf(descent);
  return {
    closing: /** @type {const} */ ({ kind: 'fixed' }),
    biddingMs: spanOf(falls, start ?? 0),
    ...(readCount(confirmAbove) && { confirmAbove: readCount(confirmAbove) ?? 0 }),
    ...(cap && { cap }),
    descent: falls,
    sealed: /** @type {const} */ ({ pricing: 'first', rounds: 1 }),
    hybrid: { offersMs: readLength(hybrid.offersMs) ?? 0, answerMs: readLength(hybrid.answerMs) ?? 0 },
  };
}
