// What is wrong with a form, found before the server is asked: the same paths
// and codes as the server's, which checks everything again.

import { stepAt } from '../room.js';
import { MAX_AMOUNT } from '../text.js';
import { descentOf, fallsOf, isFalling, MAX_FALLS } from './descent.js';
import { furtherRounds, stepOf, takesLimit } from './rules-draft.js';
import { checkSheet } from './sheet/model.js';
import { MAX_STAGE_MS, MIN_STAGE_MS } from './stages.js';
import { checkRounds, LONGEST_MS, SHORTEST_MS } from './ways/turns.js';
import { isEmpty, readBasisPoints, readCount, readDate, readLength, readMoment, readTime } from './typed.js';

/** @typedef {import('./types').Fault} Fault */
/** @typedef {import('./types').Form} Form */
/** @typedef {import('./types').LotForm} LotForm */
/** @typedef {import('./types').RulesForm} RulesForm */
/** @typedef {(when: boolean, field: string, code: string) => void} Note */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_BIDDING_MS = 31 * DAY_MS;
const MAX_BANDS = 64;
const MAX_AT_ONCE = 1000;
const MAX_GROUP_NAME = 40;
const MAX_ROUNDS = 100;
const MAX_GAP_MS = 60_000;
const MAX_CALLS = 5;
const MAX_CALL_EVERY_MS = 60_000;
const MAX_OPENS_AGO_MS = 5 * 60_000;

/**
 * @param {Form} form
 * @param {{publish?: boolean, list?: boolean, nowMs?: number}} [options] publish, list: a draft may lack what a
 *   published or a listed auction needs
 * @returns {Fault[]}
 */
export function check(form, { publish = false, list = false, nowMs = NaN } = {}) {
  /** @type {Fault[]} */
  const faults = [];
  /** @type {Note} */
  const note = (when, field, code) => {
    if (when && !faults.some((f) => f.field === field)) faults.push({ field, code });
  };
  note(form.title.trim() === '', 'title', 'missing');
  note((publish || list) && form.lots.length === 0, 'lots', 'missing');
  form.lots.forEach((lot, i) => {
    const at = `lots.${i}`;
    note(lot.title.trim() === '', `${at}.title`, 'missing');
    note((lot.deposit ?? 0) > MAX_AMOUNT, `${at}.deposit`, 'out_of_range');
    checkRules(lot.rules, (when, field, code) => note(when, `${at}.rules.${field}`, code));
    if (publish || list) checkOpening(lot.rules, `${at}.rules.opensAt`, nowMs, note);
  });
  note(publish && form.participants.length === 0, 'participants', 'missing');
  note(list && form.participants.length > 0, 'participants', 'register_instead');
  checkSheet(form.sheet, note);
  return faults;
}

/**
 * @param {RulesForm} rules
 * @param {string} field
 * @param {number} nowMs the server's time, NaN while it is unknown
 * @param {Note} note
 */
function checkOpening({ opensAt }, field, nowMs, note) {
  const ms = readMoment(opensAt);
  note(isEmpty(opensAt), field, 'missing');
  note(ms !== null && ms < nowMs - MAX_OPENS_AGO_MS, field, 'past');
}

/**
 * @param {RulesForm} rules
 * @param {Note} note
 */
function checkRules(rules, note) {
  if (isFalling(rules.method)) checkFalling(rules, note);
  if (rules.method === 'descending') return;
  if (rules.method === 'hybrid') return checkStages(rules, note);
  if (rules.method === 'gong') return checkGong(rules, note);
  if (rules.method === 'turns') return checkTurns(rules, note);
  const cap = rules.cap ?? MAX_AMOUNT;
  note(!rules.start, 'start', 'not_positive');
  note((rules.start ?? 0) > cap, 'start', 'too_large');
  note(cap > MAX_AMOUNT, 'cap', 'out_of_range');
  if (rules.reserveAmount) {
    note(rules.reserveAmount < (rules.start ?? 0), 'reserveAmount', 'below_start');
    note(rules.reserveAmount > cap, 'reserveAmount', 'too_large');
  }
  checkStep(rules.step, rules.start ?? 0, note);
  if (rules.method === 'called') checkCalled(rules.called, note);
  else if (rules.method === 'sealed') checkSealed(rules.sealed, note);
  else {
    checkBuyNow(rules, cap, note);
    checkClosing(rules.closing, note);
    note(rules.closing.kind === 'rounds' && rules.proxy, 'closing.kind', 'not_with_maxima');
    checkLength(rules.minIntervalMs, 'minIntervalMs', 0, 60_000, note);
  }
  checkMoment(rules.opensAt, note);
  checkLength(rules.biddingMs, 'biddingMs', 1, MAX_BIDDING_MS, note);
  checkLength(rules.recoveryMinMs, 'recoveryMinMs', 0, DAY_MS, note);
  note(readCount(rules.confirmAbove) === null, 'confirmAbove', 'not_a_number');
  checkGroup(rules, note);
}

