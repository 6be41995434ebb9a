// A bidder keeps the receipts that the server signed, saves them as a file, and
// a stranger holds them against the public record, with the server's own keys.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DESKTOP, expect, PHONE, test } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

test('signed receipts are kept over a reload, saved, and proved against the record', async ({
  office,
  person,
}) => {
  test.setTimeout(240_000);
  const [lan, binh] = await Promise.all([person(PHONE), person(DESKTOP, { colorScheme: 'dark' })]);
  const session = await office.sale({ rules: { biddingMs: 40_000, closing: { kind: 'fixed' } } });
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session)]);
  await lan.bid();
  await binh.bid();
  await lan.page.reload();
  await lan.bid();

  /** Opens the own receipts. @param {Person} p */
  const receipts = async (p) => {
    await p.page.locator('.bid .menu-button').click();
    await p.page.getByRole('button', { name: /Biên nhận \(/ }).click();
    await expect(p.page.locator('.kept')).toContainText(/Máy chủ đã ký \d+ biên nhận/);
  };
  await receipts(lan);
  const saved = lan.page.waitForEvent('download');
  await lan.page.getByRole('button', { name: 'Lưu vào tệp' }).click();
  const folder = mkdtempSync(join(tmpdir(), 'receipts-'));
  const file = join(folder, 'bien-nhan.json');
  await (await saved).saveAs(file);
  const kept = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((l) => JSON.parse(l));
  expect(kept.filter((k) => k.receipt.act === 'bid' && k.receipt.accepted)).toHaveLength(2);
  await lan.page.locator('.kept summary').click();
  await expect(lan.page.locator('.kept .qr-dots')).toHaveAttribute('d', /^M/);
  const dir = process.env.E2E_PICTURES;
  for (const light of /** @type {const} */ (['light', 'dark'])) {
    await lan.page.emulateMedia({ colorScheme: light });
    expect(await lan.overflow()).toBeLessThanOrEqual(0);
    expect(await lan.faults()).toEqual([]);
    if (dir) await lan.page.screenshot({ path: `${dir}/receipts-390-${light}.png`, fullPage: true });
  }
  await receipts(binh);
  expect(await binh.faults()).toEqual([]);
  if (dir) await binh.page.screenshot({ path: `${dir}/receipts-1280-dark.png` });

  await expect
    .poll(async () => (await office.room(session)).now.ph, { timeout: 90_000, intervals: [1000] })
    .toBe('closed');
  const { now } = await office.room(session);
  await lan.act('dgv', session, { act: 'announce', code: now.b, price: now.p });
  const record = join(folder, 'phien.txt');
  writeFileSync(record, await (await fetch(`${lan.url}/api/v1/sessions/${session}/record`)).text());
  const { keys } = await (await fetch(`${lan.url}/api/v1/log`)).json();
  const verify = (/** @type {string} */ receiptFile) =>
    execFileSync(
      process.env.E2E_PROGRAM ?? 'bin/gobua',
      ['verify', record, '--receipt', receiptFile, '--key', keys.at(-1).verifier],
      { encoding: 'utf8', stdio: 'pipe' },
    );
  const said = verify(file);
  expect(said.match(/signature +of the server/g)).toHaveLength(kept.length);
  expect(said).toContain('every record follows by the rules');
  const forged = join(folder, 'forged.json');
  writeFileSync(forged, JSON.stringify({ ...kept[0], by: { role: 'bidder', ref: 'M-999' } }));
  expect(() => verify(forged)).toThrow(/not signed by the server|not to be believed/);
});
