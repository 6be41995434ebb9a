package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/sealing"
	"gobua/internal/demo"
	"gobua/internal/visitor"
)

// The sealed amounts of the test. No other number of it looks like them.
var sealedAmounts = []engine.Dong{7_788_300_000, 6_677_200_000, 5_566_100_000}

// TestSealedOffersLeaveNothingBehind is rule SE2 on a whole server: what people
// have sealed is in none of its files, in nothing it says and in none of its
// measurements, and a server that is killed in between opens the same. The public
// log holds it to its heads all the while and tells none, until all is over.
func TestSealedOffersLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	traces, collector := collect(t)
	h := &house{process: newProcess(t, "--trace", collector, "--trace-share", "1"), people: map[string]*visitor.Person{}}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	h.ctx = ctx
	h.start()
	for _, login := range []string{"dgv", "thuky", "lan", "binh"} {
		who, err := h.site().SignIn(ctx, login, demo.Password)
		h.must(err)
		h.people[login] = who
	}
	id := h.sealedLot()
	secrets := map[string][sealing.SecretBytes]byte{"dgv": {1}, "thuky": {2}}
	seats := map[string]*visitor.Seat{}
	rooms := map[string]*visitor.Room{}
	for login, who := range h.people {
		seats[login] = who.Seat()
		t.Cleanup(seats[login].Close)
		room, err := seats[login].Follow(ctx, id)
		h.must(err)
		rooms[login] = room
	}
	do := func(login string, act engine.Act) engine.Receipt {
		t.Helper()
		r, err := seats[login].Do(ctx, id, act)
		if err != nil || !r.Accepted {
			t.Fatalf("%s %s: %+v, %v", login, act.ActName(), r, err)
		}
		return r
	}
	do("lan", engine.CheckIn{})
	do("binh", engine.CheckIn{})
	for _, login := range []string{"dgv", "thuky"} {
		do(login, engine.TakeKey{Publics: sealing.PublicKeys(secrets[login], id, 1)})
	}
	_, err := rooms["lan"].Await(ctx, func(n engine.Now) bool { return n.Phase == engine.PhaseRunning })
	h.must(err)
	for i, amount := range sealedAmounts {
		login := []string{"lan", "binh", "lan"}[i]
		if r := do(login, engine.PutOffer{Amount: amount, Confirm: amount}); r.Seq != 0 || r.Amount != 0 || r.Hash == nil {
			t.Errorf("the receipt says %+v", r)
		}
	}
	metrics := h.metricsText()
	for _, told := range []string{`act="offer"`, `act="take_key"`} {
		if bytes.Contains(metrics, []byte(told)) {
			t.Errorf("the measurements count %s", told)
		}
	}
	running := h.blindHeads(id)
	h.kill()
	h.searchEverywhere()
	h.start()
	_, err = rooms["lan"].Await(ctx, func(n engine.Now) bool { return n.Phase == engine.PhaseClosed })
	h.must(err)
	h.searchEverywhere()
	h.eventually("the close is in the log", func() bool { return len(h.blindHeads(id)) > len(running) })
	for _, login := range []string{"thuky", "dgv"} {
		do(login, engine.PresentKey{Private: sealing.PrivateKey(secrets[login], id, 1)})
	}
	room, err := rooms["lan"].Await(ctx, func(n engine.Now) bool { return n.Sealed != nil && n.Sealed.Opened && n.Bids == 2 })
	h.must(err)
	if room.Now.Price != sealedAmounts[1] || len(room.History) != 2 || room.History[1].Level != sealedAmounts[2] {
		t.Errorf("opened: %+v", room.Now)
	}
	before := h.blindHeads(id)
	do("dgv", engine.Announce{Winner: room.Now.Leader, Price: room.Now.Price})
	h.headsOpen(id, before)
	h.stop()
	if all := traces.everything(); slices.Contains(all, "command offer") || !slices.Contains(all, "command announce") {
		t.Errorf("the traces tell of an offer, or of nothing: %q", all)
	}
}

// blindHeads are the entries of the log about a session whose number of records is
// a secret: each binds the server to a head, and none tells it.
func (h *house) blindHeads(id engine.SessionID) (entries []ledger.SessionEntry) {
	h.t.Helper()
	h.eventually("the session is in the log", func() bool {
		entries = h.entriesOf(id)
		return len(entries) > 0
	})
	for _, e := range entries {
		entry, err := ledger.ParseEntry(e.Entry)
		if _, blind := entry.(*ledger.BlindHeadEntry); err != nil || !blind || e.Opening != nil {
			h.t.Errorf("before the result the log tells %+v", e)
		}
	}
	return entries
}

