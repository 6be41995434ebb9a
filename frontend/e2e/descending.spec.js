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
    });
  }
}
