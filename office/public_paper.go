package office

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gobua/engine"
	"gobua/office/bank"
	"gobua/office/document"
)

// paperForm is how an auction on this system is held (Điều 40).
const paperForm = "Đấu giá trực tuyến"

// NoticePaper is the public notice (Điều 57) to print, of the newest version
// of the rules. site is the address of this installation. The same version
// gives the same bytes. ErrNotFound as Notice, and where no version was ever
// listed.
func (o *Office) NoticePaper(ctx context.Context, site, id string) ([]byte, error) {
	f, v, centre, err := o.frozenRules(ctx, id)
	if err != nil {
		return nil, err
	}
	return noticePDF(site, f, v, centre)
}

// noticePDF prints the notice of one version of the rules.
func noticePDF(site string, f FrozenSheet, v RulesVersion, centre Centre) ([]byte, error) {
	n := document.Notice{
		Head: paperHead(centre, f, v, site), Title: f.Title, Owner: document.Party{Name: f.Owner}, Lots: paperLots(f),
		Viewing: viewingText(f.Sheet.Viewing), DossierSale: paperWindow(f.Sheet.Windows.Dossier, ""),
		Registration: paperWindow(f.Sheet.Windows.Dossier, ""), DepositPayment: paperWindow(f.Sheet.Windows.Deposit, ""),
		DepositAccount: accountText(f.Sheet.Money.Account, centre), Conditions: conditionsText,
		Form: paperForm, Method: methodText(f.Lots), Bidding: biddingText(f.Lots), Venue: venueText(f, site), Contacts: paperContacts(f, centre),
		RulesVersion: v.Number, RulesHash: v.Hash, Address: site + "/cuoc-dau-gia/" + f.AuctionID, Signatures: paperSignatures(f),
	}
	return n.PDF()
}

// RulesPaper is the newest version of the rules (Quy chế, Điều 34) to print.
// Otherwise as NoticePaper.
func (o *Office) RulesPaper(ctx context.Context, site, id string) ([]byte, error) {
	f, v, centre, err := o.frozenRules(ctx, id)
	if err != nil {
		return nil, err
	}
	return rulesPDF(site, f, v, centre)
}

// rulesPDF prints one version of the rules.
func rulesPDF(site string, f FrozenSheet, v RulesVersion, centre Centre) ([]byte, error) {
	r := document.RulesSheet{
		Head: paperHead(centre, f, v, site), Title: f.Title, Owner: document.Party{Name: f.Owner}, Version: v.Number,
		Change: v.Notice, Hash: v.Hash, Lots: paperLots(f), Viewing: viewingText(f.Sheet.Viewing),
		DossierSale: paperWindow(f.Sheet.Windows.Dossier, ""), Registration: paperWindow(f.Sheet.Windows.Dossier, ""),
		Conditions: []string{conditionsText}, Ways: waysText, DepositPayment: paperWindow(f.Sheet.Windows.Deposit, ""),
		DepositAccount: accountText(f.Sheet.Money.Account, centre), Venue: venueText(f, site), Form: paperForm, Method: methodText(f.Lots),
		Bidding: biddingText(f.Lots), Withdrawal: withdrawalText(f.Lots, f.Sheet.After), Disqualified: document.DisqualificationGrounds,
		Forfeited: document.ForfeitureGrounds, Refund: refundText(f.Sheet.After), Incidents: incidentText,
		Signatures: paperSignatures(f), Overrides: overrideText(f.Sheet.Override),
	}
	if f.Sheet.Terms != "" {
		r.Further = append(r.Further, document.Article{Title: "Các nội dung khác", Lines: linesOf(f.Sheet.Terms)})
	}
	return r.PDF()
}

// frozenRules returns the newest rules of a public auction, as they were hashed,
// and its centre.
func (o *Office) frozenRules(ctx context.Context, id string) (f FrozenSheet, v RulesVersion, centre Centre, err error) {
	p, err := o.Notice(ctx, id)
	if err != nil {
		return f, v, centre, err
	}
	versions, err := o.store.RulesVersions(ctx, id)
	if err != nil {
		return f, v, centre, err
	}
	if len(versions) == 0 {
		return f, v, centre, ErrNotFound
	}
	v = versions[len(versions)-1]
	if err := json.Unmarshal(v.Sheet, &f); err != nil {
		return f, v, centre, fmt.Errorf("version %d of the rules of %s: %w", v.Number, id, err)
	}
	centre, err = o.store.Centre(ctx, p.Centre.ID)
	return f, v, centre, err
}

