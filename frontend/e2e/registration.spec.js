import { DESKTOP, expect, PHONE, SMALL, test } from './kit.js';

/** @typedef {import('./kit.js').Office} Office */

const DAY_MS = 86_400_000;

/** A PDF of one empty page, as a scanner would send it. */
function paper() {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>',
  ];
  let text = '%PDF-1.4\n';
  const at = objects.map((o, i) => {
    const begins = text.length;
    text += `${i + 1} 0 obj\n${o}\nendobj\n`;
    return String(begins).padStart(10, '0') + ' 00000 n \n';
  });
  const table = text.length;
  text += `xref\n0 4\n0000000000 65535 f \n${at.join('')}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return { name: 'phieu-dang-ky.pdf', mimeType: 'application/pdf', buffer: Buffer.from(text) };
}

/** A moment as banks of Viet Nam write it. @param {number} ms */
function bankTime(ms) {
  const iso = new Date(ms + 7 * 3_600_000).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)} ${iso.slice(11, 19)}`;
}

/** @param {string[]} rows */
const statement = (...rows) => ({
  name: 'sao-ke.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['Ngày giao dịch,Số tiền ghi có,Nội dung,Số tham chiếu', ...rows].join('\n')),
});

const form = (/** @type {string} */ number) => ({
  ...{ noConflict: true, representative: '', representativeId: '' },
  refundTo: { bin: '970436', number, holder: 'NGUOI MUA' },
});

/**
 * A listed auction of one lot; dossiers and deposits are taken for three days.
 * @param {Office} office
 */
async function listed(office) {
  const token = await office.token('dgv');
  const { now } = await office.call('GET', '/time');
  const { staff } = await office.call('GET', '/staff', undefined, token);
  const window = { from: now - 1000, to: now + 3 * DAY_MS };
  const draft = {
    title: 'Đấu giá đăng ký ' + Math.random().toString(36).slice(2, 8),
    ...{ centre: 'Trung tâm', owner: 'Cục Thi hành án dân sự tỉnh', place: 'Trực tuyến', participants: [] },
    lots: [
      {
        ...{ kind: 'car', title: 'Ô tô tải Hyundai HD72', deposit: 60_000_000 },
        rules: {
          ...{
            method: 'ascending',
            currency: 'VND',
            start: 320_000_000,
            step: { kind: 'fixed', amount: 5_000_000 },
          },
          ...{
            closing: { kind: 'fixed' },
            opening: 'clock',
            opensAt: now + 5 * DAY_MS,
            biddingMs: 1_800_000,
          },
        },
      },
    ],
    sheet: {
      ...{
        preset: 'demo',
        property: 'movable',
        contract: 'Số 1',
        quality: 'Theo hiện trạng',
        contacts: '0292 000 001',
      },
      viewing: [
        { from: now + DAY_MS, to: now + 1.2 * DAY_MS, place: 'Kho', contact: 'Ông Phúc' },
        { from: now + 2 * DAY_MS, to: now + 2.2 * DAY_MS, place: 'Kho', contact: 'Ông Phúc' },
      ],
      money: {
        ...{ dossierFee: 100_000, cashLimit: 5_000_000, guarantee: true },
        account: { bin: '970436', number: '1018889999', holder: 'TT DAU GIA' },
      },
      windows: { dossier: window, deposit: window, listedOn: now, checkIn: now + 4 * DAY_MS },
      people: { auctioneer: staff.find((/** @type {any} */ a) => a.role === 'auctioneer').id },
      after: {
        answerMs: 900_000,
        refundDays: 3,
        paymentDays: 30,
        singleBidder: 'consent',
        adjacentBidder: true,
      },
    },
  };
  const { id, version } = await office.call('POST', '/auctions', draft, token);
  const auction = await office.call('POST', `/auctions/${id}/list`, { version }, token);
  return { id, lot: auction.lots[0].id, to: window.to };
}

/**
 * Registers and hands the dossier in, without the page.
 * @param {Office} office @param {string} login @param {{id: string, lot: string}} auction @param {string} number
 */
