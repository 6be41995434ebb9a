package office

import "gobua/office/table"

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
