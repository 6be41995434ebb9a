package proof_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// bends are what a forger can do to one record, whatever it says. nil: it cannot
// be done to this one.
var bends = map[string]func(list []engine.Entry, i int) []engine.Entry{
	"dropped": func(l []engine.Entry, i int) []engine.Entry { return slices.Delete(l, i, i+1) },
	"doubled": func(l []engine.Entry, i int) []engine.Entry { return slices.Insert(l, i, l[i]) },
	"swapped with the next": func(l []engine.Entry, i int) []engine.Entry {
		if i+1 == len(l) {
			return nil
		}
		l[i], l[i+1] = l[i+1], l[i]
		return l
	},
	"put at the end":    func(l []engine.Entry, i int) []engine.Entry { return append(l, l[i]) },
	"cut off after it":  func(l []engine.Entry, i int) []engine.Entry { return l[:i+1] },
	"a minute earlier":  func(l []engine.Entry, i int) []engine.Entry { return rewritten(l, i, earlier) },
	"an hour later":     func(l []engine.Entry, i int) []engine.Entry { return rewritten(l, i, later) },
	"by somebody else":  func(l []engine.Entry, i int) []engine.Entry { return rewritten(l, i, bySomebody) },
	"by another office": func(l []engine.Entry, i int) []engine.Entry { return rewritten(l, i, byOffice) },
	"by nobody":         func(l []engine.Entry, i int) []engine.Entry { return rewritten(l, i, byNobody) },
}

// plain are the fields of a record without what they say.
type plain struct {
	Seq       engine.Seq      `json:"seq"`
	At        engine.Instant  `json:"at"`
	By        engine.Actor    `json:"by"`
	Cmd       json.RawMessage `json:"cmd"`
	Kind      string          `json:"kind"`
	Event     json.RawMessage `json:"event"`
	Concealed json.RawMessage `json:"concealed,omitempty"`
}

func earlier(r *plain) { r.At -= 60_000 }
func later(r *plain)   { r.At += 3_600_000 }

func bySomebody(r *plain) {
	if r.By.Role == engine.RoleBidder {
		r.By.Ref = map[string]string{"A": "B"}[r.By.Ref]
		if r.By.Ref == "" {
			r.By.Ref = "A"
		}
	}
}

func byOffice(r *plain) {
	if r.By.Role == engine.RoleBidder {
		r.By = engine.Actor{Role: engine.RoleAuctioneer, Ref: "ĐGV-1"}
	} else {
		r.By = engine.Actor{Role: engine.RoleBidder, Ref: "A"}
	}
}

func byNobody(r *plain) {
	if r.By != engine.System {
		r.By, r.Cmd = engine.System, json.RawMessage(`"00000000-0000-0000-0000-000000000000"`)
	}
}

func rewritten(list []engine.Entry, i int, change func(*plain)) []engine.Entry {
	var r plain
	if err := json.Unmarshal(list[i].Body, &r); err != nil {
		panic(err)
	}
	change(&r)
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	if err := to.Encode(r); err != nil {
		panic(err)
	}
	body := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if bytes.Equal(body, list[i].Body) {
		return nil
	}
	list[i].Body = body
	return list
}

// tales are the longest story of every method, and those of rules that change
// how a session goes.
func tales(t *testing.T) map[string][]engine.Record {
	t.Helper()
	told, chosen := stories(t), map[string][]engine.Record{}
	take := func(what string, fits func([]engine.Record) bool) {
		t.Helper()
		best := ""
		for name, records := range told {
			if !lateClocks[name] && fits(records) && (best == "" || len(records) > len(told[best]) || len(records) == len(told[best]) && name < best) {
				best = name
			}
		}
		if best == "" {
			t.Fatalf("there is no story of %s", what)
		}
		chosen[best] = ended(t, told[best])
	}
	rules := func(list []engine.Record) *engine.Rules { return &list[0].Event.(*engine.Created).Rules }
	for method := range engine.Methods {
		take(method, func(list []engine.Record) bool { return rules(list).Method == method })
	}
	take("maxima", func(list []engine.Record) bool { return rules(list).Proxy })
	take("several units", func(list []engine.Record) bool { return rules(list).Sealed != nil && rules(list).Sealed.Units > 1 })
	for _, kind := range []engine.EventKind{engine.KindRoundOpened, engine.KindOfferOpened, engine.KindUndone, engine.KindOutageCredited} {
		take(string(kind), func(list []engine.Record) bool {
			return slices.ContainsFunc(list, func(r engine.Record) bool { return r.Event.Kind() == kind })
		})
	}
	take("a group", func(list []engine.Record) bool {
		return slices.ContainsFunc(list, func(r engine.Record) bool {
			e, ok := r.Event.(*engine.Extended)
			return ok && e.Cause != nil
		})
	})
	return chosen
}

// needsAWitness are the bends that the rules may not mind: that somebody did not
// act, or acted earlier or later, or before somebody else, can have been so.
var needsAWitness = map[string]bool{"dropped": true, "swapped with the next": true, "a minute earlier": true, "an hour later": true}

// followed tells whether another lot caused a record. When it did stands in the
// record of that lot.
func followed(r engine.Record) bool {
	e, ok := r.Event.(*engine.Extended)
	return ok && e.Cause != nil
}

// TestEveryRecordOfEveryMethodIsHeld: wherever a record is bent and chained anew,
// the rules find it; and where they cannot, because it could have been so, the
// head does that everybody saw, and the next receipt that was given. What the
// clock did is never a matter of belief.
func TestEveryRecordOfEveryMethodIsHeld(t *testing.T) {
	for name, records := range tales(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := entries(t, records)
			kept, last := receipts(t, list), list[len(list)-1]
			byRules, byWitness := 0, 0
			for bend, change := range bends {
				for i := range list {
					bent := change(slices.Clone(list), i)
					if bent == nil || slices.EqualFunc(bent, list, func(a, b engine.Entry) bool { return bytes.Equal(a.Body, b.Body) }) {
						continue
					}
					file := forge(t, list, func([]engine.Entry) []engine.Entry { return bent })
					if _, err := verify(file); err != nil {
						byRules++
						continue
					}
					byWitness++
					if i > 0 && (!needsAWitness[bend] || records[i].By == engine.System && !followed(records[i])) {
						t.Errorf("believed: record %d, %s, is %s", i+1, records[i].Event.Kind(), bend)
					}
					if _, err := verify(file, engine.Head{Seq: last.Seq, Hash: last.Hash}); err == nil {
						t.Errorf("believed against the last head: record %d is %s", i+1, bend)
					}
					next := slices.IndexFunc(kept, func(k proof.Kept) bool { return k.Receipt.Seq > engine.Seq(i) })
					if next < 0 {
						continue // nobody was given one after it
					}
					if _, err := proof.Verify(bytes.NewReader(file), proof.Options{Receipts: kept[next : next+1]}); err == nil {
						t.Errorf("believed against the receipt of record %d: record %d is %s", kept[next].Receipt.Seq, i+1, bend)
					}
				}
			}
			t.Logf("%d bends found by the rules, %d by a head or a receipt", byRules, byWitness)
		})
	}
}
