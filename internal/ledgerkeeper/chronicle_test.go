package ledgerkeeper

import (
	"errors"
	"reflect"
	"testing"

	"gobua/engine"
	"gobua/engine/ledger"
)

// goldenMessage is what nodes of every release must read and write alike.
const goldenMessage = `gobua chronicle 1
{"until":7}
{"entry":"gobua head 1\nk7qp2mwx90ab\n9\n0901000000000000000000000000000000000000000000000000000000000000\n1790000000000\n","phase":"closed"}
{"entry":"gobua blind head 1\nk7qp2mwx90ac\n20e882673f211a90c3037062d3af900a9a7c1320c99ddf9c67403c3cf45338ce\n1790000000000\n","phase":"running","opening":{"salt":"0700000000000000000000000000000000000000000000000000000000000000","head":{"seq":5,"hash":"0501000000000000000000000000000000000000000000000000000000000000"}}}
{"entry":"gobua clock 1\n<đồng hồ> & \"x\"\n","answers":"00112233445566778899aabbccddeeff"}
{"checkpoint":"a/log\n7\nAAAA\n\n— a/log AAAA\n","at":1790000000000}
{"size":7,"cosigned":"— w AAAA\n"}
{"size":7,"stamp":"AQI="}
{"wish":"gobua clock 1\nx\n","id":"00112233445566778899aabbccddeeff"}
`

// goldenItems are the items of goldenMessage.
func goldenItems(t testing.TB) []item {
	t.Helper()
	note := func(lines ...string) ledger.Entry {
		e, err := ledger.NewNoteEntry("clock", lines...)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	const id = "00112233445566778899aabbccddeeff"
	opening := ledger.Opening{Salt: engine.Hash{7}, Head: head(5)}
	return []item{
		{Until: 7},
		itemOf(line{entry: &ledger.HeadEntry{Session: one, Head: head(9), At: 1_790_000_000_000}, state: written{Phase: engine.PhaseClosed}}),
		itemOf(line{entry: &ledger.BlindHeadEntry{Session: two, Commitment: ledger.Commit(two, opening), At: 1_790_000_000_000},
			opening: &opening, state: written{Phase: engine.PhaseRunning}}),
		itemOf(line{entry: note(`<đồng hồ> & "x"`), answers: id}),
		{Checkpoint: "a/log\n7\nAAAA\n\n— a/log AAAA\n", At: 1_790_000_000_000},
		{Size: 7, Cosigned: "— w AAAA\n"},
		{Size: 7, Stamp: []byte{1, 2}},
		{Wish: note("x").Text(), ID: id},
	}
}

func TestMessagesOfTheChronicleStayAsTheyAre(t *testing.T) {
	items := goldenItems(t)
	raw, err := encodeItems(items)
	if err != nil || string(raw) != goldenMessage {
		t.Errorf("%v: written is\n%s", err, raw)
	}
	back, err := decodeItems([]byte(goldenMessage))
	if err != nil || !reflect.DeepEqual(back, items) {
		t.Errorf("%v: read is\n%+v", err, back)
	}
	l, err := back[2].line()
	want := written{Head: head(5), Phase: engine.PhaseRunning, Blind: true}
	if err != nil || l.session != two || l.state != want {
		t.Errorf("the blind head is read as %+v: %v", l, err)
	}
}

// FuzzMessage: whatever comes out of a stream is read whole or refused as damage.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(goldenMessage))
	f.Add([]byte(messageLine + "{\"entry\":\"gobua head 1\\n\"}{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		items, err := decodeItems(raw)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			return
		}
		for _, it := range items {
			if it.Entry == "" {
				continue
			}
			l, err := it.line()
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			if err == nil && l.entry.Text() != it.Entry {
				t.Errorf("%q is read as %q", it.Entry, l.entry.Text())
			}
		}
	})
}
