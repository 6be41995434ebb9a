import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, commandId } from '../js/clock.js';

/** A device whose monotonic clock we move by hand, against a server at a known offset. */
function device(offsetMs) {
  const d = { ms: 5000, clock: new Clock(() => d.ms) };
  return {
    d,
    /** One exchange with the given times on the way, and in the server. */
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
  assert.equal(d.clock.errorMs, 210);
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
