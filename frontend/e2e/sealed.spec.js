// Sealed offers (rules SE1, SE2), from the taking of two keys to the result:
// bidders change and take back what nobody else can see, two officers open, and
// a tie leads to a run-off.
import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';
import { giveKey, looks, offer, takeKey } from './sealed-kit.js';

/** @typedef {import('./kit.js').Person} Person */

const BIDDING_MS = 90_000; // time to look at every page on a slow machine
const RUN_OFF_MS = 30_000;
const RULES = {
  method: 'sealed',
  start: 1_000_000_000,
  step: { kind: 'fixed', amount: 10_000_000 },
  closing: { kind: 'fixed' },
  biddingMs: BIDDING_MS,
};
const sealed = (/** @type {object} */ more = {}) => ({ pricing: 'first', rounds: 1, ...more });

/** Everything that a page is told over its line from now on. @param {Person} p */
function listen(p) {
  /** @type {string[]} */
  const heard = [];
  p.page.on('websocket', (/** @type {any} */ ws) =>
    ws.on('framereceived', (/** @type {any} */ f) => heard.push(String(f.payload))),
  );
  return heard;
}

test('two offer, one changes, a third takes back, nobody sees anything until two keys open', async ({
  office,
  person,
}) => {
  test.setTimeout(360_000);
  const [lan, binh, chi, anyone, hall, desk, clerk] = await Promise.all([
    person(PHONE),
    person(SMALL),
    person(PHONE, { colorScheme: 'dark' }),
    person(PHONE),
    person(HALL),
    person(DESKTOP),
    person(DESKTOP),
  ]);
  const heard = listen(anyone);
  const told = listen(desk);
  const { now } = await office.call('GET', '/time');
  const session = await office.sale({ rules: { ...RULES, sealed: sealed(), opensAt: now + 3_000 } });
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await clerk.signIn('thuky', '/giam-sat/' + session);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session), chi.enter('chi', session)]);
  await lan.is('waiting');
  await looks(anyone, 'room-before');
  await looks(desk, 'console-before');

  // The hour has passed, but the session waits for both keys.
  const first = await takeKey(desk, 'take-key');
  await expect(anyone.page.locator('.sealed-lock-shut')).toHaveCount(1);
  expect((await office.room(session)).now.ph).toBe('scheduled');
  const second = await takeKey(clerk, 'take-key-clerk');
  await expect(anyone.page.locator('.sealed-lock-shut')).toHaveCount(2);
  await expect(lan.page.locator('#sealed-amount')).toBeVisible();
  const before = heard.length;
  const deskBefore = told.length;

  await offer(lan, '1230000000');
  await looks(lan, 'offered');
  await lan.page.click('.sealed-mine .button:nth-child(1)');
  await lan.page.fill('#sealed-amount', '900000000');
  await lan.page.click('[data-state=offer]');
  await expect(lan.page.locator('.field-error')).toBeVisible();
  await offer(lan, '1470000000');
  await offer(binh, '1310000000');
  await offer(chi, '1490000000');
  await chi.page.click('.sealed-mine .button:nth-child(2)');
  await chi.page.click('dialog .button-main');
  await expect(chi.page.locator('#sealed-amount')).toBeVisible();
  await looks(chi, 'taken-back-dark');
  await lan.page.reload();
  await expect(lan.page.locator('.sealed-slip')).toContainText('1.470.000.000');
  await looks(binh, 'offered-small');
  await looks(hall, 'hall-running');

  // Others were told nothing but that time goes by.
  const quiet = heard.slice(before).join('\n');
  expect(quiet).not.toMatch(/"t":"(up|snap)"/);
  const desks = told.slice(deskBefore).join('\n');
  expect(desks).not.toMatch(/"t":"rec"/);
  for (const amount of ['1230000000', '1470000000', '1310000000', '1490000000'])
    expect(quiet + desks + JSON.stringify(await office.room(session))).not.toContain(amount);

  await expect(desk.page.locator('[data-key=give]')).toBeVisible({ timeout: BIDDING_MS + 10_000 });
  await looks(lan, 'shut');
  await looks(hall, 'hall-shut');
  await expect(desk.page.locator('[data-act=announce]')).toHaveCount(0);
  await giveKey(clerk, first);
  await expect(clerk.page.locator('.sealed-lock-given')).toHaveCount(0);
  await giveKey(clerk, second);
  await expect(anyone.page.locator('.sealed-lock-given')).toHaveCount(1);
  await looks(hall, 'hall-half');
  await looks(desk, 'console-half');
  await giveKey(desk, first);
  await expect(anyone.page.locator('.hist tbody tr')).toHaveCount(2);
  await expect(anyone.page.locator('.hist tbody tr').first()).toContainText('1.470.000.000');
  await expect(anyone.price).toContainText('1.470.000.000');
  await expect(lan.button).toHaveAttribute('data-state', 'first');
  await looks(anyone, 'room-opened');
  await looks(lan, 'first');
  await looks(hall, 'hall-opened');
  await looks(desk, 'console-opened');
  await desk.page.click('[data-act=announce]');
  await expect(desk.page.locator('.proposal')).toContainText('1.470.000.000');
  await desk.page.click('dialog .button-main');
  await lan.is('won');
  await binh.is('lost');
  expect((await office.room(session)).now.res).toMatchObject({ outcome: 'sold', price: 1_470_000_000 });
});

