package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// forge is somebody who runs the server and wants another history: he changes
// records at will and chains them anew, so that every hash is right again. What
// is disclosed stays what it was.
func forge(t testing.TB, list []engine.Entry, change func([]engine.Entry) []engine.Entry) []byte {
	t.Helper()
	survey, err := proof.Look(each(list))
	if err != nil {
		t.Fatal(err)
	}
	whole := publish(t, list)
	shown := map[string]bool{} // what the true file discloses
	for line := range bytes.Lines(whole) {
		if salt, ok := bytes.CutPrefix(line, []byte("d ")); ok {
			shown[string(salt[:64])] = true
		}
	}
	begin, _, _ := bytes.Cut(whole, []byte("\nr "))
	b := bytes.NewBuffer(append(bytes.Clone(begin), '\n'))
	head := engine.Head{}
	for i, e := range change(slices.Clone(list)) {
		e.Body = renumber(t, e.Body, i+1)
		e.Hash = engine.Link(head.Hash, e.Body)
		head = engine.Head{Seq: engine.Seq(i + 1), Hash: e.Hash}
		fmt.Fprintf(b, "r %s %s\n", e.Hash, e.Body)
		if len(e.Disclosure) > 0 && shown[e.Disclosure.Salt().String()] {
			fmt.Fprintf(b, "d %s %s\n", e.Disclosure.Salt(), e.Disclosure.Fields())
		}
	}
	fmt.Fprintf(b, "end %d %s\n", head.Seq, head.Hash)
	if survey.Head == head && !bytes.Equal(b.Bytes(), whole) {
		t.Fatal("a forger who changes nothing writes another file")
	}
	return b.Bytes()
}

func renumber(t testing.TB, body []byte, seq int) []byte {
	t.Helper()
	_, rest, ok := bytes.Cut(body, []byte(","))
	if !ok {
		t.Fatal("a record without a number")
	}
	return fmt.Appendf(nil, `{"seq":%d,%s`, seq, rest)
}

// replace changes text in the i-th record of a kind, which must have it.
func replace(t *testing.T, kind string, old, now string) func([]engine.Entry) []engine.Entry {
	return func(list []engine.Entry) []engine.Entry {
		t.Helper()
		for i, e := range list {
			if !strings.Contains(string(e.Body), `"kind":"`+kind+`"`) || !strings.Contains(string(e.Body), old) {
				continue
			}
			list[i].Body = []byte(strings.Replace(string(e.Body), old, now, 1))
			return list
		}
		t.Fatalf("no %q with %q", kind, old)
		return nil
	}
}

