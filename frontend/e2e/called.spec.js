import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */
/** @typedef {import('./kit.js').Person} Person */

const MILLION = 1_000_000;

/** A lot that is called three times; what differs is given. @param {object} [called] */
const calling = (called = {}) => ({
  method: 'called',
  start: 1_000 * MILLION,
  step: { kind: 'fixed', amount: 50 * MILLION },
  closing: { kind: 'fixed' },
  opening: 'auctioneer',
  biddingMs: 3_600_000,
  called: { calls: 3, callEveryMs: 1_000, ...called },
});

/** The auctioneer at the console, who never touches the mouse. @param {import('./kit.js').Fixtures['person']} person @param {string} session */
async function console_(person, session, login = 'dgv') {
  const desk = await person(DESKTOP);
  await desk.signIn(login, '/dieu-hanh/' + session);
  await expect(desk.page.locator('.bench')).toBeVisible();
  return desk;
}

/** Opens the session by the keyboard, as soon as its time has come. @param {Person} desk @param {Office} office @param {string} session */
async function opens(desk, office, session) {
  const { rules } = await office.room(session);
  const now = async () => (await office.call('GET', '/time')).now;
  await expect.poll(now).toBeGreaterThan(rules.opensAt);
  await desk.page.locator('[data-act=open]').waitFor();
  await desk.page.keyboard.press('Shift+O');
  await desk.page.getByRole('dialog').waitFor();
  await desk.page.keyboard.press('Enter');
  await expect(desk.page.locator('.calling-desk')).toBeVisible();
}

/**
 * Calls a price that the console shows so many times, each as soon as it may.
 * @param {Person} desk @param {string} price @param {number[]} calls which they are
 */
async function calls(desk, price, ...calls) {
  await expect(desk.page.locator('.calling-stands')).toContainText(price);
  for (const n of calls) {
    await expect(desk.page.locator('.calling-key[data-act=call]')).toBeEnabled();
    await expect(desk.page.locator('.calling-key[data-act=call]')).toContainText('lần ' + n);
    await desk.page.keyboard.press('Shift+C');
    await expect(desk.page.locator('.lamp-on')).toHaveCount(n);
  }
}

/** Lets the hammer fall as soon as it may. @param {Person} desk */
async function hammers(desk) {
  await expect(desk.page.locator('.calling-key[data-act=hammer]')).toBeEnabled();
  await desk.page.keyboard.press('Shift+G');
  await expect(desk.page.locator('.calling-key[data-act=reopen]')).toBeVisible();
}

