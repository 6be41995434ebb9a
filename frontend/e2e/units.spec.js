// Several units at one price (rule MU1): two people want more than there is, the
// last of them gets a part and does not take it, and all winners are told.
import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';
import { giveKey, looks, takeKey } from './sealed-kit.js';

/** @typedef {import('./kit.js').Person} Person */

const BIDDING_MS = 75_000; // time for three people to offer on a slow machine
const RULES = {
  method: 'sealed',
  start: 1_000_000,
  step: { kind: 'fixed', amount: 100_000 },
  closing: { kind: 'fixed' },
  biddingMs: BIDDING_MS,
  sealed: { pricing: 'uniform', rounds: 1, units: 100 },
};

/** @param {Person} p @param {string} units @param {string} digits @param {string} total */
async function want(p, units, digits, total) {
  await p.page.fill('#sealed-units', units);
  await p.page.fill('#sealed-amount', digits);
  await p.page.click('[data-state=offer]');
  await expect(p.page.locator('dialog .units-total')).toContainText(total);
  await looks(p, 'units-confirm-' + units);
  const again = p.page.locator('#sealed-again');
  if (await again.isVisible()) await again.fill(digits);
  await p.page.click('dialog .button-main');
  await expect(p.page.locator('.sealed-mine .units-total')).toContainText(total);
}

test('two want more than there is, one declines a part, all winners are told', async ({ office, person }) => {
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
  const { now } = await office.call('GET', '/time');
  const session = await office.sale({
    rules: { ...RULES, opensAt: now + 1_000 },
    lot: { kind: 'goods', deposit: 0 },
  });
  await Promise.all([anyone.go('/phong/' + session), hall.go('/man-hinh/' + session)]);
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await clerk.signIn('thuky', '/giam-sat/' + session);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session), chi.enter('chi', session)]);
  const first = await takeKey(desk, 'units-take');
  const second = await takeKey(clerk, 'units-take-clerk');
  await expect(lan.page.locator('#sealed-units')).toBeVisible();

  await lan.page.fill('#sealed-units', '101');
  await lan.page.fill('#sealed-amount', '1200000');
  await lan.page.click('[data-state=offer]');
  await expect(lan.page.locator('.field-error')).toContainText('100');
  await looks(lan, 'units-form');
  await want(lan, '30', '1200000', '36.000.000');
  await want(binh, '80', '1500000', '120.000.000');
  await want(chi, '25', '1100000', '27.500.000');
  await looks(lan, 'units-offered');
  await looks(chi, 'units-offered-dark');
  expect(JSON.stringify(await office.room(session))).not.toMatch(/1200000|1500000|"u"/);

  await expect(desk.page.locator('[data-key=give]')).toBeVisible({ timeout: BIDDING_MS + 10_000 });
  await giveKey(desk, first);
  await giveKey(clerk, second);
  await expect(anyone.page.locator('.hist tbody tr')).toHaveCount(3);
  await expect(anyone.price).toContainText('1.200.000');
  await expect(anyone.page.locator('.hist tbody tr').nth(1)).toContainText('được 20');
  await expect(lan.page.locator('.units-total')).toContainText('24.000.000');
  await expect(chi.button).toHaveAttribute('data-state', 'opened');
  for (const [p, name] of /** @type {[any, string][]} */ ([
    [anyone, 'room'],
    [lan, 'lan'],
    [binh, 'binh'],
    [chi, 'chi-dark'],
    [hall, 'hall'],
    [desk, 'console'],
  ]))
    await looks(p, 'units-opened-' + name);

  await expect(desk.page.locator('.bench-price .facts')).toContainText('Người trúng2 (');
  await expect(desk.page.locator('.person-leads')).toHaveCount(2);
  await desk.page.click('[data-act=decline]');
  await desk.page.fill('dialog textarea', 'Chỉ cần đủ 30');
  await looks(desk, 'units-decline');
  await desk.page.click('dialog .button-main');
  await expect(anyone.price).toContainText('1.100.000');
  await lan.is('declined');
  await expect(chi.page.locator('.units-total')).toContainText('22.000.000');
  await looks(lan, 'units-declined');
  await expect(desk.page.locator('.person-leads')).toHaveText([/Trúng$/, /Trúng$/]);
  await expect(desk.page.locator('.person-out')).toContainText('Không nhận phần');

  await desk.page.click('[data-act=announce]');
  await expect(desk.page.locator('.proposal-awards li')).toHaveCount(2);
  await expect(desk.page.locator('dialog')).toContainText('tất cả người trúng đấu giá');
  await looks(desk, 'units-announce');
  await desk.page.click('dialog .button-main');
  await expect(desk.page.locator('.attempt-announced')).toContainText('2 người trúng');
  await binh.is('won');
  await chi.is('won');
  const { res } = (await office.room(session)).now;
  expect(res.awards.map((/** @type {any} */ a) => [a.units, a.price])).toEqual([
    [80, 1_100_000],
    [20, 1_100_000],
  ]);
  await expect(anyone.page.locator('main')).toContainText('100 đơn vị cho 2 người');
  await looks(anyone, 'units-sold-room');
  await looks(chi, 'units-won-dark');
  await looks(hall, 'units-sold-hall');

  // The same afterwards, for a winner, for who has declined, and for the office.
  const { lot } = await office.room(session);
  await chi.go('/cua-toi/ket-qua');
  await expect(chi.page.locator('main')).toContainText('22.000.000');
  await lan.go('/cua-toi/ket-qua');
  await expect(lan.page.locator('main')).toContainText('2 người trúng đấu giá, 100 đơn vị');
  await looks(lan, 'units-result-lan');
  await desk.go(`/quan-tri/cuoc-dau-gia/${lot.auctionId}/ket-qua`);
  await expect(desk.page.locator('.after-award')).toContainText('2 người trúng đấu giá, 100 đơn vị');
  await expect(desk.page.locator('.after-award')).toContainText('1.100.000');
  await expect(desk.page.locator('main')).toContainText('ngoài hệ thống');
  await looks(desk, 'units-result-office');
});
