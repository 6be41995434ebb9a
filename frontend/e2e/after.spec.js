// What follows a session: the winner refuses, the adjacent bidder accepts and
// confirms the minutes, the staff sign them, the public reads code and price.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DESKTOP, expect, PHONE, test } from './kit.js';

const PASSWORD = 'gobua2026';
const AFTER = {
  answerMs: 3_600_000,
  refundDays: 3,
  paymentDays: 30,
  singleBidder: 'consent',
  adjacentBidder: true,
};

/** Checks a page in both languages for axe and width. @param {any} p @param {string} shot */
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
    rules: { biddingMs: 12_000, closing: { kind: 'fixed' } },
    who: ['lan', 'binh', 'chi'],
    sheet: { after: AFTER },
  });
  const [lan, binh, chi, auctioneer] = await Promise.all([person(), person(), person(), person(DESKTOP)]);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session), chi.enter('chi', session)]);
  await lan.bid();
  await binh.bid();
  await expect.poll(async () => (await office.room(session)).now.ph, { timeout: 30_000 }).toBe('closed');
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

  // Everybody reads code and price; the room has lost the refused result.
  const { outcomes } = await office.call('GET', `/notices/${lot.auctionId}/outcomes`);
  expect(outcomes).toMatchObject([{ state: 'sold', price: 12_000_000_000, adjacent: true }]);
  expect(JSON.stringify(outcomes)).not.toContain('winner');
});
