import { DESKTOP, expect, HALL, PHONE, test } from './kit.js';

test('four people see one bid; the outbid one is told at once, in words and aloud', async ({
  office,
  person,
}) => {
  const session = await office.sale();
  const lan = await person(PHONE);
  const binh = await person(DESKTOP);
  const anyone = await person(PHONE);
  const hall = await person(HALL);
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await lan.is('bid');
  await expect(lan.button).toContainText('12.000.000.000\u00a0đồng');
  await expect(lan.page.locator('.bid-words')).toHaveText('Mười hai tỷ đồng');

  await lan.bid();
  await expect(lan.page.locator('.bid-receipt')).toContainText('Đã ghi nhận 12.000.000.000 lúc');
  await expect(anyone.price).toHaveText(/12\.000\.000\.000/);
  await expect(hall.page.locator('.screen-figures')).toHaveText(/12\.000\.000\.000/);
  await expect(binh.button).toContainText('12.050.000.000');

  await binh.bid();
  await expect(lan.strip).toHaveText(/Đã có người trả giá cao hơn/);
  await expect(lan.page.locator('#say-alert')).toHaveText(
    'Đã có người trả giá cao hơn: 12.050.000.000\u00a0đồng.',
  );
  await expect(lan.page).toHaveTitle(/^\(Bị vượt\) \d\d:\d\d – Lô 7/);
  await expect(binh.page.locator('.hist-own .hist-code')).toHaveText(['Bạn']);
  await expect(anyone.price).toHaveText(/12\.050\.000\.000/);
  await expect(hall.page.locator('.screen-figures')).toHaveText(/12\.050\.000\.000/);
});

test('presets are toggles, only the button sends; a jump is confirmed in words, a huge one typed again', async ({
  office,
  person,
}) => {
  const session = await office.sale();
  const lan = await person();
  const { page } = lan;
  await lan.enter('lan', session);
  await lan.is('bid');
  await page.getByRole('button', { name: '+5 bước' }).click();
  await expect(lan.button).toContainText('12.200.000.000');
  expect((await office.room(session)).now.n).toBe(0);
  await lan.button.click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Mười hai tỷ hai trăm triệu đồng');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect((await office.room(session)).now.n).toBe(0);

  await page.getByRole('button', { name: 'Giá khác' }).click();
  await page.keyboard.type('20123456789');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('phải theo bước 50.000.000');
  await dialog.getByRole('button', { name: '20.150.000.000' }).click();
  await dialog.getByRole('button', { name: 'Tiếp tục' }).click();
  await expect(dialog).toContainText('Cao hơn nhiều so với giá hiện tại');
  await page.fill('#bid-again', '2015000000');
  await dialog.getByRole('button', { name: 'Xác nhận trả giá' }).click();
  await expect(dialog).toContainText('Số vừa nhập khác');
  await page.fill('#bid-again', '20150000000');
  await dialog.getByRole('button', { name: 'Xác nhận trả giá' }).click();
  await lan.is('leading');
  expect((await office.room(session)).now.p).toBe(20_150_000_000);
});

test('an amount that would have to be guessed is refused when pasted', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  await lan.enter('lan', session);
  await lan.page.getByRole('button', { name: 'Giá khác' }).click();
  const field = lan.page.locator('#bid-amount');
  const paste = (/** @type {string} */ text) =>
    field.evaluate((node, t) => {
      const data = new DataTransfer();
      data.setData('text', t);
      node.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);
  await paste('12,5 tỷ');
  await expect(field).toHaveValue('');
  await expect(lan.page.getByRole('dialog')).toContainText('Không đọc được');
  await paste('12.900.000.000 đồng');
  await expect(field).toHaveValue('12.900.000.000');
});

test('after a price change nothing can be sent for 700 ms, not even for a frame', async ({
  office,
  person,
}) => {
  const session = await office.sale();
  const lan = await person();
  const binh = await person();
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await lan.is('bid');
  await lan.page.evaluate(() => {
    /** @type {any} */ (window).seen = [];
    const look = () => {
      const b = /** @type {HTMLButtonElement} */ (document.querySelector('.bid-button'));
      /** @type {any} */ (window).seen.push([performance.now(), b.textContent, b.disabled]);
      requestAnimationFrame(look);
    };
    look();
  });
  await binh.bid();
  await lan.page.waitForFunction(
    () =>
      /** @type {any} */ (window).seen.at(-1)[1].includes('12.050.000.000') &&
      !(/** @type {any} */ (window).seen.at(-1)[2]),
  );
  const seen = await lan.page.evaluate(() => /** @type {any} */ (window).seen);
  const news = seen.filter((/** @type {any} */ s) => s[1].includes('12.050.000.000'));
  const open = news.find((/** @type {any} */ s) => !s[2]);
  expect(open[0] - news[0][0]).toBeGreaterThan(650);
});

