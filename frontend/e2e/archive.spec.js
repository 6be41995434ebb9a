// The file of an auction that is over: staff seal it, check it, download it;
// an inspector finds it; a citizen complains and staff answer.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DESKTOP, expect, PHONE, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

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

test('staff seal the file of an auction, check it, and answer a complaint', async ({ office, person }) => {
  test.setTimeout(180_000);
  const session = await office.sale({
    rules: { biddingMs: 6_000, closing: { kind: 'fixed' } },
  });
  const { lot } = await office.room(session);
  const citizen = await person();

  // A citizen without account complains about the notice.
  await citizen.go('/cuoc-dau-gia/' + lot.auctionId);
  await citizen.page.getByRole('button', { name: 'Gửi khiếu nại' }).click();
  const form = citizen.page.getByRole('dialog');
  await form.getByLabel('Họ tên').fill('Một Công Dân');
  await form.getByLabel(/Điện thoại/).fill('0900 000 000');
  await form.getByLabel('Nội dung khiếu nại').fill('Thông báo thiếu ngày xem tài sản.');
  expect(await citizen.faults()).toEqual([]);
  await form.getByRole('button', { name: 'Gửi', exact: true }).click();
  await expect(citizen.page.getByText('Đã nhận khiếu nại')).toBeVisible();
  await expect(citizen.page.getByText('Khiếu nại: 1 chờ trả lời')).toBeVisible();
  await expect(citizen.page.locator('body')).not.toContainText('Một Công Dân');

  // Nobody bids: the lot fails, and with it the auction is over.
  await expect.poll(async () => (await office.room(session)).now.ph, { timeout: 30_000 }).toBe('closed');
  await citizen.act('dgv', session, { act: 'announce' });
  const token = await office.token('dgv');
  await expect
    .poll(async () => (await office.call('GET', '/auctions/' + lot.auctionId, undefined, token)).status, {
      timeout: 30_000,
    })
    .toBe('concluded');

  const clerk = await person(DESKTOP);
  const page = clerk.page;
  const path = `/quan-tri/cuoc-dau-gia/${lot.auctionId}/luu-tru`;
  await clerk.signIn('thuky', '/dieu-hanh');
  await clerk.go(path);
  await page.getByRole('button', { name: 'Trả lời' }).click();
  await page
    .getByRole('dialog')
    .getByLabel(/Nội dung trả lời/)
    .fill('Ngày xem tài sản đứng ở mục 4 của thông báo.');
  await page.getByRole('dialog').getByRole('button', { name: 'Không chấp nhận' }).click();
  await expect(page.getByText('Ngày xem tài sản đứng ở mục 4')).toBeVisible();
  await page.getByRole('button', { name: 'Niêm phong hồ sơ' }).click();
  await expect(page.getByRole('heading', { name: 'Bản 1' })).toBeVisible();
  await page.getByRole('button', { name: 'Kiểm tra lại' }).click();
  await expect(page.getByText(/Nguyên vẹn: \d+ tệp/)).toBeVisible();
  const hash = await page.locator('.keep-hash').first().innerText();

  // The whole file is the one whose hash is shown, and the command finds it whole.
  await page.getByRole('button', { name: 'Tải cả danh tính' }).click();
  await page.getByRole('dialog').getByLabel('Lý do').fill('Thanh tra yêu cầu');
  const whole = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Tải cả danh tính' }).click();
  const file = await (await whole).path();
  expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(hash);
  const said = execFileSync(process.env.E2E_PROGRAM ?? 'bin/gobua', ['archive', 'check', file], {
    encoding: 'utf8',
  });
  expect(said).toContain(hash);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const part = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tải hồ sơ, không có danh tính' }).click();
  expect(
    execFileSync(process.env.E2E_PROGRAM ?? 'bin/gobua', ['archive', 'check', await (await part).path()], {
      encoding: 'utf8',
    }),
  ).toContain('without');
  await expect(page.locator(`a[href="/xem-lai/${session}"]`)).toBeVisible();
  await expect(page.locator(`a[href="/kiem-chung?phien=${session}"]`)).toBeVisible();
  await fit(clerk, 'keep');

  // An inspector finds it by words without marks.
  const inspector = await person(DESKTOP);
  await inspector.signIn('giamsat', '/dieu-hanh');
  await inspector.go('/quan-tri/luu-tru');
  await inspector.page.getByLabel('Từ khóa').fill('phien thu');
  await inspector.page.getByRole('button', { name: 'Tìm' }).click();
  await expect(inspector.page.locator(`a[href="${path}"]`)).toBeVisible();
  await fit(inspector, 'archive');
  const admin = await person(DESKTOP);
  await admin.signIn('quantri', '/dieu-hanh');
  await admin.go(path);
  await admin.page.getByRole('button', { name: 'Đặt lệnh giữ' }).click();
  await admin.page.getByRole('dialog').getByLabel('Lý do').fill('Tòa án thụ lý');
  await admin.page.getByRole('dialog').getByRole('button', { name: 'Đặt lệnh giữ' }).click();
  await expect(admin.page.getByText(/Đang giữ từ .*Tòa án thụ lý/)).toBeVisible();

  // Reports of the period and of the session, as files.
  await inspector.go('/quan-tri/bao-cao');
  const lots = inspector.page.waitForEvent('download');
  await inspector.page.getByText('CSV', { exact: true }).click();
  await inspector.page.getByRole('button', { name: 'Tải báo cáo' }).click();
  const report = readFileSync(await (await lots).path(), 'utf8');
  expect(report).toContain('Phiên thử');
  expect(report).toContain('Đấu giá không thành');
  await inspector.page.getByText('Diễn biến trả giá', { exact: true }).click();
  await inspector.page.getByLabel('Cuộc đấu giá', { exact: true }).selectOption(lot.auctionId);
  await inspector.page.getByLabel('Phiên', { exact: true }).selectOption(session);
  const bids = inspector.page.waitForEvent('download');
  await inspector.page.getByRole('button', { name: 'Tải báo cáo' }).click();
  expect(readFileSync(await (await bids).path(), 'utf8')).toContain('Mã số');
  await fit(inspector, 'reports');
});
