import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';

test('every page: no fault for axe, light and dark, no sideways scrolling at 320 px', async ({
  office,
  person,
}) => {
  test.setTimeout(240_000);
  const session = await office.sale();
  const pages = [
    '/',
    '/phong/' + session,
    '/man-hinh/' + session,
    '/dang-nhap',
    '/kiem-tra',
    '/phien-ban',
    '/phong/00000000000a',
  ];
  for (const colorScheme of ['light', 'dark']) {
    const anyone = await person(colorScheme === 'light' ? SMALL : DESKTOP, { colorScheme });
    for (const path of pages) {
      await anyone.go(path);
      await expect(anyone.page.locator('h1')).toBeVisible();
      await expect(anyone.page.getByText('Đang tải…')).toHaveCount(0);
      expect(await anyone.faults(), `${path} ${colorScheme}`).toEqual([]);
      expect(await anyone.overflow(), `${path} ${colorScheme}`).toBe(0);
    }
  }
  const lan = await person(SMALL);
  await lan.enter('lan', session);
  await lan.is('bid');
  expect(await lan.faults(), 'bidder').toEqual([]);
  expect(await lan.overflow()).toBe(0);
  await lan.go('/cua-toi');
  await expect(lan.page.locator('.mine-row').first()).toBeVisible();
  expect(await lan.faults(), 'mine').toEqual([]);
});

test('the bid sheet never covers what has the focus', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person(SMALL);
  await lan.enter('lan', session);
  await lan.is('bid');
  const last = lan.page.locator('.foot a').last();
  const sheet = lan.page.locator('.bid');
  const clear = async () => {
    await lan.settled(); // the sheet may just be growing
    const [above, box] = [await sheet.boundingBox(), await last.boundingBox()];
    expect(Number(box?.y) + Number(box?.height)).toBeLessThanOrEqual(Number(above?.y));
  };
  await last.focus();
  await clear();
  await lan.button.evaluate((n) => (n.style.minHeight = '140px')); // as when another line comes into it
  await clear();
});

test('projector: the largest price never touches the clock, and fits its line', async ({
  office,
  person,
}) => {
  const session = await office.sale({
    rules: { start: 8_999_999_999_900_000, step: { kind: 'fixed', amount: 50_000 }, cap: 0 },
  });
  const hall = await person(HALL);
  for (const size of [
    HALL,
    { width: 1280, height: 720 },
    { width: 1024, height: 768 },
    { width: 3840, height: 2160 },
  ]) {
    await hall.page.setViewportSize(size);
    await hall.go('/man-hinh/' + session);
    const price = await hall.page.locator('.screen-figures').evaluate((n) => {
      const range = document.createRange();
      range.selectNodeContents(n);
      const r = range.getBoundingClientRect();
      return { right: r.right, height: r.height, size: parseFloat(getComputedStyle(n).fontSize) };
    });
    const clock = await hall.page.locator('.screen-clock').boundingBox();
    expect(price.right, `${size.width}`).toBeLessThan(Number(clock?.x));
    expect(price.height, `${size.width}: one line`).toBeLessThan(price.size * 1.6);
    expect(price.size / size.width, `${size.width}: readable`).toBeGreaterThan(0.04);
    const foot = await hall.page.locator('.screen-line').boundingBox();
    expect(Number(foot?.y) + Number(foot?.height)).toBeLessThanOrEqual(size.height);
    await expect(hall.page.locator('.screen-qr svg')).toBeVisible();
  }
});

test('English: chosen once, kept, and every word changes', async ({ office, person }) => {
  const session = await office.sale();
  const anyone = await person(DESKTOP);
  await anyone.go('/phong/' + session);
  await anyone.page.getByRole('button', { name: 'English' }).click();
  await expect(anyone.page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(anyone.page.locator('main')).toContainText('The rules in a few sentences');
  await anyone.page.reload();
  await expect(anyone.page.locator('main')).toContainText('The rules in a few sentences');
  await anyone.page.getByRole('button', { name: 'Tiếng Việt' }).click();
  await expect(anyone.page.locator('main')).toContainText('Quy chế trong vài câu');
});

test.describe('signing in', () => {
  test.use({ allowed: ['401'] });

  test('wrong password: a sentence; right one: back to where one wanted to go; out again', async ({
    person,
  }) => {
    const lan = await person(DESKTOP);
    await lan.go('/cua-toi');
    await expect(lan.page.locator('h1')).toHaveText('Đăng nhập');
    await lan.page.fill('#login', 'lan');
    await lan.page.fill('#password', 'wrong');
    await lan.page.click('form .button-main');
    await expect(lan.page.getByRole('alert').filter({ hasText: 'không đúng' })).toBeVisible();
    await lan.page.fill('#password', 'gobua2026');
    await lan.page.click('form .button-main');
    await expect(lan.page.locator('h1')).toHaveText('Phiên của tôi');
    await lan.page.reload();
    await expect(lan.page.locator('h1')).toHaveText('Phiên của tôi');
    await lan.page.getByRole('button', { name: 'Đăng xuất' }).click();
    await expect(lan.page.getByRole('link', { name: 'Đăng nhập' })).toBeVisible();
    await lan.go('/cua-toi');
    await expect(lan.page.locator('h1')).toHaveText('Đăng nhập');
  });
});

test('the start page leads to a live room and back, without loading anew', async ({ office, person }) => {
  await office.sale({ lot: { kind: 'plate', title: 'Biển số xe ô tô 30K-567.89' } });
  const anyone = await person(PHONE);
  await anyone.go('/');
  await anyone.page.evaluate(() => {
    /** @type {any} */ (window).same = true;
  });
  const plate = anyone.page.locator('.lotcard', { hasText: '30K-567.89' }).first();
  await expect(plate.locator('.face-plate-text')).toHaveText('30K-567.89');
  await plate.locator('a').click();
  await expect(anyone.page.locator('h1')).toHaveText('Biển số xe ô tô 30K-567.89');
  await expect(anyone.page.locator('h1')).toBeFocused();
  await anyone.page.goBack();
  await expect(anyone.page.locator('h1')).toHaveText('Sàn đấu giá tài sản');
  expect(await anyone.page.evaluate(() => /** @type {any} */ (window).same)).toBe(true);
});
