// A sale in three stages (rule SE3), set up in the form without a line of JSON.
import { DESKTOP, expect, PHONE, test } from './kit.js';
import { looks } from './sealed-kit.js';

test('SE3: the form sets up a sale in three stages, and its room opens', async ({ office, person }) => {
  const desk = await person(DESKTOP);
  const { page } = desk;
  await desk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Hàng thanh lý ba bước');
  await page.getByRole('button', { name: 'Giá giảm rồi bỏ phiếu' }).click();
  await page.getByLabel('Tên tài sản').fill('Lô gạo tồn kho');
  await page.getByLabel('Giá khởi điểm', { exact: true }).fill('1000000000');
  await page.getByLabel('Giá thấp nhất', { exact: true }).fill('700000000');
  for (const name of ['Nguyễn Thị Lan', 'Đỗ Thị Bình']) await page.getByRole('checkbox', { name }).check();
  const { now } = await office.call('GET', '/time');
  const iso = new Date(now + 3_600_000 + 7 * 3_600_000).toISOString();
  await page.getByLabel('Ngày', { exact: true }).fill(iso.slice(0, 10));
  await page.getByLabel('Giờ', { exact: true }).fill(iso.slice(11, 19));

  // What does not go with the method is not asked, and its rules are tried.
  await expect(page.getByText('Khi có giá mới trong')).toHaveCount(0);
  await expect(page.getByText('Cố định', { exact: true })).toHaveCount(0);
  await expect(page.locator('.office-tried')).toContainText('người khác bỏ phiếu kín từ 1.010.000.000');
  await looks(desk, 'hybrid-form');

  await page.getByRole('button', { name: 'Công bố…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Khóa quy tắc và công bố' }).click();
  await expect(page.locator('.office-hash .hash')).toHaveText(/^[0-9a-f]{64}$/);
  const room = String(await page.getByRole('link', { name: 'Phòng công khai' }).getAttribute('href'));
  const { rules } = await office.room(room.replace('/phong/', ''));
  expect([rules.method, rules.hybrid, rules.sealed]).toEqual([
    'hybrid',
    { offersMs: 600_000, answerMs: 180_000 },
    { pricing: 'first', rounds: 1 },
  ]);

  const anyone = await person(PHONE);
  await anyone.go(room);
  await expect(anyone.page.locator('[aria-current=step]').first()).toContainText('Giá giảm');
});
