// A feed, and the server that a test plays to it.

import { Feed } from '../js/feed.js';
import { room, Time } from './kit.js';

export const S = 'k7qp2m4x9abc';

/** A feed whose server is played by the test. @param {object} [more] */
export function session(more = {}) {
  const time = new Time();
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const changes = [];
  const line = { up: true };
  let ids = 0;
  const feed = new Feed({
    session: S,
    send: (m) => {
      if (line.up) sent.push(m);
      return line.up;
    },
    nextId: () => ++ids,
    newCommandId: () => `cmd-${ids}`,
    monotonicMs: () => time.ms,
    setTimer: time.setTimer,
    onChange: (what) => changes.push(what),
    ...more,
  });
  const up = (/** @type {number} */ seq, p = 1_000 + seq) =>
    feed.frame({
      t: 'up',
      session: S,
      seq,
      up: { k: 'bid', at: seq, now: { ...room().now, p, nx: p + 50 }, row: { f: seq, at: seq, a: p } },
    });
  const snap = (/** @type {number} */ seq, epoch = 'e1') =>
    feed.frame({ t: 'snap', session: S, epoch, seq, now: 1, room: room() });
  const of = (/** @type {string} */ op) => sent.filter((m) => m.op === op);
  const you = (/** @type {number} */ seq, /** @type {object} */ more = {}, active = true) =>
    feed.frame({
      t: 'you',
      session: S,
      seq,
      active,
      you: { code: 'M-1', in: true, leading: false, ...more },
    });
  return { time, feed, sent, changes, line, up, snap, you, of };
}
