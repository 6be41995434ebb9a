import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, checkAccount } from '../js/admin/check.js';
import { draftOf, emptyDraft, formOf, look, pick, put } from '../js/admin/draft.js';
import { afterSaving, merge } from '../js/admin/merge.js';
import { lotLike, presetLot, presetNames } from '../js/admin/presets.js';
import { NOW, fields, presetDraft, sale } from './admin-kit.js';

test('a draft becomes a form and the same draft again', () => {
  assert.deepEqual(draftOf(formOf(sale())), sale());
  assert.deepEqual(check(formOf(sale()), { publish: true, nowMs: NOW }), []);
});

test('a hidden value of another kind of step or closing is not sent', () => {
  let form = formOf(sale());
  form = put(form, 'lots.0.rules.step.kind', 'fixed');
  form = put(form, 'lots.0.rules.closing.kind', 'fixed');
  const rules = draftOf(form).lots[0]?.rules;
  assert.deepEqual(rules?.step, { kind: 'fixed', amount: 10_000_000 });
  assert.deepEqual(rules?.closing, { kind: 'fixed' });
  assert.equal(pick(form, 'lots.0.rules.step.basisPoints'), '2,5'); // still there to come back to
});

test('nothing is revealed without maxima and a reserve', () => {
  for (const [field, value] of /** @type {const} */ ([
    ['proxy', false],
    ['reserveAmount', null],
    ['reserveKind', 'classic'],
  ])) {
    const form = put(formOf(sale()), `lots.0.rules.${field}`, value);
    assert.equal(draftOf(form).lots[0]?.rules.reserveKind, undefined, field);
  }
});

test('put copies what is on the way and leaves the rest alone', () => {
  const form = formOf(sale());
  const next = put(form, 'lots.0.rules.start', 5);
  assert.equal(pick(form, 'lots.0.rules.start'), 1_000_000_000);
  assert.equal(pick(next, 'lots.0.rules.start'), 5);
  assert.equal(next.lots[1], form.lots[1]);
});

test('every preset needs only what names the lot', () => {
  for (const name of presetNames) {
    const form = { ...formOf(emptyDraft()), title: 'x', lots: [presetLot(name)] };
    const faults = fields(check(form));
    const allowed = new Set(['lots.0.title', 'lots.0.rules.start', 'lots.0.rules.descent.floor']);
    for (const field of Object.keys(faults)) assert.ok(allowed.has(field), `${name}: ${field}`);
  }
  const plate = presetDraft('plate');
  assert.equal(plate.start, 40_000_000);
  assert.deepEqual(plate.step, { kind: 'fixed', amount: 5_000_000 });
  assert.equal(plate.biddingMs, 1_500_000);
  assert.deepEqual(plate.closing, {
    kind: 'rounds',
    windowMs: 10_000,
    byMs: 30_000,
    maxCount: 10,
    maxTotalMs: 300_000,
  });
});

test('a lot like another has its rules, but neither its name nor its id', () => {
  const lot = formOf(sale()).lots[0];
  assert.ok(lot);
  const copy = lotLike(lot);
  assert.equal(copy.id, undefined);
  assert.equal(copy.title, '');
  assert.notEqual(copy.key, lot.key);
  assert.equal(look(copy.rules), look(lot.rules));
});

test('what is missing is found in a draft, and more of it before publishing', () => {
  const form = { ...formOf(emptyDraft()), lots: [] };
  assert.deepEqual(fields(check(form)), { title: 'missing' });
  assert.deepEqual(fields(check(form, { publish: true, nowMs: NOW })), {
    title: 'missing',
    lots: 'missing',
    participants: 'missing',
  });
  const unset = put(formOf(sale()), 'lots.0.rules.opensAt', { date: '', time: '' });
  assert.deepEqual(check(unset), []);
  assert.deepEqual(fields(check(unset, { publish: true, nowMs: NOW })), {
    'lots.0.rules.opensAt': 'missing',
  });
  assert.deepEqual(fields(check(formOf(sale()), { publish: true, nowMs: NOW + 7_200_000 })), {
    'lots.0.rules.opensAt': 'past',
    'lots.1.rules.opensAt': 'past',
  });
});

/** @type {[string, unknown, string, string][]} */
const wrong = [
  ['rules.start', null, 'rules.start', 'not_positive'],
  ['rules.cap', 999_999_999, 'rules.start', 'too_large'],
  ['rules.reserveAmount', 999_999_999, 'rules.reserveAmount', 'below_start'],
  ['rules.reserveAmount', 9_000_000_001, 'rules.reserveAmount', 'too_large'],
  ['rules.step.amount', null, 'rules.step.amount', 'not_positive'],
  ['rules.step.basisPoints', 'x', 'rules.step.basisPoints', 'not_a_number'],
  ['rules.step.basisPoints', '101', 'rules.step.basisPoints', 'out_of_range'],
  ['rules.closing.windowMs', { n: '', unit: 's' }, 'rules.closing.windowMs', 'missing'],
  ['rules.closing.byMs', { n: '25', unit: 'h' }, 'rules.closing.byMs', 'out_of_range'],
  ['rules.closing.maxCount', '1,5', 'rules.closing.maxCount', 'not_a_number'],
  ['rules.opensAt.date', '', 'rules.opensAt', 'no_date'],
  ['rules.opensAt.date', '2026-02-31', 'rules.opensAt', 'not_a_date'],
  ['rules.opensAt.time', '25:00', 'rules.opensAt', 'not_a_time'],
  ['rules.biddingMs', { n: '', unit: 'min' }, 'rules.biddingMs', 'missing'],
  ['rules.biddingMs', { n: '745', unit: 'h' }, 'rules.biddingMs', 'out_of_range'],
  ['rules.minIntervalMs', { n: '61', unit: 's' }, 'rules.minIntervalMs', 'out_of_range'],
  ['rules.confirmAbove', 'x', 'rules.confirmAbove', 'not_a_number'],
  ['title', ' ', 'title', 'missing'],
];
for (const [path, value, field, code] of wrong) {
  test(`${path} = ${JSON.stringify(value)} is ${code}`, () => {
    const faults = fields(check(put(formOf(sale()), 'lots.0.' + path, value)));
    assert.equal(faults['lots.0.' + field], code);
  });
}

