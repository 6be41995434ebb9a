// The day of the sale: an incident, a re-run, a rehearsal, who was there.
import { DESKTOP, expect, PHONE, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */

const ZONE_MS = 7 * 3_600_000;

/** @param {Office} office @param {string} session */
const auctionOf = async (office, session) => (await office.room(session)).lot.auctionId;

/** Day and time in Vietnam, as the form takes them. @param {number} ms */
function inVietnam(ms) {
  const iso = new Date(ms + ZONE_MS).toISOString();
  return { date: iso.slice(0, 10), time: iso.slice(11, 19) };
}

test('an incident stops the bidding, everybody hears of it, and the same people bid again', async ({
  office,
  person,
}) => {
  test.setTimeout(120_000);
  const session = await office.sale();
  const id = await auctionOf(office, session);
  const [desk, lan, binh, citizen] = [
    await person(DESKTOP),
    await person(),
    await person(),
    await person(DESKTOP),
  ];
  await lan.enter('lan', session);
  await binh.enter('binh', session);
  await lan.bid();
  await citizen.go('/phong/' + session);
  await expect(citizen.price).toContainText('12.000.000.000');

  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await expect(desk.page.locator('.attempt-bid')).toHaveCount(1);
  await expect(desk.page.locator('[data-act=stop]')).toBeVisible();
  await desk.page.keyboard.press('Shift+S');
  await desk.page.locator('#incident-sentence').fill('Mất đường truyền tại hội trường');
  await desk.page.getByRole('button', { name: 'Dừng phiên này' }).click();
  await expect(desk.page.locator('#incident-ground-error')).toBeVisible();
  await desk.page.locator('#incident-ground').selectOption('cannot_bid');
  await desk.page.locator('#incident-lot').fill('7');
  expect(await desk.faults()).toEqual([]);
  await desk.page.getByRole('button', { name: 'Dừng phiên này' }).dblclick();
  await expect(desk.page.locator('.bench-outcome')).toContainText('Phiên đã dừng');

  for (const who of [lan, citizen]) {
    const banner = who.page.locator('.notice-bad');
    await expect(banner).toContainText('Phiên đã dừng');
    await expect(banner).toContainText('Mất đường truyền tại hội trường');
    await expect(banner).toContainText('Người tham gia không trả giá được');
  }
  expect(await citizen.faults()).toEqual([]);

  await desk.go(`/quan-tri/cuoc-dau-gia/${id}/phien`);
  const page = desk.page;
  await expect(page.locator('.day-incident')).toContainText('Mất đường truyền');
  await expect(page.locator('.day-table')).toContainText('Đang kết nối (1)');
  await page.getByRole('button', { name: 'Tổ chức lại…' }).click();
  const { now } = await office.call('GET', '/time');
  const at = inVietnam(now + 4_000);
  await page.locator('#rerun-at').fill(at.date);
  await page.locator('#rerun-at-time').fill(at.time);
  await page.getByRole('button', { name: 'Tổ chức lại', exact: true }).click();
  await expect(page.locator('.day-session')).toHaveCount(2);
  await expect(page.locator('dialog')).toHaveCount(0);

  const go = citizen.page.getByRole('link', { name: 'Vào phiên tổ chức lại' });
  await expect(go).toBeVisible({ timeout: 30_000 });
  await go.click();
  await expect(citizen.page.locator('.lot-runs')).toContainText('lần 2');
  const next = new URL(citizen.page.url()).pathname.split('/').at(-1) ?? '';
  expect(next).not.toBe(session);
  for (const who of [lan, binh]) {
    await who.go('/phong/' + next);
    await who.is('absent');
    await who.button.click();
  }
  await lan.bid();
  await binh.is('bid');
  await binh.bid();
  await expect(citizen.price).toContainText('12.050.000.000');

  await citizen.go('/cuoc-dau-gia/' + id);
  await expect(citizen.page.locator('.notice-bad')).toContainText('Mất đường truyền tại hội trường');
  await expect(citizen.page.locator('.notice-bad a')).toHaveAttribute('href', '/phong/' + next);
  expect(await citizen.faults()).toEqual([]);

  const observer = await person(DESKTOP);
  await observer.signIn('giamsat', `/quan-tri/cuoc-dau-gia/${id}/phien`);
  await observer.page.getByRole('button', { name: 'Ký chứng kiến' }).click();
  await expect(observer.page.locator('.day-incident')).toContainText('ký chứng kiến lúc');
});

test('a line that breaks is on record, for the desk and for the bidder', async ({ office, person }) => {
  const session = await office.sale();
  const id = await auctionOf(office, session);
  const [desk, lan] = [await person(DESKTOP), await person()];
  await lan.enter('lan', session);
  await desk.signIn('dgv', `/quan-tri/cuoc-dau-gia/${id}/phien`);
  const row = desk.page.locator('.day-table tbody tr').filter({ hasText: 'Đang kết nối' });
  await expect(row).toHaveCount(1);
  await lan.page.locator('.own-presence summary').click();
  await expect(lan.page.locator('.own-presence dl')).toContainText('Điểm danh');
  expect(await lan.faults()).toEqual([]);
  await lan.go('/kiem-tra');
  await expect(desk.page.locator('.day-table tbody')).toContainText('Không kết nối', { timeout: 15_000 });
});

test('a rehearsal says so in the room, on the start page and on the screen, and is no result', async ({
  office,
  person,
}) => {
  const session = await office.sale({ rules: { opensAt: Date.now() + 3_600_000 } });
  const id = await auctionOf(office, session);
  const desk = await person(DESKTOP);
  await desk.signIn('dgv', `/quan-tri/cuoc-dau-gia/${id}/phien`);
  await desk.page.getByRole('button', { name: 'Tạo buổi đấu giá thử…' }).click();
  expect(await desk.faults()).toEqual([]);
  const { now } = await office.call('GET', '/time');
  const at = inVietnam(now + 1_000);
  await desk.page.locator('#rehearse-at').fill(at.date);
  await desk.page.locator('#rehearse-at-time').fill(at.time);
  await desk.page.getByRole('button', { name: 'Mở đấu giá thử' }).click();
  const room = desk.page.locator('.day-links a[href^="/phong/"]').last();
  await expect(desk.page.getByText('Lần gần nhất mở lúc')).toBeVisible();
  const practice = ((await room.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
  expect(practice).not.toBe(session);

  const lan = await person();
  await lan.enter('lan', practice);
  await expect(lan.page.locator('.notice-warn')).toContainText('ĐẤU GIÁ THỬ');
  await lan.bid();
  await lan.go('/cua-toi');
  await expect(lan.page.locator('.mine .rehearsal').first()).toBeVisible();
  await lan.go('/man-hinh/' + practice);
  await expect(lan.page.locator('.screen .rehearsal')).toBeVisible();
  await lan.act('dgv', practice, { act: 'cancel', text: 'Hết buổi thử' });
  const home = await office.call('GET', '/home');
  expect(home.results.map((/** @type {any} */ r) => r.session)).not.toContain(practice);
});

test('how many take part is shown only where the sheet says so', async ({ office, person }) => {
  const hidden = await office.sale();
  const shown = await office.sale({ sheet: { room: { showCount: true } } });
  const citizen = await person(DESKTOP);
  await citizen.go('/phong/' + hidden);
  await expect(citizen.price).toBeVisible();
  await expect(citizen.page.locator('.hero-facts')).not.toContainText('Người tham gia');
  expect(JSON.stringify(await office.room(hidden))).not.toContain('participants');
  await citizen.go('/phong/' + shown);
  await expect(citizen.page.locator('.hero-facts')).toContainText('Người tham gia');
});

for (const [name, viewport, context] of /** @type {const} */ ([
  ['desktop', DESKTOP, {}],
  ['desktop, dark', DESKTOP, { colorScheme: 'dark' }],
  ['phone', PHONE, {}],
])) {
  test(`the page of the day is accessible and fits in both languages: ${name}`, async ({
    office,
    person,
  }) => {
    const session = await office.sale();
    const id = await auctionOf(office, session);
    const desk = await person(viewport, context);
    await desk.signIn('dgv', `/quan-tri/cuoc-dau-gia/${id}/phien`);
    for (const lang of ['vi', 'en']) {
      await desk.go(`/quan-tri/cuoc-dau-gia/${id}/phien?lang=${lang}`);
      await expect(desk.page.locator('.ready-item')).toHaveCount(13);
      await expect(desk.page.locator('.day-table tbody tr')).toHaveCount(3);
      expect(await desk.faults()).toEqual([]);
      expect(await desk.overflow()).toBe(0);
    }
    const tick = desk.page.locator('.ready-tick input').first();
    await tick.check();
    await expect(desk.page.locator('.ready-ready .ready-tick')).toHaveCount(1);
  });
}

test('the device check gives a verdict and lets a bid be tried that goes nowhere', async ({ person }) => {
  test.setTimeout(120_000); // two pages in two languages, each of which takes its measurements
  for (const viewport of [PHONE, DESKTOP]) {
    const who = await person(viewport);
    for (const lang of ['en', 'vi']) {
      await who.go('/kiem-tra?lang=' + lang);
      await expect(who.page.locator('.check')).toHaveCount(10);
      const will = lang === 'vi' ? 'Máy này dùng được' : 'This device will do';
      await expect(who.page.locator('.check-verdict')).toContainText(will, { timeout: 20_000 });
      expect(await who.faults()).toEqual([]);
      expect(await who.overflow()).toBe(0);
    }
    /** @type {string[]} */
    const sent = [];
    who.page.on('request', (r) => sent.push(r.url()));
    await who.page.getByRole('button', { name: 'Trả giá thử' }).click();
    await expect(who.page.locator('.try-bid')).toContainText('Bạn đang dẫn đầu');
    await expect(who.page.locator('.try-bid')).toContainText('Có người trả cao hơn');
    await who.page.locator('#try-amount').fill('1000000000');
    await who.page.getByRole('button', { name: 'Trả giá thử' }).click();
    await expect(who.page.locator('.try-bid')).toContainText('Phải cao hơn');
    expect(sent).toEqual([]);
  }
});
