// Rules sheets to start from. They are habits of the trade, nothing more:
// every value can be changed, and what the law asks for is checked by the
// server. Starting prices that differ from lot to lot are left empty.

import { lotFormOf, unsaved } from './draft.js';
import { newKey } from './rules-draft.js';

/** @typedef {import('./types').LotForm} LotForm */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** @type {Omit<import('./types').RulesDraft, 'start' | 'step' | 'closing' | 'biddingMs'>} */
const usual = {
  method: 'ascending',
  currency: 'VND',
  opening: 'clock',
  opensAt: 0,
  confirmAbove: 20,
  recoveryMinMs: 5 * MINUTE,
};

/** @type {Record<string, import('./types').LotDraft>} */
const drafts = {
  plate: {
    number: 1,
    kind: 'plate',
    title: '',
    deposit: 8_000_000,
    rules: {
      ...usual,
      start: 40_000_000,
      step: { kind: 'fixed', amount: 5_000_000 },
      // 25 minutes and ten rounds of 30 seconds: half an hour at most.
      closing: {
        kind: 'rounds',
        windowMs: 10 * SECOND,
        byMs: 30 * SECOND,
        maxCount: 10,
        maxTotalMs: 5 * MINUTE,
      },
      biddingMs: 25 * MINUTE,
      minIntervalMs: SECOND,
      recoveryMinMs: 2 * MINUTE,
    },
  },
  land: {
    number: 1,
    kind: 'land',
    title: '',
    rules: {
      ...usual,
      start: 0,
      step: { kind: 'fixed', amount: 50_000_000 },
      closing: {
        kind: 'reset',
        windowMs: 2 * MINUTE,
        byMs: 2 * MINUTE,
        maxCount: 20,
        maxTotalMs: 40 * MINUTE,
      },
      opening: 'auctioneer',
      biddingMs: 30 * MINUTE,
    },
  },
  // In a hall and on phones at once: three calls, opened and ended by the auctioneer.
  called: {
    number: 1,
    kind: 'land',
    title: '',
    rules: {
      ...usual,
      method: 'called',
      start: 0,
      step: { kind: 'fixed', amount: 50_000_000 },
      closing: { kind: 'fixed' },
      opening: 'auctioneer',
      biddingMs: 120 * MINUTE,
      called: { calls: 3, callEveryMs: 3 * SECOND },
    },
  },
  goods: {
    number: 1,
    kind: 'goods',
    title: '',
    rules: {
      ...usual,
      start: 0,
      step: {
        kind: 'bands',
        bands: [
          { from: 0, step: 500_000 },
          { from: 50_000_000, step: 1_000_000 },
          { from: 200_000_000, step: 5_000_000 },
        ],
      },
      closing: { kind: 'add', windowMs: MINUTE, byMs: MINUTE, maxTotalMs: 15 * MINUTE },
      biddingMs: 20 * MINUTE,
    },
  },
  falling: {
    number: 1,
    kind: 'goods',
    title: '',
    rules: {
      ...usual,
      method: 'descending',
      start: 0,
      step: /** @type {any} */ ({}),
      closing: { kind: 'fixed' },
      descent: { basisPoints: 500, everyMs: 2 * MINUTE, floor: 0 },
      opening: 'auctioneer',
      biddingMs: 0,
    },
  },
};

// As the halls do it: everybody has days to put the paper in, two open the box.
drafts.ballot = {
  number: 1,
  kind: 'land',
  title: '',
  rules: {
    ...usual,
    method: 'sealed',
    start: 0,
    step: { kind: 'fixed', amount: 10_000_000 },
    closing: { kind: 'fixed' },
    biddingMs: 60 * MINUTE,
    sealed: { pricing: 'first', rounds: 1, runOffs: 3, roundMs: 15 * MINUTE },
  },
};

// Who takes the falling price first has the last word over what is offered above it.
drafts.staged = {
  number: 1,
  kind: 'goods',
  title: '',
  rules: {
    ...usual,
    method: 'hybrid',
    start: 0,
    step: { kind: 'percent', basisPoints: 100, amount: 1_000_000 },
    closing: { kind: 'fixed' },
    descent: { basisPoints: 500, everyMs: 2 * MINUTE, floor: 0 },
    biddingMs: 0,
    sealed: { pricing: 'first', rounds: 1 },
    hybrid: { offersMs: 10 * MINUTE, answerMs: 3 * MINUTE },
  },
};

// Every round asks a price; three minutes of silence end it.
drafts.gong = {
  number: 1,
  kind: 'goods',
  title: '',
  rules: {
    ...usual,
    method: 'gong',
    start: 0,
    step: { kind: 'fixed', amount: 5_000_000 },
    closing: { kind: 'fixed' },
    opening: 'auctioneer',
    biddingMs: 60 * MINUTE,
    gong: { silenceMs: 3 * MINUTE },
  },
};

// The timetable of the original, for few bidders.
drafts.turns = {
  number: 1,
  kind: 'goods',
  title: '',
  rules: {
    ...usual,
    method: 'turns',
    start: 0,
    step: { kind: 'fixed', amount: 5_000_000 },
    closing: { kind: 'fixed' },
    biddingMs: 5 * MINUTE,
    turns: { rounds: 3, turnMs: 3 * MINUTE, pauseMs: 2 * MINUTE },
  },
};

// Goods by the hundred, at one price for everybody who gets some.
drafts.units = {
  number: 1,
  kind: 'goods',
  title: '',
  rules: {
    ...usual,
    method: 'sealed',
    start: 0,
    step: { kind: 'fixed', amount: 10_000 },
    closing: { kind: 'fixed' },
    biddingMs: 60 * MINUTE,
    sealed: { pricing: 'uniform', rounds: 1, units: 100 },
  },
};

export const presetNames = Object.keys(drafts);

/**
 * A new lot with the rules of a preset.
 * @param {string} name one of presetNames
 * @param {import('./types').Moment} [opensAt]
 * @returns {LotForm}
 */
export function presetLot(name, opensAt) {
  const lot = lotFormOf(drafts[name] ?? /** @type {any} */ (drafts.goods));
  return opensAt ? { ...lot, rules: { ...lot.rules, opensAt } } : lot;
}

/**
 * A new lot with everything of another but what names it.
 * @param {LotForm} lot
 * @returns {LotForm}
 */
export function lotLike(lot) {
  return { ...unsaved(structuredClone(lot)), key: newKey(), title: '', detail: '' };
}
