// The gong (rule TX1): two agree and raise in turns, watched by everybody, until
// silence ends it; and its numbers in the form.
import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

const RULES = {
  method: 'gong',
  start: 40_000_000,
  step: { kind: 'fixed', amount: 5_000_000 },
  closing: { kind: 'fixed' },
  gong: { silenceMs: 60_000 },
  minIntervalMs: 1_000,
};
const CAR = { kind: 'car', title: 'Xe ô tô Toyota Fortuner 2019', deposit: 8_000_000 };

/** No fault, no overflow, in both lights and three widths; a picture of each. @param {Person} p @param {string} name */
async function looksRight(p, name) {
  for (const size of [SMALL, PHONE, DESKTOP]) {
    for (const light of /** @type {const} */ (['light', 'dark'])) {
      await p.page.setViewportSize(size);
      await p.page.emulateMedia({ colorScheme: light });
      expect(await p.overflow(), `${name} ${size.width} ${light}`).toBe(0);
      expect(await p.faults(), `${name} ${size.width} ${light}`).toEqual([]);
      const dir = process.env.E2E_PICTURES;
      if (dir)
        await p.page.screenshot({ path: `${dir}/gong-${name}-${size.width}-${light}.png`, fullPage: true });
    }
  }
}

test('one agrees, the other raises, and silence ends it', async ({ office, person }) => {
  test.setTimeout(240_000);
  const [lan, binh, hall, desk] = await Promise.all([
    person(PHONE),
    person(PHONE),
    person(HALL),
    person(DESKTOP),
  ]);
  // The silence is long enough to look at every page.
  const session = await office.sale({ lot: CAR, rules: { ...RULES, gong: { silenceMs: 90_000 } } });
  await hall.go('/man-hinh/' + session);
  await Promise.all([
    lan.enter('lan', session),
    binh.enter('binh', session),
    desk.signIn('dgv', '/dieu-hanh/' + session),
  ]);
  await lan.is('bid');
  await expect(lan.button).toContainText('Đồng ý giá');
  await expect(lan.button).toContainText('45.000.000');
  await expect(hall.page.locator('.screen-call')).toContainText('Vòng 1: ai đồng ý giá 45.000.000');
  const first = (await office.room(session)).now.e;
  await lan.bid();
  expect((await office.room(session)).now.e).toBeGreaterThan(first);
  await expect(lan.page.locator('.gong-raise')).toBeDisabled();
  await expect(binh.button).toContainText('50.000.000');

  await binh.is('bid');
  await binh.page.locator('.gong-raise').click();
  await binh.page.locator('#bid-amount').fill('70000000');
  await binh.page.getByRole('button', { name: 'Tiếp tục' }).click();
  await binh.page.getByRole('dialog').locator('.button-main').click();
  await binh.is('leading');
  await expect(lan.page.locator('.gong-round')).toContainText('Vòng 3 chào giá');
  await expect(lan.page.locator('.gong-round')).toContainText('75.000.000');
  await expect(hall.page.locator('.screen-call')).toContainText('Vòng 3');
  await expect(desk.page.locator('.gong-round')).toContainText('75.000.000');
  await lan.bid();
  await looksRight(binh, 'round');
  await looksRight(desk, 'desk');
  expect(await hall.overflow()).toBe(0);
  expect(await hall.faults()).toEqual([]);
  if (process.env.E2E_PICTURES)
    await hall.page.screenshot({ path: process.env.E2E_PICTURES + '/gong-hall.png' });

  await expect(lan.button).toHaveAttribute('data-state', 'closed', { timeout: 100_000 });
  const { now } = await office.room(session);
  expect([now.ph, now.p, now.n]).toEqual(['closed', 75_000_000, 3]);
});

test('the form has the silence and the most', async ({ office, person }) => {
  const clerk = await person({ width: 1280, height: 4000 });
  const { page } = clerk;
  await clerk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Tài sản thanh lý');
  await page.getByRole('button', { name: 'Biển số xe' }).click();
  await page.getByLabel('Tên tài sản').fill('Biển số 51K-888.88');
  await page.getByRole('radio', { name: /^Hỏi giá theo vòng/ }).check();
  await expect(page.getByLabel('Kết thúc', { exact: true })).toHaveCount(0);
  await page.getByLabel('Im lặng bao lâu thì kết thúc', { exact: true }).fill('30');
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(page.locator('#f-lots-0-rules-gong-silenceMs-error')).toBeVisible();
  await page.getByLabel('Im lặng bao lâu thì kết thúc', { exact: true }).fill('2');
  await expect(page.locator('.office-preview').last()).toContainText('Sau 2 phút không ai đồng ý');
  if (process.env.E2E_PICTURES)
    await page
      .locator('.office-lot')
      .first()
      .screenshot({ path: process.env.E2E_PICTURES + '/gong-form.png' });
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(page).toHaveURL(/cuoc-dau-gia\/(?!moi)/);
  const id = page.url().split('/').at(-1);
  const { lots } = await office.call('GET', '/auctions/' + id, undefined, await office.token('dgv'));
  expect(lots[0].rules).toMatchObject({
    method: 'gong',
    step: { kind: 'fixed', amount: 5_000_000 },
    closing: { kind: 'fixed' },
    gong: { silenceMs: 120_000 },
  });
});
