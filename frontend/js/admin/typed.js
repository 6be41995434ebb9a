// Reading what somebody typed into a form, and writing it back: whole numbers,
// percent, lengths of time, and moments in Vietnam. Pure. Whatever would have
// to be guessed is refused.

/** @typedef {import('./types').Length} Length */
/** @typedef {import('./types').LengthUnit} LengthUnit */
/** @typedef {import('./types').Moment} Moment */

// Vietnam is seven hours ahead of UTC all year, and has been since 1975. The
// device's own time zone must not matter.
const ZONE_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

/** @type {Record<LengthUnit, number>} */
export const UNIT_MS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

/**
 * A whole number, 0 for an empty field, null for what is none.
 * @param {string} text
 */
export function readCount(text) {
  const s = text.trim();
  if (s === '') return 0;
  return /^\d{1,9}$/.test(s) ? Number(s) : null;
}

/**
 * Percent with up to two decimals as hundredths of a percent: "2,5" → 250.
 * Three decimals could be a thousand, so they are refused.
 * @param {string} text
 */
export function readBasisPoints(text) {
  const s = text.replace(/[\s%]/g, '');
  if (s === '') return 0;
  const m = /^(\d{1,4})(?:[.,](\d{1,2}))?$/.exec(s);
  return m ? Number(m[1]) * 100 + Number((m[2] ?? '').padEnd(2, '0')) : null;
}

/** @param {number} basisPoints */
export function writeBasisPoints(basisPoints) {
  if (!basisPoints) return '';
  const rest = String(basisPoints % 100).padStart(2, '0');
  return `${Math.floor(basisPoints / 100)}${rest === '00' ? '' : ',' + rest.replace(/0$/, '')}`;
}

/** Milliseconds, 0 for an empty field, null for what is no length. @param {Length} length */
export function readLength({ n, unit }) {
  const count = readCount(n);
  return count === null ? null : count * UNIT_MS[unit];
}

/**
 * The length in the largest unit that needs no decimals, so that reading it
 * again gives the same. An empty field keeps the unit that fits the field.
 * @param {number | undefined} ms
 * @param {LengthUnit} emptyUnit
 * @returns {Length}
 */
export function writeLength(ms, emptyUnit) {
  if (!ms) return { n: '', unit: emptyUnit };
  /** @type {LengthUnit[]} */
  const units = ['h', 'min', 's'];
  const unit = units.find((u) => ms % UNIT_MS[u] === 0 && ms >= UNIT_MS[u]) ?? 'ms';
  return { n: String(ms / UNIT_MS[unit]), unit };
}

/**
 * A time of day: 9h, 9h30, 9:30, 09:30:15. Milliseconds since midnight or null.
 * @param {string} text
 */
export function readTime(text) {
  const s = text.toLowerCase().replace(/\s/g, '');
  const m = /^(\d{1,2})h(\d{2})?$/.exec(s) ?? /^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.(\d{3}))?)?$/.exec(s);
  if (!m) return null;
  const part = (/** @type {number} */ i) => Number(m[i] ?? 0);
  const [hours, minutes, seconds, ms] = [part(1), part(2), part(3), part(4)];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

/**
 * The beginning of a day in Vietnam as Unix milliseconds, or null: 31 February
 * is no day.
 * @param {string} date 2026-11-27, as a date field writes it
 */
export function readDate(date) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  const utc = Date.parse(date + 'T00:00:00Z');
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== date) return null;
  return utc - ZONE_MS;
}

/** Whether nothing was typed. @param {Moment} moment */
export const isEmpty = ({ date, time }) => date.trim() === '' && time.trim() === '';

/** Unix milliseconds, or null for what is no moment. @param {Moment} moment */
export function readMoment({ date, time }) {
  const day = readDate(date);
  const ofDay = readTime(time);
  return day === null || ofDay === null ? null : day + ofDay;
}

/**
 * Day and time of day in Vietnam, with seconds only where there are some.
 * @param {number | undefined} ms
 * @returns {Moment}
 */
export function writeMoment(ms) {
  if (!ms) return { date: '', time: '' };
  const iso = new Date(ms + ZONE_MS).toISOString(); // 2026-11-27T09:30:00.000Z
  const time = iso
    .slice(11, 23)
    .replace(/\.000$/, '')
    .replace(/:00$/, '');
  return { date: iso.slice(0, 10), time: time.length < 5 ? iso.slice(11, 16) : time };
}

/** The next full minute that is at least so far away. @param {number} nowMs @param {number} ms */
export const minuteAfter = (nowMs, ms) => Math.ceil((nowMs + ms) / 60_000) * 60_000;

/**
 * A time of day on the day after.
 * @param {number} nowMs
 * @param {number} hour in Vietnam
 */
export function tomorrowAt(nowMs, hour) {
  const today = Math.floor((nowMs + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS;
  return today + DAY_MS + hour * UNIT_MS.h;
}
