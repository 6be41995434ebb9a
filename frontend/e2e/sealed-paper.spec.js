// The key of sealed offers on paper: what an officer prints is the key and what
// it is for, on one page, and nothing of the console behind it.
import { execFileSync } from 'node:child_process';

import { DESKTOP, expect, test } from './kit.js';

test('a key is printed alone, on one page, in the dark theme too', async ({ office, person }) => {
  const desk = await person(DESKTOP, { colorScheme: 'dark' });
  const { now } = await office.call('GET', '/time');
  const session = await office.sale({
    rules: {
      method: 'sealed',
      start: 1_000_000_000,
      step: { kind: 'fixed', amount: 10_000_000 },
      closing: { kind: 'fixed' },
      biddingMs: 900_000,
      sealed: { pricing: 'first', rounds: 1 },
      opensAt: now + 3_600_000,
    },
  });
  await desk.signIn('dgv', '/dieu-hanh/' + session);
  await desk.page.click('[data-key=take]');
  const groups = await desk.page.locator('.sealed-secret span').allInnerTexts();
  expect(groups).toHaveLength(8);
  await expect(desk.page.locator('.sealed-paper')).toBeHidden();

  const path = (process.env.E2E_PICTURES ?? test.info().outputDir) + '/key.pdf';
  await desk.page.pdf({ path, format: 'A4', printBackground: true });
  const pages = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).split('\f');
  expect(pages.filter((p) => p.trim())).toHaveLength(1);
  const text = pages.join(' ').replace(/\s+/g, ' ');
  expect(text).toContain(groups.slice(0, 4).join(' '));
  expect(text).toContain(groups.slice(4).join(' '));
  expect(text).toContain(session);
  const buttons = await desk.page.locator('.sealed-keep button, .dialog-buttons button').allInnerTexts();
  expect(buttons).toHaveLength(4);
  for (const label of buttons.filter((b) => b.length > 2)) expect(text).not.toContain(label); // “In” is in other words
  expect(text).toMatch(/^Khóa niêm phong phiếu trả giá Lô \d+: /);
  expect(text.trim()).toMatch(/Người giữ khóa, ngày giờ:$/);
});
