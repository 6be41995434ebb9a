package document

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"gobua/engine"
	"gobua/office/moneywords"
)

// Officer is somebody who works at a session.
type Officer struct {
	Role      string // "Đấu giá viên"
	Name      string
	Reference string // licence number, or where from
}

// Attendee is a participant as the minutes list them.
type Attendee struct {
	Code    engine.ParticipantCode
	Present bool
	Since   engine.Instant // first entry into the room; zero when absent
	Note    string         // "bị truất quyền"
}

// Bid is one line of the course of a session.
type Bid struct {
	Seq    engine.Seq
	At     engine.Instant
	Code   engine.ParticipantCode
	Amount engine.Dong
	Auto   bool   // moved by the system within a maximum
	Struck bool   // withdrawn, or its bidder disqualified
	Floor  bool   // made in the hall
	Units  int    // asked for, where several are sold; Amount is then per unit
	Note   string // why struck, if known
}

// Happening is something that happened at a moment, in a sentence.
type Happening struct {
	At   engine.Instant
	Text string
}

// FailureGround says why an auction failed, Điều 52 khoản 1.
type FailureGround string

// The grounds, by the letter of their point. The wording of a to c was read,
// that of d to g is from memory: to be confirmed by the Centre's lawyer (M).
const (
	FailedNobodyRegistered FailureGround = "a"
	FailedNobodyBid        FailureGround = "b"
	FailedBelowReserve     FailureGround = "c"
	FailedMinutesRefused   FailureGround = "d"
	FailedWithdrawn        FailureGround = "đ"
	FailedResultRefused    FailureGround = "e"
	FailedSingleBidder     FailureGround = "g"
)

var failureTexts = map[FailureGround]string{
	FailedNobodyRegistered: "đã hết thời hạn đăng ký tham gia mà không có người đăng ký",
	FailedNobodyBid:        "tại cuộc đấu giá không có người trả giá hoặc không có người chấp nhận giá",
	FailedBelowReserve:     "giá trả cao nhất thấp hơn giá khởi điểm không được công bố công khai",
	FailedMinutesRefused:   "người trúng đấu giá từ chối ký biên bản đấu giá",
	FailedWithdrawn:        "đã có người rút lại giá đã trả, giá đã chấp nhận mà không có người trả giá tiếp",
	FailedResultRefused:    "người trúng đấu giá từ chối kết quả và không có người trúng đấu giá khác theo Điều 51",
	FailedSingleBidder:     "chỉ có một người tham gia và pháp luật không cho phép bán cho người đó",
}

// Outcome is how a session ended.
type Outcome struct {
	Sold       bool
	Code       engine.ParticipantCode
	Name       string // of the winner
	Price      engine.Dong
	Offered    engine.Dong    // what the winner had offered, where it is another price; else zero
	RecordedAt engine.Instant // when the server received the winning bid
	Ground     FailureGround  // when not sold
	Detail     string         // further words on the failure
	Pending    string         // not settled yet, and what it waits for; else empty
	Winners    []Winner       // instead of one, where several units were sold
}

// Winner is who got some of several units, all at one price.
type Winner struct {
	Code       engine.ParticipantCode
	Name       string
	Units      int
	Wanted     int         // what was asked for, where that is more
	Price      engine.Dong // per unit
	RecordedAt engine.Instant
}

// Minutes is the record of a session (biên bản đấu giá), Law on Property
// Auction, Điều 44: made at the end of bidding, with the extracted record of
// the session attached.
type Minutes struct {
	Head
	Version      int
	Supersedes   string // why there is a new version; empty for the first
	Title        string // of the auction
	Owner        Party
	Venue        string
	Session      engine.SessionID
	Lots         []Lot // what was sold in the session, usually one
	Form, Method string
	RulesVersion int
	RulesHash    engine.Hash
	StartedAt    engine.Instant // of bidding; zero: bidding never began
	EndedAt      engine.Instant // of bidding; zero: as StartedAt
	Auctioneer   Officer
	Clerk        Officer
	Others       []Officer // owner's delegate, observers
	Attendees    []Attendee
	Bids         []Bid
	BidsAre      string      // what else the reader has to know of them; empty: nothing
	Course       []Happening // what the clock and the auctioneer did while bidding went on
	Calls        []Happening // what the auctioneer did at a lot that was called
	Incidents    []Happening
	Story        []Happening // announcement, refusal, the adjacent bidder's answer
	Outcome      Outcome
	Signatures   []Signature
	Record       Attachment  // the extracted record, as given
	RecordHead   engine.Head // where the session's chain ended
	Published    PublishedRecord
}