/** Rounds of sealed offers, all of them together at most. */
const MAX_SEALED_ROUNDS = 20;

/** Identical units that one lot may have, as engine/units.go has them. */
const MAX_UNITS = 500;

/** @param {RulesForm['sealed']} sealed @param {Note} note */
function checkSealed(sealed, note) {
  if (sealed.pricing === 'uniform') {
    const units = readCount(sealed.units) ?? 0;
    note(units < 2, 'sealed.units', 'out_of_range');
    note(units > MAX_UNITS, 'sealed.units', 'too_many_units');
  }
  if (sealed.pricing !== 'first') return; // one round, whatever stands in the others
  const rounds = readCount(sealed.rounds);
  const runOffs = readCount(sealed.runOffs);
  note(rounds === null, 'sealed.rounds', 'not_a_number');
  note(runOffs === null, 'sealed.runOffs', 'not_a_number');
  note(rounds !== null && (rounds < 1 || rounds > MAX_SEALED_ROUNDS), 'sealed.rounds', 'out_of_range');
  const both = (rounds ?? 0) + (runOffs ?? 0);
  note((runOffs ?? 0) > 0 && both > MAX_SEALED_ROUNDS, 'sealed.runOffs', 'out_of_range');
  if (furtherRounds(sealed) > 0) checkLength(sealed.roundMs, 'sealed.roundMs', 10_000, DAY_MS, note);
}

/** What follows a falling price. @param {RulesForm} rules @param {Note} note */
function checkStages({ start, step, cap, confirmAbove, hybrid }, note) {
  note((cap ?? MAX_AMOUNT) > MAX_AMOUNT, 'cap', 'out_of_range');
  note((start ?? 0) > (cap ?? MAX_AMOUNT), 'start', 'too_large');
  // Fixed steps are a grid above the start, and offers lie below it.
  note(step.kind === 'fixed', 'step.kind', 'not_with_method');
  if (step.kind !== 'fixed') checkStep(step, start ?? 0, note);
  note(readCount(confirmAbove) === null, 'confirmAbove', 'not_a_number');
  checkLength(hybrid.offersMs, 'hybrid.offersMs', MIN_STAGE_MS, MAX_STAGE_MS, note);
  checkLength(hybrid.answerMs, 'hybrid.answerMs', MIN_STAGE_MS, MAX_STAGE_MS, note);
}

/** @param {RulesForm['called']} called @param {Note} note */
function checkCalled({ calls, callEveryMs }, note) {
  const n = readCount(calls) ?? 0;
  note(n < 1 || n > MAX_CALLS, 'called.calls', 'out_of_range');
  checkLength(callEveryMs, 'called.callEveryMs', 0, MAX_CALL_EVERY_MS, note);
}

/** What the gong and turns have in common. @param {RulesForm} rules @param {Note} note */
function checkNamedStep(rules, note) {
  const { start, cap, step } = rules;
  note(!start, 'start', 'not_positive');
  note((start ?? 0) > MAX_AMOUNT, 'start', 'too_large');
  note((cap ?? 0) > MAX_AMOUNT, 'cap', 'out_of_range');
  checkStep({ ...step, kind: 'fixed' }, start ?? 0, note);
  checkMoment(rules.opensAt, note);
  checkLength(rules.recoveryMinMs, 'recoveryMinMs', 0, DAY_MS, note);
  note(readCount(rules.confirmAbove) === null, 'confirmAbove', 'not_a_number');
}

