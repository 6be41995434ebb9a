// A whole sale, from the empty form to the sealed archive, by eight people:
// registrar, auctioneer, clerk, observer, three bidders and a citizen without
// an account. An admin prepares the centre. Everything is done on the pages;
// the interface of programs is only asked what is waited for.
import { DESKTOP, expect, PHONE, test } from './kit.js';
import {
  book,
  checkIn,
  declare,
  handIn,
  identify,
  look,
  openLine,
  openSession,
  paper,
  photo,
  prove,
  record,
  statement,
  text,
  tickAll,
  transfer,
  typeMoment,
  typeRules,
} from './sale-kit.js';

/** @typedef {import('./kit.js').Person} Person */

const MINUTE = 60_000;
const FEE = 100_000;
const DEPOSIT = 40_000_000;
/** National ids, as made up as the people. */
const IDS = { lan: '079190001234', binh: '079190002345', chi: '092190003456' };
const NAMES = { lan: 'Nguyễn Thị Lan', binh: 'Đỗ Thị Bình', chi: 'Hoàng Kim Chi' };

test.use({ house: 'whole sale' }); // its bidders have not said who they are yet
test.use({ allowed: ['status of 422', 'status of 404'], actionTimeout: 15_000 }); // what is typed wrong on purpose, an identity not given yet

