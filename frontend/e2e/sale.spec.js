// A sale of many lots: three lots with staggered ends on one page. Two bid,
// others follow the current lot, look around, sit in the hall, or run it.
import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */
/** @typedef {import('./kit.js').Person} Person */

// When bidding ends, from the opening: far apart for a slow machine, and the
// last lot still goes on when everything is looked at.
const ENDS_MS = [75_000, 150_000, 900_000];
const MOVE_MS = 30_000; // the list, a moment, and a slow machine

/**
 * Publishes an auction of plates with staggered ends; returns its id and sessions.
 * @param {Office} office @param {object} o
 * @param {number} o.lots @param {string} [o.opening] @param {(i: number) => number} [o.endsMs]
 */
async function publish(office, { lots, opening = 'auctioneer', endsMs = (i) => ENDS_MS[i] ?? 0 }) {
  const token = await office.token('dgv');
  const { now } = await office.call('GET', '/time');
  const participants = [];
  for (const login of ['lan', 'binh']) {
    const { accounts } = await office.call('GET', '/accounts?query=' + login, undefined, token);
    participants.push({ accountId: accounts.find((/** @type {any} */ a) => a.login === login).id });
  }
  const draft = {
    title: 'Đấu giá biển số xe ô tô, đợt tháng 11',
    centre: 'Trung tâm Dịch vụ đấu giá tài sản',
    owner: 'Cục Cảnh sát giao thông',
    lots: Array.from({ length: lots }, (_, i) => ({
      number: i + 1,
      kind: 'plate',
      title: `Biển số xe ô tô 30K-${100 + i}.${String(67 + i).slice(-2)}`,
      deposit: 8_000_000,
      rules: {
        method: 'ascending',
        currency: 'VND',
        start: 40_000_000,
        step: { kind: 'fixed', amount: 5_000_000 },
        closing: { kind: 'fixed' },
        opening,
        opensAt: now + 500,
        biddingMs: endsMs(i),
      },
    })),
    participants,
    sheet: {},
  };
  const { id, version } = await office.call('POST', '/auctions', draft, token);
  const published = await office.call('POST', `/auctions/${id}/publish`, { version }, token);
  return { id, sessions: published.lots.map((/** @type {any} */ l) => l.session) };
}

/** Opens a lot of the list. @param {Person} who @param {number} n */
async function pick(who, n) {
  await who.page
    .locator('.sale-row a')
    .nth(n - 1)
    .click();
  await expect(who.page.locator('.sale-room .lot-line .eyebrow')).toContainText(`Lô ${n} `);
}

/** Which lot a page shows. @param {Person} who @param {number} n */
const shows = (who, n) =>
  expect(who.page.locator('.sale-room .lot-line .eyebrow')).toContainText(`Lô ${n} `, { timeout: MOVE_MS });

/** No fault, no overflow, in both lights; a picture of each. @param {Person} who @param {string} name @param {any[]} [sizes] @param {() => Promise<void>} [again] */
async function looksRight(who, name, sizes = [SMALL, PHONE, DESKTOP], again) {
  for (const size of sizes) {
    for (const light of /** @type {const} */ (['light', 'dark'])) {
      await who.page.setViewportSize(size);
      await who.page.emulateMedia({ colorScheme: light });
      // Rows out of sight keep their colours until they are seen: axe would read the old ones.
      if (again) await again();
      await who.page.evaluate(() => scrollTo(0, 0)); // what lies half under the header is no smaller
      await expect.poll(() => who.overflow(), { message: `${name} ${size.width} ${light}` }).toBe(0);
      expect(await who.faults(), `${name} ${size.width} ${light}`).toEqual([]);
      if (process.env.E2E_PICTURES)
        await who.page.screenshot({
          path: `${process.env.E2E_PICTURES}/${name}-${size.width}-${light}.png`,
          fullPage: size.width < 1000 && name !== 'many',
        });
    }
  }
}

