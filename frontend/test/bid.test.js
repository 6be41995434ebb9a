import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bidButton, chosenAmount, confirmation, GUARD_MS, SLOW_MS, strip } from '../js/bid.js';
import { vi } from '../js/vi.js';
import { room, situation as usual } from './kit.js';

const NOW = 1_763_888_888_000;

/** @param {object} [more] @returns {any} */
const situation = (more = {}) => usual({ serverMs: NOW, ...more });
const you = (/** @type {object} */ more) => ({ code: 'M-2', in: true, leading: false, ...more });
const phase = (/** @type {string} */ ph, more = {}) => room({ ph, ...more });
const bid = { op: 'bid', sentMs: 99_000, asking: false, amount: 1_150 };

/** @type {[string, any, string, string | null][]} name, situation, state, what a tap does */
const table = [
  ['the plain case', situation(), 'bid', 'bid'],
  ['outbid', situation({ you: you({ outbid: true, best: 1_050 }) }), 'bid', 'bid'],
  ['left behind by a round', situation({ you: you({ noRd: true, best: 1_050 }) }), 'notround', null],
  [
    'left behind, and led again by a withdrawal',
    situation({ you: you({ noRd: true, leading: true }) }),
    'leading',
    null,
  ],
  [
    'the round has yet to begin',
    situation({ room: room({ rd: { n: 1, in: 2, o: NOW + 4_000 } }) }),
    'between',
    null,
  ],
  ['the round begins now', situation({ room: room({ rd: { n: 1, in: 2, o: NOW } }) }), 'bid', 'bid'],
  ['another speaks now', situation({ room: room({ tn: { n: 1, t: 1, c: 'M-1' } }) }), 'notturn', null],
  ['the pause before a round of turns', situation({ room: room({ tn: { n: 2 } }) }), 'between', null],
  ['the own turn', situation({ room: room({ tn: { n: 1, t: 2, c: 'M-2' } }) }), 'bid', 'bid'],
  ['maximum bids', situation({ room: room({}, { proxy: true }) }), 'maximum', 'bid'],
  ['the price has reached the cap', situation({ room: room({ nx: 0 }) }), 'top', null],
  [
    'won',
    situation({
      room: phase('announced', { res: { outcome: 'sold', winner: 'M-2', price: 5 } }),
      you: you({ won: true }),
    }),
    'won',
    null,
  ],
  [
    'lost',
    situation({
      room: phase('announced', { res: { outcome: 'sold', winner: 'M-1', price: 5 } }),
      you: you({ best: 4 }),
    }),
    'lost',
    null,
  ],
  [
    'announced, never bid',
    situation({ room: phase('announced', { res: { outcome: 'sold', winner: 'M-1', price: 5 } }) }),
    'sold',
    null,
  ],
  ['failed', situation({ room: phase('announced', { res: { outcome: 'failed' } }) }), 'failed', null],
  ['closed', situation({ room: phase('closed') }), 'closed', null],
  ['closed beats a lost line', situation({ room: phase('closed'), current: false }), 'closed', null],
  ['stopped', situation({ room: phase('stopped', { why: 'x' }) }), 'stopped', null],
  ['cancelled', situation({ room: phase('cancelled') }), 'cancelled', null],
  ['paused', situation({ room: phase('paused') }), 'paused', null],
  ['paused beats pending', situation({ room: phase('paused'), pending: [bid] }), 'paused', null],
  ['disqualified', situation({ you: you({ out: 'disqualified', outWhy: 'x' }) }), 'out', null],
  ['offline', situation({ current: false }), 'offline', null],
  ['a server that is cut off', situation({ current: false, cut: true }), 'cut', null],
  ['no snapshot yet', situation({ room: null, current: false }), 'offline', null],
  ['offline beats leading', situation({ current: false, you: you({ leading: true }) }), 'offline', null],
  ['another tab bids', situation({ active: false }), 'follower', 'take'],
  ['not signed in', situation({ signedIn: false, you: null }), 'guest', 'signin'],
  ['no participant', situation({ you: null }), 'stranger', null],
  ['not checked in', situation({ you: you({ in: false }) }), 'absent', 'checkin'],
  [
    'checking in',
    situation({ you: you({ in: false }), pending: [{ op: 'checkin', sentMs: 99_990, asking: false }] }),
    'checking',
    null,
  ],
  [
    'check-in before the opening',
    situation({ room: phase('scheduled'), you: you({ in: false }) }),
    'absent',
    'checkin',
  ],
  ['waiting for the opening', situation({ room: phase('scheduled') }), 'waiting', null],
  ['pending', situation({ pending: [bid] }), 'pending', null],
  ['pending beats leading', situation({ pending: [bid], you: you({ leading: true }) }), 'pending', null],
  ['pending long', situation({ pending: [{ ...bid, sentMs: 100_000 - SLOW_MS }] }), 'asking', null],
  ['asking after a broken line', situation({ pending: [{ ...bid, asking: true }] }), 'asking', null],
  [
    'withdrawing',
    situation({ pending: [{ op: 'withdraw', sentMs: 99_990, asking: false }] }),
    'sending',
    null,
  ],
  ['leading', situation({ you: you({ leading: true }) }), 'leading', null],
  [
    'leading beats the guard',
    situation({ you: you({ leading: true }), priceMovedMs: 100_000 }),
    'leading',
    null,
  ],
  ['guard', situation({ priceMovedMs: 100_000 - GUARD_MS + 1 }), 'guard', null],
  ['after the guard', situation({ priceMovedMs: 100_000 - GUARD_MS }), 'bid', 'bid'],
  ['own rest', situation({ you: you({ lastAt: NOW - 999 }) }), 'rest', null],
  ['after the own rest', situation({ you: you({ lastAt: NOW - 1_000 }) }), 'bid', 'bid'],
  [
    'a longer rest of the rules',
    situation({ room: room({}, { minIntervalMs: 5_000 }), you: you({ lastAt: NOW - 4_000 }) }),
    'rest',
    null,
  ],
  [
    'a server time far off rests nobody for ever',
    situation({ you: you({ lastAt: NOW + 3_600_000 }) }),
    'bid',
    'bid',
  ],
];