test('a lot is called by the keyboard alone: hall and phones, a broken call, undo, hammer, reopen, announce', async ({
  office,
  person,
}) => {
  test.setTimeout(120_000);
  const session = await office.sale({ rules: calling() });
  const desk = await console_(person, session);
  const { keyboard } = desk.page;
  const lan = await person(PHONE);
  const binh = await person(PHONE);
  const hall = await person(HALL);
  await hall.go('/man-hinh/' + session);
  for (const [who, login] of /** @type {const} */ ([
    [lan, 'lan'],
    [binh, 'binh'],
  ])) {
    await who.signIn(login, '/phong/' + session);
    await who.is('absent');
    await who.button.click();
    await who.is('waiting');
  }
  await expect(desk.page.locator('.person-in')).toHaveCount(2);
  const codes = await desk.page.locator('.person').evaluateAll((list) =>
    list.map((li) => ({
      code: li.querySelector('strong')?.textContent ?? '',
      there: li.querySelector('.person-in') !== null,
    })),
  );
  const inHall = codes.find((c) => !c.there)?.code ?? '';
  await opens(desk, office, session);
  await lan.is('bid');
  await expect(lan.page.locator('.hero')).toContainText('Đang nhận giá');
  await expect(lan.page.locator('.rules').first()).toContainText('sau 3 lần gọi giá');

  // What is asked for stands on the large button; less is valid, too.
  await keyboard.press('Shift+A');
  await expect(desk.page.locator('#ask-price')).toBeFocused();
  await keyboard.press('Control+A');
  await keyboard.type('1200000000');
  await keyboard.press('Enter');
  await expect(lan.button).toContainText('1.200.000.000');
  await expect(hall.page.locator('.calling-asked')).toContainText('1.200.000.000');
  await binh.page.getByRole('button', { name: 'Thấp nhất' }).click();
  await expect(binh.button).toContainText('1.000.000.000');
  await binh.is('bid');
  await binh.button.click();
  await binh.is('leading');
  await expect(lan.button).toContainText('1.050.000.000');

  // A bid from the hall: the end of the code, Enter. Who is not present is checked in by it.
  await expect(desk.page.locator('#calling')).toBeFocused();
  await keyboard.press('Shift+B');
  await keyboard.type(inHall.slice(-3));
  await expect(desk.page.locator('#floor-code-hint')).toHaveText(inHall);
  await keyboard.press('Enter');
  await expect(lan.price).toHaveText(/1\.050\.000\.000/);
  for (const who of [lan, binh]) await expect(who.page.locator('.hist-top')).toContainText('tại hội trường');
  await expect(hall.page.locator('.screen-row').first()).toContainText('tại hội trường');
  await binh.is('bid');

  // Twice is called; a bid from a phone breaks the call.
  await expect(desk.page.locator('#calling')).toBeFocused();
  await calls(desk, '1.050.000.000', 1, 2);
  await expect(lan.page.locator('.calling-now')).toContainText('Lần 2');
  await expect(lan.page.locator('.lamp-on')).toHaveCount(2);
  await expect(hall.page.locator('.lamp-on')).toHaveCount(2);
  await expect(hall.page.locator('.screen-call')).toContainText('Lần 2: 1.050.000.000');
  await expect(lan.page.locator('#say-alert, #say-status').filter({ hasText: 'Gọi giá lần 2' })).toHaveCount(
    1,
  );
  await lan.is('bid');
  await lan.button.click();
  await lan.is('leading');
  await expect(hall.page.locator('.lamp-on')).toHaveCount(0);
  await expect(desk.page.locator('.calling-key[data-act=call]')).toContainText('lần 1');

  // That bid is undone: its bidder is told, and the hall leads again.
  await keyboard.press('Shift+Z');
  const dialog = desk.page.getByRole('dialog');
  await expect(dialog).toContainText('1.100.000.000');
  await keyboard.type('Nhập nhầm số tiền.');
  await keyboard.press('Enter');
  await expect(lan.strip).toContainText('đã bị hủy ghi nhận');
  await lan.is('bid');
  await expect(lan.price).toHaveText(/1\.050\.000\.000/);
  await expect(lan.page.locator('.hist-struck').first()).toContainText('1.100.000.000');
  await lan.button.click();
  await lan.is('leading');

  // Fair warning, three calls, the hammer.
  await keyboard.press('Shift+W');
  await expect(lan.page.locator('.calling-warning')).toBeVisible();
  await keyboard.press('Shift+G'); // too early: nothing happens
  await calls(desk, '1.100.000.000', 1, 2, 3);
  await hammers(desk);
  await lan.is('closed');
  await expect(binh.page.locator('.room')).toContainText('Đã kết thúc trả giá');

  // Somebody was not heard: the lot goes on.
  await keyboard.press('Shift+K');
  await dialog.waitFor();
  await keyboard.type('Người tại hội trường đã giơ bảng.');
  await keyboard.press('Enter');
  await binh.is('bid');
  await expect(binh.page.locator('.room')).toContainText('Phiên được mở lại');
  await expect(desk.page.locator('#floor-code')).toBeVisible(); // the desk has heard of it, too
  await keyboard.press('Shift+B');
  await keyboard.type(inHall.slice(-3));
  await keyboard.press('Enter');
  await expect(binh.price).toHaveText(/1\.150\.000\.000/);
  await expect(desk.page.locator('#calling')).toBeFocused();
  await calls(desk, '1.150.000.000', 1, 2, 3);
  await hammers(desk);
  await keyboard.press('Shift+H');
  await expect(dialog).toContainText(inHall);
  await keyboard.press('Enter');
  await expect(hall.page.locator('.screen-call')).toContainText(inHall);
  await lan.is('lost');
  const { now } = await office.room(session);
  expect([now.ph, now.res.winner, now.res.price, now.n]).toEqual(['announced', inHall, 1_150 * MILLION, 4]);
});

