// What the page that verifies makes of pasted text and of what is wrong.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { addWords } from '../js/i18n.js';
import { headsFor, readHeads, sessionOf } from '../js/verify/held/heads.js';
import { besideOf, countOf, heldIn, nothing, readHeld, together } from '../js/verify/held/held.js';
import { words as heldWords } from '../js/verify/held/words.js';
import { contradicts, findings } from '../js/verify/findings.js';
import { differences, valuesOf } from '../js/verify/values.js';
import { words } from '../js/verify/words.js';

const HASH = 'ab'.repeat(32);
const goSource = (/** @type {string} */ path) =>
  readFileSync(new URL('../../engine/' + path, import.meta.url), 'utf8');

test('a head is read as people copy it', () => {
  assert.deepEqual(readHeads(`17 ${HASH}`), { held: [{ seq: 17, hash: HASH }], unread: [] });
  assert.deepEqual(
    readHeads(`  bản ghi 17: ${HASH.toUpperCase()}  \n\n k7qp2m4x9abc 3 ${HASH}\n123456789012 ${HASH}`).held,
    [
      { seq: 17, hash: HASH },
      { session: 'k7qp2m4x9abc', seq: 3, hash: HASH },
      { seq: 123456789012, hash: HASH },
    ],
  );
  assert.deepEqual(readHeads(`${HASH}\n17 abcd\nxin chào`).unread, [HASH, '17 abcd', 'xin chào']);
});

test('a head is compared with the session that it is of, and never with a guess', () => {
  const held = readHeads(`1 ${HASH}\nk7qp2m4x9abc 2 ${HASH}`).held;
  const seqs = (/** @type {string | undefined} */ session, /** @type {boolean} */ alone) =>
    headsFor(held, session, alone).map((h) => h.seq);
  assert.deepEqual(seqs('k7qp2m4x9abc', true), [1, 2]);
  assert.deepEqual(seqs('k7qp2m4x9abc', false), [2]);
  assert.deepEqual(seqs('000000000000', false), []);
  assert.deepEqual(seqs(undefined, true), [1]);
});

test('a file says of which session it is', async () => {
  assert.equal(
    await sessionOf(new Blob(['gobua record 1\nsession k7qp2m4x9abc\nhighest 1\n'])),
    'k7qp2m4x9abc',
  );
  assert.equal(await sessionOf(new Blob(['gobua record 1\nsession K7\n'])), undefined);
  assert.equal(await sessionOf(new Blob(['%PDF'])), undefined);
  assert.equal(await sessionOf(new Blob([])), undefined);
});

