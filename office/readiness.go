package office

import (
	"context"
	"errors"
	"slices"
	"time"

	"gobua/engine"
	"gobua/internal/clock"
)

// ReadinessState says how one item of the checklist stands.
type ReadinessState string

// The states of an item.
const (
	Ready    ReadinessState = "ready"
	NotReady ReadinessState = "not_ready"
	NoMatter ReadinessState = "no_matter" // there is nothing to see to
)

// ReadinessItem is one line of the auctioneer's checklist before a session is
// opened. What the program can see for itself it says; the rest a person ticks.
// Nothing of it keeps a session from being opened: the auctioneer decides.
type ReadinessItem struct {
	Name   string         `json:"name"`
	Ticked bool           `json:"ticked,omitempty"` // a person ticks it; else the program looks
	State  ReadinessState `json:"state"`
	Have   int            `json:"have,omitempty"` // of Want: sessions, codes, observers, milliseconds
	Want   int            `json:"want,omitempty"`
	Note   string         `json:"note,omitempty"`
	By     string         `json:"by,omitempty"` // name of who ticked it last
	At     engine.Instant `json:"at,omitempty"`
}

// Tick is a person's word on one item. The newest of an item counts.
type Tick struct {
	AuctionID string
	Item      string
	Ticked    bool
	Note      string
	By        string // account
	ByName    string // filled when read
	At        engine.Instant
}

// ReadinessStore keeps ticks and knows what the checklist asks the database.
type ReadinessStore interface {
	InsertTick(ctx context.Context, k Tick, t Trail) error
	// Ticks returns the newest of each item of an auction.
	Ticks(ctx context.Context, auctionID string) ([]Tick, error)
	// DatabaseTime is the database's own clock.
	DatabaseTime(ctx context.Context) (engine.Instant, error)
	// SignedIn tells how many of some accounts are signed in at a moment.
	SignedIn(ctx context.Context, accounts []string, at engine.Instant) (int, error)
	// RehearsalOf returns the newest rehearsal of an auction, and whether a
	// session of any of its rehearsals has ended. ErrNotFound: there is none.
	RehearsalOf(ctx context.Context, auctionID string) (id string, done bool, err error)
}

// tickedItems are what only a person can see to.
var tickedItems = []string{"backup", "staff", "listing_evidence", "hall_screen", "phone_line"}

// maxClockOffset is by how much the clocks of program and database may differ:
// a person reads both in the minutes as one.
const maxClockOffset = 500 * time.Millisecond

// Readiness is the checklist of an auction. Staff of its centre may ask.
func (o *Office) Readiness(ctx context.Context, by Account, auctionID string) ([]ReadinessItem, error) {
	a, err := o.Auction(ctx, auctionID)
	if err != nil {
		return nil, err
	}
	if _, err := o.authorizeOn(ctx, by, &a, staffRoles...); err != nil {
		return nil, err
	}
	items, err := o.computedItems(ctx, &a)
	if err != nil {
		return nil, err
	}
	ticks, err := o.store.Ticks(ctx, auctionID)
	if err != nil {
		return nil, err
	}
	for _, name := range tickedItems {
		item := ReadinessItem{Name: name, Ticked: true, State: NotReady}
		for _, k := range ticks {
			if k.Item != name {
				continue
			}
			item.State, item.Note, item.By, item.At = readyIf(k.Ticked), k.Note, k.ByName, k.At
		}
		items = append(items, item)
	}
	return items, nil
}

func readyIf(ok bool) ReadinessState {
	if ok {
		return Ready
	}
	return NotReady
}

// computedItems is what the program sees for itself. That it gets an answer at
// all says that the database is up.
func (o *Office) computedItems(ctx context.Context, a *Auction) ([]ReadinessItem, error) {
	before := o.now()
	theirs, err := o.store.DatabaseTime(ctx)
	if err != nil {
		return nil, err
	}
	middle := before.Add(o.now().Sub(before) / 2)
	offset := theirs.Time().Sub(middle).Abs()
	items := []ReadinessItem{
		{Name: "database", State: Ready},
		{Name: "clock", State: readyIf(offset <= maxClockOffset), Have: int(offset.Milliseconds()), Want: int(maxClockOffset.Milliseconds())},
		o.clockItem(),
		{Name: "journal", State: readyIf(o.journalUp == nil || o.journalUp())},
	}
	sessions, err := o.store.SessionsOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	handed, admitted, coded := 0, 0, 0
	newest := 0
	for _, s := range sessions {
		if !s.Newest {
			continue
		}
		newest++
		admitted += s.Participants
		if s.HandedOver {
			handed++
		}
		list, err := o.admissions(ctx, s.Session)
		if err != nil {
			return nil, err
		}
		for _, one := range list {
			if one.Code != "" {
				coded++
			}
		}
	}
	items = append(items, countItem("sessions", handed, newest), countItem("codes", coded, admitted))
	signedIn, err := o.store.SignedIn(ctx, a.Sheet.People.Observers, engine.InstantOf(o.now()))
	if err != nil {
		return nil, err
	}
	observers := countItem("observers", signedIn, len(a.Sheet.People.Observers))
	if observers.Want == 0 {
		observers.State = NoMatter
	}
	rehearsal, err := o.rehearsalItem(ctx, a)
	return append(items, observers, rehearsal), err
}

// clockItem says whether somebody vouches for the server's clock. It needs
// seeing to where nobody does, or where the clock is off: Have then is by how
// many milliseconds, at most.
func (o *Office) clockItem() ReadinessItem {
	item := ReadinessItem{Name: "server_clock", State: NoMatter}
	if o.clock == nil {
		return item
	}
	s := o.clock()
	item.State = readyIf(s.Good)
	if s.Synchronised {
		item.Have, item.Want = int((s.Offset.Abs() + s.Error).Milliseconds()), int((clock.MaxOffset + clock.MaxError).Milliseconds())
	}
	return item
}

func countItem(name string, have, want int) ReadinessItem {
	return ReadinessItem{Name: name, State: readyIf(want > 0 && have == want), Have: have, Want: want}
}

func (o *Office) rehearsalItem(ctx context.Context, a *Auction) (ReadinessItem, error) {
	item := ReadinessItem{Name: "rehearsal", State: NotReady}
	if a.RehearsalOf != "" {
		item.State = NoMatter
		return item, nil
	}
	_, done, err := o.store.RehearsalOf(ctx, a.ID)
	if errors.Is(err, ErrNotFound) {
		return item, nil
	}
	item.State = readyIf(done)
	return item, err
}

// TickReadiness keeps a person's word on an item of the checklist: done, or not
// after all. Staff of the auction's centre may, observers may not.
func (o *Office) TickReadiness(ctx context.Context, by Account, auctionID, item string, ticked bool, note string) error {
	a, err := o.Auction(ctx, auctionID)
	if err != nil {
		return err
	}
	by, err = o.authorizeAt(ctx, by, a.CentreID, engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleAdmin)
	if err != nil {
		return err
	}
	var f faults
	f.when(!slices.Contains(tickedItems, item), "item", "unknown")
	f.text("note", &note, maxReasonRunes, false)
	if err := f.err(); err != nil {
		return err
	}
	k := Tick{AuctionID: a.ID, Item: item, Ticked: ticked, Note: note, By: by.ID, At: engine.InstantOf(o.now())}
	t := o.act(by, "readiness.tick", "auction", a.ID, nil, map[string]any{"item": item, "ticked": ticked}).ofAuction(&a).because(note)
	return o.store.InsertTick(ctx, k, t)
}
