package proof_test

import (
	"testing"

	"gobua/engine"
)

// TestTheVerdictNamesTheRulesAsPublished, also where a reserve stays hidden and
// something stands in for it.
func TestTheVerdictNamesTheRulesAsPublished(t *testing.T) {
	s := newSale(t, plainRules(), 88_000_000)
	s.bid("A", 2_000_000)
	s.announce()
	report, err := verify(publish(t, entries(t, s.records)))
	if err != nil {
		t.Fatal(err)
	}
	want := s.records[0].Event.(*engine.Created).Rules.Hash()
	if report.RulesHash != want || report.Currency != "VND" || report.Method != "ascending" || !report.Claims.Reserve {
		t.Errorf("%+v, want the rules %s", report.Verdict, want)
	}
}