func paperHead(c Centre, f FrozenSheet, v RulesVersion, site string) document.Head {
	name := f.Centre
	if name == "" {
		name = c.Name
	}
	return document.Head{
		Centre:   document.Centre{Name: name, Address: c.Address, Phone: c.Phone, Email: c.Email, Site: site},
		IssuedAt: v.MadeAt,
	}
}

func paperLots(f FrozenSheet) []document.Lot {
	lots := make([]document.Lot, len(f.Lots))
	for i, l := range f.Lots {
		lots[i] = document.Lot{
			Number: l.Number, Title: l.Title, Detail: l.Detail, Quality: f.Sheet.Quality, Place: l.Place, Start: l.Rules.Start,
			StartHidden: l.StartHidden, Step: l.Rules.Step, Descent: l.Rules.Descent, Deposit: l.Deposit, DossierFee: f.Sheet.Money.DossierFee,
			OpensAt: l.Rules.OpensAt, BiddingMs: l.Rules.BiddingMs, Time: timeOf(&l.Rules), Linked: l.Rules.Group != nil && l.Rules.Group.Extends,
			Units: unitsOf(&l.Rules), BuyNow: buyNowOf(&l.Rules),
		}
	}
	return lots
}

func paperWindow(w Window, place string) document.Window {
	return document.Window{From: w.From, To: w.To, Place: place}
}

// viewingText is the first viewing; further ones go into its note.
func viewingText(list []Viewing) document.Window {
	if len(list) == 0 {
		return document.Window{}
	}
	w := paperWindow(list[0].Window, list[0].Place)
	var notes []string
	if list[0].Contact != "" {
		notes = append(notes, "liên hệ "+list[0].Contact)
	}
	for _, v := range list[1:] {
		notes = append(notes, fmt.Sprintf("và từ %s đến %s %s", whenInVietnam(v.From), whenInVietnam(v.To), v.Place))
	}
	w.Note = strings.TrimSpace(strings.Join(notes, "; "))
	return w
}

func accountText(a BankAccount, c Centre) string {
	if a.Number == "" {
		a = c.Bank
	}
	if a.Number == "" {
		return ""
	}
	parts := []string{a.Number}
	name := ""
	if b, ok := bank.BankByBIN(a.BIN); ok {
		name = b.Name
	}
	for _, s := range []string{a.Holder, name, a.Branch} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ") + "; nội dung chuyển khoản theo hướng dẫn sau khi đăng ký."
}

const conditionsText = "cá nhân, tổ chức không thuộc trường hợp không được đăng ký tham gia đấu giá theo khoản 4 Điều 38 Luật Đấu giá tài sản; nộp hồ sơ hợp lệ và tiền đặt trước đúng hạn."

var waysText = []string{
	"Mua và nộp hồ sơ, cam kết trên trang đấu giá trực tuyến;",
	"Người không tự làm được thì nộp tại trụ sở tổ chức đấu giá, nhân viên nhập thay.",
}

var incidentText = []string{
	"Phiên bị tạm dừng hoặc dừng khi người tham gia không thể trả giá, giá hợp lệ không được ghi nhận, thời điểm trả giá bị ghi sai, hoặc phiên không mở được.",
	"Khi tạm dừng, thời gian còn lại được giữ nguyên. Phiên tổ chức lại chỉ có những người đã đủ điều kiện của phiên bị dừng.",
}

func venueText(f FrozenSheet, site string) string {
	if f.Place == "" {
		return site
	}
	return f.Place + "; " + site
}

func paperContacts(f FrozenSheet, c Centre) []document.Contact {
	var list []document.Contact
	for _, line := range linesOf(f.Sheet.Contacts) {
		list = append(list, document.Contact{Name: line})
	}
	if len(list) == 0 {
		list = append(list, document.Contact{Name: c.Name, Phone: c.Phone, Email: c.Email})
	}
	return list
}

func paperSignatures(f FrozenSheet) []document.Signature {
	var list []document.Signature
	for _, s := range f.Staff {
		if s.Part == engine.RoleAuctioneer {
			list = append(list, document.Signature{Role: "Đấu giá viên", Name: s.Name, Reference: s.Licence})
		}
	}
	return list
}

// linesOf cuts a text into its lines, without empty ones.
func linesOf(s string) []string {
	return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}
