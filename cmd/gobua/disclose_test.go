package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/internal/visitor"
)

// maxima plays a session on a real server in which lan leads with a maximum that
// was never reached, and which does not come to its reserve.
func maxima(t *testing.T, p *process) (lot string, session engine.SessionID, staff *visitor.Person) {
	t.Helper()
	ctx := t.Context()
	staff, bidders := people(t, ctx, p.site())
	a := visitor.Auction{Title: "Maxima", Centre: "Test", Owner: "Test", Place: "Here"}
	for _, b := range bidders {
		a.Participants = append(a.Participants, visitor.Participant{AccountID: b.Account.ID})
	}
	rules := engine.Rules{
		Method: "ascending", Currency: "VND", Start: 1_000_000, Step: engine.Step{Kind: engine.StepFixed, Amount: 1000}, Proxy: true,
		Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByAuctioneer, OpensAt: engine.InstantOf(time.Now()), BiddingMs: 3000, RecoveryMinMs: 1500,
	}
	a.Lots = []visitor.Lot{{Number: 1, Kind: "goods", Title: "A lot with maxima", Rules: visitor.LotRules{Rules: rules, ReserveAmount: 9_000_000}}}
	a, err := staff.CreateAuction(ctx, a)
	if err == nil {
		a, err = staff.Publish(ctx, a)
	}
	if err != nil {
		t.Fatal(err)
	}
	session = a.Lots[0].Session
	var made struct{ Lots []struct{ ID string } }
	if _, body := p.get(staff, "/auctions/"+a.ID); json.Unmarshal(body, &made) != nil || len(made.Lots) != 1 {
		t.Fatalf("the auction: %s", body)
	}
	lot = made.Lots[0].ID
	do := func(seat *visitor.Seat, act engine.Act) {
		t.Helper()
		if r, err := seat.Do(ctx, session, act); err != nil || !r.Accepted {
			t.Fatalf("%s: %+v, %v", act.ActName(), r, err)
		}
	}
	var seats []*visitor.Seat
	for _, who := range []*visitor.Person{staff, bidders[0], bidders[1]} {
		seat := who.Seat()
		defer seat.Close()
		if _, err := seat.Follow(ctx, session); err != nil {
			t.Fatal(err)
		}
		seats = append(seats, seat)
	}
	do(seats[1], engine.CheckIn{})
	do(seats[2], engine.CheckIn{})
	do(seats[0], engine.Open{})
	do(seats[1], engine.PlaceBid{Amount: 2_400_000})
	do(seats[2], engine.PlaceBid{Amount: 1_300_000})
	awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	do(seats[0], engine.Announce{})
	return lot, session, staff
}

func (p *process) get(who *visitor.Person, path string) (int, []byte) {
	p.t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+p.addr+"/api/v1"+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	token, err := who.Token(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return r.StatusCode, body
}

// TestAStrangerHasTheMinutesAndOneSecret: the PDF alone has the record, which is
// verified; of the stopped server's journal one secret is opened, which is held
// against that record, and the public log says that it was opened.
func TestAStrangerHasTheMinutesAndOneSecret(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	p.start()
	lot, session, staff := maxima(t, p)
	var pdf []byte
	p.eventually("there are minutes", func() bool {
		status, body := p.get(staff, "/proceedings/"+lot+"/minutes?number=1")
		pdf = body
		return status == http.StatusOK
	})
	_, public := p.get(staff, "/sessions/"+string(session)+"/record")
	dir := t.TempDir()
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	minutes := write("minutes.pdf", string(pdf))
	if said, err := exec.Command("pdfdetach", "-saveall", "-o", dir, minutes).CombinedOutput(); err != nil {
		t.Fatalf("pdfdetach of poppler: %v\n%s", err, said)
	}
	record := filepath.Join(dir, "phien-"+string(session)+".txt")
	text := readBack(t, record)
	if report, err := proof.Verify(strings.NewReader(text), proof.Options{}); err != nil || report.Claims.Hidden != 1 || !report.Claims.Reserve || !bytes.HasPrefix(public, []byte(text)) {
		t.Fatalf("the record in the minutes: %v, %+v", err, report.Claims)
	}

	disclose := func(args ...string) (int, string) {
		t.Helper()
		return refusal(t, gobua(nil, append([]string{"disclose", "--data", p.data, string(session)}, args...)...))
	}
	if status, said := disclose(); status == 0 || !strings.Contains(said, "stop the server first") {
		t.Errorf("while it runs: status %d, %s", status, said)
	}
	p.stop()
	status, said := disclose()
	if status != 0 || !strings.Contains(said, "reserve ") || !strings.Contains(said, "bid of ") || strings.Contains(said, "2400000") || strings.Contains(said, "9000000") {
		t.Fatalf("what there is: status %d, %s", status, said)
	}
	number, _, _ := strings.Cut(strings.Split(said, "\n")[1], " ")
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{number}, "say why"},
		{[]string{"1", "--reason", "x"}, "hides nothing"},
		{[]string{"99", "--reason", "x"}, "hides nothing"},
		{[]string{number, "--reason", "two\nlines"}, "nothing was disclosed"},
	} {
		if status, said := disclose(tt.args...); status == 0 || !strings.Contains(said, tt.says) || strings.Contains(said, "2400000") {
			t.Errorf("%v: status %d, %s", tt.args, status, said)
		}
	}
	opened := map[string]string{}
	for _, secret := range []string{number, "reserve"} {
		cmd := gobua(nil, "disclose", "--data", p.data, string(session), secret, "--reason", "Theo yêu cầu của người trúng đấu giá")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", secret, err)
		}
		opened[secret] = write("disclosed-"+secret+".txt", string(out))
	}
	forged := write("forged.txt", strings.Replace(readBack(t, opened[number]), "2400000", "2500000", 1))
	other := write("other.txt", string(aRecord(t)))
	for _, tt := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"--disclosure", opened[number], record}, 0, "bid up to 2400000, and after it the price was 1000000"},
		{[]string{"--disclosure", opened["reserve"], record}, 0, "the hidden reserve was 9000000"},
		{[]string{"--disclosure", forged, record}, 1, "NOT TO BE BELIEVED  salt and fields are not what record " + number + " commits to"},
		{[]string{"--disclosure", opened[number], other}, 1, "it is of session " + string(session)},
		{[]string{"--disclosure", record, record}, 1, "it is no disclosure"},
		{[]string{"--disclosure", opened[number], record, other}, 1, "the record of one session"},
		{[]string{"--disclosure", filepath.Join(dir, "none"), record}, 1, "no such file"},
	} {
		if status, out := refusal(t, gobua(nil, append([]string{"verify"}, tt.args...)...)); status != tt.status || !strings.Contains(out, tt.says) {
			t.Errorf("%v: status %d, want %d\n%s", tt.args, status, tt.status, out)
		}
	}

	p.start() // with the log that was written while it was away
	for _, secret := range []string{number, "reserve"} {
		if want := fmt.Sprintf(" %s %s\nTheo yêu cầu của người trúng đấu giá\n", session, secret); !strings.Contains(p.logged(), want) {
			t.Errorf("the public log does not say %q", want)
		}
	}
}
