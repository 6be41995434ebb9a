package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
)

const (
	someSession = engine.SessionID("k7qp0z3m9abc")
	someCmdText = "0198c0de-0000-7000-8000-00000000002a"
)

var someCmd = uuid.MustParse(someCmdText)

// TestDecodesEveryRequest holds what is read against what was meant. The
// frames are shared with the page's tests, which must be able to make them.
func TestDecodesEveryRequest(t *testing.T) {
	want := map[string]Request{
		"hello":           Hello{1, "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"},
		"sub":             Sub{Number: 2, Session: someSession},
		"sub resuming":    Sub{Number: 2, Session: someSession, Epoch: "x3f9a1c2", Seq: 124},
		"sub from zero":   Sub{Number: 2, Session: someSession, Epoch: "x3f9a1c2"},
		"sub desk":        Sub{Number: 2, Session: someSession, Desk: true},
		"unsub":           Unsub{3, someSession},
		"checkin":         Command{4, someSession, someCmd, engine.CheckIn{}},
		"bid":             Command{5, someSession, someCmd, engine.PlaceBid{Amount: 12_900_000_000}},
		"bid confirmed":   Command{5, someSession, someCmd, engine.PlaceBid{Amount: 12_900_000_000, Confirm: 12_900_000_000}},
		"bid of the cap":  Command{5, someSession, someCmd, engine.PlaceBid{Amount: engine.MaxDong}},
		"raise":           Command{6, someSession, someCmd, engine.RaiseMaximum{Amount: 13_000_000_000}},
		"withdraw":        Command{7, someSession, someCmd, engine.Withdraw{Confirm: "M-733"}},
		"open":            Command{8, someSession, someCmd, engine.Open{}},
		"pause":           Command{8, someSession, someCmd, engine.Pause{Reason: "Mất điện tại hội trường"}},
		"resume":          Command{8, someSession, someCmd, engine.Resume{}},
		"stop":            Command{8, someSession, someCmd, engine.Stop{Reason: "Sự cố"}},
		"extend":          Command{8, someSession, someCmd, engine.Extend{By: 30_000, Reason: "Bù thời gian"}},
		"say":             Command{8, someSession, someCmd, engine.Say{Text: "Còn ai trả giá cao hơn không?"}},
		"disqualify":      Command{8, someSession, someCmd, engine.Disqualify{Code: "M-733", Reason: "Thông đồng"}},
		"cancel":          Command{8, someSession, someCmd, engine.Cancel{Reason: "Rút tài sản"}},
		"announce":        Command{8, someSession, someCmd, engine.Announce{Winner: "M-733", Price: 12_900_000_000}},
		"announce none":   Command{8, someSession, someCmd, engine.Announce{}},
		"offer":           Command{6, someSession, someCmd, engine.PutOffer{Amount: 12_900_000_000}},
		"offer confirmed": Command{6, someSession, someCmd, engine.PutOffer{Amount: 12_900_000_000, Confirm: 12_900_000_000}},
		"offer units":     Command{6, someSession, someCmd, engine.PutOffer{Amount: 12_900_000, Units: 75}},
		"announce units":  Command{8, someSession, someCmd, engine.Announce{Winner: "M-733", Price: 12_900_000, Changes: 1}},
		"decline":         Command{8, someSession, someCmd, engine.Decline{Code: "M-105", Reason: "Chỉ còn một phần"}},
		"take_back":       Command{7, someSession, someCmd, engine.TakeOfferBack{}},
		"take_key":        Command{8, someSession, someCmd, engine.TakeKey{Publics: []engine.Key{{9}, {10}}}},
		"present_key":     Command{8, someSession, someCmd, engine.PresentKey{Private: engine.Key{11}}},
		"open_round":      Command{8, someSession, someCmd, engine.OpenRound{}},
		"ask":             Ask{9, someSession, []engine.CommandID{someCmd, someCmd}, false},
		"drop":            Ask{9, someSession, []engine.CommandID{someCmd, someCmd}, true},
		"ping":            Ping{10, "12345.678"},
		"refresh":         Refresh{11, "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"},
		"seen":            Seen{13, someCmd, [4]engine.Instant{sampleNow - 130, sampleNow - 127, sampleNow + 21, sampleNow + 40}, 12},
		"take":            Take{12, someSession},
		"biggest number":  Ping{1<<31 - 1, "-1.5e-7"},
		"escapes":         Command{8, someSession, someCmd, engine.Say{Text: "a\"b\\c\nđ😀"}},
		"act ask":         Command{8, someSession, someCmd, engine.Ask{Price: 13_000_000_000}},
		"floor bid":       Command{8, someSession, someCmd, engine.FloorBid{Code: "M-733", Amount: 12_900_000_000, Confirm: 12_900_000_000}},
		"floor check in":  Command{8, someSession, someCmd, engine.FloorCheckIn{Code: "M-733"}},
		"warn":            Command{8, someSession, someCmd, engine.Warn{}},
		"call":            Command{8, someSession, someCmd, engine.Call{Price: 12_900_000_000}},
		"hammer":          Command{8, someSession, someCmd, engine.Hammer{Price: 12_900_000_000}},
		"pass":            Command{8, someSession, someCmd, engine.Pass{}},
		"undo":            Command{8, someSession, someCmd, engine.Undo{Code: "M-733", Amount: 12_900_000_000, Reason: "Nghe nhầm mã số"}},
		"confirm undo":    Command{8, someSession, someCmd, engine.ConfirmUndo{Code: "M-733", Amount: 12_900_000_000}},
		"drop undo":       Command{8, someSession, someCmd, engine.DropUndo{Code: "M-733", Amount: 12_900_000_000, Reason: "Tôi cũng nghe mã số này"}},
		"reopen":          Command{8, someSession, someCmd, engine.Reopen{Reason: "Có người trả giá trong hội trường"}},
		"buy":             Command{6, someSession, someCmd, engine.Buy{Amount: 13_000_000_000}},
	}
	frames := readFrames(t)
	for name, request := range want {
		frame, ok := frames[name]
		if !ok {
			t.Errorf("testdata/client.json has no frame %q", name)
			continue
		}
		got, err := Decode([]byte(frame))
		if err != nil || !reflect.DeepEqual(got, request) {
			t.Errorf("%s: %s\n got %#v, %v\nwant %#v", name, frame, got, err, request)
		}
	}
	if len(frames) != len(want) {
		t.Errorf("testdata/client.json has %d frames, the test knows %d", len(frames), len(want))
	}
}

