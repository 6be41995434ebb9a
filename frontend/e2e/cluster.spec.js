// Three nodes and the people at them: every node dies once; and two stand still,
// so that the third knows nothing any more.
import { Cluster } from './cluster.js';
import { Office, expect, test } from './kit.js';

test.use({
  allowed: [
    'WebSocket connection to', // the line is cut with the node
    'Failed to load resource', // and so is what was being asked for
  ],
});

test('each node is killed once, then all stand still: bidding goes on, and everybody reads of it', async ({
  person,
}) => {
  test.setTimeout(240_000);
  const cluster = await Cluster.start();
  try {
    const office = new Office(cluster.way(0));
    const session = await office.sale({ rules: { closing: { kind: 'fixed' } } });
    const at = async (/** @type {number} */ n) => Object.assign(await person(), { url: cluster.way(n) });
    const [lan, binh, viewer] = [await at(0), await at(1), await at(2)];
    const people = [lan, binh, viewer];
    await viewer.go('/phong/' + session);
    await lan.enter('lan', session);
    await binh.enter('binh', session);
    for (const p of people) await p.page.evaluate(() => Object.assign(window, { same: true }));
    await lan.bid();
    let turn = 1;
    for (const node of cluster.nodes) {
      const odd = turn++ % 2 === 1;
      const next = odd ? binh : lan;
      const other = odd ? lan : binh;
      await node.stop('SIGKILL');
      await next.is('bid', { timeout: 20_000 });
      await next.button.click();
      await next.is('leading', { timeout: 20_000 });
      await other.is('bid', { timeout: 20_000 });
      await node.run();
    }
    // A node is replaced so fast that often no time is owed. So much is, and it is said.
    const all = (/** @type {NodeJS.Signals} */ signal) => cluster.nodes.forEach((n) => n.child?.kill(signal));
    all('SIGSTOP');
    await new Promise((passed) => setTimeout(passed, 4000));
    all('SIGCONT');
    const prices = people.map((p) => p.price);
    const { now } = await office.room(session);
    for (const price of prices) await expect(price).toContainText(now.p.toLocaleString('vi-VN'));
    for (const p of people) {
      expect(await p.page.evaluate(() => 'same' in window)).toBe(true); // nobody had to load the page again
      await expect(p.page.getByText('Hệ thống gián đoạn').first()).toBeVisible({ timeout: 30_000 });
    }
    const dir = process.env.E2E_PICTURES;
    if (dir)
      for (const [i, p] of people.entries())
        await p.page.screenshot({ path: `${dir}/cluster-${i}.png`, fullPage: true });
  } finally {
    await cluster.end();
  }
});

test('a node that is left alone says that its price may be old, and nobody leaves it for nowhere', async ({
  person,
}) => {
  test.setTimeout(240_000);
  const cluster = await Cluster.start();
  const [, ...others] = cluster.nodes;
  const all = (/** @type {NodeJS.Signals} */ signal) => others.forEach((n) => n.child?.kill(signal));
  try {
    const office = new Office(cluster.way(0));
    const session = await office.sale({ rules: { closing: { kind: 'fixed' } } });
    const at = async () => Object.assign(await person(), { url: cluster.way(0) });
    const [lan, viewer] = [await at(), await at()];
    let lines = 0;
    for (const { page } of [lan, viewer]) page.on('websocket', () => lines++);
    await viewer.go('/phong/' + session);
    await lan.enter('lan', session);
    await lan.bid();
    const before = lines;
    const pill = (/** @type {typeof lan} */ p) => p.page.locator('.pill').first();
    await expect(pill(viewer)).toContainText('Đã kết nối');

    const asked = viewer.page.waitForResponse((r) => r.url().endsWith('/readyz'));
    all('SIGSTOP');
    await lan.is('cut', { timeout: 30_000 });
    for (const p of [lan, viewer]) {
      await expect(p.page.getByText('Máy chủ mất liên lạc – giá có thể đã cũ')).toBeVisible();
      await expect(pill(p)).toContainText('Giá có thể đã cũ');
      await expect(p.page.locator('.hero')).toHaveClass(/hero-stale/);
    }
    const dir = process.env.E2E_PICTURES;
    if (dir)
      for (const [i, p] of [lan, viewer].entries()) {
        await p.page.screenshot({ path: `${dir}/cut-${i}.png` });
        await p.page.screenshot({ path: `${dir}/cut-${i}-full.png`, fullPage: true });
      }
    expect((await asked).status()).toBe(503);
    expect(lines).toBe(before);

    all('SIGCONT');
    await lan.is('leading', { timeout: 60_000 });
    for (const p of [lan, viewer]) {
      await expect(pill(p)).toContainText('Đã kết nối', { timeout: 60_000 });
      await expect(p.page.getByText('Máy chủ mất liên lạc')).toBeHidden();
    }
    expect(lines).toBe(before);
  } finally {
    all('SIGCONT');
    await cluster.end();
  }
});
