package office

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gobua/engine"
	"gobua/office/document"
	"gobua/office/moneywords"
)

// writeMinutes writes the next version of a lot's minutes if something has
// happened that the latest does not tell. Two that write at the same moment
// write the same bytes, of which one is kept.
func (o *Office) writeMinutes(ctx context.Context, p Proceeding) error {
	due := p.MinutesDue()
	if due == 0 {
		return nil
	}
	versions, err := o.store.MinutesOf(ctx, []string{p.LotID})
	if err != nil {
		return err
	}
	number := len(versions) + 1
	if number > 1 && versions[number-2].Covers >= due {
		return nil
	}
	facts, err := o.minutesFacts(ctx, &p)
	if err != nil {
		return err
	}
	d := facts.document(&p, number)
	pdf, err := d.PDF()
	if err != nil {
		return err
	}
	m := Minutes{LotID: p.LotID, Number: number, Covers: due, Hash: sha256.Sum256(pdf), MadeAt: d.IssuedAt, PDF: pdf}
	trail := o.act(program, "minutes.write", "proceeding", p.LotID, nil, map[string]any{"number": number, "hash": m.Hash}).ofAuction(p.auction())
	return o.store.InsertMinutes(ctx, m, trail)
}

// minutesFacts is all that minutes are made of beside the proceeding.
type minutesFacts struct {
	auction    Auction
	centre     Centre
	rules      engine.Rules
	rulesHash  engine.Hash
	rulesVer   int
	result     SessionResult
	codes      []engine.ParticipantCode
	winner     string            // name
	winners    []document.Winner // of several units
	auctioneer Account
	clerk      Account
	observers  []Account
	incidents  []Incident // that stopped an earlier session of the lot
	published  document.PublishedRecord
}

func (o *Office) minutesFacts(ctx context.Context, p *Proceeding) (f minutesFacts, err error) {
	if f.auction, err = o.store.Auction(ctx, p.AuctionID); err != nil {
		return f, err
	}
	if f.centre, err = o.store.Centre(ctx, f.auction.CentreID); err != nil {
		return f, err
	}
	frozen, err := o.store.Frozen(ctx, p.Session)
	if err != nil {
		return f, err
	}
	f.rules, f.rulesHash, f.rulesVer = frozen.Rules, frozen.RulesHash, 1
	versions, err := o.store.RulesVersions(ctx, p.AuctionID)
	if err != nil {
		return f, err
	}
	if n := len(versions); n > 0 {
		f.rulesVer, f.rulesHash = versions[n-1].Number, versions[n-1].Hash
	}
	if f.result, err = o.store.Result(ctx, p.Session); err != nil {
		return f, err
	}
	if f.published, err = o.publishedRecord(ctx, &f.result); err != nil {
		return f, err
	}
	admitted, err := o.admissions(ctx, p.Session)
	if err != nil {
		return f, err
	}
	for _, a := range admitted {
		f.codes = append(f.codes, a.Code)
	}
	if p.Award != nil {
		if f.winner, err = o.nameBehind(ctx, p, p.Award.Code); err != nil {
			return f, err
		}
	}
	if f.winners, err = o.severalWinners(ctx, p); err != nil {
		return f, err
	}
	sessions, err := o.store.SessionsOf(ctx, p.AuctionID)
	if err != nil {
		return f, err
	}
	for _, s := range sessions {
		if s.LotID == p.LotID && s.Incident != nil && s.Incident.State == IncidentStopped {
			f.incidents = append(f.incidents, *s.Incident)
		}
	}
	return f, o.minutesPeople(ctx, &f)
}

