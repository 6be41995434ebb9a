// Buying at once (rules BN): offered beside the usual bid, taken by one of two,
// gone after the first bid, and a price in the form.
import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

const RULES = {
  start: 40_000_000,
  step: { kind: 'fixed', amount: 5_000_000 },
  buyNow: { amount: 90_000_000, until: 'share', basisPoints: 8_000 },
};
const CAR = { kind: 'car', title: 'Xe ô tô Toyota Fortuner 2019', deposit: 8_000_000 };

/** No fault, no overflow, in both lights and both widths; a picture of each. @param {Person} p @param {string} name */
async function looksRight(p, name) {
  for (const size of [SMALL, PHONE, DESKTOP]) {
    for (const light of /** @type {const} */ (['light', 'dark'])) {
      await p.page.setViewportSize(size);
      await p.page.emulateMedia({ colorScheme: light });
      expect(await p.overflow(), `${name} ${size.width} ${light}`).toBe(0);
      expect(await p.faults(), `${name} ${size.width} ${light}`).toEqual([]);
      const dir = process.env.E2E_PICTURES;
      if (dir) await p.page.screenshot({ path: `${dir}/${name}-${size.width}-${light}.png`, fullPage: true });
    }
  }
}

test('one of two buys at once, the other is told, and everybody sees it', async ({ office, person }) => {
  test.setTimeout(180_000);
  const [lan, binh, anyone, hall, desk] = await Promise.all([
    person(PHONE),
    person(PHONE),
    person(PHONE),
    person(HALL),
    person(DESKTOP),
  ]);
  const session = await office.sale({ lot: CAR, rules: RULES });
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await Promise.all([
    lan.enter('lan', session),
    binh.enter('binh', session),
    desk.signIn('dgv', '/dieu-hanh/' + session),
  ]);
  await expect(anyone.page.locator('.buynow-offer')).toContainText('90.000.000');
  await expect(hall.page.locator('.buynow-offer')).toContainText('90.000.000');
  await expect(anyone.page.locator('.rules')).toContainText('đạt 80 % của nó');
  await expect(anyone.page.locator('.buynow-button')).toHaveCount(0);
  await lan.bid();
  await looksRight(binh, 'offered');
  await expect(lan.page.locator('.buynow-button')).toBeEnabled();

  // The first press opens a dialog and buys nothing.
  await binh.page.setViewportSize(PHONE);
  await expect(binh.page.locator('.buynow-button')).toBeEnabled();
  await binh.page.locator('.buynow-button').click();
  await lan.page.locator('.buynow-button').click();
  await expect(binh.page.getByRole('dialog')).toContainText('phiên kết thúc ngay');
  expect((await office.room(session)).now.ph).toBe('running');
  await looksRight(binh, 'asked');
  await binh.page.setViewportSize(PHONE);
  await binh.page.getByRole('button', { name: /Xác nhận mua/ }).click();
  await binh.is('closed');
  await expect(binh.page.locator('.buynow-bought')).toBeVisible();

  // Lan's dialog says that it is too late.
  await expect(lan.page.getByRole('dialog')).toContainText('Bạn chưa mua gì cả');
  await expect(lan.page.getByRole('button', { name: /Xác nhận mua/ })).toHaveCount(0);
  await lan.page.getByRole('button', { name: 'Quay lại' }).click();
  await lan.is('closed');
  await expect(anyone.page.locator('.buynow-bought')).toBeVisible();
  await expect(anyone.page.locator('#main')).toContainText('Đã được mua ngay');
  await expect(hall.page.locator('.screen-call')).toContainText('Đã được mua ngay');
  await expect(desk.page.locator('.attempt-bid').first()).toContainText('Mua ngay');
  const { now, history } = await office.room(session);
  expect([now.ph, now.p, now.bt, history[0].buy]).toEqual(['closed', 90_000_000, true, true]);
  await looksRight(anyone, 'bought');
  await looksRight(desk, 'desk');
  expect(await hall.overflow()).toBe(0);
  expect(await hall.faults()).toEqual([]);
  if (process.env.E2E_PICTURES) await hall.page.screenshot({ path: process.env.E2E_PICTURES + '/hall.png' });
});

test('a bid ends the offer, and a dialog that is open says so', async ({ office, person }) => {
  const [lan, binh] = await Promise.all([person(PHONE), person(PHONE)]);
  const rules = { ...RULES, buyNow: { amount: 90_000_000, until: 'first_bid' } };
  const session = await office.sale({ lot: CAR, rules });
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session)]);
  await binh.is('bid');
  // A bid that would buy says so before it is sent.
  await binh.page.locator('.preset-other').click();
  await binh.page.locator('#bid-amount').fill('95000000');
  await binh.page.getByRole('button', { name: 'Tiếp tục' }).click();
  await expect(binh.page.getByRole('dialog')).toContainText('bạn mua đúng giá 90.000.000 đồng');
  await binh.page.getByRole('button', { name: 'Quay lại' }).click();
  await binh.page.locator('.buynow-button').click();
  await lan.bid();
  await expect(binh.page.getByRole('dialog')).toContainText('Bạn chưa mua gì cả');
  await binh.page.getByRole('button', { name: 'Quay lại' }).click();
  await expect(binh.page.locator('.buynow-button')).toHaveCount(0);
  await expect(binh.page.locator('.buynow-gone')).toBeVisible();
  await binh.bid();
});

test('the form takes a price to buy now and says what it does', async ({ office, person }) => {
  const clerk = await person({ width: 1280, height: 4000 });
  const { page } = clerk;
  await clerk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Đấu giá xe');
  await page.getByRole('button', { name: 'Hàng hóa' }).click();
  const lot = page.locator('.office-lot').first();
  await lot.getByLabel('Tên tài sản').fill('Xe ô tô');
  await lot.getByLabel('Giá khởi điểm', { exact: true }).fill('40000000');
  await lot.locator('.office-more > summary').click();
  await lot.getByLabel('Giá mua ngay', { exact: true }).fill('40100000');
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(lot).toContainText('Phải cao hơn giá khởi điểm ít nhất một bước giá.');
  await lot.getByLabel('Giá mua ngay', { exact: true }).fill('90000000');
  await lot.getByLabel('Suốt thời gian trả giá').check();
  await expect(lot.locator('.office-preview')).toContainText('Mua ngay với giá 90.000.000');
  if (process.env.E2E_PICTURES) await lot.screenshot({ path: process.env.E2E_PICTURES + '/form.png' });
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(page).toHaveURL(/cuoc-dau-gia\/(?!moi)/);
  const id = page.url().split('/').at(-1);
  const { lots } = await office.call('GET', '/auctions/' + id, undefined, await office.token('dgv'));
  expect(lots[0].rules.buyNow).toEqual({ amount: 90_000_000, until: 'end' });
});
