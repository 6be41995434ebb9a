import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grade, own, server, span } from '../js/timing/model.js';

const reading = (over = {}) => ({ errorMs: 35, rttMs: 68, fastMs: 0, ...over });

test('an error that makes the last second meaningless is a warning', () => {
  assert.equal(grade(reading()), 'ok');
  assert.equal(grade(reading({ errorMs: 500 })), 'ok');
  assert.equal(grade(reading({ errorMs: 501 })), 'shaky');
  assert.equal(grade(reading({ errorMs: Infinity })), 'wait');
});

test('the own clock is called wrong only beyond what is known of it', () => {
  assert.equal(own(reading({ fastMs: 2300 })), 'fast');
  assert.equal(own(reading({ fastMs: -2300 })), 'slow');
  assert.equal(own(reading({ fastMs: 900 })), 'same');
  assert.equal(own(reading({ fastMs: 2300, errorMs: 2400 })), 'same', 'the difference may be ours');
  assert.equal(own(reading({ fastMs: NaN })), 'unknown');
  assert.equal(own(reading({ errorMs: Infinity })), 'unknown');
});

test('differences are told in the unit that fits', () => {
  assert.deepEqual(span(2340), ['timing.s', 2.3]);
  assert.deepEqual(span(-99_900), ['timing.s', 99.9]);
  assert.deepEqual(span(100_000), ['timing.min', 2]);
  assert.deepEqual(span(-3_600_000), ['timing.min', 60]);
  assert.deepEqual(span(7_200_000), ['timing.h', 2]);
  assert.deepEqual(span(86_400_000 * 3), ['timing.d', 3]);
});

test('of the server’s clock nothing is said that nobody knows', () => {
  /** @type {import('../js/timing/types').ServerClock} */
  const s = {
    now: 0,
    source: 'ntp',
    synchronised: true,
    good: true,
    since: 0,
    offsetMs: -3,
    errorMs: 18,
    maxOffsetMs: 50,
    maxErrorMs: 100,
    machineMs: 0,
    jumps: [],
  };
  assert.deepEqual(server(s), { key: 'timing.server.good', values: { off: 3, ms: 18 } });
  assert.equal(server({ ...s, good: false }).key, 'timing.server.off');
  assert.deepEqual(server({ ...s, synchronised: false }), { key: 'timing.server.unknown' });
});