func readFrames(t testing.TB) map[string]string {
	t.Helper()
	var frames map[string]string
	readJSON(t, "testdata/client.json", &frames)
	return frames
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(path, err)
	}
}

// TestRefusesWhatIsNoRequest names every kind of frame a stranger may try.
func TestRefusesWhatIsNoRequest(t *testing.T) {
	bid := func(amount string) string {
		return `{"op":"bid","id":5,"session":"k7qp0z3m9abc","cmd":"` + someCmdText + `","amount":` + amount + `}`
	}
	seen := func(at, off string) string {
		return `{"op":"seen","id":13,"cmd":"` + someCmdText + `","at":` + at + `,"off":` + off + `}`
	}
	cmds := strings.Repeat(`"`+someCmdText+`",`, MaxAsked) + `"` + someCmdText + `"`
	for name, c := range map[string]struct {
		frame string
		code  Code
		id    Number
	}{
		"nothing":                 {``, CodeBadFrame, 0},
		"no object":               {`[]`, CodeBadFrame, 0},
		"empty object":            {`{}`, CodeBadFrame, 0},
		"not closed":              {`{"op":"ping","id":1,"ct":1`, CodeBadFrame, 1},
		"trailing data":           {`{"op":"ping","id":1,"ct":1}{}`, CodeBadFrame, 1},
		"trailing comma":          {`{"op":"ping","id":1,"ct":1,}`, CodeBadFrame, 1},
		"no op":                   {`{"id":1}`, CodeBadFrame, 1},
		"no id":                   {`{"op":"ping","ct":1}`, CodeBadFrame, 0},
		"id zero":                 {`{"op":"ping","id":0,"ct":1}`, CodeBadFrame, 0},
		"id too large":            {`{"op":"ping","id":2147483648,"ct":1}`, CodeBadFrame, 0},
		"id as text":              {`{"op":"ping","id":"1","ct":1}`, CodeBadFrame, 0},
		"unknown op":              {`{"op":"steal","id":1}`, CodeUnknownOp, 1},
		"unknown field":           {`{"op":"ping","id":1,"ct":1,"x":1}`, CodeBadFrame, 1},
		"key in other case":       {`{"op":"ping","id":1,"CT":1}`, CodeBadFrame, 1},
		"field of another op":     {`{"op":"ping","id":1,"ct":1,"token":"x"}`, CodeBadFrame, 1},
		"field missing":           {`{"op":"hello","id":1}`, CodeBadFrame, 1},
		"field twice":             {`{"op":"ping","id":1,"ct":1,"ct":2}`, CodeBadFrame, 1},
		"nested":                  {`{"op":"ping","id":1,"ct":{"a":1}}`, CodeBadFrame, 1},
		"deeply nested":           {strings.Repeat(`[`, 4000), CodeBadFrame, 0},
		"control character":       {"{\"op\":\"hello\",\"id\":1,\"token\":\"a\x01\"}", CodeBadFrame, 1},
		"not UTF-8":               {"{\"op\":\"hello\",\"id\":1,\"token\":\"\xff\"}", CodeBadFrame, 0},
		"bad escape":              {`{"op":"hello","id":1,"token":"\q"}`, CodeBadFrame, 1},
		"time that is no number":  {`{"op":"ping","id":1,"ct":01}`, CodeBadFrame, 1},
		"time as text":            {`{"op":"ping","id":1,"ct":"1"}`, CodeBadFrame, 1},
		"time too long":           {`{"op":"ping","id":1,"ct":1.00000000000000000000000000000000001}`, CodeBadFrame, 1},
		"oversize":                {`{"op":"hello","id":1,"token":"` + strings.Repeat("x", MaxClientFrame) + `"}`, CodeBadFrame, 0},
		"session malformed":       {`{"op":"sub","id":2,"session":"K7QP0Z3M9ABC"}`, CodeUnknownSession, 2},
		"epoch without seq":       {`{"op":"sub","id":2,"session":"k7qp0z3m9abc","epoch":"x3f9a1c2"}`, CodeBadFrame, 2},
		"unknown view":            {`{"op":"sub","id":2,"session":"k7qp0z3m9abc","view":"all"}`, CodeBadFrame, 2},
		"command id of version 4": {`{"op":"checkin","id":2,"session":"k7qp0z3m9abc","cmd":"0198c0de-0000-4000-8000-00000000002a"}`, CodeBadFrame, 2},
		"command id with braces":  {`{"op":"checkin","id":2,"session":"k7qp0z3m9abc","cmd":"{` + someCmdText + `}"}`, CodeBadFrame, 2},
		"unknown act":             {`{"op":"act","id":8,"session":"k7qp0z3m9abc","cmd":"` + someCmdText + `","act":"win"}`, CodeBadFrame, 8},
		"field of another act":    {`{"op":"act","id":8,"session":"k7qp0z3m9abc","cmd":"` + someCmdText + `","act":"open","ms":1}`, CodeBadFrame, 8},
		"negative duration":       {`{"op":"act","id":8,"session":"k7qp0z3m9abc","cmd":"` + someCmdText + `","act":"extend","ms":-1}`, CodeBadFrame, 8},
		"drop nothing":            {`{"op":"drop","id":9,"session":"k7qp0z3m9abc","cmds":[]}`, CodeBadFrame, 9},
		"drop one":                {`{"op":"drop","id":9,"session":"k7qp0z3m9abc","cmd":"` + someCmdText + `"}`, CodeBadFrame, 9},
		"ask for nothing":         {`{"op":"ask","id":9,"session":"k7qp0z3m9abc","cmds":[]}`, CodeBadFrame, 9},
		"ask for too much":        {`{"op":"ask","id":9,"session":"k7qp0z3m9abc","cmds":[` + cmds + `]}`, CodeBadFrame, 9},
		"three moments":           {seen(`[1,2,3]`, `1`), CodeBadFrame, 13},
		"five moments":            {seen(`[1,2,3,4,5]`, `1`), CodeBadFrame, 13},
		"moments without a list":  {seen(`1,2,3,4`, `1`), CodeBadFrame, 13},
		"a moment with a comma":   {seen(`[1,2,3,4,]`, `1`), CodeBadFrame, 13},
		"a fraction of a moment":  {seen(`[1,2,3,4.5]`, `1`), CodeBadFrame, 13},
		"off by less than none":   {seen(`[1,2,3,4]`, `-1`), CodeBadFrame, 13},
		"fraction":                {bid(`1.5`), CodeBadAmount, 5},
		"exponent":                {bid(`1e3`), CodeBadAmount, 5},
		"whole fraction":          {bid(`5.0`), CodeBadAmount, 5},
		"amount as text":          {bid(`"5"`), CodeBadAmount, 5},
		"negative":                {bid(`-1`), CodeBadAmount, 5},
		"zero":                    {bid(`0`), CodeBadAmount, 5},
		"over the cap":            {bid(`9000000000000001`), CodeBadAmount, 5},
		"huge":                    {bid(strings.Repeat("9", 400)), CodeBadAmount, 5},
		"null":                    {bid(`null`), CodeBadAmount, 5},
		"true":                    {bid(`true`), CodeBadAmount, 5},
		"leading zero":            {bid(`05`), CodeBadFrame, 5},
		"not a number":            {bid(`NaN`), CodeBadFrame, 5},
		"list":                    {bid(`[5]`), CodeBadFrame, 5},
		"bad confirmation":        {strings.Replace(bid(`5`), `}`, `,"confirm":5.5}`, 1), CodeBadAmount, 5},
		"amount before id":        {`{"amount":-1,"op":"bid","session":"k7qp0z3m9abc","cmd":"` + someCmdText + `","id":5}`, CodeBadAmount, 5},
	} {
		r, err := Decode([]byte(c.frame))
		var fault *Fault
		if !errors.As(err, &fault) {
			t.Errorf("%s: got %#v, %v", name, r, err)
			continue
		}
		if fault.Code != c.code || fault.Number != c.id {
			t.Errorf("%s: got %s for request %d, want %s for %d", name, fault.Code, fault.Number, c.code, c.id)
		}
	}
}

