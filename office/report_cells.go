package office

import (
	"fmt"

	"gobua/engine"
	"gobua/office/table"
	"gobua/office/workday"
)

var lotColumns = []table.Column{
	{Title: "Thời điểm", WidthChars: 20}, {Title: "Cuộc đấu giá", WidthChars: 40}, {Title: "Người có tài sản", WidthChars: 28},
	{Title: "Lô", WidthChars: 6}, {Title: "Tài sản", WidthChars: 40}, {Title: "Kết quả", WidthChars: 16}, {Title: "Giá khởi điểm", WidthChars: 18},
	{Title: "Giá trúng", WidthChars: 18}, {Title: "Chênh lệch", WidthChars: 18}, {Title: "Tăng so với khởi điểm (%)", WidthChars: 16},
	{Title: "Số người tham gia", WidthChars: 12}, {Title: "Số người có mặt", WidthChars: 12}, {Title: "Số lượt trả giá", WidthChars: 12},
}

var outcomeWords = map[string]string{"sold": "Đấu giá thành", "failed": "Đấu giá không thành", "cancelled": "Đã hủy"}

func lotCells(l *LotLine) []table.Cell {
	var price, over, share table.Cell
	if l.Outcome == "sold" && l.Price > 0 {
		price = table.Money(l.Price)
		if l.Start > 0 {
			over, share = table.Money(l.Price-l.Start), table.Text(percent(l.Price-l.Start, l.Start))
		}
	}
	start := table.Cell{}
	if l.Start > 0 {
		start = table.Money(l.Start)
	}
	return []table.Cell{
		table.Instant(l.At), table.Text(l.Auction), table.Text(l.Owner), table.Number(int64(l.Number)), table.Text(l.Lot),
		table.Text(outcomeWords[l.Outcome]), start, price, over, share, table.Number(int64(l.Registered)),
		table.Number(int64(l.Present)), table.Number(int64(l.Bids)),
	}
}

// percent is a share in hundredths, cut to two places, with the comma of Viet
// Nam. whole is positive.
func percent(part, whole engine.Dong) string {
	sign := ""
	if part < 0 {
		sign, part = "-", -part
	}
	units, rest := part/whole, part%whole
	// rest × 10,000 may pass 63 bits: both sides are halved until it does not.
	for rest > 900_000_000_000_000 {
		rest, whole = rest/2, whole/2
	}
	points := rest * 10_000 / whole
	return fmt.Sprintf("%s%d,%02d", sign, int64(units)*100+int64(points)/100, points%100)
}

var bidColumns = []table.Column{
	{Title: "Số thứ tự", WidthChars: 10}, {Title: "Thời điểm (+07:00)", WidthChars: 26}, {Title: "Mã số", WidthChars: 12},
	{Title: "Giá", WidthChars: 20}, {Title: "Cách trả", WidthChars: 16}, {Title: "Hiệu lực", WidthChars: 14}, {Title: "Ghi chú", WidthChars: 40},
}

// unitColumn is one more where several units are sold and Giá is that of one.
var unitColumn = table.Column{Title: "Số đơn vị", WidthChars: 10}

func bidCells(r *SessionResult, rules *engine.Rules, b ResultBid) []table.Cell {
	valid := "Có"
	if b.Struck {
		valid = "Không"
	}
	cells := []table.Cell{
		table.Number(int64(b.Seq)), table.Text(exact(b.At)), table.Text(string(b.Code)), table.Money(b.Level),
		table.Text(r.wayOf(rules, b)), table.Text(valid), table.Text(r.whyStruck(b)),
	}
	if unitsOf(rules) > 0 {
		cells = append(cells, table.Number(int64(b.Units)))
	}
	return cells
}

// wayOf is how a bid was made, in words.
func (r *SessionResult) wayOf(rules *engine.Rules, b ResultBid) string {
	switch {
	case b.Auto:
		return "Tự động"
	case b.Floor:
		return "Tại hội trường"
	case r.bought(b):
		return "Mua ngay"
	case r.underSeal(rules, b):
		return "Phiếu kín"
	}
	return "Trực tiếp"
}

// underSeal tells whether a bid was a sealed offer. After a falling price only
// those are which were put in between its acceptance and the opening.
func (r *SessionResult) underSeal(rules *engine.Rules, b ResultBid) bool {
	if rules.Sealed == nil || rules.Hybrid == nil {
		return rules.Sealed != nil
	}
	accepted := false
	for _, m := range r.Course {
		if m.Seq > b.Seq {
			break
		}
		switch m.Kind {
		case engine.KindStageOpened:
			accepted = m.Stage == engine.StageOffers
		case engine.KindReopened:
			accepted = false
		}
	}
	return accepted
}