// TestARightChainWithAWrongDecisionIsCaught: hashes prove that nothing was
// changed since; that it was right to begin with the rules prove.
func TestARightChainWithAWrongDecisionIsCaught(t *testing.T) {
	list := entries(t, ended(t, busy(t)))
	if _, err := verify(forge(t, list, func(l []engine.Entry) []engine.Entry { return l })); err != nil {
		t.Fatalf("nothing was changed: %v", err)
	}
	without := func(kind string) func([]engine.Entry) []engine.Entry {
		return func(l []engine.Entry) []engine.Entry {
			return slices.DeleteFunc(l, func(e engine.Entry) bool { return strings.Contains(string(e.Body), `"kind":"`+kind+`"`) })
		}
	}
	for name, change := range map[string]func([]engine.Entry) []engine.Entry{
		"another winner":                   replace(t, "announced", `"winner":"A"`, `"winner":"C"`),
		"a lower price for a friend":       replace(t, "announced", `"price":`, `"price":1`),
		"the lead of another":              replace(t, "bid", `"leader":"A"`, `"leader":"B"`),
		"a bid past the end":               replace(t, "bid", `"at":1767578400000`, `"at":1767589999999`),
		"a bid before the opening":         replace(t, "bid", `"at":1767578400000`, `"at":1767578300000`),
		"a refusal with another reason":    replace(t, "refused", `"reason":"too_low"`, `"reason":"disqualified"`),
		"an end that does not move":        without("extended"),
		"a longer extension":               replace(t, "extended", `"count":1`, `"count":2`),
		"an outage that gives more":        replace(t, "outage", `"lostMs":`, `"lostMs":9`),
		"no closing":                       without("closed"),
		"no opening":                       without("opened"),
		"nobody present":                   without("checked_in"),
		"the auctioneer's act by a bidder": replace(t, "disqualified", `"role":"auctioneer","ref":"ĐGV-079"`, `"role":"bidder","ref":"A"`),
		"a bid by somebody else":           replace(t, "bid", `"role":"bidder","ref":"A"`, `"role":"bidder","ref":"B"`),
		"a bid by nobody":                  replace(t, "bid", `"cmd":"00000000-0000-7000-8000-000000000004"`, `"cmd":"00000000-0000-0000-0000-000000000000"`),
		"a command twice":                  func(l []engine.Entry) []engine.Entry { return slices.Insert(l, 6, l[5]) },
		"two records swapped":              func(l []engine.Entry) []engine.Entry { l[6], l[7] = l[7], l[6]; return l },
		"a pause nobody was told of":       without("resumed"),
		"rules changed afterwards":         replace(t, "created", `"start":1000000`, `"start":1000001`),
		"a reserve changed afterwards":     replace(t, "created", `"reserve":"`, `"reserve":"00`),
		"reserve not met":                  replace(t, "closed", `"reserveMet":true`, `"reserveMet":false`),
		"a field that is not canonical":    replace(t, "said", `"text":"Tiếp tục"`, `"text":"Tiếp tục" `),
		"a field twice":                    replace(t, "said", `"text":"Tiếp tục"`, `"text":"x","text":"Tiếp tục"`),
	} {
		t.Run(name, func(t *testing.T) {
			report, err := verify(forge(t, list, change))
			if err == nil {
				t.Errorf("believed: %s won at %d", report.Result.Winner, report.Result.Price)
			}
			t.Log(err)
		})
	}
}

// TestAnotherHistoryThatKeepsTheRulesIsCaughtByWhatPeopleHold. Who writes the
// whole record anew can leave a refusal out, or say that a bid came a
// millisecond earlier; the rules do not mind. Everybody who saw a head does.
func TestAnotherHistoryThatKeepsTheRulesIsCaughtByWhatPeopleHold(t *testing.T) {
	list := entries(t, ended(t, busy(t)))
	shown := list[len(list)-1]
	for name, change := range map[string]func([]engine.Entry) []engine.Entry{
		"a refusal is left out": func(l []engine.Entry) []engine.Entry {
			l = slices.DeleteFunc(l, func(e engine.Entry) bool { return strings.Contains(string(e.Body), `"too_low"`) })
			return replace(t, "announced", `"bidSeq":19`, `"bidSeq":18`)(l)
		},
		"a message is another": replace(t, "said", "Tiếp tục", "Dừng lại"),
		"a bid is backdated":   replace(t, "bid", `"at":1767579300000`, `"at":1767579299999`),
	} {
		t.Run(name, func(t *testing.T) {
			file := forge(t, list, change)
			if name != "a bid is backdated" { // which moves the end otherwise, so the rules find it
				if _, err := verify(file); err != nil {
					t.Fatalf("the rules should not mind: %v", err)
				}
			}
			if _, err := verify(file, engine.Head{Seq: shown.Seq, Hash: shown.Hash}); err == nil {
				t.Error("believed against a head that somebody holds")
			}
		})
	}
}