// PublishedRecord is the record of the session as everybody may have it, by
// which anybody can decide the session once more. The zero value is none.
type PublishedRecord struct {
	Attachment             // without Content: it is too large to be carried in a PDF
	Size       int         // of the text, in bytes
	Hash       engine.Hash // SHA-256 of the text
	Address    string      // where the site gives it
	Check      string      // page of the site that verifies it
}

// spaceForTable keeps the line above a table together with its first rows, in
// millimetres.
const spaceForTable = 40

// RecordedByServer stands in all minutes.
const RecordedByServer = "Mọi lần trả giá được hệ thống tự động ghi nhận theo thời gian của máy chủ, chỉ ghi thêm, liên kết bằng mã băm; " +
	"không ai sửa hoặc xóa được mà không bị phát hiện."

// PDF renders the minutes, the record attached.
func (m Minutes) PDF() ([]byte, error) {
	if !m.Outcome.Sold && m.Outcome.Pending == "" && failureTexts[m.Outcome.Ground] == "" {
		return nil, fmt.Errorf("document: minutes of session %s: neither sold nor failed on a known ground (%q)", m.Session, m.Outcome.Ground)
	}
	a := about{
		title: "Biên bản đấu giá: " + m.Title, author: m.Centre.Name, at: m.IssuedAt,
		foot: fmt.Sprintf("Biên bản đấu giá, phiên %s, phiên bản %d. Mã băm %s", m.Session, m.Version, m.RecordHead.Hash.Short()),
	}
	for _, file := range []Attachment{m.Record, m.Published.Attachment} {
		if len(file.Content) > 0 {
			a.files = append(a.files, file)
		}
	}
	return write(a, m.body)
}

func (m Minutes) body(p *paper) {
	p.national(m.Head)
	p.title("Biên bản đấu giá", m.Title)
	p.set(form{align: 'C'}, leaning(fmt.Sprintf("(Phiên bản %d)", m.Version)))
	if m.Supersedes != "" {
		p.say(strong("Lý do lập phiên bản này: "), text(m.Supersedes))
	}
	m.facts(p)
	m.people(p)
	m.course(p)
	m.result(p)
	m.attached(p)
	p.close(m.Signatures, text("Biên bản được lập ngay khi kết thúc việc trả giá; các phiên bản được lưu giữ, không ghi đè."))
}

func (m Minutes) facts(p *paper) {
	if m.StartedAt != 0 {
		p.say(text("Phiên đấu giá mã số "), strong(string(m.Session)), text(" bắt đầu lúc "), strong(toSecond(m.StartedAt)),
			text(", kết thúc trả giá lúc "), strong(toSecond(max(m.StartedAt, m.EndedAt))), text(", tại "+m.Venue+"."))
	} else {
		p.say(text("Phiên đấu giá mã số "), strong(string(m.Session)), text(", tại "+m.Venue+". Việc trả giá không diễn ra."))
	}
	p.heading("I. TÀI SẢN ĐẤU GIÁ")
	contact := ""
	if c := m.Centre.contact(); c != "" {
		contact = " " + c + "."
	}
	p.say(text("Tổ chức hành nghề đấu giá tài sản: "), strong(m.Centre.Name), text("."+contact))
	p.say(text("Người có tài sản đấu giá: " + m.Owner.text() + "."))
	p.lots(m.Lots)
	p.say(text(fmt.Sprintf("Hình thức: %s. Phương thức: %s. Quy chế cuộc đấu giá phiên bản %d, mã băm SHA-256:", m.Form, m.Method, m.RulesVersion)))
	p.set(form{size: tableSize, align: 'C'}, text(m.RulesHash.String()))
}

