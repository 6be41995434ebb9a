import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../js/admin/check.js';
import { draftOf, formOf, put } from '../js/admin/draft.js';
import { takesLimit } from '../js/admin/rules-draft.js';
import { NOW, fields, sale } from './admin-kit.js';

test('sealed offers become a form and the same draft again; a second price has one round', () => {
  const lot = /** @type {any} */ (sale().lots[0]);
  const rules = {
    method: 'sealed',
    currency: 'VND',
    start: 1_000_000_000,
    step: { kind: 'fixed', amount: 10_000_000 },
    closing: { kind: 'fixed' },
    opening: 'clock',
    opensAt: 0,
    biddingMs: 3_600_000,
    reserveAmount: 1_500_000_000,
    sealed: { pricing: 'first', rounds: 2, runOffs: 3, roundMs: 900_000 },
  };
  const form = formOf({ ...sale(), lots: [{ ...lot, rules }] });
  assert.deepEqual(draftOf(form).lots[0]?.rules, rules);
  assert.deepEqual(check(form), []);
  const limited = put(form, 'lots.0.rules.group.atOnce', '2');
  assert.deepEqual(draftOf(limited).lots[0]?.rules, { ...rules, group: { atOnce: 2 } });
  const together = put(put(limited, 'lots.0.rules.group.kind', 'sale'), 'lots.0.rules.closing.kind', 'add');
  assert.deepEqual(draftOf(together).lots[0]?.rules.group, { atOnce: 2 }); // nothing extends offers under seal
  const units = put(limited, 'lots.0.rules.sealed.pricing', 'uniform');
  assert.equal(draftOf(units).lots[0]?.rules.group, undefined);
  assert.deepEqual(
    [limited, units].map((f) => f.lots.map((l) => takesLimit(l.rules))),
    [[true], [false]],
  );
  const second = put(form, 'lots.0.rules.sealed.pricing', 'second');
  assert.deepEqual(draftOf(second).lots[0]?.rules.sealed, { pricing: 'second', rounds: 1 });
  for (const [field, value] of [
    ['rounds', '0'],
    ['rounds', '21'],
    ['runOffs', 'x'],
    ['runOffs', '19'],
    ['roundMs', { n: '5', unit: 's' }],
  ]) {
    const path = `lots.0.rules.sealed.${field}`;
    assert.ok(
      check(put(form, path, value)).some((fault) => fault.field.startsWith(path)),
      path,
    );
  }
});

test('several units at one price take their number and nothing of another pricing', () => {
  const lot = /** @type {any} */ (sale().lots[0]);
  const rules = {
    method: 'sealed',
    currency: 'VND',
    start: 1_000_000,
    step: { kind: 'fixed', amount: 100_000 },
    closing: { kind: 'fixed' },
    opening: 'clock',
    opensAt: 0,
    biddingMs: 3_600_000,
    sealed: { pricing: 'uniform', rounds: 1, units: 500 },
  };
  const form = formOf({ ...sale(), lots: [{ ...lot, rules }] });
  assert.deepEqual(draftOf(form).lots[0]?.rules, rules);
  assert.deepEqual(check(form), []);
  const from = (/** @type {[string, unknown][]} */ changes) =>
    draftOf(changes.reduce((f, [field, value]) => put(f, 'lots.0.rules.' + field, value), form)).lots[0]
      ?.rules;
  // What stands in the form from another pricing is not sent, and comes back with it.
  /** @type {[string, unknown][]} */
  const many = [
    ['sealed.rounds', '3'],
    ['sealed.runOffs', '2'],
    ['sealed.roundMs', { n: '5', unit: 'min' }],
    ['reserveAmount', 2_000_000],
  ];
  assert.deepEqual(from(many), rules);
  const first = from([...many, ['sealed.pricing', 'first']]);
  assert.deepEqual(first?.sealed, { pricing: 'first', rounds: 3, runOffs: 2, roundMs: 300_000 });
  assert.equal(first?.reserveAmount, 2_000_000);
  const path = 'lots.0.rules.sealed.units';
  for (const [units, code] of [
    ['', 'out_of_range'],
    ['1', 'out_of_range'],
    ['x', 'out_of_range'],
    ['501', 'too_many_units'],
  ])
    assert.deepEqual(fields(check(put(form, path, units))), { [path]: code }, units);
});

test('three stages become a form and the same draft again, and nothing of another way is sent', () => {
  const lot = /** @type {any} */ (sale().lots[0]);
  const rules = {
    method: 'hybrid',
    currency: 'VND',
    start: 1_000_000_000,
    step: { kind: 'percent', amount: 10_000_000, basisPoints: 100 },
    closing: { kind: 'fixed' },
    opening: 'clock',
    opensAt: 0,
    biddingMs: 4 * 60_000,
    confirmAbove: 20,
    descent: { amount: 100_000_000, everyMs: 60_000, floor: 700_000_000 },
    sealed: { pricing: 'first', rounds: 1 },
    hybrid: { offersMs: 600_000, answerMs: 180_000 },
    group: { atOnce: 2 },
  };
  const form = formOf({ ...sale(), lots: [{ ...lot, rules }] });
  assert.deepEqual(draftOf(form).lots[0]?.rules, rules);
  assert.deepEqual(check(form), []);
  let other = formOf({ ...sale(), lots: [{ ...lot, startHidden: true }] });
  for (const [field, value] of Object.entries({ method: 'hybrid', descent: form.lots[0]?.rules.descent }))
    other = put(other, `lots.0.rules.${field}`, value);
  const sent = draftOf(other).lots[0];
  assert.ok(sent);
  assert.equal(sent.startHidden, undefined);
  for (const alien of ['proxy', 'reserveAmount', 'reserveKind', 'minIntervalMs'])
    assert.equal(alien in sent.rules, false, alien);
  assert.deepEqual(sent.rules.closing, { kind: 'fixed' });
  for (const [field, value] of [
    ['step.kind', 'fixed'],
    ['step.amount', null],
    ['hybrid.offersMs', { n: '9', unit: 's' }],
    ['hybrid.answerMs', { n: '25', unit: 'h' }],
    ['hybrid.answerMs', { n: '', unit: 'min' }],
    ['descent.floor', 1_000_000_000],
    ['confirmAbove', 'x'],
    ['cap', 999_999_999],
  ]) {
    const path = `lots.0.rules.${field}`;
    const faults = check(put(form, path, value));
    assert.equal(faults.length, 1, path);
    assert.equal(faults[0]?.field, field === 'cap' ? 'lots.0.rules.start' : path);
  }
});

