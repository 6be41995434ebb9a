// What follows a session: the winner refuses, the adjacent bidder accepts and
// confirms the minutes, the staff sign them, the public reads code and price.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DESKTOP, expect, PHONE, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */
/** @typedef {import('./kit.js').Person} Person */

const PASSWORD = 'gobua2026';
const AFTER = {
  answerMs: 3_600_000,
  refundDays: 3,
  paymentDays: 30,
  singleBidder: 'consent',
  adjacentBidder: true,
};

/** Checks a page in both languages for axe and width. @param {Person} p @param {string} shot */
async function fit(p, shot) {
  for (const lang of ['vi', 'en']) {
    await p.page.evaluate((/** @type {string} */ l) => localStorage.setItem('gobua.lang', l), lang);
    await p.page.reload();
    await expect(p.page.locator('h1')).toBeVisible();
    await expect(p.page.locator('html')).toHaveAttribute('lang', lang);
    await p.page.waitForLoadState('networkidle');
    for (const viewport of [PHONE, DESKTOP]) {
      await p.page.setViewportSize(viewport);
      expect(await p.faults()).toEqual([]);
      expect(await p.overflow()).toBeLessThanOrEqual(0);
      if (process.env.SHOTS)
        await p.page.screenshot({
          path: `${process.env.SHOTS}/${shot}-${lang}-${viewport.width}.png`,
          fullPage: true,
        });
    }
  }
  await p.page.evaluate(() => localStorage.setItem('gobua.lang', 'vi'));
  await p.page.reload();
}

test.use({ allowed: ['status of 422'] }); // a code and a password that are not right