/** @param {RulesForm} rules @param {Note} note */
function checkTurns(rules, note) {
  const { start, cap, turns } = rules;
  checkNamedStep(rules, note);
  note(!!cap && cap < (start ?? 0), 'start', 'too_large');
  checkLength(rules.biddingMs, 'biddingMs', SHORTEST_MS, LONGEST_MS, note);
  checkRounds(turns.rounds, note);
  checkLength(turns.turnMs, 'turns.turnMs', SHORTEST_MS, LONGEST_MS, note);
  checkLength(turns.pauseMs, 'turns.pauseMs', SHORTEST_MS, LONGEST_MS, note);
}

/** @param {RulesForm} rules @param {Note} note */
function checkGong(rules, note) {
  const { start, cap, step, gong } = rules;
  checkNamedStep(rules, note);
  note(!!cap && cap < (start ?? 0) + (step.amount ?? 0), 'cap', 'below_first_step');
  checkLength(rules.biddingMs, 'biddingMs', 1, MAX_BIDDING_MS, note);
  const most = Math.min(HOUR_MS, readLength(rules.biddingMs) ?? HOUR_MS);
  checkLength(gong.silenceMs, 'gong.silenceMs', 5_000, most, note);
  checkLength(rules.minIntervalMs, 'minIntervalMs', 0, 60_000, note);
}

/** @param {RulesForm} rules @param {number} cap @param {Note} note */
function checkBuyNow({ buyNow, start, step, reserveAmount, closing }, cap, note) {
  const { amount, until, basisPoints } = buyNow;
  if (!amount) return;
  const least = (start ?? 0) + stepAt({ step: stepOf(step) }, start ?? 0);
  note(amount > cap, 'buyNow.amount', 'out_of_range');
  note(amount < least, 'buyNow.amount', 'below_first_step');
  note(amount < (reserveAmount ?? 0), 'buyNow.amount', 'below_reserve');
  note(closing.kind === 'rounds', 'buyNow.amount', 'not_with_rounds');
  note(until === 'reserve' && !reserveAmount, 'buyNow.until', 'needs_reserve');
  const share = readBasisPoints(basisPoints);
  note(until === 'share' && (!share || share >= 10_000), 'buyNow.basisPoints', 'out_of_range');
}

/** @param {RulesForm['opensAt']} opensAt @param {Note} note */
function checkMoment(opensAt, note) {
  if (isEmpty(opensAt)) return;
  note(opensAt.date === '', 'opensAt', 'no_date');
  const known = readDate(opensAt.date) !== null;
  note(!known, 'opensAt', 'not_a_date');
  note(known && readTime(opensAt.time) === null, 'opensAt', 'not_a_time');
}

/**
 * @param {RulesForm} rules
 * @param {Note} note
 */
function checkFalling(rules, note) {
  const { descent } = rules;
  const start = rules.start ?? 0;
  note(!start, 'start', 'not_positive');
  note(start > MAX_AMOUNT, 'start', 'too_large');
  if (descent.kind === 'percent') {
    const share = readBasisPoints(descent.basisPoints);
    note(share === null, 'descent.basisPoints', 'not_a_number');
    const least = share !== null && start > 0 && (start * share) / 10_000 < 1;
    note(share !== null && (share <= 0 || share > 10_000 || least), 'descent.basisPoints', 'out_of_range');
  } else note(!descent.amount || descent.amount > MAX_AMOUNT, 'descent.amount', 'not_positive');
  checkLength(descent.everyMs, 'descent.everyMs', 1_000, DAY_MS, note);
  note(!descent.floor, 'descent.floor', 'missing');
  note(start > 0 && (descent.floor ?? 0) >= start, 'descent.floor', 'not_below_start');
  const read = descentOf(descent);
  const falls = (read.amount || read.basisPoints) && read.floor ? fallsOf(read, start) : 0;
  note(
    falls > MAX_FALLS,
    descent.kind === 'percent' ? 'descent.basisPoints' : 'descent.amount',
    'too_many_falls',
  );
  checkMoment(rules.opensAt, note);
  checkLength(rules.recoveryMinMs, 'recoveryMinMs', 0, DAY_MS, note);
  checkGroup(rules, note);
}

