import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../js/admin/check.js';
import { draftOf, emptyDraft, formOf, put } from '../js/admin/draft.js';
import { presetLot } from '../js/admin/presets.js';
import { linkedLots, movedBy } from '../js/group/model.js';

const NOW = Date.UTC(2026, 10, 26, 2);

/** @param {string} id @param {number} number @param {object} [group] @returns {any} */
const lot = (id, number, group) => ({ id, number, rules: { group } });
/** @param {object | undefined} group @param {object} [now] @returns {any} */
const room = (group, now = {}) => ({ lot: { lotId: 'a' }, rules: { group }, now });

test('linked are the lots of one name that extend together, by number', () => {
  const lots = [
    lot('d', 4, { extends: true }),
    lot('c', 3, { extends: true, name: 'A' }),
    lot('b', 2, { extends: true }),
    lot('a', 1, { extends: true }),
    lot('e', 5, { atOnce: 1 }),
    lot('f', 6),
  ];
  const numbers = (/** @type {any} */ r) => linkedLots(r, lots).map((l) => l.number);
  assert.deepEqual(numbers(room({ extends: true })), [2, 4]);
  assert.deepEqual(numbers(room({ extends: true, name: 'A' })), [3]);
  assert.deepEqual(numbers(room({ atOnce: 1 })), []);
  assert.deepEqual(numbers(room(undefined)), []);
});

test('another lot is named as the cause only while this one runs', () => {
  const now = { ph: 'running', e: NOW, gr: { l: 3, at: NOW - 1000 } };
  assert.deepEqual(movedBy(room({ extends: true }, now)), { lot: 3, endMs: NOW });
  assert.equal(movedBy(room({ extends: true }, { ...now, gr: undefined })), null);
  assert.equal(movedBy(room({ extends: true }, { ...now, ph: 'closed' })), null);
});

/** The group a form sends, and what is wrong with it. @param {object} group @param {object} [rules] */
function sent(group, rules = {}) {
  let form = { ...formOf(emptyDraft()), lots: [presetLot('goods')] };
  for (const [field, value] of Object.entries(group)) form = put(form, 'lots.0.rules.group.' + field, value);
  for (const [field, value] of Object.entries(rules)) form = put(form, 'lots.0.rules.' + field, value);
  const faults = check(form, { nowMs: NOW }).filter((f) => f.field.includes('.group.'));
  return {
    group: draftOf(form).lots[0]?.rules.group,
    faults: faults.map((f) => f.field.split('.').at(-1) + ' ' + f.code),
  };
}

test('the form sends only what is shared', () => {
  assert.deepEqual(sent({}), { group: undefined, faults: [] });
  assert.deepEqual(sent({ kind: 'sale', name: 'x' }), { group: { extends: true }, faults: [] });
  assert.deepEqual(sent({ kind: 'named', name: ' A ' }), { group: { name: 'A', extends: true }, faults: [] });
  assert.deepEqual(sent({ kind: 'named' }).faults, ['name missing']);
  assert.deepEqual(sent({ kind: 'sale' }, { 'closing.kind': 'fixed' }).group, undefined);
  assert.deepEqual(sent({ atOnce: '2' }, { 'closing.kind': 'fixed' }).group, { atOnce: 2 });
  assert.deepEqual(sent({ atOnce: '2' }, { method: 'descending' }).group, { atOnce: 2 });
  assert.deepEqual(sent({ atOnce: 'nhiều' }).faults, ['atOnce not_a_number']);
  assert.deepEqual(sent({ atOnce: '1001' }).faults, ['atOnce out_of_range']);
});
