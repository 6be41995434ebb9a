import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as typed from '../js/admin/typed.js';

test('times of day are read as people write them, and nothing is guessed', () => {
  const minutes = (/** @type {string} */ s) => {
    const ms = typed.readTime(s);
    return ms === null ? null : ms / 60_000;
  };
  assert.equal(minutes('9h'), 540);
  assert.equal(minutes('9h30'), 570);
  assert.equal(minutes(' 09:30 '), 570);
  assert.equal(minutes('9.30'), 570);
  assert.equal(minutes('23:59:30'), 1439.5);
  assert.equal(typed.readTime('00:00:00.250'), 250);
  for (const bad of [
    '',
    '9',
    '24:00',
    '9:60',
    '9:3',
    '930',
    '9h3',
    '9:30 pm',
    '9:30:61',
    '-9:30',
    'chín giờ',
  ])
    assert.equal(typed.readTime(bad), null, bad);
});

test('a moment is Vietnam time whatever the device believes', () => {
  const before = process.env.TZ;
  for (const zone of ['Asia/Ho_Chi_Minh', 'America/Los_Angeles', 'Europe/Berlin', 'UTC']) {
    process.env.TZ = zone;
    const ms = typed.readMoment({ date: '2026-11-27', time: '09:30' });
    assert.equal(ms, Date.UTC(2026, 10, 27, 2, 30), zone);
    assert.deepEqual(typed.writeMoment(Number(ms)), { date: '2026-11-27', time: '09:30' }, zone);
  }
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

test('a moment is the same when it is written and read again', () => {
  for (const ms of [1, 1_795_746_600_000, 1_795_746_615_000, 1_795_746_615_007, 1_795_698_000_000]) {
    assert.equal(typed.readMoment(typed.writeMoment(ms)), ms);
  }
  assert.equal(typed.writeMoment(Date.UTC(2026, 10, 27, 2, 30, 15)).time, '09:30:15');
  assert.equal(typed.writeMoment(Date.UTC(2026, 10, 26, 17)).time, '00:00');
  assert.deepEqual(typed.writeMoment(0), { date: '', time: '' });
});

test('days that do not exist are none', () => {
  for (const bad of ['', '2026-02-31', '2026-13-01', '27/11/2026', '26-11-27', '2026-11-27T00:00'])
    assert.equal(typed.readDate(bad), null, bad);
  assert.equal(typed.readDate('2028-02-29'), Date.UTC(2028, 1, 28, 17));
});

test('moments to propose', () => {
  const now = Date.UTC(2026, 10, 26, 18, 12, 3); // 01:12:03 on the 27th in Vietnam
  assert.deepEqual(typed.writeMoment(typed.tomorrowAt(now, 9)), { date: '2026-11-28', time: '09:00' });
  assert.deepEqual(typed.writeMoment(typed.minuteAfter(now, 5 * 60_000)), {
    date: '2026-11-27',
    time: '01:18',
  });
});

test('lengths keep their value and take the largest whole unit', () => {
  assert.deepEqual(typed.writeLength(1_500_000, 'min'), { n: '25', unit: 'min' });
  assert.deepEqual(typed.writeLength(90_000, 'min'), { n: '90', unit: 's' });
  assert.deepEqual(typed.writeLength(7_200_000, 's'), { n: '2', unit: 'h' });
  assert.deepEqual(typed.writeLength(undefined, 's'), { n: '', unit: 's' });
  for (const ms of [1, 999, 1000, 12_345, 60_000, 61_000, 3_600_000, 86_400_000])
    assert.equal(typed.readLength(typed.writeLength(ms, 's')), ms);
  for (const n of ['1,5', '1.500', '-3', 'x', '1e3', '9999999999'])
    assert.equal(typed.readLength({ n, unit: 's' }), null, n);
});

test('percent is exact, with comma or dot', () => {
  assert.equal(typed.readBasisPoints('5'), 500);
  assert.equal(typed.readBasisPoints('2,5'), 250);
  assert.equal(typed.readBasisPoints('0.07 %'), 7);
  assert.equal(typed.readBasisPoints(''), 0);
  for (const bad of ['1.500', '1,2,3', 'x', '-1', ',5']) assert.equal(typed.readBasisPoints(bad), null, bad);
  for (let n = 1; n <= 10_000; n += 7)
    assert.equal(typed.readBasisPoints(typed.writeBasisPoints(n)), n, String(n));
});
