package proof_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// TestWhatIsNearlyARecordIsNone: there is one way to write a file. What another
// program could read otherwise is refused, though every hash is right.
func TestWhatIsNearlyARecordIsNone(t *testing.T) {
	list := entries(t, busy(t))
	file := string(publish(t, list))
	in := func(kind, old, now string) []byte { return forge(t, list, replace(t, kind, old, now)) }
	once := func(old, now string) []byte {
		t.Helper()
		if !strings.Contains(file, old) {
			t.Fatalf("the file has no %q", old)
		}
		return []byte(strings.Replace(file, old, now, 1))
	}
	for name, bent := range map[string][]byte{
		"nothing":                      nil,
		"a mark of the byte order":     []byte("\ufeff" + file),
		"lines of another system":      []byte(strings.ReplaceAll(file, "\n", "\r\n")),
		"UTF-16":                       []byte("\xff\xfe" + strings.Join(strings.Split(file, ""), "\x00")),
		"a zero byte at the end":       []byte(file + "\x00"),
		"an empty line at the end":     []byte(file + "\n"),
		"a space at the end of a line": once("\nend ", " \nend "),
		"a second file behind it":      []byte(file + file),
		"a record after the end":       []byte(file + file[strings.Index(file, "\nr ")+1:]),
		"an end that is a page":        []byte(file + "<html></html>\n"),
		"another version":              once("gobua record 1", "gobua record 2"),
		"no last line feed":            []byte(strings.TrimSuffix(file, "\n")),
		"a zero before the number":     once("\nend ", "\nend 0"),
		"a sign before the number":     once("\nend ", "\nend +"),
		"a zero before an amount":      once("highest ", "highest 0"),
		"an amount below zero":         once("highest ", "highest -"),
		"an amount past all numbers":   once("highest ", "highest 99999999999999999999"),
		"capital digits of a hash":     []byte(file[:strings.Index(file, "\nend ")] + strings.ToUpper(file[strings.Index(file, "\nend "):])),
		"a field nobody knows":         in("said", `{"text":`, `{"more":1,"text":`),
		"a field in capitals":          in("said", `{"text":`, `{"Text":`),
		"a field twice":                in("bid", `"code":"A"`, `"code":"B","code":"A"`),
		"a record's field twice":       in("bid", `"kind":"bid"`, `"kind":"refused","kind":"bid"`),
		"an empty field more":          in("said", `{"text":`, `{"floor":false,"text":`),
		"white space":                  in("bid", `"code":"A"`, `"code": "A"`),
		"an escape that is none":       in("said", `Tiếp`, `Ti\u1ebfp`),
		"bytes that are no UTF-8":      in("said", `Tiếp`, "Ti\xffp"),
		"half of a letter":             in("said", `Tiếp`, `Ti\ud800p`),
		"a number as a fraction":       in("created", `"start":1000000`, `"start":1000000.0`),
		"a number with an exponent":    in("created", `"start":1000000`, `"start":1e6`),
		"a number past all numbers":    in("created", `"start":1000000`, `"start":1`+strings.Repeat("0", 400)),
		"a number as text":             in("created", `"start":1000000`, `"start":"1000000"`),
		"deep nesting":                 in("said", `"Tiếp tục"`, strings.Repeat("[", 1_000_000)),
		"nesting that ends":            in("said", `"Tiếp tục"`, strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000)),
		"a list":                       in("said", `{"text":"Tiếp tục"}`, `[]`),
		"nothing that happened":        in("said", `{"text":"Tiếp tục"}`, `null`),
		"a kind nobody knows":          in("said", `"kind":"said"`, `"kind":"sold"`),
		"a moment before all":          in("bid", `"at":17`, `"at":-17`),
		"the end of time":              in("bid", `"at":1767578400000`, `"at":9223372036854775807`),
	} {
		_, err := verify(bent)
		var w *proof.Wrong
		if !errors.As(err, &w) || w.Why == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheHintOfTheHighestPriceLeadsNobodyAstray, however large it is: it leads to
// the same result or to none.
func TestTheHintOfTheHighestPriceLeadsNobodyAstray(t *testing.T) {
	file := publish(t, entries(t, busy(t)))
	right, err := verify(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(file, []byte("\nhighest "))
	rest := file[at+1+bytes.IndexByte(file[at+1:], '\n'):]
	believed := 0
	for _, hint := range []engine.Dong{0, 1, 1_299_999, 1_800_000, 2_399_999, 2_400_001, 1 << 40, engine.MaxDong - 1, engine.MaxDong, engine.MaxDong + 1, 1<<62 - 1, 1<<63 - 1} {
		report, err := verify(slices.Concat(file[:at], fmt.Appendf(nil, "\nhighest %d", hint), rest))
		if err != nil {
			continue
		}
		believed++
		if !reflect.DeepEqual(report.Result, right.Result) {
			t.Errorf("with the hint %d: %+v", hint, report.Result)
		}
	}
	if believed == 0 {
		t.Error("no hint was believed, so nothing was tested")
	}
}

// TestADisclosureIsReadInOneWay: its bytes are committed to, so they must be such
// that nobody can read another amount in them.
func TestADisclosureIsReadInOneWay(t *testing.T) {
	list := entries(t, busy(t))
	at := -1
	for i, e := range list {
		if bytes.Equal(e.Disclosure.Fields(), []byte(`{"amount":1300000}`)) {
			at = i
		}
	}
	if at < 0 {
		t.Fatal("no such bid")
	}
	for name, fields := range map[string]string{
		"as it is":        `{"amount":1300000}`,
		"twice":           `{"amount":9000000,"amount":1300000}`,
		"in capitals":     `{"Amount":1300000}`,
		"with a space":    `{"amount": 1300000}`,
		"as an exponent":  `{"amount":13e5}`,
		"with steps of 0": `{"amount":1300000,"steps":0}`,
		"and more":        `{"amount":1300000,"code":"C"}`,
		"two of them":     `{"amount":1300000}{}`,
	} {
		disclosure := append(bytes.Clone(list[at].Disclosure[:32]), fields...)
		file := forge(t, list, func(l []engine.Entry) []engine.Entry {
			old, now := l[at].Disclosure.Commitment().String(), engine.Disclosure(disclosure).Commitment().String()
			l[at].Body = bytes.Replace(l[at].Body, []byte(old), []byte(now), 1)
			l[at].Disclosure = disclosure
			return l
		})
		if _, err := verify(file); (err == nil) != (fields == `{"amount":1300000}`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestABoxThatNobodySealedIsFound, of an offer that was put in and of one that is
// said to have been refused.
func TestABoxThatNobodySealedIsFound(t *testing.T) {
	for name, records := range tales(t) {
		list := entries(t, records)
		for i, r := range records {
			offer, ok := r.Event.(*engine.OfferSealed)
			if !ok {
				continue
			}
			for _, event := range []engine.Event{
				&engine.OfferSealed{Code: offer.Code, Box: offer.Box[1:]},
				&engine.OfferSealed{Code: offer.Code},
				&engine.OfferSealed{Code: offer.Code, Box: make([]byte, 500_000)},
				&engine.Refused{Act: engine.ActOffer, Code: offer.Code, Reason: engine.ReasonTooLow},
				&engine.Refused{Act: engine.ActOffer, Code: offer.Code, Reason: engine.ReasonUnreadable, Amount: 1},
				&engine.Refused{Act: engine.ActTakeBack, Code: offer.Code, Reason: engine.ReasonTooLow},
			} {
				r := r
				r.Event = event
				var cover *engine.Cover
				bent, err := cover.Entry(engine.Hash{}, &r)
				if err != nil {
					t.Fatal(err)
				}
				file := forge(t, list, func(l []engine.Entry) []engine.Entry { l[i] = bent; return l })
				if _, err := verify(file); err == nil {
					t.Errorf("%s: believed with record %d as %+v", name, i+1, event)
				}
			}
			break
		}
	}
}

// TestRulesCannotMakeTheVerifierWorkForEver, whatever numbers they have.
func TestRulesCannotMakeTheVerifierWorkForEver(t *testing.T) {
	rules := plainRules()
	rules.Proxy, rules.ConfirmAbove = true, 1<<62
	s := newSale(t, rules, 0)
	s.bid("A", 1_500_000)
	for range 200 {
		s.bid("B", 1_000_000) // too low, by an amount that stays hidden
	}
	s.announce()
	list := entries(t, s.records)
	for i := range list[1:] {
		list[i+1].Disclosure = nil
	}
	if _, err := verify(publish(t, list)); err != nil {
		t.Error(err)
	}
}

// TestATypoThatStaysHiddenIsJudged: whoever typed a nought too many was asked to
// confirm it, and the record commits to the amount and to the steps.
func TestATypoThatStaysHiddenIsJudged(t *testing.T) {
	for _, step := range []engine.Step{
		{Kind: engine.StepFixed, Amount: 10_000},
		{Kind: engine.StepPercent, Amount: 1, BasisPoints: 500},
		{Kind: engine.StepBands, Bands: []engine.Band{{From: 0, Step: 5000}, {From: 1_400_000, Step: 70_000}}},
	} {
		rules := plainRules()
		rules.Proxy, rules.ConfirmAbove, rules.Step = true, 20, step
		s := newSale(t, rules, 0)
		s.bid("A", 1_300_000)
		s.do("B", engine.PlaceBid{Amount: 90_000_000})
		s.do("B", engine.PlaceBid{Amount: 90_000_000, Confirm: 9_000_000})
		s.do("A", engine.RaiseMaximum{Amount: 90_000_000})
		s.announce()
		report, err := verify(publish(t, entries(t, s.records)))
		if err != nil || report.Claims.Hidden != 4 {
			t.Errorf("steps %s: %+v, %v", step.Kind, report.Claims, err)
		}
	}
}

// TestAFileThatIsMadeToFillTheMemoryDoesNot: rightly chained lines of the longest
// kind, as a small packed file can have them without end, and a line that is one
// gigabyte long.
func TestAFileThatIsMadeToFillTheMemoryDoesNot(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	begin := fmt.Sprintf("gobua record 1\nsession %s\nhighest 0\n", engine.NewSessionID([12]byte{}))
	body := bytes.Repeat([]byte("x"), 2<<20-100)
	hash := engine.Hash{}
	chained := func() []byte {
		hash = engine.Link(hash, body)
		return fmt.Appendf(nil, "r %s %s\n", hash, body)
	}
	attached := []byte("proof x " + strings.Repeat("AAAA", 500_000) + "\n")
	whole := publish(t, entries(t, busy(t)))
	for name, in := range map[string]io.Reader{
		"long records":     io.MultiReader(strings.NewReader(begin), &endless{next: chained, left: 1 << 30}),
		"one long line":    &endless{next: func() []byte { return body }, left: 1 << 30},
		"a long beginning": io.MultiReader(strings.NewReader(begin[:20]), &endless{next: func() []byte { return body }, left: 1 << 30}),
		"attachments":      io.MultiReader(bytes.NewReader(whole), &endless{next: func() []byte { return attached }, left: 1 << 30}),
	} {
		t.Run(name, func(t *testing.T) {
			most := watchMemory(t, func() {
				if _, err := proof.Verify(in, proof.Options{}); err == nil {
					t.Error("believed")
				}
			})
			if most > 200<<20 {
				t.Errorf("took %d MB", most>>20)
			}
		})
	}
}

// endless is a file as somebody can pack it into little.
type endless struct {
	next func() []byte
	rest []byte
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.rest = e.next(); e.left < 0 {
			return 0, io.EOF
		}
		e.left -= len(e.rest)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// watchMemory is the most that lived on the heap while f ran, more than before.
func watchMemory(t *testing.T, f func()) uint64 {
	t.Helper()
	alive := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before, done, most := alive(), make(chan struct{}), make(chan uint64)
	go func() {
		top := before
		for {
			select {
			case <-done:
				most <- top
				return
			default:
				top = max(top, alive())
				runtime.Gosched()
			}
		}
	}()
	f()
	close(done)
	return <-most - before
}
