// Package demo is a believable sale day of a provincial centre for a first
// look: accounts to sign in with, one session live, one opening in two
// minutes, one finished, an auction with a lot for every way to sell, and a few
// bots that bid a little.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gobua/engine"
	"gobua/office"
)

// Password is that of every demo account. It stands in the README; a server
// with real accounts is never started with the demo.
const Password = "gobua2026"

// Who can sign in. Names are invented.
var accounts = []office.NewAccount{
	{Login: "dgv", Name: "Trần Thị Minh", Role: engine.RoleAuctioneer, StaffRef: "ĐGV-079"},
	{Login: "giamsat", Name: "Lê Văn Công", Role: engine.RoleObserver, StaffRef: "GS-012", Observer: office.ObserverInspector},
	{Login: "hoso", Name: "Võ Thị Hạnh", Role: engine.RoleRegistrar, StaffRef: "CV-031"},
	{Login: "thuky", Name: "Bùi Minh Thư", Role: engine.RoleClerk, StaffRef: "TK-005"},
	{Login: "quantri", Name: "Phạm Quang Huy", Role: engine.RoleAdmin, StaffRef: "QT-001"},
	{Login: "lan", Name: "Nguyễn Thị Lan", Role: engine.RoleBidder, Email: "lan@dau-gia.example"},
	{Login: "binh", Name: "Đỗ Thị Bình", Role: engine.RoleBidder, Email: "binh@dau-gia.example"},
	{Login: "chi", Name: "Hoàng Kim Chi", Role: engine.RoleBidder, Email: "chi@dau-gia.example"},
	{Login: "may1", Name: "Người trả giá tự động 1", Role: engine.RoleBidder},
	{Login: "may2", Name: "Người trả giá tự động 2", Role: engine.RoleBidder},
	{Login: "may3", Name: "Người trả giá tự động 3", Role: engine.RoleBidder},
}

// bots are the logins that bid by themselves.
var bots = map[string]bool{"may1": true, "may2": true, "may3": true}

// Office is what the demo needs of the office.
type Office interface {
	EnsureAccount(ctx context.Context, n office.NewAccount) (office.Account, error)
	CreateAuction(ctx context.Context, by office.Account, d office.AuctionDraft, idempotencyKey string) (office.Auction, error)
	Publish(ctx context.Context, by office.Account, id string, version int) (office.Auction, error)
	List(ctx context.Context, by office.Account, id string, version int) (office.Auction, error)
}

// Saleroom is what the demo needs of the sessions.
type Saleroom interface {
	Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error))
	CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool)
	Rooms() []engine.Room
}

// Options of a demo.
type Options struct {
	Office   Office
	Saleroom Saleroom
	Bots     bool
	Log      *slog.Logger
	Now      func() time.Time // of the sessions; nil: time.Now
}

// Demo keeps its auctions going. What it remembers of a session is gone with
// the program: then it looks at the room again.
type Demo struct {
	o        Options
	staff    office.Account
	officers []office.Account // who hold the keys of sealed offers
	bidders  []office.Account
	botIDs   []string
	nextBids map[engine.SessionID]time.Time
	done     map[step]bool
}

// step is something that is done once, if at all.
type step struct {
	session engine.SessionID
	what    string
	round   int
	who     string
}

// once tells whether a step is taken for the first time.
func (d *Demo) once(s step) bool {
	first := !d.done[s]
	d.done[s] = true
	return first
}

// centre and owner are how the demo finds the sessions of its auctions again
// after a restart.
const centre = "Trung tâm Dịch vụ đấu giá tài sản tỉnh (dữ liệu mẫu)"

const saleDayOwner = "Sở Tài chính tỉnh; Cục Thi hành án dân sự tỉnh"

// Prepare makes the accounts and those of the demo's auctions of which nothing
// is still to come.
func Prepare(ctx context.Context, o Options) (*Demo, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Demo{o: o, nextBids: map[engine.SessionID]time.Time{}, done: map[step]bool{}}
	for _, n := range accounts {
		n.Password, n.Demo = Password, true
		a, err := o.Office.EnsureAccount(ctx, n)
		if err != nil {
			return nil, fmt.Errorf("demo account %s: %w", n.Login, err)
		}
		switch a.Role {
		case engine.RoleAuctioneer:
			d.staff = a
		case engine.RoleRegistrar, engine.RoleObserver:
			d.officers = append(d.officers, a)
		case engine.RoleBidder:
			d.bidders = append(d.bidders, a)
			if bots[a.Login] {
				d.botIDs = append(d.botIDs, a.ID)
			}
		}
	}
	return d, d.renew(ctx)
}

// renew makes those auctions of which nothing is still to come.
func (d *Demo) renew(ctx context.Context) error {
	now := d.o.Now()
	if !d.somethingToCome(saleDayOwner) {
		if err := d.publish(ctx, saleDay(engine.InstantOf(now), d.bidders)); err != nil {
			return err
		}
		if err := d.listed(ctx, now); err != nil {
			return err
		}
	}
	if !d.somethingToCome(waysOwner) {
		return d.publish(ctx, waysDay(engine.InstantOf(now), d.bidders))
	}
	return nil
}

