import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from '../js/clock.js';
import { GIVE_UP_MS, Seen } from '../js/seen.js';
import { room, Time } from './kit.js';

const CMD = '0198c0de-0000-7000-8000-00000000002a';
const SERVER_MS = 1_790_000_000_000; // when the page's own clock says 0

/** @param {object} [receipt] @returns {any} */
const receipt = (receipt = {}) => ({
  cmd: CMD,
  act: 'bid',
  accepted: true,
  at: SERVER_MS + 1_100,
  ...receipt,
});

/** A page whose screen and clock are the test's. @param {{synced?: boolean}} [options] */
function page({ synced = true } = {}) {
  const time = new Time();
  const clock = new Clock(() => time.ms);
  if (synced) clock.sample(time.ms - 20, SERVER_MS + time.ms - 10, SERVER_MS + time.ms - 10); // round trip 20 ms
  const screen = { room: room(), paints: /** @type {(() => void)[]} */ ([]) };
  /** @type {any[]} */
  const sent = [];
  let ids = 0;
  const seen = new Seen({
    send: (m) => sent.push(m) > 0,
    nextId: () => ++ids,
    clock,
    afterPaint: (fn) => screen.paints.push(fn),
    room: () => screen.room,
  });
  let next = screen.room;
  /** A frame is drawn after some time. @param {number} ms */
  const paint = (ms) => {
    time.pass(ms);
    screen.room = next;
    for (const fn of screen.paints.splice(0)) fn();
    seen.look();
  };
  const price = (/** @type {number} */ at) => (next = { ...room(), history: [{ f: 1, at, a: 1_150 }] });
  const answered = (op = 'bid', r = receipt()) =>
    seen.answered({ op, receipt: r, clickedMs: 1_000.2, sentMs: 1_003, gotMs: time.ms });
  return { time, seen, sent, paint, price, answered };
}

test('a bid is seen once its receipt and its price have been drawn', () => {
  const p = page();
  p.time.pass(120);
  p.answered();
  p.paint(10);
  assert.deepEqual(p.sent, [], 'the price is still on its way');
  p.price(SERVER_MS + 1_099);
  p.paint(10);
  assert.deepEqual(p.sent, [], 'that was the bid of another, before it');
  p.price(SERVER_MS + 1_100);
  p.seen.look();
  assert.deepEqual(p.sent, [], 'it is not drawn yet');
  p.paint(16);
  assert.deepEqual(p.sent, [
    { op: 'seen', id: 1, cmd: CMD, at: [1_000, 1_003, 1_120, 1_156].map((ms) => SERVER_MS + ms), off: 12 },
  ]);
  p.price(SERVER_MS + 1_200);
  p.paint(16);
  assert.equal(p.sent.length, 1, 'it is told once');
});

test('the price may come before the receipt, which has to be drawn all the same', () => {
  const p = page();
  p.price(SERVER_MS + 1_100);
  p.paint(5);
  p.answered();
  p.seen.look(); // something else was drawn in between
  assert.deepEqual(p.sent, []);
  p.paint(16);
  assert.equal(p.sent.length, 1);
});

test('a refusal, and what moves no price, waits for no price', () => {
  for (const [op, r] of [
    ['bid', receipt({ accepted: false, reason: 'too_low' })],
    ['checkin', receipt({ act: 'check_in' })],
  ]) {
    const p = page();
    p.answered(op, r);
    p.paint(16);
    assert.equal(p.sent.length, 1, op);
  }
});

test('what nobody could see for long is not told', () => {
  const p = page();
  p.answered();
  p.price(SERVER_MS + 1_100);
  p.paint(GIVE_UP_MS + 1); // the tab was hidden meanwhile
  assert.deepEqual(p.sent, []);
  p.paint(16);
  assert.deepEqual(p.sent, []);
});

test('without a clock that was compared with the server nothing is told', () => {
  const p = page({ synced: false });
  p.answered('checkin');
  p.paint(16);
  assert.deepEqual(p.sent, []);
});
