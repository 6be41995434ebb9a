// When each lot of an auction opens and ends: worked out for all at once, and
// written into the opening and the bidding time of each, which are what is
// frozen. Pure.

import { descentOf, isFalling, spanOf } from '../descent.js';
import { isEmpty, readLength, readMoment, writeLength, writeMoment } from '../typed.js';

/** @typedef {import('../types').LotForm} LotForm */
/** @typedef {import('../types').Schedule} Schedule */
/** @typedef {import('../types').Slot} Slot */

const MINUTE = 60_000;

/** together, or staggered ends (rule SC10), or one after another, or by hand. */
export const WAYS = ['together', 'stagger', 'after', 'hand'];

/**
 * A length in minutes where it can be: "65" beside "60" reads better than
 * beside "1 hour".
 * @param {number} ms
 * @returns {import('../types').Length}
 */
export const minutes = (ms) =>
  ms && ms % MINUTE === 0 ? { n: String(ms / MINUTE), unit: 'min' } : writeLength(ms, 'min');

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
  isFalling(rules.method)
    ? spanOf(descentOf(rules.descent), rules.start ?? 0)
    : (readLength(rules.biddingMs) ?? 0);

/** Whether late bids for other lots move the end of this one. @param {LotForm} lot */
export const isLinked = ({ rules: { method, closing, group } }) =>
  method === 'ascending' && (closing.kind === 'reset' || closing.kind === 'add') && group.kind !== 'alone';

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
    const falls = isFalling(lot.rules.method);
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
  const slots = lots.map(slotOf);
  const set = slots.flatMap((s, i) => (s.opensMs && s.biddingMs ? [{ ...s, i }] : []));
  const first = set[0];
  if (!first) return usual;
  const opensMs = mostCommon(set.map((s) => s.opensMs))[0] ?? first.opensMs;
  const growths = set.slice(1).flatMap((s, n) => {
    const before = set[n] ?? first;
    return [s.biddingMs - before.biddingMs, (s.biddingMs - first.biddingMs) / (s.i - first.i)];
  });
  const gaps = set.slice(1).map((s, n) => s.opensMs - (set[n]?.opensMs ?? 0) - (set[n]?.biddingMs ?? 0));
  /** @param {Schedule['way']} way @param {number} fromMs @param {number[]} lengths @param {number} everyMs @returns {Schedule} */
  const like = (way, fromMs, lengths, everyMs) => ({
    way,
    opensAt: writeMoment(fromMs),
    biddingMs: minutes(mostCommon(lengths)[0] ?? 0),
    everyMs: way === 'together' ? usual.everyMs : minutes(everyMs),
  });
  const lengths = set.map((s) => s.biddingMs);
  const found = [
    like('together', opensMs, lengths, 0),
    ...mostCommon(growths.filter((ms) => ms > 0)).map((ms) =>
      like(
        'stagger',
        opensMs,
        set.map((s) => s.biddingMs - s.i * ms),
        ms,
      ),
    ),
    ...mostCommon(gaps.filter((ms) => ms >= 0)).map((ms) => like('after', first.opensMs, lengths, ms)),
  ]
    .filter((schedule) => slotsOf(schedule, lots, () => false) !== null)
    .map((schedule) => ({ schedule, rest: setByHand(lots, schedule).size }));
  return found.reduce((best, one) => (one.rest < best.rest ? one : best), { schedule: usual, rest: Infinity })
    .schedule;
}

const TRIED = 5;

/** The values that occur most, at most a few. @param {number[]} values */
function mostCommon(values) {
  /** @type {Map<number, number>} */
  const times = new Map();
  for (const v of values) if (Number.isInteger(v)) times.set(v, (times.get(v) ?? 0) + 1);
  return [...times]
    .sort(([, m], [, n]) => n - m)
    .slice(0, TRIED)
    .map(([value]) => value);
}

/**
 * The lots whose times were set by hand: those that a guess does not explain.
 * @param {LotForm[]} lots @param {Schedule} guessed
 * @returns {Set<string>} by key
 */
export function setByHand(lots, guessed) {
  const slots = slotsOf(guessed, lots, () => false) ?? [];
  const kept = new Set();
  lots.forEach((lot, i) => {
    const own = slotOf(lot);
    const slot = slots[i];
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
        ...(!isFalling(lot.rules.method) && { biddingMs: writeLength(slot.biddingMs, 'min') }),
      },
    };
  });
