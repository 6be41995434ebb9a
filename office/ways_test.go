package office_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/scenario"
	"gobua/engine/sealing"
	"gobua/office"
	"gobua/store/storetest"
)

// sold is one lot sold in some way: how it is published, and the story of its
// session, which opens at 16:00. AN, BINH and CUC stand for the codes.
type sold struct {
	rules func(*office.RulesDraft)
	story string
	// What the minutes say, in this order, and what they do not say.
	say, hide []string
	state     office.ProceedingState
}

const allThere = `
people AN BINH CUC

15:50:00 AN check-in
15:50:10 BINH check-in
15:50:20 CUC check-in
`

// ways are stories that each end in minutes.
var ways = map[string]sold{
	"sealed": {
		rules: func(r *office.RulesDraft) {
			r.Method = "sealed"
			r.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1, RunOffs: 1, RoundMs: 300_000}
		},
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:01:00 AN offer 60,000,000
16:02:00 BINH offer 65,000,000
16:03:00 CUC offer 65,000,000
16:04:00 AN offer 45,000,000
16:15:00 clock
16:16:00 auctioneer/DGV-01 present-key
16:16:30 clerk/TK-02 present-key
16:17:00 auctioneer open-round
16:18:00 CUC offer 80,000,000
16:19:00 BINH offer 70,000,000
16:22:00 clock
16:22:10 auctioneer/DGV-01 present-key
16:22:20 clerk/TK-02 present-key
16:23:00 auctioneer announce CUC 80,000,000
`,
		say: []string{
			"Phương thức: trả giá lên, bỏ phiếu gián tiếp", "3 người đủ điều kiện, 3 người có mặt", "Có 5 lần trả giá được ghi nhận",
			"16:02:00,000 BINH 65.000.000", "16:03:00,000 CUC 65.000.000", "16:04:00,000 AN 45.000.000",
			"16:18:00,000 CUC 80.000.000", "16:19:00,000 BINH 70.000.000",
			"DGV-01 nhận một trong hai khóa", "TK-02 nhận một trong hai khóa", "Mở phiên", "DGV-01 đưa khóa mở phiếu", "TK-02 đưa khóa mở phiếu",
			"Mở các phiếu trả giá của vòng 1 bằng hai khóa", "Vòng bỏ phiếu 2", "trả cao hơn 65.000.000", "gồm 2 người",
			"Mở các phiếu trả giá của vòng 2 bằng hai khóa", "công bố người trúng đấu giá là mã số CUC, giá trúng 80.000.000",
			"Giá trúng đấu giá: 80.000.000", "ghi nhận giá trúng lúc 16:18:00,000",
		},
		hide: []string{"60.000.000"}, // an offer that was changed is never opened
	},
	"second price": {
		rules: func(r *office.RulesDraft) {
			r.Method = "sealed"
			r.Sealed = &engine.Sealed{Pricing: engine.PricingSecond, Rounds: 1}
		},
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:01:00 AN offer 90,000,000
16:02:00 BINH offer 65,000,000
16:15:00 clock
16:16:00 auctioneer/DGV-01 present-key
16:16:30 clerk/TK-02 present-key
16:17:00 auctioneer announce AN 65,000,000
`,
		say: []string{"16:01:00,000 AN 90.000.000", "16:02:00,000 BINH 65.000.000", "Mở các phiếu trả giá", "mã số AN, giá trúng 65.000.000"},
	},
	"hybrid": {
		rules: func(r *office.RulesDraft) {
			r.Method, r.BiddingMs = "hybrid", 240_000
			r.Step = engine.Step{Kind: engine.StepPercent, BasisPoints: 200, Amount: 100_000}
			r.Descent = &engine.Descent{Amount: 5_000_000, EveryMs: 60_000, Floor: 25_000_000}
			r.Sealed, r.Hybrid = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}, &engine.Hybrid{OffersMs: 600_000, AnswerMs: 180_000}
		},
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:01:00 clock
16:02:00 clock
16:02:10 AN bid 30,000,000
16:03:00 BINH offer 32,000,000
16:04:00 CUC offer 34,000,000
16:12:10 clock
16:12:30 auctioneer/DGV-01 present-key
16:12:40 clerk/TK-02 present-key
16:13:20 AN bid 35,000,000
16:14:00 auctioneer announce AN 35,000,000
`,
		say: []string{
			"đặt giá xuống, sau đó bỏ phiếu kín trả cao hơn", "16:02:10,000 AN 30.000.000", "16:03:00,000 BINH 32.000.000",
			"16:04:00,000 CUC 34.000.000", "16:13:20,000 AN 35.000.000",
			"Giá giảm 2 lần", "AN chấp nhận giá 30.000.000", "những người khác bỏ phiếu trả cao hơn đến 16 giờ 12 phút 10 giây",
			"Mở phiếu được giá cao nhất 34.000.000", "mã số AN, giá trúng 35.000.000",
		},
	},
	"called": {
		rules: func(r *office.RulesDraft) {
			r.Method, r.Called = "called", &engine.Called{Calls: 3}
		},
		story: allThere + `