test('the clerk enters bids from the hall and does nothing else', async ({ office, person }) => {
  const session = await office.sale({ rules: { ...calling(), opening: 'clock' } });
  const desk = await console_(person, session, 'thuky');
  const { page } = desk;
  await expect(page.locator('.calling-desk')).toBeVisible();
  await expect(page.locator('.calling-keys')).toHaveCount(0);
  await expect(page.locator('#ask-price')).toHaveCount(0);
  await expect(page.locator('.bench-acts')).toHaveCount(0);
  const code = (await page.locator('.person strong').first().textContent()) ?? '';
  await page.keyboard.press('Shift+B');
  await page.keyboard.type('không có');
  await page.keyboard.press('Enter');
  await expect(page.locator('#floor-code-error')).toBeVisible();
  await page.locator('#floor-code').fill(code);
  await page.getByRole('button', { name: '+5' }).click();
  await expect(page.locator('[data-act=floor_bid]')).toContainText('Điểm danh và ghi giá');
  await page.locator('[data-act=floor_bid]').click();
  await expect(page.locator('.bench-price')).toContainText('1.200.000.000');
  await expect(page.locator('.attempt-bid').first()).toContainText('tại hội trường');
  expect(await desk.overflow()).toBe(0);
  expect(await desk.faults()).toEqual([]);
  await page.screenshot({ path: 'test-results/called-clerk.png', fullPage: true });
  for (const act of ['call', 'hammer', 'undo'])
    await expect(
      desk.act('thuky', session, { act, ...(act === 'undo' ? {} : { price: 0 }) }),
    ).rejects.toThrow();
});

test('after the last call an undo takes two people, each at their own console', async ({
  office,
  person,
}) => {
  test.setTimeout(90_000);
  const session = await office.sale({ rules: { ...calling({ callEveryMs: 0 }), opening: 'clock' } });
  const lan = await person(PHONE);
  await lan.enter('lan', session);
  await lan.is('bid');
  await lan.button.click();
  await lan.is('leading');
  const desk = await console_(person, session);
  const clerk = await console_(person, session, 'thuky');
  const observer = await console_(person, session, 'giamsat');
  await calls(desk, '1.000.000.000', 1, 2, 3);

  const asks = async (/** @type {string} */ why) => {
    await desk.page.keyboard.press('Shift+Z');
    const dialog = desk.page.getByRole('dialog');
    await expect(dialog).toContainText('cần người thứ hai');
    await desk.page.keyboard.type(why);
    await desk.page.keyboard.press('Enter');
    await expect(desk.page.locator('.undo-card')).toContainText('Chờ người thứ hai xác nhận');
  };
  await asks('Nghe nhầm mã số.');
  await expect(desk.page.locator('[data-act=confirm_undo]')).toHaveCount(0); // not the own one
  await expect(desk.page.locator('.calling-key[data-act=hammer]')).toBeDisabled();
  await expect(lan.page.locator('.calling-undo')).toContainText('Nghe nhầm mã số.');
  await lan.is('leading');
  await expect(
    lan.page.locator('#say-alert, #say-status').filter({ hasText: 'đề nghị hủy ghi nhận' }),
  ).toHaveCount(1);

  // The clerk refuses, with a reason that everybody reads.
  const card = clerk.page.locator('.undo-card');
  await expect(card).toContainText('1.000.000.000');
  await expect(card).toContainText('Nghe nhầm mã số.');
  for (const scheme of /** @type {const} */ (['light', 'dark'])) {
    for (const one of [clerk, desk, lan]) await one.page.emulateMedia({ colorScheme: scheme });
    for (const size of [PHONE, DESKTOP]) {
      for (const [what, one] of /** @type {const} */ ([
        ['clerk', clerk],
        ['desk', desk],
        ['room', lan],
      ])) {
        await one.page.setViewportSize(size);
        expect(await one.overflow()).toBe(0);
        expect(await one.faults()).toEqual([]);
        await one.page.screenshot({
          path: `test-results/undo-${what}-${size.width}-${scheme}.png`,
          fullPage: true,
        });
      }
    }
  }
  await card.locator('[data-act=drop_undo]').click();
  await clerk.page.getByRole('dialog').locator('textarea').fill('Tôi cũng nghe mã số này.');
  await clerk.page.keyboard.press('Enter');
  await expect(card).toHaveCount(0);
  await expect(lan.page.locator('.room')).toContainText('giá cuối cùng giữ nguyên (thư ký phiên)');
  await expect(desk.page.locator('.undo-card')).toHaveCount(0);

  // Asked again, the observer confirms, and the bidder is asked to bid again.
  await desk.page.locator('#calling').focus();
  await asks('Đã nghe lại băng ghi âm.');
  await observer.page.locator('[data-act=confirm_undo]').click();
  await expect(lan.strip).toContainText('đã bị hủy ghi nhận');
  await lan.is('bid');
  await expect(lan.page.locator('.room')).toContainText('người giám sát xác nhận');
  await expect(observer.page.locator('.undo-card')).toHaveCount(0);
  const { now } = await office.room(session);
  expect([now.n, now.p ?? 0]).toEqual([0, 0]);
});

