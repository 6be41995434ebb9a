import { DESKTOP, expect, PHONE, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */

const NEW = '/quan-tri/cuoc-dau-gia/moi';

/** A day in Vietnam so many days from now, as a date field takes it. @param {number} now @param {number} days */
const dayIn = (now, days) => new Date(now + days * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);

/**
 * Types a car that lacks nothing but what the test leaves out.
 * @param {import('@playwright/test').Page} page @param {string} title @param {string} day of the opening
 */
async function typeCar(page, title, day) {
  await page.getByLabel('Tên cuộc đấu giá').fill(title);
  await page.getByLabel('Người có tài sản').fill('Sở Tài chính');
  await page.getByRole('button', { name: 'Hàng hóa' }).click();
  await page.getByLabel('Tên tài sản').fill('Ô tô Toyota Innova 2015');
  await page.getByLabel('Giá khởi điểm', { exact: true }).fill('210000000');
  await page.getByLabel('Ngày', { exact: true }).fill(day);
  await page.getByLabel('Giờ', { exact: true }).fill('9h');
}

/** Opens a part of the rules sheet. @param {import('@playwright/test').Page} page @param {string} name */
const unfold = (page, name) => page.locator('.sheet-part > summary', { hasText: name }).click();

/**
 * A draft that can be listed, made by the office.
 * @param {Office} office @param {object} [sheet]
 */
async function listed(office, sheet = {}) {
  const token = await office.token('hoso');
  const { now } = await office.call('GET', '/time');
  const { staff } = await office.call('GET', '/staff', undefined, token);
  const opensAt = now + 30 * 86_400_000;
  const wish = { preset: 'law2024', property: 'movable', opensAt };
  const s = await office.call('POST', '/auctions/suggest', wish, token);
  const auctioneer = staff.find((/** @type {any} */ a) => a.role === 'auctioneer').id;
  const draft = {
    title: 'Đấu giá xe tải ' + Math.random().toString(36).slice(2, 8),
    owner: 'Cục Thi hành án dân sự tỉnh',
    lots: [
      {
        kind: 'car',
        title: 'Ô tô tải Hyundai HD72',
        deposit: 30_000_000,
        startHidden: true,
        rules: {
          ...{ method: 'ascending', currency: 'VND', start: 250_000_000, reserveAmount: 287_654_321 },
          ...{ step: { kind: 'fixed', amount: 5_000_000 }, closing: { kind: 'fixed' }, opening: 'clock' },
          ...{ opensAt, biddingMs: 1_800_000 },
        },
      },
    ],
    sheet: {
      ...{ preset: 'law2024', property: 'movable', windows: s.windows, viewing: s.viewing, after: s.after },
      money: { ...s.money, account: { bin: '970436', number: '0123456789', holder: 'TRUNG TAM' } },
      people: { auctioneer },
      contacts: 'Phòng hồ sơ, 0292 000 001',
      ...sheet,
    },
  };
  const { id, version } = await office.call('POST', '/auctions', draft, token);
  return office.call('POST', `/auctions/${id}/list`, { version }, token);
}

test.describe('from an empty form to a public notice', () => {
  test.use({ allowed: ['status of 422'] });
  test('a registrar lists a car, what is wrong stands beside its field, a citizen reads it', async ({
    office,
    person,
  }) => {
    const desk = await person(DESKTOP);
    const { page } = desk;
    await desk.signIn('hoso', NEW);
    const { now } = await office.call('GET', '/time');
    const title = 'Đấu giá xe công vụ ' + Math.random().toString(36).slice(2, 8);
    await typeCar(page, title, dayIn(now, 40));
    await page.getByLabel('Tiền đặt trước', { exact: true }).fill('5000000');

    // The law fills in its windows and says how it counted.
    await page.getByRole('button', { name: 'Điền thời hạn theo luật' }).click();
    await expect(page.locator('.sheet-note')).toContainText('Đã điền thời hạn');
    await expect(page.locator('#f-sheet-windows-listedOn-hint')).toContainText(
      '7 ngày làm việc trước ngày mở phiên',
    );
    await expect(page.locator('#f-sheet-windows-dossier-to')).not.toHaveValue('');

    // A value that cannot be read never leaves the page.
    await page.locator('#f-sheet-windows-dossier-to-time').fill('25h');
    await page.getByRole('button', { name: 'Niêm yết…' }).click();
    await expect(page.locator('#f-sheet-windows-dossier-to-error')).toContainText('Không đọc được giờ');
    await page.locator('#f-sheet-windows-dossier-to-time').fill('17:00');

    // What the server finds stands beside the fields, all of it at once.
    await page.getByRole('button', { name: 'Niêm yết…' }).click();
    await expect(page.getByRole('group', { name: 'chỗ cần sửa' })).toBeFocused();
    await expect(page.locator('#f-lots-0-deposit-error')).toContainText('Thấp hơn mức tối thiểu');
    await expect(page.locator('#f-sheet-people-auctioneer-error')).toHaveText('Hãy chọn đấu giá viên.');
    await expect(page.locator('#f-sheet-money-account-number-error')).toHaveText('Còn thiếu.');
    await page.getByLabel('Đấu giá viên', { exact: true }).selectOption({ label: 'Trần Thị Minh (ĐGV-079)' });
    await page.getByLabel('Ngân hàng', { exact: true }).selectOption({ label: 'Vietcombank' });
    await page.getByLabel('Số tài khoản').fill('0123456789');
    await page.getByLabel('Chủ tài khoản').fill('TRUNG TAM DAU GIA');
    await page.getByLabel('Liên hệ của phòng hồ sơ').fill('Phòng hồ sơ, 0292 000 001');

    // The deposit stays too low, for a reason that everybody will read.
    await page.getByRole('button', { name: 'Nêu lý do' }).click();
    await page
      .getByLabel('Lý do: Lô 1, Tiền đặt trước', { exact: true })
      .fill('Theo thỏa thuận với người có tài sản');
    await page.getByRole('button', { name: 'Niêm yết…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('1 điểm khác quy định');
    await dialog.getByRole('button', { name: 'Khóa quy chế và niêm yết' }).click();
    await expect(page.getByText('Đang niêm yết công khai')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    const hash = await page.locator('.office-hash .hash').first().innerText();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);

    const citizen = await person(PHONE);
    const address = await page.getByRole('link', { name: 'Xem thông báo công khai' }).getAttribute('href');
    await citizen.go(String(address));
    await expect(citizen.page.locator('h1')).toHaveText(title);
    await expect(citizen.page.locator('main')).toContainText('Trần Thị Minh, chứng chỉ ĐGV-079');
    await expect(citizen.page.locator('main')).toContainText('Theo thỏa thuận với người có tài sản');
    await expect(citizen.page.locator('.notice-version .hash')).toHaveText(hash);
    const text = await fetch(`${office.url}/api/v1/notices/${String(address).split('/').pop()}/rules/1`);
    const sum = await crypto.subtle.digest('SHA-256', await text.arrayBuffer());
    expect(Buffer.from(sum).toString('hex')).toBe(hash);
  });
});

test.describe('a listed auction', () => {
  test.use({ allowed: ['status of 422'] });
  test('changes and is cancelled in public, and who reads learns what it means', async ({
    office,
    person,
  }) => {
    const { id } = await listed(office);
    const desk = await person(DESKTOP);
    const { page } = desk;
    await desk.signIn('hoso', '/quan-tri/cuoc-dau-gia/' + id);
    await page.getByRole('button', { name: 'Sửa quy chế…' }).click();
    await page.getByRole('textbox', { name: 'Giá tối thiểu không công khai' }).fill('250000000');
    await page.getByRole('button', { name: 'Công khai bản sửa' }).click();
    await expect(page.locator('#f-notice-error')).toContainText('điều gì thay đổi');
    await page
      .getByRole('textbox', { name: 'Nội dung thay đổi' })
      .fill('Giá khởi điểm giảm theo quyết định số 9.');
    await page.getByRole('button', { name: 'Công khai bản sửa' }).click();
    await expect(page.getByRole('heading', { name: 'Phiên bản 2' })).toBeVisible();

    const citizen = await person(PHONE);
    await citizen.go('/cuoc-dau-gia/' + id);
    await expect(citizen.page.locator('main')).toContainText('Giá khởi điểm giảm theo quyết định số 9.');
    await expect(citizen.page.locator('main')).toContainText('có quyền rút hồ sơ');
    await expect(citizen.page.locator('.notice-lot')).toContainText('Không công khai');
    expect(await citizen.page.content()).not.toMatch(/287\D{0,6}654/); // three digits alone may stand in a hash

    await page.getByRole('button', { name: 'Hủy cuộc đấu giá…' }).click();
    await page.getByRole('dialog').getByLabel('Lý do').fill('Người có tài sản rút tài sản');
    await page.getByRole('dialog').getByRole('button', { name: 'Hủy cuộc đấu giá' }).click();
    await expect(page.getByText('Cuộc đấu giá đã bị hủy')).toBeVisible();
    await citizen.page.reload();
    await expect(citizen.page.locator('main')).toContainText('Người có tài sản rút tài sản');
  });
});

test('a newcomer finds an auction to register for', async ({ office, person }) => {
  const { auctions } = await office.call('GET', '/auctions', undefined, await office.token('dgv'));
  const demo = auctions.find((/** @type {any} */ a) => a.status === 'listed' && a.sheet.preset === 'demo');
  const anyone = await person(PHONE);
  await anyone.go('/cuoc-dau-gia/' + demo.id);
  await expect(anyone.page.locator('.notice-stage')).toHaveText('Đang nhận đăng ký');
  await expect(anyone.page.locator('main')).toContainText('Cuộc đấu giá chạy thử');
  await expect(anyone.page.getByRole('link', { name: 'Đăng ký tham gia' })).toHaveAttribute(
    'href',
    `/cuoc-dau-gia/${demo.id}/dang-ky`,
  );
});

test.describe('an address without a notice', () => {
  test.use({ allowed: ['status of 404'] });
  test('says so', async ({ person }) => {
    const anyone = await person(PHONE);
    await anyone.go('/cuoc-dau-gia/01a2161e-0000-71b9-8285-000000000000');
    await expect(anyone.page.locator('main')).toContainText('Chưa có thông báo ở địa chỉ này');
  });
});

for (const [size, viewport] of /** @type {const} */ ([
  ['phone', { width: 390, height: 12000 }], // tall: axe counts what the bar below covers as too small
  ['desktop', { width: 1280, height: 11000 }],
])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`notice and rules sheet are for everybody: ${size}, ${colorScheme}`, async ({ office, person }) => {
      test.setTimeout(90_000);
      const { id } = await listed(office);
      const desk = await person(viewport, { colorScheme });
      const { page } = desk;
      const fine = async (/** @type {string} */ what) => {
        expect(await desk.faults(), what).toEqual([]);
        expect(await desk.overflow(), what).toBe(0);
      };
      const both = async (/** @type {string} */ what) => {
        await fine(what);
        await page.getByRole('button', { name: 'English' }).click();
        await expect(page.locator('html')).toHaveAttribute('lang', 'en');
        await fine(what + ', English');
        await page.getByRole('button', { name: 'Tiếng Việt' }).click();
      };
      if (size === 'phone') await page.setViewportSize({ width: 320, height: 12000 });
      await desk.go('/cuoc-dau-gia/' + id);
      await expect(page.locator('.notice-version .hash')).toBeVisible();
      await fine('notice');
      await desk.go('/cuoc-dau-gia/' + id + '?lang=en');
      await expect(page.locator('.notice-version .hash')).toBeVisible();
      await fine('notice, English');
      await page.evaluate(() => localStorage.removeItem('gobua.lang'));
      await page.setViewportSize(viewport);
      await desk.signIn('hoso', NEW);
      await typeCar(page, 'Cuộc đấu giá', '2099-01-05');
      for (const part of ['Thời hạn', 'Xem tài sản', 'Tiền hồ sơ', 'Người điều hành', 'Liên hệ', 'Sau phiên'])
        await unfold(page, part);
      await page.getByRole('button', { name: 'Thêm một lần xem' }).click();
      await fine('form');
      if (size === 'desktop') await both('form');
    });
  }
}
