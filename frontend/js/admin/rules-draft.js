// The rules of a lot as the server keeps them, and the form in which a person
// edits them: there and back, each way to sell with what it has. Pure.

import { descentFormOf, descentOf, isFalling, spanOf } from './descent.js';
import { hybridFormOf, stagesOf } from './stages.js';
import { isEmpty, readBasisPoints, readCount, readLength, readMoment } from './typed.js';
import { writeBasisPoints, writeLength, writeMoment } from './typed.js';
import { turnsFormOf, turnsOf } from './ways/turns.js';

/** @typedef {import('./types').RulesDraft} RulesDraft */
/** @typedef {import('./types').RulesForm} RulesForm */

let keys = 0;

/** A name for a row of the form, for as long as the page is open. */
export const newKey = () => 'k' + ++keys;

/** @param {number | undefined} amount */
export const orNull = (amount) => amount || null;

/** @param {number | undefined} count */
const orBlank = (count) => (count ? String(count) : '');

/**
 * @param {RulesDraft} rules
 * @returns {RulesForm}
 */
export function rulesFormOf(rules) {
  const { step, closing } = rules;
  return {
    method: rules.method,
    currency: rules.currency,
    start: orNull(rules.start),
    step: {
      kind: step.kind || 'fixed',
      amount: orNull(step.amount),
      basisPoints: writeBasisPoints(step.basisPoints ?? 0),
      bands: (step.bands ?? []).map((b) => ({ key: newKey(), from: orNull(b.from), step: orNull(b.step) })),
    },
    proxy: rules.proxy === true,
    reserveAmount: orNull(rules.reserveAmount),
    reserveKind: rules.reserveKind ?? 'classic',
    turns: turnsFormOf(rules.turns),
    gong: { silenceMs: writeLength(rules.gong?.silenceMs ?? 180_000, 'min') },
    buyNow: {
      amount: orNull(rules.buyNow?.amount),
      until: rules.buyNow?.until ?? 'first_bid',
      basisPoints: writeBasisPoints(rules.buyNow?.basisPoints ?? 5_000),
    },
    closing: {
      kind: closing.kind,
      windowMs: writeLength(closing.windowMs, 's'),
      byMs: writeLength(closing.byMs, 's'),
      maxCount: orBlank(closing.maxCount),
      maxTotalMs: writeLength(closing.maxTotalMs, 'min'),
      gapMs: writeLength(closing.gapMs, 's'),
    },
    opening: rules.opening,
    opensAt: writeMoment(rules.opensAt),
    biddingMs: writeLength(rules.biddingMs, 'min'),
    confirmAbove: orBlank(rules.confirmAbove),
    cap: orNull(rules.cap),
    minIntervalMs: writeLength(rules.minIntervalMs, 's'),
    recoveryMinMs: writeLength(rules.recoveryMinMs, 'min'),
    hideCodes: rules.hideCodes === true,
    descent: descentFormOf(rules.descent),
    sealed: sealedFormOf(rules.sealed),
    hybrid: hybridFormOf(rules.hybrid),
    group: groupFormOf(rules.group),
    called: {
      calls: String(rules.called?.calls ?? 3),
      callEveryMs: writeLength(rules.called ? rules.called.callEveryMs : 3_000, 's'),
      earlyHammer: rules.called?.earlyHammer === true,
    },
  };
}

/** @param {import('../types').Group | undefined} group @returns {RulesForm['group']} */
function groupFormOf(group) {
  const kind = !group?.extends ? 'alone' : group.name ? 'named' : 'sale';
  return { kind, name: group?.name ?? '', atOnce: orBlank(group?.atOnce) };
}

/**
 * Absent where nothing is shared.
 * @param {RulesForm} rules
 * @returns {{group?: import('../types').Group}}
 */
function groupOf({ method, closing, group: { kind, name, atOnce } }) {
  const extendable = method === 'ascending' && (closing.kind === 'reset' || closing.kind === 'add');
  const together = extendable && kind !== 'alone';
  const group = filled({
    name: together && kind === 'named' && name.trim(),
    extends: together,
    atOnce: readCount(atOnce),
  });
  return Object.keys(group).length > 0 ? { group } : {};
}

