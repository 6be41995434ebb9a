import { DESKTOP, expect, PHONE, test } from './kit.js';

const NEW = '/quan-tri/cuoc-dau-gia/moi';
const LIST = '/quan-tri/cuoc-dau-gia';
const given = 'duoc cho hom nay';
const password = 'mot-mat-khau-dai';

/** What somebody in Vietnam would type for a moment. @param {number} ms */
function typed(ms) {
  const iso = new Date(ms + 7 * 3_600_000).toISOString();
  return { date: iso.slice(0, 10), time: iso.slice(11, 19) };
}

/**
 * Fills in a plate auction that lacks nothing but its opening.
 * @param {import('@playwright/test').Page} page @param {string} title
 */
async function fillIn(page, title) {
  await page.getByLabel('Tên cuộc đấu giá').fill(title);
  await page.getByRole('button', { name: 'Biển số xe' }).click();
  await page.getByLabel('Tên tài sản').fill('Biển số 51K-888.88');
  for (const name of ['Nguyễn Thị Lan', 'Đỗ Thị Bình']) await page.getByRole('checkbox', { name }).check();
}

/** @param {import('@playwright/test').Page} page @param {number} ms */
async function openAt(page, ms) {
  const { date, time } = typed(ms);
  await page.getByLabel('Ngày', { exact: true }).fill(date);
  await page.getByLabel('Giờ', { exact: true }).fill(time);
}

