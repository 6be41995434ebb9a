import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { room } from './kit.js';
import {
  amountAt,
  amountProblem,
  exact,
  fold,
  MAX_HISTORY,
  MAX_MESSAGES,
  nearest,
  stepAt,
  stepsAbove,
} from '../js/room.js';

// The golden files are the server's: {name, room, updates, want}.
const golden = new URL('../../transport/wire/testdata/fold/', import.meta.url).pathname;

test('golden: the page folds what the server folds', () => {
  const files = readdirSync(golden).filter((f) => f.endsWith('.json'));
  assert.ok(files.length > 0);
  for (const f of files) {
    const { name, room: before, updates, want } = JSON.parse(readFileSync(join(golden, f), 'utf8'));
    const got = (updates ?? []).reduce(fold, {
      ...before,
      history: before.history ?? [],
      messages: before.messages ?? [],
    });
    assert.deepEqual(got, { ...want, history: want.history ?? [], messages: want.messages ?? [] }, name);
  }
});

test('fold: now is replaced, rows and messages go on top, lists are cut', () => {
  let r = room();
  for (let i = 1; i <= MAX_HISTORY + 5; i++) {
    r = fold(r, { k: 'bid', at: i, now: { ...r.now, n: i }, row: { f: i, at: i, a: i, c: 'M-1' } });
  }
  assert.equal(r.history.length, MAX_HISTORY);
  assert.equal(r.history[0].f, MAX_HISTORY + 5);
  assert.equal(r.now.n, MAX_HISTORY + 5);
  for (let i = 1; i <= MAX_MESSAGES + 1; i++)
    r = fold(r, { k: 'said', at: i, now: r.now, msg: { at: i, text: `${i}` } });
  assert.equal(r.messages.length, MAX_MESSAGES);
  assert.equal(r.messages[0].text, `${MAX_MESSAGES + 1}`);
});

test('fold: struck rows are marked, and the given room is left as it was', () => {
  const before = {
    ...room(),
    history: [
      { f: 2, at: 2, a: 2 },
      { f: 1, at: 1, a: 1 },
    ],
  };
  const frozen = JSON.stringify(before);
  const after = fold(before, { k: 'withdrawn', at: 3, now: before.now, strike: [2] });
  assert.deepEqual(
    after.history.map((h) => h.out),
    [true, undefined],
  );
  assert.equal(JSON.stringify(before), frozen);
});

test('exact: amounts a browser would round are not taken', () => {
  assert.ok(exact(room().now));
  assert.ok(!exact({ ...room().now, p: 2 ** 53 }));
  assert.ok(!exact({ ...room().now, nx: 1.5 }));
  assert.ok(!exact({ ...room().now, st: -1 }));
});

test('steps: bands have their lower edge inside, percentages round down but not below the least', () => {
  const bands = {
    step: {
      kind: 'bands',
      bands: [
        { from: 0, step: 10 },
        { from: 100, step: 25 },
        { from: 500, step: 50 },
      ],
    },
  };
  assert.deepEqual(
    [0, 99, 100, 499, 500, 9e15].map((p) => stepAt(room({}, bands).rules, p)),
    [10, 10, 25, 25, 50, 50],
  );
  const percent = { step: { kind: 'percent', basisPoints: 250, amount: 7 } };
  assert.deepEqual(
    [0, 279, 280, 1_000, 9e15].map((p) => stepAt(room({}, percent).rules, p)),
    [7, 7, 7, 25, 225e12],
  );
});

test('amounts: the preset +1 is the next minimum, +k adds k−1 steps', () => {
  assert.deepEqual(
    [1, 2, 5].map((k) => amountAt(room(), k)),
    [1_150, 1_200, 1_350],
  );
  assert.equal(amountAt(room({ p: undefined, nx: 1_000, n: 0 }), 2), 1_050);
  assert.deepEqual(
    [1_150, 1_199, 1_200, 2_150].map((a) => stepsAbove(room(), a)),
    [0, 1, 1, 20],
  );
});

test('amounts: each kind of slip has its name', () => {
  assert.deepEqual(
    [0, -5, 1.5, 2 ** 53, 900, 1_100, 1_160, 9_000_000_000_000_050].map((a) => amountProblem(room(), a)),
    [
      'bad_amount',
      'bad_amount',
      'bad_amount',
      'bad_amount',
      'below_start',
      'too_low',
      'off_step',
      'above_cap',
    ],
  );
  assert.equal(amountProblem(room(), 1_200), null);
  assert.equal(amountProblem(room({}, { cap: 1_180 }), 1_200), 'above_cap');
  assert.deepEqual(nearest(room(), 1_163), [1_150, 1_200]);
  assert.deepEqual(nearest(room(), 1_120), [1_150]);
});
