package document

import (
	"errors"
	"fmt"

	"gobua/engine"
)

// Presets of a rules sheet: which of them stand in one is for the auction to
// say. The grounds of forfeiture follow the law as read. Those of
// disqualification are put together from Decree 156/2024, Điều 15, and memory:
// to be confirmed by the Centre's lawyer (M).
var (
	// DisqualificationGrounds: Law on Property Auction, Điều 9 khoản 5.
	DisqualificationGrounds = []string{
		"Cung cấp thông tin, tài liệu sai sự thật; sử dụng giấy tờ giả mạo để đăng ký tham gia đấu giá, tham gia cuộc đấu giá.",
		"Thông đồng, móc nối với đấu giá viên, tổ chức hành nghề đấu giá tài sản, người có tài sản đấu giá, người tham gia đấu giá khác hoặc cá nhân, tổ chức khác để dìm giá, làm sai lệch kết quả đấu giá tài sản.",
		"Cản trở hoạt động đấu giá tài sản; gây rối, mất trật tự tại cuộc đấu giá; sử dụng phần mềm can thiệp vào việc trả giá hoặc kết quả đấu giá.",
		"Đe dọa, cưỡng ép đấu giá viên, người tham gia đấu giá khác nhằm làm sai lệch kết quả đấu giá tài sản.",
		"Các hành vi bị nghiêm cấm khác theo quy định của luật có liên quan.",
	}
	// ForfeitureGrounds: Điều 39 khoản 6.
	ForfeitureGrounds = []string{
		"Không tham dự cuộc đấu giá, buổi công bố giá mà không thuộc trường hợp bất khả kháng.",
		"Bị truất quyền tham gia đấu giá do có hành vi vi phạm quy định tại khoản 5 Điều 9 của Luật Đấu giá tài sản.",
		"Từ chối ký biên bản đấu giá theo quy định tại khoản 3 Điều 44 của Luật Đấu giá tài sản.",
		"Rút lại giá đã trả hoặc giá đã chấp nhận theo quy định tại Điều 50 của Luật Đấu giá tài sản.",
		"Từ chối kết quả trúng đấu giá theo quy định tại Điều 51 của Luật Đấu giá tài sản.",
	}
)

// Article is a further article of a rules sheet.
type Article struct {
	Title string
	Lines []string
}

// RulesSheet is the Quy chế cuộc đấu giá, Điều 34: what it must contain, in
// its order, as numbered articles.
type RulesSheet struct {
	Head
	Title          string
	Owner          Party
	Version        int
	Change         string // what this version changes, for versions after the first
	Hash           engine.Hash
	Lots           []Lot
	Viewing        Window
	DossierSale    Window
	Registration   Window
	Conditions     []string // of registration
	Ways           []string // of registration
	DepositPayment Window
	DepositAccount string
	Venue          string
	Form           string
	Method         string
	Bidding        []string // what makes a bid valid, how the end moves, ties
	Withdrawal     []string // of a bid, and refusal of the result
	Disqualified   []string // grounds; DisqualificationGrounds is a preset
	Forfeited      []string // grounds; ForfeitureGrounds is a preset
	Refund         []string
	Incidents      []string // when the session is stopped and run again
	Further        []Article
	Signatures     []Signature
	Overrides      []string // where the sheet departs from a preset, with the reason
}

// PDF renders the rules sheet. Without grounds of disqualification and of
// forfeiture it is none: Điều 34 asks for them.
func (r RulesSheet) PDF() ([]byte, error) {
	if len(r.Disqualified) == 0 || len(r.Forfeited) == 0 {
		return nil, errors.New("document: a rules sheet names the grounds of disqualification and of forfeiture")
	}
	return write(about{
		title: "Quy chế cuộc đấu giá: " + r.Title, author: r.Centre.Name, at: r.IssuedAt,
		foot: fmt.Sprintf("Quy chế cuộc đấu giá, phiên bản %d. Mã băm %s", r.Version, r.Hash.Short()),
	}, r.body)
}

