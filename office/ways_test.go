package office_test

import (
	"bytes"
	"database/sql"
	comma "encoding/csv"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/scenario"
	"gobua/engine/sealing"
	"gobua/office"
	"gobua/office/table"
	"gobua/store/storetest"
)

// TestEveryWayToSellReachesTheMinutes: what happens in a session, by the real
// rules, comes through the office's database into minutes that tell it in its
// order: who, how much, when, and what the auctioneer did.
func TestEveryWayToSellReachesTheMinutes(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s := openFor(t, way.rules)
			s.play(t, way.story)
			text := s.minutes(t)
			rest := text
			for _, want := range way.say {
				_, after, found := strings.Cut(rest, s.named(want))
				if !found {
					t.Fatalf("%q does not follow in\n%s", s.named(want), text)
				}
				rest = after
			}
			for _, secret := range way.hide {
				if strings.Contains(text, secret) {
					t.Errorf("%q is told in\n%s", secret, text)
				}
				if holds(tables(t, s.db), strings.ReplaceAll(secret, ".", "")) {
					t.Errorf("%q is in the database", secret)
				}
			}
		})
	}
}

// TestEveryWayToSellIsToldByTheExports: the report of bids says how each was
// made and why one counts no more; the open data name a method of the law where
// it is one, and how prices were offered.
func TestEveryWayToSellIsToldByTheExports(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s := openFor(t, way.rules)
			s.play(t, way.story)
			r, err := s.Report(background, s.clerk, office.ReportQuery{Kind: office.ReportBids, Format: table.CSV, Session: s.session})
			check(t, err)
			var written bytes.Buffer
			check(t, r.Write(background, &written))
			rows, err := comma.NewReader(bytes.NewReader(bytes.TrimPrefix(written.Bytes(), []byte("\ufeff")))).ReadAll()
			check(t, err)
			var bids []string
			for _, row := range rows[1:] {
				bids = append(bids, strings.Join(row[4:], " "))
			}
			if !slices.Equal(bids, way.bids) {
				t.Errorf("the report of bids:\n%q\nwant\n%q", bids, way.bids)
			}
			notice, _, err := s.FeedNotice(background, "https://example.vn", s.auction)
			check(t, err)
			lot := notice.Lots[0]
			var offers []string
			for _, one := range lot.Offers {
				offers = append(offers, string(one))
			}
			if string(lot.Method) != way.method || !slices.Equal(offers, way.submitted) {
				t.Errorf("the open data: %q, %q, want %q, %q", lot.Method, offers, way.method, way.submitted)
			}
		})
	}
}

// TestOffersOfAStoppedSessionStaySealed: what was never opened is in no table.
func TestOffersOfAStoppedSessionStaySealed(t *testing.T) {
	s := openFor(t, ways["sealed"].rules)
	story, _, _ := strings.Cut(ways["sealed"].story, "16:16:30") // before the second key
	s.play(t, story+"16:17:00 auctioneer stop Mất điện toàn thành phố\n")
	r, err := s.Result(background, s.session)
	check(t, err)
	if r.Phase != engine.PhaseStopped || len(r.Bids) != 0 {
		t.Fatalf("%+v", r)
	}
	held := tables(t, s.db)
	for _, amount := range []string{"60000000", "65000000", "45000000"} {
		if holds(held, amount) {
			t.Errorf("%s is in the database", amount)
		}
	}
}

// TestSealedOffersReachTheOfficeOnceOpened: with the real engine beside the
// office, none of its tables holds an amount before the second key, and then
// the announced result is there.
func TestSealedOffersReachTheOfficeOnceOpened(t *testing.T) {
	dsn := storetest.Database(t)
	store := storetest.OpenAt(t, dsn)
	storetest.WaitReady(t, store)
	db, h := storetest.Connect(t, dsn), openOn(t, store)
	room := &saleroom{t: t, mem: journal.NewMemory()}
	room.start(h)
	defer func() { room.reg.Stop() }()
	room.opensIn, room.rules = 300*time.Millisecond, ways["second price"].rules
	id, _ := room.publishNow(h)
	keepers := []engine.Actor{{Role: engine.RoleAuctioneer, Ref: "12/TP"}, {Role: engine.RoleClerk, Ref: "TK-02"}}
	for i, who := range keepers {
		room.do(id, who, engine.TakeKey{Publics: sealing.PublicKeys([sealing.SecretBytes]byte{byte(i)}, id, 1)})
	}
	amounts := []engine.Dong{55_000_000, 85_000_000}
	var codes []engine.ParticipantCode
	for i, who := range []office.Account{h.an, h.binh} {
		mine, err := h.Participations(background, who.ID)
		check(t, err)
		codes = append(codes, mine[0].Code)
		room.do(id, engine.Actor{Role: engine.RoleBidder, Ref: string(codes[i])}, engine.CheckIn{})
	}
	room.until(id, engine.PhaseRunning)
	for i, code := range codes {
		room.do(id, engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, engine.PutOffer{Amount: amounts[i], Confirm: amounts[i]})
	}
	room.until(id, engine.PhaseClosed)
	held := tables(t, db)
	for i, who := range keepers {
		if holds(held, "55000000") || holds(held, "85000000") {
			t.Fatalf("an offer is in the database before key %d of 2", i+1)
		}
		room.do(id, who, engine.PresentKey{Private: sealing.PrivateKey([sealing.SecretBytes]byte{byte(i)}, id, 1)})
		held = tables(t, db)
	}
	room.do(id, keepers[0], engine.Announce{Winner: codes[1], Price: amounts[0]})
	storetest.Until(t, func() error {
		if room.reg.Backlog() != 0 {
			return errors.New("the result is still waiting")
		}
		return nil
	})
	if held = tables(t, db); !holds(held, "55000000") || !holds(held, "85000000") {
		t.Error("what is looked for cannot be found even now")
	}
	got, err := h.Result(background, id)
	check(t, err)
	if got.Result.Winner != codes[1] || got.Result.Price != amounts[0] || len(got.Bids) != 2 || got.Bids[0].Level != amounts[0] || got.Bids[1].Level != amounts[1] {
		t.Fatalf("%+v", got)
	}
}

