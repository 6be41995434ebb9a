// Who one is in a session: what is told to a participant alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { session } from './feed-kit.js';

test('an older standing does not replace a newer one', () => {
  const s = session();
  s.snap(5);
  s.you(5, { leading: true });
  s.you(4, { leading: false });
  assert.equal(s.feed.you?.leading, true);
});

test('the bidding channel is taken back after the line broke, once', () => {
  const s = session();
  s.feed.subscribe();
  s.snap(10);
  s.you(10);
  s.feed.lost();
  s.feed.subscribe();
  s.you(11, {}, false);
  assert.equal(s.of('take').length, 1);
  s.you(12, {}, false);
  assert.equal(s.of('take').length, 1);
});

test('a tab that only followed takes nothing when its line breaks', () => {
  const s = session();
  s.feed.subscribe();
  s.snap(10);
  s.you(10, {}, false);
  s.feed.lost();
  s.feed.subscribe();
  s.you(11, {}, false);
  assert.equal(s.of('take').length, 0);
});

test('somebody else signs in: nothing that was told to the one before is shown, or asked about', async () => {
  /** @type {any[]} */
  let kept = [];
  const s = session({ memory: { load: () => [], save: (/** @type {any[]} */ list) => (kept = list) } });
  s.feed.subscribe();
  s.snap(10);
  s.you(12);
  const sent = s.feed.command('bid', { amount: 1_000 });
  s.feed.lost();
  s.feed.forget();
  assert.equal(s.feed.you, null);
  assert.equal(s.feed.pending.size, 1, 'the same person may come back and must hear of it');
  s.feed.subscribe();
  s.snap(11);
  s.you(11, { code: 'M-2' }); // older than what M-1 was told
  assert.equal(/** @type {any} */ (s.feed.you).code, 'M-2');
  assert.equal((await sent).accepted, false);
  assert.equal(s.feed.pending.size, 0);
  assert.deepEqual(kept, []);
});

test('the same person signs in again and hears of what was sent before', () => {
  const s = session();
  s.feed.subscribe();
  s.snap(10);
  s.you(10);
  void s.feed.command('bid', { amount: 1_000 });
  s.feed.lost();
  s.feed.forget();
  s.feed.subscribe();
  s.snap(10);
  s.you(10);
  assert.equal(s.feed.pending.size, 1);
  assert.equal(s.of('ask').length, 1);
});
