import { DESKTOP, expect, HALL, PHONE, test } from './kit.js';

test('pause, message, resume, extension: told everywhere, with the reason', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  const hall = await person(HALL);
  await hall.go('/man-hinh/' + session);
  await lan.enter('lan', session);
  await lan.is('bid');
  await lan.act('dgv', session, { act: 'pause', text: 'Một người tham gia báo mất kết nối' });
  await lan.is('paused');
  await expect(lan.page.locator('.room-main .notice')).toContainText('Một người tham gia báo mất kết nối');
  await expect(hall.page.locator('.screen-call')).toContainText('Phiên đang tạm dừng');
  await expect(lan.page.locator('#say-alert')).toContainText('tạm dừng');
  await lan.act('dgv', session, { act: 'say', text: 'Xin quý vị chờ ít phút' });
  await expect(lan.page.locator('.message')).toContainText('Xin quý vị chờ ít phút');
  await lan.act('dgv', session, { act: 'resume' });
  await lan.is('bid');
  const before = (await office.room(session)).now.e;
  await lan.act('dgv', session, { act: 'extend', ms: 60_000, text: 'Bù thời gian' });
  await expect(lan.page.locator('.room-main .notice')).toContainText('Bù thời gian');
  expect((await office.room(session)).now.e).toBe(before + 60_000);
});

test('disqualified: view only, with the auctioneer’s sentence', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  await lan.enter('lan', session);
  const code = await lan.page.locator('.strip-code strong').textContent();
  await lan.act('dgv', session, { act: 'disqualify', code, text: 'Thông đồng dìm giá' });
  await lan.is('out');
  await expect(lan.page.locator('.bid-words')).toHaveText('Thông đồng dìm giá');
});

test('the end: closed by the server, proposed, won only when announced', async ({ office, person }) => {
  const session = await office.sale({
    rules: { opening: 'auctioneer', biddingMs: 6_000, closing: { kind: 'fixed' } },
  });
  const lan = await person();
  const binh = await person(DESKTOP);
  const hall = await person(HALL);
  await hall.go('/man-hinh/' + session);
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session)]);
  await lan.act('dgv', session, { act: 'open' });
  await lan.bid();
  await expect(binh.button).toContainText('12.050.000.000');
  await lan.is('closed');
  await expect(lan.page.locator('.room-main .notice')).toContainText('Chờ đấu giá viên công bố');
  const { now } = await office.room(session);
  await lan.act('dgv', session, { act: 'announce', code: now.b, price: now.p });
  await lan.is('won');
  await binh.is('sold');
  await expect(hall.page.locator('.screen-call')).toContainText(`Người trúng đấu giá: ${now.b}`);
  await expect(lan.page.locator('#say-alert')).toContainText('Công bố');
});

test('an opening by the auctioneer: wait, check in, and begin without a reload', async ({
  office,
  person,
}) => {
  const session = await office.sale({ rules: { opening: 'auctioneer' } });
  const lan = await person();
  await lan.enter('lan', session);
  await lan.is('waiting');
  await expect(lan.page.locator('.hero-time')).toContainText('Chờ đấu giá viên mở');
  await lan.act('dgv', session, { act: 'open' });
  await lan.bid();
});

test('a second tab follows and can take over', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  await lan.enter('lan', session);
  await lan.is('bid');
  const second = await lan.page.context().newPage();
  await second.goto(lan.page.url());
  const button = second.locator('.bid-button');
  await expect(button).toHaveAttribute('data-state', 'follower');
  await button.click();
  await expect(button).toHaveAttribute('data-state', 'bid');
  await lan.is('follower');
  await button.click();
  await expect(button).toHaveAttribute('data-state', 'leading');
});

test('the device’s clock does not matter', async ({ office, person }) => {
  const session = await office.sale();
  await expect.poll(async () => (await office.room(session)).now.ph).toBe('running'); // not what is left until then
  for (const offMs of [-600_000, 600_000]) {
    const anyone = await person(PHONE);
    await anyone.page.addInitScript((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ms;
    }, offMs);
    await anyone.go('/phong/' + session);
    const digits = anyone.page.locator('.hero .countdown-digits');
    await expect(digits).toHaveText(/\d\d:\d\d/);
    const [m = 0, s = 0] = String(await digits.textContent())
      .split(':')
      .map(Number);
    const [{ now: serverMs }, room] = await Promise.all([office.call('GET', '/time'), office.room(session)]);
    const left = (room.now.e - serverMs) / 1000;
    expect(Math.abs(m * 60 + s - left)).toBeLessThan(2);
  }
});

test('a stranger and a guest watch, and are told so', async ({ office, person }) => {
  const session = await office.sale({ who: ['lan'] });
  const binh = await person();
  await binh.signIn('binh', '/phong/' + session);
  await expect(binh.page.locator('.join')).toContainText('không tham gia phiên này');
  await expect(binh.button).toHaveCount(0);
  const guest = await person();
  await guest.go('/phong/' + session);
  await expect(guest.page.locator('.join')).toContainText('đăng nhập');
});