// minutesPeople finds the staff that the rules sheet names.
func (o *Office) minutesPeople(ctx context.Context, f *minutesFacts) error {
	people := f.auction.Sheet.People
	var ids []string
	for _, id := range append([]string{people.Auctioneer, people.Clerk}, people.Observers...) {
		if validID(id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	accounts, err := o.store.AccountsByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids { // in the order of the sheet
		i := slices.IndexFunc(accounts, func(a Account) bool { return a.ID == id })
		switch {
		case i < 0:
		case id == people.Auctioneer:
			f.auctioneer = accounts[i]
		case id == people.Clerk:
			f.clerk = accounts[i]
		default:
			f.observers = append(f.observers, accounts[i])
		}
	}
	return nil
}

// document sets the minutes. Their date is that of the last fact they tell, so
// that the same facts give the same file.
func (f *minutesFacts) document(p *Proceeding, number int) document.Minutes {
	r := &f.result
	m := document.Minutes{
		Head: document.Head{
			Centre: document.Centre{Name: f.centre.Name, Address: f.centre.Address, Phone: f.centre.Phone, Email: f.centre.Email},
		},
		Version: number, Title: f.auction.Title, Owner: document.Party{Name: f.auction.Owner}, Venue: "trang đấu giá trực tuyến của " + f.centre.Name,
		Session: p.Session, Lots: []document.Lot{f.lot(p)}, Form: "Đấu giá trực tuyến", Method: methodName(&f.rules),
		RulesVersion: f.rulesVer, RulesHash: f.rulesHash, StartedAt: r.OpenedAt, EndedAt: r.ClosedAt,
		Auctioneer: document.Officer{Role: "Đấu giá viên", Name: f.auctioneer.Name, Reference: f.auctioneer.StaffRef},
		Clerk:      document.Officer{Role: "Người ghi biên bản", Name: f.clerk.Name},
		Attendees:  f.attendees(), Story: p.story(), Outcome: f.outcome(p), Record: f.record(p), RecordHead: r.Head, Published: f.published,
	}
	for _, a := range f.observers {
		m.Others = append(m.Others, document.Officer{Role: observerTitles[a.Observer], Name: a.Name, Reference: a.StaffRef})
	}
	for _, i := range f.incidents {
		m.Incidents = append(m.Incidents, document.Happening{At: i.ReportedAt, Text: incidentSentence(i)})
	}
	for _, b := range r.Bids {
		m.Bids = append(m.Bids, document.Bid{Seq: b.Seq, At: b.At, Code: b.Code, Amount: b.Level, Auto: b.Auto, Struck: b.Struck, Floor: b.Floor, Units: b.Units, Note: f.bidNote(b)})
	}
	if f.rules.Sealed != nil {
		m.BidsAre = "Phiếu kín được ghi theo lúc máy chủ nhận phiếu; giá trên phiếu chỉ được biết khi mở phiếu. "
	}
	for _, c := range r.Calls {
		m.Calls = append(m.Calls, document.Happening{At: c.At, Text: callSentence(c, r.Currency)})
	}
	m.Course = courseSentences(r.Course, &f.rules, r.Currency)
	for _, s := range p.Steps {
		if slices.Contains(inMinutes, s.Kind) {
			m.IssuedAt = s.At
			if number > 1 {
				m.Supersedes = p.sentence(s)
			}
		}
	}
	m.Signatures = f.signatures(p)
	return m
}

// callSentence says what the auctioneer did.
func callSentence(c ResultCall, currency string) string {
	price := moneywords.Figures(c.Price)
	if currency == "VND" {
		price += " đồng"
	}
	switch c.Kind {
	case engine.KindAsked:
		return "mời trả giá " + price + "."
	case engine.KindWarned:
		return "báo sắp gõ búa."
	case engine.KindCallMade:
		if c.Price == 0 {
			return fmt.Sprintf("gọi giá khởi điểm lần %d.", c.Count)
		}
		return fmt.Sprintf("gọi giá %s lần %d.", price, c.Count)
	case engine.KindHammered:
		if c.Passed || c.Price == 0 {
			return "gõ búa, chưa bán."
		}
		return "gõ búa ở giá " + price + "."
	case engine.KindUndone:
		second := ""
		if c.Role != "" {
			second = ", " + undoer(c) + " xác nhận"
		}
		return fmt.Sprintf("hủy ghi nhận giá %s của mã số %s (bản ghi %d)%s, lý do: %s", price, c.Code, c.Bid, second, strings.TrimSuffix(c.Reason, ".")+".")
	case engine.KindUndoAsked:
		return fmt.Sprintf("%s đề nghị hủy ghi nhận giá %s của mã số %s (bản ghi %d) sau lần gọi cuối, chờ người thứ hai xác nhận, lý do: %s",
			undoer(c), price, c.Code, c.Bid, strings.TrimSuffix(c.Reason, ".")+".")
	case engine.KindUndoDropped:
		verb := "không đồng ý hủy ghi nhận"
		if c.Role == engine.RoleAuctioneer {
			verb = "không hủy ghi nhận nữa" // taken back, or refused by another auctioneer
		}
		return fmt.Sprintf("%s %s, giá %s của mã số %s giữ nguyên, lý do: %s", undoer(c), verb, price, c.Code, strings.TrimSuffix(c.Reason, ".")+".")
	case engine.KindLotReopened:
		return "mở lại phiên, lý do: " + strings.TrimSuffix(c.Reason, ".") + "."
	}
	return string(c.Kind) + "."
}

// undoer names who asked for an undo after the last call, confirmed it or
// dropped it, by role and reference.
func undoer(c ResultCall) string {
	role := map[engine.Role]string{
		engine.RoleAuctioneer: "đấu giá viên", engine.RoleClerk: "thư ký phiên", engine.RoleObserver: "người giám sát",
	}[c.Role]
	if c.Who == "" {
		return role
	}
	return fmt.Sprintf("%s (số hiệu %s)", role, c.Who)
}

// incidentSentence says why an earlier session was stopped, and who
// countersigned it.
func incidentSentence(i Incident) string {
	out := fmt.Sprintf("Phiên %s bị dừng vì %s: %s", i.Session, incidentGrounds[i.Ground], strings.TrimSuffix(i.Sentence, ".")+".")
	if i.CountersignerName != "" {
		out += " Người giám sát ký xác nhận: " + i.CountersignerName + "."
	}
	return out
}

var observerTitles = map[ObserverKind]string{
	"": "Người giám sát", ObserverEnforcement: "Chấp hành viên", ObserverProsecutor: "Kiểm sát viên",
	ObserverOwner: "Người đại diện của người có tài sản", ObserverInspector: "Cán bộ Sở Tư pháp",
}

func (f *minutesFacts) lot(p *Proceeding) document.Lot {
	hidden := slices.ContainsFunc(f.auction.Lots, func(l LotDraft) bool { return l.ID == p.LotID && l.StartHidden })
	return document.Lot{
		Number: p.Lot.Number, Title: p.Lot.Title, Detail: p.Lot.Detail, Place: p.Lot.Place, Quality: f.auction.Sheet.Quality,
		Start: f.rules.Start, StartHidden: hidden, Step: f.rules.Step, Descent: f.rules.Descent, Deposit: p.Lot.Deposit, DossierFee: f.auction.Sheet.Money.DossierFee,
		OpensAt: f.rules.OpensAt, BiddingMs: f.rules.BiddingMs, Time: timeOf(&f.rules),
		Units: unitsOf(&f.rules), BuyNow: buyNowOf(&f.rules),
	}
}

// attendees lists everybody admitted by code, and when they checked in.
func (f *minutesFacts) attendees() []document.Attendee {
	since := map[engine.ParticipantCode]engine.Instant{}
	for _, c := range f.result.CheckIns {
		since[c.Code] = c.At
	}
	out := make(map[engine.ParticipantCode]string, len(f.result.Outs))
	for _, o := range f.result.Outs {
		out[o.Code] = "bị truất quyền"
		if o.Withdrew {
			out[o.Code] = "đã rút lại giá đã trả"
		}
	}
	list := make([]document.Attendee, len(f.codes))
	for i, code := range f.codes {
		at, present := since[code]
		list[i] = document.Attendee{Code: code, Present: present, Since: at, Note: out[code]}
	}
	return list
}

// outcome is how it stands with the fact the version ends at.
func (f *minutesFacts) outcome(p *Proceeding) document.Outcome {
	switch p.State {
	case ProceedingFailed:
		return document.Outcome{Ground: failLetters[p.Ground], Detail: f.result.Reason}
	case ProceedingConsent:
		return document.Outcome{Pending: "Chỉ có một người tham gia, trả giá " + p.money(p.asked()) +
			"; kết quả chờ ý kiến của người có tài sản (Điều 49)."}
	case ProceedingOffer, ProceedingOffered:
		return document.Outcome{Pending: "Người trúng đấu giá không nhận kết quả; chờ trả lời của người trả giá liền kề, mã số " +
			string(p.Offer.Code) + ", giá đã trả " + p.money(p.Offer.Price) + " (Điều 51)."}
	}
	if len(f.winners) > 0 {
		return document.Outcome{Sold: true, Winners: f.winners}
	}
	won := document.Outcome{Sold: true, Code: p.Award.Code, Name: f.winner, Price: p.Award.Price, RecordedAt: p.Award.BidAt}
	if f.rules.Sealed != nil && f.rules.Sealed.Pricing == engine.PricingSecond {
		for _, b := range f.result.Bids {
			if b.Code == won.Code && !b.Struck && b.Level > won.Price {
				won.Offered = b.Level
			}
		}
	}
	return won
}

var failLetters = map[FailGround]document.FailureGround{
	FailNobodyRegistered: document.FailedNobodyRegistered, FailNoBid: document.FailedNobodyBid,
	FailBelowReserve: document.FailedBelowReserve, FailNotSigned: document.FailedMinutesRefused,
	FailWithdrawn: document.FailedWithdrawn, FailRefused: document.FailedResultRefused, FailSingleBidder: document.FailedSingleBidder,
}

// record is the extracted record of the session (trích xuất diễn biến), as the
// office keeps it: every bid, who checked in, who was out, the head of the
// chain.
func (f *minutesFacts) record(p *Proceeding) document.Attachment {
	content, err := json.MarshalIndent(f.result, "", "  ")
	if err != nil {
		panic("a result cannot be written as JSON: " + err.Error()) // no field of it can fail
	}
	return document.Attachment{
		Name: fmt.Sprintf("dien-bien-%s.json", p.Session), Description: "Bản trích xuất diễn biến phiên đấu giá", Content: append(content, '\n'),
	}
}

// signatures are the places of those who sign the file, and the refusals of
// those who would not.
func (f *minutesFacts) signatures(p *Proceeding) []document.Signature {
	list := []document.Signature{{Role: "Đấu giá viên", Name: f.auctioneer.Name, Reference: f.auctioneer.StaffRef, How: document.SignedApart}}
	if f.clerk.Name != "" {
		list = append(list, document.Signature{Role: "Người ghi biên bản", Name: f.clerk.Name, How: document.SignedApart})
	}
	for _, s := range p.Steps {
		if s.Kind == StepRefused || s.Kind == StepUnsigned || s.Kind == StepExpired && s.Code != "" && p.lost(s.Code) {
			list = append(list, document.Signature{
				Role: "Người trúng đấu giá", Name: "Mã số " + string(s.Code), How: document.SignedRefused, At: s.At,
				Consequence: "đề nghị không trả lại tiền đặt trước (khoản 6 Điều 39)",
			})
		}
	}
	if p.Award != nil && p.State != ProceedingFailed && p.Offer == nil {
		list = append(list, document.Signature{
			Role: "Người trúng đấu giá", Name: f.winner, Reference: string(p.Award.Code), How: document.SignedApart,
		})
	}
	for _, w := range f.winners {
		list = append(list, document.Signature{Role: "Người trúng đấu giá", Name: w.Name, Reference: string(w.Code), How: document.SignedApart})
	}
	for _, a := range f.observers {
		list = append(list, document.Signature{Role: observerTitles[a.Observer], Name: a.Name, How: document.SignedApart})
	}
	return list
}

// lost tells whether a code has fallen with a ground to lose the deposit.
func (p *Proceeding) lost(code engine.ParticipantCode) bool {
	return slices.ContainsFunc(p.Fallen, func(f Fallen) bool { return f.Code == code && f.Ground != "" })
}

// story is the course after bidding, as the minutes tell it.
func (p *Proceeding) story() []document.Happening {
	var list []document.Happening
	for _, s := range p.Steps {
		if slices.Contains(inMinutes, s.Kind) {
			list = append(list, document.Happening{At: s.At, Text: p.sentence(s)})
		}
	}
	return list
}

// sentence says a step. The staff is the auctioneer who signs below.
func (p *Proceeding) sentence(s ProceedingStep) string {
	code, price := string(s.Code), p.money(s.Price)
	if a, several := p.awardOf(s.Code); several && s.Kind == StepAnnounced {
		return "Đấu giá viên công bố người trúng đấu giá là mã số " + code + ", " + awardText(a) + ", tổng cộng " + price + "."
	}
	out := map[StepKind]string{
		StepAnnounced:    "Đấu giá viên công bố người trúng đấu giá là mã số " + code + ", giá trúng " + price + ".",
		StepSingle:       "Chỉ có một người đăng ký, có mặt hoặc trả giá (Điều 49).",
		StepConsented:    "Người có tài sản đồng ý bán cho người duy nhất tham gia.",
		StepNotConsented: "Người có tài sản không đồng ý bán cho người duy nhất tham gia.",
		StepRefused:      "Người có mã số " + code + " từ chối kết quả trúng đấu giá (Điều 51).",
		StepUnsigned:     "Người có mã số " + code + " từ chối ký biên bản đấu giá, được coi là từ chối kết quả.",
		StepExpired:      "Hết thời hạn mà người có mã số " + code + " không trả lời.",
		StepOffered:      "Người trả giá liền kề, mã số " + code + ", được đề nghị mua với giá đã trả " + price + "; giá này cộng tiền đặt trước không thấp hơn giá bị từ chối.",
		StepAccepted:     "Người trả giá liền kề, mã số " + code + ", chấp nhận mua với giá " + price + ".",
		StepDeclined:     "Người trả giá liền kề, mã số " + code + ", không chấp nhận.",
		StepDebarred:     "Người có mã số " + code + " bị truất quyền tham gia đấu giá (Điều 9.5).",
		StepFailed:       "Đấu giá không thành: " + failSentences[s.Ground] + ".",
	}[s.Kind]
	for _, more := range [][2]string{{" Căn cứ: ", s.Document}, {" Lý do: ", s.Reason}} {
		if more[1] != "" {
			out += more[0] + strings.TrimSuffix(more[1], ".") + "."
		}
	}
	return out
}