test('a step table begins at or below the start, ascends and has steps', () => {
  const at = 'lots.1.rules.step.bands';
  const bands = (/** @type {any[]} */ rows) =>
    fields(
      check(
        put(
          formOf(sale()),
          at,
          rows.map(([from, step]) => ({ key: 'k', from, step })),
        ),
      ),
    );
  assert.deepEqual(bands([]), { [at]: 'missing' });
  assert.deepEqual(bands([[70_000_000, 1]]), { [at + '.0']: 'above_start' });
  assert.deepEqual(
    bands([
      [null, 1],
      [5, null],
    ]),
    { [at + '.1']: 'step_missing' },
  );
  assert.deepEqual(
    bands([
      [null, 1],
      [5, 1],
      [5, 2],
    ]),
    { [at + '.2']: 'not_ascending' },
  );
  assert.deepEqual(bands(Array.from({ length: 65 }, (_, i) => [i, 1])), { [at]: 'too_many' });
});

test('two editors: what each changed alone is kept', () => {
  let mine = put(formOf(sale()), 'lots.0.rules.start', 1_100_000_000);
  mine = { ...mine, participants: [{ accountId: 'a2' }, { accountId: 'a3' }] };
  const theirs = sale();
  theirs.title = 'Đấu giá đất, đợt 2';
  theirs.participants.push({ accountId: 'a4' });
  const { form, both } = merge(sale(), mine, theirs);
  assert.deepEqual(both, []);
  const draft = draftOf(form);
  assert.equal(draft.title, 'Đấu giá đất, đợt 2');
  assert.equal(draft.lots[0]?.rules.start, 1_100_000_000);
  assert.deepEqual(
    draft.participants.map((p) => p.accountId),
    ['a2', 'a4', 'a3'],
  );
});

test('two editors: where both changed the same, the reader stands and is told', () => {
  const mine = put(put(formOf(sale()), 'lots.0.title', 'Mine'), 'place', 'Hội trường');
  const theirs = sale();
  Object.assign(theirs.lots[0] ?? {}, { title: 'Theirs' });
  theirs.place = 'Hội trường'; // the same change is no conflict
  const { form, both } = merge(sale(), mine, theirs);
  assert.deepEqual(both, ['lots.0.title']);
  assert.equal(form.lots[0]?.title, 'Mine');
});

test('two editors: lots that came, went, or went while they were edited', () => {
  const theirs = sale();
  const [first, second] = theirs.lots;
  assert.ok(first && second);
  theirs.lots = [{ ...second, id: 'l3', title: 'New' }, second]; // the first is gone
  const mine = formOf(sale());
  mine.lots = mine.lots.filter((l) => l.id !== 'l2'); // the reader took out the second
  const own = mine.lots[0];
  assert.ok(own);
  assert.deepEqual(
    merge(sale(), mine, theirs).form.lots.map((l) => l.id),
    ['l3'],
  );
  mine.lots = [{ ...own, title: 'Edited' }, presetLot('plate')];
  const { form, both } = merge(sale(), mine, theirs);
  assert.deepEqual(
    form.lots.map((l) => [l.id, l.title]),
    [
      ['l3', 'New'],
      [undefined, 'Edited'],
      [undefined, ''],
    ],
  );
  assert.deepEqual(both, ['lots.1']);
});

test('an account needs a name, a login without marks and a password', () => {
  const good = { name: 'Lê Văn Công', login: ' Cong.Le@1 ', password: 'gò búa ấy' };
  assert.deepEqual(checkAccount(good), []);
  assert.deepEqual(fields(checkAccount({ name: ' ', login: 'công', password: 'ngắn quá'.slice(1) })), {
    name: 'missing',
    login: 'malformed',
    password: 'too_short',
  });
});

test('saving gives new lots their ids, and keeps what was typed meanwhile', () => {
  const sent = { ...formOf(sale()), lots: [presetLot('plate'), presetLot('land')] };
  const saved = draftOf(sent);
  saved.lots.forEach((lot, i) => (lot.id = 'new' + i));
  const quiet = afterSaving(sent, sent, saved);
  assert.deepEqual(
    quiet.lots.map((l) => [l.id, l.key]),
    sent.lots.map((l, i) => ['new' + i, l.key]),
  );
  const [first, second] = sent.lots;
  assert.ok(first && second);
  const now = {
    ...sent,
    title: 'Typed meanwhile',
    lots: [second, { ...first, title: 'x' }, presetLot('goods')],
  };
  const busy = afterSaving(now, sent, saved);
  assert.equal(busy.title, 'Typed meanwhile');
  assert.deepEqual(
    busy.lots.map((l) => [l.id, l.title]),
    [
      ['new1', ''],
      ['new0', 'x'],
      [undefined, ''],
    ],
  );
});