test('every code of the verifier and every kind of record has its words', () => {
  const codes = [...goSource('proof/wrong.go').matchAll(/Code\w+\s+Code = "(\w+)"/g)].map((m) => m[1]);
  assert.ok(codes.length > 30);
  const dir = new URL('../../engine/', import.meta.url);
  const kinds = readdirSync(dir)
    .filter((f) => f.endsWith('.go') && !f.endsWith('_test.go'))
    .flatMap((f) => [...goSource(f).matchAll(/Kind\w+\s+EventKind\s*= "(\w+)"/g)].map((m) => m[1]));
  assert.ok(kinds.length > 30);
  for (const lang of /** @type {const} */ (['vi', 'en'])) {
    /** @type {Record<string, string>} */
    const dictionary = words[lang];
    for (const code of codes) assert.ok(dictionary['verify.wrong.' + code], `${lang}: ${code}`);
    for (const kind of kinds) assert.ok(dictionary['verify.kind.' + kind], `${lang}: ${kind}`);
  }
  // And no sentence asks for a value that the code does not give.
  const source = goSource('proof/wrong.go');
  for (const code of codes) {
    const name = new RegExp(`(Code\\w+)\\s+Code = "${code}"`).exec(source)?.[1];
    const english = new RegExp(`${name}:\\s+"(.*)",`).exec(source)?.[1] ?? '';
    const given = new Set([...english.matchAll(/\{(\w+)\}/g)].map((m) => m[1]));
    const sentence = /** @type {Record<string, string>} */ (words.vi)['verify.wrong.' + code] ?? '';
    for (const [, value] of sentence.matchAll(/\{(\w+)/g)) assert.ok(given.has(value), `${code}: ${value}`);
  }
});

test('values are written for people, and differences are found field by field', () => {
  addWords(words);
  const told = (/** @type {object} */ event) => ({ kind: 'announced', event });
  const args = {
    at: 1_767_578_400_123,
    lost: 12,
    hash: HASH,
    have: told({ a: 1, b: 'x' }),
    want: told({ a: 1, b: 'y', c: 2 }),
  };
  assert.deepEqual(valuesOf(args), {
    at: '09:00:00.123',
    lost: 12,
    hash: 'abababab',
    have: 'công bố kết quả',
    want: 'công bố kết quả',
  });
  assert.deepEqual(differences(args), [
    ['b', '"y"', '"x"'],
    ['c', '2', '–'],
  ]);
  assert.deepEqual(differences({ want: told({}), have: 'bid' }), []);
});

const LOG_KEY = 'trungtam.example/log+5f1a0b2c+' + btoa('\x01' + 'k'.repeat(32));
const WITNESS_KEY = 'w.example+5f1a0b2c+' + btoa('\x04' + 'k'.repeat(32));
const ROOT = btoa('r'.repeat(32));
const NOTE = `trungtam.example/log\n12\n${ROOT}\n\n— trungtam.example/log abcd\n— w.example efgh\n`;
const receipt = (/** @type {string} */ session) =>
  JSON.stringify({ session, by: { role: 'bidder', ref: 'M-1' }, receipt: { cmd: 'c', act: 'bid' } });

test('what people hold is sorted out of one text, whatever stands between', () => {
  const all = readHeld(
    `${LOG_KEY}\r\n\r\n${NOTE}\n17 ${HASH}\n${receipt('k7qp2m4x9abc')}\n ${WITNESS_KEY} \nxin chào\n{"a":1}\n`,
  );
  assert.deepEqual(all, {
    heads: [{ seq: 17, hash: HASH }],
    receipts: [{ session: 'k7qp2m4x9abc', line: receipt('k7qp2m4x9abc') }],
    keys: [LOG_KEY],
    witnesses: [WITNESS_KEY],
    checkpoints: [NOTE],
    unread: ['xin chào', '{"a":1}'],
  });
  assert.deepEqual(readHeld(''), nothing());
  // What is cut is nothing of this, and is said to be not understood.
  for (const cut of [NOTE.slice(0, 40), LOG_KEY.slice(0, -1), receipt('k7qp2m4x9abc').slice(0, -1)]) {
    const held = readHeld(cut);
    assert.equal(countOf(held), 0, cut);
    assert.ok(held.unread.length > 0, cut);
  }
});

test('each thing is taken once, and a receipt is held against its own session', () => {
  const [one, two] = ['k7qp2m4x9abc', '000000000000'];
  const all = together([
    readHeld(receipt(one) + '\n' + LOG_KEY),
    readHeld(receipt(two)),
    readHeld(receipt(one) + '\n' + LOG_KEY),
  ]);
  assert.equal(countOf(all), 3);
  assert.deepEqual(besideOf(all, one, false).receipts, [receipt(one)]);
  assert.deepEqual(besideOf(all, one, true).receipts, [receipt(one), receipt(two)]);
  assert.deepEqual(besideOf(all, undefined, false).keys, [LOG_KEY]);
});

test('a file that is no record may hold something, and may not', async () => {
  assert.equal((await heldIn(new Blob([receipt('k7qp2m4x9abc') + '\n'])))?.receipts.length, 1);
  assert.equal((await heldIn(new Blob([NOTE])))?.checkpoints.length, 1);
  assert.equal(await heldIn(new Blob(['%PDF-1.7'])), undefined);
  assert.equal(await heldIn(new Blob([`r ${HASH} {"seq":1}\n`])), undefined);
});

test('whatever is found of receipts and checkpoints has its words', () => {
  const of = (/** @type {string} */ type, /** @type {string} */ file) =>
    [...goSource('proof/' + file).matchAll(new RegExp(`\\w+\\s+${type}\\s+= "(\\w+)"`, 'g'))].map(
      (m) => m[1],
    );
  const [signed, says, kept] = [
    of('SignedBy', 'held.go'),
    of('ReceiptSays', 'held.go'),
    of('CheckpointSays', 'trust.go'),
  ];
  assert.deepEqual([signed.length, says.length, kept.length], [4, 7, 6]);
  for (const lang of /** @type {const} */ (['vi', 'en'])) {
    /** @type {Record<string, string>} */
    const dictionary = heldWords[lang];
    for (const k of kept) assert.ok(dictionary['verify.kept.' + k], `${lang}: ${k}`);
    for (const by of signed)
      for (const what of says) {
        const r = /** @type {any} */ ({ signed: by, says: what });
        const [[found] = ['']] = findings([r]);
        const key = contradicts(r) ? 'verify.accused.' + by : 'verify.receipt.' + found;
        assert.ok(dictionary[key], `${lang}: ${key}`);
        if (contradicts(r))
          assert.ok(
            dictionary['verify.means.receipt.' + by] && dictionary['verify.todo.receipt.' + by],
            `${lang}: ${by}`,
          );
      }
    for (const what of ['key', 'witness', 'checkpoint', 'receipt'])
      assert.ok(dictionary['verify.unread.' + what]);
  }
  assert.deepEqual(Object.keys(heldWords.vi), Object.keys(heldWords.en));
});
