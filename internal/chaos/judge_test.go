package chaos_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/internal/history"
	"gobua/internal/visitor/visitortest"
)

// finish waits for the close, has the result announced and delivered, reports
// what was seen, and judges. The program is stopped afterwards.
func (s *sale) finish() {
	s.T.Helper()
	room := s.await(engine.PhaseClosed)
	s.leave()
	s.announce(room)
	s.finishAnnounced(room)
}

// finishAnnounced is the rest of finish.
func (s *sale) finishAnnounced(room engine.Room) {
	s.T.Helper()
	s.eventually("the result is in the office", func() bool { return s.hasResult(s.dsn) })
	record := s.publicRecord()
	s.eachSawThis(room)
	s.report(room.Now.LostMs)
	if status := s.stop(); status != 0 {
		s.Errorf("the program ended with status %d", status)
	}
	s.judgeRecord(s.data, room)
	s.judgeProof(record)
	s.judgeHistory()
	s.judgeOffice(room)
	if s.heard.bids() < 3*len(s.bidders) {
		s.Errorf("only %d receipts: nobody was bidding, so nothing was tested", s.heard.bids())
	}
}

// announce says the result, by a command that is repeated until it is answered.
func (s *sale) announce(room engine.Room) {
	s.T.Helper()
	seat := s.staff.Seat()
	defer seat.Close()
	if _, err := seat.Follow(s.ctx, s.session); err != nil {
		s.Fatal(err)
	}
	r, err := seat.Do(s.ctx, s.session, engine.Announce{Winner: room.Now.Leader, Price: room.Now.Price})
	if err != nil || !r.Accepted {
		s.Fatalf("announcement: %+v, %v", r, err)
	}
	s.heard.count(func(k *told) { k.receipts = append(k.receipts, receipt{nil, r}) })
}

// eachSawThis: nothing that anybody was told contradicts the end.
func (s *sale) eachSawThis(room engine.Room) {
	s.T.Helper()
	for _, what := range s.heard.twice {
		s.Error(what)
	}
	for _, b := range s.bidders {
		if b.open != nil {
			s.Errorf("%s never learned what became of %s", b.who.Account.Login, b.open.id)
		}
		if b.room == nil {
			s.Errorf("%s never saw the room", b.who.Account.Login)
			continue
		}
		if view, _ := b.room.View(); view.Now.Price > room.Now.Price || view.Now.Bids > room.Now.Bids {
			s.Errorf("%s saw %d after %d bids, it ended with %d after %d", b.who.Account.Login, view.Now.Price, view.Now.Bids, room.Now.Price, room.Now.Bids)
		}
	}
}

// judgeRecord reads the journal that the stopped program left and holds it
// against what people were told.
func (s *sale) judgeRecord(data string, room engine.Room) {
	s.T.Helper()
	heard := visitortest.Heard{Rows: s.heard.rows}
	for _, r := range s.heard.receipts {
		heard.Receipts = append(heard.Receipts, r.Receipt)
	}
	price, bids := visitortest.CheckJournal(s.T, data, s.session, heard, 1)
	if price != room.Now.Price || bids != room.Now.Bids {
		s.Errorf("the record ends with %d after %d bids, the room was told %d after %d", price, bids, room.Now.Price, room.Now.Bids)
	}
}

// publicRecord is the record as anybody may fetch it.
func (s *sale) publicRecord() []byte {
	s.T.Helper()
	var text []byte
	s.eventually("the record is public", func() bool {
		r, err := http.Get("http://" + s.addr + "/api/v1/sessions/" + string(s.session) + "/record")
		if err != nil {
			return false
		}
		defer r.Body.Close()
		text, err = io.ReadAll(r.Body)
		return err == nil && r.StatusCode == http.StatusOK
	})
	return text
}

// judgeProof has the program itself, as a stranger runs it, hold the public
// record against every signed receipt.
func (s *sale) judgeProof(record []byte) {
	s.T.Helper()
	folder := s.T.TempDir()
	var kept bytes.Buffer
	n := 0
	for _, r := range s.heard.receipts {
		if r.to == nil || r.Seq == 0 {
			continue
		}
		if r.Proof == nil {
			s.Errorf("receipt %+v is not signed", r.Receipt)
			continue
		}
		by := engine.Actor{Role: engine.RoleBidder, Ref: string(r.to.code)}
		line, err := json.Marshal(proof.Kept{Session: s.session, By: by, Receipt: r.Receipt})
		if err != nil {
			s.Fatal(err)
		}
		if n++; n <= proof.MaxReceipts {
			kept.Write(append(line, '\n'))
		}
	}
	status, shown := command(s.T, "keys", "show", "--data", s.data)
	key, _, _ := strings.Cut(shown, "\n\n")
	if status != 0 {
		s.Fatalf("keys show: %s", shown)
	}
	for name, text := range map[string][]byte{"record.txt": record, "receipts.json": kept.Bytes()} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			s.Fatal(err)
		}
	}
	status, said := command(s.T, "verify", "--receipt", filepath.Join(folder, "receipts.json"), "--key", key, filepath.Join(folder, "record.txt"))
	if status != 0 || !strings.Contains(said, "every record follows by the rules") {
		s.Errorf("gobua verify does not accept the record with %d receipts: status %d\n%s", n, status, said)
	}
}

// judgeHistory: there is an order of all bids, each between its sending and its
// answer, in which one small auction without faults would have answered the same.
func (s *sale) judgeHistory() {
	s.T.Helper()
	if err := s.heard.history.Check(history.Sheet{Start: startPrice, Step: step}, time.Minute); err != nil {
		s.Error(err)
	}
}

// judgeOffice: the office has the result once, whole, and as it was announced.
func (s *sale) judgeOffice(room engine.Room) {
	s.T.Helper()
	db, err := sql.Open("postgres", s.dsn)
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	var rows, bids, said int
	var who string
	var paid int64
	err = db.QueryRowContext(s.T.Context(), `
		select (select count(*) from results where session_id = $1), (select count(*) from result_bids where session_id = $1),
			bid_count, coalesce(winner, ''), coalesce(price, 0) from results where session_id = $1`, s.session).Scan(&rows, &bids, &said, &who, &paid)
	if err != nil || rows != 1 || bids != said || who != string(room.Now.Leader) || paid != int64(room.Now.Price) {
		s.Errorf("%d results with %d of %d bids, won by %q at %d, want %q at %d; %v", rows, bids, said, who, paid, room.Now.Leader, room.Now.Price, err)
	}
}
