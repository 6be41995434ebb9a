// What a bidder's device is good for: facts in, grades out. Pure, so that the
// whole table is tested without a browser.

/**
 * @typedef {object} Facts
 * @property {string} phase        of the live connection
 * @property {number | null} rttMs there and back
 * @property {number} drops        how often the line broke since the page is open
 * @property {number} waitedMs     since the page is open
 * @property {number | null} errorMs of the server's clock as the page knows it; null: unknown
 * @property {number} offMs        by which the device's own clock is fast
 * @property {string[]} lacking    features of the browser that the room needs
 * @property {boolean} secure
 * @property {number} widthPx
 * @property {boolean} soundOn
 * @property {{level: number, charging: boolean} | null} battery null: the browser does not tell
 * @property {number} hiddenCount  how often the page went out of sight
 */

/**
 * `bad` keeps from bidding, `note` is worth a thought, `wait` is not known yet.
 * @typedef {{name: string, grade: 'ok' | 'note' | 'bad' | 'wait', key: string, values?: Record<string, string | number>}} Grade
 */

export const SLOW_RTT_MS = 800; // beyond it a bid in the last second is a gamble
export const PATIENCE_MS = 10_000; // then a line that has not come will not come by itself
const SHAKY_CLOCK_MS = 500;
const SMALLEST_PX = 320;
const LOW_BATTERY = 0.3; // a session with extensions takes an hour
const OWN_CLOCK_MS = 1_000;

/** @param {Facts} f @returns {Grade[]} in the order they are shown */
export function grades(f) {
  return [
    line(f),
    steady(f),
    serverClock(f),
    ownClock(f),
    features(f),
    secure(f),
    screen(f),
    battery(f),
    sight(f),
    sound(f),
  ];
}

/** @param {Facts} f @returns {Grade} */
function line({ phase, rttMs, waitedMs }) {
  const name = 'line';
  if (phase !== 'online' || rttMs === null) {
    if (waitedMs < PATIENCE_MS && phase !== 'ended') return { name, grade: 'wait', key: 'check.line.wait' };
    return { name, grade: 'bad', key: 'check.line.none' };
  }
  const slow = rttMs >= SLOW_RTT_MS;
  return {
    name,
    grade: slow ? 'note' : 'ok',
    key: slow ? 'check.line.slow' : 'check.line.ok',
    values: { ms: rttMs },
  };
}

/** @param {Facts} f @returns {Grade} */
function steady({ drops, waitedMs }) {
  const name = 'steady';
  if (drops > 0) return { name, grade: 'note', key: 'check.steady.not', values: { n: drops } };
  if (waitedMs < PATIENCE_MS) return { name, grade: 'wait', key: 'check.steady.wait' };
  return { name, grade: 'ok', key: 'check.steady.ok' };
}

/** @param {Facts} f @returns {Grade} */
function serverClock({ errorMs }) {
  const name = 'server';
  if (errorMs === null) return { name, grade: 'wait', key: 'check.server.wait' };
  const shaky = errorMs > SHAKY_CLOCK_MS;
  return {
    name,
    grade: shaky ? 'note' : 'ok',
    key: shaky ? 'check.server.shaky' : 'check.server.ok',
    values: { ms: Math.ceil(errorMs) },
  };
}

/** The device's own clock decides nothing; it is told so that nobody wonders. @param {Facts} f @returns {Grade} */
function ownClock({ offMs, errorMs }) {
  const name = 'clock';
  if (errorMs === null) return { name, grade: 'wait', key: 'check.server.wait' };
  const n = (Math.abs(offMs) / 1000).toFixed(1);
  if (Math.abs(offMs) < OWN_CLOCK_MS) return { name, grade: 'ok', key: 'check.clock.ok' };
  return { name, grade: 'ok', key: offMs > 0 ? 'check.clock.fast' : 'check.clock.slow', values: { n } };
}

/** @param {Facts} f @returns {Grade} */
function features({ lacking }) {
  if (lacking.length === 0) return { name: 'browser', grade: 'ok', key: 'check.browser.ok' };
  return { name: 'browser', grade: 'bad', key: 'check.browser.old', values: { what: lacking.join(', ') } };
}

/** @param {Facts} f @returns {Grade} */
const secure = ({ secure: yes }) => ({
  name: 'secure',
  grade: yes ? 'ok' : 'note',
  key: yes ? 'check.secure.ok' : 'check.secure.not',
});

/** @param {Facts} f @returns {Grade} */
const screen = ({ widthPx }) => ({
  name: 'screen',
  grade: widthPx < SMALLEST_PX ? 'note' : 'ok',
  key: widthPx < SMALLEST_PX ? 'check.screen.small' : 'check.screen.ok',
  values: { w: widthPx },
});

/** @param {Facts} f @returns {Grade} */
function battery({ battery: b }) {
  const name = 'battery';
  if (!b) return { name, grade: 'ok', key: 'check.battery.unknown' };
  const values = { n: Math.round(b.level * 100) };
  if (b.charging || b.level >= LOW_BATTERY) return { name, grade: 'ok', key: 'check.battery.ok', values };
  return { name, grade: 'note', key: 'check.battery.low', values };
}

/** @param {Facts} f @returns {Grade} */
const sight = ({ hiddenCount }) => ({
  name: 'sight',
  grade: hiddenCount > 0 ? 'note' : 'ok',
  key: hiddenCount > 0 ? 'check.sight.not' : 'check.sight.ok',
  values: { n: hiddenCount },
});

/** @param {Facts} f @returns {Grade} */
const sound = ({ soundOn }) => ({
  name: 'sound',
  grade: 'ok',
  key: soundOn ? 'check.sound.ok' : 'check.sound.off',
});

/**
 * One word for all of it.
 * @param {Grade[]} list
 * @returns {'wait' | 'bad' | 'note' | 'ok'}
 */
export function verdict(list) {
  const has = (/** @type {string} */ grade) => list.some((g) => g.grade === grade);
  return has('bad') ? 'bad' : has('wait') ? 'wait' : has('note') ? 'note' : 'ok';
}
