import { DESKTOP, expect, HALL, PHONE, test } from './kit.js';

const MILLION = 1_000_000;

/** A falling price of four steps; what differs is given. @param {object} [descent] */
const falls = (descent = {}) => ({
  method: 'descending',
  start: 1_000 * MILLION,
  step: { kind: '' },
  closing: { kind: 'fixed' },
  confirmAbove: 0,
  biddingMs: 4 * 20_000,
  descent: { amount: 100 * MILLION, everyMs: 20_000, floor: 700 * MILLION, ...descent },
});

/** A slow one, for what has to be looked at. */
const slow = { rules: { ...falls({ everyMs: 200_000 }), biddingMs: 4 * 200_000 } };

test('DU2: the price falls for everybody; the second press takes it; who is slower is told', async ({
  office,
  person,
}) => {
  const session = await office.sale({ rules: falls() });
  const lan = await person(PHONE);
  const binh = await person(DESKTOP);
  const anyone = await person(PHONE);
  const hall = await person(HALL);
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await expect(anyone.page.locator('.hero')).toContainText('Giá đang chào');
  await expect(anyone.page.locator('.rules').first()).toContainText('Cứ 20 giây giá giảm 100.000.000');

  await expect(lan.price).toHaveText(/900\.000\.000/, { timeout: 40_000 });
  for (const one of [binh, anyone]) await expect(one.price).toHaveText(/900\.000\.000/);
  await expect(hall.page.locator('.screen-figures')).toHaveText(/900\.000\.000/);
  await expect(lan.page.locator('#say-status')).toHaveText(/Giá giảm còn 900\.000\.000/);

  // One press names the price; the fall asks for both again.
  await lan.is('accept');
  await lan.button.click();
  await lan.is('sure');
  await expect(lan.button).toContainText('900.000.000');
  expect((await office.room(session)).now.ph).toBe('running');
  await expect(lan.price).toHaveText(/800\.000\.000/, { timeout: 40_000 });
  await lan.is('accept');
  await expect(lan.button).toContainText('800.000.000');

  await lan.button.click();
  await lan.button.click();
  await lan.is('yours');
  await expect(lan.strip).toContainText('Bạn là người chấp nhận giá');
  await binh.is('taken');
  await expect(binh.button).toContainText('800.000.000');
  await expect(anyone.page.locator('.room')).toContainText('Đã có người chấp nhận giá');
  await expect(hall.page.locator('.screen-call')).toContainText('Đã có người chấp nhận giá');
  const { now } = await office.room(session);
  expect([now.ph, now.p, now.n]).toEqual(['closed', 800 * MILLION, 1]);
});

test('article 50: who accepted withdraws, and the clock goes on from that price', async ({
  office,
  person,
}) => {
  const session = await office.sale(slow);
  const lan = await person(PHONE);
  const binh = await person(PHONE);
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await lan.is('accept');
  await lan.button.click();
  await lan.button.click();
  await lan.is('yours');
  const code = (await lan.page.locator('.strip-code strong').textContent()) ?? '';
  await lan.page.locator('.menu-button').click();
  await lan.page.getByRole('button', { name: /Rút lại giá đã trả/ }).click();
  const dialog = lan.page.getByRole('dialog');
  await expect(dialog).toContainText('Phiên tiếp tục cho những người còn lại');
  await dialog.locator('input').fill(code);
  await dialog.getByRole('button', { name: 'Rút giá' }).click();
  await lan.is('out');
  await binh.is('accept');
  await expect(binh.page.locator('.room')).toContainText('phiên tiếp tục từ giá 1.000.000.000');
  await binh.button.click();
  await binh.button.click();
  await binh.is('yours');
  await binh.act('dgv', session, {
    act: 'announce',
    code: (await office.room(session)).now.b,
    price: 1_000 * MILLION,
  });
  await binh.is('won');
});

