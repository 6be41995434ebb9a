package relay

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"gobua/engine"
)

// TestEveryActOfPeopleCanBeRelayed reads the acts from the engine's sources, so
// that a new one is not forgotten here.
func TestEveryActOfPeopleCanBeRelayed(t *testing.T) {
	system := map[engine.ActName]bool{engine.ActTick: true, engine.ActCreditOutage: true, engine.ActFollow: true}
	named := regexp.MustCompile(`(?m)^\s+Act\w+\s+ActName = "(\w+)"`)
	files, err := filepath.Glob("../../engine/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(text, -1) {
			found++
			name := engine.ActName(m[1])
			if _, can := acts[name]; can == system[name] {
				t.Errorf("%s can be relayed: %v", name, can)
			}
		}
	}
	if found < len(acts) {
		t.Fatalf("only %d acts were found", found)
	}
}

// fill puts something into every field.
func fill(v reflect.Value, n int64) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n+int64(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n+1)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n+int64(i))
		}
	case reflect.String:
		v.SetString("Ấn định lại <&> " + string(rune('a'+n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(uint64(n % 256))
	default:
		v.SetInt(n + 1<<53 + 1) // which no float holds
	}
}

func TestACommandArrivesAsItWasSent(t *testing.T) {
	for name, typ := range acts {
		do := reflect.New(typ).Elem()
		fill(do, 7)
		sent := engine.Command{ID: engine.CommandID{1, 2, 3}, By: engine.Actor{Role: engine.RoleBidder, Ref: "M-1"}, Do: do.Interface().(engine.Act)}
		b, err := encodeCommand("k7qp0z3m9abc", sent)
		if err != nil {
			t.Fatal(err)
		}
		id, got, err := decodeCommand(b)
		if err != nil || id != "k7qp0z3m9abc" || !reflect.DeepEqual(got, sent) {
			t.Errorf("%s: %v\n%+v\nsent\n%+v", name, err, got, sent)
		}
	}
}

func TestWhatIsNoCommandIsRefused(t *testing.T) {
	if _, err := encodeCommand("k7qp0z3m9abc", engine.Command{Do: engine.Tick{}}); err == nil {
		t.Error("the clock's command was written")
	}
	for _, bad := range []string{
		"", "{}", `{"session":"k7qp0z3m9abc","act":"tick","do":{},"by":{"role":"bidder"}}`, `{"session":"x","act":"bid","do":{"Amount":1}}`,
		`{"session":"k7qp0z3m9abc","act":"bid","do":{"Amount":"much"}}`, `{"session":"k7qp0z3m9abc","act":"bid","do":{"Amount":1},"by":{"role":"system"}}`,
	} {
		if _, c, err := decodeCommand([]byte(bad)); err == nil {
			t.Errorf("%s was read as %+v", bad, c)
		}
	}
}

func FuzzDecodeCommand(f *testing.F) {
	b, _ := encodeCommand("k7qp0z3m9abc", engine.Command{By: engine.Actor{Role: engine.RoleBidder, Ref: "M-1"}, Do: engine.PlaceBid{Amount: 100}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		id, c, err := decodeCommand(b)
		if err != nil {
			return
		}
		again, err := encodeCommand(id, c)
		if err != nil {
			t.Fatal(err)
		}
		if id2, c2, err := decodeCommand(again); err != nil || id2 != id || !reflect.DeepEqual(c2, c) {
			t.Fatalf("%v: %+v became %+v", err, c, c2)
		}
	})
}
