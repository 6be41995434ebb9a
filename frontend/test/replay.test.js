// The timeline of a replay: any moment is what folding from the beginning
// gives, and few updates are folded to get there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  KEEP_EVERY,
  LONGEST_DRAWN_MS,
  momentOf,
  onward,
  Scale,
  scaleOf,
  Timeline,
} from '../js/replay/timeline.js';
import { fold } from '../js/room.js';

const START = 1_795_507_200_000;
const rules = { method: 'ascending', currency: 'VND', start: 100, step: { kind: 'fixed', amount: 10 } };

/** @param {object} more */
const now = (more = {}) => ({ ph: 'running', nx: 110, st: 10, n: 0, ...more });

/** @returns {any} */
const snap = () => ({
  t: 'snap',
  session: 'k7qp0z3m9abc',
  epoch: 'replay',
  seq: 0,
  now: START - 86_400_000,
  room: { session: 'k7qp0z3m9abc', lot: {}, rules, now: now({ ph: 'scheduled' }), history: [], messages: [] },
});

/** Frames of updates. @param {object[]} ups @returns {any[]} */
const frames = (ups) => ups.map((up, i) => ({ t: 'up', session: 'k7qp0z3m9abc', seq: i + 1, up }));

/** A bid each second, now and then one that is struck. @param {number} n */
const bids = (n) =>
  Array.from({ length: n }, (_, i) => {
    const at = START + 1000 * i;
    const price = 100 + 10 * i;
    const row = { f: i + 1, at, c: 'M-' + (i % 7), a: price };
    const strike = i % 50 === 49 ? { strike: [i - 3, i - 1] } : {};
    return { k: 'bid', at, now: now({ p: price, n: i + 1, e: START + 9e6 }), row, ...strike };
  });

/** @param {number} n */
function counted(n) {
  let folds = 0;
  const timeline = new Timeline(snap(), (room, u) => {
    folds++;
    return fold(room, u);
  });
  timeline.add(frames(bids(n)));
  return { timeline, folds: () => folds };
}

test('every moment is what a straight fold gives, in whatever order it is asked for', () => {
  const n = 700;
  const { timeline } = counted(n);
  const straight = [timeline.kept[0]];
  for (const u of timeline.updates) straight.push(fold(/** @type {any} */ (straight.at(-1)), u));
  let seed = 7;
  for (let i = 0; i < 2_000; i++) {
    seed = (seed * 16_807) % 2_147_483_647;
    const count = seed % (n + 1);
    assert.deepEqual(timeline.roomAfter(count), straight[count], `after ${count} updates`);
  }
});

test('ten thousand updates are folded once, and then few for each jump', () => {
  const { timeline, folds } = counted(10_000);
  assert.equal(folds(), 10_000);
  let before = folds();
  for (const count of [9_999, 5_000, 4_999, 1, 10_000, 63, 64, 0]) {
    timeline.roomAfter(count);
    assert.ok(folds() - before < KEEP_EVERY, `${folds() - before} folds to get to ${count}`);
    before = folds();
  }
  for (let ms = START; ms < START + 3_000_000; ms += 1000) timeline.roomAt(ms);
  assert.ok(folds() - before <= 3_000 + KEEP_EVERY, 'playing on folds each update once');
});

test('the updates must follow without a gap, and amounts be exact', () => {
  const t = new Timeline(snap());
  assert.throws(() => t.add(frames(bids(3)).slice(1)));
  const rounded = frames(bids(1));
  rounded[0].up.now.p = 2 ** 53;
  assert.throws(() => t.add(rounded));
  assert.throws(() => new Timeline(/** @type {any} */ ({ ...snap(), t: 'up' })));
});

test('a moment has what was told until then, itself included', () => {
  const { timeline } = counted(5);
  assert.equal(timeline.countAt(START - 1), 0);
  assert.equal(timeline.countAt(START), 1);
  assert.equal(timeline.countAt(START + 999), 1);
  assert.equal(timeline.countAt(START + 1000), 2);
  assert.equal(timeline.countAt(Infinity), 5);
  assert.equal(timeline.roomAt(START - 1).now.ph, 'scheduled');
  assert.equal(timeline.nextAt(START), START + 1000);
  assert.equal(timeline.nextAt(START + 4000), undefined);
  assert.equal(timeline.previousAt(START + 1000), START);
  assert.equal(timeline.previousAt(START + 1001), START + 1000);
  assert.equal(timeline.previousAt(START), undefined);
  assert.ok(timeline.startMs < START && timeline.endMs === START + 4000);
});

