import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, commandId } from '../js/clock.js';

/** A device whose monotonic clock we move by hand, against a server at a known offset. @param {number} offsetMs */
function device(offsetMs) {
  /** @type {{ms: number, clock: Clock}} */
  const d = { ms: 5000, clock: new Clock(() => d.ms) };
  return {
    d,
    /**
     * One exchange with the given times on the way, and in the server.
     * @param {number} out @param {number} back
     */
    ping(out, back, inside = 0) {
      const sent = d.ms;
      d.ms += out;
      const t1 = d.ms + offsetMs;
      d.ms += inside;
      const t2 = d.ms + offsetMs;
      d.ms += back;
      d.clock.sample(sent, t1, t2);
    },
    error: () => Math.abs(d.clock.now() - (d.ms + offsetMs)),
  };
}

test('the exchange with the smallest round trip wins', () => {
  const { d, ping, error } = device(1_763_000_000_000);
  ping(400, 20);
  assert.equal(d.clock.errorMs, 211, 'half the way and the rounding of the server');
  assert.equal(error(), 190);
  ping(21, 19, 300);
  assert.equal(d.clock.rttMs, 40, 'time inside the server does not count');
  assert.equal(error(), 1);
  ping(900, 50);
  assert.equal(error(), 1, 'a worse sample changes nothing');
});

test('the error is never larger than what the clock admits', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let run = 0; run < 300; run++) {
    const { d, ping, error } = device(Math.floor(random() * 2e12));
    for (let i = 0; i < 10; i++) ping(random() * 500, random() * 500, random() * 50);
    assert.ok(error() <= d.clock.errorMs + 0.001, `run ${run}`);
  }
});

test('it keeps to its error while device and server drift apart', () => {
  const ppm = 600e-6;
  for (const drift of [ppm, -ppm]) {
    const ms = { device: 0, server: 5_000_000 };
    const pass = (/** @type {number} */ t) => {
      ms.device += t;
      ms.server += t * (1 + drift);
    };
    const clock = new Clock(() => ms.device);
    for (let i = 0; i < 60; i++) {
      const sent = ms.device;
      const slow = i === 0 ? 5 : 60; // the first exchange was a good one, and gets old
      pass(slow);
      const t = Math.floor(ms.server);
      pass(slow);
      clock.sample(sent, t, t);
      pass(5000);
      const error = Math.abs(clock.now() - ms.server);
      assert.ok(error <= clock.errorMs + 0.5, `${error} ms off, ${clock.errorMs} admitted, exchange ${i}`);
    }
    assert.ok(clock.errorMs < 70, 'an old exchange gives way to a new one');
  }
});

test('all of the way may be on one side: the error says so', () => {
  for (const { out, back } of [
    { out: 800, back: 0 },
    { out: 0, back: 800 },
  ]) {
    const { d, ping, error } = device(1_000_000);
    ping(out, back);
    assert.equal(error(), 400);
    assert.equal(d.clock.errorMs, 401);
  }
});

test('after a sleep in which the clock of the page stood still, the next exchange counts', () => {
  const d = { ms: 5000, server: 1_000_000 };
  const clock = new Clock(() => d.ms);
  const ping = (/** @type {number} */ way) => {
    const sent = d.ms;
    d.ms += way;
    d.server += way;
    const t = d.server;
    d.ms += way;
    d.server += way;
    clock.sample(sent, t, t);
  };
  for (let i = 0; i < 8; i++) ping(5);
  d.server += 3_600_000; // asleep for an hour, nobody told the page
  ping(300);
  assert.ok(Math.abs(clock.now() - d.server) < 1, 'though its round trip is the worst');
  assert.equal(clock.errorMs, 301);
});

test('a time on a frame proves that the device slept, before any exchange', () => {
  const { d, ping } = device(1_000_000);
  ping(5, 5);
  d.clock.hint(d.ms + 1_000_000 + 3_600_000);
  assert.ok(d.clock.now() >= d.ms + 1_000_000 + 3_600_000);
  assert.equal(d.clock.errorMs, Infinity, 'and then nobody knows how wrong it is');
});

test('when the server sets its clock back the page follows with the next exchange', () => {
  const { d, ping } = device(10_000_000);
  ping(5, 5);
  const sent = d.ms;
  d.ms += 80;
  d.clock.sample(sent, d.ms - 40 + 5_000_000, d.ms - 40 + 5_000_000);
  assert.equal(Math.round(d.clock.now()), d.ms + 5_000_000);
  assert.equal(d.clock.errorMs, 41);
});

test('it never shows an earlier time than before', () => {
  const { d, ping } = device(1_000_000);
  ping(10, 400); // reads 195 ms late: shows too early a time
  ping(400, 10);
  const before = d.clock.now();
  ping(5, 5);
  assert.ok(d.clock.now() >= before);
  d.clock.offsetMs -= 500;
  const shown = d.clock.now();
  d.ms += 100;
  assert.equal(d.clock.now(), shown, 'stands still');
  d.ms += 1000;
  assert.ok(d.clock.now() > shown, 'until time has caught up');
});

test('a large step back is taken: the page slept or the server was set', () => {
  const { d, ping } = device(1_000_000);
  ping(5, 5);
  const before = d.clock.now();
  d.clock.offsetMs -= 60_000;
  assert.ok(d.clock.now() < before - 50_000);
});

test('a time on a frame serves until the first answered ping', () => {
  const { d, ping, error } = device(777_000);
  assert.equal(d.clock.known, false);
  d.clock.hint(d.ms + 777_000 - 80);
  assert.equal(d.clock.known, true);
  assert.equal(error(), 80);
  assert.equal(d.clock.errorMs, Infinity);
  ping(5, 5);
  d.clock.hint(1);
  assert.equal(error(), 0);
});

test('nonsense is ignored', () => {
  const { d } = device(0);
  d.clock.sample(9999, 1, 2, 5000);
  d.clock.sample(NaN, 1, 2);
  assert.equal(d.clock.known, false);
});

test('command ids are UUIDs of version 7, ascending even when the clock stands still', () => {
  const ids = Array.from({ length: 200 }, () => commandId(1_763_888_888_000));
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(parseInt(String(ids[0]).replace(/-/g, '').slice(0, 12), 16), 1_763_888_888_000);
  assert.ok(commandId(1_763_888_000_000) > String(ids.at(-1)), 'also when it steps back');
});