test('three lots end one after another: bidders, followers, the hall and the auctioneer', async ({
  office,
  person,
}) => {
  test.setTimeout(540_000);
  const [lan, binh, anyone, stayer, hall, desk] = await Promise.all([
    person(PHONE),
    person(DESKTOP),
    person(PHONE),
    person(DESKTOP),
    person(HALL),
    person(DESKTOP),
  ]);
  await Promise.all([lan.signIn('lan'), binh.signIn('binh'), desk.signIn('dgv', '/dieu-hanh')]);
  const { id, sessions } = await publish(office, { lots: 3 });
  const at = `/cuoc-dau-gia/${id}/cac-lo`;
  await Promise.all([
    lan.go(at),
    binh.go(at),
    anyone.go(at),
    stayer.go(at),
    hall.go('/man-hinh/cac-lo/' + id),
    desk.go('/dieu-hanh/cac-lo/' + id),
  ]);

  // Two check in to the first two lots, on the one page.
  const present = async (/** @type {Person} */ who) => {
    for (const n of [2, 1]) {
      await pick(who, n);
      await who.is('absent');
      await who.button.click();
      await who.is(/^(?!absent|checking)/);
    }
    await who.page.getByRole('button', { name: 'Theo lô hiện tại' }).click();
    await shows(who, 1);
  };
  await Promise.all([present(lan), present(binh)]);
  await stayer.page.getByRole('button', { name: 'Tự xem' }).click();

  // All open at the same moment, as soon as everybody sits; the first from the console's keyboard.
  await expect(desk.page.locator('.sale-bench-head')).toContainText('Lô tiếp theo phải mở: lô 1');
  await desk.page.keyboard.press('Shift+L');
  await expect(desk.page.locator('[data-act=open]')).toBeFocused();
  await Promise.all(sessions.map((/** @type {string} */ s) => desk.act('dgv', s, { act: 'open' })));

  // Lan leads in lot 2, looks at lot 1, and is told when Bình goes higher there.
  await pick(lan, 2);
  await lan.bid();
  await expect(lan.page.locator('.sale-bound-sum dd')).toContainText('40.000.000');
  await pick(lan, 1);
  await expect(lan.page.locator('.sale-row').nth(1)).toContainText('Bạn cao nhất');
  await pick(binh, 2);
  await binh.bid();
  await expect(lan.page.locator('.sale-alert')).toContainText(
    'Lô 2: đã có người trả giá cao hơn bạn, 45.000.000',
  );
  await expect(lan.page.locator('#say-alert')).toContainText('Lô 2: đã có người trả giá cao hơn bạn');
  await expect(lan.page.locator('.sale-row').nth(1)).toContainText('Có người trả cao hơn');
  await shows(lan, 1);
  await lan.bid();
  await lan.page.getByRole('button', { name: 'Theo lô hiện tại' }).click();
  await expect(lan.page.locator('.sale-bound-outbid dd')).toHaveText('1 lô');

  const ended = async (i = 0) => (await office.room(sessions[i])).now.ph;
  await expect.poll(() => ended(), { timeout: 90_000 }).toBe('closed');
  // Lot 1 is over: who follows moves on and is told; who looks around stays;
  // who leads in it stays and is told why.
  await shows(anyone, 2);
  await expect(anyone.page.locator('.sale-note')).toContainText('Đã chuyển sang lô 2');
  await expect(anyone.page.locator('#say-status')).toContainText('Đã chuyển sang lô 2');
  await shows(stayer, 1);
  await expect(lan.page.locator('.sale-note')).toContainText(
    'Bạn đang trả giá cao nhất ở lô 1 nên trang ở lại đây',
  );
  await lan.page.locator('.sale-note').getByRole('button', { name: 'Sang lô 2' }).click();
  await shows(lan, 2);
  await expect(lan.page.locator('.sale-alert')).toHaveCount(0);
  await expect(hall.page.locator('.screen-head')).toContainText('Lô 2', { timeout: MOVE_MS });
  await expect(hall.page.locator('.sale-next')).toContainText('30K-102.69');

  // The auctioneer goes to the lot that waits, with the keyboard.
  await desk.page.locator('h1').click();
  await desk.page.keyboard.press('Shift+ArrowDown');
  await expect(desk.page.locator('.bench-head')).toContainText('Lô 2');
  await desk.page.keyboard.press('Shift+J');
  await expect(desk.page.locator('.bench-head')).toContainText('Lô 1');
  await expect(desk.page.locator('[data-act=announce]')).toBeFocused();
  await desk.page.locator('[data-act=announce]').click();
  await desk.page.getByRole('dialog').locator('.button-main').click();
  await expect(lan.page.locator('.sale-row').first()).toContainText('Bạn trúng');
  await expect(lan.page.locator('.sale-bound-won dd')).toHaveText('1 lô');

  // In the room of a lot its neighbours are a step away.
  await stayer.go('/phong/' + sessions[1]);
  await expect(stayer.page.locator('.sale-strip')).toContainText('Lô 2/3');
  await stayer.page.getByRole('link', { name: 'Lô sau' }).click();
  await expect(stayer.page.locator('.lot-line .eyebrow')).toContainText('Lô 3 ');

  // Lot 2 is over as well: on to the last one.
  await expect.poll(() => ended(1), { timeout: 90_000 }).toBe('closed');
  await shows(anyone, 3);
  await expect(hall.page.locator('.screen-head')).toContainText('Lô 3', { timeout: MOVE_MS });
  await looksRight(anyone, 'follow');
  await looksRight(lan, 'bidder', [PHONE, DESKTOP]);
  await looksRight(stayer, 'strip', [PHONE]);
  await looksRight(hall, 'screen', [HALL]);
  await looksRight(desk, 'console', [DESKTOP, HALL]);
});

