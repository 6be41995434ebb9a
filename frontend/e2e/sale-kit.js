// What the play of a whole sale needs: papers to hand in, bank statements,
// forms filled as people fill them, and a look at every screen.
import { DESKTOP, expect, PHONE } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */
/** @typedef {import('./kit.js').Person} Person */

const PASSWORD = 'gobua2026';
const MINUTE = 60_000;
const ZONE_MS = 7 * 3_600_000;
const softly = expect.configure({ soft: true });
const TALL = 6_000; // axe counts what a bar at the foot covers as too small to hit

/** Day and time of day in Vietnam, as the forms take them. @param {number} ms */
export function inVietnam(ms) {
  const iso = new Date(ms + ZONE_MS).toISOString();
  return { date: iso.slice(0, 10), time: iso.slice(11, 19) };
}

/** A small paper that says what it is. @param {string} name */
export function paper(name) {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>',
  ];
  let text = '%PDF-1.4\n';
  const at = objects.map((body, i) => {
    const begins = text.length;
    text += `${i + 1} 0 obj${body}endobj\n`;
    return begins;
  });
  const table = text.length;
  const rows = at.map((n) => String(n).padStart(10, '0') + ' 00000 n \n').join('');
  text += `xref\n0 4\n0000000000 65535 f \n${rows}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(text) };
}

/** A photo, drawn in the browser. @param {Person} who @param {string} name */
export async function photo(who, name) {
  const bytes = await who.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(640, 480);
    const draw = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
    draw.fillStyle = '#7a8b99';
    draw.fillRect(0, 0, 640, 480);
    draw.fillStyle = '#2c3e50';
    draw.fillRect(120, 220, 400, 120);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  });
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) };
}

/** Money that came in. @param {number} at @param {number} amount @param {string} text */
export const transfer = (at, amount, text) => ({
  at,
  amount,
  text,
  ref: 'FT' + crypto.randomUUID().slice(0, 8),
});

/**
 * A statement as a bank gives it.
 * @param {string} name @param {{at: number, amount: number, text: string, ref: string}[]} rows
 */
export function statement(name, rows) {
  const head = 'STT;Ngày giao dịch;Số tham chiếu;Số tiền ghi nợ;Số tiền ghi có;Nội dung\n';
  const lines = rows.map(({ at, amount, text, ref }, i) => {
    const { date, time } = inVietnam(at);
    const [y, m, d] = date.split('-');
    return `${i + 1};${d}/${m}/${y} ${time};${ref};;${amount};${text}\n`;
  });
  return { name, mimeType: 'text/csv', buffer: Buffer.from(head + lines.join('')) };
}

/**
 * Types a moment into a field of the rules sheet or of a lot.
 * @param {Person} who @param {string} id of the day's control @param {number} ms
 */
export async function typeMoment(who, id, ms) {
  const { date, time } = inVietnam(ms);
  await who.page.locator(id).fill(date);
  await who.page.locator(id + '-time').fill(time);
}

/**
 * The registrar types what is sold and by which rules: a car, opened by the
 * auctioneer, with windows of two hours. Nobody is put in charge yet.
 * @param {Person} who @param {{title: string, at: number, deposit: number}} sale at: the moment
 */
export async function typeRules(who, { title, at, deposit }) {
  const { page } = who;
  await page.getByLabel('Tên cuộc đấu giá').fill(title);
  await page.getByLabel('Người có tài sản').fill('Sở Tài chính');
  await page.getByRole('button', { name: 'Hàng hóa' }).click();
  await page.getByLabel('Tên tài sản').fill('Ô tô Toyota Innova 2015');
  await page.locator('#f-lots-0-kind').selectOption('car');
  await page.getByLabel('Giá khởi điểm', { exact: true }).fill('200000000');
  await page.getByLabel('Tiền đặt trước', { exact: true }).fill(String(deposit));
  await page.getByText('Đấu giá viên mở', { exact: true }).click();
  await page.getByText('Đúng giờ', { exact: true }).click();
  await page.locator('#f-lots-0-rules-biddingMs').fill('1');
  await typeMoment(who, '#f-lots-0-rules-opensAt', at + 180 * MINUTE);
  await page.locator('#f-sheet-preset').selectOption('demo');
  await page.locator('#f-sheet-property').selectOption('movable');
  for (const part of ['Thời hạn', 'Tiền hồ sơ', 'Người điều hành', 'Liên hệ'])
    await page.locator('.sheet-part > summary', { hasText: part }).click();
  for (const of of ['dossier', 'deposit']) {
    await typeMoment(who, `#f-sheet-windows-${of}-from`, at - MINUTE);
    await typeMoment(who, `#f-sheet-windows-${of}-to`, at + 120 * MINUTE);
  }
}

