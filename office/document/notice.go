package document

import (
	"fmt"
	"image/color"

	"github.com/boombuler/barcode/qr"

	"gobua/engine"
)

// Contact is whom to ask.
type Contact struct{ Name, Phone, Email string }

// Notice is the public notice of an auction (thông báo công khai việc đấu giá
// tài sản), Law on Property Auction, Điều 57.
type Notice struct {
	Head
	Title          string
	Owner          Party
	Lots           []Lot
	Viewing        Window
	DossierSale    Window
	Registration   Window
	DepositPayment Window
	DepositAccount string   // account, bank and memo
	Conditions     string   // who may register and how
	Form           string   // "Đấu giá trực tuyến"
	Method         string   // "Trả giá lên"
	Bidding        []string // how a price is found, what ends it, what it costs
	Venue          string   // address of the site, or place of the auction
	Contacts       []Contact
	RulesVersion   int
	RulesHash      engine.Hash
	Address        string // of the notice on the site; printed and as a QR code; empty: none
	Signatures     []Signature
}

// PDF renders the notice.
func (n Notice) PDF() ([]byte, error) {
	var fault error
	pdf, err := write(about{
		title: "Thông báo đấu giá tài sản: " + n.Title, author: n.Centre.Name, at: n.IssuedAt,
		foot: "Thông báo đấu giá. Mã băm quy chế " + n.RulesHash.Short(),
	}, func(p *paper) { fault = n.body(p) })
	if fault != nil {
		return nil, fault
	}
	return pdf, err
}

func (n Notice) body(p *paper) error {
	p.national(n.Head)
	p.title("Thông báo", "Công khai việc đấu giá tài sản")
	p.set(form{align: 'C', size: 14, after: 3}, strong(n.Title))

	p.say(strong("1. Tổ chức hành nghề đấu giá tài sản: "), text(n.Centre.Name+". "+n.Centre.contact()+"."))
	p.say(strong("2. Người có tài sản đấu giá: "), text(n.Owner.text()+"."))
	p.heading("3. Tài sản đấu giá, giá khởi điểm, bước giá, tiền đặt trước:")
	p.lots(n.Lots)
	p.ends(n.Lots)
	p.say(strong("4. Xem tài sản: "), text(n.Viewing.text()+"."))
	p.say(strong("5. Bán hồ sơ mời tham gia đấu giá: "), text(n.DossierSale.text()+"."))
	p.say(strong("6. Đăng ký tham gia đấu giá: "), text(n.Registration.text()+"."))
	if n.Conditions != "" {
		p.say(text("Điều kiện, cách thức đăng ký: " + n.Conditions))
	}
	p.say(strong("7. Nộp tiền đặt trước: "), text(n.DepositPayment.text()+"."))
	if n.DepositAccount != "" {
		p.say(text("Tài khoản nhận tiền đặt trước: " + n.DepositAccount))
	}
	p.say(strong("8. Hình thức, phương thức đấu giá: "), text(n.Form+"; "+n.Method+"."))
	for _, line := range n.Bidding {
		p.say(text("- " + line))
	}
	p.say(strong("9. Địa điểm, trang đấu giá: "), text(n.Venue+"."))
	p.say(strong("10. Quy chế cuộc đấu giá: "), text(fmt.Sprintf("phiên bản %d, mã băm SHA-256:", n.RulesVersion)))
	p.set(form{size: tableSize, align: 'C'}, text(n.RulesHash.String()))
	p.heading("11. Liên hệ:")
	for _, c := range n.Contacts {
		line := "- " + c.Name
		if c.Phone != "" {
			line += ", điện thoại " + unbroken(c.Phone)
		}
		if c.Email != "" {
			line += ", thư điện tử " + c.Email
		}
		p.say(text(line + "."))
	}
	if err := n.code(p); err != nil {
		return err
	}
	p.signatures(n.Signatures)
	return nil
}

// code puts the QR code beside the address of the notice.
func (n Notice) code(p *paper) error {
	const side = 32.0
	if n.Address == "" {
		return nil
	}
	code, err := qr.Encode(n.Address, qr.M, qr.Unicode)
	if err != nil {
		return fmt.Errorf("document: the address of a notice does not fit a QR code: %w", err)
	}
	p.need(side + 9 + p.firstSigned(n.Signatures))
	p.gap(3)
	size := code.Bounds().Dx()
	module := side / float64(size)
	p.pdf.SetFillColor(0, 0, 0)
	for y := range size {
		for x := 0; x < size; x++ {
			from := x
			for x < size && dark(code.At(x, y)) {
				x++
			}
			if x > from { // one bar for neighbours, so that no seam shows between them
				p.pdf.Rect(leftMargin+float64(from)*module, p.y+float64(y)*module, float64(x-from)*module, module, "F")
			}
		}
	}
	x, width := leftMargin+side+4, textWidth-side-4
	below := p.block(x, p.y+6, width, 12, text("Toàn văn thông báo, quy chế, tài liệu và phiên đấu giá xem công khai, không cần tài khoản, tại:"))
	below = p.block(x, below+1, width, tableSize, text(n.Address))
	p.y = max(below, p.y+side)
	return nil
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
