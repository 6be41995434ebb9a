import { DESKTOP, expect, PHONE, SMALL, test } from './kit.js';

test('a citizen finds an auction on a phone, without marks, and takes its papers away', async ({
  office,
  person,
}) => {
  await office.sale({ lot: { kind: 'plate', title: 'Biển số xe ô tô 98K-777.77', place: 'Bắc Giang' } });
  const citizen = await person(PHONE);
  const { page } = citizen;
  await citizen.go('/');
  await page.getByRole('link', { name: 'Tìm trong mọi cuộc đấu giá' }).click();
  await expect(page.locator('.list-card').first()).toBeVisible(); // the list has come, the form is whole
  const words = page.getByLabel('Từ cần tìm');
  await words.fill('bien so 98k77777');
  await words.press('Enter');
  await expect(page.locator('.list-card')).toHaveCount(1);
  await expect(page.getByRole('status').filter({ hasText: 'Có 1 cuộc đấu giá.' })).toBeVisible();
  expect(new URL(page.url()).search).toBe('?q=bien+so+98k77777');

  await page.getByRole('button', { name: 'Đã hủy' }).click();
  await expect(page.getByText('Không có cuộc đấu giá nào phù hợp.')).toBeVisible();
  await page.getByRole('button', { name: 'Đang diễn ra' }).click();
  await expect(page.locator('.list-card')).toHaveCount(1);
  await page.getByText('Lọc thêm').click();
  await page.getByLabel('Loại tài sản').selectOption('land');
  await page.getByLabel('Địa điểm').fill('bac giang');
  await page.locator('.list-filters .button').click();
  await expect(page.getByText('Không có cuộc đấu giá nào phù hợp.')).toBeVisible();
  await page.goBack();
  await expect(page.locator('.list-card')).toHaveCount(1);
  await page.reload(); // a search is an address
  await expect(page.locator('.list-card')).toHaveCount(1);
  await page.getByRole('link', { name: 'Phiên thử' }).click();
  await expect(page.locator('h1')).toHaveText('Phiên thử');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Thêm vào lịch' }).click();
  const calendar = await (await download).createReadStream();
  let text = '';
  for await (const chunk of calendar) text += chunk;
  expect(text).toContain('BEGIN:VEVENT');

  // Papers there are only of rules that were listed: those of the demo's auction.
  await citizen.go('/cuoc-dau-gia?state=open');
  await page.locator('.list-title a').first().click();
  for (const name of ['Thông báo (PDF)', 'Quy chế (PDF)']) {
    const href = await page.getByRole('link', { name }).getAttribute('href');
    const paper = await page.request.get(citizen.url + href);
    expect(paper.headers()['content-type']).toBe('application/pdf');
    expect((await paper.body()).subarray(0, 5).toString()).toBe('%PDF-');
  }
});

test('what cannot be understood is said, and the list follows the back button', async ({ person }) => {
  const citizen = await person(SMALL);
  citizen.page.on('console', () => {});
  await citizen.go('/cuoc-dau-gia?q=khongcogi');
  await expect(citizen.page.getByText('Không có cuộc đấu giá nào phù hợp.')).toBeVisible();
  await citizen.page.getByRole('link', { name: 'Bỏ mọi bộ lọc' }).click();
  await expect(citizen.page.locator('.list-card').first()).toBeVisible();
  expect(new URL(citizen.page.url()).search).toBe('');
});

