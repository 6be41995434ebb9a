package document

import (
	"fmt"
	"slices"
	"strings"

	"gobua/engine"
	"gobua/office/moneywords"
)

// Lot is one thing to be sold, as notice and rules sheet describe it.
type Lot struct {
	Number      int
	Title       string
	Detail      string
	Quantity    string
	Quality     string
	Place       string
	TitlePapers string // papers of ownership or of the right to use
	Start       engine.Dong
	StartHidden bool // the starting price is not public
	Step        engine.Step
	Descent     *engine.Descent // how the price falls, instead of the step
	Deposit     engine.Dong
	DossierFee  engine.Dong // price of the invitation dossier
	OpensAt     engine.Instant
	BiddingMs   engine.Millis
	Time        BiddingTime // what BiddingMs is
	Units       int         // identical ones, each at the price; zero: the lot is sold as one
	BuyNow      engine.Dong // price at which it can be bought at once; zero: it cannot
	Linked      bool        // an extension of another lot of its group moves its end too
}

// BiddingTime says what the bidding time of a lot is: all of it, the most it may
// be, how long the price falls, or the pause before the first round.
type BiddingTime int

// What a bidding time may be.
const (
	TimeWhole        BiddingTime = iota
	TimeAtMost                   // something else ends the session, and usually sooner
	TimeOfFall                   // further stages follow the fall
	TimeOfFirstPause             // rounds in turn follow, as long as they last
)

// time says how long bidding lasts.
func (l Lot) time() string {
	return map[BiddingTime]string{
		TimeWhole: "Thời gian trả giá: ", TimeAtMost: "Thời gian trả giá nhiều nhất: ", TimeOfFall: "Thời gian giảm giá nhiều nhất: ",
		TimeOfFirstPause: "Nghỉ trước vòng đầu: ",
	}[l.Time] + Lasting(l.BiddingMs)
}

func (l Lot) step() string {
	if l.Descent == nil {
		return StepText(l.Step)
	}
	if l.Step.Kind == "" {
		return DescentText(l.Descent)
	}
	return DescentText(l.Descent) + "\nsau đó mỗi bước " + StepText(l.Step) // offers follow the falling price (rule SE3)
}

// stepHead is the head of the column of steps.
func stepHead(list []Lot) string {
	if slices.ContainsFunc(list, func(l Lot) bool { return l.Descent != nil }) {
		return "Bước giá / Mức giảm giá"
	}
	return "Bước giá"
}

// stepAlign sets amounts to the right and sentences to the left.
func stepAlign(list []Lot) byte {
	if slices.ContainsFunc(list, func(l Lot) bool { return l.Descent != nil || l.Step.Kind != engine.StepFixed }) {
		return 'L'
	}
	return 'R'
}

// DescentText says in Vietnamese how a price falls: "giảm 5.000.000 đồng
// mỗi 1 phút, thấp nhất …".
func DescentText(d *engine.Descent) string {
	fall := moneywords.Money(d.Amount)
	if d.BasisPoints != 0 {
		fall = percent(d.BasisPoints) + " giá khởi điểm"
	}
	return fmt.Sprintf("giảm %s mỗi %s, thấp nhất %s", fall, Lasting(d.EveryMs), moneywords.Money(d.Floor))
}

// BuyNowText says what a price to buy now does, and what ends the offer.
func BuyNowText(b *engine.BuyNow) string {
	until := map[engine.BuyNowUntil]string{
		engine.BuyNowFirstBid: "khi có người trả giá đầu tiên",
		engine.BuyNowReserve:  "khi giá trả đạt giá tối thiểu không công khai",
		engine.BuyNowShare:    "khi giá trả đạt " + percent(b.BasisPoints) + " của giá này",
		engine.BuyNowEnd:      "khi hết thời gian trả giá",
	}[b.Until]
	return "Giá mua ngay " + moneywords.Money(b.Amount) + ": người đầu tiên lấy giá này, hoặc trả giá từ mức này trở lên, mua đúng giá này " +
		"và phiên kết thúc ngay; giá mua ngay hết hiệu lực " + until + "."
}

