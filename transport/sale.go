package transport

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gobua/engine"
)

// SaleLot is what does not change of a lot in the list of its sale.
type SaleLot struct {
	Session   engine.SessionID `json:"session"`
	Number    int              `json:"number"`
	Run       int              `json:"run,omitempty"` // from 2 on: the lot is sold again
	Kind      string           `json:"kind"`
	Title     string           `json:"title"`
	Rehearsal bool             `json:"rehearsal,omitempty"`
	Currency  string           `json:"currency"`
	Method    string           `json:"method"`
	Opening   engine.Opening   `json:"opening"`
	OpensAt   engine.Instant   `json:"opensAt"`
	BiddingMs engine.Millis    `json:"biddingMs"`
}

// SaleNow is what moves of a lot in the list of its sale: like a room's Now,
// small and absolute, with the same names.
type SaleNow struct {
	Session     engine.SessionID       `json:"s"`
	Phase       engine.Phase           `json:"ph"`
	Price       engine.Dong            `json:"p,omitempty"`
	Next        engine.Dong            `json:"nx,omitempty"`
	Leader      engine.ParticipantCode `json:"b,omitempty"` // absent: nobody, or hidden by the rules
	Bids        int                    `json:"n,omitempty"`
	ClosesAt    engine.Instant         `json:"e,omitempty"`
	RemainingMs engine.Millis          `json:"rem,omitempty"` // while paused
	Extensions  int                    `json:"x,omitempty"`
	FallsAt     engine.Instant         `json:"fa,omitempty"` // when the price falls next
	Result      *engine.Result         `json:"res,omitempty"`
}

// SaleNews is an answer about the lots of a sale.
type SaleNews struct {
	// Version is what the reader has afterwards, and asks with next time.
	Version string `json:"v"`
	// Lots are all lots by number. Absent: those of the reader still hold.
	Lots []SaleLot `json:"lots,omitempty"`
	// Now are the lots that moved since the reader's version.
	Now []SaleNow `json:"now"`
}

// SaleStanding is what a bidder may know of themselves in one lot of a sale:
// of their engine.Standing what a list shows.
type SaleStanding struct {
	Session engine.SessionID       `json:"session"`
	Code    engine.ParticipantCode `json:"code"`
	Present bool                   `json:"in"`
	Leading bool                   `json:"leading"`
	Best    engine.Dong            `json:"best,omitempty"`   // own highest accepted amount (own maximum)
	Outbid  bool                   `json:"outbid,omitempty"` // has bid and does not lead
	Out     engine.Reason          `json:"out,omitempty"`    // why bidding is no longer possible
	Won     bool                   `json:"won,omitempty"`
}

const (
	// saleAge is how old the list of a sale may be. The room of a lot is live;
	// the list beside it may lag by a blink.
	saleAge = 500 * time.Millisecond
	// saleKept is after how long a sale is forgotten that nobody asks for.
	saleKept = 10 * time.Minute
	// salePacked is from which size a list is sent packed: smaller ones fit one
	// packet as they are.
	salePacked = 1200
)

// saleBook answers what happens in the lots of a sale to any number of
// readers: rooms are looked at twice a second at most, an answer is encoded
// and packed once for all who have the same version. Its methods may be called
// from any goroutine.
type saleBook struct {
	rooms Rooms
	now   func() time.Time

	mu     sync.Mutex
	looked time.Time
	cards  map[string][]Card // by auction, as last looked at
	sales  map[string]*sale
}

// sale is the lots of one auction as readers were last told.
type sale struct {
	epoch   string // of these lots; other lots are another epoch
	version uint64
	lots    []SaleLot
	moved   []saleMove
	looked  time.Time              // when the cards were compared last
	asked   time.Time              // when somebody asked last
	answers map[uint64]*saleAnswer // to who has a version
}

type saleMove struct {
	now     SaleNow
	version uint64 // in which it became so
}

// saleAnswer is one encoded answer, shared and never changed.
type saleAnswer struct {
	version      string
	body, packed []byte // packed is nil where it would not pay
}

// content is what goes over the line to a reader who unpacks.
func (a *saleAnswer) content() []byte {
	if a.packed != nil {
		return a.packed
	}
	return a.body
}

func newSaleBook(rooms Rooms, now func() time.Time) *saleBook {
	return &saleBook{rooms: rooms, now: now, sales: map[string]*sale{}}
}

// get answers what moved in an auction since a version, or everything if the
// version is not one of the present lots. A nil answer: nothing moved. False:
// no session of this auction is loaded.
func (b *saleBook) get(auction, since string) (*saleAnswer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if now.Sub(b.looked) >= saleAge || b.cards == nil {
		b.look(now)
	}
	cards := b.cards[auction]
	if len(cards) == 0 {
		return nil, false
	}
	s := b.sales[auction]
	if s == nil || !s.hasLotsOf(cards) {
		s = b.open(cards)
		b.sales[auction] = s
	}
	s.asked = now
	if !s.looked.Equal(b.looked) {
		s.looked = b.looked
		s.take(cards)
	}
	after, whole := s.positionOf(since)
	if !whole && after == s.version {
		return nil, true
	}
	return s.answer(after, whole), true
}