test('from the own sessions to the page of all lots', async ({ office, person }) => {
  const { id } = await publish(office, { lots: 2, opening: 'clock', endsMs: () => 600_000 });
  const lan = await person(PHONE);
  await lan.signIn('lan', '/cua-toi');
  const link = lan.page.locator(`.mine-row a[href="/cuoc-dau-gia/${id}/cac-lo"]`);
  await expect(link).toHaveCount(2);
  expect(await lan.faults()).toEqual([]);
  expect(await lan.overflow()).toBe(0);
  await link.first().click();
  await expect(lan.page.locator('.sale-row')).toHaveCount(2);
});

test('two hundred lots: found by number, one line to the server, a quick page', async ({
  office,
  person,
}) => {
  test.setTimeout(240_000);
  const { id } = await publish(office, { lots: 200, opening: 'clock', endsMs: (i) => 600_000 + i * 30_000 });
  const who = await person(PHONE);
  /** @type {string[]} */
  const subscribed = [];
  who.page.on('websocket', (ws) =>
    ws.on(
      'framesent',
      ({ payload }) => String(payload).includes('"sub"') && subscribed.push(String(payload)),
    ),
  );
  await who.go(`/cuoc-dau-gia/${id}/cac-lo`);
  await expect(who.page.locator('.sale-row')).toHaveCount(200);
  await expect(who.page.locator('.sale-row .sale-left').first()).toHaveText(/^\d/);
  await looksRight(who, 'many', [PHONE, DESKTOP], async () => {
    await who.page.reload();
    await expect(who.page.locator('.sale-row')).toHaveCount(200);
    await expect(who.page.locator('.sale-room .hero')).toBeVisible();
  });
  await who.page.setViewportSize(PHONE);
  await who.page.getByRole('searchbox').fill('137');
  await expect(who.page.locator('.sale-row')).not.toHaveCount(200);
  await who.page.locator('.sale-row a', { hasText: '30K-236' }).click();
  await shows(who, 137);
  await expect(who.page.getByRole('button', { name: 'Tự xem' })).toHaveAttribute('aria-pressed', 'true');
  subscribed.length = 0;
  await who.page.reload();
  await expect(who.page.getByRole('button', { name: 'Tự xem' })).toHaveAttribute('aria-pressed', 'true');
  await expect(who.page.locator('.sale-room .hero')).toBeVisible();
  expect(subscribed).toHaveLength(1);
});

test('one action lays out the lots: staggered ends, one kept as it was set by hand', async ({ person }) => {
  test.setTimeout(120_000);
  const desk = await person(DESKTOP);
  const { page } = desk;
  await desk.signIn('dgv', '/dieu-hanh');
  await desk.go('/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Biển số đợt tháng 12');
  await page.getByRole('button', { name: 'Biển số' }).click();
  for (let i = 1; i < 4; i++) await page.getByRole('button', { name: /^Giống lô/ }).click();
  await page.getByRole('button', { name: 'Xếp lịch các lô' }).click();
  const form = page.locator('.schedule');
  await form.getByText('Kết thúc so le', { exact: true }).click();
  await form.locator('#schedule-opensAt').fill('2030-12-02');
  await form.locator('#schedule-opensAt-time').fill('10:00');
  await form.locator('#schedule-biddingMs').fill('60');
  await form.locator('#schedule-everyMs').fill('3');
  const row = (/** @type {number} */ n) => form.locator('tbody tr').nth(n - 1);
  await expect(row(1)).toContainText('11:00');
  await expect(row(4)).toContainText('11:09');
  await expect(form).toContainText('Gia hạn ở một lô chỉ dời giờ kết thúc của lô đó');
  await looksRight(desk, 'schedule', [PHONE, DESKTOP]);
  await page.setViewportSize(DESKTOP);
  await form.getByRole('button', { name: 'Dùng lịch này' }).click();
  await expect(form).toHaveCount(0);
  await expect(page.locator('#f-lots-3-rules-biddingMs')).toHaveValue('69');

  // One is changed by hand; the next time it is kept until somebody says otherwise.
  await page.locator('#f-lots-1-rules-biddingMs').fill('10');
  await page.getByRole('button', { name: 'Xếp lịch các lô' }).click();
  await expect(row(2).getByRole('checkbox')).toBeChecked();
  await expect(row(2)).toContainText('10:10');
  await expect(form).toContainText('1 lô có thời gian trả giá dưới mức tối thiểu 15 phút');
  await form.locator('#schedule-everyMs').fill('5');
  await expect(row(4)).toContainText('11:15');
  await row(2).getByRole('checkbox').uncheck();
  await expect(row(2)).toContainText('11:05');
  await form.getByText('Lần lượt', { exact: true }).click();
  await expect(row(2)).toContainText('11:05');
  await expect(row(3)).toContainText('12:10');
});
