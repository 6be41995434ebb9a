// The rules sheet: form and draft are the same thing twice, what is filled in
// keeps what was typed, and two lists agree with the server's.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { check } from '../js/admin/check.js';
import { draftOf, emptyDraft, formOf, look, put } from '../js/admin/draft.js';
import { merge } from '../js/admin/merge.js';
import { banks } from '../js/admin/sheet/banks.js';
import { fillIn, newSheet, OVERRIDABLE, propertyOf } from '../js/admin/sheet/model.js';
import { sheetDraftOf, sheetFormOf } from '../js/admin/sheet/model.js';

const repository = new URL('../../', import.meta.url);
const T = Date.UTC(2026, 11, 18, 10); // 17:00 in Vietnam

/** @type {import('../js/types').Sheet} */
const full = {
  preset: 'law2024',
  property: 'movable',
  contract: 'Số 42',
  quality: 'Theo hiện trạng\nhai dòng',
  viewing: [{ from: T, to: T + 3_600_000, place: 'Kho', contact: 'Ông Phúc' }],
  money: {
    dossierFee: 100_000,
    cashLimit: 5_000_000,
    guarantee: true,
    keepOnWithdrawal: true,
    account: { bin: '970436', number: '0123', holder: 'TRUNG TAM', branch: 'Tỉnh' },
  },
  windows: {
    dossier: { from: T, to: T + 1000 },
    deposit: { from: T, to: T + 1000 },
    checkIn: T,
    listedOn: T,
  },
  people: { auctioneer: 'a', clerk: 'c', observers: ['o'] },
  after: {
    answerMs: 900_000,
    refundDays: 3,
    paymentDays: 30,
    singleBidder: 'consent',
    adjacentBidder: true,
    nameWinner: true,
  },
  contacts: 'Phòng hồ sơ',
  terms: 'Không',
  override: [{ field: 'lots.0.deposit', code: 'below_legal_minimum', reason: 'Có lý do' }],
  room: { showCount: true },
};

test('there and back without a loss, empty and full', () => {
  for (const sheet of [{}, full, newSheet()]) assert.deepEqual(sheetDraftOf(sheetFormOf(sheet)), sheet);
  const draft = { ...emptyDraft(), title: 'Cuộc', sheet: full };
  assert.deepEqual(draftOf(formOf(draft)), draft);
});

test('another account number is a change, a reason not yet given is none', () => {
  const form = formOf({ ...emptyDraft(), sheet: full });
  assert.notEqual(look(form), look(put(form, 'sheet.money.account.number', '0124')));
  const blank = { field: 'x', code: 'closes_late', reason: ' ' };
  assert.equal(sheetDraftOf({ ...form.sheet, override: [blank] }).override, undefined);
});

test('filling in sets the windows and leaves what was typed', () => {
  const form = sheetFormOf({
    ...newSheet(),
    money: { cashLimit: 1_000_000 },
    viewing: [{ place: 'Kho số 2' }],
  });
  const filled = fillIn(form, {
    windows: { dossier: { from: T, to: T + 1000 } },
    viewing: [{ from: T, to: T + 1000 }],
    money: { dossierFee: 200_000, cashLimit: 5_000_000 },
    after: { refundDays: 9 },
  });
  assert.equal(filled.windows.dossier.from.date, '2026-12-18');
  assert.equal(filled.windows.dossier.from.time, '17:00');
  assert.equal(filled.viewing[0]?.place, 'Kho số 2');
  assert.deepEqual([filled.money.dossierFee, filled.money.cashLimit], [200_000, 1_000_000]);
  assert.equal(filled.after.refundDays, '3');
  assert.deepEqual(['car', 'plate', 'house', 'land'].map(propertyOf), [
    'movable',
    'movable',
    'real_estate',
    '',
  ]);
});

test('what cannot be read is named before the server is asked', () => {
  let form = formOf({ ...emptyDraft(), title: 'Cuộc', sheet: full });
  form = put(form, 'sheet.windows.dossier.to', { date: '2026-02-30', time: '17:00' });
  form = put(form, 'sheet.viewing.0.from', { date: '2026-12-18', time: '25h' });
  form = put(form, 'sheet.after.refundDays', 'ba');
  assert.deepEqual(check(form), [
    { field: 'sheet.windows.dossier.to', code: 'not_a_date' },
    { field: 'sheet.viewing.0.from', code: 'not_a_time' },
    { field: 'sheet.after.refundDays', code: 'not_a_number' },
  ]);
});

test('a listing wants lots and nobody admitted by hand', () => {
  const form = formOf({ ...emptyDraft(), title: 'Cuộc', participants: [{ accountId: 'x' }] });
  assert.deepEqual(check(form, { list: true }), [
    { field: 'lots', code: 'missing' },
    { field: 'participants', code: 'register_instead' },
  ]);
});

test('two who edit different parts of the sheet both keep theirs', () => {
  const base = { ...emptyDraft(), sheet: full };
  const mine = put(formOf(base), 'sheet.contacts', 'Tầng 2');
  const theirs = { ...base, sheet: { ...full, terms: 'Điều khoản mới', contacts: 'Tầng 3' } };
  const { form, both } = merge(base, mine, theirs);
  assert.deepEqual([form.sheet.contacts, form.sheet.terms], ['Tầng 2', 'Điều khoản mới']);
  assert.deepEqual(both, ['sheet.contacts']);
});

test('the banks are those of the server', () => {
  const lines = readFileSync(new URL('office/bank/banks.csv', repository), 'utf8').trim().split('\n');
  assert.deepEqual(
    banks.map(([bin, name]) => `${bin},${name}`),
    lines.map((l) => l.split(',').slice(0, 2).join(',')),
  );
});

test('what a reason may set aside is what the server says', () => {
  const go = readFileSync(new URL('office/validate.go', repository), 'utf8');
  const list = /var Overridable = \[\]string\{([^}]*)\}/.exec(go)?.[1] ?? '';
  assert.deepEqual(
    OVERRIDABLE,
    [...list.matchAll(/"(\w+)"/g)].map((m) => m[1]),
  );
});