async function registered(office, login, auction, number) {
  const token = await office.token(login);
  const begun = await office.call(
    'POST',
    '/registrations',
    { auctionId: auction.id, lotId: auction.lot },
    token,
  );
  const body = { version: begun.version, ...form(number) };
  const { id, version } = await office.call('PUT', '/registrations/' + begun.id, body, token);
  return office.call('POST', `/registrations/${id}/submit`, { version }, token);
}

/** One's own registration. @param {Office} office @param {string} login @param {string} id */
const own = async (office, login, id) =>
  office.call('GET', '/registrations/' + id, undefined, await office.token(login));

/** The row of a person at the desk, opened. @param {import('@playwright/test').Page} page @param {string} name */
async function openRow(page, name) {
  const row = page
    .locator('.reg-desk-row', { hasText: name })
    .filter({ has: page.locator('h2', { hasText: name }) });
  await row.getByRole('button', { name: 'Xem hồ sơ' }).click();
  return row;
}

test.describe('the way to a code', () => {
  test.use({ allowed: ['422'] }); // a rejection without a reason is refused

  test('three register: one pays late, one is rejected and corrects, one by guarantee', async ({
    office,
    person,
  }) => {
    test.setTimeout(120_000);
    const auction = await listed(office);
    await Promise.all([office.known('lan'), office.known('binh'), office.known('chi')]);

    // Lan does everything on a phone.
    const lan = await person(PHONE);
    const { page } = lan;
    await lan.signIn('lan', `/cuoc-dau-gia/${auction.id}/dang-ky`);
    await page.getByRole('button', { name: 'Đăng ký lô này' }).click();
    await expect(page.locator('.reg-next-title')).toHaveText('Khai báo thông tin');
    await page.getByRole('button', { name: 'Lưu và tiếp tục' }).click();
    await expect(page.locator('.field-error').first()).toHaveText('Còn thiếu.');
    await page.getByRole('checkbox', { name: 'Tôi cam kết' }).check();
    await page.getByLabel('Ngân hàng', { exact: true }).selectOption('970436');
    await page.getByLabel('Số tài khoản').fill('0071000999888');
    await page.getByLabel('Tên chủ tài khoản').fill('NGUYEN THI LAN');
    await page.getByRole('button', { name: 'Lưu và tiếp tục' }).click();
    await expect(page.locator('.reg-next-title')).toHaveText('Nộp tiền mua hồ sơ 100.000\u00a0đồng');
    await expect(page.getByRole('img', { name: 'Mã QR chuyển khoản 100.000' })).toBeVisible();
    await page.getByRole('button', { name: 'Tôi đã chuyển khoản' }).first().click();
    await expect(page.locator('.reg-next-title')).toHaveText('Tải giấy tờ lên và nộp hồ sơ');
    await page.getByRole('button', { name: 'Nộp hồ sơ' }).click();
    await expect(page.locator('.reg-part')).toContainText('Hãy tải lên ít nhất một giấy tờ');
    await page.locator('#reg-papers').setInputFiles(paper());
    await expect(page.locator('.files-row')).toContainText('phieu-dang-ky.pdf');
    await page.getByRole('button', { name: 'Nộp hồ sơ' }).dblclick();
    await expect(page.locator('.reg-next-title')).toHaveText('Nộp tiền đặt trước 60.000.000\u00a0đồng');
    const mine = await office.call('GET', '/registrations/mine', undefined, await office.token('lan'));
    const first = mine.registrations.find((/** @type {any} */ r) => r.auctionId === auction.id);

    const second = await registered(office, 'binh', auction, '0071000222');
    const third = await registered(office, 'chi', auction, '0071000333');

    // The registrar sends one back; nobody is verified, so approving needs a reason too.
    const desk = await person(DESKTOP);
    await desk.signIn('hoso', `/quan-tri/cuoc-dau-gia/${auction.id}/dang-ky`);
    const binhRow = await openRow(desk.page, 'Đỗ Thị Bình');
    await binhRow.getByRole('button', { name: 'Trả lại để sửa' }).click();
    await expect(binhRow.locator('.field-error')).toHaveText('Còn thiếu.');
    await binhRow.getByLabel('Lý do', { exact: true }).first().fill('Thiếu bản sao căn cước');
    await binhRow.getByRole('button', { name: 'Trả lại để sửa' }).click();
    await expect(binhRow.locator('.reg-chips')).toContainText('Cần sửa lại');
    await binhRow.getByRole('button', { name: 'Đóng' }).click();

    const binh = await person(PHONE);
    await binh.signIn('binh', '/ho-so');
    const card = binh.page.locator('.reg-row', { hasText: 'Sửa hồ sơ rồi nộp lại' });
    await expect(card).toContainText('Thiếu bản sao căn cước');
    await card.getByRole('link', { name: 'Sửa hồ sơ' }).click();
    await binh.page.locator('#reg-papers').setInputFiles(paper());
    await expect(binh.page.locator('.files-row')).toBeVisible();
    await binh.page.getByRole('button', { name: 'Nộp hồ sơ' }).click();
    await expect(binh.page.locator('.reg-next-title')).toHaveText('Nộp tiền mua hồ sơ 100.000\u00a0đồng');

    // One by guarantee, with the fee in cash.
    await desk.page.reload();
    const chiRow = await openRow(desk.page, 'Hoàng Kim Chi');
    await chiRow.getByLabel('Ngân hàng và số bảo lãnh').fill('Vietcombank số 12/BL');
    await chiRow.getByRole('button', { name: 'Chấp nhận bảo lãnh' }).click();
    await expect(chiRow.locator('.reg-chips')).toContainText('Có bảo lãnh ngân hàng');
    await chiRow.getByRole('button', { name: 'Thu tiền mặt' }).click();
    await expect(chiRow.locator('.reg-receipt')).toContainText('Một trăm nghìn đồng');
    await chiRow.getByLabel('Lý do', { exact: true }).first().fill('Đã đối chiếu căn cước tại quầy');
    await chiRow.getByRole('button', { name: 'Chấp nhận', exact: true }).click();
    await expect(chiRow.locator('.reg-chips')).toContainText('Đủ điều kiện');
    expect((await own(office, 'chi', third.id)).code).toMatch(/^M-\d{4}$/);
    await chiRow.getByRole('button', { name: 'Đóng' }).click();

    // One transfer in time, one late.
    const { now } = await office.call('GET', '/time');
    const paid = await own(office, 'binh', second.id);
    await desk.page
      .locator('#statement-file')
      .setInputFiles(
        statement(
          `${bankTime(now)},100000,${first.fee.memo},FT1`,
          `${bankTime(auction.to + 1000)},60000000,${first.deposit.memo},FT2`,
          `${bankTime(now)},100000,${paid.fee.memo},FT3`,
          `${bankTime(now)},60000000,${paid.deposit.memo},FT4`,
        ),
      );
    await expect(desk.page.locator('.reg-rows')).toContainText('Đến muộn');
    await desk.page.getByRole('button', { name: 'Ghi 4 dòng' }).click();
    await expect(desk.page.getByRole('button', { name: 'Ghi 4 dòng' })).toHaveCount(0);
    await page.reload();
    await expect(page.locator('.reg-next-title')).toHaveText('Chờ Trung tâm xem lại khoản tiền');
    const lanRow = await openRow(desk.page, 'Nguyễn Thị Lan');
    await lanRow.getByLabel('Lý do', { exact: true }).first().fill('Đã đối chiếu căn cước');
    await lanRow.getByRole('button', { name: 'Chấp nhận', exact: true }).click();
    await expect(lanRow.locator('.reg-chips')).toContainText('Đã chấp nhận');
    await lanRow.getByLabel('Lý do', { exact: true }).fill('Ngân hàng xác nhận lỗi ghi có');
    await lanRow.getByRole('button', { name: 'Chấp nhận khoản tiền này' }).click();
    await expect(lanRow.locator('.reg-chips')).toContainText('Đủ điều kiện');
    await page.reload();
    await expect(page.locator('.reg-next-title')).toContainText(/Mã số của bạn là M-\d{4}/);
    const { code } = await own(office, 'lan', first.id);
    await expect(page.locator('.reg-code-figures')).toHaveText(code);
    expect(await desk.page.content()).not.toContain(code);
  });
});

