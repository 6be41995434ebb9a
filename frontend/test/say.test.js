import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeMouth } from '../js/say.js';
import { Time } from './kit.js';

function mouth() {
  const time = new Time();
  /** @type {[number, string, string][]} */
  const spoken = [];
  const m = makeMouth(
    (region, text) => text && spoken.push([time.ms, region, text]),
    time.setTimer,
    () => time.ms,
  );
  return { time, m, spoken };
}

test('a burst of 200 prices is spoken at most once in four seconds, the last one wins', () => {
  const { time, m, spoken } = mouth();
  for (let i = 1; i <= 200; i++) {
    m.polite(`giá ${i}`);
    time.pass(100);
  }
  time.pass(10_000);
  assert.ok(spoken.length <= 6, `${spoken.length}`);
  for (let i = 1; i < spoken.length; i++) {
    const gap = Number(spoken[i]?.[0]) - Number(spoken[i - 1]?.[0]);
    assert.ok(gap >= 3_999, `${gap}`);
  }
  assert.equal(spoken.at(-1)?.[2], 'giá 200');
});

test('what is urgent is spoken at once, whatever is being said', () => {
  const { time, m, spoken } = mouth();
  m.polite('một');
  time.pass(100);
  m.polite('hai');
  m.urgent('bị vượt');
  time.pass(100);
  assert.deepEqual(
    spoken.map(([, region, text]) => [region, text]),
    [
      ['status', 'một'],
      ['alert', 'bị vượt'],
    ],
  );
});

test('the same sentence twice is spoken twice: the region is empty in between', () => {
  const time = new Time();
  /** @type {string[]} */
  const writes = [];
  const m = makeMouth(
    (_, text) => writes.push(text),
    time.setTimer,
    () => time.ms,
  );
  m.urgent('bị vượt');
  time.pass(1_000);
  m.urgent('bị vượt');
  time.pass(1_000);
  assert.deepEqual(writes, ['', 'bị vượt', '', 'bị vượt']);
});
