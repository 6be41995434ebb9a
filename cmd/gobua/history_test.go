package main

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/history"
	"gobua/internal/visitor"
	"gobua/store/localpg/localpgtest"
)

// TestKillHistoriesAreLinearizable kills the server at random moments while six
// people bid in two sessions, send bids again and ask for old ones. There must
// be an order in which one small auction after the other would have answered
// the same. GOBUA_KILLS sets how often; make kills does it 200 times.
func TestKillHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("GOBUA_KILLS")); err == nil {
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d kills", seed, kills)
	chance := rand.New(rand.NewPCG(seed, 0))

	p := newProcess(t, "--database-url", localpgtest.New(t).DSN)
	p.start()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute+time.Duration(kills)*6*time.Second)
	defer cancel()
	staff, bidders := people(t, ctx, p.site())
	var sessions []engine.SessionID
	for range 2 {
		sessions = append(sessions, publishOne(t, ctx, staff, bidders, time.Duration(kills)*2*time.Second+5*time.Second))
	}
	h := history.New()
	bidding, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i, b := range bidders {
		wg.Go(func() { bidFor(bidding, h, b, sessions, rand.New(rand.NewPCG(seed, uint64(i)+1))) })
	}
	for range kills {
		time.Sleep(time.Duration(300+chance.IntN(2000)) * time.Millisecond)
		p.kill()
		p.start()
	}
	for _, session := range sessions {
		awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	}
	stop()
	wg.Wait()
	p.kill()
	if err := h.Check(history.Sheet{Start: 1_000_000, Step: 1000}, 10*time.Minute); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	accepted, unknown := 0, 0
	for _, c := range h.Calls() {
		if c.Receipt.Accepted {
			accepted++
		}
		if c.Receipt.Cmd != c.ID {
			unknown++
		}
	}
	t.Logf("%d sendings, %d accepted, %d never answered", len(h.Calls()), accepted, unknown)
	if accepted < kills {
		t.Errorf("only %d bids were accepted: nothing was tested", accepted)
	}
}

// bidFor is one person who bids in all sessions, mostly with sense, and now and
// then sends what was answered before.
func bidFor(ctx context.Context, h *history.History, who *visitor.Person, sessions []engine.SessionID, chance *rand.Rand) {
	seat := who.Seat()
	defer seat.Close()
	rooms := map[engine.SessionID]*visitor.Room{}
	for _, session := range sessions {
		room, err := seat.Follow(ctx, session)
		if err != nil {
			return
		}
		rooms[session] = room
		if _, err := seat.Do(ctx, session, engine.CheckIn{}); err != nil {
			return
		}
	}
	var answered []history.Bid
	for ctx.Err() == nil {
		session := sessions[chance.IntN(len(sessions))]
		view, _ := rooms[session].View()
		if view.Now.Phase != engine.PhaseRunning {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		next := max(view.Now.Next, 1_000_000)
		bid := history.Bid{Session: session, By: who.Account.Login, Amount: next + engine.Dong(chance.IntN(4)-1)*1000}
		if n := len(answered); n > 0 && chance.IntN(4) == 0 {
			bid = answered[n-1-chance.IntN(min(n, 20))]
		} else if id, err := uuid.NewV7(); err == nil {
			bid.ID = id
		}
		c := h.Call(bid)
		// Sent until there is an answer, over as many connections as it takes.
		if r, err := seat.DoAs(ctx, bid.Session, bid.ID, engine.PlaceBid{Amount: bid.Amount}); err == nil {
			c.Answered(r)
			answered = append(answered, bid)
		}
		time.Sleep(time.Duration(chance.IntN(60)) * time.Millisecond)
	}
}