test('a bad bank file is told row by row and changes nothing until it is confirmed', async ({
  office,
  person,
}) => {
  const auction = await listed(office);
  await office.known('chi');
  const chi = await registered(office, 'chi', auction, '0071000444');
  const { now } = await office.call('GET', '/time');
  const row = `${bankTime(now)},60000000,${chi.deposit.memo},FT${Date.now()}`;
  const desk = await person(DESKTOP);
  const { page } = desk;
  await desk.signIn('hoso', `/quan-tri/cuoc-dau-gia/${auction.id}/dang-ky`);

  const legacy = {
    ...statement(),
    buffer: Buffer.from('Ng\xe0y giao d\xedch,S\xe8 ti\xeen ghi c\xe3,N\xe9i dung\n', 'latin1'),
  };
  await page.locator('#statement-file').setInputFiles(legacy);
  await expect(page.locator('.reg-problems')).toContainText('Cả tệp');
  await expect(page.getByRole('button', { name: 'Ghi 0 dòng' })).toBeDisabled();

  await page
    .locator('#statement-file')
    .setInputFiles(statement(row, row, '32/13/2026,1,x,F', row.slice(0, 25)));
  const problems = page.locator('.reg-problems');
  await expect(problems).toContainText('Dòng 3: Trùng số tham chiếu');
  await expect(problems).toContainText('Dòng 4: Ngày không đọc được');
  await expect(problems).toContainText('Dòng 5: Dòng bị cắt giữa chừng');
  expect((await own(office, 'chi', chi.id)).deposit.paid).toBe(0);
  await page.getByRole('button', { name: 'Ghi 1 dòng' }).click();
  await expect(page.locator('.reg-rows')).toContainText('đã ghi');
  expect((await own(office, 'chi', chi.id)).deposit.paid).toBe(60_000_000);

  await page.locator('#statement-file').setInputFiles(statement(row));
  await expect(page.locator('.reg-rows')).toContainText('Đã ghi hoặc trùng dòng khác');
  await expect(page.getByRole('button', { name: 'Ghi 0 dòng' })).toBeDisabled();
});

