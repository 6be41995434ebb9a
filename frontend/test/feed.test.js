import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASK_AFTER_MS } from '../js/feed.js';
import { S, session } from './feed-kit.js';
import { room } from './kit.js';

test('the next update is folded, earlier ones are ignored', () => {
  const s = session();
  s.feed.subscribe();
  s.snap(10);
  s.up(11);
  s.up(11, 5);
  s.up(3, 5);
  assert.equal(s.feed.seq, 11);
  assert.equal(s.feed.room?.now.p, 1_011);
  assert.equal(s.of('sub').length, 1);
});

test('a gap: nothing is applied, it asks once from where it is, and goes on', () => {
  const s = session();
  s.feed.subscribe();
  s.snap(10);
  s.up(12);
  s.up(13);
  assert.equal(s.feed.seq, 10);
  assert.deepEqual(
    s.of('sub').map(({ epoch, seq }) => ({ epoch, seq })),
    [
      { epoch: undefined, seq: undefined },
      { epoch: 'e1', seq: 10 },
    ],
  );
  s.feed.frame({ t: 'subok', session: S, epoch: 'e1', seq: 13, resumed: true });
  for (const seq of [11, 12, 13]) s.up(seq);
  assert.equal(s.feed.seq, 13);
});

test('out of order and twice: the room comes out as if they came in order', () => {
  let seed = 41;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let run = 0; run < 200; run++) {
    const s = session();
    s.snap(0);
    const log = Array.from({ length: 12 }, (_, i) => i + 1);
    const chaos = log
      .flatMap((n) => (random() < 0.3 ? [n, n] : random() < 0.2 ? [] : [n]))
      .sort(() => random() - 0.7);
    for (const n of chaos) s.up(n);
    for (const n of log) s.up(n); // what a resume brings
    assert.equal(s.feed.seq, 12, `run ${run}, seed 41`);
    assert.deepEqual(
      s.feed.room?.history.map((r) => r.f),
      [...log].reverse(),
    );
  }
});

test('a heartbeat finds a lost tail, and another life of the server', () => {
  const s = session();
  s.snap(10);
  s.feed.frame({ t: 'hb', session: S, epoch: 'e1', seq: 10 });
  assert.equal(s.of('sub').length, 0);
  s.feed.frame({ t: 'hb', session: S, epoch: 'e1', seq: 11 });
  assert.equal(s.of('sub').length, 1);
  s.snap(11);
  s.feed.frame({ t: 'hb', session: S, epoch: 'e2', seq: 5 });
  assert.equal(s.of('sub').length, 2);
  s.snap(5, 'e2');
  assert.equal(s.feed.seq, 5, 'the state of the other life is thrown away');
});

test('a snapshot with an amount that is no exact integer is not shown', () => {
  const s = session();
  s.feed.frame({ t: 'snap', session: S, epoch: 'e1', seq: 1, room: room({ p: 2 ** 53 }) });
  assert.equal(s.feed.room, null);
  assert.deepEqual(s.changes, ['error']);
});

test('a command offline is refused here, and never sent later', async () => {
  const s = session();
  s.snap(1);
  s.line.up = false;
  const receipt = await s.feed.command('bid', { amount: 1_150 });
  assert.deepEqual([receipt.accepted, receipt.reason], [false, 'offline']);
  s.line.up = true;
  s.feed.subscribe();
  s.snap(1);
  s.time.pass(60_000);
  assert.equal(s.of('bid').length, 0);
});

test('a bid whose line broke is asked for, never sent again', async () => {
  const s = session();
  s.snap(1);
  const promise = s.feed.command('bid', { amount: 1_150 });
  const [{ cmd }] = s.of('bid');
  s.line.up = false;
  s.feed.lost();
  s.time.pass(10_000);
  assert.equal([...s.feed.pending.values()][0]?.asking, true);
  s.line.up = true;
  s.feed.subscribe();
  s.snap(2);
  assert.deepEqual(s.of('ask')[0].cmds, [cmd]);
  s.feed.frame({
    t: 'receipts',
    session: S,
    receipts: [{ cmd, act: 'bid', accepted: true, seq: 9, amount: 1_150 }],
  });
  assert.equal((await promise).seq, 9);
  assert.equal(s.feed.pending.size, 0);
  assert.equal(s.of('bid').length, 1);
});

