package document

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"gobua/engine"
)

var out = flag.String("out", "", "also write the sample documents into this folder, to look at them")

type maker interface{ PDF() ([]byte, error) }

func samples() map[string]maker {
	return map[string]maker{
		"notice": sampleNotice(), "rules": sampleRules(), "minutes": sampleMinutes(24), "incident": sampleIncident(),
		"receipt": sampleReceipt(), "refunds": sampleRefunds(9),
	}
}

func render(t *testing.T, m maker) []byte {
	t.Helper()
	pdf, err := m.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// poppler runs one of poppler's programs on a PDF: a reader that shares no
// code with the writer.
func poppler(t *testing.T, pdf []byte, program string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for n, a := range args {
		if a == "FILE" {
			args[n] = file
		}
	}
	cmd := exec.Command(program, args...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("%s is missing: tools/need poppler installs it", program)
	}
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s: %v\n%s", program, err, complaints.String())
	}
	return string(text)
}

// read is the text of a PDF on one line, so that a sentence is found however
// it was broken.
func read(t *testing.T, pdf []byte) string {
	t.Helper()
	return norm.NFC.String(strings.Join(strings.Fields(poppler(t, pdf, "pdftotext", "-layout", "FILE", "-")), " "))
}

func wants(t *testing.T, text string, sentences ...string) {
	t.Helper()
	for _, s := range sentences {
		if !strings.Contains(text, strings.Join(strings.Fields(s), " ")) {
			t.Errorf("%q is not in the document:\n%s", s, text)
		}
	}
}

