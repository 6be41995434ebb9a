// /kiem-chung: a stranger fetches the record of a session that is over and
// verifies it in their own browser, with the rules the server runs; what was
// changed is found, and no network is needed once the page is there.
import { createHash } from 'node:crypto';
import { DESKTOP, expect, PHONE, test } from './kit.js';

const RULES = { closing: { kind: 'reset', windowMs: 60_000, byMs: 60_000, maxCount: 1 }, biddingMs: 30_000 };

// The page looks for its server while there is no network.
test.use({ allowed: ['ERR_INTERNET_DISCONNECTED'] });

/** @param {string} text @param {string} [name] */
const fileOf = (text, name = 'phien.txt') => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

test('a session is played to its end and verified by a stranger, also without a network', async ({
  office,
  person,
}) => {
  test.setTimeout(300_000);
  const [lan, binh, stranger] = await Promise.all([person(PHONE), person(PHONE), person(DESKTOP)]);
  const session = await office.sale({ rules: RULES });
  await Promise.all([lan.enter('lan', session), binh.enter('binh', session)]);
  await lan.bid();
  await binh.bid();
  // Somebody who only watches copies the trace of the record while the bidding goes on.
  const trace = stranger.page.locator('.head-whole');
  await stranger.go('/phong/' + session);
  await stranger.page.locator('.head-line summary').click();
  await expect(trace).toHaveText(/^\d+:[0-9a-f]{64}$/);
  const before = await trace.textContent();
  await stranger.looksRight('verify-trace');
  await lan.bid();
  await expect.poll(() => trace.textContent(), { timeout: 15_000 }).not.toBe(before);
  await expect
    .poll(async () => (await office.room(session)).now.ph, { timeout: 150_000, intervals: [1000] })
    .toBe('closed');
  const { now } = await office.room(session);
  await lan.act('dgv', session, { act: 'announce', code: now.b, price: now.p });

  // Lan keeps the receipts that the server signed; the log has the end within about a second.
  const kept = /** @type {string} */ (
    await lan.page.evaluate((s) => localStorage.getItem('gobua.receipts.' + s), session)
  );
  const receipts = JSON.parse(kept).map((/** @type {any} */ k) => JSON.stringify(k));
  expect(receipts.length).toBeGreaterThanOrEqual(3);
  const fetched = async () => (await fetch(`${stranger.url}/api/v1/sessions/${session}/record`)).text();
  await expect.poll(fetched, { timeout: 15_000 }).toContain('\nproof log ');

  // The finished room leads there, and nothing of the verifier is loaded before.
  const { page } = stranger;
  /** @type {string[]} */
  const asked = [];
  page.on('request', (r) => asked.push(r.url()));
  await stranger.go('/phong/' + session);
  const link = page.getByRole('link', { name: 'Kiểm chứng phiên này' });
  await expect(link).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(asked.filter((url) => /verif/.test(url))).toEqual([]);
  await link.click();
  const result = page.getByRole('region', { name: `phien-${session}.txt` });
  await expect(result).toContainText('Mọi bản ghi đều đúng', { timeout: 60_000 });
  await expect(page.locator('.verify-tool')).toContainText(/Từ đây không cần mạng nữa.*1,\d MB/s);
  await expect(result).toContainText(now.b);
  await expect(result).toContainText('12.100.000.000');
  await expect(result).toContainText('Đấu giá thành');
  const record = await fetched();
  const end = /^end (\d+) ([0-9a-f]{64})$/m.exec(record);
  expect(end).not.toBeNull();
  const [, seq = '', hash = ''] = end ?? [];
  await expect(result).toContainText(`${seq} ${hash}`);
  await expect(result).toContainText('Có trong nhật ký công khai');
  const { keys } = await (await fetch(`${stranger.url}/api/v1/log`)).json();
  await expect(result).toContainText(keys[0].verifier);
  await expect(result).toContainText('Hãy so nó với khoá bạn có từ nơi khác');
  await stranger.looksRight('verify-right');

  // Without a network: the receipts beside it, then the key from elsewhere, and one that is forged.
  await page.context().setOffline(true);
  const choose = page.getByLabel('Tệp diễn biến của phiên');
  await choose.setInputFiles(fileOf(receipts.join('\n'), `bien-nhan-${session}.json`));
  await expect(page.locator('.verify-held')).toContainText(`${receipts.length} biên nhận`);
  await expect(result).toContainText(`${receipts.length} biên nhận đúng với diễn biến, được ký bằng khoá`);
  await page.locator('summary', { hasText: 'Tôi có biên nhận' }).click();
  const known = page.getByLabel('Dán vào đây');
  const compare = async (/** @type {string} */ text) => {
    await known.fill(text);
    await page.getByRole('button', { name: 'Đối chiếu' }).click();
  };
  await compare(keys[0].verifier);
  await expect(result).toContainText(`${receipts.length} biên nhận do máy chủ ký`);
  await expect(result).toContainText('Chữ ký thuộc khoá mà bạn đã nêu');
  const [one] = JSON.parse(kept);
  const forged = JSON.stringify({ ...one, receipt: { ...one.receipt, hash: 'ab'.repeat(32) } });
  await compare(keys[0].verifier + '\n' + forged);
  await expect(result).toContainText('1 biên nhận không có chữ ký của máy chủ');
  await expect(result).toContainText('Mọi bản ghi đều đúng');
  await stranger.looksRight('verify-receipts');
  await compare(keys[0].verifier.replace(/..$/, 'AA'));
  await expect(result).toContainText('Đây không phải khoá của máy chủ');
  await page.getByRole('button', { name: 'Bỏ tất cả' }).click();
  await expect(page.locator('.verify-held')).toBeHidden();
  await expect(result).toContainText('Có trong nhật ký công khai');

  // Without a network: the same file again, compared with what was shown, and with what was not.
  await compare(`${seq} ${hash}`);
  await expect(result).toContainText('Khớp với 1 mã băm');
  await compare(before ?? '');
  await expect(result).toContainText('Khớp với 1 mã băm');
  await compare(`${seq} ${hash.replace(/^./, (c) => (c === '0' ? '1' : '0'))}`);
  await expect(result).toContainText('có hai diễn biến khác nhau');
  await compare('không phải mã băm');
  await expect(page.getByText('Không hiểu dòng này: không phải mã băm')).toBeVisible();

  // What was changed is found, each in its place.
  const at = record.indexOf('"kind":"announced"');
  const changed = record.slice(0, at) + record.slice(at).replace(`"winner":"${now.b}"`, '"winner":"X-1"');
  await choose.setInputFiles([
    fileOf(changed, 'nguoi-khac-trung.txt'),
    fileOf(record.slice(0, record.length / 2), 'cat-ngang.txt'),
    fileOf('không phải', 'khac.txt'),
    fileOf(record, 'nguyen-ven.txt'),
  ]);
  const of = (/** @type {string} */ name) => page.getByRole('region', { name });
  await expect(of('nguyen-ven.txt')).toContainText('Mọi bản ghi đều đúng');
  await expect(of('nguoi-khac-trung.txt')).toContainText(`Bản ghi số ${seq}. Chuỗi bị đứt`);
  await expect(of('nguoi-khac-trung.txt')).toContainText('Sở Tư pháp');
  await expect(of('cat-ngang.txt')).toContainText('Tệp dừng ở đây');
  await expect(of('khac.txt')).toContainText('không phải tệp diễn biến');
  await stranger.looksRight('verify-wrong');

  // A record that lacks what a receipt says, a log with another end, and one without a proof.
  const bare = record.replaceAll(/^proof .*\n/gm, '');
  await page.context().setOffline(false);
  await stranger.go('/kiem-chung');
  await expect(page.locator('.verify-tool')).toContainText('không cần mạng', { timeout: 60_000 });
  await choose.setInputFiles([
    fileOf(bare, 'khong-nhat-ky.txt'),
    fileOf(record.replace(/^proof log-key .*\n/m, ''), 'thieu-khoa.txt'),
  ]);
  await expect(of('khong-nhat-ky.txt')).toContainText('Tệp không kèm bằng chứng từ nhật ký công khai');
  await expect(of('thieu-khoa.txt')).toContainText('nhật ký công khai');
  await expect(of('thieu-khoa.txt')).toContainText('Có chỗ sai: đừng tin tệp này');
  await choose.setInputFiles(fileOf(forged, 'bien-nhan.json'));
  await expect(of('khong-nhat-ky.txt')).toContainText('tệp không có bản ghi ấy');
  await expect(of('khong-nhat-ky.txt')).toContainText('chưa rõ là do ai ký');
  await expect(of('khong-nhat-ky.txt')).toContainText('Chưa có gì được chứng minh');
  await stranger.looksRight('verify-receipt-gone');
  await choose.setInputFiles([fileOf(changed, 'nguoi-khac-trung.txt'), fileOf(record, 'nguyen-ven.txt')]);
  await expect(of('nguyen-ven.txt')).toContainText('1 biên nhận không có chữ ký của máy chủ');

  // In English, and on paper without what only a screen needs.
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Verify a session');
  await expect(of('nguoi-khac-trung.txt')).toContainText(`Record ${seq}. The chain is broken`);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.verify-drop')).toBeHidden();
  await expect(of('nguyen-ven.txt')).toBeVisible();
});

