import { DESKTOP, expect, PHONE, test } from './kit.js';

/** Makes the device's own clock fast. @param {import('@playwright/test').Page} page @param {number} ms */
const setFast = (page, ms) =>
  page.addInitScript((by) => {
    const right = Date.now;
    Date.now = () => right() + by;
  }, ms);

/** Makes every frame of the line late, each way. @param {import('@playwright/test').Page} page @param {number} ms */
const slowLine = (page, ms) =>
  page.routeWebSocket('**/ws', (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((m) => void setTimeout(() => server.send(m), ms));
    server.onMessage((m) => void setTimeout(() => ws.send(m), ms));
  });

test('the room says how wrong the own clock is and how right the countdown', async ({ office, person }) => {
  const session = await office.sale();
  for (const size of [PHONE, DESKTOP]) {
    const viewer = await person(size);
    const { page } = viewer;
    await setFast(page, 2_300);
    await viewer.go('/phong/' + session);
    const line = page.locator('.timing');
    const sum = line.locator('summary');
    await expect(sum).toHaveText(/^Giờ máy chủ, sai số ± \d+ ms$/);
    await sum.click();
    await expect(line).toContainText(
      /Đồng hồ máy bạn nhanh hơn giờ máy chủ 2,\d giây\. Trang này tính theo giờ máy chủ/,
    );
    // Either the machine that tests is synchronised or it is not; both are said.
    await expect(line).toContainText(/giờ chuẩn/);
    for (const scheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: test.info().outputPath(`vi-${size.width}-${scheme}.png`) });
    }
    const menu = page.locator('.top-more'); // on a phone the languages are folded away
    if (size === PHONE) await menu.click();
    await page.getByRole('button', { name: 'English' }).click();
    if (size === PHONE) await menu.click();
    await expect(line).toContainText(
      /Your device’s clock is 2\.\d seconds fast\. This page goes by the server’s time/,
    );
    for (const scheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: test.info().outputPath(`en-${size.width}-${scheme}.png`) });
    }
  }
});

test('on a slow line the room warns against the last seconds', async ({ office, person }) => {
  const session = await office.sale();
  const viewer = await person(PHONE);
  const { page } = viewer;
  await slowLine(page, 700);
  await viewer.go('/phong/' + session);
  const sum = page.locator('.timing summary');
  await expect(sum).toHaveText(/^Sai số ± \d+ ms: hãy trả giá sớm$/);
  await sum.click();
  await expect(page.locator('.timing')).toContainText('Đừng đợi những giây cuối.');
  await page.screenshot({ path: test.info().outputPath('slow.png') });
  await viewer.go('/kiem-tra');
  await expect(page.getByText(/Đồng hồ đếm ngược có thể lệch đến \d+ ms/)).toBeVisible();
});

test('a device whose clock is set while the page is open keeps the countdown', async ({ office, person }) => {
  const session = await office.sale();
  const viewer = await person(PHONE);
  const { page } = viewer;
  await viewer.go('/phong/' + session);
  await expect(page.locator('.timing summary')).toHaveText(/sai số/);
  const digits = page.locator('.hero .countdown-digits');
  const seconds = async () => {
    const [m, s] = (await digits.innerText()).split(':').slice(-2).map(Number);
    return Number(m) * 60 + Number(s);
  };
  const before = await seconds();
  await page.evaluate(() => {
    const right = Date.now;
    Date.now = () => right() - 3_600_000;
  });
  await page.locator('.timing summary').click();
  await expect(page.locator('.timing')).toContainText('Đồng hồ máy bạn chậm hơn giờ máy chủ 60 phút');
  const after = await seconds();
  expect(before - after).toBeGreaterThanOrEqual(0);
  expect(before - after).toBeLessThan(15);
});
