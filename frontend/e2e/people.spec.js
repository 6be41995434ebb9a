// People: a newcomer who says who they are, and staff who guards an account.
import { appCode, DESKTOP, expect, PHONE, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

const password = 'mot-mat-khau-dai';
/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** @param {Person} who @param {string} path @param {string} ready */
async function faultless(who, path, ready) {
  for (const lang of ['en', 'vi']) {
    await who.go(`${path}?lang=${lang}`);
    await expect(who.page.locator(ready).first()).toBeVisible();
    expect(await who.faults(), `${path} ${lang}`).toEqual([]);
    expect(await who.overflow(), `${path} ${lang}`).toBe(0);
  }
  await who.page.evaluate(() => localStorage.removeItem('gobua.lang'));
}

test.describe('a newcomer', () => {
  test.use({ allowed: ['404', '422'] }); // there is no identity yet; mistakes are made

  test('opens an account on a phone, proves who they are, and is verified', async ({ person }) => {
    test.setTimeout(120_000);
    const moi = await person(PHONE);
    await faultless(moi, '/dang-ky-tai-khoan', '#p-login');
    const { page } = moi;
    const login = 'moi' + Date.now();
    const number = '001190' + String(Date.now() % 1_000_000).padStart(6, '0');
    await page.fill('#p-name', 'Phạm Thị Mới');
    await page.fill('#p-email', login + '@example.vn');
    await page.fill('#p-login', login);
    await page.fill('#p-password', password);
    await page.click('form .button-main');
    await expect(page.locator('.field-error')).toHaveText(/sự đồng ý/);
    await page.check('.people-tick input');
    await page.click('form .button-main');
    await page.waitForURL('**/cua-toi/ho-so');

    await page.setInputFiles('input[type=file]', {
      name: 'can-cuoc.png',
      mimeType: 'image/png',
      buffer: PNG,
    });
    await expect(page.locator('.files-row')).toHaveCount(1);
    await page.fill('#p-number', number);
    await page.fill('#p-born', '17/05/1991');
    await page.fill('#p-address', '12 Lê Lợi, Huế');
    await page.fill('#p-phone', '0912 345 678');
    await page.click('form.card .button-main');
    await expect(page.locator('#p-number-error')).toHaveText(/năm sinh/);
    await page.fill('#p-born', '17/05/1990');
    await page.click('form.card .button-main');
    await expect(page.getByText('Đang chờ xác minh')).toBeVisible();
    await faultless(moi, '/cua-toi/ho-so', '.facts');

    const registrar = await person(DESKTOP);
    await registrar.signIn('hoso', '/quan-tri/xac-minh');
    await registrar.page.fill('#verify-query', 'pham thi moi');
    const row = registrar.page.locator('.office-list > li', { hasText: '••••' + number.slice(-4) });
    await row.getByRole('button', { name: /Xem hồ sơ/ }).click();
    await expect(row.locator('.files-row')).toHaveCount(1);
    await expect(registrar.page.locator('body')).not.toContainText(number);
    expect(await registrar.faults()).toEqual([]);
    await row.getByRole('button', { name: 'Xem số đầy đủ' }).click();
    await registrar.page.fill('dialog textarea', 'Đối chiếu bản gốc');
    await registrar.page.click('dialog .button-main');
    await expect(row.locator('.facts')).toContainText(number);
    await row.getByRole('button', { name: 'Xác minh', exact: true }).click();
    await expect(row).toHaveCount(0);

    await moi.go('/cua-toi/ho-so');
    await expect(page.getByText('Đã xác minh')).toBeVisible();
    await faultless(registrar, '/quan-tri/xac-minh', '#verify-state');
  });
});

test.describe('staff', () => {
  test.use({ allowed: ['422', '401'] }); // a wrong code is typed; the ended device is told so

  test('sets up a second factor, signs in with it, and ends another device', async ({ person, office }) => {
    test.setTimeout(120_000);
    const login = 'dgv' + Date.now();
    await office.account({ login, name: 'Đỗ Đấu Giá', role: 'auctioneer', staffRef: 'ĐG-1' }, password);
    const desk = await person(DESKTOP);
    await desk.signIn(login, '/cua-toi/bao-mat', password);
    const { page } = desk;
    await page.getByRole('button', { name: 'Thiết lập' }).click();
    await page.fill('#p-factor-password', password);
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await expect(page.locator('.qr')).toBeVisible();
    expect(await desk.faults()).toEqual([]);
    await page.locator('details summary').click();
    const typed = String(await page.locator('.people-typed').textContent());
    let { now } = await office.call('GET', '/time');
    const left = 30_000 - (now % 30_000);
    if (left < 5_000) {
      await page.waitForTimeout(left + 100); // else the half minute ends between typing and pressing
      ({ now } = await office.call('GET', '/time'));
    }
    await page.fill('#p-code', appCode(typed, now - 30_000)); // the one before is good, too, and leaves that of now
    await page.getByRole('button', { name: 'Bật xác thực hai lớp' }).click();
    await expect(page.locator('.people-codes li')).toHaveCount(10);
    const paper = String(await page.locator('.people-codes li').nth(2).textContent());
    expect(await desk.faults()).toEqual([]);
    await page.getByRole('button', { name: 'Tôi đã cất' }).click();
    await expect(page.locator('#main').getByText('Đang bật.')).toBeVisible();

    const phone = await person(PHONE);
    await phone.go('/dang-nhap?tiep=/cua-toi/bao-mat');
    await phone.page.fill('#login', login);
    await phone.page.fill('#password', password);
    await phone.page.click('form .button-main');
    await expect(phone.page.locator('#p-code')).toBeVisible();
    expect(await phone.faults()).toEqual([]);
    await phone.page.fill('#p-code', '000000');
    await phone.page.click('form .button-main');
    await expect(phone.page.locator('#p-code-error')).toBeVisible();
    await phone.page.fill('#p-code', paper.trim());
    await phone.page.click('form .button-main');
    await phone.page.waitForURL('**/cua-toi/bao-mat');
    await expect(phone.page.locator('.people-row')).toHaveCount(2);
    await expect(phone.page.getByText('Còn 9 mã khôi phục.')).toBeVisible();

    await phone.page.getByRole('button', { name: 'Đăng xuất mọi thiết bị khác' }).click();
    await expect(phone.page.locator('.people-row')).toHaveCount(1);
    await desk.go('/cua-toi/bao-mat');
    await expect(page.locator('#login')).toBeVisible();
    await faultless(phone, '/cua-toi/bao-mat', '.people-row');
  });
});

test.describe('a password that changes while a room is open', () => {
  test.use({ allowed: ['401'] }); // what the other device is told

  test('goes on where it was changed, and lets other devices watch', async ({ person, office }) => {
    const login = 'doi' + Date.now();
    await office.account({ login, name: 'Đỗ Thị Đổi', role: 'bidder' }, password);
    const session = await office.sale({ who: [login, 'lan'] });
    const phone = await person(PHONE);
    await phone.enter(login, session, password);
    await phone.bid();
    const desk = await person(DESKTOP);
    await desk.signIn(login, '/phong/' + session, password);
    await expect(desk.button).toHaveAttribute('data-state', 'follower');

    const { page } = desk;
    const tab = await page.context().newPage();
    await tab.goto(new URL('/cua-toi/bao-mat', page.url()).href);
    await tab.fill('#p-old', password);
    await tab.fill('#p-password', 'mot cau khac han');
    await tab.getByRole('button', { name: 'Đổi mật khẩu' }).click();

    await expect(phone.page.getByText('Bạn đã được đăng xuất trên thiết bị này')).toBeVisible();
    await expect(phone.page.locator('.join')).toContainText('đăng nhập');
    await expect(phone.page.locator('#main')).not.toContainText('(bạn)'); // nothing tells who sat here
    expect(await phone.faults()).toEqual([]);
    await desk.is('leading'); // it is the bidding channel now, and has not lost the line
    const lan = await person(PHONE);
    await lan.enter('lan', session);
    await lan.bid();
    await desk.is('bid');
    await expect(page.getByText('Bạn đã được đăng xuất')).toHaveCount(0);
    await desk.bid();
    const price = String(await page.locator('.hero .price').textContent());
    await expect(phone.page.locator('.hero .price')).toHaveText(price); // it goes on watching
  });
});

test('the pages of an administrator, and of who forgot a password: no fault for axe, both languages', async ({
  person,
}) => {
  const anyone = await person(PHONE);
  await faultless(anyone, '/dat-lai-mat-khau', '#p-login');
  await anyone.page.fill('#p-login', 'khong-co-ai');
  await anyone.page.click('form .button-main');
  await expect(anyone.page.getByText('Nếu có tài khoản này')).toBeVisible();
  const admin = await person(DESKTOP);
  await admin.signIn('quantri', '/quan-tri/trung-tam');
  await faultless(admin, '/quan-tri/trung-tam', '#p-taxCode');
  await admin.page.fill('#p-taxCode', '0100109107');
  await faultless(admin, '/quan-tri/tai-khoan', '.office-row');
});