for (const [name, size] of /** @type {[string, {width: number, height: number}][]} */ ([
  ['phone', PHONE],
  ['desktop', DESKTOP],
])) {
  for (const scheme of /** @type {('light' | 'dark')[]} */ (['light', 'dark'])) {
    test(`a falling price can be read by everybody: ${name}, ${scheme}`, async ({ office, person }) => {
      const session = await office.sale(slow);
      const lan = await person(size);
      await lan.page.emulateMedia({ colorScheme: scheme });
      await lan.enter('lan', session);
      await lan.is('accept');
      expect(await lan.overflow()).toBe(0);
      expect(await lan.faults()).toEqual([]);
      await lan.page.screenshot({ path: `test-results/descending-${name}-${scheme}.png`, fullPage: true });
      await lan.button.click();
      await lan.is('sure');
      expect(await lan.faults()).toEqual([]);
      await lan.button.click();
      await lan.is('yours');
      expect(await lan.faults()).toEqual([]);
      const hall = await person(size);
      await hall.page.emulateMedia({ colorScheme: scheme });
      await hall.go('/man-hinh/' + session);
      await expect(hall.page.locator('.screen-figures')).toHaveText(/1\.000\.000\.000/);
      expect(await hall.faults()).toEqual([]);
      await hall.page.screenshot({ path: `test-results/descending-screen-${name}-${scheme}.png` });
    });
  }
}

test('the form shows the fields of the method, the time that follows, and mistakes beside the fields', async ({
  office,
  person,
}) => {
  const desk = await person({ width: 1280, height: 4000 });
  const { page } = desk;
  await desk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Tài sản thanh lý');
  await page.getByRole('button', { name: 'Biển số xe' }).click();
  await page.getByLabel('Tên tài sản').fill('Biển số 51K-888.88');
  await page.getByRole('radio', { name: /^Đặt giá xuống Giá/ }).check();
  await expect(page.getByLabel('Bước giá', { exact: true })).toHaveCount(0);
  await expect(page.getByLabel('Thời gian trả giá', { exact: true })).toHaveCount(0);
  await page.getByLabel('Mỗi lần giảm', { exact: true }).fill('5000000');
  await page.getByLabel('Giá thấp nhất', { exact: true }).fill('50000000');
  await page.getByRole('button', { name: 'Công bố…' }).click();
  await expect(page.locator('#f-lots-0-rules-descent-floor-error')).toHaveText(
    'Phải thấp hơn giá khởi điểm.',
  );
  await page.getByLabel('Giá thấp nhất', { exact: true }).fill('20000000');
  await page.getByLabel('Mỗi mức giá giữ trong', { exact: true }).fill('5');
  await expect(page.locator('.office-preview').first()).toHaveText(
    'Có 5 mức giá; tổng thời gian trả giá: 25 phút.',
  );
  await expect(page.locator('.office-preview').last()).toContainText('Cứ 5 phút giá giảm 5.000.000');
  expect(await desk.overflow()).toBe(0);
  expect(await desk.faults()).toEqual([]);
  await page.locator('.office-lot').first().screenshot({ path: 'test-results/descending-form.png' });
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(page).toHaveURL(/cuoc-dau-gia\/(?!moi)/);
  const id = page.url().split('/').at(-1);
  const { lots } = await office.call('GET', '/auctions/' + id, undefined, await office.token('dgv'));
  expect(lots[0].rules).toMatchObject({
    method: 'descending',
    biddingMs: 1_500_000,
    descent: { amount: 5_000_000, everyMs: 300_000, floor: 20_000_000 },
  });
});

test('the console pauses the clock between two falls and gives it back', async ({ office, person }) => {
  const session = await office.sale(slow);
  const desk = await person(DESKTOP);
  const lan = await person(PHONE);
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await lan.enter('lan', session);
  await lan.is('accept');
  const { page } = desk;
  await expect(page.locator('.bench-price')).toContainText('Giá đang chào');
  await desk.act('dgv', session, { act: 'pause', text: 'Kiểm tra kỹ thuật' });
  await lan.is('paused');
  await expect(page.locator('.bench-price')).toContainText('Giảm giá sau, đang dừng');
  const { fin } = (await office.room(session)).now;
  expect(fin).toBeGreaterThan(0);
  await desk.act('dgv', session, { act: 'resume' });
  await lan.is('accept');
  const { now } = await office.room(session);
  expect(now.e - now.fa).toBe(3 * 200_000);
  await lan.button.click();
  await lan.button.click();
  await lan.is('yours');
  await expect(page.locator('.bench-price')).toContainText('Giá được chấp nhận');
  await page.screenshot({ path: 'test-results/descending-console.png' });
  expect(await desk.faults()).toEqual([]);
});
