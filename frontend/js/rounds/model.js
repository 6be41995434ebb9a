// Where a session with plate rounds stands. Pure: the twin of nothing, only the
// wire's RoundNow put beside the rules.

/** @typedef {import('../types').Room} Room */

/** A line with more rounds than this would have no room on a phone. */
export const MAX_DOTS = 12;

/**
 * @typedef {object} Rounds
 * @property {number} n        the present round, 0: the main time
 * @property {number} max      how many rounds there may be
 * @property {boolean} live    bids are taken, or will be after a pause
 * @property {boolean} begun
 * @property {boolean} follows another round follows as things stand
 * @property {number} going    how many may bid in the present round
 * @property {string[]} codes  who they are, where that is shown
 * @property {number} opensAt  with a gap: from when bids are taken, else 0
 */

/**
 * Null where the rules have no rounds.
 * @param {Room} room
 * @returns {Rounds | null}
 */
export function roundsOf({ now, rules }) {
  if (rules.closing.kind !== 'rounds') return null;
  const rd = now.rd;
  return {
    n: rd?.n ?? 0,
    max: rules.closing.maxCount ?? 0,
    live: now.ph === 'running' || now.ph === 'paused',
    begun: rd !== undefined,
    follows: rd?.nx === true,
    going: rd?.in ?? 0,
    codes: rd?.c ?? [],
    opensAt: rd?.o ?? 0,
  };
}