/** Only what says something: absent, zero, empty and false are the same to the server. @param {object} o */
export const filled = (o) => Object.fromEntries(Object.entries(o).filter(([, value]) => value));

/**
 * @param {RulesForm} rules
 * @returns {RulesDraft}
 */
export function rulesDraftOf(rules) {
  if (rules.method === 'descending') return fallingDraftOf(rules);
  if (rules.method === 'sealed') return sealedDraftOf(rules);
  if (rules.method === 'hybrid') return stagedDraftOf(rules);
  const called = rules.method === 'called';
  if (rules.method === 'gong') return gongDraftOf(rules);
  if (rules.method === 'turns') return { ...namedStepOf(rules), turns: turnsOf(rules.turns) };
  return {
    ...steppedOf(rules),
    ...(!called && { closing: closingOf(rules.closing) }),
    ...filled({
      proxy: rules.proxy && !called,
      minIntervalMs: readLength(rules.minIntervalMs),
      hideCodes: rules.hideCodes,
      reserveAmount: rules.reserveAmount,
      reserveKind: revealable(rules) && rules.reserveKind === 'reveal' && 'reveal',
      called: called && calledOf(rules.called),
      buyNow: !called && rules.buyNow.amount && buyNowOf(rules.buyNow),
    }),
    ...groupOf(rules),
  };
}

/** How a lot is called. @param {RulesForm['called']} called @returns {import('../types').Called} */
const calledOf = ({ calls, callEveryMs, earlyHammer }) => ({
  calls: readCount(calls) ?? 0,
  ...filled({ callEveryMs: readLength(callEveryMs), earlyHammer }),
});

/**
 * What every way to sell by steps has; what else is in the form stays there.
 * @param {RulesForm} rules
 * @returns {RulesDraft}
 */
const steppedOf = (rules) => ({
  method: rules.method,
  currency: rules.currency,
  start: rules.start ?? 0,
  step: stepOf(rules.step),
  closing: { kind: 'fixed' },
  opening: rules.opening,
  opensAt: isEmpty(rules.opensAt) ? 0 : (readMoment(rules.opensAt) ?? 0),
  biddingMs: readLength(rules.biddingMs) ?? 0,
  ...filled({
    confirmAbove: readCount(rules.confirmAbove),
    cap: rules.cap,
    recoveryMinMs: readLength(rules.recoveryMinMs),
  }),
});

/** The gong and turns have one step and no other. @param {RulesForm} rules */
const namedStepOf = (rules) => steppedOf({ ...rules, step: { ...rules.step, kind: 'fixed' } });

/** @param {RulesForm} rules @returns {RulesDraft} */
const gongDraftOf = (rules) => ({
  ...namedStepOf(rules),
  ...filled({ minIntervalMs: readLength(rules.minIntervalMs), hideCodes: rules.hideCodes }),
  gong: { silenceMs: readLength(rules.gong.silenceMs) ?? 0 },
  ...groupOf(rules),
});

/** @param {RulesForm['buyNow']} form @returns {import('../types').BuyNow} */
const buyNowOf = ({ amount, until, basisPoints }) => ({
  amount: amount ?? 0,
  until,
  ...(until === 'share' && { basisPoints: readBasisPoints(basisPoints) ?? 0 }),
});

/** Whether the lot may count towards most lots at once. @param {RulesForm} rules */
export const takesLimit = ({ method, sealed }) =>
  method !== 'turns' && !(method === 'sealed' && sealed.pricing === 'uniform');

/** Whether the starting price may be kept from the public. @param {string} method */
export const hidesStart = (method) => !isFalling(method) && method !== 'gong';

/** Whether there is a reserve that maxima may lie below. @param {RulesForm} rules */
export const revealable = ({ method, proxy, reserveAmount }) =>
  method === 'ascending' && proxy && !!reserveAmount;

/**
 * The bidding time follows from the falls; what a falling price has no use for
 * stays in the form.
 * @param {RulesForm} rules
 * @returns {RulesDraft}
 */