func (m Minutes) people(p *paper) {
	p.heading("II. THÀNH PHẦN THAM DỰ")
	number := 0
	for _, o := range append([]Officer{m.Auctioneer, m.Clerk}, m.Others...) {
		if o.Name == "" {
			continue
		}
		number++
		line := text("")
		if o.Reference != "" {
			line.text = " (" + o.Reference + ")"
		}
		p.say(text(fmt.Sprintf("%d. %s: ", number, o.Role)), strong(o.Name), line, text("."))
	}
	present := 0
	for _, a := range m.Attendees {
		if a.Present {
			present++
		}
	}
	p.say(text(fmt.Sprintf("%d. Người tham gia đấu giá: ", number+1)), strong(fmt.Sprintf("%d người đủ điều kiện, %d người có mặt, %d người vắng mặt",
		len(m.Attendees), present, len(m.Attendees)-present)), text(". Người tham gia được ghi bằng mã số riêng."))
	var rows []row
	for n, a := range m.Attendees {
		presence, since := "vắng mặt", ""
		if a.Present {
			presence = "có mặt"
		}
		if a.Since != 0 {
			since = toMilli(a.Since)
		}
		rows = append(rows, row{cells: []string{fmt.Sprint(n + 1), string(a.Code), presence, since, a.Note}})
	}
	if len(rows) > 0 {
		p.table([]column{{"STT", 14, 'C'}, {"Mã số", 32, 'C'}, {"Tham dự", 30, 'C'}, {"Vào phòng lúc", 36, 'C'}, {"Ghi chú", 48, 'L'}}, rows)
	}
}

func (m Minutes) course(p *paper) {
	p.heading("III. DIỄN BIẾN PHIÊN ĐẤU GIÁ")
	p.say(text(RecordedByServer))
	if len(m.Bids) == 0 {
		p.say(text("Không có lần trả giá nào được ghi nhận."))
	} else {
		p.need(spaceForTable)
		p.say(text(strings.TrimSuffix(fmt.Sprintf("Có %d lần trả giá được ghi nhận. %s", len(m.Bids), m.BidsAre), ". ") + ":"))
		var rows []row
		when := toMilli
		if local(m.Bids[0].At).Format(time.DateOnly) != local(m.Bids[len(m.Bids)-1].At).Format(time.DateOnly) {
			when = func(at engine.Instant) string { return toMilli(at) + "\n" + local(at).Format("02/01/2006") } // paused over night
		}
		for n, bid := range m.Bids {
			note := bid.Note
			switch {
			case note != "":
			case bid.Struck:
				note = "không tính: đã rút hoặc bị truất quyền"
			case bid.Auto:
				note = "hệ thống trả thay trong mức tối đa"
			}
			if bid.Units > 0 {
				note = strings.TrimSuffix(fmt.Sprintf("cho %d đơn vị; ", bid.Units)+note, "; ")
			}
			if bid.Floor {
				note = strings.TrimSuffix("trả tại hội trường; "+note, "; ")
			}
			rows = append(rows, row{cells: []string{
				fmt.Sprint(n + 1), when(bid.At), string(bid.Code), moneywords.Figures(bid.Amount), fmt.Sprint(bid.Seq), note,
			}})
		}
		p.table([]column{
			{"STT", 13, 'C'}, {"Thời điểm ghi nhận", 32, 'C'}, {"Mã số", 25, 'C'},
			{"Giá trả (đồng)", 42, 'R'}, {"Bản ghi", 18, 'C'}, {"Ghi chú", 36, 'L'},
		}, rows)
	}
	p.happenings("Điều hành phiên:", m.Course)
	p.happenings("Đấu giá viên gọi giá:", m.Calls)
	p.happenings("Sự cố trong phiên:", m.Incidents)
	p.happenings("Sau khi kết thúc trả giá:", m.Story)
}

// happenings sets what happened, one paragraph each with its moment.
func (p *paper) happenings(lead string, list []Happening) {
	if len(list) == 0 {
		return
	}
	p.heading(lead)
	for _, h := range list {
		p.say(text("- "), strong(toSecond(h.At)), text(": "+h.Text))
	}
}