test('the winner refuses, the adjacent bidder buys, the minutes are signed', async ({ office, person }) => {
  test.setTimeout(180_000);
  const session = await office.sale({
    rules: { biddingMs: 25_000, closing: { kind: 'fixed' } },
    who: ['lan', 'binh', 'chi'],
    sheet: { after: AFTER },
  });
  const [lan, binh, chi, auctioneer] = await Promise.all([person(), person(), person(), person(DESKTOP)]);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session), chi.enter('chi', session)]);
  await lan.bid();
  await binh.bid();
  await expect.poll(async () => (await office.room(session)).now.ph, { timeout: 60_000 }).toBe('closed');
  const { now, lot } = await office.room(session);
  await lan.act('dgv', session, { act: 'announce', code: now.b, price: now.p });

  // The winner reads what refusing costs, and types the code.
  await binh.go('/cua-toi/ket-qua');
  await expect(binh.page.getByText('Bạn trúng đấu giá')).toBeVisible();
  await fit(binh, 'winner');
  await binh.page.getByRole('button', { name: 'Từ chối kết quả' }).click();
  const dialog = binh.page.getByRole('dialog');
  await expect(dialog).toContainText('không được nhận lại tiền đặt trước 2.400.000.000');
  await dialog.getByRole('button', { name: 'Tôi từ chối' }).click();
  await expect(dialog).toContainText('Không đúng mã số của bạn');
  await dialog.getByLabel(/Gõ mã số/).fill(now.b);
  await dialog.getByLabel('Lý do').fill('Không thu xếp được tiền');
  await dialog.getByRole('button', { name: 'Tôi từ chối' }).click();
  await expect(binh.page.getByText('Bạn không còn là người trúng đấu giá')).toBeVisible();

  // The auctioneer asks the adjacent bidder.
  const page = auctioneer.page;
  const path = `/quan-tri/cuoc-dau-gia/${lot.auctionId}/ket-qua`;
  await auctioneer.signIn('dgv', '/dieu-hanh');
  await auctioneer.go(path);
  await expect(page.locator('.after-state')).toHaveText('Chờ đề nghị người liền kề');
  await fit(auctioneer, 'offer');
  await page.setViewportSize(DESKTOP);
  await page.getByRole('button', { name: 'Đề nghị người trả giá liền kề' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Gửi đề nghị' }).click();
  await expect(page.locator('.after-state')).toHaveText('Chờ người liền kề trả lời');

  // The adjacent bidder accepts, then confirms the minutes.
  await chi.go('/cua-toi/ket-qua');
  await expect(chi.page.getByText('đang hỏi người trả giá liền kề')).toBeVisible();
  await lan.go('/cua-toi/ket-qua');
  await fit(lan, 'adjacent');
  await lan.page.getByRole('button', { name: 'Mua với giá' }).click();
  await lan.page.getByRole('dialog').getByLabel('Mật khẩu của bạn').fill('sai rồi');
  await lan.page.getByRole('dialog').getByRole('button', { name: 'Tôi mua' }).click();
  await expect(lan.page.getByRole('dialog')).toContainText('Không đúng.');
  await lan.page.getByRole('dialog').getByLabel('Mật khẩu của bạn').fill(PASSWORD);
  await lan.page.getByRole('dialog').getByRole('button', { name: 'Tôi mua' }).click();
  await expect(lan.page.getByText('Bạn trúng đấu giá với giá 12.000.000.000')).toBeVisible();
  await lan.page.getByRole('button', { name: 'Xác nhận biên bản' }).click();
  await lan.page.getByRole('dialog').getByLabel('Mật khẩu của bạn').fill(PASSWORD);
  await lan.page.getByRole('dialog').getByRole('button', { name: 'Tôi xác nhận' }).click();
  await expect(lan.page.getByText('Bạn đã mua tài sản này với giá 12.000.000.000')).toBeVisible();

  // Auctioneer and clerk sign the file they have opened.
  const clerk = await person(DESKTOP);
  await clerk.signIn('thuky', '/dieu-hanh');
  for (const [who, title] of /** @type {[any, string][]} */ ([
    [auctioneer, 'Đấu giá viên'],
    [clerk, 'Người ghi biên bản'],
  ])) {
    await who.go(path);
    await who.page.getByRole('button', { name: 'Ký biên bản' }).click();
    await who.page.getByRole('dialog').getByLabel('Mật khẩu của bạn').fill(PASSWORD);
    await who.page.getByRole('dialog').getByRole('button', { name: 'Ký', exact: true }).click();
    await expect(who.page.locator('.after-signature-done', { hasText: title })).toContainText(
      'ký bằng mật khẩu nhập lại',
    );
  }
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Mở PDF' }).first().click();
  const pdf = readFileSync(await (await download).path());
  await expect(page.locator('.after-hash .hash').first()).toHaveText(
    createHash('sha256').update(pdf).digest('hex'),
  );
  await page.reload();
  await expect(page.locator('.after-state')).toHaveText('Đấu giá thành');
  await expect(page.locator('.after-signature-done')).toHaveCount(3);
  await fit(auctioneer, 'sold');

  // Who is behind a code is told for a reason alone, and the log keeps it.
  await page.setViewportSize(DESKTOP);
  await auctioneer.go('/dieu-hanh');
  const row = page.locator('.desk-row', { has: page.locator(`a[href="/dieu-hanh/${session}"]`) });
  await row.getByRole('button', { name: 'Ai đứng sau mã số' }).click();
  const asked = page.getByRole('dialog');
  await asked.getByLabel('Mã số').fill(now.b);
  await asked.getByRole('button', { name: 'Đề nghị xem' }).click();
  await expect(asked.locator('#p-reason-error')).toBeVisible();
  expect(await auctioneer.faults()).toEqual([]);
  const why = 'Biên bản ' + session;
  await asked.getByLabel('Lý do').fill(why);
  await asked.getByRole('button', { name: 'Đề nghị xem' }).click();
  await expect(asked.locator('.people-holder')).toHaveText(now.b);
  expect(await auctioneer.faults()).toEqual([]);
  await asked.getByRole('link', { name: 'Các đề nghị' }).click();

  // It takes a second person, in a browser of their own; who asked then looks once.
  const openings = page.locator('.after-openings');
  await expect(openings.locator('.opening')).toHaveAttribute('data-state', 'waiting');
  await expect(openings.getByRole('button')).toHaveCount(0);
  const registrar = await person(DESKTOP);
  await registrar.signIn('hoso', `/quan-tri/cuoc-dau-gia/${lot.auctionId}/ket-qua`);
  await expect(registrar.page.locator('.after-openings')).toContainText(why);
  await fit(registrar, 'opening-asked');
  await registrar.page.locator('[data-opening=approve]').click();
  await registrar.page.getByRole('dialog').getByRole('button', { name: 'Đồng ý' }).click();
  await expect(registrar.page.locator('.opening')).toHaveAttribute('data-state', 'approved');
  await expect(registrar.page.locator('.opening').getByRole('button')).toHaveCount(0);
  await page.reload();
  await page.locator('[data-opening=use]').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Xem một lần' }).click();
  await expect(openings.getByRole('status')).toContainText(`Mã số ${now.b}: `);
  await expect(openings.locator('.opening')).toHaveAttribute('data-state', 'used');
  await expect(openings.locator('[data-opening]')).toHaveCount(0);
  for (const scheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const viewport of [PHONE, DESKTOP]) {
      await page.setViewportSize(viewport);
      await openings.scrollIntoViewIfNeeded();
      expect(await auctioneer.overflow()).toBeLessThanOrEqual(0);
      await page.screenshot({
        path: `test-results/openings-${viewport.width}-${scheme}.png`,
        fullPage: true,
      });
    }
  }
  expect(await auctioneer.faults()).toEqual([]);
  const log = await office.call('GET', '/acts', undefined, await office.token('giamsat'));
  expect(JSON.stringify(log)).toContain(why);

  // Everybody reads code and price; the room has lost the refused result.
  const { outcomes } = await office.call('GET', `/notices/${lot.auctionId}/outcomes`);
  expect(outcomes).toMatchObject([{ state: 'sold', price: 12_000_000_000, adjacent: true }]);
  expect(JSON.stringify(outcomes)).not.toContain('winner');
});

