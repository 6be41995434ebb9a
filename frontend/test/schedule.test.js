import assert from 'node:assert/strict';
import test from 'node:test';
import { lotFormOf } from '../js/admin/draft.js';
import { guess, isLinked, scheduled, setByHand, shortestMs, slotsOf } from '../js/admin/schedule/model.js';
import { readLength, readMoment, writeLength, writeMoment } from '../js/admin/typed.js';

const MIN = 60_000;
const T = Date.parse('2026-12-01T02:00:00Z'); // 09:00 in Vietnam

/** @param {number} n @param {any} [rules] */
const lots = (n, rules = {}) =>
  Array.from({ length: n }, (_, i) =>
    lotFormOf(
      /** @type {any} */ ({
        number: i + 1,
        kind: 'plate',
        title: 'Lot ' + (i + 1),
        rules: {
          method: 'ascending',
          currency: 'VND',
          start: 1,
          step: { kind: 'fixed', amount: 1 },
          closing: { kind: 'fixed' },
          opening: 'clock',
          opensAt: 0,
          biddingMs: 0,
          ...rules,
        },
      }),
    ),
  );
/** @param {any} way @param {number} everyMin @param {number} [biddingMin] @returns {any} */
const plan = (way, everyMin, biddingMin = 60) => ({
  way,
  opensAt: writeMoment(T),
  biddingMs: writeLength(biddingMin * MIN, 'min'),
  everyMs: writeLength(everyMin * MIN, 'min'),
});
const none = () => false;
/** @param {any[]} list in minutes from 09:00: opens, ends */
const table = (list) =>
  list.map(({ opensMs, biddingMs }) => [(opensMs - T) / MIN, (opensMs + biddingMs - T) / MIN]);

test('all at once, staggered ends (SC10: lot i ends at T + i·d), one after another', () => {
  const of = (/** @type {any} */ p) => table(slotsOf(p, lots(4), none) ?? []);
  assert.deepEqual(of(plan('together', 3)), [
    [0, 60],
    [0, 60],
    [0, 60],
    [0, 60],
  ]);
  assert.deepEqual(of(plan('stagger', 3)), [
    [0, 60],
    [0, 63],
    [0, 66],
    [0, 69],
  ]);
  assert.deepEqual(of(plan('after', 5)), [
    [0, 60],
    [65, 125],
    [130, 190],
    [195, 255],
  ]);
  assert.deepEqual(of(plan('after', 0)), [
    [0, 60],
    [60, 120],
    [120, 180],
    [180, 240],
  ]);
  assert.equal(slotsOf(plan('stagger', 0), lots(4), none), null);
  assert.equal(slotsOf({ ...plan('together', 0), opensAt: { date: '', time: '' } }, lots(4), none), null);
  assert.equal(slotsOf(plan('together', 0, 0), lots(4), none), null);
});

test('accepting writes opening and bidding time, and leaves what is right already alone', () => {
  const before = lots(3);
  const p = plan('stagger', 3);
  const after = scheduled(before, slotsOf(p, before, none) ?? []);
  assert.deepEqual(
    after.map((l) => [readMoment(l.rules.opensAt), readLength(l.rules.biddingMs)]),
    [
      [T, 60 * MIN],
      [T, 63 * MIN],
      [T, 66 * MIN],
    ],
  );
  const again = scheduled(after, slotsOf(p, after, none) ?? []);
  again.forEach((lot, i) => assert.equal(lot, after[i]));
});

test('what was set by hand is found and kept; the next lot waits for it', () => {
  for (const way of ['together', 'stagger', 'after']) {
    const p = plan(way, 5);
    const filled = scheduled(lots(6), slotsOf(p, lots(6), none) ?? []);
    const found = guess(filled, plan('together', 3));
    assert.equal(found.way, way);
    assert.equal(setByHand(filled, found).size, 0, way);
    const third = filled[2];
    assert.ok(third);
    const byHand = filled.map((lot) =>
      lot === third ? { ...lot, rules: { ...lot.rules, opensAt: writeMoment(T + 600 * MIN) } } : lot,
    );
    const kept = setByHand(byHand, guess(byHand, plan('together', 3)));
    assert.deepEqual([...kept], [third.key], way);
    const slots = table(slotsOf(p, byHand, (lot) => kept.has(lot.key)) ?? []);
    assert.equal(slots[2]?.[0], 600);
    if (way === 'after') assert.equal(slots[3]?.[0], (slots[2]?.[1] ?? 0) + 5);
  }
});

test('a lot with another bidding time does not hide the rest of the stagger, wherever it stands', () => {
  const p = plan('stagger', 3);
  const filled = scheduled(lots(4), slotsOf(p, lots(4), none) ?? []);
  for (const odd of filled) {
    const byHand = filled.map((lot) =>
      lot === odd ? { ...lot, rules: { ...lot.rules, biddingMs: writeLength(10 * MIN, 'min') } } : lot,
    );
    const found = guess(byHand, plan('together', 9));
    assert.deepEqual(
      [found.way, readLength(found.everyMs), readLength(found.biddingMs)],
      ['stagger', 3 * MIN, 60 * MIN],
    );
    assert.deepEqual([...setByHand(byHand, found)], [odd.key]);
  }
});

test('where nothing is set the usual is proposed, and nothing counts as set by hand', () => {
  const empty = lots(5);
  const usual = plan('stagger', 3);
  assert.equal(guess(empty, usual), usual);
  assert.equal(setByHand(empty, usual).size, 0);
  assert.deepEqual(
    slotsOf({ ...usual, way: 'hand' }, empty, none)?.map((s) => s.opensMs),
    [0, 0, 0, 0, 0],
  );
});

test('a falling price keeps the bidding time that follows from its falls', () => {
  const descent = { amount: 10, everyMs: MIN, floor: 50 };
  const falling = lots(2, { method: 'descending', start: 100, step: { kind: '' }, descent });
  const slots = slotsOf(plan('stagger', 3), falling, none) ?? [];
  assert.deepEqual(table(slots), [
    [0, 6],
    [0, 6],
  ]);
  const [first] = scheduled(falling, slots);
  assert.equal(first?.rules.biddingMs, falling[0]?.rules.biddingMs);
});

test('two hundred lots are laid out at once', () => {
  const slots = slotsOf(plan('stagger', 1), lots(200), none) ?? [];
  assert.deepEqual(table(slots.slice(-1)), [[0, 259]]);
});

test('the law wants a quarter of an hour, a trial a minute', () => {
  assert.equal(shortestMs('law2024'), 15 * MIN);
  assert.equal(shortestMs(''), 15 * MIN);
  assert.equal(shortestMs('demo'), MIN);
});

test('a lot is linked only where late bids extend it and others with it', () => {
  const linked = (/** @type {any} */ rules) => lots(1, rules).map(isLinked)[0];
  const closing = { kind: 'reset', windowMs: MIN, byMs: MIN };
  assert.equal(linked({ closing, group: { extends: true } }), true);
  assert.equal(linked({ closing, group: { extends: true, name: 'A' } }), true);
  assert.equal(linked({ closing, group: { atOnce: 2 } }), false);
  assert.equal(linked({ closing }), false);
  assert.equal(linked({ group: { extends: true } }), false);
  assert.equal(linked({ method: 'called', closing, group: { extends: true } }), false);
});