// TestARecordOfAnotherSessionIsNoRecordOfThisOne: told under another name it is
// found at once; written anew for it, by whatever somebody holds of either.
func TestARecordOfAnotherSessionIsNoRecordOfThisOne(t *testing.T) {
	list := entries(t, busy(t))
	file, own := publish(t, list), engine.NewSessionID([12]byte{})
	other := engine.NewSessionID([12]byte{11: 1})
	_, err := verify(bytes.Replace(file, []byte("\nsession "+string(own)), []byte("\nsession "+string(other)), 1))
	var w *proof.Wrong
	if !errors.As(err, &w) || w.Code != proof.CodeOtherSession {
		t.Errorf("under another name: %v", err)
	}
	anew := forge(t, list, replace(t, "created", `"session":"`+string(own), `"session":"`+string(other)))
	anew = bytes.Replace(anew, []byte("\nsession "+string(own)), []byte("\nsession "+string(other)), 1)
	if report, err := verify(anew); err != nil || report.Session != other {
		t.Fatalf("the rules should not mind: %v", err)
	}
	for i, e := range list {
		if _, err := verify(anew, engine.Head{Seq: e.Seq, Hash: e.Hash}); err == nil {
			t.Errorf("believed against the head of record %d", i+1)
		}
	}
	for _, k := range receipts(t, list) {
		k.Session = other // as if it had been the same all along
		if _, err := proof.Verify(bytes.NewReader(anew), proof.Options{Receipts: []proof.Kept{k}}); err == nil {
			t.Errorf("believed against the receipt of record %d", k.Receipt.Seq)
		}
	}
}

// TestAReserveIsNotExchangedAfterwards, for another with a salt of its own and
// with the rules' hash computed anew. That keeps the rules if the outcome stays;
// but everybody was shown other rules, and another first record.
func TestAReserveIsNotExchangedAfterwards(t *testing.T) {
	s := newSale(t, plainRules(), 1_200_000)
	s.bid("A", 1_500_000)
	s.announce()
	records := slices.Clone(s.records)
	list := entries(t, records)
	survey, err := proof.Look(each(list))
	if err != nil {
		t.Fatal(err)
	}
	created := *records[0].Event.(*engine.Created)
	secret := engine.Secret{Reserve: 1_100_000, Salt: engine.Hash{99}}
	hash := engine.ReserveHash(secret)
	created.Secret, created.Rules.Reserve = &secret, &hash
	created.RulesHash = created.Rules.Hash()
	records[0].Event = &created
	file := publish(t, entries(t, records))
	before, err := verify(publish(t, list))
	if err != nil {
		t.Fatal(err)
	}
	report, err := verify(file)
	if err != nil {
		t.Fatalf("the rules should not mind: %v", err)
	}
	if report.RulesHash == before.RulesHash {
		t.Error("other rules have the hash that was published")
	}
	if _, err := verify(file, engine.Head{Seq: 1, Hash: list[0].Hash}); err == nil {
		t.Error("believed against the head of the first record")
	}
	// The old reserve in the place of the new one, and a salt that is not its own.
	line := fmt.Appendf(nil, "\nreserve %d %s\n", secret.Reserve, secret.Salt)
	for _, other := range []engine.Secret{*survey.Reserve, {Reserve: secret.Reserve}, {Reserve: secret.Reserve + 1, Salt: secret.Salt}} {
		bent := bytes.Replace(file, line, fmt.Appendf(nil, "\nreserve %d %s\n", other.Reserve, other.Salt), 1)
		if _, err := verify(bent); err == nil || bytes.Equal(bent, file) {
			t.Errorf("believed with the reserve %d", other.Reserve)
		}
	}
}

