package visitortest

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"gobua/engine"
	"gobua/engine/journal"
)

// Heard is what people were told of a session: their receipts, and the rows of
// its price history.
type Heard struct {
	Receipts []engine.Receipt
	Rows     map[engine.FeedSeq]engine.Row
	// Spectators are those who kept every update; they are closed.
	Spectators []*Spectator
}

// CheckJournal reads the journal that a stopped server left in a data folder and
// holds it against what people were told: records without a gap, each command
// once, so many closes, each receipt, each row and each update as it was told. It
// returns the last price and how many rows there are.
func CheckJournal(t testing.TB, data string, session engine.SessionID, heard Heard, wantCloses int) (price engine.Dong, bids int) {
	t.Helper()
	j, err := journal.OpenPebble(filepath.Join(data, "journal"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	records := map[engine.Seq]engine.Record{}
	rows := map[engine.FeedSeq]engine.Row{}
	updates := map[engine.FeedSeq]string{}
	commands := map[engine.CommandID]engine.Seq{}
	var state engine.State
	var last engine.Seq
	closes := 0
	err = j.Replay(t.Context(), session, 0, func(e engine.Entry) error {
		r, err := e.Record()
		if err != nil {
			return err
		}
		if r.Seq != last+1 {
			t.Errorf("record %d follows %d", r.Seq, last)
		}
		last, r.Hash = r.Seq, e.Hash
		records[r.Seq] = r
		if r.Cmd != (engine.CommandID{}) {
			if before, twice := commands[r.Cmd]; twice {
				t.Errorf("command %s is in records %d and %d", r.Cmd, before, r.Seq)
			}
			commands[r.Cmd] = r.Seq
		}
		if r.Event.Kind() == engine.KindClosed {
			closes++
		}
		if state.Apply(r) {
			u := state.Update(r)
			text, err := json.Marshal(u)
			if err != nil {
				return err
			}
			updates[state.Feed] = string(text)
			if u.Row != nil {
				rows[state.Feed] = *u.Row
				price = u.Row.Level
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if closes != wantCloses {
		t.Errorf("the session closed %d times, want %d", closes, wantCloses)
	}
	for _, r := range heard.Receipts {
		if r.Seq == 0 {
			continue // refused without a record
		}
		if in, ok := records[r.Seq]; !ok || in.Cmd != r.Cmd || in.Hash != *r.Hash {
			t.Errorf("receipt %+v is not in the record, which has %+v there", r, in)
		}
	}
	for feed, row := range heard.Rows {
		if got, ok := rows[feed]; !ok || got.Level != row.Level || got.Code != row.Code || got.At != row.At {
			t.Errorf("the room was told %+v, the record has %+v", row, got)
		}
	}
	for _, s := range heard.Spectators {
		s.check(t, updates)
	}
	return price, len(rows)
}

// check says what was wrong with what a spectator was told.
func (s *Spectator) check(t testing.TB, updates map[engine.FeedSeq]string) {
	t.Helper()
	_, wrong := s.Told()
	for _, w := range append(wrong, s.differs(updates)...) {
		t.Errorf("a spectator: %s", w)
	}
}

// differs holds what a spectator was told against the updates of the record.
func (s *Spectator) differs(updates map[engine.FeedSeq]string) (wrong []string) {
	for seq, text := range s.told {
		if updates[seq] != text {
			wrong = append(wrong, fmt.Sprintf("update %d was told as\n  %s, the record has\n  %s", seq, text, updates[seq]))
		}
	}
	return wrong
}