// headsOpen waits until the log tells what the blind heads were, and holds them
// against the record that is published: each is the end of the record as it was
// then. The last entry names the end itself.
func (h *house) headsOpen(id engine.SessionID, before []ledger.SessionEntry) {
	h.t.Helper()
	file := filepath.Join(h.t.TempDir(), "record")
	h.eventually("the record is published", func() bool { return h.fetch("/api/v1/sessions/"+string(id)+"/record", file) })
	var end *ledger.HeadEntry
	var entries []ledger.SessionEntry
	h.eventually("the end is in the log", func() bool {
		entries = h.entriesOf(id)
		entry, err := ledger.ParseEntry(entries[len(entries)-1].Entry)
		h.must(err)
		var told bool
		end, told = entry.(*ledger.HeadEntry)
		return told && entries[0].Opening != nil
	})
	args := []string{"verify", "--head", jsonOf(h.t, end.Head.Seq) + ":" + end.Head.Hash.String()}
	var last engine.Seq
	for i, e := range entries[:len(entries)-1] {
		entry, err := ledger.ParseEntry(e.Entry)
		h.must(err)
		blind, ok := entry.(*ledger.BlindHeadEntry)
		if !ok || e.Opening == nil || !blind.Opens(*e.Opening) || e.Opening.Head.Seq < last {
			h.t.Fatalf("entry %d after record %d: %+v", e.Index, last, e)
		}
		if i < len(before) && (e.Index != before[i].Index || e.Entry != before[i].Entry) {
			h.t.Errorf("entry %d was %q, and is %q", before[i].Index, before[i].Entry, e.Entry)
		}
		last = e.Opening.Head.Seq
		args = append(args, "--head", jsonOf(h.t, last)+":"+e.Opening.Head.Hash.String())
	}
	if last <= 1 || len(before) < 2 {
		h.t.Errorf("%d blind heads, up to record %d: nothing was tested", len(before), last)
	}
	if said := command(h.t, 0, append(args, file)...); !strings.Contains(said, jsonOf(h.t, end.Head.Seq)+":"+end.Head.Hash.String()) {
		h.t.Errorf("the record ends otherwise than the log: %s", said)
	}
}

// entriesOf are the entries of the log about a session.
func (p *process) entriesOf(id engine.SessionID) []ledger.SessionEntry {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "entries")
	if !p.fetch("/api/v1/log/sessions/"+string(id)+"/entries", file) {
		return nil
	}
	var list struct {
		Entries []ledger.SessionEntry `json:"entries"`
	}
	if err := json.Unmarshal([]byte(readBack(p.t, file)), &list); err != nil {
		p.t.Fatal(err)
	}
	return list.Entries
}

// sealedLot publishes a lot of sealed offers and returns its session.
func (h *house) sealedLot() engine.SessionID {
	h.t.Helper()
	a := visitor.Auction{Title: "Bỏ phiếu", Centre: "Centre", Owner: "Owner", Place: "Place"}
	for _, login := range []string{"lan", "binh"} {
		a.Participants = append(a.Participants, visitor.Participant{AccountID: h.people[login].Account.ID})
	}
	a.Lots = []visitor.Lot{{Number: 1, Kind: "goods", Title: "sealed", Rules: visitor.LotRules{Rules: engine.Rules{
		Method: "sealed", Currency: "VND", Start: 1_000_000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100_000},
		Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
		OpensAt: engine.InstantOf(time.Now()), BiddingMs: 20_000, Sealed: &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1},
	}}}}
	a, err := h.people["dgv"].CreateAuction(h.ctx, a)
	h.must(err)
	a, err = h.people["dgv"].Publish(h.ctx, a)
	h.must(err)
	return a.Lots[0].Session
}

func (h *house) metricsText() []byte {
	h.t.Helper()
	r, err := http.Get("http://" + h.addr + "/metrics")
	h.must(err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	h.must(err)
	if !bytes.Contains(text, []byte("gobua_")) {
		h.t.Fatalf("no measurements: %s", text)
	}
	return text
}

// searchEverywhere looks for the sealed amounts, as figures and as bytes, in
// every file of the data folder and in all that the server has said.
func (h *house) searchEverywhere() {
	h.t.Helper()
	files := 0
	search := func(where string, b []byte) {
		for _, amount := range sealedAmounts {
			for _, form := range [][]byte{[]byte(fmt.Sprint(int64(amount))), binary.BigEndian.AppendUint64(nil, uint64(amount)), binary.LittleEndian.AppendUint64(nil, uint64(amount))} {
				if bytes.Contains(b, form) {
					h.t.Errorf("%s has %d", where, amount)
				}
			}
		}
	}
	err := filepath.WalkDir(h.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // the database removes files of its own meanwhile
		}
		if b, err := os.ReadFile(path); err == nil {
			search(path, b)
			files++
		}
		return nil
	})
	h.must(err)
	if files < 10 {
		h.t.Errorf("only %d files were searched", files)
	}
	search("its log", []byte(h.said.String()))
}
