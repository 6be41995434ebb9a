import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ACTS,
  actsOf,
  fieldsOf,
  leaderOf,
  missing,
  nextStep,
  proposal,
  shortcut,
  winnersOf,
} from '../js/console/acts.js';
import { words } from '../js/console/words.js';

/** @param {object} now @param {object} [rules] */
const room = (now, rules = {}) =>
  /** @type {any} */ ({
    lot: { number: 7 },
    rules: { opening: 'clock', ...rules },
    now: { ph: 'running', nx: 1, st: 1, n: 0, ...now },
  });
const act = (/** @type {string} */ name) => /** @type {any} */ (ACTS.find((a) => a.act === name));
const names = (/** @type {any} */ r) => actsOf(r).map((a) => a.act);

test('each phase offers what the server would accept', () => {
  assert.deepEqual(names(room({ ph: 'running' })), [
    'pause',
    'extend',
    'say',
    'disqualify',
    'stop',
    'cancel',
  ]);
  assert.deepEqual(names(room({ ph: 'paused' })), ['resume', 'say', 'disqualify', 'stop', 'cancel']);
  assert.deepEqual(names(room({ ph: 'closed' })), ['announce', 'say', 'disqualify', 'stop', 'cancel']);
  for (const ph of ['announced', 'stopped', 'cancelled']) assert.deepEqual(names(room({ ph })), []);
});

test('only a session that waits for the auctioneer can be opened by hand', () => {
  assert.ok(!names(room({ ph: 'scheduled' })).includes('open'));
  assert.ok(names(room({ ph: 'scheduled' }, { opening: 'auctioneer' })).includes('open'));
});

test('a shortcut is Shift and the letter, not while typing, not repeated', () => {
  const press = { key: 'P', shiftKey: true, ctrlKey: false, altKey: false, metaKey: false, repeat: false };
  assert.equal(shortcut(press, ACTS, false)?.act, 'pause');
  assert.equal(shortcut({ ...press, key: 'p' }, ACTS, false)?.act, 'pause');
  for (const change of [
    { shiftKey: false },
    { ctrlKey: true },
    { altKey: true },
    { metaKey: true },
    { repeat: true },
  ])
    assert.equal(shortcut({ ...press, ...change }, ACTS, false), null);
  assert.equal(shortcut(press, ACTS, true), null);
});

test('shortcuts and acts are unique', () => {
  assert.equal(new Set(ACTS.map((a) => a.key)).size, ACTS.length);
  assert.equal(new Set(ACTS.map((a) => a.act)).size, ACTS.length);
});

test('what is announced is what stands', () => {
  const bid = /** @type {any} */ ({ s: 9, at: 5000, k: 'bid', c: 'M-2', ld: 'M-2' });
  assert.deepEqual(proposal(room({ ph: 'closed', p: 300, b: 'M-2', n: 3 }), [bid]), {
    sold: true,
    code: 'M-2',
    price: 300,
    ground: '',
    at: 5000,
  });
  assert.equal(proposal(room({ ph: 'closed' }), []).ground, 'no_bid');
  assert.equal(proposal(room({ ph: 'closed', n: 2 }), []).ground, 'withdrawn');
  assert.equal(
    proposal(room({ ph: 'closed', p: 3, b: 'M-2', n: 2, rv: 'unmet' }), [bid]).ground,
    'below_reserve',
  );
});

test('the console knows the leader where the room hides codes', () => {
  const hidden = room({ p: 300, n: 3 });
  assert.equal(leaderOf(hidden, /** @type {any} */ ([{ k: 'refused', ld: 'M-9' }])), 'M-9');
});

test('a grave act needs the number of the lot, a public act its sentence', () => {
  const r = room({});
  assert.deepEqual(Object.keys(missing(act('stop'), { text: 'x', lot: '8' }, r)), ['lot']);
  assert.deepEqual(missing(act('stop'), { text: 'x', lot: ' 7 ' }, r), {});
  assert.deepEqual(Object.keys(missing(act('pause'), { text: '  ' }, r)), ['text']);
  assert.deepEqual(Object.keys(missing(act('say'), { text: 'ă'.repeat(501) }, r)), ['text']);
  assert.deepEqual(missing(act('resume'), {}, r), {});
  assert.deepEqual(Object.keys(missing(act('extend'), { text: 'x', minutes: NaN }, r)), ['minutes']);
  assert.deepEqual(Object.keys(missing(act('disqualify'), { text: 'x', lot: '7' }, r)), ['code']);
});

test('an act is sent with its own fields and no others', () => {
  assert.deepEqual(fieldsOf(act('extend'), { text: ' x ', minutes: 0.5, code: 'M-1' }), {
    act: 'extend',
    text: 'x',
    ms: 30_000,
  });
  assert.deepEqual(fieldsOf(act('resume'), { text: '' }), { act: 'resume' });
  assert.deepEqual(fieldsOf(act('announce'), { proposal: { code: '', price: 0 } }), {
    act: 'announce',
    code: '',
    price: 0,
  });
});

test('the list says what to do next', () => {
  const card = (/** @type {string} */ ph, checkedIn = 0) =>
    /** @type {any} */ ({ now: { ph }, opensAt: 0, checkedIn });
  assert.equal(nextStep(card('scheduled')), 'desk.next.checkin');
  assert.equal(nextStep(card('scheduled', 2)), 'desk.next.ready');
  assert.equal(nextStep(card('closed')), 'desk.next.announce');
});

test('both languages say the same things', () => {
  assert.deepEqual(Object.keys(words.vi).sort(), Object.keys(words.en).sort());
  const holes = (/** @type {string} */ s) => [...s.matchAll(/\{\w+\}/g)].map(String).sort();
  const { vi, en } = /** @type {Record<string, Record<string, string>>} */ (words);
  for (const [key, sentence] of Object.entries(vi ?? {}))
    assert.deepEqual(holes(sentence), holes(en?.[key] ?? ''), key);
});

test('of several units everybody who gets some wins, unless they are out', () => {
  assert.deepEqual(
    winnersOf([
      { code: 'A', in: true, leading: true },
      { code: 'B', in: true },
      { code: 'C', in: false, leading: true },
      { code: 'D', in: true, leading: true, out: 'withdrawn' },
    ]),
    ['A', 'C'],
  );
});
