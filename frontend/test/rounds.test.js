import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../js/admin/check.js';
import { formOf } from '../js/admin/draft.js';
import { presetLot } from '../js/admin/presets.js';
import { clockOf } from '../js/room.js';
import { roundsOf } from '../js/rounds/model.js';
import { bidButton } from '../js/bid.js';
import { room, situation } from './kit.js';

const closing = { kind: 'rounds', windowMs: 10_000, byMs: 30_000, maxCount: 10, maxTotalMs: 300_000 };
const plates = (/** @type {object} */ now) => room(now, { closing, biddingMs: 1_500_000 });

test('a sale without rounds has none, one that has not opened has not begun', () => {
  assert.equal(roundsOf(room()), null);
  const before = roundsOf(plates({ ph: 'scheduled' }));
  assert.deepEqual([before?.begun, before?.live, before?.n, before?.max], [false, false, 0, 10]);
});

test('where a sale stands in its rounds', () => {
  const main = roundsOf(plates({ rd: { n: 0, nx: true } }));
  assert.deepEqual([main?.n, main?.follows, main?.live], [0, true, true]);
  const third = roundsOf(plates({ rd: { n: 3, in: 2, c: ['M-1', 'M-2'] } }));
  assert.deepEqual([third?.n, third?.going, third?.codes, third?.follows], [3, 2, ['M-1', 'M-2'], false]);
  assert.equal(roundsOf(plates({ ph: 'closed', rd: { n: 3, in: 2 } }))?.live, false);
});

test('the countdown runs down the period that is on', () => {
  assert.equal(clockOf(plates({ rd: { n: 0 } })).totalMs, 1_500_000);
  assert.equal(clockOf(plates({ rd: { n: 1, in: 2 } })).totalMs, 30_000);
  assert.equal(clockOf(room({ x: 1 }, { closing: { kind: 'add', byMs: 5_000 } })).totalMs, 5_000);
});

test('the button opens by itself when the round begins', () => {
  const b = bidButton(situation({ room: plates({ rd: { n: 1, in: 2, o: 5_000 } }), serverMs: 2_000 }));
  assert.deepEqual([b.state, b.againMs], ['between', 103_000]);
});

/** What is wrong with the end of a plate. @param {object} change @param {object} [rules] */
const faults = (change, rules = {}) => {
  const lot = presetLot('plate');
  const form = {
    ...formOf(/** @type {any} */ ({ title: 'x', lots: [], participants: [] })),
    lots: [
      { ...lot, title: 'x', rules: { ...lot.rules, ...rules, closing: { ...lot.rules.closing, ...change } } },
    ],
  };
  return check(/** @type {any} */ (form))
    .filter((f) => f.field.includes('closing'))
    .map((f) => `${f.field.replace('lots.0.rules.closing.', '')} ${f.code}`);
};

test('the form names what a sheet with rounds may not say', () => {
  assert.deepEqual(faults({}), []);
  assert.deepEqual(faults({ maxCount: '' }), ['maxCount missing']);
  assert.deepEqual(faults({ maxCount: '101' }), ['maxCount out_of_range']);
  assert.deepEqual(faults({ windowMs: { n: '31', unit: 's' } }), ['windowMs longer_than_round']);
  assert.deepEqual(faults({ gapMs: { n: '2', unit: 'min' } }), ['gapMs out_of_range']);
  assert.deepEqual(faults({}, { proxy: true }), ['kind not_with_maxima']);
});
