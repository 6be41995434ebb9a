// The gong, rounds in turn, several units and a price to buy now, set up in the
// form from their presets: what is asked, and what the form tries.
import { DESKTOP, expect, test } from './kit.js';
import { looks } from './sealed-kit.js';

test('the form tries the newest ways to sell', async ({ office, person }) => {
  const desk = await person(DESKTOP);
  const { page } = desk;
  await desk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Hàng thanh lý');
  const { now } = await office.call('GET', '/time');
  const iso = new Date(now + 3_600_000 + 7 * 3_600_000).toISOString();
  const tried = page.locator('.office-tried');
  const steps = /** @type {const} */ ([
    ['Hỏi giá theo vòng', 'chào giá 1.005.000.000'],
    ['Trả giá lần lượt', 'lượt đầu bắt đầu lúc'],
  ]);
  for (const [preset, says] of steps) {
    await page.getByRole('button', { name: preset, exact: true }).click();
    await page.getByLabel('Tên tài sản').fill(preset);
    await page.getByLabel('Giá khởi điểm', { exact: true }).fill('1000000000');
    await page.getByLabel('Ngày', { exact: true }).fill(iso.slice(0, 10));
    await page.getByLabel('Giờ', { exact: true }).fill(iso.slice(11, 19));
    await expect(tried).toContainText(says);
    await looks(desk, 'ways-form-' + preset);
    await page.getByRole('button', { name: 'Bỏ lô 1' }).click();
  }

  // A limit across lots is asked of sealed offers, but not of several units.
  await page.getByRole('button', { name: 'Nhiều đơn vị một giá', exact: true }).click();
  await page.getByText('Quy tắc ít dùng').click();
  const limit = page.getByLabel('Số tài sản dẫn giá cùng lúc nhiều nhất');
  await expect(limit).toHaveCount(0);
  await expect(page.getByLabel('Số đơn vị giống nhau')).toHaveValue('100');
  await page.getByRole('button', { name: 'Bỏ lô 1' }).click();
  await page.getByRole('button', { name: 'Bỏ phiếu gián tiếp', exact: true }).click();
  await page.getByText('Quy tắc ít dùng').click();
  await expect(limit).toBeVisible();
  await page.getByRole('button', { name: 'Bỏ lô 1' }).click();

  // What a first bid does to the price to buy now.
  await page.getByRole('button', { name: 'Quyền sử dụng đất', exact: true }).click();
  await page.getByLabel('Giá khởi điểm', { exact: true }).fill('1000000000');
  await page.getByText('Quy tắc ít dùng').click();
  await page.getByLabel('Giá mua ngay', { exact: true }).fill('2000000000');
  await expect(tried).toContainText('từ 1.000.000.000');
  await looks(desk, 'ways-form-buynow');
});