test('what is twice unknown is dropped, and only then said not to be received', async () => {
  const s = session();
  s.snap(1);
  const promise = s.feed.command('bid', { amount: 1_150 });
  const [{ cmd }] = s.of('bid');
  s.feed.lost();
  s.feed.subscribe();
  s.snap(1);
  const unknown = (/** @type {number} */ id) =>
    s.feed.frame({ t: 'receipts', id, session: S, receipts: [], unknown: [cmd] });
  unknown(s.of('ask')[0].id);
  s.time.pass(1_500);
  assert.equal(s.of('ask').length, 1);
  assert.deepEqual(s.of('drop')[0].cmds, [cmd]);
  unknown(s.of('ask')[0].id); // once more, and late: it promises nothing
  assert.equal(s.feed.pending.size, 1);
  s.feed.frame({ t: 'err', id: s.of('drop')[0].id, code: 'busy', temp: true });
  s.time.pass(1_500);
  unknown(s.of('drop').at(-1).id);
  assert.equal((await promise).reason, 'not_received');
  assert.equal(s.of('bid').length, 1);
});

test('what has come when it was to be dropped counts', async () => {
  const s = session();
  s.snap(1);
  const promise = s.feed.command('bid', { amount: 1_150 });
  const [{ cmd }] = s.of('bid');
  s.feed.lost();
  s.feed.subscribe();
  s.snap(1);
  s.feed.frame({ t: 'receipts', id: s.of('ask')[0].id, session: S, receipts: [], unknown: [cmd] });
  s.time.pass(1_500);
  const receipt = { cmd, act: 'bid', accepted: true, seq: 9, amount: 1_150 };
  s.feed.frame({ t: 'receipts', id: s.of('drop')[0].id, session: S, receipts: [receipt] });
  assert.equal((await promise).seq, 9);
});

test('no answer for three seconds: it asks', () => {
  const s = session();
  s.snap(1);
  void s.feed.command('bid', { amount: 1_150 });
  s.time.pass(2_999);
  assert.equal(s.of('ask').length, 0);
  s.time.pass(1);
  assert.equal(s.of('ask').length, 1);
});

test('that nobody knows yet is no word about a command, and asked for again', async () => {
  const s = session();
  s.snap(1);
  const promise = s.feed.command('bid', { amount: 1_150 });
  const [{ cmd }] = s.of('bid');
  s.time.pass(3_000);
  for (const code of ['unknown', 'busy', 'unknown']) {
    const asked = s.of('ask').length;
    s.feed.frame({ t: 'err', id: s.of('ask').at(-1).id, code, temp: true });
    s.time.pass(1_500);
    assert.equal(s.of('ask').length, asked + 1);
  }
  s.feed.frame({ t: 'receipts', id: s.of('ask').at(-1).id, session: S, receipts: [], unknown: [cmd] });
  assert.equal(s.feed.pending.size, 1); // said once
  s.feed.frame({ t: 'receipt', session: S, receipt: { cmd, act: 'bid', accepted: true } });
  assert.equal((await promise).accepted, true);
});

test('an error settles the command it answers; "unknown outcome" makes it ask', async () => {
  const s = session();
  s.snap(1);
  const first = s.feed.command('bid', { amount: 1_150 });
  s.feed.frame({ t: 'err', id: s.of('bid')[0].id, code: 'rate', temp: true });
  assert.equal((await first).reason, 'rate');
  void s.feed.command('bid', { amount: 1_200 });
  s.feed.frame({ t: 'err', id: s.of('bid')[1].id, code: 'unknown', temp: true });
  assert.equal(s.feed.pending.size, 1);
  s.time.pass(1_500);
  assert.equal(s.of('ask').length, 1);
});

test('a receipt comes once, however often it is told', async () => {
  const s = session();
  s.snap(1);
  const promise = s.feed.command('bid', { amount: 1_150 });
  const { cmd, id } = s.of('bid')[0];
  const frame = { t: 'receipt', id, session: S, receipt: { cmd, act: 'bid', accepted: true } };
  s.feed.frame(frame);
  s.feed.frame(frame);
  await promise;
  assert.equal(s.changes.filter((c) => c === 'receipt').length, 1);
});

test('commands that wait survive a reload of the page, as questions', () => {
  /** @type {any} */
  let stored = [];
  const memory = {
    load: () => JSON.parse(JSON.stringify(stored)),
    save: (/** @type {any} */ p) => (stored = p),
  };
  const before = session({ memory });
  before.snap(1);
  void before.feed.command('bid', { amount: 1_150 });
  const [{ cmd }] = before.of('bid');
  const after = session({ memory });
  after.feed.subscribe();
  after.snap(2);
  assert.deepEqual(after.of('ask')[0].cmds, [cmd]);
  assert.equal(after.of('bid').length, 0);
  after.feed.frame({ t: 'receipts', session: S, receipts: [{ cmd, act: 'bid', accepted: true }] });
  assert.deepEqual(stored, []);
});

test('a session that goes away for a moment is asked for again, on the same connection', () => {
  const s = session();
  s.feed.subscribe();
  s.snap(5);
  s.feed.frame({ t: 'bye', session: S, code: 'stale', retry: 5_000 });
  assert.equal(s.feed.current, false);
  s.time.pass(4_999);
  assert.equal(s.of('sub').length, 1);
  s.time.pass(1);
  assert.equal(s.of('sub').length, 2);
});