/**
 * A session in which the auctioneer speaks without end: the beginning of a real
 * record, and then one message again and again, rightly chained.
 * @param {string} record @param {number} n
 */
function talkative(record, n) {
  const lines = record.split('\n');
  const last = lines.findIndex((l) => l.includes('"kind":"said"'));
  const said = String(lines[last]).slice(2 + 64 + 1);
  let [hash, seq] = [String(lines[last]).slice(2, 66), Number(/"seq":(\d+)/.exec(said)?.[1])];
  const out = lines.slice(0, last + 1);
  for (let i = 0; i < n; i++) {
    const body = said
      .replace(/"seq":\d+/, `"seq":${++seq}`)
      .replace(/"cmd":"([^"]*)[^"]{12}"/, (_, head) => `"cmd":"${head}${String(i).padStart(12, '0')}"`);
    hash = createHash('sha256').update(Buffer.from(hash, 'hex')).update(body).digest('hex');
    out.push(`r ${hash} ${body}`);
  }
  return { text: out.join('\n') + '\n', seq };
}

test('a verification shows how far it is and can be given up', async ({ office, person }) => {
  test.setTimeout(180_000);
  const an = await person(PHONE);
  const { page } = an;
  await an.go('/kiem-tra');
  const session = await office.sale({ rules: RULES });
  await expect.poll(async () => (await office.room(session)).now.ph, { timeout: 30_000 }).toBe('running');
  await an.act('dgv', session, { act: 'say', text: 'Mời trả giá' });
  await an.act('dgv', session, { act: 'stop', text: 'Hết thời gian thử' });
  const record = await (await fetch(`${an.url}/api/v1/sessions/${session}/record`)).text();
  const { text, seq } = talkative(record, 60_000);

  await an.go('/kiem-chung');
  await expect(page.locator('.verify-tool')).toContainText('không cần mạng', { timeout: 60_000 });
  const choose = page.getByLabel('Tệp diễn biến của phiên');
  await choose.setInputFiles([fileOf(text, 'dai.txt'), fileOf(record, 'ngan.txt')]);
  const long = page.getByRole('region', { name: 'dai.txt' });
  const bar = long.getByRole('progressbar');
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
  expect(await an.faults()).toEqual([]);
  const dir = process.env.E2E_PICTURES;
  if (dir) await page.screenshot({ path: `${dir}/verify-running-390-light.png` });
  await long.getByRole('button', { name: 'Dừng lại' }).click();
  await expect(long).toContainText('Đã dừng theo ý bạn');
  await expect(page.getByRole('region', { name: 'ngan.txt' })).toContainText('Mọi bản ghi đều đúng');

  // Again, to the end: what follows is missing, and it says after which record.
  await long.getByRole('button', { name: 'Kiểm lại' }).click();
  await expect(long).toContainText('Tệp dừng ở đây', { timeout: 120_000 });
  expect(seq).toBeGreaterThan(60_000);
});
