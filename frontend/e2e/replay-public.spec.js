// /xem-lai: whoever was not there sees a session that is over as its room saw
// it, second by second, and can point others to a moment.
import { DESKTOP, expect, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

const RULES = { closing: { kind: 'reset', windowMs: 60_000, byMs: 60_000 }, biddingMs: 50_000 };

/** No fault and no overflow in both lights and three widths; a picture of each. @param {Person} p @param {string} name */
async function looksRight(p, name) {
  for (const size of [SMALL, PHONE, DESKTOP]) {
    for (const light of /** @type {const} */ (['light', 'dark'])) {
      await p.page.setViewportSize(size);
      await p.page.emulateMedia({ colorScheme: light });
      await p.page.evaluate(() => scrollTo(0, 0)); // nothing lies half under the header
      expect(await p.overflow(), `${name} ${size.width} ${light}`).toBe(0);
      expect(await p.faults(), `${name} ${size.width} ${light}`).toEqual([]);
      const dir = process.env.E2E_PICTURES;
      if (dir)
        await p.page.screenshot({ path: `${dir}/replay-${name}-${size.width}-${light}.png`, fullPage: true });
    }
  }
}

test.describe('before the end', () => {
  test.use({ allowed: ['409'] });
  test('it is refused in the language of the reader', async ({ office, person }) => {
    const an = await person(PHONE);
    const session = await office.sale();
    await an.go('/xem-lai/' + session);
    await expect(an.page.locator('main [role=alert]')).toContainText('chưa kết thúc');
    await an.go(`/xem-lai/${session}?lang=en`);
    await expect(an.page.locator('main [role=alert]')).toContainText('not over');
    expect(await an.faults()).toEqual([]);
  });
});

test('two bid, the session ends, and a stranger watches it again', async ({ office, person }) => {
  test.setTimeout(240_000);
  const [lan, binh, stranger] = await Promise.all([person(PHONE), person(PHONE), person(DESKTOP)]);
  const session = await office.sale({ rules: RULES });
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session)]);
  await lan.bid();
  await binh.bid();
  await lan.act('dgv', session, { act: 'pause', text: 'Kiểm tra đường truyền' });
  await lan.act('dgv', session, { act: 'resume' });
  await lan.bid();
  const first = await office.room(session);
  await lan.act('dgv', session, { act: 'stop', text: 'Hết thời gian thử' });

  // The finished room leads there.
  const { page } = stranger;
  await stranger.go('/phong/' + session);
  await page.getByRole('link', { name: 'Xem lại phiên' }).click();
  await expect(page).toHaveURL(/\/xem-lai\//);
  const slider = page.getByRole('slider');
  await expect(slider).toHaveAttribute('aria-valuetext', /chưa mở/);
  await expect(page.locator('.hist')).toHaveCount(0);

  // By keyboard: to the end, back to the beginning, event by event.
  await slider.focus();
  await page.keyboard.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', /đã dừng/);
  await expect(stranger.price).toContainText('12.100.000.000');
  await expect(page.locator('.notice').first()).toContainText('Hết thời gian thử');
  await expect(page.locator('.hist tbody tr')).toHaveCount(first.history.length);
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuenow', '0');
  await expect(page.locator('.hist')).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuenow', '1');
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('PageDown');
  await expect(slider).toHaveAttribute('aria-valuenow', '0');
  const told = page.locator('.replay-told');
  const sentences = [];
  for (let i = 0; i < 20 && !(sentences.at(-1) ?? '').includes('đã dừng'); i++) {
    await page.keyboard.press('Shift+ArrowRight');
    sentences.push(await told.innerText());
  }
  const all = sentences.join('\n');
  for (const part of [
    'Phiên đã mở',
    '12.000.000.000',
    '12.050.000.000',
    'Kiểm tra đường truyền',
    'Phiên tiếp tục',
  ])
    expect(all).toContain(part);

  // The pause, as it stood: its reason, and the frozen clock.
  await page.locator('.replay-list button', { hasText: 'tạm dừng' }).click();
  await expect(slider).toHaveAttribute('aria-valuetext', /đang tạm dừng/);
  await expect(stranger.price).toContainText('12.050.000.000');
  await expect(page.locator('.notice').first()).toContainText('Kiểm tra đường truyền');
  await looksRight(stranger, 'paused');

  // A link to this moment opens there, for somebody else.
  const link = await page.getByLabel('Liên kết đến thời điểm này').inputValue();
  expect(link).toMatch(/#t=\d{13}$/);
  const friend = await person(PHONE);
  await friend.page.goto(link);
  await expect(friend.page.getByRole('slider')).toHaveAttribute('aria-valuetext', /đang tạm dừng/);
  await expect(friend.price).toContainText('12.050.000.000');

  // A running moment has the countdown of then, and playing moves it on.
  await page.setViewportSize(DESKTOP);
  await page.locator('.replay-list button', { hasText: 'Phiên đã mở' }).click();
  await expect(page.locator('.hero .countdown-digits')).toHaveText(/^00:(50|49)$/);
  await looksRight(stranger, 'open');
  const opened = Number(await slider.getAttribute('aria-valuenow'));
  await slider.focus();
  await page.keyboard.press('Space');
  await expect.poll(async () => Number(await slider.getAttribute('aria-valuenow'))).toBeGreaterThan(opened);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Phát', exact: true })).toBeVisible();
  const held = await slider.getAttribute('aria-valuenow');
  await page.waitForTimeout(1_500);
  expect(await slider.getAttribute('aria-valuenow')).toBe(held);

  // A click on the staircase moves there; at 60 times the end is soon reached.
  const box = await page.locator('.replay-stairs').boundingBox();
  await page.mouse.click((box?.x ?? 0) + 12, (box?.y ?? 0) + 60);
  await expect(slider).toHaveAttribute('aria-valuenow', '0');
  await page.getByText('60×').click();
  await page.getByRole('button', { name: 'Phát', exact: true }).click();
  await expect(slider).toHaveAttribute('aria-valuetext', /đã dừng/, { timeout: 20_000 });
  await expect(page.getByRole('button', { name: 'Phát', exact: true })).toBeVisible();
});
