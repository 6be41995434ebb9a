package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/visitor"
)

// house is a running server with people and sessions, at whose doors the tests
// knock.
type house struct {
	*process
	ctx    context.Context
	people map[string]*visitor.Person
	desk   *visitor.Seat // the auctioneer's

	open, idle, paused, closed, ended engine.SessionID // lan and binh are admitted
	foreign                           engine.SessionID // only chi is
}

// openHouse runs a server behind a proxy on this machine, so that a test can
// come from many addresses.
func openHouse(t *testing.T) *house {
	t.Helper()
	h := &house{process: newRaced(t, "--trusted-proxies", "127.0.0.1"), people: map[string]*visitor.Person{}}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	h.ctx = ctx
	h.start()
	site := h.site()
	for _, login := range []string{"quantri", "dgv", "giamsat", "lan", "binh", "chi"} {
		who, err := site.SignIn(ctx, login, demo.Password)
		h.must(err)
		h.people[login] = who
	}
	h.desk = h.people["dgv"].Seat()
	t.Cleanup(h.desk.Close)
	long := h.publish([]string{"lan", "binh"}, "open", "idle", "paused", "ended")
	h.open, h.idle, h.paused, h.ended = long[0], long[1], long[2], long[3]
	h.closed = h.publish([]string{"lan", "binh"}, "closed")[0]
	h.foreign = h.publish([]string{"chi"}, "foreign")[0]
	for _, id := range []engine.SessionID{h.open, h.paused, h.closed, h.ended, h.foreign} {
		h.act(id, engine.Open{})
	}
	for _, login := range []string{"lan", "binh"} {
		seat := h.people[login].Seat()
		for _, id := range []engine.SessionID{h.open, h.paused} {
			_, err := seat.Follow(ctx, id)
			h.must(err)
			_, err = seat.Do(ctx, id, engine.CheckIn{})
			h.must(err)
		}
		seat.Close()
	}
	h.act(h.paused, engine.Pause{Reason: "Mất điện hội trường"})
	h.act(h.ended, engine.Stop{Reason: "Hồ sơ có sai sót"})
	room, err := h.desk.Follow(ctx, h.closed)
	h.must(err)
	_, err = room.Await(ctx, func(n engine.Now) bool { return n.Phase == engine.PhaseClosed })
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// publish makes an auction with a lot for each title and returns its sessions.
// The lot called closed is over after a second, the others go on.
func (h *house) publish(logins []string, titles ...string) (ids []engine.SessionID) {
	h.t.Helper()
	a := visitor.Auction{Title: "Cuộc đấu giá thử", Centre: "Centre", Owner: "Owner", Place: "Place"}
	for _, login := range logins {
		a.Participants = append(a.Participants, visitor.Participant{AccountID: h.people[login].Account.ID})
	}
	for i, title := range titles {
		bidding := engine.Millis(3_600_000)
		if title == "closed" {
			bidding = 1000
		}
		a.Lots = append(a.Lots, visitor.Lot{Number: i + 1, Kind: "goods", Title: title, Rules: visitor.LotRules{Rules: engine.Rules{
			Method: "ascending", Currency: "VND", Start: 1_000_000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100_000},
			Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByAuctioneer,
			OpensAt: engine.InstantOf(time.Now()), BiddingMs: bidding, ConfirmAbove: 10, Cap: 1_000_000_000_000,
		}}})
	}
	a, err := h.people["dgv"].CreateAuction(h.ctx, a)
	h.must(err)
	a, err = h.people["dgv"].Publish(h.ctx, a)
	h.must(err)
	for _, l := range a.Lots {
		ids = append(ids, l.Session)
	}
	return ids
}

// act is what the auctioneer does; it must be accepted.
func (h *house) act(id engine.SessionID, do engine.Act) engine.Receipt {
	h.t.Helper()
	r, err := h.desk.Do(h.ctx, id, do)
	if err != nil || !r.Accepted {
		h.t.Fatalf("%s: %+v, %v", do.ActName(), r, err)
	}
	return r
}

// count tells how many records a session has: what the auctioneer says is one.
// An ended session takes none any more, so there its room has to do.
func (h *house) count(id engine.SessionID) engine.Seq {
	h.t.Helper()
	if id == h.ended {
		return 0
	}
	return h.act(id, engine.Say{Text: "?"}).Seq
}