func (m Minutes) result(p *paper) {
	p.heading("IV. KẾT QUẢ ĐẤU GIÁ")
	o := m.Outcome
	if o.Pending != "" {
		p.say(strong("Chưa có kết quả cuối cùng. "), text(o.Pending))
		return
	}
	if len(o.Winners) > 0 {
		m.winners(p, o.Winners)
		return
	}
	if o.Sold {
		p.say(text("Đấu giá thành. Người trúng đấu giá: "), strong(o.Name), text(", mã số "), strong(string(o.Code)), text("."))
		p.say(text("Giá trúng đấu giá: "), strong(inBoth(o.Price)), text("."))
		if o.Offered != 0 {
			p.say(text("Người trúng đấu giá đã trả " + moneywords.Money(o.Offered) + "; theo quy chế, giá phải trả là giá của phiếu cao thứ hai, không thấp hơn giá khởi điểm và giá tối thiểu không công khai nếu có."))
		}
		if o.RecordedAt != 0 {
			p.say(text("Hệ thống ghi nhận giá trúng lúc " + toMilli(o.RecordedAt) + " ngày " + local(o.RecordedAt).Format("02/01/2006") + "."))
		}
		return
	}
	p.say(strong("Đấu giá không thành"), text(fmt.Sprintf(", căn cứ điểm %s khoản 1 Điều 52 Luật Đấu giá tài sản: %s.", o.Ground, failureTexts[o.Ground])))
	if o.Detail != "" {
		p.say(text(o.Detail))
	}
}

// winners tells of several units who gets how many.
func (m Minutes) winners(p *paper, list []Winner) {
	p.say(strong(fmt.Sprintf("Đấu giá thành, có %d người trúng đấu giá. ", len(list))), text("Giá mỗi đơn vị: "), strong(inBoth(list[0].Price)), text("."))
	for _, w := range list {
		units := fmt.Sprintf("%d đơn vị", w.Units)
		if w.Wanted > 0 {
			units = fmt.Sprintf("%d trong %d đơn vị đã trả giá", w.Units, w.Wanted)
		}
		p.say(text("- "), strong(w.Name), text(", mã số "), strong(string(w.Code)), text(": "+units+", tổng cộng "),
			strong(inBoth(w.Price*engine.Dong(w.Units))), text("; hệ thống ghi nhận phiếu lúc "+toMilli(w.RecordedAt)+"."))
	}
}

func (m Minutes) attached(p *paper) {
	p.heading("V. BẢN GHI DIỄN BIẾN KÈM THEO")
	p.say(text(fmt.Sprintf("Chuỗi bản ghi của phiên kết thúc ở bản ghi số %d, mã băm:", m.RecordHead.Seq)))
	p.set(form{size: tableSize, align: 'C'}, text(m.RecordHead.Hash.String()))
	if len(m.Record.Content) > 0 {
		sum := engine.Hash(sha256.Sum256(m.Record.Content))
		p.say(text("Bản trích xuất diễn biến được nhúng trong tệp PDF này: "), strong(m.Record.Name),
			text(fmt.Sprintf(" (%d byte), mã băm SHA-256:", len(m.Record.Content))))
		p.set(form{size: tableSize, align: 'C'}, text(sum.String()))
	}
	m.published(p)
}

// published says what the published record is, and how anybody checks it.
func (m Minutes) published(p *paper) {
	r := m.Published
	if r.Name == "" {
		return
	}
	if len(r.Content) > 0 {
		p.say(text("Hồ sơ công khai của phiên (mọi bản ghi, không có danh tính và những giá được giữ kín) được nhúng trong tệp PDF này: "), strong(r.Name),
			text(fmt.Sprintf(" (%d byte), mã băm SHA-256:", r.Size)))
	} else {
		p.say(text("Hồ sơ công khai của phiên (mọi bản ghi, không có danh tính và những giá được giữ kín) quá lớn để nhúng vào tệp PDF này: "), strong(r.Name),
			text(fmt.Sprintf(" (%d byte), tải tại %s. Mã băm SHA-256 của văn bản cho đến hết dòng “end”:", r.Size, r.Address)))
	}
	p.set(form{size: tableSize, align: 'C'}, text(r.Hash.String()))
	p.say(text("Ai cũng kiểm chứng được, không cần tin người tổ chức: mở "+r.Check+", hoặc chạy lệnh "), strong("gobua verify "+r.Name),
		text(". Hồ sơ phải kết thúc ở đúng bản ghi và mã băm của chuỗi nêu trên."))
}