// TestBidIsDecodedCheaply guards the hot path: the session's id, the boxed act
// and the boxed request are all that a bid may allocate.
func TestBidIsDecodedCheaply(t *testing.T) {
	frame := []byte(readFrames(t)["bid confirmed"])
	n := testing.AllocsPerRun(1000, func() {
		if _, err := Decode(frame); err != nil {
			t.Fatal(err)
		}
	})
	if n > 5 {
		t.Errorf("%v allocations for a bid, want at most 5", n)
	}
}

// looseRequest is every field of the protocol as encoding/json reads it.
type looseRequest struct {
	Op      *string      `json:"op"`
	ID      *json.Number `json:"id"`
	Token   *string      `json:"token"`
	Session *string      `json:"session"`
	Epoch   *string      `json:"epoch"`
	Seq     *json.Number `json:"seq"`
	View    *string      `json:"view"`
	Cmd     *string      `json:"cmd"`
	Amount  *json.Number `json:"amount"`
	Confirm *json.Number `json:"confirm"`
	Code    *string      `json:"code"`
	Act     *string      `json:"act"`
	Text    *string      `json:"text"`
	Ms      *json.Number `json:"ms"`
	Price   *json.Number `json:"price"`
	Cmds    []string     `json:"cmds"`
	CT      *json.Number `json:"ct"`
	Keys    []string     `json:"keys"`
	Units   *json.Number `json:"units"`
	Changes *json.Number `json:"changes"`

	At  []json.Number `json:"at"`
	Off *json.Number  `json:"off"`
}