test('withdrawing needs the own code; the price falls back and the rows are struck', async ({
  office,
  person,
}) => {
  const session = await office.sale();
  const lan = await person();
  const binh = await person(DESKTOP);
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await binh.bid();
  await lan.bid();
  const code = String(await lan.page.locator('.strip-code strong').textContent());
  await lan.page.locator('.menu-button').click();
  await lan.page.getByRole('button', { name: /^Rút lại giá đã trả/ }).click();
  const dialog = lan.page.getByRole('dialog');
  await lan.page.fill('#withdraw-code', 'M-000');
  await dialog.getByRole('button', { name: 'Rút giá', exact: true }).click();
  await expect(dialog).toContainText('Mã không đúng');
  await lan.page.fill('#withdraw-code', code.toLowerCase());
  await dialog.getByRole('button', { name: 'Rút giá', exact: true }).click();
  await lan.is('out');
  await expect(lan.price).toHaveText(/12\.000\.000\.000/);
  await expect(binh.page.locator('.hist-struck')).toHaveCount(1);
  await binh.is('leading');
});

test('maximum bids: the price follows, the leader may raise, nobody sees a maximum', async ({
  office,
  person,
}) => {
  const session = await office.sale({ rules: { proxy: true, reserveAmount: 12_500_000_000 } });
  const lan = await person();
  const binh = await person();
  const anyone = await person();
  await anyone.go('/phong/' + session);
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await lan.is('maximum');
  await lan.page.getByRole('button', { name: '+10 bước' }).click();
  await lan.button.click();
  await lan.page.getByRole('button', { name: 'Xác nhận mức tối đa' }).click();
  await lan.is('leading');
  await expect(lan.strip).toContainText('12.450.000.000');
  await expect(anyone.price).toHaveText(/12\.000\.000\.000/);
  await expect(anyone.page.getByText('Chưa đạt giá tối thiểu')).toBeVisible();
  await lan.page.getByRole('button', { name: 'Nâng mức tối đa' }).click();
  await lan.page.fill('#raise-amount', '13000000000');
  await lan.page.getByRole('button', { name: 'Nâng mức', exact: true }).click();
  await expect(lan.strip).toContainText('13.000.000.000');
  await expect(anyone.page.getByText('Đã đạt giá tối thiểu')).toBeVisible();
  await expect(anyone.page.locator('main')).not.toContainText('13.000.000.000');
});

test('where the rules hide codes, nobody sees one, but everybody knows their own rows', async ({
  office,
  person,
}) => {
  const session = await office.sale({ rules: { hideCodes: true } });
  const lan = await person();
  const anyone = await person();
  await anyone.go('/phong/' + session);
  await lan.enter('lan', session);
  await lan.bid();
  await expect(lan.page.locator('.hist-own')).toHaveCount(1);
  await expect(anyone.page.locator('.hist tbody tr')).toHaveCount(1);
  await expect(anyone.page.locator('main')).not.toContainText(/M-\d/);
});

test('by keyboard alone', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person(DESKTOP);
  await lan.enter('lan', session);
  await lan.is('bid');
  await lan.page.getByRole('button', { name: '+2 bước' }).focus();
  await lan.page.keyboard.press('Space');
  await expect(lan.button).toContainText('12.050.000.000');
  while (!(await lan.button.evaluate((b) => b === document.activeElement)))
    await lan.page.keyboard.press('Tab');
  await lan.page.keyboard.press('Enter');
  const confirm = lan.page.getByRole('button', { name: 'Xác nhận trả giá' });
  while (!(await confirm.evaluate((b) => b === document.activeElement))) await lan.page.keyboard.press('Tab');
  await lan.page.keyboard.press('Enter');
  await lan.is('leading');
});