/**
 * A listed auction with one lot for which people register at the counter and
 * pay in cash, published when its windows have closed.
 * @param {Office} office @param {string[]} who
 */
async function registered(office, who) {
  const token = await office.token('hoso');
  const { now } = await office.call('GET', '/time');
  const { staff } = await office.call('GET', '/staff', undefined, token);
  const id = (/** @type {string} */ role) => staff.find((/** @type {any} */ a) => a.role === role).id;
  const closes = now + 8_000;
  const draft = {
    title: 'Thanh lý xe máy ' + Math.random().toString(36).slice(2, 8),
    owner: 'Ủy ban nhân dân phường',
    lots: [
      {
        kind: 'goods',
        title: 'Xe máy Honda Wave',
        deposit: 2_000_000,
        rules: {
          ...{ method: 'ascending', currency: 'VND', start: 10_000_000, opening: 'clock', biddingMs: 60_000 },
          ...{
            step: { kind: 'fixed', amount: 500_000 },
            closing: { kind: 'fixed' },
            opensAt: closes + 5_000,
          },
        },
      },
    ],
    sheet: {
      ...{ preset: 'demo', property: 'movable', after: AFTER, contacts: 'Phòng hồ sơ, 0292 000 001' },
      windows: {
        dossier: { from: now - 60_000, to: closes },
        deposit: { from: now - 60_000, to: closes },
        listedOn: now,
      },
      viewing: [{ from: now - 60_000, to: closes, place: 'Kho phường' }],
      money: { cashLimit: 5_000_000, account: { bin: '970436', number: '0123456789', holder: 'TRUNG TAM' } },
      people: { auctioneer: id('auctioneer'), clerk: id('clerk') },
    },
  };
  const made = await office.call('POST', '/auctions', draft, token);
  const listed = await office.call('POST', `/auctions/${made.id}/list`, { version: made.version }, token);
  for (const [n, login] of who.entries()) {
    await office.known(login);
    const { accounts } = await office.call('GET', '/accounts?query=' + login, undefined, token);
    const form = {
      accountId: accounts.find((/** @type {any} */ a) => a.login === login).id,
      lotId: listed.lots[0].id,
      noConflict: true,
      refundTo: { bin: '970436', number: '00110022' + n, holder: 'NGUOI THAM GIA' },
    };
    const r = await office.call('POST', `/auctions/${made.id}/registrations`, form, token);
    await office.call(
      'POST',
      `/registrations/${r.id}/cash`,
      { payment: 'deposit', amount: 2_000_000 },
      token,
    );
    const { registrations } = await office.call(
      'GET',
      `/auctions/${made.id}/registrations`,
      undefined,
      token,
    );
    const { version } = registrations.find((/** @type {any} */ one) => one.id === r.id);
    await office.call(
      'POST',
      `/registrations/${r.id}/decide`,
      { version, approve: true, reason: 'Đủ giấy tờ' },
      token,
    );
  }
  await expect
    .poll(async () => (await office.call('GET', '/time')).now, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(closes);
  const { version } = await office.call('GET', '/auctions/' + made.id, undefined, token);
  const published = await office.call('POST', `/auctions/${made.id}/publish`, { version }, token);
  return { auction: made.id, session: published.lots[0].session };
}

test('deposits go back through the bank, or are lost by the word of two', async ({ office, person }) => {
  test.setTimeout(240_000);
  const { auction, session } = await registered(office, ['lan', 'binh', 'chi']);
  const [lan, binh] = await Promise.all([person(), person()]);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session)]);
  await lan.bid();
  await binh.bid();
  await expect.poll(async () => (await office.room(session)).now.ph, { timeout: 90_000 }).toBe('closed');
  const { now } = await office.room(session);
  await lan.act('dgv', session, { act: 'announce', code: now.b, price: now.p });
  await binh.go('/cua-toi/ket-qua');
  await binh.page.getByRole('button', { name: 'Xác nhận biên bản' }).click();
  await binh.page.getByRole('dialog').getByLabel('Mật khẩu của bạn').fill(PASSWORD);
  await binh.page.getByRole('dialog').getByRole('button', { name: 'Tôi xác nhận' }).click();
  await expect(binh.page.getByText('Bạn đã mua tài sản này')).toBeVisible();

  // The one who never came is proposed by the program; the auctioneer decides.
  const path = `/quan-tri/cuoc-dau-gia/${auction}/ket-qua`;
  const auctioneer = await person(DESKTOP);
  await auctioneer.signIn('dgv', '/quan-tri/cuoc-dau-gia');
  await expect(auctioneer.page.locator('.after-alarms')).toContainText('1 đề nghị chờ quyết định');
  await auctioneer.go(path);
  const { page } = auctioneer;
  await expect(page.getByRole('row')).toHaveCount(4);
  await expect(page.getByRole('row', { name: /Thành tiền đặt cọc/ })).toHaveCount(1);
  await fit(auctioneer, 'deposits');
  await page.setViewportSize(DESKTOP);
  await page.getByRole('button', { name: 'Quyết định' }).click();
  await page.getByRole('dialog').getByLabel('Quyết định').selectOption('yes');
  await page.getByRole('dialog').getByLabel('Lý do').fill('Không có lý do bất khả kháng');
  await page.getByRole('dialog').getByRole('button', { name: 'Ghi nhận' }).click();
  await expect(page.getByRole('row', { name: /Không trả lại/ })).toContainText(
    'Không có lý do bất khả kháng',
  );

  // The others go to the bank in one file, and are marked with its reference.
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tệp chuyển khoản (CSV)' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8');
  expect(csv).toContain('2000000');
  expect(csv.trim().split('\n')).toHaveLength(2);
  await page.getByRole('checkbox', { name: 'Chọn mọi khoản' }).check();
  await page.getByRole('button', { name: 'Đánh dấu đã hoàn trả' }).click();
  await page.getByRole('dialog').getByLabel('Số tham chiếu').fill('FT26330000123');
  await page.getByRole('dialog').getByRole('button', { name: 'Ghi nhận' }).click();
  await expect(page.getByRole('row', { name: /FT26330000123/ })).toHaveCount(1);

  // The rest of the price comes in.
  await page.getByRole('button', { name: 'Ghi một khoản nộp' }).click();
  await page.getByRole('dialog').getByLabel('Số tiền').fill('8500000');
  await page.getByRole('dialog').getByLabel('Số tham chiếu').fill('FT26330000456');
  await page.getByRole('dialog').getByRole('button', { name: 'Ghi nhận' }).click();
  await expect(page.getByText('Đã nộp đủ')).toBeVisible();

  // A citizen reads the result on the notice.
  const citizen = await person();
  await citizen.go('/cuoc-dau-gia/' + auction);
  await expect(citizen.page.locator('.after-outcomes')).toContainText(`Mã số ${now.b} trúng đấu giá`);
  await fit(citizen, 'notice');
});
