import assert from 'node:assert/strict';
import test from 'node:test';
import {
  boundOf,
  currentOf,
  foldSale,
  holdOf,
  needsAct,
  neighbours,
  nextOf,
  outbidSince,
  OUTBID_HOLD_MS,
  progressOf,
  standingOf,
  toOpen,
} from '../js/sale/model.js';

/** @param {number} number @param {any} now @param {any} [lot] @returns {any} */
const row = (number, now, lot = {}) => ({
  lot: {
    session: 's' + number,
    number,
    currency: 'VND',
    opensAt: 1000 * number,
    biddingMs: 500,
    opening: 'clock',
    ...lot,
  },
  now: { s: 's' + number, ...now },
});
/** @param {any} you @returns {any} */
const as = (you) => ({ session: '', code: 'M-1', in: true, leading: false, ...you });
/** @param {Record<string, any>} by */
const mine = (by) => new Map(Object.entries(by).map(([s, you]) => [s, as(you)]));

test('the current lot: running and ends first, paused, closed longest, opens next, none', () => {
  const rows = [
    row(1, { ph: 'announced' }),
    row(2, { ph: 'closed', e: 90 }),
    row(3, { ph: 'closed', e: 80 }),
    row(4, { ph: 'paused' }),
    row(5, { ph: 'running', e: 300 }),
    row(6, { ph: 'running', e: 200 }),
    row(7, { ph: 'running', e: 200 }),
    row(8, { ph: 'scheduled' }, { opensAt: 50 }),
    row(9, { ph: 'scheduled' }, { opensAt: 40 }),
  ];
  const without = (/** @type {string[]} */ ...phases) => rows.filter((r) => !phases.includes(r.now.ph));
  assert.equal(currentOf(rows)?.lot.number, 6);
  assert.equal(currentOf(without('running'))?.lot.number, 4);
  assert.equal(currentOf(without('running', 'paused'))?.lot.number, 3);
  assert.equal(currentOf(without('running', 'paused', 'closed'))?.lot.number, 9);
  assert.equal(currentOf([row(1, { ph: 'announced' }), row(2, { ph: 'stopped' })]), null);
  assert.equal(currentOf([]), null);
  assert.deepEqual(progressOf(rows), { over: 3, on: 4, coming: 2 });
  assert.deepEqual(
    nextOf(rows, 's6', 3).map((r) => r.lot.number),
    [7, 5, 4],
  );
});

test('an answer replaces what moved and leaves every other row the same object', () => {
  const lots = [row(1, {}).lot, row(2, {}).lot];
  const whole = foldSale(null, { v: 'x.1', lots, now: [{ s: 's1', ph: 'running', e: 9 }] });
  assert.deepEqual(whole.rows[1]?.now, { s: 's2', ph: 'scheduled' });
  const next = foldSale(whole, {
    v: 'x.2',
    now: [
      { s: 's2', ph: 'running', e: 12 },
      { s: 'unknown', ph: 'closed' },
    ],
  });
  assert.equal(next.rows[0], whole.rows[0]);
  assert.equal(next.rows[1]?.now.e, 12);
  assert.equal(next.v, 'x.2');
  assert.equal(next.rows.length, 2);
});

test('my standing in a lot is one word', () => {
  const cases = /** @type {[any, any, string][]} */ ([
    [{ ph: 'running' }, undefined, ''],
    [{ ph: 'running' }, as({ in: false }), 'absent'],
    [{ ph: 'running' }, as({}), 'in'],
    [{ ph: 'running' }, as({ leading: true }), 'leading'],
    [{ ph: 'closed' }, as({ leading: true }), 'leading'],
    [{ ph: 'running' }, as({ outbid: true }), 'outbid'],
    [{ ph: 'closed' }, as({ outbid: true }), 'outbid'],
    [{ ph: 'cancelled' }, as({ outbid: true }), ''],
    [{ ph: 'announced', res: { outcome: 'sold', winner: 'M-1', price: 5 } }, as({ leading: true }), 'won'],
    [{ ph: 'announced', res: { outcome: 'sold', winner: 'M-2', price: 5 } }, as({ outbid: true }), 'lost'],
    [{ ph: 'stopped' }, as({ leading: true }), ''],
    [{ ph: 'running' }, as({ out: 'disqualified', outbid: true }), 'out'],
  ]);
  for (const [now, you, want] of cases)
    assert.equal(standingOf(row(1, now), you), want, JSON.stringify([now, you]));
});

