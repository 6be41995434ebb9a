// Rounds in turn: the list of the round, and when the own turn comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf, placeOf } from '../js/turns/model.js';

/** @param {object} tn @param {object} [now] @returns {import('../js/types').Room} */
const room = (tn, now = {}) =>
  /** @type {any} */ ({
    now: { ph: 'running', nx: 0, st: 0, n: 0, e: 100_000, b: 'M-4', tn, ...now },
    rules: { turns: { rounds: 2, turnMs: 60_000, pauseMs: 30_000 } },
  });

const ORDER = [
  { c: 'M-1' },
  { c: 'M-2', a: 5 },
  { c: 'M-3', out: true },
  { c: 'M-5', a: 6 },
  { c: 'M-4', a: 7 },
];

test('the list says of everybody where they are in the round', () => {
  const states = (/** @type {object} */ tn, now = {}) => linesOf(room(tn, now)).map(({ state }) => state);
  assert.deepEqual(states({ n: 1, o: ORDER }), ['next', 'next', 'out', 'next', 'leads']);
  assert.deepEqual(states({ n: 1, t: 2, c: 'M-2', o: ORDER }), ['past', 'here', 'out', 'next', 'leads']);
  assert.deepEqual(states({ n: 1, t: 4, c: 'M-5', o: ORDER }, { b: 'M-1' }), [
    'leads',
    'past',
    'out',
    'here',
    'next',
  ]);
  assert.deepEqual(linesOf(room({ n: 1 })), []);
  assert.equal(linesOf(room({ n: 1, o: ORDER }))[1]?.amount, 5);
});

test('the own turn is as far away as all turns before it last at most', () => {
  const at = (/** @type {string} */ code, /** @type {object} */ tn, now = {}) => {
    const { place, mostMs } = placeOf(room(tn, now), code, 90_000);
    return mostMs ? `${place} ${mostMs}` : place;
  };
  const pause = { n: 1, o: ORDER };
  const second = { n: 1, t: 2, c: 'M-2', o: ORDER };
  assert.equal(at('M-1', pause), 'wait 10000', 'when the pause is over');
  assert.equal(at('M-2', pause), 'wait 70000');
  assert.equal(at('M-5', pause), 'wait 130000', 'who is out has no turn');
  assert.equal(at('M-5', second), 'wait 10000');
  assert.equal(at('M-4', second, { b: 'M-2' }), 'wait 70000');
  assert.equal(at('M-4', second), 'leads');
  assert.equal(at('M-2', second), 'now');
  assert.equal(at('M-1', second), 'done');
  assert.equal(at('M-3', second), 'none');
  assert.equal(at('M-6', second), 'later');
  assert.equal(at('M-6', { ...second, n: 2 }), 'none', 'there is no next round');
  assert.equal(at('M-6', { n: 1 }), 'none', 'no order is fixed');
  assert.equal(at('M-1', pause, { ph: 'paused' }), 'none');
});
