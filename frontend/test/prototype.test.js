// What comes from outside cannot change what all objects are (prototype
// pollution): the names of its fields are not ours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick, put } from '../js/admin/draft.js';
import { readHeld } from '../js/verify/held/held.js';
import { valuesOf } from '../js/verify/values.js';
import { S, session } from './feed-kit.js';
import { room } from './kit.js';

/** The same with a prototype of its own in every object, as text that a server or a file could send. @param {object} value */
const poisoned = (value) =>
  JSON.stringify(value).replace(
    /\{(?=("?))/g,
    (_, quote) => `{"__proto__":{"planted":1},"constructor":{"prototype":{"planted":1}}${quote ? ',' : ''}`,
  );

/** Throws if any object is another than before, whatever was done. */
function unharmed() {
  assert.equal(/** @type {any} */ ({}).planted, undefined);
  assert.equal(/** @type {any} */ ([]).planted, undefined);
  assert.equal(/** @type {any} */ (() => {}).planted, undefined);
  assert.equal(Object.getPrototypeOf({}), Object.prototype);
}

test('the text is one that plants, where a program is careless', () => {
  const text = poisoned({ a: { b: 1 }, c: {} });
  const careless = Object.assign({}, JSON.parse(text));
  assert.equal(/** @type {any} */ (careless).planted, 1);
  assert.equal(Object.getOwnPropertyNames(JSON.parse(text).c).join(), '__proto__,constructor');
  unharmed();
});

test('frames of a session', () => {
  const s = session();
  s.feed.subscribe();
  const now = { ...room().now, p: 1_150, nx: 1_200 };
  for (const frame of [
    { t: 'snap', session: S, epoch: 'e1', seq: 1, now: 1, room: room() },
    { t: 'up', session: S, seq: 2, up: { k: 'bid', at: 2, now, row: { f: 2, at: 2, a: 1_150 } } },
    { t: 'you', session: S, seq: 2, active: true, you: { code: 'M-1', in: true, leading: true } },
    { t: 'receipt', session: S, receipt: { cmd: 'cmd-1', act: 'bid', accepted: true } },
  ])
    s.feed.frame(JSON.parse(poisoned(frame)));
  const { feed } = s;
  assert.deepEqual([feed.room?.now.p, feed.you?.code], [1_150, 'M-1'], 'they are taken');
  for (const made of [feed, feed.room, feed.room?.history])
    assert.equal(/** @type {any} */ (made).planted, undefined);
  unharmed();
});

test('what is wrong with a record, and lines that people paste', () => {
  valuesOf(JSON.parse(poisoned({ at: 1, session: S })));
  readHeld(poisoned({ session: S, by: { role: 'bidder' }, receipt: { cmd: 'cmd-1' } }));
  readHeld(`{"session":"__proto__","by":{},"receipt":{"cmd":"__proto__"}}`);
  unharmed();
});

test('paths into a draft', () => {
  const form = { lots: [{ title: 'Lô' }] };
  for (const path of ['__proto__.planted', 'constructor.prototype.planted', 'lots.0.__proto__.planted']) {
    put(form, path, 1);
    unharmed();
  }
  assert.equal(pick(form, 'lots.0.title'), 'Lô');
});
