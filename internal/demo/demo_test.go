package demo_test

import (
	"context"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal"
	"gobua/internal/demo"
	"gobua/office"
	"gobua/office/blob"
	"gobua/office/vault"
	"gobua/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var background = context.Background()

// house is the office and the sessions that a demo runs on. It can be left and
// entered again, as a program is that starts anew.
type house struct {
	t       *testing.T
	store   office.Store
	vault   *vault.Vault
	journal *journal.Memory
	office  *office.Office
	reg     *actor.Registry
}

func open(t *testing.T) *house {
	t.Helper()
	v, err := vault.Load(t.TempDir())
	check(t, err)
	h := &house{t: t, store: storetest.Open(t), vault: v, journal: journal.NewMemory()}
	h.enter()
	t.Cleanup(func() { h.reg.Stop() })
	return h
}

// enter starts the sessions that the journal knows.
func (h *house) enter() {
	h.t.Helper()
	h.reg = actor.NewRegistry(actor.Options{Journal: h.journal, Log: storetest.Quiet})
	h.office = office.New(h.store, office.Options{
		Sessions: h.reg, Vault: h.vault, Files: storetest.Files(h.t), Archive: blob.NewFolder(h.t.TempDir()),
		Require: office.Legal{MinBiddingMs: 1000}, Log: storetest.Quiet,
	})
	check(h.t, h.reg.Start(background))
}

func (h *house) prepare() *demo.Demo {
	h.t.Helper()
	d, err := demo.Prepare(background, demo.Options{Office: h.office, Saleroom: h, Log: storetest.Quiet})
	check(h.t, err)
	return d
}

func (h *house) Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) {
	h.reg.Submit(id, c, answer)
}

func (h *house) CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool) {
	return h.reg.CodeOf(id, h.office.PseudonymIn(id, accountID))
}

func (h *house) Rooms() (rooms []engine.Room) {
	for _, v := range h.reg.Views() {
		rooms = append(rooms, v.Room)
	}
	return rooms
}

// TestTheDemoSellsInEveryWay: the office takes and publishes a lot for every
// method that the rules know.
func TestTheDemoSellsInEveryWay(t *testing.T) {
	h := open(t)
	h.prepare()
	sold := map[string]bool{}
	for _, room := range h.Rooms() {
		sold[room.Rules.Method] = true
	}
	for method := range engine.Methods {
		if !sold[method] {
			t.Errorf("no lot of the demo is sold by %q", method)
		}
	}
	for variant, shown := range map[string]func(*engine.Rules) bool{
		"a price to buy now":            func(r *engine.Rules) bool { return r.BuyNow != nil },
		"a linked group":                func(r *engine.Rules) bool { return r.Group != nil && r.Group.Extends },
		"maxima above a hidden reserve": func(r *engine.Rules) bool { return r.Proxy && r.Reserve != nil },
		"rounds after the bidding time": func(r *engine.Rules) bool { return r.Closing.Kind == engine.ClosingRounds },
		"several rounds of offers":      func(r *engine.Rules) bool { return r.Sealed != nil && r.Sealed.Rounds > 1 },
		"the second price":              func(r *engine.Rules) bool { return r.Sealed != nil && r.Sealed.Pricing == engine.PricingSecond },
		"several units at a price":      func(r *engine.Rules) bool { return r.Sealed != nil && r.Sealed.Units > 1 },
	} {
		if !h.any(shown) {
			t.Errorf("no lot of the demo shows %s", variant)
		}
	}
}

func (h *house) any(shown func(*engine.Rules) bool) bool {
	for _, room := range h.Rooms() {
		if shown(&room.Rules) {
			return true
		}
	}
	return false
}

// TestWhoComesFirstCanBid: the lot that the program names at its start is open
// and is sold as people expect.
func TestWhoComesFirstCanBid(t *testing.T) {
	h := open(t)
	plain := h.prepare().Plain()
	for _, room := range h.Rooms() {
		if room.Session == plain {
			if room.Rules.Method != "ascending" || room.Rules.OpensAt > engine.InstantOf(time.Now()) || room.Rules.BiddingMs < 600_000 {
				t.Errorf("%s: %+v", room.Lot.Title, room.Rules)
			}
			return
		}
	}
	t.Errorf("no room %q", plain)
}

// TestTheDemoIsNotMadeTwice: who starts the program again finds the same lots.
func TestTheDemoIsNotMadeTwice(t *testing.T) {
	h := open(t)
	h.prepare()
	before := h.sessions()
	h.reg.Stop()
	h.enter()
	h.prepare()
	after := h.sessions()
	for id, title := range before {
		if after[id] != title {
			t.Errorf("%s is gone", title)
		}
		delete(after, id)
	}
	for _, title := range after {
		t.Errorf("%s was made again", title)
	}
	if len(before) == 0 {
		t.Error("there are no lots")
	}
}

func (h *house) sessions() map[engine.SessionID]string {
	list := map[engine.SessionID]string{}
	for _, room := range h.Rooms() {
		list[room.Session] = room.Lot.Title
	}
	return list
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
