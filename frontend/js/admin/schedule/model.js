// When each lot of an auction opens and ends: worked out for all at once, and
// written into the opening and the bidding time of each, which are what is
// frozen. Pure.

import { descentOf, spanOf } from '../descent.js';
import { isEmpty, readLength, readMoment, writeLength, writeMoment } from '../typed.js';

/** @typedef {import('../types').LotForm} LotForm */
/** @typedef {import('../types').Schedule} Schedule */
/** @typedef {import('../types').Slot} Slot */

const MINUTE = 60_000;

/** together, or staggered ends (rule SC10), or one after another, or by hand. */
export const WAYS = ['together', 'stagger', 'after', 'hand'];

/** The law's shortest bidding time by preset of the sheet (office/preset.go). */
const SHORTEST_MS = /** @type {Record<string, number>} */ ({ demo: MINUTE });

/** @param {string} preset */
export const shortestMs = (preset) => SHORTEST_MS[preset] ?? 15 * MINUTE;

/**
 * The bidding time of a lot as it stands in the form. Where the price falls it
 * follows from the falls, and nothing else can set it.
 * @param {LotForm} lot
 */
export const lengthOf = ({ rules }) =>
  rules.method === 'descending'
    ? spanOf(descentOf(rules.descent), rules.start ?? 0)
    : (readLength(rules.biddingMs) ?? 0);

/** @param {LotForm} lot @returns {Slot} */
const slotOf = (lot) => {
  const opensMs = isEmpty(lot.rules.opensAt) ? 0 : (readMoment(lot.rules.opensAt) ?? 0);
  return { opensMs, biddingMs: lengthOf(lot) };
};

/**
 * The slot of every lot. A lot that is kept stays as it is; one after another,
 * the next lot waits for it all the same. Null while the schedule cannot be
 * read.
 * @param {Schedule} schedule
 * @param {LotForm[]} lots
 * @param {(lot: LotForm) => boolean} isKept
 * @returns {Slot[] | null}
 */
export function slotsOf(schedule, lots, isKept) {
  const { way } = schedule;
  if (way === 'hand') return lots.map(slotOf);
  const opensMs = readMoment(schedule.opensAt);
  const biddingMs = readLength(schedule.biddingMs);
  const everyMs = way === 'together' ? 0 : readLength(schedule.everyMs);
  if (opensMs === null || !biddingMs || everyMs === null || (way === 'stagger' && everyMs === 0)) return null;
  let nextMs = opensMs;
  return lots.map((lot, i) => {
    const own = slotOf(lot);
    const falls = lot.rules.method === 'descending';
    const wanted = {
      opensMs: way === 'after' ? nextMs : opensMs,
      biddingMs: falls ? own.biddingMs : biddingMs + (way === 'stagger' ? i * everyMs : 0),
    };
    const slot = isKept(lot) && own.opensMs ? own : wanted;
    nextMs = slot.opensMs + slot.biddingMs + everyMs;
    return slot;
  });
}

/**
 * The schedule that explains most of what the form says already, so that a lot
 * it does not explain was set by hand.
 * @param {LotForm[]} lots
 * @param {Schedule} usual what to propose where nothing is set
 * @returns {Schedule}
 */
export function guess(lots, usual) {
  const slots = lots.map(slotOf).filter((s) => s.opensMs && s.biddingMs);
  const first = slots[0];
  if (!first || slots.length < 2) {
    if (!first) return usual;
    return { ...usual, opensAt: writeMoment(first.opensMs), biddingMs: writeLength(first.biddingMs, 'min') };
  }
  const steps = slots.slice(1).map((s, i) => {
    const before = slots[i] ?? first;
    return {
      growth: s.opensMs === before.opensMs ? s.biddingMs - before.biddingMs : NaN,
      gap: s.opensMs - before.opensMs - before.biddingMs,
    };
  });
  const growth = mostCommon(steps.map((s) => s.growth).filter((ms) => ms >= 0));
  const gap = mostCommon(steps.map((s) => s.gap).filter((ms) => ms >= 0));
  /** @param {Schedule['way']} way @param {number} ms */
  const found = (way, ms) => ({
    way,
    opensAt: writeMoment(first.opensMs),
    biddingMs: writeLength(first.biddingMs, 'min'),
    everyMs: way === 'together' ? usual.everyMs : writeLength(ms, 'min'),
  });
  if (growth.times >= gap.times && growth.times > 0)
    return found(growth.value === 0 ? 'together' : 'stagger', growth.value);
  return gap.times > 0 ? found('after', gap.value) : found('together', 0);
}

/** @param {number[]} values */
function mostCommon(values) {
  /** @type {Map<number, number>} */
  const times = new Map();
  for (const v of values) times.set(v, (times.get(v) ?? 0) + 1);
  let best = { value: 0, times: 0 };
  for (const [value, n] of times) if (n > best.times) best = { value, times: n };
  return best;
}

/**
 * The lots whose times were set by hand: those that a guess does not explain.
 * @param {LotForm[]} lots @param {Schedule} guessed
 * @returns {Set<string>} by key
 */
export function setByHand(lots, guessed) {
  const slots = slotsOf(guessed, lots, () => false);
  const kept = new Set();
  lots.forEach((lot, i) => {
    const own = slotOf(lot);
    const slot = slots?.[i];
    if (own.opensMs && slot && (own.opensMs !== slot.opensMs || own.biddingMs !== slot.biddingMs))
      kept.add(lot.key);
  });
  return kept;
}

/**
 * The lots with their slots written into their rules. What was not touched
 * stays the same object.
 * @param {LotForm[]} lots @param {Slot[]} slots
 * @returns {LotForm[]}
 */
export const scheduled = (lots, slots) =>
  lots.map((lot, i) => {
    const slot = slots[i];
    const own = slotOf(lot);
    if (!slot || (slot.opensMs === own.opensMs && slot.biddingMs === own.biddingMs)) return lot;
    return {
      ...lot,
      rules: {
        ...lot.rules,
        opensAt: writeMoment(slot.opensMs),
        ...(lot.rules.method !== 'descending' && { biddingMs: writeLength(slot.biddingMs, 'min') }),
      },
    };
  });