// shop is an office with one published lot, on a database that can be read
// beside it.
type shop struct {
	*house
	db      *sql.DB
	auction string
	lot     string
	session engine.SessionID
	codes   *strings.Replacer // AN, BINH and CUC to their codes
}

func openFor(t *testing.T, rules func(*office.RulesDraft)) *shop {
	t.Helper()
	dsn := storetest.Database(t)
	store := storetest.OpenAt(t, dsn)
	storetest.WaitReady(t, store)
	s := &shop{house: openOn(t, store), db: storetest.Connect(t, dsn)}
	cuc := s.account(t, "cuc.cuc", "Lò Thị Cúc", engine.RoleBidder)
	d := sheet(s.house)
	d.Lots = d.Lots[1:]
	d.Lots[0].Rules.BiddingMs = 15 * 60_000
	rules(&d.Lots[0].Rules)
	d.Participants = append(d.Participants, office.Participant{AccountID: cuc.ID})
	d.Sheet.After = saleAfter
	a, err := s.CreateAuction(background, s.auctioneer, d, "")
	check(t, err)
	a, err = s.Publish(background, s.auctioneer, a.ID, a.Version)
	check(t, err)
	s.auction, s.lot, s.session = a.ID, a.Lots[0].ID, a.Lots[0].Session
	var names []string
	for name, who := range map[string]office.Account{"AN": s.an, "BINH": s.binh, "CUC": cuc} {
		mine, err := s.Participations(background, who.ID)
		check(t, err)
		names = append(names, name, string(mine[0].Code))
	}
	s.codes = strings.NewReplacer(names...)
	return s
}

func (s *shop) named(text string) string { return s.codes.Replace(text) }

// play plays a story under the lot's frozen rules and delivers what the engine
// extracts from it.
func (s *shop) play(t *testing.T, story string) {
	t.Helper()
	created := s.created[s.session]
	script, err := scenario.ParseUnder(created.Rules, []byte(s.named(story)))
	check(t, err)
	played := script.Play()
	if !played.State.Phase.Final() || bytes.Contains(played.Text, []byte("refused")) {
		t.Fatalf("the story goes otherwise:\n%s", played.Text)
	}
	var x engine.Extractor
	for i, r := range played.Records {
		if i == 0 {
			r.Event = &created // the same sheet and people, as the office made them
		}
		x.Add(r)
	}
	s.pass(2 * time.Hour)
	check(t, s.Deliver(background, office.ResultOf(x.Extract())))
}

// minutes is the text of the first minutes of the lot.
func (s *shop) minutes(t *testing.T) string {
	t.Helper()
	m, err := s.MinutesFile(background, s.auctioneer, s.lot, 1)
	check(t, err)
	return pdfText(t, m.PDF)
}

// pdfText is what somebody reads in a file, on one line.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext of poppler: %v", err)
	}
	return norm.NFC.String(strings.Join(strings.Fields(string(text)), " "))
}

// tables is all that the office's database holds, as text.
func tables(t *testing.T, db *sql.DB) string {
	t.Helper()
	var all strings.Builder
	for _, name := range column(t, db, "select quote_ident(table_name) from information_schema.tables where table_schema = current_schema()") {
		for _, row := range column(t, db, fmt.Sprintf("select t::text from %s t", name)) {
			all.WriteString(row + "\n")
		}
	}
	if !strings.Contains(all.String(), "Nguyễn Văn Ấn") {
		t.Fatal("the tables were not read")
	}
	return all.String()
}

// holds tells whether a number is there, and not only as part of another.
func holds(text, number string) bool {
	return regexp.MustCompile(`\b` + number + `\b`).MatchString(text)
}

func column(t *testing.T, db *sql.DB, query string) (list []string) {
	t.Helper()
	rows, err := db.Query(query)
	check(t, err)
	defer rows.Close()
	for rows.Next() {
		var one string
		check(t, rows.Scan(&one))
		list = append(list, one)
	}
	check(t, rows.Err())
	return list
}
