package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// payloadOf checks the header of a finished frame and returns its payload.
func payloadOf(t testing.TB, frame []byte) []byte {
	t.Helper()
	if frame[0] != opText {
		t.Fatalf("first byte %#x is not that of a whole text frame", frame[0])
	}
	n, rest := int(frame[1]), frame[2:]
	switch n {
	case 126:
		n, rest = int(binary.BigEndian.Uint16(rest)), rest[2:]
	case 127:
		n, rest = int(binary.BigEndian.Uint64(rest)), rest[8:]
	}
	if n != len(rest) {
		t.Fatalf("the header says %d bytes, there are %d", n, len(rest))
	}
	return rest
}

// TestServerFramesAreGolden compares every message with testdata/server.json,
// which the page's tests read too. -update rewrites it; then read the diff.
func TestServerFramesAreGolden(t *testing.T) {
	room := sampleRoom()
	snapshot := AppendSnapshot(nil, Snapshot{ID: 2, Session: someSession, Epoch: "x3f9a1c2", Seq: 124, Now: sampleNow}, RoomJSON(&room))
	later := AppendSnapshot(nil, Snapshot{Session: someSession, Epoch: "x3f9a1c2", Seq: 124, Now: sampleNow, Head: engine.Head{Seq: 411, Hash: engine.Hash{0xef}}}, RoomJSON(&room))
	behind := AppendSnapshot(nil, Snapshot{ID: 2, Session: someSession, Epoch: "x3f9a1c2", Seq: 124, Now: sampleNow, Behind: Behind{Since: sampleNow - 4000, Cut: true}}, RoomJSON(&room))
	sent := time.UnixMicro(1_767_225_573_000_042)
	frames := map[string][]byte{
		"snap answering sub": snapshot,
		"snap":               later,
		"snap behind":        behind,
		"pong":               AppendPongMessage(nil, Ping{10, "12345.678"}, sent.Add(-1050*time.Microsecond), sent),
	}
	for name, m := range sampleMessages() {
		frames[name] = Frame(m)
	}
	got := map[string]json.RawMessage{}
	for name, frame := range frames {
		got[name] = payloadOf(t, frame)
	}
	compareGolden(t, "testdata/server.json", got)
}

func compareGolden(t *testing.T, path string, got any) {
	t.Helper()
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, body.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body.Bytes(), want) {
		t.Errorf("%s differs from what is sent now; run with -update and read the diff.\n got %s", path, body.Bytes())
	}
}

const sampleNow = engine.Instant(1_767_225_573_000)

func sampleRoom() engine.Room {
	rules := engine.Rules{
		Method: "ascending", Currency: "VND", Start: 12_000_000_000,
		Step:    engine.Step{Kind: engine.StepFixed, Amount: 100_000_000},
		Closing: engine.Closing{Kind: engine.ClosingReset, WindowMs: 60_000, ByMs: 60_000, MaxCount: 10},
		Opening: engine.OpeningByAuctioneer, OpensAt: sampleNow - 600_000, BiddingMs: 1_200_000, ConfirmAbove: 10,
	}
	return engine.Room{
		Session:   someSession,
		Lot:       engine.Lot{AuctionID: "a1", LotID: "l1", Number: 1, Kind: "land", Title: "Quyền sử dụng đất <lô 12>", Deposit: 1_200_000_000},
		Rules:     rules,
		RulesHash: engine.Hash{1, 2, 3},
		Now: engine.Now{
			Phase: engine.PhaseRunning, Price: 12_800_000_000, Next: 12_900_000_000, Step: 100_000_000,
			Leader: "M-105", Bids: 2, ClosesAt: sampleNow + 600_000,
		},
		History: []engine.Row{
			{Feed: 3, At: sampleNow - 1000, Code: "M-105", Level: 12_800_000_000},
			{Feed: 2, At: sampleNow - 2000, Code: "M-733", Level: 12_700_000_000},
		},
		Messages: []engine.Message{{At: sampleNow - 5000, Text: "Bắt đầu trả giá."}},
	}
}