// UnitsText says how many identical units are sold.
func UnitsText(n int) string {
	return fmt.Sprintf("%s đơn vị giống nhau", moneywords.Figures(engine.Dong(n)))
}

// percent writes hundredths of a percent: "2,5%".
func percent(basisPoints int64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d,%02d", basisPoints/100, basisPoints%100), "0"), ",") + "%"
}

func (l Lot) start() string {
	out := moneywords.Money(l.Start)
	switch {
	case l.StartHidden:
		out = "không công khai"
	case l.Units > 0:
		out += "\nmột đơn vị"
	}
	if l.BuyNow > 0 {
		out += "\nMua ngay: " + moneywords.Money(l.BuyNow)
	}
	return out
}

// describe is the title and what is known of the thing, one line each.
func (l Lot) describe() string {
	out := []string{l.Title}
	if l.Units > 0 {
		l.Quantity = UnitsText(l.Units)
	}
	for _, part := range [][2]string{
		{"", l.Detail}, {"Số lượng: ", l.Quantity}, {"Chất lượng: ", l.Quality},
		{"Nơi có tài sản: ", l.Place}, {"Giấy tờ: ", l.TitlePapers},
	} {
		if part[1] != "" {
			out = append(out, part[0]+part[1])
		}
	}
	return strings.Join(out, "\n")
}

// StepText says a step in Vietnamese: "5.000.000 đồng", "2% giá hiện tại, …",
// or its bands.
func StepText(s engine.Step) string {
	switch s.Kind {
	case engine.StepFixed:
		return moneywords.Money(s.Amount)
	case engine.StepPercent:
		return percent(s.BasisPoints) + " giá hiện tại, ít nhất " + moneywords.Money(s.Amount)
	case engine.StepBands:
		var out []string
		for _, b := range s.Bands {
			out = append(out, "từ "+moneywords.Money(b.From)+": "+moneywords.Money(b.Step))
		}
		return strings.Join(out, "\n")
	}
	return "không quy định"
}

// inBoth writes an amount in figures and in words.
func inBoth(d engine.Dong) string {
	return moneywords.Money(d) + " (bằng chữ: " + moneywords.Capital(moneywords.Vietnamese(d)) + ")"
}

// lots draws the table of what is sold and the one of its amounts.
func (p *paper) lots(list []Lot) {
	var things, amounts []row
	for n, l := range list {
		if l.Number == 0 {
			l.Number = n + 1
		}
		number := fmt.Sprint(l.Number)
		session := toMinute(l.OpensAt) + "\n" + l.time()
		if len(list) > 1 && l.OpensAt != 0 && l.Time == TimeWhole { // one of several: what is asked is when, not how long
			session += "\nKết thúc: " + toMinute(l.OpensAt.Add(l.BiddingMs))
		}
		things = append(things, row{cells: []string{number, l.describe(), session}})
		amounts = append(amounts, row{cells: []string{number, l.start(), l.step(), moneywords.Money(l.Deposit), moneywords.Money(l.DossierFee)}})
	}
	p.table([]column{{"Lô", 10, 'C'}, {"Tài sản đấu giá", 104, 'L'}, {"Mở phiên", 46, 'L'}}, things)
	p.table([]column{
		{"Lô", 10, 'C'}, {"Giá khởi điểm", 41, 'R'}, {stepHead(list), 38, stepAlign(list)},
		{"Tiền đặt trước", 37, 'R'}, {"Tiền mua hồ sơ", 34, 'R'},
	}, amounts)
}

// ends says what the ends of several lots do not tell (rules SC10 and SC5).
func (p *paper) ends(list []Lot) {
	if len(list) < 2 {
		return
	}
	moves := "Gia hạn ở một lô chỉ dời giờ kết thúc của lô đó."
	if slices.ContainsFunc(list, func(l Lot) bool { return l.Linked }) {
		moves = "Gia hạn ở một lô chỉ dời giờ kết thúc của lô đó và của các lô được gia hạn cùng lô đó."
	}
	p.say(text("Giờ kết thúc chưa kể gia hạn. " + moves))
}
