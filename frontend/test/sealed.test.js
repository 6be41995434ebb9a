import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { actsOf, proposal } from '../js/console/acts.js';
import { Feed } from '../js/feed.js';
import { groupsOf, hex, newSecret, privateKey, publicKeys, readSecret, tidy } from '../js/sealed/secret.js';

const golden = JSON.parse(
  readFileSync(new URL('../../engine/sealing/testdata/keys.json', import.meta.url), 'utf8'),
);
const secret = Uint8Array.from(golden.secret.match(/../g), (b) => parseInt(b, 16));

test('the keys of a secret are those of the server', async () => {
  assert.deepEqual(await publicKeys(secret, golden.session, 3), golden.publics);
  for (const round of [1, 2, 3])
    assert.equal(hex(await privateKey(secret, golden.session, round)), golden.privates[round - 1]);
});

test('a secret is read as it was shown, however it is typed', () => {
  for (let i = 0; i < 50; i++) {
    const made = newSecret();
    const groups = groupsOf(made);
    assert.equal(groups.length, 8);
    for (const typed of [
      groups.join('-'),
      groups.join(' ').toLowerCase(),
      groups.join('').replace(/0/g, 'o').replace(/1/g, 'l'),
    ])
      assert.deepEqual(readSecret(typed), made);
  }
  assert.equal(groupsOf(new Uint8Array(20)).join(''), '0'.repeat(32));
  assert.equal(tidy(' oOiIlL-9 '), '0011119');
  for (const none of ['', 'ABCD', 'U'.repeat(32), '0'.repeat(31), '0'.repeat(33)])
    assert.equal(readSecret(none), null);
});

test('an accepted offer keeps its amount in the page, which the server does not tell', async () => {
  /** @type {any[]} */
  const heard = [];
  const feed = new Feed({
    session: 's',
    send: () => true,
    nextId: () => 1,
    newCommandId: () => 'c',
    monotonicMs: () => 0,
    setTimer: () => {},
    onChange: (/** @type {string} */ what, /** @type {any} */ frame) =>
      what === 'receipt' && heard.push(frame.receipt),
  });
  const answer = feed.command('offer', { amount: 1200, confirm: 1200 });
  feed.frame({ t: 'receipt', id: 1, receipt: { cmd: 'c', act: 'offer', accepted: true, at: 5 } });
  await answer;
  assert.equal(heard[0].amount, 1200);
});

/** @param {object} sl @param {object} [more] @returns {any} */
const room = (sl, more) => ({
  lot: { number: 1 },
  rules: { opening: 'auctioneer' },
  now: { ph: 'closed', nx: 0, st: 1, n: 0, sl, ...more },
  history: [{ f: 9, at: 77, c: 'A', a: 5 }],
});
const names = (/** @type {any} */ r) => actsOf(r).map((a) => a.act);

test('nothing is announced before the opening or while a round is due', () => {
  assert.ok(!names(room({ n: 1, k: 2 })).includes('announce'));
  assert.ok(!names(room({ n: 1, k: 2, o: true, due: 'round' })).includes('announce'));
  assert.ok(names(room({ n: 1, k: 2, o: true })).includes('announce'));
  assert.ok(!names(room({ n: 1, k: 1 }, { ph: 'scheduled' })).includes('open'));
  assert.ok(names(room({ n: 1, k: 2 }, { ph: 'scheduled' })).includes('open'));
});

test('what is announced names when the winning offer was sealed', () => {
  const proposed = proposal(room({ n: 1, k: 2, o: true }, { p: 5, b: 'A', n: 1 }), []);
  assert.deepEqual([proposed.code, proposed.price, proposed.at], ['A', 5, 77]);
});