for (const [name, size] of /** @type {const} */ ([
  ['small', SMALL],
  ['phone', PHONE],
  ['desktop', DESKTOP],
])) {
  for (const scheme of /** @type {const} */ (['light', 'dark'])) {
    test(`a called lot can be read by everybody: ${name}, ${scheme}`, async ({ office, person }) => {
      const session = await office.sale({ rules: { ...calling({ callEveryMs: 0 }), opening: 'clock' } });
      const lan = await person(size);
      const desk = await person(size);
      const hall = await person(size === DESKTOP ? HALL : size);
      for (const one of [lan, desk, hall]) await one.page.emulateMedia({ colorScheme: scheme });
      await lan.enter('lan', session);
      await lan.is('bid');
      await lan.button.click();
      await lan.is('leading');
      await desk.signIn('dgv', '/dieu-hanh/' + session);
      await hall.go('/man-hinh/' + session);
      const act = (/** @type {Record<string, unknown>} */ fields) => lan.act('dgv', session, fields);
      await act({ act: 'ask', price: 1_500 * MILLION });
      await act({ act: 'warn' });
      for (const n of [1, 2]) {
        await act({ act: 'call', price: 1_000 * MILLION });
        await expect(lan.page.locator('.lamp-on')).toHaveCount(n);
      }
      await expect(hall.page.locator('.lamp-on')).toHaveCount(2);
      await expect(desk.page.locator('.calling-keys')).toBeVisible();
      for (const [what, one] of /** @type {const} */ ([
        ['room', lan],
        ['console', desk],
        ['screen', hall],
      ])) {
        expect(await one.overflow()).toBe(0);
        expect(await one.faults()).toEqual([]);
        await one.page.screenshot({
          path: `test-results/called-${what}-${name}-${scheme}.png`,
          fullPage: what !== 'screen',
        });
      }
    });
  }
}

test('the form has the fields of a called lot, a preset, and finds mistakes', async ({ office, person }) => {
  const desk = await person({ width: 1280, height: 4000 });
  const { page } = desk;
  await desk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Tài sản thanh lý');
  await page.getByRole('button', { name: 'Gọi giá trực tiếp' }).click();
  await expect(page.getByRole('radio', { name: /^Gọi giá trực tiếp/ })).toBeChecked();
  await page.getByLabel('Tên tài sản').fill('Thửa đất số 12');
  await page.getByLabel('Giá khởi điểm', { exact: true }).fill('1000000000');
  await page.getByLabel('Số lần gọi giá', { exact: true }).fill('9');
  await page.getByRole('button', { name: 'Công bố…' }).click();
  await expect(page.locator('#f-lots-0-rules-called-calls-error')).toHaveText('Nằm ngoài khoảng cho phép.');
  await page.getByLabel('Số lần gọi giá', { exact: true }).fill('3');
  await expect(page.locator('.office-preview').first()).toContainText('sau 3 lần gọi giá');
  expect(await desk.overflow()).toBe(0);
  expect(await desk.faults()).toEqual([]);
  await page.locator('.office-lot').first().screenshot({ path: 'test-results/called-form.png' });
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(page).toHaveURL(/cuoc-dau-gia\/(?!moi)/);
  const id = page.url().split('/').at(-1);
  const { lots } = await office.call('GET', '/auctions/' + id, undefined, await office.token('dgv'));
  expect(lots[0].rules).toMatchObject({
    method: 'called',
    opening: 'auctioneer',
    closing: { kind: 'fixed' },
    called: { calls: 3, callEveryMs: 3_000 },
  });
});