/**
 * Looks at the screen as it is: nothing for axe, nothing wider than the window,
 * on a phone and on a desk; both: in English too. The window is as it was after.
 * @param {Person} who @param {string} name of the picture, with SHOTS a folder
 * @param {{both?: boolean}} [how]
 */
export async function look(who, name, { both = false } = {}) {
  const { page } = who;
  const before = page.viewportSize() ?? DESKTOP;
  const looked = async (/** @type {string} */ lang) => {
    for (const { width, height } of lang === 'vi' ? [PHONE, DESKTOP] : [DESKTOP]) {
      const what = `${name}, ${lang}, ${width}`;
      await page.setViewportSize({ width, height: TALL });
      // The window has its new width a moment before everything in it has.
      await softly.poll(() => who.overflow(), { message: what }).toBeLessThanOrEqual(0);
      expect.soft(await who.faults(), what).toEqual([]);
      if (!process.env.SHOTS) continue;
      await page.setViewportSize({ width, height });
      const path = `${process.env.SHOTS}/${name}-${lang}-${width}`;
      await page.screenshot({ path: path + '.png', fullPage: true });
      if (width !== PHONE.width) continue;
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.screenshot({ path: path + '-dark.png', fullPage: true });
      await page.emulateMedia({ colorScheme: null });
    }
  };
  await looked('vi');
  if (both) {
    await page.setViewportSize(DESKTOP);
    await page.getByRole('button', { name: 'English' }).first().click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await looked('en');
    await page.setViewportSize(DESKTOP);
    await page.getByRole('button', { name: 'Tiếng Việt' }).first().click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'vi');
  }
  await page.setViewportSize(before);
}

/** A bidder says who they are in law. @param {Person} who @param {string} number of the identity card */
export async function identify(who, number) {
  const { page } = who;
  await page.locator('#identity-files').setInputFiles(paper('can-cuoc.pdf'));
  await expect(page.locator('.files-name', { hasText: 'can-cuoc.pdf' })).toBeVisible();
  await page.locator('#p-number').fill(number);
  await page.locator('#p-born').fill('17/05/1990');
  await page.locator('#p-address').fill('12 đường Hòa Bình');
  await page.locator('#p-phone').fill('0901234567');
  await page.locator('form .button-main').click();
  await expect(page.locator('.people .facts')).toBeVisible();
}

/**
 * A bidder declares, without a conflict, where the deposit goes back.
 * @param {Person} who @param {string} holder
 */
export async function declare(who, holder) {
  const { page } = who;
  await page.getByRole('button', { name: 'Lưu và tiếp tục' }).click();
  await expect(page.locator('#reg-conflict-error')).toHaveText('Còn thiếu.');
  await page.locator('#reg-conflict').check();
  await page.locator('#reg-bank').selectOption('970436');
  await page.locator('#reg-number').fill('00' + Math.abs(hash(holder)));
  await page.locator('#reg-holder').fill(holder);
  await page.getByRole('button', { name: 'Lưu và tiếp tục' }).click();
  await expect(page.locator('.reg-tab-done', { hasText: 'Khai báo' })).toBeVisible();
}

/** @param {string} s */
const hash = (s) => [...s].reduce((n, c) => (n * 31 + (c.codePointAt(0) ?? 0)) % 1_000_000_007, 7);