/**
 * @param {RulesForm['step']} step
 * @param {number} start
 * @param {Note} note
 */
function checkStep({ kind, amount, basisPoints, bands }, start, note) {
  if (kind !== 'bands') note(!amount || amount > MAX_AMOUNT, 'step.amount', 'not_positive');
  if (kind === 'percent') {
    const share = readBasisPoints(basisPoints);
    note(share === null, 'step.basisPoints', 'not_a_number');
    note(share !== null && (share <= 0 || share > 10_000), 'step.basisPoints', 'out_of_range');
  }
  if (kind !== 'bands') return;
  note(bands.length === 0, 'step.bands', 'missing');
  note(bands.length > MAX_BANDS, 'step.bands', 'too_many');
  bands.forEach((band, i) => {
    const from = band.from ?? 0;
    const before = bands[i - 1];
    note(!band.step || band.step > MAX_AMOUNT, `step.bands.${i}`, 'step_missing');
    note(i === 0 && start > 0 && from > start, `step.bands.${i}`, 'above_start');
    note(before !== undefined && from <= (before.from ?? 0), `step.bands.${i}`, 'not_ascending');
  });
}

/**
 * @param {RulesForm['closing']} closing
 * @param {Note} note
 */
function checkClosing({ kind, windowMs, byMs, maxCount, maxTotalMs, gapMs }, note) {
  if (kind === 'fixed') return;
  checkLength(windowMs, 'closing.windowMs', 1, DAY_MS, note);
  checkLength(byMs, 'closing.byMs', 1, DAY_MS, note);
  note(readCount(maxCount) === null, 'closing.maxCount', 'not_a_number');
  checkLength(maxTotalMs, 'closing.maxTotalMs', 0, MAX_BIDDING_MS, note);
  if (kind !== 'rounds') return;
  const rounds = readCount(maxCount) ?? 0;
  note(rounds === 0, 'closing.maxCount', 'missing');
  note(rounds > MAX_ROUNDS, 'closing.maxCount', 'out_of_range');
  note((readLength(windowMs) ?? 0) > (readLength(byMs) ?? 0), 'closing.windowMs', 'longer_than_round');
  checkLength(gapMs, 'closing.gapMs', 0, MAX_GAP_MS, note);
}

/** @param {RulesForm} rules @param {Note} note */
function checkGroup(rules, note) {
  if (!takesLimit(rules)) return; // what is not sent cannot be wrong
  const {
    group: { kind, name, atOnce },
    closing,
    method,
  } = rules;
  const lots = readCount(atOnce);
  note(lots === null, 'group.atOnce', 'not_a_number');
  note((lots ?? 0) > MAX_AT_ONCE, 'group.atOnce', 'out_of_range');
  const extendable = method === 'ascending' && (closing.kind === 'reset' || closing.kind === 'add');
  note(extendable && kind === 'named' && name.trim() === '', 'group.name', 'missing');
  note([...name.trim()].length > MAX_GROUP_NAME, 'group.name', 'too_long');
}

/**
 * @param {import('./types').Length} length
 * @param {string} field
 * @param {number} min @param {number} max in milliseconds
 * @param {Note} note
 */
function checkLength(length, field, min, max, note) {
  const ms = readLength(length);
  note(ms === null, field, 'not_a_number');
  note(ms !== null && ms < min, field, 'missing');
  note(ms !== null && ms > max, field, 'out_of_range');
}

/**
 * @param {{login: string, name: string, password: string}} account
 * @returns {Fault[]}
 */
export function checkAccount({ login, name, password }) {
  /** @type {Fault[]} */
  const faults = [];
  if (name.trim() === '') faults.push({ field: 'name', code: 'missing' });
  if (!/^[a-z0-9._@-]{3,64}$/.test(login.trim().toLowerCase()))
    faults.push({ field: 'login', code: 'malformed' });
  if ([...password].length < 8) faults.push({ field: 'password', code: 'too_short' });
  return faults;
}