// unchanged runs what must leave a session as it was, but for the given number
// of records of refusals.
func (h *house) unchanged(t *testing.T, id engine.SessionID, refusals int, during func()) {
	t.Helper()
	site := h.site()
	before, err := site.Room(h.ctx, id)
	h.must(err)
	first := h.count(id)
	during()
	last := h.count(id)
	after, err := site.Room(h.ctx, id)
	h.must(err)
	if id != h.ended && int(last-first)-1 != refusals {
		t.Errorf("%d records were written, want %d", last-first-1, refusals)
	}
	if !reflect.DeepEqual(before.Now, after.Now) || !reflect.DeepEqual(before.History, after.History) {
		t.Errorf("the room was\n%+v\nand is\n%+v", before.Now, after.Now)
	}
}

// knocker is a bare connection: it sends any bytes.
type knocker struct {
	t       *testing.T
	h       *house
	conn    *websocket.Conn
	pending []map[string]any
	number  int
}

// knock connects as somebody, or as a spectator without a login, and follows a
// session, if one is given.
func (h *house) knock(t *testing.T, login string, id engine.SessionID) *knocker {
	t.Helper()
	conn, err := h.site().Connect(h.ctx)
	if err != nil {
		t.Fatal(err)
	}
	k := &knocker{t: t, h: h, conn: conn}
	t.Cleanup(func() { _ = conn.Close() })
	if login != "" {
		token, err := h.people[login].Token(h.ctx)
		h.must(err)
		if m := k.ask(`{"op":"hello","id":$N,"token":"` + token + `"}`); m["t"] != "welcome" {
			t.Fatal(m)
		}
	}
	if id != "" {
		if m := k.ask(`{"op":"sub","id":$N,"session":"` + string(id) + `"}`); m["t"] != "snap" {
			t.Fatal(m)
		}
		if login == "lan" || login == "binh" {
			k.await("it was told how it stands", func(m map[string]any) bool { return m["t"] == "you" })
		}
	}
	return k
}

// fill puts numbers and ids in the place of their letters.
func (k *knocker) fill(frame string) string {
	k.number++
	return strings.NewReplacer("$IDLE", string(k.h.idle), "$PAUSED", string(k.h.paused), "$CLOSED", string(k.h.closed),
		"$ENDED", string(k.h.ended), "$FOREIGN", string(k.h.foreign), "$S", string(k.h.open),
		"$N", fmt.Sprint(k.number), "$C", uuid.Must(uuid.NewV7()).String()).Replace(frame)
}

func (k *knocker) send(frame string) {
	k.t.Helper()
	if err := k.conn.WriteMessage(websocket.TextMessage, []byte(k.fill(frame))); err != nil {
		k.t.Fatal(err)
	}
}

// ask sends a frame and returns its answer.
func (k *knocker) ask(frame string) map[string]any {
	k.t.Helper()
	k.send(frame)
	return k.await("it is answered", isAnswer)
}

func isAnswer(m map[string]any) bool {
	switch m["t"] {
	case "err", "receipt", "receipts", "ok", "welcome", "pong", "subok", "bye":
		return true
	}
	return m["t"] == "snap" && m["id"] != nil
}

// await reads until a message comes that is wanted.
func (k *knocker) await(what string, wanted func(map[string]any) bool) map[string]any {
	k.t.Helper()
	for {
		m, err := k.read()
		if err != nil {
			k.t.Fatalf("waited in vain until %s: %v", what, err)
		}
		if wanted(m) {
			return m
		}
	}
}

func (k *knocker) read() (map[string]any, error) {
	for len(k.pending) == 0 {
		_ = k.conn.SetReadDeadline(time.Now().Add(patience)) // a closed connection shows in the read
		_, frame, err := k.conn.ReadMessage()
		if err != nil {
			return nil, err
		}
		for object := range bytes.SplitSeq(frame, []byte{'\n'}) {
			var m map[string]any
			if err := json.Unmarshal(object, &m); err != nil {
				return nil, fmt.Errorf("message %.80q: %w", object, err)
			}
			k.pending = append(k.pending, m)
		}
	}
	m := k.pending[0]
	k.pending = k.pending[1:]
	return m, nil
}

// closed reads to the end and returns the code of the last bye and of the
// close frame.
func (k *knocker) closed() (bye string, code int) {
	k.t.Helper()
	for {
		m, err := k.read()
		if err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				return bye, e.Code
			}
			k.t.Errorf("the connection ended without a word: %v", err)
			return bye, 0
		}
		if m["t"] == "bye" {
			bye, _ = m["code"].(string)
		}
	}
}

// verdict is what an answer says in short: the code of an err, the reason of a
// receipt, or that it was accepted.
func verdict(m map[string]any) string {
	if m["t"] == "err" {
		return "err " + m["code"].(string)
	}
	if r, ok := m["receipt"].(map[string]any); ok {
		if r["accepted"] == true {
			return "accepted"
		}
		return fmt.Sprint("refused ", r["reason"])
	}
	return fmt.Sprint(m["t"])
}
