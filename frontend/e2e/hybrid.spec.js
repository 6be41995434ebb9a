// A falling price, sealed offers above it, and the last word (rule SE3).
import { DESKTOP, expect, HALL, PHONE, test } from './kit.js';
import { giveKey, looks, offer, takeKey } from './sealed-kit.js';

const MILLION = 1_000_000;
const EVERY_MS = 120_000; // the first price is taken long before it falls
const OFFERS_MS = 45_000;

const RULES = {
  method: 'hybrid',
  start: 1_000 * MILLION,
  step: { kind: 'percent', basisPoints: 200, amount: 10 * MILLION },
  closing: { kind: 'fixed' },
  confirmAbove: 0,
  descent: { amount: 100 * MILLION, everyMs: EVERY_MS, floor: 700 * MILLION },
  biddingMs: 4 * EVERY_MS,
  sealed: { pricing: 'first', rounds: 1 },
  hybrid: { offersMs: OFFERS_MS, answerMs: 120_000 },
};

test('SE3: one accepts, another offers more under seal, and the first has the last word', async ({
  office,
  person,
}) => {
  test.setTimeout(300_000);
  const [lan, binh, anyone, hall, desk, clerk] = await Promise.all([
    person(PHONE),
    person(PHONE, { colorScheme: 'dark' }),
    person(PHONE),
    person(HALL),
    person(DESKTOP),
    person(DESKTOP),
  ]);
  const { now } = await office.call('GET', '/time');
  const session = await office.sale({ rules: { ...RULES, opensAt: now + 3_000 } });
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await clerk.signIn('thuky', '/giam-sat/' + session);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session)]);
  const first = await takeKey(desk, 'hybrid-take-key');
  const second = await takeKey(clerk, 'hybrid-take-key-clerk');

  // The price is asked, and Lan takes it with two presses.
  await expect(anyone.page.locator('.hero')).toContainText('Giá đang chào');
  await expect(anyone.page.locator('[aria-current=step]').first()).toContainText('Giá giảm');
  await lan.is('accept');
  await lan.button.click();
  await lan.is('sure');
  await lan.button.click();
  await lan.is('leading');
  await expect(lan.page.locator('.hero')).toContainText('Bạn đã chấp nhận giá');

  // Everybody else may offer more, under seal.
  await expect(anyone.page.locator('.hero')).toContainText('Giá đã được chấp nhận');
  await expect(anyone.page.locator('[aria-current=step]').first()).toContainText('Bỏ phiếu kín');
  await expect(hall.page.locator('.screen-call')).toContainText('1.020.000.000');
  await binh.page.fill('#sealed-amount', '1010000000');
  await binh.page.click('[data-state=offer]');
  await expect(binh.page.locator('.field-error')).toBeVisible();
  await offer(binh, '1200000000');
  await looks(binh, 'hybrid-offered-dark');
  await looks(lan, 'hybrid-first');
  await looks(anyone, 'hybrid-room');
  await looks(hall, 'hybrid-hall');
  await looks(desk, 'hybrid-console');
  expect(JSON.stringify(await office.room(session))).not.toContain('1200000000');

  // Both keys open, and Lan is asked.
  await expect(desk.page.locator('[data-key=give]')).toBeVisible({ timeout: OFFERS_MS + 20_000 });
  await giveKey(desk, first);
  await giveKey(clerk, second);
  await expect(anyone.page.locator('.hero')).toContainText('Phiếu cao nhất');
  await expect(anyone.price).toHaveText(/1\.200\.000\.000/);
  await expect(anyone.page.locator('[aria-current=step]').first()).toContainText('Trả lời cuối');
  await expect(binh.page.locator('.room-side')).toContainText('Chỉ người đã chấp nhận giá được trả lời');
  await expect(lan.page.locator('.hero')).toContainText('Bạn trả lời cuối cùng');
  await lan.is('bid');
  await looks(lan, 'hybrid-answer');
  await looks(hall, 'hybrid-hall-answer');
  await lan.button.click();
  await expect(anyone.price).toHaveText(/1\.224\.000\.000/);
  await lan.is('closed');

  const room = await office.room(session);
  await lan.act('dgv', session, { act: 'announce', code: room.now.b, price: room.now.p });
  await lan.is('won');
  await binh.is('lost');
  await looks(anyone, 'hybrid-sold');
});
