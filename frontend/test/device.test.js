// Which facts keep a device from bidding, and which are worth a thought.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grades, PATIENCE_MS, SLOW_RTT_MS, verdict } from '../js/check/device.js';

/** @type {import('../js/check/device.js').Facts} */
const good = {
  phase: 'online',
  rttMs: 40,
  drops: 0,
  waitedMs: PATIENCE_MS,
  errorMs: 20,
  offMs: 300,
  lacking: [],
  secure: true,
  widthPx: 390,
  soundOn: false,
  battery: null,
  hiddenCount: 0,
};

/** @type {[string, Partial<import('../js/check/device.js').Facts>, string, string][]} */
const cases = [
  ['everything is right', {}, 'ok', ''],
  ['a clock that is wrong decides nothing', { offMs: -90_000 }, 'ok', ''],
  ['a slow line', { rttMs: SLOW_RTT_MS }, 'note', 'line'],
  ['a line as fast as it must be', { rttMs: SLOW_RTT_MS - 1 }, 'ok', ''],
  ['no line yet', { phase: 'connecting', rttMs: null, waitedMs: 0 }, 'wait', ''],
  ['no line after all', { phase: 'offline', rttMs: null }, 'bad', 'line'],
  ['refused for good', { phase: 'ended', rttMs: null, waitedMs: 0 }, 'bad', 'line'],
  ['a line that broke', { drops: 2 }, 'note', 'steady'],
  ['the server’s time is not known yet', { errorMs: null }, 'wait', ''],
  ['the server’s time is vague', { errorMs: 501 }, 'note', 'server'],
  ['an old browser', { lacking: ['dialog'] }, 'bad', 'browser'],
  ['no encryption', { secure: false }, 'note', 'secure'],
  ['a tiny screen', { widthPx: 319 }, 'note', 'screen'],
  ['an empty battery', { battery: { level: 0.29, charging: false } }, 'note', 'battery'],
  ['an empty battery on the plug', { battery: { level: 0.05, charging: true } }, 'ok', ''],
  ['out of sight', { hiddenCount: 1 }, 'note', 'sight'],
  ['bad counts more than waiting', { lacking: ['Intl'], errorMs: null }, 'bad', 'browser'],
];

for (const [name, change, word, culprit] of cases) {
  test(name, () => {
    const list = grades({ ...good, ...change });
    assert.equal(verdict(list), word);
    if (culprit) assert.equal(list.find((g) => g.grade === word)?.name, culprit);
  });
}