func sampleMessages() map[string]Message {
	hash := engine.Hash{9}
	row := engine.Row{Feed: 125, At: sampleNow, Code: "M-733", Level: 12_900_000_000}
	up := engine.Update{Kind: engine.KindBidAccepted, At: sampleNow, Now: sampleRoom().Now, Row: &row}
	up.Now.Price, up.Now.Next, up.Now.Leader, up.Now.Bids = 12_900_000_000, 13_000_000_000, "M-733", 3
	accepted := engine.Receipt{
		Cmd: someCmd, Act: engine.ActBid, Seq: 9, At: sampleNow, Accepted: true,
		Amount: 12_900_000_000, Price: 12_900_000_000, Next: 13_000_000_000, Leading: true, Hash: &hash,
	}
	refused := engine.Receipt{
		Cmd: someCmd, Act: engine.ActBid, Seq: 10, At: sampleNow, Reason: engine.ReasonTooLow,
		Amount: 12_900_000_000, Price: 12_900_000_000, Next: 13_000_000_000, Hash: &hash,
	}
	overLimit := refused
	overLimit.Reason, overLimit.Free = engine.ReasonOverLimit, new(engine.Dong(700_000_000))
	record := engine.DeskRecord{
		Seq: 10, At: sampleNow, Kind: engine.KindRefused, By: engine.Actor{Role: engine.RoleBidder, Ref: "M-733"},
		Code: "M-733", Act: engine.ActBid, Amount: 12_900_000_000, Reason: engine.ReasonTooLow, Hash: hash,
	}
	return map[string]Message{
		"welcome":            Welcome{ID: 1, Conn: "c9", Role: engine.RoleBidder, Name: "Nguyễn Văn A", Expiry: sampleNow + 600_000, Now: sampleNow},
		"ok":                 OK{ID: 3},
		"ok of refresh":      OK{ID: 11, Expiry: sampleNow + 600_000},
		"err":                Err{ID: 5, Code: CodeForbidden, Session: someSession},
		"err temporary":      Err{ID: 5, Code: CodeBusy, Temporary: true, Session: someSession},
		"err without id":     Err{Code: CodeBadFrame},
		"up":                 Up{someSession, 125, up},
		"subok":              SubOK{2, someSession, "x3f9a1c2", 124, true, Behind{}},
		"subok behind":       SubOK{2, someSession, "x3f9a1c2", 124, true, Behind{Since: sampleNow - 4000}},
		"you":                You{someSession, 125, true, engine.Standing{Code: "M-733", CheckedIn: true, Leading: true, Best: 12_900_000_000, LastBidAt: sampleNow, Withdrawable: true}},
		"you elsewhere":      You{someSession, 0, false, engine.Standing{Code: "M-733"}},
		"receipt":            Receipt{5, someSession, accepted, false},
		"receipt traced":     Receipt{5, someSession, accepted, true},
		"receipt refused":    Receipt{5, someSession, refused, false},
		"receipt over limit": Receipt{5, someSession, overLimit, false},
		"receipts":           Receipts{9, someSession, []engine.Receipt{accepted}, []engine.CommandID{someCmd}},
		"desk": Desk{someSession, 10, engine.Desk{
			Participants: []engine.DeskParticipant{{Code: "M-105", CheckedIn: true, Level: 12_800_000_000, Attempts: 1}, {Code: "M-733"}},
			Attempts:     []engine.DeskRecord{record},
		}, 12},
		"rec":            Rec{someSession, record},
		"head":           Head{someSession, engine.Head{Seq: 412, Hash: engine.Hash{0xab, 0xcd}}},
		"hb":             Heartbeat{someSession, "x3f9a1c2", 125, sampleNow, Behind{}},
		"hb behind":      Heartbeat{someSession, "x3f9a1c2", 125, sampleNow, Behind{Since: sampleNow - 4000, Cut: true}},
		"bye":            Bye{Code: ByeRestart, RetryMs: 1500},
		"bye of session": Bye{Session: someSession, Code: ByeStale, RetryMs: 1500},
		"bye for good":   Bye{Code: ByeKicked, RetryMs: -1},
		"bye signed out": Bye{Code: ByeSignedOut},
	}
}

// TestFramesOfEveryLength walks over the three forms of a frame's length.
func TestFramesOfEveryLength(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 0xffff, 0x10000, 200_000} {
		payload := bytes.Repeat([]byte{'x'}, n)
		frame := AppendText([]byte("before"), payload)
		if got := payloadOf(t, frame[len("before"):]); !bytes.Equal(got, payload) {
			t.Errorf("%d bytes came back as %d", n, len(got))
		}
	}
}

func TestControlFrames(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"ping", AppendPing(nil), "\x89\x00"},
		{"pong", AppendPong(nil, "abc"), "\x8a\x03abc"},
		{"pong too long", AppendPong(nil, strings.Repeat("a", 200)), "\x8a\x7d" + strings.Repeat("a", 125)},
		{"close", AppendClose(nil, CloseSlow), "\x88\x02\x0f\xa0"},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func BenchmarkFrameUp(b *testing.B) {
	up := sampleMessages()["up"]
	b.ReportAllocs()
	for b.Loop() {
		Frame(up)
	}
}
