package document

import (
	"fmt"

	"gobua/engine"
	"gobua/office/moneywords"
)

// IncidentMinutes is the record of a pause or a stop (biên bản tạm dừng, dừng
// phiên đấu giá do sự cố), signed by the auctioneer and the supervising officer.
type IncidentMinutes struct {
	Head
	Title      string // of the auction
	Lot        string
	Session    engine.SessionID
	Paused     bool // may go on; otherwise stopped for good
	At         engine.Instant
	Ground     string // as the rules sheet names it
	What       string // what happened
	Measures   string // what was done
	Price      engine.Dong
	Leader     engine.ParticipantCode // empty: no bid yet
	RemainMs   engine.Millis          // bidding time left, when paused
	Events     []Happening
	Next       string         // "Phiên được tổ chức lại …"
	RerunAt    engine.Instant // zero: not fixed yet
	Auctioneer Officer
	Supervisor Officer
	RecordHead engine.Head
	Signatures []Signature
}

// PDF renders the incident minutes.
func (m IncidentMinutes) PDF() ([]byte, error) {
	name := "Biên bản dừng phiên đấu giá"
	if m.Paused {
		name = "Biên bản tạm dừng phiên đấu giá"
	}
	return write(about{
		title: name + ": " + m.Title, author: m.Centre.Name, at: m.IssuedAt,
		foot: fmt.Sprintf("%s, phiên %s. Mã băm %s", name, m.Session, m.RecordHead.Hash.Short()),
	}, func(p *paper) {
		p.national(m.Head)
		p.title(name, m.Title)
		m.body(p)
		p.close(m.Signatures, text("Biên bản được lập dưới dạng điện tử; người có tên dưới đây ký hoặc từ chối ký như sau:"))
	})
}

func (m IncidentMinutes) body(p *paper) {
	act := "bị dừng"
	if m.Paused {
		act = "được tạm dừng"
	}
	p.say(text("Phiên đấu giá mã số "), strong(string(m.Session)), text(", tài sản: "), strong(m.Lot), text(", "+act+" lúc "), strong(toSecond(m.At)), text("."))
	p.heading("1. Thành phần lập biên bản")
	for _, o := range []Officer{m.Auctioneer, m.Supervisor} {
		line := o.Name
		if o.Reference != "" {
			line += " (" + o.Reference + ")"
		}
		p.say(text("- " + o.Role + ": " + line + "."))
	}
	p.heading("2. Căn cứ và sự việc")
	p.say(text("Căn cứ: " + m.Ground))
	p.say(text("Sự việc: " + m.What))
	p.happenings("Diễn biến:", m.Events)
	p.heading("3. Tình trạng phiên tại thời điểm đó")
	if m.Leader == "" {
		p.say(text("Chưa có giá trả hợp lệ nào được ghi nhận."))
	} else {
		p.say(text("Giá trả cao nhất đã ghi nhận: "), strong(moneywords.Money(m.Price)), text(" của mã số "), strong(string(m.Leader)), text("."))
	}
	if m.Paused {
		p.say(text("Thời gian trả giá còn lại, được giữ nguyên: " + Lasting(m.RemainMs) + "."))
	}
	p.say(text(fmt.Sprintf("Chuỗi bản ghi của phiên đến bản ghi số %d, mã băm:", m.RecordHead.Seq)))
	p.set(form{size: tableSize, align: 'C'}, text(m.RecordHead.Hash.String()))
	p.heading("4. Biện pháp và hướng giải quyết")
	if m.Measures != "" {
		p.say(text(m.Measures))
	}
	if m.RerunAt != 0 {
		p.say(text("Phiên được tổ chức lại lúc "), strong(toMinute(m.RerunAt)),
			text(", với những người đã đủ điều kiện tham gia phiên này; tiền đặt trước được giữ nguyên."))
	}
	if m.Next != "" {
		p.say(text(m.Next))
	}
}