test('a tie for the highest leads to a run-off among the two', async ({ office, person }) => {
  test.setTimeout(360_000);
  const [lan, binh, chi, anyone, hall, desk, clerk] = await Promise.all([
    person(PHONE),
    person(PHONE),
    person(PHONE),
    person(DESKTOP),
    person(HALL),
    person(DESKTOP),
    person(DESKTOP),
  ]);
  const { now } = await office.call('GET', '/time');
  const session = await office.sale({
    rules: {
      ...RULES,
      biddingMs: 45_000,
      sealed: sealed({ runOffs: 1, roundMs: RUN_OFF_MS }),
      opensAt: now + 1_000,
    },
  });
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await clerk.signIn('giamsat', '/giam-sat/' + session);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session), chi.enter('chi', session)]);
  const first = await takeKey(desk, 'tie-take');
  const second = await takeKey(clerk, 'tie-take-observer');
  await expect(lan.page.locator('#sealed-amount')).toBeVisible();
  await Promise.all([offer(lan, '1200000000'), offer(binh, '1200000000'), offer(chi, '1100000000')]);
  await expect(desk.page.locator('[data-key=give]')).toBeVisible({ timeout: 60_000 });
  await giveKey(desk, first);
  await giveKey(clerk, second);
  await expect(anyone.page.locator('.sealed-text').first()).toContainText('đấu tiếp');
  await expect(desk.page.locator('[data-act=announce]')).toHaveCount(0);
  await looks(hall, 'hall-tie');
  await looks(desk, 'console-tie');
  await desk.page.click('[data-act=open_round]');
  await desk.page.click('dialog .button-main');
  await chi.is('notround');
  await expect(anyone.page.locator('.sealed-where')).toContainText('đấu tiếp');
  await binh.page.fill('#sealed-amount', '1200000000');
  await binh.page.click('[data-state=offer]');
  await expect(binh.page.locator('.field-error')).toContainText('1.210.000.000');
  await offer(binh, '1250000000');
  await looks(anyone, 'run-off');
  await expect(desk.page.locator('[data-key=give]')).toBeVisible({ timeout: RUN_OFF_MS + 10_000 });
  await giveKey(clerk, second);
  await giveKey(desk, first);
  await expect(anyone.price).toContainText('1.250.000.000');
  await desk.page.click('[data-act=announce]');
  await desk.page.click('dialog .button-main');
  await binh.is('won');
  await lan.is('lost');
});

test('the form has the preset of the ballot and says what it does', async ({ person }) => {
  const desk = await person({ width: 1280, height: 5000 });
  const { page } = desk;
  await desk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByRole('button', { name: 'Bỏ phiếu gián tiếp' }).click();
  await page.getByLabel('Tên tài sản').fill('Thửa đất số 214');
  await page.getByLabel('Giá khởi điểm', { exact: true }).fill('1000000000');
  const preview = page.locator('p.office-preview, .office-preview').last();
  await expect(preview).toContainText('nhiều nhất 3 vòng, mỗi vòng 15 phút');
  await page.getByLabel('Số vòng nhiều nhất').fill('2');
  await expect(preview).toContainText('Nhiều nhất 2 vòng');
  await looks(desk, 'form-ballot');
  await page.getByText('Giá của phiếu cao thứ hai', { exact: true }).click();
  await expect(page.getByLabel('Số vòng nhiều nhất')).toHaveCount(0);
  await expect(preview).toContainText('theo giá của phiếu cao thứ hai');
  await page.setViewportSize({ width: 390, height: 7000 });
  await looks(desk, 'form-ballot-phone');
});