test('from an empty form to an open room', async ({ office, person }) => {
  const desk = await person(DESKTOP);
  const { page } = desk;
  await desk.signIn('dgv', LIST);
  await page.getByRole('link', { name: 'Tạo cuộc đấu giá' }).click();

  // Nothing leaves the page before it is right, and the mistakes lead to their fields.
  await page.getByRole('button', { name: 'Biển số xe' }).click();
  await page.getByLabel('Giá khởi điểm', { exact: true }).fill('');
  await page.getByLabel('Giờ', { exact: true }).fill('9h3');
  await page.getByRole('button', { name: 'Công bố…' }).click();
  const mistakes = page.getByRole('group', { name: 'chỗ cần sửa' });
  await expect(mistakes).toBeFocused();
  await expect(page.locator('#f-title-error')).toHaveText('Hãy đặt tên cuộc đấu giá.');
  await expect(page.locator('#f-lots-0-rules-start-error')).toHaveText('Phải lớn hơn không.');
  await expect(page.locator('#f-lots-0-rules-opensAt-error')).toHaveText('Hãy chọn ngày.');
  await mistakes.getByRole('link', { name: 'Lô 1, Giá khởi điểm' }).click();
  await expect(page.getByLabel('Giá khởi điểm', { exact: true })).toBeFocused();
  await page.keyboard.type('40000000');
  await expect(page.getByLabel('Giá khởi điểm', { exact: true })).toHaveValue('40.000.000');
  await expect(page.locator('#f-lots-0-rules-start-error')).toHaveCount(0);
  await expect(page.locator('#f-lots-0-rules-start-hint')).toContainText('Bốn mươi triệu đồng');

  await page.getByRole('button', { name: 'Bỏ lô 1' }).click();
  await fillIn(page, 'Biển số tháng mười hai');
  await page.getByLabel('Thời gian trả giá', { exact: true }).fill('6');
  await page.getByLabel('Đơn vị: Thời gian trả giá').selectOption('s');
  const { now } = await office.call('GET', '/time');
  await openAt(page, now + 4000);
  await expect(page.locator('#f-lots-0-rules-opensAt-hint')).toContainText('giờ Việt Nam');
  await page.getByRole('button', { name: 'Công bố…' }).click();

  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('bị khóa vĩnh viễn');
  await expect(dialog).toContainText('2 người được tham gia');
  await dialog.getByRole('button', { name: 'Khóa quy tắc và công bố' }).click();
  await expect(page.locator('.office-hash .hash')).toHaveText(/^[0-9a-f]{64}$/);
  await expect(page.getByText('Quy tắc đã bị khóa')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  for (const name of ['Bàn điều hành', 'Màn hình lớn'])
    await expect(page.locator('main').getByRole('link', { name })).toBeVisible();
  const hash = await page.locator('.office-hash .hash').innerText();
  const session = String(
    await page.getByRole('link', { name: 'Phòng công khai' }).getAttribute('href'),
  ).replace('/phong/', '');
  expect((await office.room(session)).rulesHash).toBe(hash);

  const lan = await person(PHONE);
  await lan.enter('lan', session);
  await lan.is('bid');
  await expect(lan.button).toContainText('40.000.000');
});

for (const [size, viewport] of /** @type {const} */ ([
  ['phone', { width: 390, height: 7000 }],
  ['desktop', { width: 1280, height: 5000 }],
])) {
  test(`the form tries the rules while they are chosen: ${size}`, async ({ person }) => {
    const who = await person(viewport);
    const { page } = who;
    await who.signIn('dgv', NEW);
    await fillIn(page, 'Thử quy tắc');
    await openAt(page, Date.UTC(2030, 0, 7, 2, 5));
    await page.getByText('Đặt lại thời gian còn lại', { exact: true }).click(); // the preset has rounds
    const tried = page.locator('.office-tried');
    await expect(tried).toContainText('Nếu mở lúc 09:05:00 thì hết giờ lúc 09:30:00.');
    await expect(tried).toContainText('lúc 09:29:55 sẽ dời giờ kết thúc đến 09:30:25.');
    await expect(tried).toContainText(/Lượt đầu trả 40\.000\.000.* ít nhất 45\.000\.000/);
    await page.getByLabel('Thời gian gia hạn', { exact: true }).fill('60');
    await expect(tried).toContainText('lúc 09:29:55 sẽ dời giờ kết thúc đến 09:30:55.');
    await page.getByText('Đúng giờ', { exact: true }).click();
    await expect(tried).toContainText('lúc 09:29:55 không dời giờ kết thúc.');
    await page.getByText('Quy tắc ít dùng').click();
    await page.getByText('Cho đặt giá tối đa').click();
    await expect(tried).toContainText(/dẫn đầu với giá 65\.000\.000/);
    expect(await who.faults()).toEqual([]);
    expect(await who.overflow()).toBe(0);

    // What is said of a reserve follows the maxima, and nothing is tried then that hangs on it.
    const kind = page.getByText('Giá là toàn bộ mức tối đa của người dẫn đầu');
    await expect(kind).toHaveCount(0);
    await page.getByRole('textbox', { name: 'Giá tối thiểu không công khai' }).fill('100000000');
    await kind.click();
    await expect(tried).not.toContainText('dẫn đầu với giá');
    expect(await who.faults()).toEqual([]);
    expect(await who.overflow()).toBe(0);
    if (size === 'phone') return; // where the language is chosen in a menu
    await page.getByRole('button', { name: 'English' }).click();
    await expect(tried).toContainText('A bid at 09:29:55 does not move the end.');
    expect(await who.faults()).toEqual([]);
    expect(await who.overflow()).toBe(0);
  });
}

test.describe('what the server finds', () => {
  test.use({ allowed: ['status of 422'] });
  test('stands beside its field, in the language of the reader', async ({ person }) => {
    const who = await person(DESKTOP);
    await who.signIn('dgv', NEW);
    await fillIn(who.page, 'Thế kỷ sau');
    await openAt(who.page, Date.UTC(2150, 0, 1));
    await who.page.getByRole('button', { name: 'Lưu bản nháp' }).click();
    const error = who.page.locator('#f-lots-0-rules-opensAt-error');
    await expect(error).toHaveText('Nằm ngoài khoảng cho phép.');
    await who.page.getByRole('button', { name: 'English' }).click();
    await expect(error).toHaveText('This is out of range.');
  });
});

test.describe('a draft that is sent twice, or by two', () => {
  test.use({ allowed: ['status of 409', 'status of 503'] });
  test('the same draft is made once, however often it is sent', async ({ office, person }) => {
    const desk = await person(DESKTOP);
    const { page } = desk;
    await desk.signIn('dgv', NEW);
    const title = 'Chỉ một lần ' + Math.random();
    await fillIn(page, title);
    // The first answer is lost on its way; the second click must find the first auction.
    let lost = 0;
    await page.route('**/api/v1/auctions', async (route) => {
      const answer = await route.fetch();
      if (lost++ === 0) await route.fulfill({ status: 503, json: { error: { code: 'busy', message: '' } } });
      else await route.fulfill({ response: answer });
    });
    await page.keyboard.press('Control+s');
    await expect(page.getByRole('alert').getByText('Máy chủ đang bận')).toBeVisible();
    await page.getByRole('button', { name: 'Lưu bản nháp' }).dblclick();
    await page.waitForURL(/cuoc-dau-gia\/(?!moi)/);
    await expect(page.locator('.office-bar-state')).toContainText('Đã lưu');
    const { auctions } = await office.call('GET', '/auctions', undefined, await office.token('dgv'));
    expect(auctions.filter((/** @type {any} */ a) => a.title === title)).toHaveLength(1);
  });
  test('nothing that was typed is lost', async ({ office, person }) => {
    const token = await office.token('quantri');
    const draft = { title: 'Bản chung', centre: 'A', owner: 'B', place: 'C', lots: [], participants: [] };
    const { id } = await office.call('POST', '/auctions', draft, token);
    const desk = await person(DESKTOP);
    const { page } = desk;
    await desk.signIn('dgv', `${LIST}/${id}`);
    await page.getByLabel('Địa điểm').fill('Hội trường 2');
    await page.getByLabel('Tên cuộc đấu giá').fill('Tên của tôi');
    await office.call(
      'PUT',
      '/auctions/' + id,
      { ...draft, title: 'Tên của họ', owner: 'Sở Tài chính', version: 1 },
      token,
    );

    await page.keyboard.press('Control+s');
    await expect(page.locator('main').getByRole('alert')).toContainText('phiên bản 2');
    await expect(page.getByLabel('Tên cuộc đấu giá')).toHaveValue('Tên của tôi');
    await page.getByRole('button', { name: 'giữ phần tôi đã sửa' }).click();
    await expect(page.getByLabel('Người có tài sản')).toHaveValue('Sở Tài chính');
    await expect(page.getByLabel('Địa điểm')).toHaveValue('Hội trường 2');
    await expect(page.getByLabel('Tên cuộc đấu giá')).toHaveValue('Tên của tôi');
    await expect(page.locator('main').getByRole('alert')).toContainText('Tên cuộc đấu giá'); // both changed it
    await page.keyboard.press('Control+s');
    await expect(page.locator('.office-bar-state')).toContainText('Đã lưu');
    const saved = await office.call('GET', '/auctions/' + id, undefined, token);
    expect(saved).toMatchObject({
      version: 3,
      title: 'Tên của tôi',
      owner: 'Sở Tài chính',
      place: 'Hội trường 2',
    });
  });
});

test('an observer reads the list and prepares nothing', async ({ person }) => {
  const eye = await person(DESKTOP);
  await eye.signIn('giamsat', LIST);
  await expect(eye.page.locator('.office-row').first()).toBeVisible();
  await expect(eye.page.getByRole('link', { name: 'Tạo cuộc đấu giá' })).toHaveCount(0);
  for (const path of [NEW, '/quan-tri/tai-khoan']) {
    await eye.go(path);
    await expect(eye.page.getByRole('heading', { name: 'Đăng nhập' })).toBeVisible();
  }
});

test.describe('an admin and an account', () => {
  test.use({ allowed: ['status of 422', 'status of 401', 'status of 403'] }); // no reason at first; then the ended device

  test('is opened, signed out, and revoked under the fingers of its owner', async ({ office, person }) => {
    const admin = await person(DESKTOP);
    const { page } = admin;
    await admin.signIn('quantri', '/quan-tri/tai-khoan');
    await page.getByRole('button', { name: 'Mở tài khoản' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Mở tài khoản' }).click();
    await expect(dialog.getByLabel('Họ và tên')).toBeFocused();
    await expect(dialog.locator('#f-account-password-error')).toBeVisible();
    const login = 'dung.' + Math.random().toString(36).slice(2, 8);
    await dialog.getByLabel('Họ và tên').fill('Đặng Ánh Dũng');
    await dialog.getByLabel('Tên đăng nhập').fill(login);
    await dialog.getByLabel('Mật khẩu').fill('gobua2026'); // everybody's
    await dialog.getByRole('button', { name: 'Mở tài khoản' }).click();
    await expect(dialog.locator('#f-account-password-error')).toContainText('chỉ gồm tên');
    await dialog.getByLabel('Mật khẩu').fill(given);
    await dialog.getByRole('button', { name: 'Mở tài khoản' }).click();
    await expect(page.getByRole('status').filter({ hasText: login })).toBeVisible();

    const session = await office.sale({ who: [login, 'lan'] });
    const dung = await person(PHONE);
    await dung.go('/dang-nhap?tiep=/phong/' + session);
    await dung.page.fill('#login', login);
    await dung.page.fill('#password', given);
    await dung.page.click('form .button-main');
    const own = dung.page.locator('#own');
    await expect(own).toBeFocused();
    await own.fill('Dang Anh Dung 1999');
    await dung.page.click('form .button-main');
    await expect(dung.page.locator('#own-error')).toContainText('chỉ gồm tên');
    expect(await dung.faults()).toEqual([]);
    expect(await dung.overflow()).toBe(0);
    await own.fill(password);
    await dung.page.click('form .button-main');
    await dung.page.waitForURL('**/phong/' + session);
    await dung.button.click();
    await dung.is('bid');

    await page.getByLabel('Tìm tài khoản').fill('dang anh dung ' + login);
    await expect(page.locator('.office-row')).toHaveCount(1);
    await page.getByRole('button', { name: 'Đăng xuất Đặng Ánh Dũng trên mọi thiết bị' }).click();
    await dialog.getByRole('button', { name: 'Đăng xuất' }).click();
    await expect(dialog.locator('#p-reason')).toBeFocused(); // nothing happens without a reason
    await dialog.locator('#p-reason').fill('Báo mất điện thoại, đã gọi lại');
    expect(await admin.faults()).toEqual([]);
    await dialog.getByRole('button', { name: 'Đăng xuất' }).click();
    await expect(page.getByText('Đã đăng xuất Đặng Ánh Dũng trên 1 thiết bị.')).toBeVisible();
    await expect(dung.page.getByText('Bạn đã được đăng xuất trên thiết bị này')).toBeVisible();
    await dung.signIn(login, '/phong/' + session, password); // the password still opens the door
    await dung.is('bid');

    await page.getByRole('button', { name: 'Thu hồi tài khoản của Đặng Ánh Dũng' }).click();
    await expect(page.getByRole('dialog')).toContainText('bị ngắt ngay lập tức');
    await page.getByRole('dialog').getByRole('button', { name: 'Thu hồi' }).click();
    await expect(page.locator('.office-row')).toContainText('Đã thu hồi');
    await expect(dung.page.getByText('Tài khoản này không còn được dùng').first()).toBeVisible();
  });
});

for (const [size, viewport] of /** @type {const} */ ([
  ['phone', { width: 390, height: 7000 }], // tall: axe counts what the bar below covers as too small
  ['desktop', { width: 1280, height: 5000 }],
])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`the office's pages are for everybody: ${size}, ${colorScheme}`, async ({ person }) => {
      const admin = await person(viewport, { colorScheme });
      const { page } = admin;
      const fine = async () => {
        expect(await admin.faults()).toEqual([]);
        expect(await admin.overflow()).toBe(0);
      };
      await admin.signIn('quantri', LIST);
      await expect(page.locator('.office-row').first()).toBeVisible();
      await fine();
      await page.locator('.office-row', { hasText: 'Đã công bố' }).locator('h2 a').last().click();
      await expect(page.locator('.office-hash .hash').first()).toHaveText(/^[0-9a-f]{64}$/);
      await fine();
      await admin.go('/quan-tri/tai-khoan');
      await expect(page.locator('.office-row').first()).toBeVisible();
      await fine();
      await admin.go(NEW);
      await page.getByRole('button', { name: 'Hàng hóa' }).click();
      await page.getByRole('button', { name: 'Quyền sử dụng đất' }).click();
      await page.locator('.office-lot').last().getByText('Theo phần trăm').click();
      await page.locator('.office-lot').last().getByText('Quy tắc ít dùng').click();
      await page.getByRole('button', { name: 'Công bố…' }).click();
      await expect(page.getByText('chỗ cần sửa')).toBeVisible();
      await fine();
    });
  }
}