// FuzzDecode holds the hand-written reader against encoding/json: whatever it
// takes, the library takes too and reads the same; and it never panics.
func FuzzDecode(f *testing.F) {
	for _, frame := range readFrames(f) {
		f.Add([]byte(frame))
	}
	f.Add([]byte(`{"op":"ping","id":1,"ct":-0}`))
	f.Add([]byte(`{"op":"hello","id":1,"token":"\ud800"}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		r, err := Decode(frame)
		if err != nil {
			if fault := (*Fault)(nil); !errors.As(err, &fault) {
				t.Fatalf("%q: %v is no fault", frame, err)
			}
			return
		}
		var loose looseRequest
		d := json.NewDecoder(bytes.NewReader(frame))
		d.DisallowUnknownFields()
		d.UseNumber()
		if err := d.Decode(&loose); err != nil {
			t.Fatalf("%q was taken as %#v, encoding/json says %v", frame, r, err)
		}
		if !json.Valid(frame) {
			t.Fatalf("%q was taken and is no JSON", frame)
		}
		compareLoose(t, frame, r, &loose)
	})
}

func compareLoose(t *testing.T, frame []byte, r Request, loose *looseRequest) {
	t.Helper()
	same := func(what string, got int64, want *json.Number) {
		n := int64(0)
		if want != nil {
			var err error
			if n, err = want.Int64(); err != nil {
				t.Fatalf("%q: %s: %v", frame, what, err)
			}
		}
		if got != n {
			t.Fatalf("%q: %s read as %d, is %d", frame, what, got, n)
		}
	}
	text := func(what, got string, want *string) {
		if want == nil && got != "" || want != nil && got != *want {
			t.Fatalf("%q: %s read as %q", frame, what, got)
		}
	}
	same("id", int64(r.Num()), loose.ID)
	switch r := r.(type) {
	case Hello:
		text("token", r.Token, loose.Token)
	case Sub:
		text("session", string(r.Session), loose.Session)
		text("epoch", r.Epoch, loose.Epoch)
		same("seq", int64(r.Seq), loose.Seq)
	case Ping:
		text("ct", r.ClientTime, (*string)(loose.CT))
	case Ask:
		for i, cmd := range r.Cmds {
			if !strings.EqualFold(cmd.String(), loose.Cmds[i]) {
				t.Fatalf("%q: command %d read as %s", frame, i, cmd)
			}
		}
	case Seen:
		same("off", int64(r.Off), loose.Off)
		for i := range r.At {
			same("at", int64(r.At[i]), &loose.At[i])
		}
	case Command:
		text("session", string(r.Session), loose.Session)
		if !strings.EqualFold(r.Cmd.String(), *loose.Cmd) {
			t.Fatalf("%q: command read as %s", frame, r.Cmd)
		}
		switch do := r.Do.(type) {
		case engine.PlaceBid:
			same("amount", int64(do.Amount), loose.Amount)
			same("confirm", int64(do.Confirm), loose.Confirm)
		case engine.Say:
			text("text", do.Text, loose.Text)
		case engine.Announce:
			same("price", int64(do.Price), loose.Price)
			same("changes", int64(do.Changes), loose.Changes)
		case engine.PutOffer:
			same("amount", int64(do.Amount), loose.Amount)
			same("units", int64(do.Units), loose.Units)
		}
	}
}

func BenchmarkDecodeBid(b *testing.B) {
	frame := []byte(readFrames(b)["bid"])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(frame); err != nil {
			b.Fatal(err)
		}
	}
}
