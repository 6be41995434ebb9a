// What the browser keeps of signed receipts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileOf, keep, list, MAX_KEPT } from '../js/receipts/kept.js';

/** A storage that takes so many characters. @param {number} [room] @returns {any} */
function storageOf(room = Infinity) {
  /** @type {Map<string, string>} */
  const items = new Map();
  return {
    getItem: (/** @type {string} */ key) => items.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => {
      if (value.length > room) throw new Error('QuotaExceededError');
      items.set(key, value);
    },
  };
}

/** @param {number} n @param {any} [more] @returns {any} */
const receipt = (n, more) => ({
  session: 'k7qp2m4x9abc',
  by: { role: 'bidder', ref: 'M-1' },
  receipt: { cmd: 'c' + n, act: 'bid', accepted: true, proof: { index: 0, size: 1, note: 'x' }, ...more },
});

test('what is signed is kept once, the newest last; what is not signed is not', () => {
  const storage = storageOf();
  for (const r of [receipt(1), receipt(2), receipt(1, { price: 5 }), receipt(3, { proof: undefined })])
    keep(storage, r);
  assert.deepEqual(
    list(storage, 'k7qp2m4x9abc').map((k) => [k.receipt.cmd, k.receipt.price]),
    [
      ['c2', undefined],
      ['c1', 5],
    ],
  );
  assert.deepEqual(list(storage, '000000000000'), []);
});

test('only the newest are kept, and fewer where the browser has no room', () => {
  const storage = storageOf();
  for (let n = 0; n < MAX_KEPT + 5; n++) keep(storage, receipt(n));
  const all = list(storage, 'k7qp2m4x9abc');
  assert.equal(all.length, MAX_KEPT);
  assert.equal(all.at(-1)?.receipt.cmd, 'c' + (MAX_KEPT + 4));

  const small = storageOf(700);
  for (let n = 0; n < 20; n++) keep(small, receipt(n));
  const left = list(small, 'k7qp2m4x9abc');
  assert.equal(left.at(-1)?.receipt.cmd, 'c19');
  assert.ok(left.length > 0 && left.length < 20);
});

test('what another program left behind is no receipt', () => {
  const storage = storageOf();
  storage.setItem('gobua.receipts.k7qp2m4x9abc', '{"x":');
  assert.deepEqual(list(storage, 'k7qp2m4x9abc'), []);
  storage.setItem('gobua.receipts.k7qp2m4x9abc', '7');
  assert.deepEqual(list(storage, 'k7qp2m4x9abc'), []);
});

test('the file has one receipt on each line, as docs/record.md says', () => {
  const file = fileOf([receipt(1), receipt(2)]);
  assert.deepEqual(
    file
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l).receipt.cmd),
    ['c1', 'c2'],
  );
});