test('the gong takes its own numbers and nothing of another method', () => {
  const lot = put(formOf(sale()), 'lots.0.rules.method', 'gong');
  const form = put(lot, 'lots.0.rules.gong.silenceMs', { n: '90', unit: 's' });
  assert.deepEqual(check(form, { publish: true, nowMs: NOW }), []);
  const draft = draftOf(form);
  const rules = draft.lots[0]?.rules;
  assert.deepEqual(rules?.gong, { silenceMs: 90_000 });
  assert.deepEqual(rules?.step, { kind: 'fixed', amount: 10_000_000 });
  assert.deepEqual([rules?.proxy, rules?.reserveAmount, rules?.buyNow], [undefined, undefined, undefined]);
  assert.deepEqual(draftOf(formOf(draft)), draft);
  const wrong = (/** @type {string} */ path, /** @type {unknown} */ value) =>
    fields(check(put(form, 'lots.0.rules.' + path, value)));
  const silence = 'lots.0.rules.gong.silenceMs';
  assert.equal(wrong('gong.silenceMs', { n: '4', unit: 's' })[silence], 'missing');
  assert.equal(wrong('biddingMs', { n: '1', unit: 'min' })[silence], 'out_of_range');
  assert.equal(wrong('cap', 1_005_000_000)['lots.0.rules.cap'], 'below_first_step');
});

test('rounds in turn take their own numbers and nothing of another method', () => {
  const lot = put(put(formOf(sale()), 'lots.0.rules.method', 'turns'), 'lots.0.rules.biddingMs', {
    n: '5',
    unit: 'min',
  });
  const form = put(lot, 'lots.0.rules.turns.turnMs', { n: '90', unit: 's' });
  assert.deepEqual(check(form, { publish: true, nowMs: NOW }), []);
  const draft = draftOf(form);
  const rules = draft.lots[0]?.rules;
  assert.deepEqual(rules?.turns, { rounds: 3, turnMs: 90_000, pauseMs: 120_000 });
  assert.deepEqual(
    [rules?.proxy, rules?.reserveAmount, rules?.buyNow, rules?.hideCodes, rules?.group],
    [undefined, undefined, undefined, undefined, undefined],
  );
  assert.deepEqual(draftOf(formOf(draft)), draft);
  const wrong = (/** @type {string} */ path, /** @type {unknown} */ value) =>
    fields(check(put(form, 'lots.0.rules.' + path, value)))['lots.0.rules.' + path];
  assert.equal(wrong('turns.rounds', '21'), 'out_of_range');
  assert.equal(wrong('turns.rounds', ''), 'out_of_range');
  assert.equal(wrong('turns.turnMs', { n: '4', unit: 's' }), 'missing');
  assert.equal(wrong('turns.pauseMs', { n: '61', unit: 'min' }), 'out_of_range');
  assert.equal(wrong('biddingMs', { n: '2', unit: 'h' }), 'out_of_range');
});

test('a price to buy now is at least a step above the start, and above the reserve', () => {
  const wrong = (/** @type {string} */ path, /** @type {unknown} */ value) =>
    fields(check(put(formOf(sale()), 'lots.0.rules.' + path, value)));
  assert.equal(wrong('buyNow.amount', 1_020_000_000)['lots.0.rules.buyNow.amount'], 'below_first_step');
  assert.equal(wrong('buyNow.amount', 1_100_000_000)['lots.0.rules.buyNow.amount'], 'below_reserve');
  assert.equal(wrong('buyNow.amount', 9_000_000_001)['lots.0.rules.buyNow.amount'], 'out_of_range');
  assert.equal(wrong('buyNow.basisPoints', '100')['lots.0.rules.buyNow.basisPoints'], 'out_of_range');
  assert.equal(wrong('closing.kind', 'rounds')['lots.0.rules.buyNow.amount'], 'not_with_rounds');
  const open = put(formOf(sale()), 'lots.0.rules.buyNow.until', 'reserve');
  assert.deepEqual(check(open), []);
  const bare = put(open, 'lots.0.rules.reserveAmount', null);
  assert.equal(fields(check(bare))['lots.0.rules.buyNow.until'], 'needs_reserve');
  const none = put(formOf(sale()), 'lots.0.rules.buyNow.amount', null);
  assert.equal(draftOf(none).lots[0]?.rules.buyNow, undefined);
});