for (const [name, s, state, tap] of table) {
  test(`button: ${name}`, () => {
    const b = bidButton(s);
    assert.equal(b.state, state);
    assert.equal(b.tap, tap);
    assert.ok(
      ['bid', 'maximum', 'guard', 'rest'].includes(state) ||
        vi[/** @type {keyof typeof vi} */ (`bid.${state}`)],
      'has a label',
    );
    assert.ok(vi[/** @type {keyof typeof vi} */ (strip(s, b).key)], 'its strip has a sentence');
  });
}

test('only these states can send a bid', () => {
  assert.deepEqual(
    [...new Set(table.filter(([, , , tap]) => tap === 'bid').map(([, , state]) => state))].sort(),
    ['bid', 'maximum'],
  );
});

test('the amount on the button is the one that would be sent', () => {
  assert.equal(bidButton(situation()).amount, 1_150);
  assert.equal(bidButton(situation({ choice: { steps: 5 } })).amount, 1_350);
  assert.equal(bidButton(situation({ choice: { amount: 2_000 } })).amount, 2_000);
  assert.equal(chosenAmount(room(), { amount: 1_100 }), 1_150, 'an overtaken own amount falls back');
});

test('guard and rest say when to look again', () => {
  const guard = bidButton(situation({ priceMovedMs: 99_900 }));
  assert.equal(guard.againMs, 99_900 + GUARD_MS);
  const rest = bidButton(situation({ you: you({ lastAt: NOW - 400 }) }));
  assert.equal(rest.againMs, 100_600);
  assert.equal(bidButton(situation({ pending: [bid] })).againMs, 99_000 + SLOW_MS);
});

test('what must be confirmed', () => {
  assert.equal(confirmation(room(), 1_150), 'none');
  assert.equal(confirmation(room(), 1_200), 'words');
  assert.equal(confirmation(room(), 1_150 + 20 * 50), 'words');
  assert.equal(confirmation(room(), 1_150 + 21 * 50), 'type');
  assert.equal(confirmation(room({}, { confirmAbove: 3 }), 1_150 + 4 * 50), 'type');
  // A next step that buys at once, as long as that is offered.
  /** @type {import('../js/types').BuyNow} */
  const buyNow = { amount: 1_150, until: 'end' };
  assert.equal(confirmation(room({ bn: true }, { buyNow }), 1_150), 'words');
  assert.equal(confirmation(room({}, { buyNow }), 1_150), 'none');
});

test('the strip tells how I stand', () => {
  const tone = (/** @type {any} */ s) => strip(s, bidButton(s)).tone + ' ' + strip(s, bidButton(s)).key;
  assert.equal(tone(situation()), 'quiet strip.ready');
  assert.equal(tone(situation({ you: you({ leading: true }) })), 'good strip.leading');
  assert.equal(tone(situation({ you: you({ outbid: true }) })), 'bad strip.outbid');
  const refused = { cmd: '', act: 'bid', accepted: false, reason: 'too_low' };
  assert.equal(tone(situation({ you: you({ outbid: true }), refused })), 'bad strip.refused');
  assert.equal(tone(situation({ current: false, refused })), 'warn strip.offline');
  assert.equal(tone(situation({ current: false, cut: true, refused })), 'warn strip.cut');
});

test('the page never closes an auction: at zero the button still bids', () => {
  assert.equal(bidButton(situation({ room: room({ e: NOW - 5_000 }) })).state, 'bid');
});

test('bid.js is pure', () => {
  const source = readFileSync(new URL('../js/bid.js', import.meta.url), 'utf8').replace(
    /\/\*\*[\s\S]*?\*\//g,
    '',
  );
  for (const word of ['Date', 'performance', 'setTimeout', 'document', 'window'])
    assert.ok(!source.includes(word), word);
});
