// A sale to fill the form of an auction with.

import assert from 'node:assert/strict';

import { draftOf, emptyDraft, formOf } from '../js/admin/draft.js';
import { presetLot } from '../js/admin/presets.js';

export const NOW = Date.UTC(2026, 10, 26, 2);

/** @type {import('../js/admin/types').RulesDraft} */
export const everything = {
  method: 'ascending',
  currency: 'VND',
  start: 1_000_000_000,
  step: { kind: 'percent', amount: 10_000_000, basisPoints: 250 },
  proxy: true,
  closing: { kind: 'add', windowMs: 60_000, byMs: 90_000, maxCount: 10, maxTotalMs: 600_000 },
  opening: 'auctioneer',
  opensAt: NOW + 3_600_000,
  biddingMs: 1_500_000,
  confirmAbove: 20,
  cap: 9_000_000_000,
  minIntervalMs: 1500,
  recoveryMinMs: 300_000,
  hideCodes: true,
  reserveAmount: 1_200_000_000,
  reserveKind: 'reveal',
  group: { name: 'Máy kéo', extends: true, atOnce: 2 },
  buyNow: { amount: 2_000_000_000, until: 'share', basisPoints: 5_000 },
};

/** @returns {import('../js/admin/types').Draft} */
export const sale = () => ({
  title: 'Đấu giá đất',
  centre: 'Trung tâm',
  owner: 'Sở Tài chính',
  place: 'Trực tuyến',
  lots: [
    {
      id: 'l1',
      number: 1,
      kind: 'land',
      title: 'Thửa 214',
      detail: 'Tờ 12',
      place: 'An Khánh',
      deposit: 100_000_000,
      rules: everything,
    },
    {
      id: 'l2',
      number: 2,
      kind: 'goods',
      title: 'Máy xúc',
      rules: {
        ...presetDraft('goods'),
        start: 60_000_000,
        opensAt: NOW + 3_600_000,
        step: {
          kind: 'bands',
          bands: [
            { from: 0, step: 500_000 },
            { from: 100_000_000, step: 1_000_000 },
          ],
        },
        closing: { kind: 'fixed' },
      },
    },
  ],
  participants: [{ accountId: 'a1' }, { accountId: 'a2' }],
});

/** @param {string} name */
export const presetDraft = (name) => {
  const lot = draftOf({ ...formOf(emptyDraft()), lots: [presetLot(name)] }).lots[0];
  assert.ok(lot);
  return lot.rules;
};

export const fields = (/** @type {{field: string, code: string}[]} */ faults) =>
  Object.fromEntries(faults.map((f) => [f.field, f.code]));
