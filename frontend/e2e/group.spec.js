// Lots of one auction that belong together (rules SC4, SC5): a bid for one moves
// the end of the other in front of everybody, and who may lead one lot leads one.
import { DESKTOP, expect, HALL, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */
/** @typedef {import('./kit.js').Person} Person */

const RULES = {
  method: 'ascending',
  currency: 'VND',
  start: 200_000_000,
  step: { kind: 'fixed', amount: 5_000_000 },
  opening: 'clock',
  confirmAbove: 20,
};
const TITLES = ['Máy kéo Kubota L3408', 'Máy kéo Kubota M6040', 'Máy gặt đập liên hợp DC-70'];

/**
 * Publishes an auction of several lots; returns their sessions.
 * @param {Office} office @param {object[]} rules of each lot @param {string[]} [who]
 * @returns {Promise<string[]>}
 */
async function sale(office, rules, who = ['lan', 'binh']) {
  const token = await office.token('dgv');
  const participants = [];
  for (const login of who) {
    const { accounts } = await office.call('GET', '/accounts?query=' + login, undefined, token);
    participants.push({ accountId: accounts.find((/** @type {any} */ a) => a.login === login).id });
  }
  const lots = rules.map((r, i) => ({
    number: i + 1,
    kind: 'goods',
    title: TITLES[i],
    deposit: 20_000_000,
    rules: { ...RULES, ...r },
  }));
  const draft = {
    title: 'Đấu giá máy nông nghiệp',
    centre: 'Trung tâm',
    owner: 'Sở Tài chính',
    lots,
    participants,
  };
  const { id, version } = await office.call('POST', '/auctions', draft, token);
  const published = await office.call('POST', `/auctions/${id}/publish`, { version }, token);
  return published.lots.map((/** @type {any} */ lot) => lot.session);
}

/** No fault, no overflow, light and dark, small and large; a picture of each. @param {Person} p @param {string} name */
async function looksRight(p, name) {
  for (const [width, size, light] of /** @type {const} */ ([
    ['320', SMALL, 'dark'],
    ['390', PHONE, 'light'],
    ['1280', DESKTOP, 'dark'],
  ])) {
    await p.page.setViewportSize(size);
    await p.page.emulateMedia({ colorScheme: light });
    expect(await p.overflow(), `${name} ${width} ${light}`).toBe(0);
    expect(await p.faults(), `${name} ${width} ${light}`).toEqual([]);
    if (process.env.E2E_PICTURES)
      await p.page.screenshot({
        path: `${process.env.E2E_PICTURES}/${name}-${width}-${light}.png`,
        fullPage: true,
      });
  }
}

test('a bid at the end of one lot extends the other in front of everybody', async ({ office, person }) => {
  test.setTimeout(180_000);
  const [lan, binh, hall, desk] = await Promise.all([
    person(PHONE),
    person(PHONE),
    person(HALL),
    person(DESKTOP),
  ]);
  const { now } = await office.call('GET', '/time');
  // The window is the whole bidding time, so that no bid of the test has to hit a second.
  const closing = { kind: 'add', windowMs: 1_800_000, byMs: 120_000, maxCount: 3 };
  const rules = {
    closing,
    biddingMs: 600_000,
    opensAt: now + 500,
    group: { name: 'Máy kéo', extends: true },
  };
  const [one = '', two = '', alone = ''] = await sale(office, [rules, rules, { ...rules, group: undefined }]);
  await lan.enter('lan', one);
  await binh.enter('binh', two);
  await hall.go('/man-hinh/' + two);
  await desk.signIn('dgv', '/dieu-hanh/' + two);
  const ends = async () => Promise.all([one, two, alone].map(async (s) => (await office.room(s)).now.e));
  await expect(binh.page.locator('.group-name')).toHaveText('Gia hạn chung nhóm “Máy kéo”');
  const before = await ends();

  await lan.bid();
  const moved = 'Lô 1 có giá mới sát giờ: cả nhóm gia hạn đến';
  await expect(binh.page.locator('.notice', { hasText: moved })).toBeVisible();
  await expect(binh.page.locator('.group-moved')).toContainText(moved);
  await expect(hall.page.locator('.screen-call')).toContainText(moved);
  if (process.env.E2E_PICTURES)
    await hall.page.screenshot({ path: process.env.E2E_PICTURES + '/group-hall.png' });
  await expect(desk.page.locator('.group-moved')).toContainText(moved);
  await expect(lan.page.locator('.group-moved')).toHaveCount(0);
  await expect(binh.page.locator('#say-status, #say-alert').filter({ hasText: 'Lô 1' })).not.toHaveCount(0);
  const after = await ends();
  // The group ends with its latest lot, also where one of them opened a moment later.
  const first = before[0] + 120_000;
  expect(after).toEqual([first, Math.max(before[1], first), before[2]]);

  // And back: the second lot's own bid moves the first, which now names it.
  await binh.bid();
  await expect(lan.page.locator('.group-moved')).toContainText('Lô 2 có giá mới sát giờ');
  await expect(binh.page.locator('.group-moved')).toHaveCount(0);
  const second = Math.max(before[1], first) + 120_000;
  expect(await ends()).toEqual([Math.max(first, second), second, before[2]]);
  await expect(lan.page.locator('.rules', { hasText: 'Gia hạn chung nhóm “Máy kéo”' })).toBeVisible();

  await looksRight(lan, 'group-room');
  await looksRight(desk, 'group-console');
  expect(await hall.overflow()).toBe(0);
  expect(await hall.faults()).toEqual([]);
});

test('who may lead one lot is refused a second, and may bid there when outbid', async ({
  office,
  person,
}) => {
  test.setTimeout(180_000);
  const [lan, elsewhere, binh] = await Promise.all([person(PHONE), person(PHONE), person(PHONE)]);
  const { now } = await office.call('GET', '/time');
  const rules = { closing: { kind: 'fixed' }, biddingMs: 600_000, opensAt: now + 500, group: { atOnce: 1 } };
  const [one = '', two = ''] = await sale(office, [rules, rules]);
  await lan.enter('lan', one);
  await elsewhere.enter('lan', two);
  await binh.enter('binh', one);
  await lan.bid();
  await elsewhere.is('bid');
  await elsewhere.button.click();
  await expect(elsewhere.strip).toContainText('Bạn đã dẫn giá hoặc trúng đủ số tài sản');
  expect((await office.room(two)).now.n).toBe(0);
  await looksRight(elsewhere, 'group-limit');
  await elsewhere.page.setViewportSize(PHONE);

  await binh.bid();
  await lan.is('bid');
  await elsewhere.bid();
  expect((await office.room(two)).now.n).toBe(1);
});
