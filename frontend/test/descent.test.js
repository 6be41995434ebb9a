// A falling price: the twin of the engine's schedule, what the room shows of
// it, the button that accepts it, and its part of the form.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../js/admin/check.js';
import { fallsOf, priceAfter, spanOf } from '../js/admin/descent.js';
import { draftOf, emptyDraft, formOf, lotFormOf, put } from '../js/admin/draft.js';
import { presetLot } from '../js/admin/presets.js';
import { bidButton, GUARD_MS } from '../js/bid.js';
import { clockOf, falling, priceLabel, priceShown } from '../js/room.js';
import { room, situation as usual } from './kit.js';

test('DU1: the schedule is the engine’s', () => {
  const every = { everyMs: 300_000 };
  for (const [start, d, after, price, falls] of /** @type {[number, any, number, number, number][]} */ ([
    [500_000, { basisPoints: 100, floor: 100_000, ...every }, 1, 495_000, 80],
    [26_000, { basisPoints: 100, floor: 5_200, ...every }, 1, 25_740, 80],
    [500_000, { basisPoints: 100, floor: 100_000, ...every }, 80, 100_000, 80],
    [150, { basisPoints: 100, floor: 140, ...every }, 1, 149, 7],
    [150, { basisPoints: 100, floor: 140, ...every }, 2, 147, 7],
    [149, { basisPoints: 100, floor: 140, ...every }, 1, 148, 6],
    [1000, { amount: 300, floor: 350, ...every }, 3, 350, 3],
    [301, { basisPoints: 3333, floor: 100, ...every }, 2, 100, 2],
    [9e15, { basisPoints: 10, floor: 1, ...every }, 999, 9_000_000_000_000, 1000],
  ])) {
    assert.equal(priceAfter(d, start, after), price);
    assert.equal(fallsOf(d, start), falls);
    assert.equal(spanOf(d, start), (falls + 1) * 300_000);
  }
});

const descent = { amount: 100, everyMs: 60_000, floor: 700 };
/** @param {object} [now] @returns {any} */
const fallingRoom = (now = {}) =>
  room({ p: undefined, nx: 900, st: 100, ft: 800, fa: 5_000, e: 9_000, n: 0, ...now }, { descent });

test('a room shows the price that is asked, and its clock runs to the next fall', () => {
  for (const [now, price, label, end] of /** @type {[any, number, string, number][]} */ ([
    [{}, 900, 'price.asked', 5_000],
    [{ nx: 700, st: 0, ft: undefined, fa: undefined }, 700, 'price.asked', 9_000],
    [{ ph: 'scheduled', nx: 1_000 }, 1_000, 'price.start', 5_000],
    [{ ph: 'closed', p: 900, nx: 0, st: 0, ft: undefined, fa: undefined }, 900, 'price.accepted', 9_000],
  ])) {
    const { now: n, rules } = fallingRoom(now);
    assert.ok(falling(n));
    assert.deepEqual(
      [priceShown(n, rules.start), priceLabel(n), clockOf({ ...fallingRoom(now) }).endMs],
      [price, label, end],
    );
  }
  assert.equal(falling(room().now), false);
});

/** @param {object} [more] @returns {any} */
const situation = (more = {}) => usual({ room: fallingRoom(), choice: { steps: 5 }, armed: null, ...more });

test('the first press names the price, the second accepts it, a fall in between disarms', () => {
  const taken = { ph: 'closed', p: 900, nx: 0, st: 0, ft: undefined, fa: undefined };
  const you = { code: 'M-2', in: true, leading: true };
  for (const [name, s, state, tap, amount] of /** @type {[string, any, string, any, any][]} */ ([
    ['at first', situation(), 'accept', 'arm', 900],
    ['pressed once', situation({ armed: 900 }), 'sure', 'bid', 900],
    ['pressed once, then fallen', situation({ armed: 1_000 }), 'accept', 'arm', 900],
    ['just fallen', situation({ armed: 900, priceMovedMs: 100_000 - GUARD_MS + 1 }), 'guard', null, 900],
    ['mine', situation({ room: fallingRoom(taken), you }), 'yours', null, 900],
    ['another’s', situation({ room: fallingRoom(taken) }), 'taken', null, 900],
    ['nobody’s', situation({ room: fallingRoom({ ...taken, p: undefined, nx: 700 }) }), 'closed', null, null],
  ])) {
    const b = bidButton(s);
    assert.deepEqual([b.state, b.tap, b.amount], [state, tap, amount], name);
  }
});

/** @param {object} [more] what of the descent is different @returns {any} */
function form(more = {}) {
  let lot = presetLot('plate');
  lot = put(lot, 'rules.method', 'descending');
  lot = put(lot, 'title', 'Biển số');
  lot = put(lot, 'rules.descent', {
    ...lot.rules.descent,
    amount: 5_000_000,
    everyMs: { n: '5', unit: 'min' },
    floor: 20_000_000,
    ...more,
  });
  return { ...formOf(emptyDraft()), title: 'Đấu giá', lots: [lot] };
}

test('a draft says only what a falling price uses, its time follows, and it comes back as it went', () => {
  const { rules } = draftOf(form()).lots[0] ?? assert.fail();
  assert.deepEqual(rules, {
    method: 'descending',
    currency: 'VND',
    start: 40_000_000,
    step: { kind: '' },
    closing: { kind: 'fixed' },
    opening: 'clock',
    opensAt: 0,
    biddingMs: 5 * 300_000,
    recoveryMinMs: 120_000,
    descent: { amount: 5_000_000, everyMs: 300_000, floor: 20_000_000 },
  });
  const lot =
    draftOf(form({ kind: 'percent', basisPoints: '2,5', preceding: true })).lots[0] ?? assert.fail();
  assert.deepEqual(lot.rules.descent, {
    basisPoints: 250,
    everyMs: 300_000,
    floor: 20_000_000,
    preceding: true,
  });
  assert.deepEqual(draftOf({ ...form(), lots: [lotFormOf(lot)] }).lots[0], lot);
});

test('what is wrong with a falling price stands beside its field', () => {
  assert.deepEqual(check(form()), []);
  for (const [more, field, code] of /** @type {[any, string, string][]} */ ([
    [{ amount: null }, 'amount', 'not_positive'],
    [{ amount: 1 }, 'amount', 'too_many_falls'],
    [{ kind: 'percent', basisPoints: 'x' }, 'basisPoints', 'not_a_number'],
    [{ kind: 'percent', basisPoints: '101' }, 'basisPoints', 'out_of_range'],
    [{ everyMs: { n: '', unit: 's' } }, 'everyMs', 'missing'],
    [{ floor: null }, 'floor', 'missing'],
    [{ floor: 40_000_000 }, 'floor', 'not_below_start'],
  ])) {
    assert.deepEqual(check(form(more)), [{ field: 'lots.0.rules.descent.' + field, code }]);
  }
});