// TestAChangedFileIsCaught: without chaining anew, whatever is done to a file
// breaks it, wherever it is done.
func TestAChangedFileIsCaught(t *testing.T) {
	file := publish(t, entries(t, ended(t, busy(t))))
	if _, err := verify(file); err != nil {
		t.Fatal(err)
	}
	for at := range file {
		bit := byte(1) << (at % 8)
		changed := bytes.Clone(file)
		changed[at] ^= bit
		if _, err := verify(changed); err == nil && !harmless(file, at) {
			t.Fatalf("believed with bit %#x of byte %d flipped: …%q…", bit, at, changed[max(0, at-30):min(len(changed), at+10)])
		}
		if at%3 != 0 && file[at] != '\n' {
			continue
		}
		if _, err := verify(file[:at]); err == nil {
			t.Fatalf("believed when cut after %d of %d bytes", at, len(file))
		}
	}
	lines := bytes.SplitAfter(file, []byte("\n"))
	lines = lines[:len(lines)-1]
	for i := range lines {
		for name, change := range map[string][][]byte{
			"dropped":    slices.Delete(slices.Clone(lines), i, i+1),
			"duplicated": slices.Insert(slices.Clone(lines), i, lines[i]),
			"swapped":    swapped(lines, i),
		} {
			if change == nil || name == "dropped" && bytes.HasPrefix(lines[i], []byte("d ")) {
				continue // a disclosure less is an amount that stays hidden
			}
			if _, err := verify(bytes.Join(change, nil)); err == nil {
				t.Errorf("believed with line %d %s: %.60q", i+1, name, lines[i])
			}
		}
	}
}

// harmless tells whether a byte belongs to the hint of the highest price: that
// is checked by what it leads to, and a hint that is too high leads to the same.
func harmless(file []byte, at int) bool {
	from := bytes.Index(file, []byte("highest "))
	return at >= from && at < from+bytes.IndexByte(file[from:], '\n')
}

func swapped(lines [][]byte, i int) [][]byte {
	if i+1 == len(lines) {
		return nil
	}
	lines = slices.Clone(lines)
	lines[i], lines[i+1] = lines[i+1], lines[i]
	return lines
}

// FuzzVerify: no bytes make it panic, and what it believes ends where it says
// and is written so again.
func FuzzVerify(f *testing.F) {
	whole := publish(f, entries(f, ended(f, busy(f))), proof.Attachment{Name: "checkpoint", Data: []byte("x")})
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("gobua record 1\n"))
	for _, records := range stories(f) {
		if file := publish(f, entries(f, ended(f, records))); len(file) < 20_000 {
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		report, err := verify(file)
		if err != nil {
			return
		}
		if !report.Phase.Final() || report.Head.Seq == 0 {
			t.Errorf("believed: %+v", report)
		}
		if _, err := json.Marshal(report); err != nil {
			t.Error(err)
		}
		if again, err := verify(file, report.Head); err != nil || again.Head != report.Head {
			t.Errorf("a second time: %v", err)
		}
	})
}

// FuzzChained is FuzzVerify with every hash made right, as a forger would: so
// that what is tried gets to be read and judged.
func FuzzChained(f *testing.F) {
	for _, records := range stories(f) {
		if file := publish(f, entries(f, ended(f, records))); len(file) < 20_000 {
			f.Add(unchained(file))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		report, err := verify(chained(text))
		if err == nil && (!report.Phase.Final() || report.Head.Seq == 0) {
			t.Errorf("believed: %+v", report)
		}
	})
}

// unchained is a file without its hashes and its end.
func unchained(file []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(file) {
		switch {
		case bytes.HasPrefix(line, []byte("end ")):
			return b.Bytes()
		case bytes.HasPrefix(line, []byte("r ")):
			line = slices.Concat([]byte("r "), line[len("r ")+64+1:])
		}
		b.Write(line)
	}
	return b.Bytes()
}

// chained puts the hashes back.
func chained(text []byte) []byte {
	var b bytes.Buffer
	head := engine.Head{}
	for line := range bytes.Lines(text) {
		body, ok := bytes.CutPrefix(bytes.TrimSuffix(line, []byte("\n")), []byte("r "))
		if !ok {
			b.Write(line)
			continue
		}
		head = engine.Head{Seq: head.Seq + 1, Hash: engine.Link(head.Hash, body)}
		fmt.Fprintf(&b, "r %s %s\n", head.Hash, body)
	}
	fmt.Fprintf(&b, "end %d %s\n", head.Seq, head.Hash)
	return b.Bytes()
}