function fallingDraftOf(rules) {
  const descent = descentOf(rules.descent);
  const start = rules.start ?? 0;
  return {
    method: rules.method,
    currency: rules.currency,
    start,
    step: { kind: '' },
    closing: { kind: 'fixed' },
    opening: rules.opening,
    opensAt: isEmpty(rules.opensAt) ? 0 : (readMoment(rules.opensAt) ?? 0),
    biddingMs: spanOf(descent, start),
    ...filled({ recoveryMinMs: readLength(rules.recoveryMinMs), hideCodes: rules.hideCodes }),
    descent,
    ...groupOf(rules),
  };
}

/** A falling price, sealed offers and a last word. @param {RulesForm} rules @returns {RulesDraft} */
const stagedDraftOf = (rules) => ({
  method: rules.method,
  currency: rules.currency,
  start: rules.start ?? 0,
  step: stepOf(rules.step),
  opening: rules.opening,
  opensAt: isEmpty(rules.opensAt) ? 0 : (readMoment(rules.opensAt) ?? 0),
  ...filled({ recoveryMinMs: readLength(rules.recoveryMinMs), hideCodes: rules.hideCodes }),
  ...stagesOf(rules),
  ...groupOf(rules),
});

/** @param {import('../types').Sealed | undefined} sealed */
const sealedFormOf = (
  { pricing = 'first', rounds = 1, runOffs, roundMs, units } = { pricing: 'first', rounds: 1 },
) => ({
  pricing,
  rounds: String(rounds),
  runOffs: orBlank(runOffs),
  roundMs: writeLength(roundMs, 'min'),
  units: orBlank(units),
});

/** How many further rounds there may be. @param {RulesForm['sealed']} sealed */
export const furtherRounds = ({ pricing, rounds, runOffs }) =>
  pricing !== 'first' ? 0 : Math.max((readCount(rounds) ?? 1) - 1, 0) + (readCount(runOffs) ?? 0);

/**
 * A second price and a uniform one have one round, and only further rounds have
 * a length. A uniform price is that of several units and has no hidden reserve.
 * @param {RulesForm} rules
 * @returns {RulesDraft}
 */
function sealedDraftOf(rules) {
  const { sealed } = rules;
  const first = sealed.pricing === 'first';
  return {
    ...steppedOf(rules),
    ...filled({
      hideCodes: rules.hideCodes,
      reserveAmount: sealed.pricing !== 'uniform' && rules.reserveAmount,
    }),
    sealed: {
      pricing: sealed.pricing,
      rounds: first ? (readCount(sealed.rounds) ?? 0) : 1,
      ...filled({
        runOffs: first && readCount(sealed.runOffs),
        roundMs: furtherRounds(sealed) > 0 && readLength(sealed.roundMs),
        units: sealed.pricing === 'uniform' && readCount(sealed.units),
      }),
    },
    ...(takesLimit(rules) && groupOf(rules)),
  };
}

/**
 * Only the fields of its kind; the others stay in the form, should somebody
 * come back to them.
 * @param {RulesForm['step']} step
 * @returns {import('../types').Step}
 */
export function stepOf({ kind, amount, basisPoints, bands }) {
  if (kind === 'bands') return { kind, bands: bands.map((b) => ({ from: b.from ?? 0, step: b.step ?? 0 })) };
  if (kind === 'percent')
    return { kind, amount: amount ?? 0, basisPoints: readBasisPoints(basisPoints) ?? 0 };
  return { kind, amount: amount ?? 0 };
}

/**
 * @param {RulesForm['closing']} closing
 * @returns {import('../types').Closing}
 */
function closingOf({ kind, windowMs, byMs, maxCount, maxTotalMs, gapMs }) {
  if (kind === 'fixed') return { kind };
  return {
    kind,
    windowMs: readLength(windowMs) ?? 0,
    byMs: readLength(byMs) ?? 0,
    ...filled({
      maxCount: readCount(maxCount),
      maxTotalMs: readLength(maxTotalMs),
      gapMs: kind === 'rounds' ? readLength(gapMs) : 0,
    }),
  };
}