func (d *Demo) somethingToCome(owner string) bool {
	for _, r := range d.o.Saleroom.Rooms() {
		if r.Lot.Centre == centre && r.Lot.Owner == owner && !r.Now.Phase.Final() {
			return true
		}
	}
	return false
}

// Ways is the id of the auction with a lot for every way to sell, the latest
// if there are several.
func (d *Demo) Ways() (auction string) {
	opens := engine.Instant(0)
	for _, r := range d.o.Saleroom.Rooms() {
		if r.Lot.Centre == centre && r.Lot.Owner == waysOwner && r.Rules.OpensAt > opens {
			auction, opens = r.Lot.AuctionID, r.Rules.OpensAt
		}
	}
	return auction
}

// Plain is the session of the sale day that is sold in the usual way and stays
// open longest: where somebody who has never seen the program can bid at once.
func (d *Demo) Plain() (plain engine.SessionID) {
	ends := engine.Instant(0)
	for _, r := range d.o.Saleroom.Rooms() {
		end := r.Rules.OpensAt + engine.Instant(r.Rules.BiddingMs)
		open := r.Lot.Centre == centre && r.Lot.Owner == saleDayOwner && r.Rules.OpensAt <= engine.InstantOf(d.o.Now())
		if open && !r.Now.Phase.Final() && end > ends {
			plain, ends = r.Session, end
		}
	}
	return plain
}

func (d *Demo) publish(ctx context.Context, draft office.AuctionDraft) error {
	a, err := d.o.Office.CreateAuction(ctx, d.staff, draft, "")
	if err == nil {
		_, err = d.o.Office.Publish(ctx, d.staff, a.ID, a.Version)
	}
	if err != nil {
		return fmt.Errorf("demo auction %q: %w", draft.Title, err)
	}
	return nil
}

// saleDay is the catalogue. Amounts, steps and times follow what provincial
// centres publish; numbers and places are invented.
func saleDay(now engine.Instant, bidders []office.Account) office.AuctionDraft {
	d := office.AuctionDraft{
		Title:  "Đấu giá tài sản công và tài sản thi hành án – " + now.Time().In(vietnam).Format("02/01/2006"),
		Centre: centre, Owner: saleDayOwner, Place: "Trực tuyến", Participants: participants(bidders),
	}
	plate := engine.Closing{Kind: engine.ClosingRounds, WindowMs: 10_000, ByMs: 30_000, MaxCount: 10, MaxTotalMs: 5 * minute}
	d.Lots = []office.LotDraft{
		{Kind: "land", Title: "Quyền sử dụng đất thửa số 214, tờ bản đồ 12, phường An Khánh", Place: "Phường An Khánh",
			Detail: "Đất ở đô thị, 120,5 m², sử dụng lâu dài. Mặt tiền đường Số 7, hướng Đông Nam.", Deposit: 2_400_000_000,
			Rules: rules(12_000_000_000, 50_000_000, now, 40*minute, soft)},
		{Kind: "car", Title: "Ô tô con Toyota Corolla Cross 1.8V, sản xuất 2021, tang vật tịch thu", Place: "Kho vật chứng Công an tỉnh",
			Detail: "Số khung, số máy nguyên bản; đã qua sử dụng 41.200 km; bán theo hiện trạng.", Deposit: 96_000_000,
			Rules: rules(480_000_000, 5_000_000, now+2*minute, 20*minute, soft)},
		{Kind: "plate", Title: "Biển số xe ô tô 47A-888.86", Place: "Đắk Lắk",
			Detail: "Nền trắng, chữ và số màu đen, xe con.", Deposit: 8_000_000,
			Rules: rules(40_000_000, 5_000_000, now, 6000, engine.Closing{Kind: engine.ClosingFixed})},
		{Kind: "plate", Title: "Biển số xe ô tô 49A-345.67", Place: "Lâm Đồng",
			Detail: "Nền trắng, chữ và số màu đen, xe con.", Deposit: 8_000_000,
			Rules: rules(40_000_000, 5_000_000, now+15*minute, 25*minute, plate)},
	}
	for i := range d.Lots {
		d.Lots[i].Number = i + 1
	}
	return d
}

const minute = 60_000

var vietnam = time.FixedZone("Asia/Ho_Chi_Minh", 7*3600)

func rules(start, step engine.Dong, opensAt engine.Instant, bidding engine.Millis, closing engine.Closing) office.RulesDraft {
	return office.RulesDraft{Rules: engine.Rules{
		Method: "ascending", Currency: "VND", Start: start, Step: engine.Step{Kind: engine.StepFixed, Amount: step},
		Closing: closing, Opening: engine.OpeningByClock, OpensAt: opensAt, BiddingMs: bidding,
		ConfirmAbove: 20, Cap: start * 100, MinIntervalMs: 1000, RecoveryMinMs: 30_000,
	}}
}