16:00:00 clock
16:00:05 auctioneer ask 50,000,000
16:01:00 AN bid 45,000,000
16:02:00 clerk floor-bid BINH 50,000,000
16:03:00 auctioneer floor-bid CUC 55,000,000
16:03:30 auctioneer undo CUC 55,000,000 Nhập nhầm mã số
16:04:00 auctioneer call 50,000,000
16:04:10 auctioneer call 50,000,000
16:04:15 auctioneer warn
16:04:20 auctioneer call 50,000,000
16:04:30 auctioneer hammer 50,000,000
16:05:00 auctioneer announce BINH 50,000,000
`,
		say: []string{
			"Có 3 lần trả giá được ghi nhận", "16:01:00,000 AN 45.000.000", "16:02:00,000 BINH 50.000.000", "trả tại hội trường",
			"16:03:00,000 CUC 55.000.000", "trả tại hội trường", "mời trả giá 50.000.000",
			"hủy ghi nhận giá 55.000.000 đồng của mã số CUC", "lý do: Nhập nhầm mã số", "gọi giá 50.000.000 đồng lần 1", "báo sắp gõ búa",
			"gọi giá 50.000.000 đồng lần 3", "gõ búa ở giá 50.000.000", "mã số BINH, giá trúng 50.000.000",
		},
	},
	"group": {
		rules: func(r *office.RulesDraft) {
			r.Closing = engine.Closing{Kind: engine.ClosingAdd, WindowMs: 60_000, ByMs: 120_000}
			r.Group = &engine.Group{Extends: true}
		},
		story: allThere + `
16:00:00 clock
16:10:00 AN bid 45,000,000
16:14:50 lot 4 extended until 16:17:00
16:16:30 BINH bid 50,000,000
16:19:00 clock
16:20:00 auctioneer announce BINH 50,000,000
`,
		say: []string{
			"16:10:00,000 AN 45.000.000", "Có giá mới sát giờ kết thúc của lô 4: cả nhóm gia hạn theo quy chế đến 16 giờ 17 phút 00 giây",
			"Có giá mới sát giờ kết thúc: gia hạn theo quy chế đến 16 giờ 19 phút 00 giây", "mã số BINH, giá trúng 50.000.000",
		},
	},
	"gong": {
		rules: func(r *office.RulesDraft) {
			r.Method, r.Gong, r.BiddingMs = "gong", &engine.Gong{SilenceMs: 180_000}, 3_600_000
		},
		story: allThere + `
16:00:00 clock
16:01:30 AN bid 45,000,000
16:03:10 BINH bid 60,000,000
16:06:10 clock
16:07:00 auctioneer announce BINH 60,000,000
`,
		say: []string{"16:01:30,000 AN 45.000.000", "16:03:10,000 BINH 60.000.000", "mã số BINH, giá trúng 60.000.000"},
	},
	"buy now": {
		rules: func(r *office.RulesDraft) { r.BuyNow = &engine.BuyNow{Amount: 90_000_000, Until: engine.BuyNowEnd} },
		story: allThere + `
16:00:00 clock
16:01:00 AN bid 45,000,000
16:02:00 BINH buy 90,000,000
16:03:00 auctioneer announce BINH 90,000,000
`,
		say: []string{
			"16:01:00,000 AN 45.000.000", "16:02:00,000 BINH 90.000.000", "mã số BINH mua ngay với giá 90.000.000", "Kết thúc việc trả giá",
			"mã số BINH, giá trúng 90.000.000",
		},
	},
}

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
	s.lot, s.session = a.Lots[0].ID, a.Lots[0].Session
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
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(m.PDF)
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
func holds(text, number string) bool { return regexp.MustCompile(`\b` + number + `\b`).MatchString(text) }

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
