import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  capital,
  countdown,
  figures,
  money,
  parseAmount,
  timeOfDay,
  timeWithMs,
  typed,
  widthEm,
  words,
} from '../js/text.js';

const vnd = (/** @type {number} */ n) => words(n, 'VND', 'vi');

test('words: the vectors of the minutes', () => {
  for (const [n, want] of [
    [0, 'không đồng'],
    [15, 'mười lăm đồng'],
    [21, 'hai mươi mốt đồng'],
    [24, 'hai mươi tư đồng'],
    [105, 'một trăm linh năm đồng'],
    [40_000_000, 'bốn mươi triệu đồng'],
    [1_200_000_000, 'một tỷ hai trăm triệu đồng'],
    [1_005_000_000, 'một tỷ không trăm linh năm triệu đồng'],
    [1_000_000_001, 'một tỷ không trăm linh một đồng'],
    [12_850_000_000, 'mười hai tỷ tám trăm năm mươi triệu đồng'],
    [10_000_000_000_000, 'mười nghìn tỷ đồng'],
  ]) {
    assert.equal(vnd(Number(n)), want);
  }
  assert.match(
    vnd(9_007_199_254_740_991),
    /^chín triệu không trăm linh bảy nghìn một trăm chín mươi chín tỷ /,
  );
});

test('words: the same as in the documents of the server', async () => {
  const file = new URL('./money-words.json', import.meta.url);
  /** @type {{amount: number, figures: string, vi: string, en: string}[]} */
  const rows = JSON.parse(await readFile(file, 'utf8'));
  for (const row of rows) {
    assert.equal(figures(row.amount, 'VND', 'vi'), row.figures);
    assert.equal(vnd(row.amount), row.vi);
    assert.equal(words(row.amount, 'VND', 'en'), row.en);
  }
});

test('words: English', () => {
  assert.equal(words(12_850_000_000, 'VND', 'en'), 'twelve billion eight hundred fifty million đồng');
  assert.equal(words(21, 'VND', 'en'), 'twenty-one đồng');
  assert.equal(words(1_000_000_001, 'VND', 'en'), 'one billion one đồng');
});

test('words: nothing for what is no amount or has cents', () => {
  assert.equal(words(1.5, 'VND', 'vi'), '');
  assert.equal(words(2 ** 53, 'VND', 'vi'), '');
  assert.equal(words(-1, 'VND', 'vi'), '');
  assert.equal(words(1250, 'USD', 'en'), '');
});

test('money: dots for đồng in both languages, cents for others', () => {
  assert.equal(money(12_850_000_000, 'VND', 'vi'), '12.850.000.000\u00a0đồng');
  assert.equal(money(12_850_000_000, 'VND', 'en'), '12.850.000.000\u00a0đồng');
  assert.equal(figures(9_000_000_000_000_000, 'VND', 'vi'), '9.000.000.000.000.000');
  assert.equal(figures(12_345_678, 'USD', 'en'), '123,456.78');
  assert.equal(figures(5, 'USD', 'vi'), '0,05');
});

test('parse: takes groups of three, guesses nothing', () => {
  for (const good of [
    '12900000000',
    '12.900.000.000',
    '12,900,000,000',
    '12 900 000 000',
    ' 12\u00a0900\u00a0000\u00a0000 ',
  ])
    assert.equal(parseAmount(good), 12_900_000_000, good);
  for (const bad of [
    '1,5 tỷ',
    '1,5',
    '12.5',
    '1.2.3',
    '12.900,000',
    '1e9',
    '-5',
    '',
    '0',
    'năm',
    '12.9000',
    '99999999999999999',
  ])
    assert.equal(parseAmount(bad), null, bad);
});

test('typing: groups and keeps the caret behind the same figure', () => {
  const at = (/** @type {string} */ marked) => {
    const caret = marked.indexOf('|');
    const r = typed(marked.replace('|', ''), caret, 'VND', 'vi');
    return [r.text.slice(0, r.caret) + '|' + r.text.slice(r.caret), r.amount];
  };
  assert.deepEqual(at('1|'), ['1|', 1]);
  assert.deepEqual(at('1234|'), ['1.234|', 1234]);
  assert.deepEqual(at('12|34'), ['1.2|34', 1234]);
  assert.deepEqual(at('1.29|0.000'), ['129|.000'.replace('129|.000', '1.29|0.000'), 1_290_000]);
  assert.deepEqual(at('|'), ['|', null]);
  assert.deepEqual(at('0|'), ['|', null]);
  assert.deepEqual(at('12a|'), ['12|', 12]);
  assert.deepEqual(at('1.234.5|67.890')[1], 1_234_567_890);
  assert.equal(typed('12345678901234567890', 20, 'VND', 'vi').text.replace(/\D/g, '').length, 16);
});

test('typing: with cents the last two figures are the cents', () => {
  assert.deepEqual(typed('1250', 4, 'USD', 'en'), { text: '12.50', caret: 5, amount: 1250 });
});

test('times are those of Vietnam', () => {
  const ms = Date.UTC(2026, 10, 23, 2, 15, 32, 120);
  assert.equal(timeOfDay(ms), '09:15:32');
  assert.equal(timeWithMs(ms), '09:15:32.120');
});

test('countdown rounds up and never goes below zero', () => {
  assert.equal(countdown(101_001), '01:42');
  assert.equal(countdown(1), '00:01');
  assert.equal(countdown(0), '00:00');
  assert.equal(countdown(-5000), '00:00');
  assert.equal(countdown(7_389_000), '2:03:09');
});

test('width grows with figures', () => {
  assert.ok(widthEm('9.000.000.000.000.000') > widthEm('12.850.000.000'));
  assert.equal(capital('một'), 'Một');
});

test('words: no random amount is read twice the same, and all end in đồng', () => {
  const seen = new Map();
  let seed = 20261123;
  for (let i = 0; i < 20_000; i++) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    const n = Math.floor((seed / 2 ** 31) * 9e15 ** ((i % 16) / 15));
    const w = vnd(n);
    assert.ok(w.endsWith(' đồng') && !w.includes('  ') && !w.includes('undefined'), `${n}: ${w}`);
    const other = seen.get(w);
    assert.ok(other === undefined || other === n, `${n} and ${other} are both “${w}” (seed 20261123)`);
    seen.set(w, n);
  }
});
