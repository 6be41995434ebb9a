import { DESKTOP, expect, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

/** Signs in and waits for the console. @param {Person} who @param {string} login @param {string} path */
async function sitDown(who, login, path) {
  await who.signIn(login, path);
  await expect(who.page.locator('.bench')).toBeVisible();
  return who.page;
}

test('a sale run from the keyboard: pause, resume, extend, say, close, announce', async ({
  office,
  person,
}) => {
  const session = await office.sale({ rules: { biddingMs: 20_000, closing: { kind: 'fixed' } } });
  const desk = await person(DESKTOP);
  const lan = await person();
  const page = await sitDown(desk, 'dgv', '/dieu-hanh/' + session);
  await lan.enter('lan', session);
  await lan.bid();
  await expect(page.locator('.attempt-bid')).toHaveCount(1);
  await expect(page.locator('.person-leads')).toHaveCount(1);
  const outcome = page.locator('.bench-outcome');

  await page.keyboard.press('Shift+P');
  await page.getByLabel('Lý do, mọi người đều thấy').fill('Kiểm tra kỹ thuật');
  await page.keyboard.press('Enter');
  await expect(outcome).toContainText('Đã thực hiện: Tạm dừng');
  await lan.is('paused');
  await expect(page.locator('[data-act=resume]')).toBeVisible();
  await page.keyboard.press('Shift+R');
  await page.keyboard.press('Enter');
  await expect(outcome).toContainText('Đã thực hiện: Tiếp tục');
  await lan.is('leading');

  await page.keyboard.press('Shift+M');
  await page.locator('.tpl-one').first().click();
  await page.locator('#act-text').press('Enter');
  await expect(lan.page.locator('.message')).toContainText('Còn ít phút nữa');

  const before = (await office.room(session)).now.e;
  await page.keyboard.press('Shift+E');
  await page.getByRole('button', { name: '30 s' }).click();
  await page.locator('#act-text').fill('Thêm thời gian');
  await page.locator('#act-text').press('Enter');
  await expect(outcome).toContainText('Đã thực hiện: Gia hạn');
  expect((await office.room(session)).now.e).toBe(before + 30_000);

  await expect(page.locator('[data-act=announce]')).toBeVisible({ timeout: 50_000 });
  await page.keyboard.press('Shift+H');
  await expect(page.locator('.proposal')).toContainText('12.000.000.000');
  await page.keyboard.press('Enter');
  await lan.is('won');
  await expect(page.locator('.bench-acts')).toContainText('không còn thao tác nào');
});

test('a refused act says why, a grave one needs the number of the lot', async ({ office, person }) => {
  const session = await office.sale({ rules: { opening: 'auctioneer' } });
  const desk = await person(DESKTOP);
  const page = await sitDown(desk, 'dgv', '/dieu-hanh/' + session);
  await page.keyboard.press('Shift+X');
  await page.locator('#act-text').fill('Người có tài sản rút');
  await page.locator('#act-text').press('Enter');
  await expect(page.locator('#act-lot-error')).toBeVisible();
  await page.locator('#act-lot').fill('7');
  await page.locator('#act-lot').press('Enter');
  await expect(page.locator('.bench-outcome')).toContainText('Đã thực hiện: Hủy phiên');
  expect((await office.room(session)).now.ph).toBe('cancelled');
});

test('keys do nothing while somebody types', async ({ office, person }) => {
  const session = await office.sale();
  const desk = await person(DESKTOP);
  await sitDown(desk, 'dgv', '/dieu-hanh/' + session);
  await desk.page.keyboard.press('Shift+M');
  await desk.page.locator('#act-text').pressSequentially('PSX?');
  await expect(desk.page.locator('dialog')).toHaveCount(1);
  await expect(desk.page.locator('#act-text')).toHaveValue('PSX?');
  await desk.page.keyboard.press('Escape');
  await expect(desk.page.locator('dialog')).toHaveCount(0);
  await desk.page.keyboard.press('?');
  await expect(desk.page.locator('dialog')).toContainText('⇧P');
});

test('the observer sees every attempt and has no button', async ({ office, person }) => {
  const session = await office.sale();
  const observer = await person(DESKTOP);
  const lan = await person();
  await lan.enter('lan', session);
  await lan.bid();
  for (const path of ['/giam-sat/', '/dieu-hanh/']) {
    await sitDown(observer, 'giamsat', path + session);
    await expect(observer.page.locator('.attempt-bid')).toHaveCount(1);
    await expect(observer.page.locator('[data-act]')).toHaveCount(0);
    await observer.page.keyboard.press('Shift+P');
    await expect(observer.page.locator('dialog')).toHaveCount(0);
    await observer.page.getByRole('button', { name: 'Đăng xuất' }).click();
    await observer.page.waitForURL((u) => u.pathname === '/');
  }
});

for (const [name, viewport, context] of /** @type {const} */ ([
  ['desktop', DESKTOP, {}],
  ['desktop, dark', DESKTOP, { colorScheme: 'dark' }],
  ['small phone', SMALL, {}],
])) {
  test(`list and console are accessible and fit: ${name}`, async ({ office, person }) => {
    const session = await office.sale();
    const over = await office.sale({ lot: { title: 'Xe máy' } }); // a short title, and a link below it
    const desk = await person(viewport, context);
    await desk.go('/');
    await desk.act('dgv', over, { act: 'cancel', text: 'Người có tài sản rút' });
    await desk.signIn('dgv', '/dieu-hanh');
    await expect(desk.page.locator('.desk-holder').first()).toBeVisible();
    expect(await desk.faults()).toEqual([]);
    expect(await desk.overflow()).toBe(0);
    await desk.go('/dieu-hanh/' + session);
    await expect(desk.page.locator('.bench')).toBeVisible();
    expect(await desk.faults()).toEqual([]);
    expect(await desk.overflow()).toBe(0);
    await desk.page.locator('[data-act=disqualify]').click();
    expect(await desk.faults()).toEqual([]);
  });
}
