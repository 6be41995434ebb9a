import { expect, test } from './kit.js';

/**
 * Puts a hand on the line of a page: what it sends and hears can be stopped.
 * @param {import('@playwright/test').Page} page
 */
async function tap(page) {
  const line = {
    sent: /** @type {any[]} */ ([]),
    deaf: false, // nothing from the server arrives
    mute: false, // nothing reaches the server
    refuse: false, // no new connection
    cut: () => {},
  };
  await page.routeWebSocket('**/ws', (ws) => {
    if (line.refuse) {
      void ws.close({ code: 4001 });
      return;
    }
    const server = ws.connectToServer();
    line.cut = () => {
      void server.close();
      void ws.close({ code: 4001 });
    };
    ws.onMessage((m) => {
      line.sent.push(JSON.parse(String(m)));
      if (!line.mute) server.send(m);
    });
    server.onMessage((m) => {
      if (!line.deaf) ws.send(m);
    });
  });
  return { line, of: (/** @type {string} */ op) => line.sent.filter((m) => m.op === op) };
}

test('the answer is lost with the line: the page asks, and never sends again', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  const { line, of } = await tap(lan.page);
  await lan.enter('lan', session);
  await lan.is('bid');
  line.deaf = true;
  await lan.button.click();
  await lan.is('pending');
  await expect.poll(async () => (await office.room(session)).now.n).toBe(1);
  line.refuse = true;
  line.cut();
  await lan.is('offline');
  await expect(lan.page.locator('.hero')).toContainText('giá có thể đã cũ');
  line.deaf = false;
  line.refuse = false;
  await lan.is('leading');
  await expect(lan.page.locator('.bid-receipt')).toContainText('12.000.000.000');
  expect(of('bid')).toHaveLength(1);
  expect(of('ask').length).toBeGreaterThan(0);
});

test('the bid never arrived: the page says so, and leaves it to the bidder', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  const { line, of } = await tap(lan.page);
  await lan.enter('lan', session);
  await lan.is('bid');
  line.mute = true;
  await lan.button.click();
  await lan.is('pending');
  await lan.is('asking');
  line.cut();
  line.mute = false;
  await expect(lan.strip).toContainText('Máy chủ không nhận được', { timeout: 15_000 });
  expect(of('bid')).toHaveLength(1);
  expect((await office.room(session)).now.n).toBe(0);
  await lan.bid();
  expect(of('bid')).toHaveLength(2);
});

test('offline nothing is kept for later: no amount is sent by itself', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  const { line, of } = await tap(lan.page);
  await lan.enter('lan', session);
  await lan.is('bid');
  line.refuse = true;
  line.cut();
  await lan.is('offline');
  await expect(lan.button).toBeDisabled();
  await lan.button.click({ force: true });
  line.refuse = false;
  await lan.is('bid');
  expect(of('bid')).toHaveLength(0);
  expect((await office.room(session)).now.n).toBe(0);
});

test('a reload in the middle of a bid asks for its outcome', async ({ office, person }) => {
  const session = await office.sale();
  const lan = await person();
  const { line, of } = await tap(lan.page);
  await lan.enter('lan', session);
  await lan.is('bid');
  line.deaf = true;
  await lan.button.click();
  await expect.poll(async () => (await office.room(session)).now.n).toBe(1);
  // Not before the old page is gone: it must not hear the answer.
  lan.page.once('framenavigated', () => (line.deaf = false));
  await lan.page.reload();
  await lan.is('leading');
  await expect(lan.page.locator('.bid-receipt')).toContainText('12.000.000.000');
  expect(of('bid')).toHaveLength(1);
});

test.describe('the server is killed in the middle of a sale', () => {
  test.use({ allowed: ['WebSocket', 'ERR_', '503', '502', 'Failed to load'] });

  test('and comes back: the price stands, the time is given back, bidding goes on', async ({
    server,
    office,
    person,
  }) => {
    expect(server.own, 'this test kills its server, so it needs one of its own').toBe(true);
    test.setTimeout(90_000);
    const session = await office.sale();
    const lan = await person();
    const binh = await person();
    await lan.enter('lan', session);
    await binh.enter('binh', session);
    await lan.bid();
    await server.stop('SIGKILL');
    await lan.is('offline');
    await expect(lan.page.locator('.room-main .notice')).toContainText('Mất kết nối');
    await server.run();
    await lan.is('leading');
    await expect(lan.price).toHaveText(/12\.000\.000\.000/);
    await expect(binh.button).toContainText('12.050.000.000', { timeout: 20_000 });
    await binh.bid();
  });
});
