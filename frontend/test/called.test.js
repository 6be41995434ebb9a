import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../js/admin/check.js';
import { draftOf, formOf } from '../js/admin/draft.js';
import { presetLot } from '../js/admin/presets.js';
import { bidButton, confirmation, strip } from '../js/bid.js';
import { asked, disputed, keys, whoIs } from '../js/called/keys.js';
import { room, situation } from './kit.js';

const called = { calls: 3, callEveryMs: 1_000 };
const lot = (/** @type {object} */ now = {}, /** @type {object} */ more = {}) =>
  room({ cl: {}, ...now }, { method: 'called', called: { ...called, ...more } });
const names = (/** @type {any} */ r) => keys(r).map((a) => (a.now ? a.act : a.act + '…'));

test('the large button bids what is asked for, the least is a choice', () => {
  const asked = lot({ cl: { a: 1_300 } });
  assert.equal(bidButton(situation({ room: asked })).amount, 1_300);
  assert.equal(bidButton(situation({ room: asked, choice: { amount: 1_150 } })).amount, 1_150);
  assert.equal(bidButton(situation({ room: lot() })).amount, 1_150);
  assert.equal(confirmation(asked, 1_300), 'none', 'what was called aloud needs no second look');
  assert.equal(confirmation(asked, 1_250), 'words');
  assert.equal(confirmation(lot({ cl: { a: 9_000 } }), 9_000), 'type', 'the typo guard of the rules stays');
});

test('whose bid was undone is asked to bid again', () => {
  const undone = situation({ room: lot(), you: { code: 'M-2', in: true, leading: false, undone: true } });
  assert.equal(strip(undone, bidButton(undone)).key, 'strip.undone');
});

test('the hammer waits for the last call, or asks first where the rules let it fall early', () => {
  assert.deepEqual(names(lot()), ['call', 'warn', 'floor_bid…', 'ask…', 'undo…']);
  assert.deepEqual(names(lot({ cl: { c: 3, w: true } })), ['hammer', 'floor_bid…', 'ask…', 'undo…']);
  assert.ok(names(lot({}, { earlyHammer: true })).includes('hammer…'));
  const nobody = { p: undefined, n: 0, b: undefined };
  assert.ok(names(lot({ ...nobody, cl: { c: 3 } })).includes('pass…'));
  assert.ok(!names(lot({ cl: { c: 3 } })).includes('pass…'), 'a valid bid stands');
  assert.ok(names(lot({ rv: 'unmet', cl: { c: 3 } })).includes('pass…'));
  assert.deepEqual(names(lot({ ph: 'paused' })), ['undo…']);
  assert.deepEqual(names(lot({ ph: 'closed' })), ['reopen…']);
  assert.deepEqual(names(lot({ ph: 'announced' })), []);
});

test('an act names the price and the bid that stood when it was begun', () => {
  const r = lot({ cl: { c: 3 } });
  const fill = (/** @type {string} */ act) =>
    keys(r)
      .find((a) => a.act === act)
      ?.fill?.(r, []);
  assert.deepEqual(fill('hammer'), { price: 1_100 });
  assert.deepEqual(fill('undo'), { code: 'M-1', price: 1_100 });
});

test('a few typed figures find a participant, if only one is meant', () => {
  const people = [
    { code: 'M-105', in: true },
    { code: 'M-205', in: true },
    { code: 'M-733', in: false },
  ];
  assert.equal(whoIs(people, '733')?.code, 'M-733');
  assert.equal(whoIs(people, ' m-105 ')?.code, 'M-105');
  for (const typed of ['', '05', '999']) assert.equal(whoIs(people, typed), null, typed);
});

test('the preset goes into the draft and back, and mistakes are named', () => {
  const form = formOf({
    title: 'x',
    centre: '',
    owner: '',
    place: '',
    lots: [],
    participants: [],
    sheet: {},
  });
  const preset = presetLot('called');
  const mine = { ...preset, title: 'Lô', rules: { ...preset.rules, start: 1_000 } };
  const { rules } = draftOf({ ...form, lots: [mine] }).lots[0] ?? {};
  assert.deepEqual(rules?.called, { calls: 3, callEveryMs: 3_000 });
  assert.deepEqual(
    [rules?.closing, rules?.opening, rules?.proxy],
    [{ kind: 'fixed' }, 'auctioneer', undefined],
  );
  const wrong = { ...mine, rules: { ...mine.rules, called: { ...mine.rules.called, calls: '9' } } };
  assert.deepEqual(check({ ...form, lots: [wrong] }), [
    { field: 'lots.0.rules.called.calls', code: 'out_of_range' },
  ]);
  assert.deepEqual(check({ ...form, lots: [mine] }), []);
});

test('while an undo waits nothing is hammered, passed or undone; who asked cannot confirm', () => {
  const u = { at: 5, c: 'M-2', a: 1_100, by: 'auctioneer', why: 'Nghe nhầm' };
  const waits = lot({ cl: { c: 3, f: true, u }, p: 1_100, n: 1, b: 'M-2' }, { earlyHammer: true });
  const offered = keys(waits).map((a) => a.act);
  for (const act of ['hammer', 'pass', 'undo']) assert.ok(!offered.includes(act), act);
  assert.deepEqual(disputed(waits, []), { code: 'M-2', price: 1_100 });
  const records = /** @type {any} */ ([{ k: 'undo_asked', by: { role: 'auctioneer', ref: 'DGV-01' } }]);
  assert.equal(asked(records, { role: 'auctioneer', staffRef: 'DGV-01' }), true);
  assert.equal(asked(records, { role: 'auctioneer', staffRef: 'DGV-02' }), false);
  assert.equal(asked(records, { role: 'clerk' }), false);
  assert.equal(asked([], { role: 'auctioneer', staffRef: 'DGV-01' }), false, 'then the server says so');
});