test('a whole sale: listed, registered, stopped, run again, refused, sold, settled', async ({
  office,
  person,
}) => {
  test.setTimeout(600_000); // most of it is looking; a slow machine takes its time
  const title = 'Đấu giá xe công vụ đợt ' + Math.random().toString(36).slice(2, 8);
  const now = async () => (await office.call('GET', '/time')).now;
  const atDesk = () => person(DESKTOP);
  const onPhone = () => person(PHONE);
  const [admin, desk, auctioneer] = await Promise.all([atDesk(), atDesk(), atDesk()]);
  const [clerk, observer] = await Promise.all([atDesk(), atDesk()]);
  const [lan, binh, chi, citizen] = await Promise.all([onPhone(), onPhone(), onPhone(), onPhone()]);
  /** @type {['lan' | 'binh' | 'chi', Person][]} */
  const bidders = [
    ['lan', lan],
    ['binh', binh],
    ['chi', chi],
  ];
  const mine = async (/** @type {string} */ login) => {
    const all = await office.call('GET', '/registrations/mine', undefined, await office.token(login));
    return all.registrations.find((/** @type {any} */ r) => r.auctionId === id);
  };
  const codes = { lan: '', binh: '', chi: '' };
  let id = '';

  await test.step('the admin says where deposits are paid', async () => {
    const { page } = admin;
    await admin.signIn('quantri', '/quan-tri/trung-tam');
    await page.getByLabel('Mã ngân hàng').fill('97');
    await page.getByLabel('Số tài khoản').fill('1018889999');
    await page.getByLabel('Chủ tài khoản').fill('TT DICH VU DAU GIA TAI SAN');
    await page.getByRole('button', { name: 'Lưu' }).click();
    await expect(page.locator('#p-bank-bin-error')).toBeVisible();
    await look(admin, '01-centre');
    await page.getByLabel('Mã ngân hàng').fill('970436');
    await page.getByRole('button', { name: 'Lưu' }).click();
    await expect(page.locator('#p-bank-bin-error')).toHaveCount(0);
    await expect(page.getByLabel('Mã ngân hàng')).toHaveValue('970436');
  });

  await test.step('the registrar writes the rules, with mistakes, and lists the auction', async () => {
    const { page } = desk;
    await desk.signIn('hoso', '/quan-tri/cuoc-dau-gia/moi');
    const at = await now();
    await typeRules(desk, { title, at, deposit: DEPOSIT });
    await page.locator('#f-sheet-windows-dossier-to-time').fill('25h');
    await page.getByLabel('Tiền mua hồ sơ').fill(String(FEE));
    await page.getByLabel('Bảo lãnh ngân hàng').check();
    await page.getByLabel('Thư ký').selectOption({ label: 'Bùi Minh Thư (TK-005)' });
    await page.getByLabel('Lê Văn Công').check();
    await page.getByRole('button', { name: 'Niêm yết…' }).click();
    await expect(page.locator('#f-sheet-windows-dossier-to-error')).toContainText('Không đọc được giờ');
    await typeMoment(desk, '#f-sheet-windows-dossier-to', at + 120 * MINUTE);
    await page.getByRole('button', { name: 'Niêm yết…' }).click();
    await expect(page.locator('#f-sheet-people-auctioneer-error')).toHaveText('Hãy chọn đấu giá viên.');
    await look(desk, '02-form', { both: true });
    await page.getByLabel('Đấu giá viên', { exact: true }).selectOption({ label: 'Trần Thị Minh (ĐGV-079)' });
    await page.getByLabel('Liên hệ của phòng hồ sơ').fill('Phòng hồ sơ, 0292 000 001');
    await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
    await page.waitForURL(/cuoc-dau-gia\/[0-9a-f-]{36}$/);
    id = new URL(page.url()).pathname.split('/').at(-1) ?? '';

    await page.getByRole('link', { name: 'Ảnh và tài liệu' }).click();
    await page.locator('#upload-photo-0').setInputFiles(await photo(desk, 'xe.jpg'));
    await expect(page.locator('.files-row .files-name', { hasText: 'xe.jpg' })).toBeVisible();
    await page.locator('#upload-document-0').setInputFiles(paper('chung-thu.pdf'));
    await expect(page.locator('.files-row .files-name', { hasText: 'chung-thu.pdf' })).toBeVisible();
    await look(desk, '03-files');

    await desk.go('/quan-tri/cuoc-dau-gia/' + id);
    await page.getByRole('button', { name: 'Niêm yết…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Khóa quy chế và niêm yết' }).click();
    await expect(page.getByText('Đang niêm yết công khai')).toBeVisible();
    await look(desk, '04-listed');
  });

  await test.step('a citizen without an account finds and reads the notice', async () => {
    const { page } = citizen;
    await citizen.go('/cuoc-dau-gia');
    const words = page.getByLabel('Từ cần tìm');
    await words.fill('dau gia xe cong vu ' + title.split(' ').at(-1));
    await words.press('Enter');
    await expect(page.locator('.list-card')).toHaveCount(1);
    await look(citizen, '05-list', { both: true });
    await page.getByRole('link', { name: title }).click();
    await expect(page.locator('h1')).toHaveText(title);
    await expect(page.locator('main')).toContainText('Trần Thị Minh, chứng chỉ ĐGV-079');
    await expect(page.locator('main')).toContainText('chung-thu.pdf');
    await look(citizen, '06-notice', { both: true });
  });

  await test.step('three bidders register, declare and hand in', async () => {
    await Promise.all(
      bidders.map(async ([login, who]) => {
        await who.signIn(login, '/cua-toi/ho-so');
        await identify(who, IDS[login]);
        await who.go(`/cuoc-dau-gia/${id}/dang-ky`);
        await who.page.getByRole('button', { name: 'Đăng ký lô này' }).click();
        await declare(who, login.toUpperCase());
        await handIn(who, paper(`phieu-${login}.pdf`));
      }),
    );
    await look(lan, '07-dossier', { both: true });
  });
  /** @type {Record<string, any>} */
  const regs = Object.fromEntries(
    await Promise.all(bidders.map(async ([login]) => [login, await mine(login)])),
  );

  await test.step('one is rejected and corrected, one secures by guarantee, the money is booked', async () => {
    const { page } = desk;
    await desk.go('/quan-tri/xac-minh');
    for (const name of Object.values(NAMES)) {
      await page.getByRole('button', { name: new RegExp('Xem.*' + name) }).click();
      await page.getByRole('button', { name: 'Xác minh', exact: true }).click();
      await expect(page.locator('.office-row', { hasText: name })).toHaveCount(0);
    }
    await look(desk, '08-verify');
    await desk.go(`/quan-tri/cuoc-dau-gia/${id}/dang-ky`);
    for (const login of /** @type {const} */ (['lan', 'chi'])) {
      const line = await openLine(desk, NAMES[login]);
      await line.getByRole('button', { name: 'Chấp nhận', exact: true }).click();
      await expect(line.locator('.reg-chips')).toContainText('Đã chấp nhận');
    }
    const line = await openLine(desk, NAMES.binh);
    await line.getByRole('button', { name: 'Trả lại để sửa' }).click();
    await expect(line.locator('.field-error').first()).toBeVisible();
    await line.getByLabel('Lý do', { exact: true }).first().fill('Phiếu đăng ký chưa ký tên');
    await line.getByRole('button', { name: 'Trả lại để sửa' }).click();
    await expect(line.locator('.reg-chips')).toContainText('Cần sửa lại');

    await binh.page.reload();
    await expect(binh.page.locator('.reg-next-bad')).toContainText('Phiếu đăng ký chưa ký tên');
    await look(binh, '08-rejected');
    await handIn(binh, paper('phieu-da-ky.pdf'));

    await chi.page.getByRole('button', { name: /Nộp tiền/ }).click();
    await chi.page.locator('summary', { hasText: 'Hoặc nộp bảo lãnh' }).click();
    await chi.page.locator('#reg-guarantee').setInputFiles(paper('bao-lanh.pdf'));
    await expect(chi.page.locator('.files-name', { hasText: 'bao-lanh.pdf' })).toBeVisible();
    await look(chi, '09-guarantee');
    await lan.page.getByRole('button', { name: /Nộp tiền/ }).click();
    await expect(lan.page.locator('.reg-figure').first()).toBeVisible();
    await look(lan, '10-pay', { both: true });

    const at = await now();
    const row = (/** @type {string} */ login, /** @type {string} */ kind, /** @type {number} */ amount) =>
      transfer(at, amount, `${login} nop ${regs[login][kind].memo}`);
    const rows = [
      row('lan', 'fee', FEE),
      row('lan', 'deposit', DEPOSIT),
      row('binh', 'fee', FEE),
      row('chi', 'fee', FEE),
      transfer(at, 55_000, 'Khong ghi ma'),
    ];
    await page.reload();
    await book(desk, statement('sao-ke-1.csv', rows), 4);
    await expect(page.locator('.reg-rows')).toContainText('Không có mã trong nội dung');
    const again = await openLine(desk, NAMES.binh);
    await again.getByRole('button', { name: 'Chấp nhận', exact: true }).click();
    await expect(again.locator('.reg-chips')).toContainText('Đã chấp nhận');
    const secured = await openLine(desk, NAMES.chi);
    await secured.getByLabel('Ngân hàng và số bảo lãnh').fill('Vietcombank, BL-2026-118');
    await secured.getByRole('button', { name: 'Chấp nhận bảo lãnh' }).click();
    await expect(secured.locator('.reg-chips')).toContainText('Có bảo lãnh ngân hàng');
    await look(desk, '11-desk', { both: true });
  });

  await test.step('a rehearsal is opened and bid in', async () => {
    const { page } = desk;
    await desk.go(`/quan-tri/cuoc-dau-gia/${id}/phien`);
    await page.getByRole('button', { name: 'Tạo buổi đấu giá thử…' }).click();
    await typeMoment(desk, '#rehearse-at', (await now()) + 1_500);
    await page.getByRole('button', { name: 'Mở đấu giá thử' }).click();
    const room = page.locator('.day-links a[href^="/phong/"]').last();
    await expect(page.getByText('Lần gần nhất mở lúc')).toBeVisible();
    const practice = ((await room.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
    await auctioneer.signIn('dgv', '/dieu-hanh/' + practice);
    await openSession(auctioneer, office, practice);
    await checkIn(lan, practice);
    await lan.bid();
    await expect(lan.page.locator('.notice-warn')).toContainText('ĐẤU GIÁ THỬ');
    await look(lan, '12-rehearsal');
  });

  let closes = 0;
  await test.step('the rules are changed in public: registration ends sooner', async () => {
    const { page } = desk;
    await desk.go('/quan-tri/cuoc-dau-gia/' + id);
    await page.getByRole('button', { name: 'Sửa quy chế…' }).click();
    await page.getByRole('textbox', { name: 'Nội dung thay đổi' }).fill('Mở phiên sớm hơn.');
    closes = Math.ceil(((await now()) + 5_000) / 1_000) * 1_000;
    for (const of of ['dossier', 'deposit']) await typeMoment(desk, `#f-sheet-windows-${of}-to`, closes);
    await typeMoment(desk, '#f-lots-0-rules-opensAt', closes + 5_000);
    await page.getByRole('button', { name: 'Công khai bản sửa' }).click();
    await expect(page.getByRole('heading', { name: 'Phiên bản 2' })).toBeVisible();
    await citizen.page.reload();
    await expect(citizen.page.locator('main')).toContainText('Mở phiên sớm hơn.');
  });

  await test.step('one payment comes late and is accepted with a reason; each sees the own code', async () => {
    const { page } = desk;
    await expect.poll(now, { timeout: 30_000 }).toBeGreaterThan(closes);
    const late = transfer(closes + 1_000, DEPOSIT, `nop ${regs.binh.deposit.memo}`);
    await desk.go(`/quan-tri/cuoc-dau-gia/${id}/dang-ky`);
    await book(desk, statement('sao-ke-2.csv', [late]), 1);
    await expect(page.locator('.reg-rows')).toContainText('Đến muộn');
    await binh.page.reload();
    await expect(binh.page.locator('.reg-next-warn')).toContainText('Chờ Trung tâm xem lại khoản tiền');
    const line = await openLine(desk, NAMES.binh);
    await line.getByLabel('Lý do', { exact: true }).fill('Ngân hàng nghẽn, có xác nhận');
    await line.getByRole('button', { name: 'Chấp nhận khoản tiền này' }).click();
    await expect(line.locator('.reg-chips')).toContainText('Đủ điều kiện');
    await look(desk, '13-late');
    for (const [login, who] of bidders) {
      await who.go(`/cuoc-dau-gia/${id}/dang-ky`);
      await who.page.getByRole('button', { name: /Theo dõi/ }).click();
      codes[login] = await who.page.locator('.reg-code-figures').innerText();
    }
    expect(new Set(Object.values(codes)).size).toBe(3);
    /** @type {[string, Person][]} */
    const all = [...bidders, ['desk', desk], ['citizen', citizen]];
    for (const [login, who] of all)
      for (const [owner, code] of Object.entries(codes))
        if (owner !== login) expect(await who.page.locator('body').innerText()).not.toContain(code);
    await expect(binh.page.locator('.reg-next-good')).toContainText('Chờ Trung tâm chốt danh sách');
    await look(binh, '14-code', { both: true });
  });

  let session = '';
  await test.step('the list of participants is closed, the sessions are made, all is ready', async () => {
    const { page } = desk;
    await desk.go(`/quan-tri/cuoc-dau-gia/${id}/phien`);
    await page.getByRole('button', { name: 'Chốt và tạo phiên' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Chốt và tạo phiên' }).click();
    await expect(page.locator('.day-session')).toContainText('3 người tham gia');
    const room = page.locator('.day-session a[href^="/phong/"]');
    session = ((await room.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
    await Promise.all([
      ...bidders.map(([, who]) => checkIn(who, session)),
      observer.signIn('giamsat', '/giam-sat/' + session),
      citizen.go('/phong/' + session),
      auctioneer.go(`/quan-tri/cuoc-dau-gia/${id}/phien`),
    ]);
    await tickAll(auctioneer);
    await expect(auctioneer.page.locator('.day-table')).toContainText('Đang kết nối');
    await look(auctioneer, '15-day', { both: true });
  });

  await test.step('bidding is stopped by an incident, everybody reads why', async () => {
    const { page } = auctioneer;
    await auctioneer.go('/dieu-hanh/' + session);
    await openSession(auctioneer, office, session);
    await lan.bid();
    await chi.bid();
    await expect(observer.page.locator('.attempt-bid')).toHaveCount(2);
    await expect(citizen.price).toContainText('205.000.000');
    await page.keyboard.press('Shift+S');
    await page.locator('#incident-ground').selectOption('cannot_bid');
    await page.locator('#incident-sentence').fill('Mất đường truyền tại hội trường');
    await page.getByRole('button', { name: 'Dừng phiên này' }).click();
    await expect(page.locator('#incident-lot-error')).toBeVisible();
    await page.locator('#incident-lot').fill('1');
    await page.getByRole('button', { name: 'Dừng phiên này' }).click();
    for (const who of [lan, citizen, observer])
      await expect(who.page.locator('.notice-bad, .notice-warn').first()).toContainText('Mất đường truyền');
    await look(citizen, '16-stopped', { both: true });
    await observer.go(`/quan-tri/cuoc-dau-gia/${id}/phien`);
    await observer.page.getByRole('button', { name: 'Ký chứng kiến' }).click();
    await expect(observer.page.locator('.day-incident')).toContainText('ký chứng kiến lúc');
    await look(observer, '17-incident');
  });

  await test.step('the same people bid again, with live prices', async () => {
    const { page } = auctioneer;
    await auctioneer.go(`/quan-tri/cuoc-dau-gia/${id}/phien`);
    await page.getByRole('button', { name: 'Tổ chức lại…' }).click();
    await typeMoment(auctioneer, '#rerun-at', (await now()) + 4_000);
    await page.getByRole('button', { name: 'Tổ chức lại', exact: true }).click();
    await expect(page.locator('.day-session')).toHaveCount(2);
    const again = citizen.page.getByRole('link', { name: 'Vào phiên tổ chức lại' });
    await expect(again).toBeVisible({ timeout: 40_000 });
    await again.click();
    await expect(citizen.page.locator('.lot-runs')).toContainText('lần 2');
    session = new URL(citizen.page.url()).pathname.split('/').at(-1) ?? '';
    await Promise.all([
      ...bidders.map(([, who]) => checkIn(who, session)),
      observer.go('/giam-sat/' + session),
      auctioneer.go('/dieu-hanh/' + session),
    ]);
    await openSession(auctioneer, office, session);
    await lan.bid();
    await chi.bid();
    await binh.bid();
    for (const who of [citizen, lan]) await expect(who.price).toContainText('210.000.000');
    await Promise.all([look(citizen, '18-room', { both: true }), look(observer, '19-observer')]);
    await expect.poll(async () => (await office.room(session)).now.ph, { timeout: 90_000 }).toBe('closed');
    await page.keyboard.press('Shift+H');
    await expect(page.locator('.proposal')).toContainText(codes.binh);
    await look(auctioneer, '20-announce');
    await page.getByRole('dialog').locator('.button-main').click();
    await binh.is('won');
  });

  const results = `/quan-tri/cuoc-dau-gia/${id}/ket-qua`;
  await test.step('the winner refuses, the adjacent bidder buys and confirms the minutes', async () => {
    await binh.go('/cua-toi/ket-qua');
    await binh.page.getByRole('button', { name: 'Từ chối kết quả' }).click();
    const dialog = binh.page.getByRole('dialog');
    await dialog.getByLabel('Lý do').fill('Không thu xếp được tiền');
    await dialog.getByRole('button', { name: 'Tôi từ chối' }).click();
    await expect(dialog).toContainText('Không đúng mã số của bạn');
    await dialog.getByLabel(/Gõ mã số/).fill(codes.binh);
    await dialog.getByRole('button', { name: 'Tôi từ chối' }).click();
    await expect(binh.page.getByText('Bạn không còn là người trúng đấu giá')).toBeVisible();
    await look(binh, '21-refused', { both: true });

    await auctioneer.go(results);
    await auctioneer.page.getByRole('button', { name: 'Đề nghị người trả giá liền kề' }).click();
    await auctioneer.page.getByRole('dialog').getByRole('button', { name: 'Gửi đề nghị' }).click();
    await expect(auctioneer.page.locator('.after-state')).toHaveText('Chờ người liền kề trả lời');
    await chi.go('/cua-toi/ket-qua');
    await look(chi, '22-offered', { both: true });
    await chi.page.getByRole('button', { name: 'Mua với giá' }).click();
    await prove(chi, 'Tôi mua');
    await expect(chi.page.getByText('Bạn trúng đấu giá với giá 205.000.000')).toBeVisible();
    await chi.page.getByRole('button', { name: 'Xác nhận biên bản' }).click();
    await prove(chi, 'Tôi xác nhận');
    await expect(chi.page.getByText('Bạn đã mua tài sản này với giá 205.000.000')).toBeVisible();
  });

  await test.step('auctioneer and clerk sign the newest version of the minutes', async () => {
    await clerk.signIn('thuky', '/dieu-hanh');
    const app = await office.secondFactor('thuky');
    for (const [who, slot, how] of /** @type {[Person, string, string][]} */ ([
      [auctioneer, 'Đấu giá viên', 'mật khẩu'],
      [clerk, 'Người ghi biên bản', 'hai lớp'],
    ])) {
      await who.go(results);
      await who.page.getByRole('button', { name: 'Ký biên bản' }).click();
      await prove(who, 'Ký', who === clerk ? await app() : undefined);
      await expect(who.page.locator('.after-signature-done', { hasText: slot })).toContainText(how);
    }
    await expect(clerk.page.locator('.after-signature-done')).toHaveCount(3);
    await expect(clerk.page.getByText(/Các phiên bản trước/)).toBeVisible();
  });

  await test.step('refund, forfeit and settlement', async () => {
    const { page } = clerk;
    const line = (/** @type {Person} */ who, /** @type {string} */ name) =>
      who.page.locator('.after-table tbody tr', { hasText: name });
    await expect(line(clerk, NAMES.lan)).toContainText('Phải hoàn trả trước');
    await expect(line(clerk, NAMES.chi)).toContainText('Thành tiền đặt cọc');
    await look(clerk, '23-deposits', { both: true });
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Tệp chuyển khoản (CSV)' }).click();
    expect(await text(await download)).toContain('LAN');
    await line(clerk, NAMES.lan).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Đánh dấu đã hoàn trả' }).click();
    await record(clerk, { 'Số tham chiếu': 'UNC-2026-0077' });
    await expect(line(clerk, NAMES.lan)).toContainText('Đã hoàn trả (UNC-2026-0077)');

    await auctioneer.go(results);
    await expect(line(auctioneer, NAMES.binh)).toContainText('Đề nghị không trả lại');
    await line(auctioneer, NAMES.binh).getByRole('button', { name: 'Quyết định' }).click();
    await auctioneer.page.getByRole('dialog').getByLabel('Quyết định').selectOption('yes');
    await record(auctioneer, { 'Lý do': 'Không có lý do bất khả kháng' });
    await expect(line(auctioneer, NAMES.binh)).toContainText('Không trả lại');

    await page.getByRole('button', { name: 'Ghi một khoản nộp' }).click();
    await record(clerk, { 'Số tiền': '205000000', 'Số tham chiếu': 'FT-CON-LAI' });
    await expect(page.getByText('Đã nộp đủ ngày')).toBeVisible();
  });

  await test.step('the citizen reads the result, the staff the letters', async () => {
    await citizen.go('/cuoc-dau-gia/' + id);
    await expect(citizen.page.locator('main')).toContainText(`Mã số ${codes.chi} trúng đấu giá`);
    await expect(citizen.page.locator('main')).toContainText('Đã kết thúc');
    for (const name of Object.values(NAMES))
      expect(await citizen.page.locator('body').innerText()).not.toContain(name);
    await look(citizen, '24-result', { both: true });
    await desk.go('/quan-tri/thu');
    await desk.page.getByRole('button', { name: 'Đọc thư' }).first().click();
    await expect(desk.page.getByRole('dialog').locator('.letter-body')).not.toBeEmpty();
    await look(desk, '25-letters');
  });

  await test.step('the file is sealed and taken away, the log is read and its chain is whole', async () => {
    const { page } = desk;
    await desk.go(`/quan-tri/cuoc-dau-gia/${id}/luu-tru`);
    await page.getByRole('button', { name: 'Niêm phong hồ sơ' }).click();
    await page.getByRole('button', { name: 'Kiểm tra lại' }).click();
    await expect(page.getByText(/Nguyên vẹn/)).toBeVisible();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Tải hồ sơ, không có danh tính' }).click();
    expect((await text(await download)).slice(0, 2)).toBe('PK');
    await look(desk, '26-archive', { both: true });

    await observer.go('/quan-tri/nhat-ky?auction=' + id);
    await expect(observer.page.locator('.office-list')).toContainText('auction.conclude');
    await look(observer, '27-log', { both: true });
    await admin.go('/quan-tri/nhat-ky');
    await admin.page.getByRole('button', { name: /chuỗi/i }).click();
    await expect(admin.page.locator('.notice-good')).toBeVisible();
  });
});
