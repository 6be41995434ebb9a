package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// secretive is a session that ends with all there is to disclose: a reserve that
// was not met, the maximum of whoever led, the one it was raised to, and an
// amount that was refused.
func secretive(t testing.TB) []engine.Record {
	t.Helper()
	rules := plainRules()
	rules.Proxy, rules.Closing = true, engine.Closing{Kind: engine.ClosingFixed}
	s := newSale(t, rules, 9_000_000)
	s.bid("A", 2_400_000)
	s.bid("B", 1_300_000)
	s.do("A", engine.RaiseMaximum{Amount: 3_000_000, Confirm: 3_000_000})
	s.do("A", engine.RaiseMaximum{Amount: 2_900_000, Confirm: 2_900_000}) // a maximum can only rise
	s.at(900_000)
	s.announce()
	return s.records
}

// hidden is what the file of a session keeps hidden.
func hidden(t testing.TB, list []engine.Entry) (all []proof.Shown) {
	t.Helper()
	for s, err := range proof.Hidden(each(list)) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// TestEachSecretIsDisclosedAlone: through its file, it is what the record
// commits to, the rules come to the same with it, and it tells no other secret.
func TestEachSecretIsDisclosedAlone(t *testing.T) {
	list := entries(t, secretive(t))
	file := publish(t, list)
	before, err := verify(file)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, s := range hidden(t, list) {
		d, err := proof.ReadDisclosed([]byte(s.Text()))
		if err != nil {
			t.Fatal(err)
		}
		shown, report, err := d.Verify(bytes.NewReader(file), proof.Options{})
		if err != nil {
			t.Fatalf("record %d: %v", d.Record.Seq, err)
		}
		say := fmt.Sprintf("%d %s", shown.Of.Seq, shown.Of.Event.Kind())
		want := before.Claims
		switch e := shown.Of.Event.(type) {
		case *engine.Created:
			say, want.Reserve = fmt.Sprint(say, " ", shown.Reserve.Reserve), false
			if e.Seed != nil {
				t.Error("the seed is disclosed")
			}
		case *engine.BidAccepted:
			say = fmt.Sprint(say, " ", e.Amount)
			want.Hidden--
		case *engine.Raised:
			say = fmt.Sprint(say, " ", e.Amount)
			want.Hidden--
		case *engine.Refused:
			say = fmt.Sprint(say, " ", e.Amount) // judged without it: it was too low for a maximum that stays hidden
		}
		if report.Claims != want || report.Head != before.Head {
			t.Errorf("record %d: to be believed on their word is %+v, want %+v", d.Record.Seq, report.Claims, want)
		}
		told = append(told, say)
		for _, other := range []string{"9000000", "2400000", "3000000", "2900000"} {
			if strings.Contains(s.Text(), other) != strings.HasSuffix(say, other) {
				t.Errorf("%s: the file says %q", say, s.Text())
			}
		}
	}
	want := "1 created 9000000, 6 bid 2400000, 9 raised 3000000, 10 refused 2900000"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("disclosed: %s\nwant:      %s", got, want)
	}
}

// TestNothingIsDisclosedThatIsNotHidden: before the end nothing, and of what the
// file shows nothing again.
func TestNothingIsDisclosedThatIsNotHidden(t *testing.T) {
	list := entries(t, secretive(t))
	for _, cut := range []int{1, 2} {
		for s, err := range proof.Hidden(each(list[:len(list)-cut])) {
			if !errors.Is(err, engine.ErrNotOver) {
				t.Errorf("%d records early: %+v, %v", cut, s, err)
			}
		}
	}
	var told []engine.Seq
	for _, s := range hidden(t, entries(t, busy(t))) { // its reserve was met, and only the last maximum is above the price
		told = append(told, s.Record.Seq)
	}
	if len(told) != 1 {
		t.Errorf("records %v", told)
	}
	rules := plainRules()
	s := newSale(t, rules, 0)
	s.bid("A", 1_500_000)
	s.at(900_000)
	s.announce()
	if all := hidden(t, entries(t, s.records)); len(all) != 0 {
		t.Errorf("of a session without maxima: %+v", all)
	}
}

// wrongDisclosures are files that are none of the sessions of the vectors, by
// name, and what is said of each.
var wrongDisclosures = map[string]struct {
	change func(text string) string
	says   string
}{
	"wrong-amount":      {func(s string) string { return strings.Replace(s, "2400000", "2410000", 1) }, "not what record"},
	"wrong-salt":        {func(s string) string { return flip(s, "\nd ") }, "not what record"},
	"wrong-hash":        {func(s string) string { return flip(s, "\nrecord 19 ") }, "two histories"},
	"wrong-record":      {func(s string) string { return strings.Replace(s, "record 19 ", "record 7 ", 1) }, "two histories"},
	"wrong-number":      {func(s string) string { return strings.Replace(s, "record 19 ", "record 99 ", 1) }, "ends with record 22"},
	"wrong-session":     {func(s string) string { return strings.Replace(s, "session 0", "session 1", 1) }, "it is of session 1"},
	"wrong-zeros":       {func(s string) string { return strings.Replace(s, "record 19", "record 018", 1) }, "written otherwise"},
	"wrong-spaces":      {func(s string) string { return strings.Replace(s, `{"amount"`, `{ "amount"`, 1) }, "not what record"},
	"wrong-more":        {func(s string) string { return s + "d 00 {}\n" }, "no disclosure"},
	"wrong-cut":         {func(s string) string { return s[:len(s)-1] }, "no disclosure"},
	"wrong-record-file": {func(s string) string { return strings.Replace(s, "disclosure", "record", 1) }, "no disclosure"},
}

