// A morning on which everybody signs in at once: nobody has to press again.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, PHONE, test } from './kit.js';

// 503 is what somebody in line is answered, and 429 most of a crowd of one account.
test.use({ house: 'rush', allowed: ['503', '429'] });

/** As many as hash and wait at the same time, and some more. */
const CROWD = 55 * Math.max(1, Math.floor(availableParallelism() / 2));
const PASSWORD = 'gobua2026';

/** Has all processes of a database stand still, or go on. @param {string} data @param {NodeJS.Signals} signal */
function signal(data, signal) {
  const postmaster = readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0];
  process.kill(Number(postmaster), signal); // first: it would make others
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
      if (parent === postmaster) process.kill(Number(pid), signal);
    } catch {
      // it has ended meanwhile
    }
  }
}

test('in a rush a person keeps their place, and is signed in when it is their turn', async ({
  server,
  person,
}) => {
  const lan = await person(PHONE);
  const { page } = lan;
  await lan.go('/dang-nhap?tiep=/cua-toi');
  await page.fill('#login', 'lan');
  await page.fill('#password', PASSWORD);

  // With a database that stands still nobody in the line comes to their turn.
  signal(server.data, 'SIGSTOP');
  const body = JSON.stringify({ login: 'chi', password: PASSWORD });
  let sentAway = ''; // what the server says to somebody for whom there is no place
  const crowd = Array.from({ length: CROWD }, async () => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(server.base + '/api/v1/auth/login', { method: 'POST', headers, body });
    const text = await answer.text();
    if (answer.status === 503) sentAway = text;
  });
  try {
    await expect.poll(() => sentAway).toContain('"rush"');
    await page.click('form .button-main');
    await expect(page.locator('form').getByRole('status')).toContainText(
      'Nhiều người đang đăng nhập cùng lúc',
    );
    await expect(page.locator('form').getByRole('alert')).toHaveCount(0);
  } finally {
    signal(server.data, 'SIGCONT');
  }
  const again = await page.waitForRequest('**/auth/login');
  expect(again.postDataJSON().place).toMatch(/^ey/);
  await page.waitForURL('**/cua-toi');
  await expect(page.getByRole('heading', { name: 'Phiên của tôi' })).toBeVisible();
  await Promise.all(crowd);

  // For a longer look: the same answer, again and again.
  const binh = await person(PHONE);
  await binh.page.route('**/auth/login', (r) =>
    r.fulfill({ status: 503, headers: { 'Retry-After': '2' }, body: sentAway }),
  );
  await binh.go('/dang-nhap');
  await binh.page.fill('#login', 'binh');
  await binh.page.fill('#password', PASSWORD);
  await binh.page.click('form .button-main');
  await expect(binh.page.locator('form').getByRole('status')).toContainText('ai đến trước vào trước');
  await binh.looksRight('signin line');
  await binh.page.getByRole('button', { name: 'Thôi, không chờ' }).click();
  await expect(binh.page.locator('form').getByRole('status')).toHaveText('');
  await expect(binh.page.locator('form').getByRole('alert')).toHaveCount(0);
  await binh.page.unroute('**/auth/login');
  await binh.page.click('form .button-main');
  await binh.page.waitForURL((u) => u.pathname !== '/dang-nhap');
});