// look sorts the loaded sessions by auction; of a lot that is sold again only
// the last run counts.
func (b *saleBook) look(now time.Time) {
	b.looked, b.cards = now, map[string][]Card{}
	for _, card := range b.rooms.Cards() {
		b.cards[card.Lot.AuctionID] = append(b.cards[card.Lot.AuctionID], card.Card)
	}
	for auction, cards := range b.cards {
		slices.SortFunc(cards, func(x, y Card) int {
			return cmp.Or(cmp.Compare(x.Lot.Number, y.Lot.Number), cmp.Compare(y.Lot.Run, x.Lot.Run), cmp.Compare(x.Session, y.Session))
		})
		b.cards[auction] = slices.CompactFunc(cards, func(x, y Card) bool { return x.Lot.Number == y.Lot.Number })
	}
	for auction, s := range b.sales {
		if now.Sub(s.asked) > saleKept {
			delete(b.sales, auction)
		}
	}
}

// open begins an epoch with these lots.
func (b *saleBook) open(cards []Card) *sale {
	s := &sale{epoch: newEpoch(), version: 1, answers: map[uint64]*saleAnswer{}}
	for _, c := range cards {
		lot := SaleLot{
			Session: c.Session, Number: c.Lot.Number, Run: c.Lot.Run, Kind: c.Lot.Kind, Title: c.Lot.Title,
			Rehearsal: c.Lot.Rehearsal, Currency: c.Currency, OpensAt: c.OpensAt,
		}
		if _, _, room, ok := b.rooms.Room(c.Session); ok {
			lot.Method, lot.Opening, lot.BiddingMs = room.Rules.Method, room.Rules.Opening, room.Rules.BiddingMs
		}
		s.lots = append(s.lots, lot)
		s.moved = append(s.moved, saleMove{saleNowOf(c), s.version})
	}
	return s
}

func saleNowOf(c Card) SaleNow {
	n := c.Now
	return SaleNow{
		Session: c.Session, Phase: n.Phase, Price: n.Price, Next: n.Next, Leader: n.Leader, Bids: n.Bids, ClosesAt: n.ClosesAt,
		RemainingMs: n.RemainingMs, Extensions: n.Extensions, FallsAt: n.FallsAt, Result: n.Result,
	}
}

func (s *sale) hasLotsOf(cards []Card) bool {
	return slices.EqualFunc(s.lots, cards, func(l SaleLot, c Card) bool { return l.Session == c.Session })
}

// take notes what moved; if anything did, that is a new version.
func (s *sale) take(cards []Card) {
	next := s.version + 1
	for i, c := range cards {
		if now := saleNowOf(c); !sameSaleNow(now, s.moved[i].now) {
			s.moved[i] = saleMove{now, next}
			s.version = next
		}
	}
	if s.version == next {
		s.answers = map[uint64]*saleAnswer{}
	}
}

// sameSaleNow compares results by what they say: a session that was read back
// from its journal has an equal one elsewhere in memory.
func sameSaleNow(a, b SaleNow) bool {
	if (a.Result == nil) != (b.Result == nil) || a.Result != nil && !reflect.DeepEqual(a.Result, b.Result) {
		return false
	}
	a.Result, b.Result = nil, nil
	return a == b
}

// positionOf reads a version that was given out, which is never zero; whole:
// it is not of these lots, or none at all.
func (s *sale) positionOf(since string) (after uint64, whole bool) {
	epoch, n, ok := strings.Cut(since, ".")
	after, err := strconv.ParseUint(n, 10, 64)
	if !ok || err != nil || epoch != s.epoch || after == 0 || after > s.version {
		return 0, true
	}
	return after, false
}

// answer encodes what moved after a version, once for all who ask so.
func (s *sale) answer(after uint64, whole bool) *saleAnswer {
	if a := s.answers[after]; a != nil {
		return a
	}
	news := SaleNews{Version: s.epoch + "." + strconv.FormatUint(s.version, 10), Now: []SaleNow{}}
	if whole {
		news.Lots = s.lots
	}
	for _, m := range s.moved {
		if m.version > after {
			news.Now = append(news.Now, m.now)
		}
	}
	body, err := json.Marshal(news)
	if err != nil {
		panic(err) // a bug: these types cannot fail
	}
	a := &saleAnswer{version: news.Version, body: body}
	if len(body) > salePacked {
		a.packed = packed(body)
	}
	if len(s.answers) < maxSaleAnswers {
		s.answers[after] = a
	}
	return a
}

// maxSaleAnswers bounds the memory of one version: readers who are further
// behind than this many versions are few.
const maxSaleAnswers = 64

func packed(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// standings are those of one account in the lots of an auction in which it
// takes part.
func (b *saleBook) standings(auction, account string) ([]SaleStanding, bool) {
	b.mu.Lock()
	if b.now().Sub(b.looked) >= saleAge || b.cards == nil {
		b.look(b.now())
	}
	cards := b.cards[auction]
	b.mu.Unlock()
	out := []SaleStanding{}
	for _, c := range cards {
		code, ok := b.rooms.CodeOf(c.Session, account)
		if !ok {
			continue
		}
		if you, ok := b.rooms.Standing(c.Session, code); ok {
			out = append(out, SaleStanding{
				Session: c.Session, Code: you.Code, Present: you.CheckedIn, Leading: you.Leading, Best: you.Best,
				Outbid: you.Outbid, Out: you.Out, Won: you.Won,
			})
		}
	}
	return out, len(cards) > 0
}
