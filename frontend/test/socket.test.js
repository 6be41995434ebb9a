import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  backoffMs,
  CONNECT_TIMEOUT_MS,
  DEAD_AFTER_MS,
  Link,
  STALE_AFTER_MS,
  terminal,
  WAKE_PROOF_MS,
} from '../js/socket.js';
import { Time } from './kit.js';

/** A link whose sockets are played by the test. */
function line() {
  const time = new Time();
  /** @type {any[]} */
  const sockets = [];
  /** @type {any[]} */
  const frames = [];
  /** @type {string[]} */
  const states = [];
  let opened = 0;
  const link = new Link({
    open: () => {
      const s = {
        readyState: 0,
        sent: /** @type {any[]} */ ([]),
        closed: false,
        onopen: null,
        onmessage: null,
        onclose: null,
      };
      const socket = Object.assign(s, {
        send: (/** @type {string} */ text) => s.sent.push(JSON.parse(text)),
        close: () => {
          s.closed = true;
          s.readyState = 3;
        },
      });
      sockets.push(socket);
      return socket;
    },
    onFrame: (f) => frames.push(f),
    onState: (s) => states.push(s.phase),
    onOpen: () => opened++,
    monotonicMs: () => time.ms,
    setTimer: time.setTimer,
    clearTimer: time.clearTimer,
    random: () => 0.5,
  });
  const last = () => sockets.at(-1);
  return {
    time,
    link,
    sockets,
    frames,
    states,
    last,
    openings: () => opened,
    accept() {
      last().readyState = 1;
      last().onopen();
    },
    say: (/** @type {string} */ text) => last().onmessage({ data: text }),
    cut(code = 1006) {
      last().readyState = 3;
      last().onclose({ code });
    },
    pings: () => last().sent.filter((/** @type {any} */ m) => m.op === 'ping').length,
  };
}

test('backoff: full jitter between 100 ms and the cap', () => {
  assert.equal(
    backoffMs(0, () => 0),
    100,
  );
  assert.equal(
    backoffMs(0, () => 1),
    350,
  );
  assert.equal(
    backoffMs(3, () => 0.5),
    100 + 1_000,
  );
  assert.equal(
    backoffMs(50, () => 1),
    15_100,
  );
});

test('several objects of a frame arrive in order', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.say('{"t":"a"}\n{"t":"b"}\n');
  assert.deepEqual(
    l.frames.map((f) => f.t),
    ['a', 'b'],
  );
});

test('nothing is queued: while offline a message is refused, and never sent later', () => {
  const l = line();
  l.link.start();
  assert.equal(l.link.send({ op: 'bid' }), false, 'connecting');
  l.accept();
  assert.equal(l.link.send({ op: 'bid', n: 1 }), true);
  l.cut();
  assert.equal(l.link.send({ op: 'bid', n: 2 }), false, 'offline');
  l.time.pass(20_000);
  l.accept();
  l.time.pass(2_000);
  const bids = l.sockets.flatMap((s) => s.sent).filter((m) => m.op === 'bid');
  assert.deepEqual(bids, [{ op: 'bid', n: 1 }]);
});

test('a lost line is opened again, slower each time, and counts until a frame arrives', () => {
  const l = line();
  l.link.start();
  const gaps = [];
  for (let i = 0; i < 5; i++) {
    l.accept(); // accepted and thrown out at once is no success
    l.cut();
    const before = l.time.ms;
    while (l.link.state.phase === 'offline') l.time.pass(10);
    gaps.push(l.time.ms - before);
  }
  assert.deepEqual(gaps, [230, 350, 600, 1_100, 2_100]);
  l.accept();
  assert.equal(l.link.state.attempt, 5);
  l.say('{"t":"pong"}');
  assert.equal(l.link.state.attempt, 0);
});

test('silence makes the line stale, then dead', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.time.pass(STALE_AFTER_MS + 1_000);
  assert.equal(l.link.state.phase, 'stale');
  l.say('{"t":"hb"}');
  assert.equal(l.link.state.phase, 'online');
  l.time.pass(DEAD_AFTER_MS + 1_000);
  assert.ok(['offline', 'connecting'].includes(l.link.state.phase));
  assert.equal(l.sockets[0].closed, true);
});

test('it pings often at first, for the clock, then every five seconds', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.time.pass(650);
  assert.equal(l.pings(), 5);
  l.time.pass(5_000);
  assert.equal(l.pings(), 6);
});

test('a connection that does not open in time is given up', () => {
  const l = line();
  l.link.start();
  l.time.pass(CONNECT_TIMEOUT_MS);
  assert.equal(l.link.state.phase, 'offline');
  l.time.pass(1_000);
  assert.equal(l.sockets.length, 2);
});

test('waking up: a line that answers stays, a zombie is replaced, whatever its close() does', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.time.pass(1_000);
  l.link.wake();
  l.say('{"t":"pong"}');
  l.time.pass(WAKE_PROOF_MS);
  assert.equal(l.sockets.length, 1);
  l.link.wake();
  l.time.pass(WAKE_PROOF_MS);
  assert.equal(l.link.state.phase, 'offline');
  l.time.pass(500);
  assert.equal(l.sockets.length, 2);
  const zombie = l.sockets[0];
  zombie.onmessage({ data: '{"t":"ghost"}' });
  assert.ok(!l.frames.some((f) => f.t === 'ghost'), 'a dropped socket is not heard');
});

test('waking up while waiting to retry connects at once', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.cut();
  l.link.wake();
  assert.equal(l.sockets.length, 2);
});

test('bye: the server says when to come back, or not to', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.say('{"t":"bye","code":"restart","retry":1500}');
  l.cut(4001);
  l.time.pass(1_499);
  assert.equal(l.sockets.length, 1);
  l.time.pass(1);
  assert.equal(l.sockets.length, 2);
  l.accept();
  l.say('{"t":"bye","code":"kicked","retry":-1}');
  assert.deepEqual([l.link.state.phase, l.link.state.reason], ['ended', 'kicked']);
  l.time.pass(60_000);
  l.link.wake();
  assert.equal(l.sockets.length, 2, 'it does not come back by itself');
  l.link.start();
  assert.equal(l.sockets.length, 3);
});

test('close codes from 4500 on are final', () => {
  assert.deepEqual([1006, 4000, 4003, 4499, 4500, 4502].map(terminal), [
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  const l = line();
  l.link.start();
  l.accept();
  l.cut(4502);
  assert.equal(l.link.state.phase, 'ended');
});

test('half a frame is not guessed at: the line is opened again', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.say('{"t":"up","se');
  assert.equal(l.link.state.phase, 'offline');
});

test('a bye that names a session does not end the connection', () => {
  const l = line();
  l.link.start();
  l.accept();
  l.say('{"t":"bye","session":"k7qp2m4x9abc","code":"stale","retry":-1}');
  assert.equal(l.link.state.phase, 'online');
  assert.deepEqual(
    l.frames.map((f) => f.t),
    ['bye'],
  );
});
