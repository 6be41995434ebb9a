// Rounds in turn in the auction form: there and back between the form and the
// draft, and what is wrong with it. Pure.

import { readCount, readLength, writeLength } from '../typed.js';

/** @typedef {import('../types').TurnsForm} TurnsForm */
/** @typedef {import('../../types').Turns} Turns */

/** As engine/method_turns.go has them. */
const MAX_ROUNDS = 20;
export const SHORTEST_MS = 5_000;
export const LONGEST_MS = 3_600_000;

/** @param {Turns | undefined} turns @returns {TurnsForm} */
export const turnsFormOf = (turns) => ({
  rounds: String(turns?.rounds ?? 3),
  turnMs: writeLength(turns?.turnMs ?? 180_000, 'min'),
  pauseMs: writeLength(turns?.pauseMs ?? 120_000, 'min'),
});

/** @param {TurnsForm} form @returns {Turns} */
export const turnsOf = ({ rounds, turnMs, pauseMs }) => ({
  rounds: readCount(rounds) ?? 0,
  turnMs: readLength(turnMs) ?? 0,
  pauseMs: readLength(pauseMs) ?? 0,
});

/** @param {string} rounds @param {(when: boolean, field: string, code: string) => void} note */
export function checkRounds(rounds, note) {
  const n = readCount(rounds);
  note(n === null, 'turns.rounds', 'not_a_number');
  note(n !== null && (n < 1 || n > MAX_ROUNDS), 'turns.rounds', 'out_of_range');
}