test('the pages of a registration are right for everybody', async ({ office, person }) => {
  test.setTimeout(120_000);
  const auction = await listed(office);
  await office.known('chi');
  await registered(office, 'chi', auction, '0071000555');
  for (const lang of ['vi', 'en']) {
    for (const size of [PHONE, DESKTOP]) {
      const bidder = await person(size);
      await bidder.signIn('chi', '/ho-so');
      for (const path of ['/ho-so', `/cuoc-dau-gia/${auction.id}/dang-ky`]) {
        await bidder.go(`${path}?lang=${lang}`);
        await bidder.page.locator('.reg-next').first().waitFor();
        for (const tab of await bidder.page.locator('.reg-tab').all()) {
          await tab.click();
          expect(await bidder.faults(), `${path} ${lang} ${size.width}`).toEqual([]);
        }
        expect(await bidder.faults(), `${path} ${lang} ${size.width}`).toEqual([]);
        await bidder.page.setViewportSize(SMALL);
        expect(await bidder.overflow(), `${path} ${lang}`).toBeLessThanOrEqual(0);
        await bidder.page.setViewportSize(size);
      }
      const desk = await person(size);
      const at = `/quan-tri/cuoc-dau-gia/${auction.id}/dang-ky`;
      await desk.signIn('hoso', at);
      await desk.go(`${at}?lang=${lang}`);
      await desk.page.locator('.reg-desk-row button').click();
      await desk.page.locator('.reg-inside').waitFor();
      await desk.page.evaluate(() => scrollTo(0, 0)); // the header would hide what it covers from axe
      expect(await desk.faults(), `desk ${lang} ${size.width}`).toEqual([]);
      await desk.page.setViewportSize(SMALL);
      expect(await desk.overflow(), `desk ${lang}`).toBeLessThanOrEqual(0);
    }
  }
});