test('a room that was refused for the moment is asked for again', () => {
  const s = session();
  s.feed.subscribe();
  s.feed.frame({ t: 'err', id: s.of('sub')[0].id, code: 'busy', temp: true, session: S });
  s.time.pass(2_000);
  assert.equal(s.of('sub').length, 2);
  s.feed.frame({ t: 'err', id: s.of('sub')[1].id, code: 'unknown_session', temp: false, session: S });
  s.time.pass(60_000);
  assert.equal(s.of('sub').length, 2);
});

test('of a traced command the page tells when it was pressed for, sent and answered', () => {
  /** @type {any[]} */
  const told = [];
  const s = session({ clickedMs: () => 990, onTraced: (/** @type {any} */ a) => told.push(a) });
  s.snap(1);
  void s.feed.command('bid', { amount: 1_150 });
  const { cmd, id } = s.of('bid')[0];
  s.time.pass(40);
  const receipt = { cmd, act: 'bid', accepted: true };
  s.feed.frame({ t: 'receipt', id, session: S, receipt, traced: true });
  assert.deepEqual(told, [{ op: 'bid', receipt, clickedMs: 990, sentMs: 1_000, gotMs: 1_040 }]);
  s.feed.frame({ t: 'receipt', id, session: S, receipt, traced: true });
  assert.equal(told.length, 1, 'the same answer again says nothing new');
});

test('what is not traced, or was sent before a reload, is nobody’s business', () => {
  /** @type {any[]} */
  const told = [];
  const old = { cmd: 'cmd-old', op: 'bid', amount: 1_150, sentMs: 5 };
  const memory = { load: () => [old], save: () => {} };
  const s = session({ memory, clickedMs: () => 990, onTraced: (/** @type {any} */ a) => told.push(a) });
  s.snap(1);
  void s.feed.command('bid', { amount: 1_200 });
  const { cmd, id } = s.of('bid')[0];
  s.feed.frame({ t: 'receipt', id, session: S, receipt: { cmd, act: 'bid', accepted: true } });
  s.feed.frame({
    t: 'receipt',
    id: 77,
    session: S,
    receipt: { cmd: 'cmd-old', act: 'bid', accepted: true },
    traced: true,
  });
  assert.deepEqual(told, []);
});

test('a server that is cut off: the room is shown as old, nothing is sent, and what waits is asked for when it is back', async () => {
  const s = session();
  s.snap(1);
  void s.feed.command('bid', { amount: 1_150 });
  s.time.pass(ASK_AFTER_MS); // it is asked for once, to no avail
  const hb = (/** @type {object} */ more) =>
    s.feed.frame({ t: 'hb', session: S, epoch: 'e1', seq: 1, now: 9, ...more });
  hb({ behind: 7_000, cut: true });
  hb({ behind: 7_000, cut: true });
  assert.deepEqual(s.feed.behind, { sinceMs: 7_000, cut: true });
  assert.equal(s.changes.filter((c) => c === 'behind').length, 1);
  assert.equal(s.feed.current, false);
  const receipt = await s.feed.command('bid', { amount: 1_250 });
  assert.deepEqual([receipt.accepted, receipt.reason], [false, 'cut']);
  assert.deepEqual([s.of('bid').length, s.of('ask').length], [1, 1]);
  hb({});
  assert.equal(s.feed.behind, null);
  assert.equal(s.feed.current, true);
  assert.equal(s.of('ask').length, 2);
});

test('a server that waits for its log: the room is marked, and bids go on', () => {
  const s = session();
  s.snap(1);
  s.feed.frame({ t: 'hb', session: S, epoch: 'e1', seq: 1, now: 9, behind: 7_000 });
  assert.deepEqual(s.feed.behind, { sinceMs: 7_000, cut: false });
  assert.equal(s.feed.current, true);
  void s.feed.command('bid', { amount: 1_150 });
  assert.equal(s.of('bid').length, 1);
  s.up(2);
  assert.ok(s.feed.behind, 'an update alone does not say that there are no more');
});

test('what a server says of itself counts for its connection alone', () => {
  const s = session();
  s.feed.frame({ t: 'snap', session: S, epoch: 'e1', seq: 1, now: 1, room: room(), behind: 500, cut: true });
  assert.equal(s.feed.current, false);
  s.feed.lost();
  assert.equal(s.feed.behind, null);
  s.feed.frame({ t: 'subok', session: S, epoch: 'e1', seq: 1, resumed: true, behind: 500, cut: true });
  assert.equal(s.feed.current, false);
  s.feed.lost();
  s.feed.frame({ t: 'subok', session: S, epoch: 'e1', seq: 1, resumed: true });
  assert.equal(s.feed.current, true);
});