test.describe('uploads', () => {
  test.use({ allowed: ['ERR_INTERNET_DISCONNECTED', '422 (Unprocessable'] });

  test('a photo goes on after a broken line, a lie is refused beside the field, the public sees it', async ({
    office,
    person,
  }) => {
    const token = await office.token('dgv');
    const lan = (await office.call('GET', '/accounts?query=lan', undefined, token)).accounts[0];
    const { now } = await office.call('GET', '/time');
    const auction = await office.call(
      'POST',
      '/auctions',
      {
        title: 'Cuộc có ảnh',
        lots: [
          {
            kind: 'car',
            title: 'Xe có ảnh',
            rules: {
              ...{ method: 'ascending', currency: 'VND', start: 100_000_000, opening: 'clock' },
              ...{
                step: { kind: 'fixed', amount: 1_000_000 },
                closing: { kind: 'fixed' },
                biddingMs: 600_000,
              },
              opensAt: now + 3_600_000,
            },
          },
        ],
        participants: [{ accountId: lan.id }],
      },
      token,
    );
    const dgv = await person(DESKTOP);
    const { page } = dgv;
    await dgv.signIn('dgv', '/quan-tri/cuoc-dau-gia/' + auction.id);
    await page.getByRole('link', { name: 'Ảnh và tài liệu' }).click();
    const photo = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(900, 700);
      const draw = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
      const noise = draw.createImageData(900, 700); // noise does not pack: several chunks
      for (let i = 0; i < noise.data.length; i += 65_536)
        crypto.getRandomValues(noise.data.subarray(i, i + 65_536));
      draw.putImageData(noise, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    });
    const field = page.locator('#upload-photo-0');

    await field.setInputFiles({
      ...{ name: 'anh.jpg', mimeType: 'image/jpeg' },
      buffer: Buffer.from('<script>alert(1)</script>'),
    });
    await expect(page.getByRole('alert').filter({ hasText: 'Nội dung tệp không đúng' })).toBeVisible();
    await page.getByRole('button', { name: 'Dừng gửi anh.jpg' }).click();

    let chunks = 0;
    await page.route('**/upload?offset=*', async (route) => {
      if (++chunks === 2) await page.context().setOffline(true);
      await route.continue();
    });
    await field.setInputFiles({
      ...{ name: 'xe.jpg', mimeType: 'image/jpeg' },
      buffer: Buffer.from(photo),
    });
    await expect(page.getByText('Mất mạng. Sẽ tự gửi tiếp')).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.locator('.files-frame img')).toBeVisible();
    await expect(page.locator('.files-row .files-name')).toHaveText('xe.jpg');
    expect(await dgv.faults()).toEqual([]);

    await office.call('POST', `/auctions/${auction.id}/publish`, { version: auction.version }, token);
    const citizen = await person(PHONE);
    await citizen.go('/cuoc-dau-gia/' + auction.id);
    await citizen.page.getByRole('button', { name: 'Xem lớn: Ảnh 1' }).click();
    const large = citizen.page.locator('.files-large');
    await expect(large).toBeVisible();
    expect(await large.evaluate((/** @type {HTMLImageElement} */ i) => i.naturalWidth)).toBe(900);
    expect(await citizen.faults()).toEqual([]);
    await citizen.page.getByRole('button', { name: 'Đóng' }).click();
    await citizen.go('/cuoc-dau-gia?q=cuoc+co+anh');
    await expect(citizen.page.locator('.list-face img')).toBeVisible();

    await page.getByRole('button', { name: 'Rút xe.jpg' }).click();
    await page.getByRole('button', { name: 'Rút tệp' }).click();
    await expect(page.getByText('Hãy ghi lý do.')).toBeVisible();
    await page.getByLabel('Lý do').fill('Ảnh của xe khác');
    await page.getByRole('button', { name: 'Rút tệp' }).click();
    await expect(page.locator('.files-row-off')).toBeVisible();
    await citizen.go('/cuoc-dau-gia/' + auction.id);
    await expect(citizen.page.locator('.files-row-off')).toContainText('Đã rút ngày');
  });
});

test('the list and its notices: no fault for axe in both languages, on phone and desk', async ({
  person,
}) => {
  test.setTimeout(120_000);
  for (const [size, colorScheme] of /** @type {const} */ ([
    [PHONE, 'light'],
    [DESKTOP, 'dark'],
  ])) {
    for (const lang of ['vi', 'en']) {
      const anyone = await person(size, { colorScheme });
      for (const path of ['/cuoc-dau-gia?', '/cuoc-dau-gia?kind=land&']) {
        await anyone.go(path + 'lang=' + lang);
        await expect(anyone.page.locator('.list-card, .list-none').first()).toBeVisible();
        expect(await anyone.faults(), `${path} ${lang} ${colorScheme}`).toEqual([]);
        expect(await anyone.overflow(), `${path} ${lang} ${size.width}`).toBe(0);
      }
    }
  }
});
