package document

import (
	"fmt"

	"gobua/engine"
	"gobua/office/moneywords"
)

// DepositReceipt confirms a deposit (xác nhận đã nhận tiền đặt trước).
type DepositReceipt struct {
	Head
	Title      string // of the auction
	Lot        string
	Payer      string
	PayerID    string // masked number of the identity paper or tax code
	Amount     engine.Dong
	How        string // "Chuyển khoản", "Bảo lãnh ngân hàng", "Tiền mặt tại quầy"
	Account    string // where it came in
	Memo       string
	Reference  string // of the bank
	ReceivedAt engine.Instant
	Signatures []Signature
}

// PDF renders the receipt.
func (d DepositReceipt) PDF() ([]byte, error) {
	return write(about{
		title: "Xác nhận tiền đặt trước: " + d.Title, author: d.Centre.Name, at: d.IssuedAt, foot: "Xác nhận tiền đặt trước",
	}, func(p *paper) {
		p.national(d.Head)
		p.title("Giấy xác nhận", "Đã nhận tiền đặt trước")
		p.say(strong(d.Centre.Name), text(" xác nhận đã nhận tiền đặt trước để tham gia đấu giá như sau:"))
		var rows []row
		for _, r := range [][2]string{
			{"Người nộp", d.Payer}, {"Số giấy tờ", d.PayerID}, {"Cuộc đấu giá", d.Title}, {"Tài sản", d.Lot},
			{"Số tiền", moneywords.Money(d.Amount)}, {"Bằng chữ", moneywords.Capital(moneywords.Vietnamese(d.Amount))},
			{"Hình thức nộp", d.How}, {"Tài khoản nhận", d.Account}, {"Nội dung chuyển khoản", d.Memo},
			{"Số tham chiếu", d.Reference}, {"Thời điểm nhận", toSecond(d.ReceivedAt)},
		} {
			if r[1] != "" {
				rows = append(rows, row{cells: r[:]})
			}
		}
		p.table([]column{{"Mục", 46, 'L'}, {"Nội dung", 114, 'L'}}, rows)
		p.close(d.Signatures, text("Tiền đặt trước được hoàn trả, được tính vào tiền đặt cọc hoặc không được nhận lại theo Điều 39 Luật Đấu giá tài sản và Quy chế cuộc đấu giá."))
	})
}

// Refund is one line of a RefundList.
type Refund struct {
	Code     engine.ParticipantCode
	Name     string
	Bank     string
	Account  string
	Deposit  engine.Dong
	Interest engine.Dong
	PaidAt   engine.Instant // zero: not yet
	Note     string
}

// RefundList is the list of deposits to be returned (danh sách hoàn trả tiền
// đặt trước).
type RefundList struct {
	Head
	Title      string
	DueAt      engine.Instant
	Refunds    []Refund
	Signatures []Signature
}

// PDF renders the list with its sum. A sum beyond engine.MaxDong is an error.
func (l RefundList) PDF() ([]byte, error) {
	var sum engine.Dong
	for _, r := range l.Refunds {
		if sum += r.Deposit + r.Interest; sum > engine.MaxDong {
			return nil, fmt.Errorf("document: the refunds of %q add up to more than an amount may be", l.Title)
		}
	}
	return write(about{
		title: "Danh sách hoàn trả tiền đặt trước: " + l.Title, author: l.Centre.Name, at: l.IssuedAt, foot: "Danh sách hoàn trả tiền đặt trước",
	}, func(p *paper) {
		p.national(l.Head)
		p.title("Danh sách", "Hoàn trả tiền đặt trước")
		p.set(form{align: 'C', after: 3}, leaning(l.Title))
		p.say(text("Thời hạn hoàn trả: chậm nhất "), strong(toSecond(l.DueAt)), text("."))
		var rows []row
		for n, r := range l.Refunds {
			state := r.Note
			if r.PaidAt != 0 {
				state = "đã trả " + local(r.PaidAt).Format("02/01/2006")
				if r.Note != "" {
					state += "; " + r.Note
				}
			}
			rows = append(rows, row{cells: []string{
				fmt.Sprint(n + 1), string(r.Code), r.Name, joined(unbroken(r.Account), r.Bank),
				moneywords.Figures(r.Deposit) + "\n" + moneywords.Figures(r.Interest), moneywords.Figures(r.Deposit + r.Interest), state,
			}})
		}
		rows = append(rows, row{bold: true, cells: []string{"", "", "Cộng", "", "", moneywords.Figures(sum), ""}})
		p.table([]column{
			{"STT", 12, 'C'}, {"Mã số", 17, 'C'}, {"Người nhận", 30, 'L'}, {"Tài khoản", 32, 'L'},
			{"Tiền đặt trước\nvà tiền lãi", 31, 'R'}, {"Cộng (đồng)", 31, 'R'}, {"Ghi chú", 25, 'L'},
		}, rows)
		p.close(l.Signatures, text(fmt.Sprintf("Danh sách có %d người. Tổng số tiền hoàn trả: ", len(l.Refunds))), strong(inBoth(sum)), text("."))
	})
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}
