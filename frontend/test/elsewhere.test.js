import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Elsewhere, LOOK_AFTER_MS, MAX_LOOK_MS, MOVE_AGAIN_MS, STAY_MS } from '../js/elsewhere.js';
import { Time } from './kit.js';

/** A page that may be told to look elsewhere. @param {() => number} [random] */
function page(random = () => 0.5) {
  const time = new Time();
  /** @type {number[]} */
  const looks = [];
  /** @type {number[]} */
  const moves = [];
  const well = { ready: false };
  const elsewhere = new Elsewhere({
    ready: () => {
      looks.push(time.ms);
      return Promise.resolve(well.ready);
    },
    move: () => moves.push(time.ms),
    monotonicMs: () => time.ms,
    setTimer: time.setTimer,
    clearTimer: time.clearTimer,
    random,
  });
  const pass = async (/** @type {number} */ ms) => {
    for (let left = ms; left > 0; left -= 250) {
      time.pass(Math.min(250, left));
      await new Promise((done) => setImmediate(done));
    }
  };
  return { time, looks, moves, well, elsewhere, pass };
}

test('a server that is well is not left, nor one that was cut off for a moment', async () => {
  const p = page();
  p.well.ready = true;
  p.elsewhere.told(false);
  await p.pass(600_000);
  p.elsewhere.told(true);
  await p.pass(LOOK_AFTER_MS - 500);
  p.elsewhere.told(false);
  await p.pass(600_000);
  assert.deepEqual([p.looks, p.moves], [[], []]);
});

test('where another server is ready the page goes there, once', async () => {
  const p = page();
  p.well.ready = true;
  p.elsewhere.told(true);
  p.elsewhere.told(true);
  await p.pass(LOOK_AFTER_MS + STAY_MS + 500);
  assert.equal(p.moves.length, 1);
  p.elsewhere.told(false);
  await p.pass(600_000);
  assert.equal(p.moves.length, 1);
});

test('where no server is ready the page stays, and looks ever more seldom', async () => {
  const p = page();
  const began = p.time.ms;
  p.elsewhere.told(true);
  await p.pass(600_000);
  assert.equal(p.moves.length, 0);
  const gaps = p.looks.map((at, i) => at - (p.looks[i - 1] ?? began));
  assert.ok(gaps.length >= 10 && gaps.length <= 16, `${gaps.length} looks in ten minutes`);
  for (const [i, gap] of gaps.entries())
    assert.ok(Math.abs(gap - Math.min(MAX_LOOK_MS, LOOK_AFTER_MS * 2 ** i)) <= 500, `${gaps}`);
  p.well.ready = true;
  await p.pass(MAX_LOOK_MS + STAY_MS + 500);
  assert.equal(p.moves.length, 1);
});

test('who comes to a server that is cut off as well does not move again at once', async () => {
  const p = page();
  p.well.ready = true;
  p.elsewhere.told(true);
  for (let i = 0; i < 400; i++) {
    const before = p.moves.length;
    await p.pass(500);
    if (p.moves.length === before) continue;
    p.elsewhere.told(false); // the line was given up,
    p.elsewhere.told(true); // and the new one says the same
  }
  const gaps = p.moves.slice(1).map((at, i) => at - Number(p.moves[i]));
  assert.ok(gaps.length >= 4, `${p.moves}`);
  for (const gap of gaps) assert.ok(gap >= MOVE_AGAIN_MS, `${gaps}`);
});

test('those who were told together do not look together', async () => {
  const at = [];
  for (const random of [0, 0.25, 0.5, 0.75, 0.99]) {
    const p = page(() => random);
    p.elsewhere.told(true);
    await p.pass(2 * LOOK_AFTER_MS);
    at.push(Number(p.looks[0]));
  }
  assert.ok(Math.max(...at) - Math.min(...at) >= LOOK_AFTER_MS - 500, `${at}`);
});

test('its own server says that it is ready, and then that the cut is over: nobody moves', async () => {
  const p = page();
  p.well.ready = true;
  p.elsewhere.told(true);
  while (p.looks.length === 0) await p.pass(250);
  await p.pass(STAY_MS - 250);
  p.elsewhere.told(false);
  await p.pass(600_000);
  assert.equal(p.moves.length, 0);
});

test('an answer that comes when the server is well again moves nobody', async () => {
  const p = page();
  let answer = (/** @type {boolean} */ _ready) => {};
  p.elsewhere.o.ready = () =>
    new Promise((done) => {
      answer = done;
    });
  p.elsewhere.told(true);
  await p.pass(LOOK_AFTER_MS + 250);
  p.elsewhere.told(false);
  answer(true);
  await p.pass(2 * STAY_MS);
  assert.equal(p.moves.length, 0);
});