test('stairs, marks and pauses', () => {
  const t = new Timeline(snap());
  t.add(
    frames([
      { k: 'opened', at: START, now: now() },
      { k: 'bid', at: START + 1000, now: now({ p: 110 }) },
      { k: 'extended', at: START + 1000, now: now({ p: 110, x: 1 }) },
      { k: 'paused', at: START + 2000, now: now({ p: 110, ph: 'paused' }) },
      { k: 'said', at: START + 2500, now: now({ p: 110, ph: 'paused' }) },
      { k: 'resumed', at: START + 5000, now: now({ p: 110 }) },
      { k: 'closed', at: START + 9000, now: now({ p: 110, ph: 'closed' }) },
      {
        k: 'announced',
        at: START + 9500,
        now: now({ ph: 'announced', res: { outcome: 'sold', price: 110 } }),
      },
    ]),
  );
  assert.deepEqual(
    t.stairs().map((s) => s.price),
    [100, 110],
  );
  assert.deepEqual(
    t.marks().map((m) => m.sign),
    ['open', 'more', 'pause', 'pause', 'end', 'result'],
  );
  assert.deepEqual(t.pauses(), [{ from: START + 2000, to: START + 5000 }]);
  assert.equal(t.endMs, START + 10_000);
});

test('the scale goes both ways, rises, and shortens long silences alone', () => {
  const day = 86_400_000;
  const times = [0, 60_000, 120_000, 120_000 + day, 120_000 + day + 30_000, 120_000 + 3 * day];
  const s = new Scale(times);
  assert.equal(s.x(0), 0);
  assert.equal(s.x(times.at(-1) ?? 0), 1);
  assert.equal(s.drawnMs, 120_000 + LONGEST_DRAWN_MS + 30_000 + LONGEST_DRAWN_MS);
  let last = -1;
  for (let ms = 0; ms <= (times.at(-1) ?? 0); ms += 977_531) {
    const x = s.x(ms);
    assert.ok(x > last, `${ms}`);
    last = x;
    assert.ok(Math.abs(s.at(x) - ms) <= 1, `${ms} came back as ${s.at(x)}`);
  }
  assert.equal(s.x(60_000) / s.x(120_000), 0.5, 'short silences keep their length');
  assert.equal(s.at(-1), 0);
  assert.equal(s.at(2), times.at(-1));
});

test('a scale of one moment', () => {
  const s = new Scale([5, 5]);
  assert.equal(s.x(5), 0);
  assert.equal(s.at(0.7), 5);
});

test('watching goes on at its speed, skips silences, and stops at the end', () => {
  const t = new Timeline(snap());
  const at = (/** @type {number} */ ms, more = {}) => ({ k: 'bid', at: START + ms, now: now(more) });
  t.add(frames([at(0), at(100_000), at(101_000)]));
  const go = (/** @type {number} */ from, /** @type {number} */ speed, skip = false) =>
    onward(t, START + from, 100, { speed, skip }) - START;
  assert.equal(go(0, 1), 100);
  assert.equal(go(0, 60), 6_000);
  assert.equal(go(0, 1, true), 100, 'right after an event nothing is skipped');
  assert.equal(go(2_950, 1, true), 97_000);
  assert.equal(go(97_000, 1, true), 97_100, 'the rest is watched');
  assert.equal(go(99_990, 1, true), 100_090, 'over an event to what follows it');
  assert.equal(go(100_500, 1, true), 100_600);
  assert.equal(go(100_990, 60), 101_000);
});

test('a link names a moment or none', () => {
  assert.equal(momentOf('#t=1795507233021'), 1_795_507_233_021);
  for (const hash of [
    '',
    '#',
    '#t=',
    '#t=12',
    '#t=-1795507233021',
    '#t=1e15',
    '#t=99999999999999999',
    '#main',
  ])
    assert.equal(momentOf(hash), null, hash);
});

test('the scale of a timeline begins and ends with it', () => {
  const { timeline } = counted(20);
  const s = scaleOf(timeline);
  assert.equal(s.x(timeline.startMs), 0);
  assert.equal(s.x(timeline.endMs), 1);
  assert.equal(s.breaks.length, 0);
});