test('what a bidder is bound to: the prices where they lead or won, at most their maxima', () => {
  const rows = [
    row(1, { ph: 'running', p: 100 }),
    row(2, { ph: 'running', p: 70 }),
    row(3, { ph: 'closed', p: 30 }),
    row(4, { ph: 'announced', res: { outcome: 'sold', winner: 'M-1', price: 9 } }),
    row(5, { ph: 'running', p: 8 }, { currency: 'USD' }),
    row(6, { ph: 'cancelled', p: 1000 }),
  ];
  const bound = boundOf(
    rows,
    mine({
      s1: { leading: true, best: 150 },
      s2: { outbid: true, best: 60 },
      s3: { leading: true, best: 30 },
      s4: { won: true, best: 20 },
      s5: { leading: true, best: 8 },
      s6: { leading: true, best: 1000 },
    }),
  );
  assert.deepEqual(bound, {
    leading: 3,
    outbid: 1,
    won: 1,
    taking: 6,
    sums: [
      { currency: 'VND', sum: 139, most: 189 },
      { currency: 'USD', sum: 8, most: 8 },
    ],
  });
});

test('who led and leads no more is told, while the lot goes on', () => {
  const rows = [row(1, { ph: 'running' }), row(2, { ph: 'running' }), row(3, { ph: 'closed' })];
  const before = mine({ s1: { leading: true }, s2: { outbid: true }, s3: { leading: true } });
  const after = mine({ s1: { outbid: true }, s2: { outbid: true }, s3: { outbid: true } });
  assert.deepEqual(
    outbidSince(before, after, rows).map((r) => r.lot.number),
    [1],
  );
  assert.deepEqual(outbidSince(new Map(), after, rows), []);
});

test('a page moves on only when its reader has no business left in the lot', () => {
  const cases = /** @type {[any, string][]} */ ([
    [{ now: { ph: 'closed' } }, ''],
    [{ now: { ph: 'announced' } }, ''],
    [{ now: { ph: 'scheduled' } }, ''],
    [{ now: { ph: 'running' } }, 'on'],
    [{ now: { ph: 'paused' } }, 'on'],
    [{ now: { ph: 'closed' }, typing: true }, 'typing'],
    [{ now: { ph: 'closed' }, typing: true, dialog: true }, 'dialog'],
    [{ now: { ph: 'closed' }, dialog: true, pending: true }, 'pending'],
    [{ now: { ph: 'closed' }, leading: true }, 'leading'],
    [{ now: { ph: 'announced' }, leading: true }, ''],
    [{ now: { ph: 'closed' }, outbidMsAgo: OUTBID_HOLD_MS - 1 }, 'outbid'],
    [{ now: { ph: 'closed' }, outbidMsAgo: OUTBID_HOLD_MS }, ''],
  ]);
  for (const [s, want] of cases) assert.equal(holdOf(s), want, JSON.stringify(s));
});

test('the auctioneer is led to what waits: announcement, pause, opening; then around', () => {
  const hand = { opening: 'auctioneer' };
  const rows = [
    row(1, { ph: 'closed' }),
    row(2, { ph: 'running' }),
    row(3, { ph: 'closed' }),
    row(4, { ph: 'paused' }),
    row(5, { ph: 'scheduled' }, { ...hand, opensAt: 50 }),
    row(6, { ph: 'scheduled' }, { ...hand, opensAt: 40 }),
  ];
  assert.equal(needsAct(rows, undefined, 60)?.lot.number, 1);
  assert.equal(needsAct(rows, 's1', 60)?.lot.number, 3);
  assert.equal(needsAct(rows, 's3', 60)?.lot.number, 1);
  assert.equal(needsAct(rows.slice(1, 2), 's2', 60), null);
  assert.equal(needsAct(rows.slice(3), undefined, 60)?.lot.number, 4);
  assert.equal(needsAct(rows.slice(4), undefined, 60)?.lot.number, 5);
  assert.equal(needsAct(rows.slice(4), undefined, 30), null);
  assert.equal(toOpen(rows)?.lot.number, 6);
});

test('the neighbours of a lot are those of its number', () => {
  const rows = [row(1, {}), row(2, {}), row(4, {})];
  assert.equal(neighbours(rows, 's2').before?.lot.number, 1);
  assert.equal(neighbours(rows, 's2').after?.lot.number, 4);
  assert.equal(neighbours(rows, 's1').before, undefined);
  assert.deepEqual(neighbours(rows, 'elsewhere'), { at: -1, before: undefined, after: undefined });
});