// flip changes the first digit after some words.
func flip(s, after string) string {
	at := strings.Index(s, after) + len(after)
	digit := "0"
	if s[at] == '0' {
		digit = "1"
	}
	return s[:at] + digit + s[at+1:]
}

// TestDisclosureVectors holds the disclosures that docs/record.md offers to
// other implementations, all of the session of vectors/right-maxima.txt.
func TestDisclosureVectors(t *testing.T) {
	const dir = "testdata/disclosures"
	list := entries(t, busy(t))
	file := publish(t, list)
	right := hidden(t, list)[0]
	files := map[string]string{"right.txt": right.Text()}
	for name, w := range wrongDisclosures {
		files[name+".txt"] = w.change(right.Text())
	}
	said := map[string]string{}
	for name, text := range files {
		d, err := proof.ReadDisclosed([]byte(text))
		var s proof.Shown
		if err == nil {
			s, _, err = d.Verify(bytes.NewReader(file), proof.Options{})
		}
		var bad *proof.BadDisclosure
		switch w := wrongDisclosures[strings.TrimSuffix(name, ".txt")]; {
		case name == "right.txt":
			e, ok := s.Of.Event.(*engine.BidAccepted)
			if err != nil || !ok || e.Code != "A" || e.Amount != 2_400_000 {
				t.Errorf("%s: %v, %+v", name, err, s.Of)
			}
			said[name] = ""
		case !errors.As(err, &bad) || !strings.Contains(bad.Why, w.says):
			t.Errorf("%s: %v, want %q", name, err, w.says)
		default:
			said[name] = bad.Why
		}
	}
	index, err := json.MarshalIndent(said, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	files["disclosures.json"] = string(index) + "\n"
	for name, content := range files {
		path := filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != content {
			t.Errorf("%s is another one than before: %v", name, err)
		}
	}
}

// TestAReserveIsDisclosedAsTheRulesCommitToIt, and not where there is none or
// where everybody has it.
func TestAReserveIsDisclosedAsTheRulesCommitToIt(t *testing.T) {
	list := entries(t, secretive(t))
	file := publish(t, list)
	reserve := hidden(t, list)[0]
	another := entries(t, busy(t)) // whose reserve was met
	for name, tt := range map[string]struct {
		file   []byte
		change func(d *proof.Disclosed)
		says   string
	}{
		"another amount":      {file, func(d *proof.Disclosed) { d.Reserve.Reserve++ }, "not what the rules"},
		"another salt":        {file, func(d *proof.Disclosed) { d.Reserve.Salt[3] ^= 1 }, "not what the rules"},
		"of another record":   {file, func(d *proof.Disclosed) { d.Record = engine.Head{Seq: 2, Hash: list[1].Hash} }, "commits to no reserve"},
		"of what was told":    {publish(t, another), func(d *proof.Disclosed) { d.Record.Hash = another[0].Hash }, "itself discloses"},
		"everything, by seed": {file, func(d *proof.Disclosed) { d.Reserve, d.Opens = nil, list[0].Disclosure }, "disclosed by nobody"},
	} {
		d := reserve.Disclosed
		secret := *d.Reserve
		d.Reserve = &secret
		tt.change(&d)
		_, _, err := d.Verify(bytes.NewReader(tt.file), proof.Options{})
		if bad, ok := errors.AsType[*proof.BadDisclosure](err); !ok || !strings.Contains(bad.Why, tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnAmountThatDecidedOtherwiseComesToLight: whoever runs the auction made a
// bidder pay more than the maximum that was named, and hides the maximum. The
// record alone is right; the disclosure convicts it.
func TestAnAmountThatDecidedOtherwiseComesToLight(t *testing.T) {
	records := secretive(t)
	for i, r := range records {
		if e, ok := r.Event.(*engine.BidAccepted); ok && e.Code == "A" {
			bent := *e
			bent.Amount = 1_200_000 // B bid 1,300,000, and A leads with 1,310,000
			records[i].Event = &bent
		}
	}
	list := entries(t, records)
	file := publish(t, list)
	var d proof.Disclosed
	lines := strings.SplitAfter(string(file), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "d ") && strings.Contains(line, "1200000") {
			lines[i] = ""
			d = proof.Disclosed{Session: records[0].Event.(*engine.Created).Session, Record: engine.Head{Seq: 6, Hash: list[5].Hash}, Opens: list[5].Disclosure}
		}
	}
	bent := []byte(strings.Join(lines, ""))
	if _, err := verify(bent); err != nil || d.Opens == nil {
		t.Fatalf("without the disclosure: %v", err)
	}
	_, _, err := d.Verify(bytes.NewReader(bent), proof.Options{})
	if w, ok := errors.AsType[*proof.Wrong](err); !ok || w.Seq < 6 {
		t.Errorf("%v", err)
	}
}