/** A bidder hands a dossier in. @param {Person} who @param {any} file */
export async function handIn(who, file) {
  const { page } = who;
  await page.getByRole('button', { name: /Hồ sơ/ }).click();
  const papers = page.locator('#reg-papers');
  const before = await page.locator('.files-row').count();
  await papers.setInputFiles(file);
  await expect(page.locator('.files-row')).toHaveCount(before + 1);
  await page.getByRole('button', { name: 'Nộp hồ sơ', exact: true }).click();
  await expect(page.locator('.reg-tab-done', { hasText: 'Hồ sơ' })).toBeVisible();
}

/**
 * The registrar's line of a person, opened.
 * @param {Person} desk @param {string} name
 */
export async function openLine(desk, name) {
  const line = desk.page.locator('.reg-desk-row', { hasText: name });
  const button = line.locator('button[aria-expanded]');
  await expect(button).toBeVisible();
  if ((await button.getAttribute('aria-expanded')) === 'false') await button.click();
  await expect(line.locator('.reg-inside')).toBeVisible();
  return line;
}

/** Uploads a statement at the desk and books what it says. @param {Person} desk @param {any} file @param {number} rows */
export async function book(desk, file, rows) {
  const { page } = desk;
  await page.locator('#statement-file').setInputFiles(file);
  await expect(page.locator('.reg-preview h3')).toHaveText(file.name);
  await page.getByRole('button', { name: `Ghi ${rows} dòng` }).click();
  await expect(page.locator('.reg-preview [role=status]')).toContainText('đã ghi lúc');
}

/** A bidder enters a room and is present. @param {Person} who @param {string} session */
export async function checkIn(who, session) {
  await who.go('/phong/' + session);
  await who.is('absent');
  await who.button.click();
  await who.is(/^(?!absent|checking)/);
}

/**
 * The auctioneer, at the console of a session, opens it as soon as its time has come.
 * @param {Person} who @param {Office} office @param {string} session
 */
export async function openSession(who, office, session) {
  const { rules } = await office.room(session);
  const now = async () => (await office.call('GET', '/time')).now;
  await expect.poll(now, { timeout: 30_000 }).toBeGreaterThan(rules.opensAt);
  await who.page.locator('[data-act=open]').click();
  await who.page.getByRole('dialog').locator('.button-main').click();
  await expect(who.page.locator('.bench-outcome')).toContainText('Đã thực hiện');
}

/**
 * Somebody proves in a dialog who they are, and goes on.
 * @param {Person} who @param {string} button
 * @param {string} [proof] the code of who has a second factor
 */
export async function prove(who, button, proof = PASSWORD) {
  const dialog = who.page.getByRole('dialog');
  await dialog.getByLabel('Mật khẩu của bạn').fill(proof);
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await expect(dialog).toHaveCount(0);
}

/**
 * Somebody of the staff fills a dialog and has it recorded.
 * @param {Person} who @param {Record<string, string>} fields by label
 */
export async function record(who, fields) {
  const dialog = who.page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).fill(value);
  await dialog.getByRole('button', { name: 'Ghi nhận' }).click();
  await expect(dialog).toHaveCount(0);
}

/** What stands in a file that was taken away. @param {import('@playwright/test').Download} download */
export async function text(download) {
  let all = '';
  for await (const chunk of await download.createReadStream()) all += chunk;
  return all;
}

/**
 * Ticks all that people have to see to before the opening, quickly, while the answer
 * to the first tick is late: it undoes none.
 * @param {Person} who
 */
export async function tickAll(who) {
  const { page } = who;
  const ticks = page.locator('.ready-tick input');
  await expect(ticks.first()).toBeVisible();
  let come = () => {};
  const answered = new Promise((resolve) => (come = () => resolve(undefined)));
  const late = async (/** @type {import('@playwright/test').Route} */ route) => {
    const response = await route.fetch();
    await new Promise((passed) => setTimeout(passed, 1500));
    await route.fulfill({ response });
    come();
  };
  await page.route('**/readiness', late, { times: 1 });
  for (const tick of await ticks.all()) await tick.check();
  await answered;
  await who.settled();
  for (const tick of await ticks.all()) expect(await tick.isChecked()).toBe(true);
  await expect(page.locator('.ready-ready .ready-tick')).toHaveCount(await ticks.count());
}