func (r RulesSheet) body(p *paper) {
	p.national(r.Head)
	p.title("Quy chế cuộc đấu giá", r.Title)
	p.set(form{align: 'C'}, leaning(fmt.Sprintf("(Phiên bản %d)", r.Version)))
	if r.Change != "" {
		p.say(strong("Nội dung thay đổi so với phiên bản trước: "), text(r.Change))
	}
	number := 0
	article := func(title string, lines ...string) {
		number++
		p.heading(fmt.Sprintf("Điều %d. %s", number, title))
		for n, l := range lines {
			if len(lines) > 1 {
				l = fmt.Sprintf("%d. %s", n+1, l)
			}
			p.say(text(l))
		}
	}
	article("Tổ chức đấu giá và người có tài sản",
		"Tổ chức hành nghề đấu giá tài sản: "+r.Centre.Name+". "+r.Centre.contact()+".",
		"Người có tài sản đấu giá: "+r.Owner.text()+".")
	article("Tài sản đấu giá, giá khởi điểm, bước giá, tiền mua hồ sơ, tiền đặt trước")
	p.lots(r.Lots)
	p.ends(r.Lots)
	article("Thời gian, địa điểm xem tài sản", capitalised(r.Viewing.text())+".")
	article("Thời gian, địa điểm bán hồ sơ mời tham gia đấu giá", capitalised(r.DossierSale.text())+".")
	article("Thời gian, địa điểm đăng ký tham gia đấu giá", capitalised(r.Registration.text())+".")
	p.list("Điều kiện đăng ký:", r.Conditions)
	p.list("Cách thức đăng ký:", r.Ways)
	deposit := []string{capitalised(r.DepositPayment.text()) + "."}
	if r.DepositAccount != "" {
		deposit = append(deposit, "Tài khoản nhận tiền đặt trước: "+r.DepositAccount)
	}
	article("Nộp tiền đặt trước", deposit...)
	article("Thời gian, địa điểm tổ chức cuộc đấu giá",
		"Phiên đấu giá của từng lô mở vào thời điểm ghi tại Điều 2, theo thời gian thực của máy chủ (UTC+7).", "Địa điểm: "+r.Venue+".")
	article("Hình thức, phương thức đấu giá", "Hình thức: "+r.Form+".", "Phương thức: "+r.Method+".")
	for _, a := range append([]Article{
		{"Trả giá và kết thúc phiên đấu giá", r.Bidding},
		{"Rút lại giá đã trả, từ chối kết quả trúng đấu giá", r.Withdrawal},
		{"Các trường hợp bị truất quyền tham gia đấu giá", r.Disqualified},
		{"Các trường hợp không được nhận lại tiền đặt trước", r.Forfeited},
		{"Hoàn trả tiền đặt trước", r.Refund},
		{"Tạm dừng, dừng và tổ chức lại phiên đấu giá khi có sự cố", r.Incidents},
		{"Các nội dung khác với mức thông thường và lý do", r.Overrides},
	}, r.Further...) {
		if len(a.Lines) > 0 {
			article(a.Title, a.Lines...)
		}
	}
	article("Hiệu lực", fmt.Sprintf("Quy chế này là phiên bản %d, được cố định khi niêm yết. Mã băm SHA-256 của nội dung quy chế:", r.Version))
	p.set(form{size: tableSize, align: 'C'}, text(r.Hash.String()))
	p.close(r.Signatures, text("Thay đổi sau khi niêm yết được lập thành phiên bản mới và thông báo công khai; khi giá khởi điểm, số lượng hoặc "+
		"chất lượng tài sản thay đổi, người đã nộp tiền đặt trước được rút và nhận lại tiền (khoản 3 Điều 39 Luật Đấu giá tài sản)."))
}

// list sets a leading line and one line per entry, lettered as the law does.
func (p *paper) list(lead string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.say(text(lead))
	for n, l := range lines {
		p.say(text(lettered(n) + ") " + l))
	}
}

// lettered numbers the points of a clause in the order of the Vietnamese
// alphabet: a, b, c, d, đ, e, g.
func lettered(n int) string {
	letters := []rune("abcdđeghiklmnopqrstuvxy")
	if n < len(letters) {
		return string(letters[n])
	}
	return fmt.Sprint(n + 1)
}
