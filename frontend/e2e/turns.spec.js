// Rounds in turn (rule RO1): two speak one after the other, watched by everybody;
// and the numbers of the rounds in the form.
import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

const RULES = {
  method: 'turns',
  start: 40_000_000,
  step: { kind: 'fixed', amount: 5_000_000 },
  closing: { kind: 'fixed' },
  biddingMs: 20_000,
  turns: { rounds: 2, turnMs: 120_000, pauseMs: 20_000 },
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
        await p.page.screenshot({ path: `${dir}/turns-${name}-${size.width}-${light}.png`, fullPage: true });
    }
  }
}

test('two speak in turn, and the one below comes first', async ({ office, person }) => {
  test.setTimeout(240_000);
  const [lan, binh, hall, desk] = await Promise.all([
    person(PHONE),
    person(PHONE),
    person(HALL),
    person(DESKTOP),
  ]);
  const session = await office.sale({ lot: CAR, rules: RULES });
  await hall.go('/man-hinh/' + session);
  await Promise.all([
    lan.enter('lan', session),
    binh.enter('binh', session),
    desk.signIn('dgv', '/dieu-hanh/' + session),
  ]);
  const turn = async () => (await office.room(session)).now.tn;
  await expect(lan.page.locator('.turns')).toContainText('Thứ tự vòng 1 được chốt khi vòng bắt đầu');

  // Who was admitted last speaks first.
  await expect.poll(async () => (await turn())?.t, { timeout: 60_000 }).toBe(1);
  const { c: first, o: order } = await turn();
  const lanFirst =
    first === (await lan.page.locator('.turns-line:has(em) .turns-code').innerText()).split(' ')[0];
  const [one, other] = lanFirst ? [lan, binh] : [binh, lan];
  expect(order.map((/** @type {{c: string}} */ line) => line.c).at(0)).toBe(first);
  await one.is('bid');
  await other.is('notturn');
  await expect(one.page.locator('.turns-own')).toContainText('Đến lượt bạn!');
  await expect(other.page.locator('.turns-own')).toContainText('muộn nhất sau khoảng 2 phút');
  await expect(hall.page.locator('.screen-call')).toContainText(`mời mã số ${first} trả giá`);
  await one.bid();
  await other.is('bid');
  await expect(other.button).toContainText('45.000.000');
  await expect(one.page.locator('.turns-own')).toContainText('Bạn đang trả cao nhất');
  await looksRight(other, 'mine');
  await looksRight(one, 'leads');
  await looksRight(desk, 'desk');
  expect(await hall.overflow()).toBe(0);
  expect(await hall.faults()).toEqual([]);
  if (process.env.E2E_PICTURES)
    await hall.page.screenshot({ path: process.env.E2E_PICTURES + '/turns-hall.png' });
  await other.bid();

  // The pause, and the second round in the order of the offers: the one below speaks.
  await expect(one.page.locator('.turns-head')).toContainText('Nghỉ trước vòng 2');
  await one.is('between');
  await expect(one.page.locator('.turns-line').first()).toContainText(first);
  await one.is('bid', { timeout: 30_000 });
  await one.bid();
  await other.is('bid');
  await other.button.click(); // the last turn: its offer ends the bidding
  await expect(lan.button).toHaveAttribute('data-state', 'closed');
  const { now } = await office.room(session);
  expect([now.ph, now.p, now.n]).toEqual(['closed', 55_000_000, 4]);
});

test('the form has the rounds, the turn and the pauses', async ({ office, person }) => {
  const clerk = await person({ width: 1280, height: 4000 });
  const { page } = clerk;
  await clerk.signIn('dgv', '/quan-tri/cuoc-dau-gia/moi');
  await page.getByLabel('Tên cuộc đấu giá').fill('Tài sản thanh lý');
  await page.getByRole('button', { name: 'Biển số xe' }).click();
  await page.getByLabel('Tên tài sản').fill('Biển số 51K-888.88');
  await page.getByRole('radio', { name: /^Trả giá lần lượt theo vòng/ }).check();
  await expect(page.getByLabel('Kết thúc', { exact: true })).toHaveCount(0);
  await page.getByLabel('Nghỉ trước vòng đầu', { exact: true }).fill('5');
  await page.getByLabel('Số vòng', { exact: true }).fill('21');
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(page.locator('#f-lots-0-rules-turns-rounds-error')).toBeVisible();
  await page.getByLabel('Số vòng', { exact: true }).fill('3');
  await expect(page.locator('.office-preview').last()).toContainText('Có 3 vòng, mỗi lượt dài nhất 3 phút');
  if (process.env.E2E_PICTURES)
    await page
      .locator('.office-lot')
      .first()
      .screenshot({ path: process.env.E2E_PICTURES + '/turns-form.png' });
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await expect(page).toHaveURL(/cuoc-dau-gia\/(?!moi)/);
  const id = page.url().split('/').at(-1);
  const { lots } = await office.call('GET', '/auctions/' + id, undefined, await office.token('dgv'));
  expect(lots[0].rules).toMatchObject({
    method: 'turns',
    biddingMs: 300_000,
    closing: { kind: 'fixed' },
    turns: { rounds: 3, turnMs: 180_000, pauseMs: 120_000 },
  });
});
