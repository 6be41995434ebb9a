// Plate rounds (rule SC9), watched by everybody: main time, two rounds, one who
// stays behind, and the end.
import { DESKTOP, expect, HALL, PHONE, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */

const MAIN_MS = 30_000;
const ROUND_MS = 30_000;
// The window is a whole round, so that no bid of the test has to hit a second.
const RULES = {
  start: 40_000_000,
  step: { kind: 'fixed', amount: 5_000_000 },
  closing: { kind: 'rounds', windowMs: ROUND_MS, byMs: ROUND_MS, maxCount: 10, maxTotalMs: 300_000 },
  biddingMs: MAIN_MS,
};
const PLATE = { kind: 'plate', title: 'Biển số xe ô tô 30K-567.89', deposit: 8_000_000 };

/** Waits for a round of a session, as everybody can ask for it. @param {Office} office @param {string} session @param {number} n */
const reaches = (office, session, n) =>
  expect.poll(async () => (await office.room(session)).now.rd?.n, { timeout: MAIN_MS + ROUND_MS }).toBe(n);

test('three bid, one stays behind, two go on through two rounds, and everybody sees it', async ({
  office,
  person,
}) => {
  test.setTimeout(260_000);
  const [lan, binh, chi, anyone, hall, desk] = await Promise.all([
    person(PHONE),
    person(PHONE),
    person(DESKTOP),
    person(PHONE),
    person(HALL),
    person(DESKTOP),
  ]);
  const { now } = await office.call('GET', '/time');
  const session = await office.sale({ lot: PLATE, rules: { ...RULES, opensAt: now + 9_000 } });
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session), chi.enter('chi', session)]);
  await expect(anyone.page.locator('.rounds-text')).toContainText('mở thêm một vòng');

  // The main time: all three bid.
  await chi.bid();
  await lan.bid();
  await binh.bid();
  await expect(anyone.page.locator('.rounds-where')).toHaveText('Thời gian chính thức');
  await expect(anyone.page.locator('.rounds-sure')).toHaveText('Sẽ có vòng 1');
  await expect(lan.page.locator('.rounds-mine')).toContainText('Bạn đã trả giá');

  await reaches(office, session, 1);
  await expect(anyone.page.locator('.rounds-where')).toHaveText('Vòng 1/10');
  await expect(anyone.page.locator('.rounds-here')).toHaveText('1');
  await expect(anyone.page.locator('.rounds-text')).toContainText('3 người được trả giá ở vòng này');
  await expect(anyone.page.locator('.rounds-sure')).toHaveCount(0);
  await lan.bid();
  await binh.bid();
  await expect(chi.page.locator('.rounds-mine')).toContainText('Bạn chưa trả giá ở vòng này');
  await expect(hall.page.locator('.rounds-sure')).toHaveText('Sẽ có vòng 2');

  // Chi was silent in round 1.
  await reaches(office, session, 2);
  await chi.is('notround');
  await expect(chi.button).toBeDisabled();
  await expect(chi.page.locator('.bid-words')).toContainText('Chỉ người có giá hợp lệ ở vòng trước');
  await expect(
    chi.page.locator('#say-alert, #say-status').filter({ hasText: /Vòng 2|chỉ được theo dõi/ }),
  ).not.toHaveCount(0);
  await expect(anyone.page.locator('.rounds-where')).toHaveText('Vòng 2/10');
  await expect(anyone.page.locator('.rounds-text')).toContainText('2 người được trả giá ở vòng này');
  await expect(hall.page.locator('.rounds-where')).toHaveText('Vòng 2/10');
  await expect(desk.page.locator('.person', { hasText: 'Không vào vòng này' })).toHaveCount(1);
  await expect(desk.page.locator('.attempt-round').first()).toContainText(
    'Vòng 2 bắt đầu, 2 người được trả giá',
  );
  await lan.bid();

  // Lan alone has bid in round 2 and wins at its end.
  await expect(anyone.page.locator('.rounds-sure')).toHaveCount(0);
  await lan.is('leading');
  await lan.page.waitForFunction(
    () => document.querySelector('.bid-button')?.getAttribute('data-state') === 'closed',
    null,
    {
      timeout: ROUND_MS + 10_000,
    },
  );
  await expect(anyone.page.locator('.rounds-where')).toHaveText('Kết thúc ở vòng 2/10');
  const { now: end } = await office.room(session);
  expect([end.ph, end.rd.n, end.p]).toEqual(['closed', 2, 65_000_000]);
});

test('the line of rounds reads well for all, small and large, light and dark', async ({ office, person }) => {
  test.setTimeout(240_000);
  const lan = await person(PHONE);
  const binh = await person(PHONE);
  const chi = await person(PHONE);
  const anyone = await person(PHONE);
  const hall = await person(HALL);
  const desk = await person(DESKTOP);
  // Two periods of time enough to look at every page.
  const closing = { ...RULES.closing, windowMs: 90_000, byMs: 90_000 };
  const { now } = await office.call('GET', '/time');
  const session = await office.sale({
    lot: PLATE,
    rules: { ...RULES, closing, biddingMs: 20_000, opensAt: now + 12_000, minIntervalMs: 0 },
  });
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await chi.enter('chi', session);
  await anyone.go('/phong/' + session);
  await lan.is('bid', { timeout: 30_000 }); // it opens when all are there, on a slow machine
  await lan.bid();
  await binh.bid();
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await hall.go('/man-hinh/' + session);
  await reaches(office, session, 1);
  await chi.is('notround');
  await lan.bid();
  await binh.bid();
  await expect(anyone.page.locator('.rounds-sure')).toHaveText('Sẽ có vòng 2');
  await anyone.looksRight('spectator', { sizes: [PHONE, DESKTOP] });
  await chi.looksRight('left-behind', { sizes: [PHONE, DESKTOP] });
  await lan.looksRight('goes-on', { sizes: [PHONE, DESKTOP] });
  await desk.looksRight('console', { sizes: [PHONE, DESKTOP] });
  expect(await hall.overflow()).toBe(0);
  expect(await hall.faults()).toEqual([]);
  if (process.env.E2E_PICTURES) await hall.page.screenshot({ path: process.env.E2E_PICTURES + '/hall.png' });
});
