package visitor

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/transport/wire"
)

const testSession = engine.SessionID("k7qp0z3m9abc")

func TestTheServerReadsEveryCommandAsItWasMeant(t *testing.T) {
	id := uuid.MustParse("0198c0de-0000-7000-8000-00000000002a")
	for _, do := range []engine.Act{
		engine.CheckIn{},
		engine.PlaceBid{Amount: 12_900_000_000},
		engine.PlaceBid{Amount: 5, Confirm: 5},
		engine.RaiseMaximum{Amount: engine.MaxDong},
		engine.Buy{Amount: 5},
		engine.Withdraw{Confirm: "M-733"},
		engine.Withdraw{},
		engine.Open{},
		engine.Pause{Reason: "Mất điện"},
		engine.Resume{},
		engine.Stop{Reason: "Sự cố"},
		engine.Extend{By: 30_000, Reason: "Bù giờ"},
		engine.Say{Text: "Còn ai không?\n\"Không\""},
		engine.Disqualify{Code: "M-733", Reason: "Thông đồng"},
		engine.Cancel{Reason: "Rút tài sản"},
		engine.Announce{Winner: "M-733", Price: 7},
		engine.Announce{},
		engine.Announce{Winner: "M-733", Price: 7, Changes: 2},
		engine.PutOffer{Amount: 5, Units: 4},
		engine.Decline{Code: "M-733", Reason: "Chỉ còn một phần"},
		engine.Ask{Price: 5},
		engine.FloorBid{Code: "M-733", Amount: 5, Confirm: 5},
		engine.FloorCheckIn{Code: "M-733"},
		engine.Warn{},
		engine.Call{Price: 5},
		engine.Hammer{Price: 5},
		engine.Pass{},
		engine.Undo{Code: "M-733", Amount: 5, Reason: "Nghe nhầm"},
		engine.Reopen{Reason: "Nghe nhầm"},
	} {
		a, err := command(testSession, id, do)
		if err != nil {
			t.Fatal(err)
		}
		a.ID = 3
		got := decoded(t, a)
		if want := (wire.Command{Number: 3, Session: testSession, Cmd: id, Do: do}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the server reads %+v, want %+v", do.ActName(), got, want)
		}
	}
}

func TestTheServerReadsSubscriptions(t *testing.T) {
	room := newRoom(testSession)
	first := subscription(room)
	first.ID = 1
	if got := decoded(t, first); got != (wire.Sub{Number: 1, Session: testSession}) {
		t.Errorf("first: %+v", got)
	}
	room.take(&message{T: "snap", Epoch: "x3f9", Room: &engine.Room{}})
	again := subscription(room)
	again.ID = 2
	if got := decoded(t, again); got != (wire.Sub{Number: 2, Session: testSession, Epoch: "x3f9"}) {
		t.Errorf("again: %+v", got)
	}
}

func TestTheClockAndRecoveryAreNotForVisitors(t *testing.T) {
	for _, do := range []engine.Act{engine.Tick{}, engine.CreditOutage{}} {
		if _, err := command(testSession, uuid.UUID{1}, do); err == nil {
			t.Errorf("%s was put into words", do.ActName())
		}
	}
}

func decoded(t *testing.T, a ask) wire.Request {
	t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	got, err := wire.Decode(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return got
}

// payload is what a frame of the server carries.
func payload(t *testing.T, m wire.Message) *message {
	t.Helper()
	frame := string(wire.Frame(m))
	var out message
	if err := json.Unmarshal([]byte(frame[strings.Index(frame, "{"):]), &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestAnswersOfTheServerAreUnderstood(t *testing.T) {
	receipt := engine.Receipt{Act: engine.ActBid, Accepted: true, Price: 5}
	if got := payload(t, wire.Receipt{ID: 5, Session: testSession, Receipt: receipt}); got.ID != 5 || got.Receipt == nil || *got.Receipt != receipt {
		t.Errorf("receipt: %+v", got)
	}
	_, err := judged(*payload(t, wire.Err{ID: 5, Code: wire.CodeBusy, Temporary: true}))
	if r, ok := err.(*Refused); !ok || r.Code != "busy" || !r.Temporary || !passing(err) {
		t.Errorf("err: %v", err)
	}
	_, err = judged(*payload(t, wire.Err{ID: 5, Code: wire.CodeForbidden}))
	if passing(err) {
		t.Errorf("%v is passing", err)
	}
	if got := payload(t, wire.Welcome{ID: 1, Conn: "c9", Role: engine.RoleBidder, Expiry: 7, Now: 6}); got.Expires != 7 || got.Now != 6 || got.Role != engine.RoleBidder {
		t.Errorf("welcome: %+v", got)
	}
	if got := payload(t, wire.Bye{Code: wire.ByeRestart, RetryMs: 1500}); got.Code != "restart" || got.RetryMs != 1500 {
		t.Errorf("bye: %+v", got)
	}
	if got := payload(t, wire.Receipts{ID: 9, Receipts: []engine.Receipt{receipt}, Unknown: []engine.CommandID{{1}}}); len(got.Receipts) != 1 || len(got.Unknown) != 1 {
		t.Errorf("receipts: %+v", got)
	}
}