// exact is a moment to the millisecond: a bid may be decided by one.
func exact(at engine.Instant) string {
	if at == 0 {
		return ""
	}
	return at.Time().In(workday.Zone).Format("2006-01-02 15:04:05.000-07:00")
}

var presenceColumns = []table.Column{
	{Title: "Mã số", WidthChars: 12}, {Title: "Thời điểm (+07:00)", WidthChars: 26}, {Title: "Việc", WidthChars: 20}, {Title: "Số kết nối sau đó", WidthChars: 12},
}

var presenceWords = map[PresenceKind]string{
	PresenceSignIn: "Đăng nhập", PresenceEnter: "Vào phòng", PresenceCheckIn: "Điểm danh", PresenceSeen: "Đang có mặt",
	PresenceLeave: "Rời phòng", PresenceLost: "Mất kết nối",
}

func presenceCells(s Sighting) []table.Cell {
	return []table.Cell{table.Text(string(s.Code)), table.Text(exact(s.At)), table.Text(presenceWords[s.Kind]), table.Number(int64(s.Connections))}
}

var actColumns = []table.Column{
	{Title: "Số dòng", WidthChars: 10}, {Title: "Thời điểm (+07:00)", WidthChars: 26}, {Title: "Ai", WidthChars: 34}, {Title: "Vai trò", WidthChars: 14},
	{Title: "Từ địa chỉ", WidthChars: 20}, {Title: "Việc", WidthChars: 26}, {Title: "Đối tượng", WidthChars: 16}, {Title: "Mã đối tượng", WidthChars: 38},
	{Title: "Lý do", WidthChars: 40}, {Title: "Mã băm của dòng", WidthChars: 66},
}

func actCells(a *Act) []table.Cell {
	return []table.Cell{
		table.Number(int64(a.Seq)), table.Text(exact(a.At)), table.Text(a.Who), table.Text(string(a.Role)), table.Text(a.Origin),
		table.Text(a.Name), table.Text(a.Subject), table.Text(a.SubjectID), table.Text(a.Reason), table.Text(a.Hash.String()),
	}
}

// depositColumns are the columns of the report of participants and deposits;
// with names only after they were opened by a recorded act.
func depositColumns(names bool) []table.Column {
	columns := []table.Column{
		{Title: "Lô", WidthChars: 6}, {Title: "Tài sản", WidthChars: 40}, {Title: "Mã số", WidthChars: 12}, {Title: "Hồ sơ", WidthChars: 14},
		{Title: "Tư cách", WidthChars: 16}, {Title: "Tiền đặt trước", WidthChars: 18}, {Title: "Đã nộp", WidthChars: 18},
		{Title: "Tình trạng tiền", WidthChars: 22}, {Title: "Hạn hoàn trả", WidthChars: 20}, {Title: "Ngày quyết toán", WidthChars: 20},
		{Title: "Căn cứ", WidthChars: 20},
	}
	if names {
		columns = append(columns, table.Column{Title: "Tên đăng nhập", WidthChars: 20}, table.Column{Title: "Họ tên", WidthChars: 30})
	}
	return columns
}

func depositCells(a *Auction, r *Registration, names bool) []table.Cell {
	number, title := int64(0), ""
	if lot := lotOf(a, r.LotID); lot != nil {
		number, title = int64(lot.Number), lot.Title
	}
	cells := []table.Cell{
		table.Number(number), table.Text(title), table.Text(string(r.Code)), table.Text(dossierWords[r.Dossier]),
		table.Text(standingWords[r.Standing]), table.Money(r.Deposit.Due), table.Money(r.Deposit.Paid),
		table.Text(paymentWords[r.Deposit.State]), table.Instant(r.Deposit.RefundDueAt), table.Instant(r.Deposit.SettledAt),
		table.Text(lostOn(r.Deposit)),
	}
	if names {
		cells = append(cells, table.Text(r.Login), table.Text(r.Name))
	}
	return cells
}

// The words of reports, which are read in Vietnamese offices.
var (
	dossierWords = map[DossierState]string{
		DossierDraft: "Đang soạn", DossierSubmitted: "Đã nộp", DossierApproved: "Đạt", DossierRejected: "Không đạt",
	}
	standingWords = map[RegistrationStanding]string{
		StandingIn: "Tham gia", StandingWithdrawn: "Đã rút", StandingDisqualified: "Bị truất quyền",
	}
	paymentWords = map[PaymentState]string{
		PaymentDue: "Chưa nộp đủ", PaymentReceived: "Đã nhận", PaymentGuaranteed: "Có bảo lãnh", PaymentRefundDue: "Phải hoàn trả",
		PaymentRefunded: "Đã hoàn trả", PaymentForfeited: "Không được trả lại", PaymentConverted: "Chuyển thành tiền đặt cọc",
	}
)