func TestTheSameFactsGiveTheSameBytes(t *testing.T) {
	for name, m := range samples() {
		first := render(t, m)
		if !bytes.Equal(first, render(t, m)) {
			t.Errorf("%s differs from itself", name)
		}
		if *out != "" {
			if err := os.WriteFile(filepath.Join(*out, name+".pdf"), first, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestFilesCarryTheirFontsAndNoScript(t *testing.T) {
	for name, m := range samples() {
		pdf := render(t, m)
		rows := strings.Split(strings.TrimSpace(poppler(t, pdf, "pdffonts", "FILE")), "\n")
		for _, r := range rows[2:] {
			f := strings.Fields(r)
			if embedded, unicode := f[len(f)-5], f[len(f)-3]; embedded != "yes" || unicode != "yes" {
				t.Errorf("%s: a font is not embedded with its letters: %s", name, r)
			}
		}
		info := poppler(t, pdf, "pdfinfo", "FILE")
		for _, want := range []string{"JavaScript:      no", "Encrypted:       no", "Metadata Stream: yes", "Page size:       595.28 x 841.89 pts (A4)", "Author:          Trung tâm dịch vụ đấu giá tài sản"} {
			if !strings.Contains(info, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, info)
			}
		}
		for _, forbidden := range []string{"/JavaScript", "/OpenAction", "/SMask", "/CA 0", "/URI"} {
			if bytes.Contains(pdf, []byte(forbidden)) {
				t.Errorf("%s has %s in it", name, forbidden)
			}
		}
		if !bytes.Contains(pdf, []byte("/Lang (vi-VN)")) || !strings.Contains(poppler(t, pdf, "pdfinfo", "-meta", "FILE"), `<rdf:li>vi-VN</rdf:li>`) {
			t.Errorf("%s does not say its language", name)
		}
	}
}

// TestTextIsNeverAPattern: what people typed is printed as it is. It is no
// template, no markup, no operator of the file, and becomes no link.
func TestTextIsNeverAPattern(t *testing.T) {
	typed := []string{
		"{{.Deposit}}", "{{template", "%s", "%!d(MISSING)", "${jndi:x}", "<script>alert(1)</script>", "<b>đậm</b>", ") Tj ET (", `\\(\\)`,
		"https://example.vn/x", "[a](javascript:x)", "{nb}", "=1+1",
	}
	n := sampleNotice()
	n.Title, n.Conditions = strings.Join(typed, " ; "), strings.Join(typed, " ; ")
	n.Owner.Name = typed[0] + typed[2]
	pdf := render(t, n)
	text := strings.ReplaceAll(read(t, pdf), " ", "")
	for _, one := range typed {
		if strings.Count(text, strings.ReplaceAll(one, " ", "")) < 2 {
			t.Errorf("%q is not printed as it was typed:\n%s", one, text)
		}
	}
	for _, made := range []string{"/URI", "/Annots", "/JavaScript", "/AA"} {
		if bytes.Contains(pdf, []byte(made)) {
			t.Errorf("%s came into the file", made)
		}
	}
}

func TestEveryVietnameseLetterIsPrinted(t *testing.T) {
	var letters strings.Builder
	for _, vowel := range "aăâeêioôơuưy" {
		for _, tone := range []string{"", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"} {
			letters.WriteString(string(vowel) + tone)
		}
	}
	letters.WriteString("bcdđfghjklmnpqrstvwxz0123456789")
	lower := letters.String() // decomposed: NFC is made on the way
	n := sampleNotice()
	n.Title = lower + " " + strings.ToUpper(lower)
	n.Conditions = n.Title
	text := strings.ReplaceAll(read(t, render(t, n)), " ", "")
	for _, r := range norm.NFC.String(lower + strings.ToUpper(lower)) {
		if !strings.ContainsRune(text, r) {
			t.Errorf("%c is missing", r)
		}
	}
	if strings.ContainsRune(text, missing) {
		t.Error("a letter was taken for missing")
	}
	for style, ttf := range fonts {
		checkLetters(t, style, ttf, norm.NFC.String(lower+strings.ToUpper(lower))+string(missing)+"•²–")
	}
}

func TestNobodySignsAnEmptyPage(t *testing.T) {
	for name, m := range samples() {
		pages := strings.Split(strings.TrimSuffix(poppler(t, render(t, m), "pdftotext", "-layout", "FILE", "-"), "\f"), "\f")
		last := strings.TrimSpace(pages[len(pages)-1])
		if first, _, _ := strings.Cut(last, "\n"); strings.Contains(first, "ĐẤU GIÁ VIÊN") || strings.Contains(first, "GIÁM ĐỐC") || strings.Contains(first, "KẾ TOÁN") {
			t.Errorf("%s: the last page begins with a signature:\n%s", name, last)
		}
	}
}

func TestWhatTheFontLacksIsShownAsMissing(t *testing.T) {
	n := sampleNotice()
	n.Owner.Name = "Công ty 漢字 😀 \u202eABC\u0007 \U00010000"
	wants(t, read(t, render(t, n)), "Công ty □□ □ ABC □")
}

func TestNotice(t *testing.T) {
	pdf := render(t, sampleNotice())
	text := read(t, pdf)
	wants(t, text, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "SỞ TƯ PHÁP TỈNH LẠNG SƠN", "15/TB-TTĐG",
		"ngày 05 tháng 11 năm 2026", "Công khai việc đấu giá tài sản", "12.850.000.000 đồng", "không công khai", "2.570.000.000 đồng", "50.000.000 đồng",
		"từ 08 giờ 00 phút ngày 10/11/2026 đến 17 giờ 00 phút ngày 11/11/2026, trong giờ hành chính", "trả giá lên", sampleHash.String(),
		"0205 3812 399", "Trang 1/", "Gia hạn ở một lô chỉ dời giờ kết thúc của lô đó")
	if n := strings.Count(text, "Kết thúc:"); n != 2 {
		t.Errorf("the schedule of two lots says %d ends", n)
	}
	linked := sampleNotice()
	linked.Lots = append([]Lot{}, linked.Lots...)
	linked.Lots[0].Linked = true
	wants(t, read(t, render(t, linked)), "của lô đó và của các lô được gia hạn cùng lô đó")
	staged := sampleNotice()
	staged.Lots = append([]Lot{}, staged.Lots...)
	staged.Lots[1].Descent = &engine.Descent{Amount: 100_000_000, EveryMs: 60_000, Floor: 700_000_000}
	wants(t, read(t, render(t, staged)), "100.000.000 đồng mỗi 1 phút", "sau đó mỗi bước 2,5% giá")
	alone := sampleNotice()
	alone.Lots = alone.Lots[:1]
	if strings.Contains(read(t, render(t, alone)), "Kết thúc:") {
		t.Error("a lot alone needs no schedule")
	}
	hidden := sampleNotice()
	hidden.Lots = append([]Lot{}, hidden.Lots...)
	hidden.Lots[1].Start = 123_456_789
	if strings.Contains(read(t, render(t, hidden)), "123.456.789") {
		t.Error("a starting price that is not public stands in the notice")
	}
	long := sampleNotice()
	long.Address = strings.Repeat("x", 5000)
	if _, err := long.PDF(); err == nil {
		t.Error("an address that no QR code holds was taken")
	}
}

func TestRulesSheetHasAllOfArticle34(t *testing.T) {
	text := read(t, render(t, sampleRules()))
	wants(t, text, "QUY CHẾ CUỘC ĐẤU GIÁ", "(Phiên bản 2)", "Điều 1. Tổ chức đấu giá", "Điều 3. Thời gian, địa điểm xem tài sản", "bán hồ sơ mời tham gia",
		"Giá khởi điểm", "Giấy chứng nhận số CĐ 512345", "a) Không thuộc các trường hợp", "Điều 8. Hình thức, phương thức", "bị truất quyền tham gia đấu giá",
		"5. Từ chối kết quả trúng đấu giá", "Hiệu lực", sampleHash.String())
	r := sampleRules()
	r.Forfeited = nil
	if _, err := r.PDF(); err == nil {
		t.Error("a rules sheet without grounds of forfeiture was taken")
	}
}

func TestMinutesTellTheSession(t *testing.T) {
	m := sampleMinutes(24)
	pdf := render(t, m)
	text := read(t, pdf)
	wants(t, text, "BIÊN BẢN ĐẤU GIÁ", "bắt đầu lúc 09 giờ 30 phút 00 giây ngày 23/11/2026", "kết thúc trả giá lúc 09 giờ 55 phút 30 giây ngày 23/11/2026",
		"Nguyễn Thị Hương (Thẻ số 1234/TP-ĐGV)", "4 người đủ điều kiện, 3 người có mặt, 1 người vắng mặt", "09:30:01,117", "Có 24 lần trả giá được ghi nhận",
		"theo thời gian của máy chủ", "trả tại hội trường", "gọi giá 14.000.000.000 đồng lần 1", "tạm dừng phiên vì sự cố", "Mở phiên, thời gian trả giá đến 09 giờ 50 phút 00 giây", "M-118 từ chối kết quả trúng đấu giá", "Người trả giá liền kề",
		"14.050.000.000 đồng (bằng chữ: Mười bốn tỷ không trăm năm mươi triệu đồng)", "09:55:02,118", "Đã ký, xác thực bằng yếu tố thứ hai",
		"Từ chối ký lúc 10 giờ 10 phút 00 giây", "(chưa ký)", "Trang 1/", m.RecordHead.Hash.String())
	if got := poppler(t, pdf, "pdfdetach", "-list", "FILE"); !strings.Contains(got, "1: dien-bien-4k7qz2m8x0ab.json") {
		t.Errorf("attachments: %s", got)
	}
	for _, file := range []Attachment{m.Record, m.Published.Attachment} {
		if got := detached(t, pdf, file.Name); !bytes.Equal(got, file.Content) {
			t.Errorf("%s came out as %q", file.Name, got)
		}
	}
	wants(t, text, "được nhúng trong tệp PDF này: phien-4k7qz2m8x0ab.txt (15 byte)", m.Published.Hash.String(),
		"https://daugia.example.vn/kiem-chung?phien=4k7qz2m8x0ab", "gobua verify phien-4k7qz2m8x0ab.txt")
}

// detached takes a file out of a PDF.
func detached(t *testing.T, pdf []byte, name string) []byte {
	t.Helper()
	dir := t.TempDir()
	poppler(t, pdf, "pdfdetach", "-saveall", "-o", dir, "FILE")
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestMinutesNameARecordThatIsTooLargeToCarry(t *testing.T) {
	m := sampleMinutes(3)
	m.Published.Content, m.Published.Size = nil, 123_456_789
	pdf := render(t, m)
	wants(t, read(t, pdf), "quá lớn để nhúng vào tệp PDF này: phien-4k7qz2m8x0ab.txt (123456789 byte), tải tại https://daugia.example.vn/api/v1/sessions/4k7qz2m8x0ab/record.",
		m.Published.Hash.String(), "gobua verify phien-4k7qz2m8x0ab.txt")
	if got := poppler(t, pdf, "pdfdetach", "-list", "FILE"); strings.Contains(got, "phien-") {
		t.Errorf("attachments: %s", got)
	}
	m.Published = PublishedRecord{}
	if text := read(t, render(t, m)); strings.Contains(text, "Hồ sơ công khai") || strings.Contains(text, "gobua verify") {
		t.Error("minutes without a record speak of one")
	}
}

func TestMinutesOfAFailedAuctionNameTheGround(t *testing.T) {
	for ground, words := range failureTexts {
		m := sampleMinutes(0)
		m.Outcome = Outcome{Ground: ground, Detail: "Chi tiết."}
		text := read(t, render(t, m))
		wants(t, text, fmt.Sprintf("Đấu giá không thành, căn cứ điểm %s khoản 1 Điều 52", ground), words, "Không có lần trả giá nào")
		if strings.Contains(text, "Giá trúng") {
			t.Errorf("ground %s: a failed auction has a price", ground)
		}
	}
	m := sampleMinutes(0)
	m.Outcome = Outcome{Ground: "h"}
	if _, err := m.PDF(); err == nil {
		t.Error("an unknown ground was taken")
	}
	m.Outcome, m.StartedAt, m.EndedAt = Outcome{Ground: FailedNobodyRegistered}, 0, 0
	wants(t, read(t, render(t, m)), "Việc trả giá không diễn ra")
}

func TestFiveHundredBidsPaginate(t *testing.T) {
	m := sampleMinutes(500)
	pages := strings.Split(strings.TrimSuffix(poppler(t, render(t, m), "pdftotext", "-layout", "FILE", "-"), "\f"), "\f")
	if len(pages) < 12 {
		t.Fatalf("%d pages", len(pages))
	}
	all := ""
	for n, page := range pages {
		flat := norm.NFC.String(strings.Join(strings.Fields(page), " "))
		wants(t, flat, fmt.Sprintf("Trang %d/%d", n+1, len(pages)))
		if strings.Contains(flat, "09:35:") && !strings.Contains(flat, "Giá trả (đồng)") {
			t.Errorf("page %d has bids and no head over them", n+1)
		}
		all += flat + " "
	}
	for _, bid := range m.Bids {
		if !strings.Contains(all, toMilli(bid.At)) {
			t.Errorf("bid %d of %s is missing", bid.Seq, toMilli(bid.At))
		}
	}
}

func TestBidsOfTwoDaysCarryTheirDates(t *testing.T) {
	m := sampleMinutes(2)
	flow := func() string { // in reading order, cell by cell
		return strings.Join(strings.Fields(poppler(t, render(t, m), "pdftotext", "FILE", "-")), " ")
	}
	if strings.Contains(flow(), "09:30:01,117 23/11/2026") {
		t.Error("bids of one day repeat its date")
	}
	m.Bids[1].At = at("2026-11-24 08:00:00.001")
	wants(t, flow(), "09:30:01,117 23/11/2026", "08:00:00,001 24/11/2026")
}

func TestLongTextStaysOnThePage(t *testing.T) {
	n := sampleNotice()
	n.Lots = append([]Lot{}, n.Lots...)
	n.Title = strings.Repeat("Tài sản thi hành án dân sự ", 20)
	n.Lots[0].Title = strings.Repeat("KHÔNGCÓDẤUCÁCH", 40)
	n.Lots[1].Detail = strings.Repeat("Một lô rất dài, cao hơn cả một trang giấy. ", 200)
	pdf := render(t, n)
	for _, row := range strings.Split(poppler(t, pdf, "pdftotext", "-bbox", "FILE", "-"), "\n") {
		var x1, y1, x2, y2 float64
		if _, err := fmt.Sscanf(strings.TrimSpace(row), `<word xMin="%f" yMin="%f" xMax="%f" yMax="%f">`, &x1, &y1, &x2, &y2); err != nil {
			continue
		}
		if x1 < leftMargin/mmPerPoint-1 || x2 > (pageWidth-rightMargin)/mmPerPoint+1 || y2 > (pageHeight-8)/mmPerPoint {
			t.Errorf("beyond the margin: %s", row)
		}
	}
	if got := strings.Count(strings.ReplaceAll(read(t, pdf), " ", ""), "cảmộttranggiấy."); got < 150 {
		t.Errorf("of a text of 200 sentences %d are whole", got)
	}
}

func TestIncidentReceiptAndRefunds(t *testing.T) {
	wants(t, read(t, render(t, sampleIncident())), "BIÊN BẢN TẠM DỪNG PHIÊN ĐẤU GIÁ", "09 giờ 41 phút 10 giây ngày 23/11/2026", "13.100.000.000 đồng của mã số M-118",
		"13 phút 50 giây", "tổ chức lại lúc 09 giờ 00 phút ngày 24/11/2026", "CÁN BỘ GIÁM SÁT", "Đã ký số lúc")
	stopped := sampleIncident()
	stopped.Paused, stopped.Leader = false, ""
	wants(t, read(t, render(t, stopped)), "BIÊN BẢN DỪNG PHIÊN ĐẤU GIÁ", "Chưa có giá trả hợp lệ")
	wants(t, read(t, render(t, sampleReceipt())), "Hai tỷ năm trăm bảy mươi triệu đồng", "GOBUA 4K7Q Z2M8", "14 giờ 02 phút 55 giây ngày 18/11/2026")
	wants(t, read(t, render(t, sampleRefunds(9))), "chậm nhất 23 giờ 59 phút 59 giây ngày 27/11/2026", "Danh sách có 9 người", "23.130.950.544 đồng", "đã trả")
	l := sampleRefunds(2)
	l.Refunds[0].Deposit = engine.MaxDong
	if _, err := l.PDF(); err == nil {
		t.Error("a sum beyond the largest amount was taken")
	}
}

func TestMomentsAreThoseOfVietNam(t *testing.T) {
	midnight := at("2028-02-29 00:00:00.000")
	for _, tt := range []struct{ got, want string }{
		{toSecond(midnight - 1), "23 giờ 59 phút 59 giây ngày 28/02/2028"},
		{toSecond(midnight), "00 giờ 00 phút 00 giây ngày 29/02/2028"},
		{toMilli(midnight - 1), "23:59:59,999"},
		{dated(midnight), "ngày 29 tháng 02 năm 2028"},
		{dated(at("2026-12-01 12:00:00.000")), "ngày 01 tháng 12 năm 2026"},
		{Lasting(0), "0 giây"}, {Lasting(5_405_000), "1 giờ 30 phút 5 giây"},
		{Window{}.text(), "không quy định"}, {Window{Note: "theo hẹn"}.text(), "theo hẹn"},
		{StepText(engine.Step{Kind: engine.StepPercent, BasisPoints: 250, Amount: 1000}), "2,5% giá hiện tại, ít nhất 1.000\u00a0đồng"},
		{DescentText(&engine.Descent{Amount: 1000, EveryMs: 60_000, Floor: 5000}), "giảm 1.000\u00a0đồng mỗi 1 phút, thấp nhất 5.000\u00a0đồng"},
		{DescentText(&engine.Descent{BasisPoints: 150, EveryMs: 90_000, Floor: 5000}), "giảm 1,5% giá khởi điểm mỗi 1 phút 30 giây, thấp nhất 5.000\u00a0đồng"},
		{StepText(engine.Step{Kind: engine.StepPercent, BasisPoints: 1000}), "10% giá hiện tại, ít nhất 0\u00a0đồng"},
		{StepText(engine.Step{Kind: engine.StepBands, Bands: []engine.Band{{From: 0, Step: 10}, {From: 100, Step: 20}}}), "từ 0\u00a0đồng: 10\u00a0đồng\ntừ 100\u00a0đồng: 20\u00a0đồng"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}
