package replay

import (
	"reflect"
	"testing"

	"gobua/engine"
)

// refusals is short for a map that is compared.
type refusals = map[engine.Reason]int

func TestRecordedAuctionsByTheRulesAlone(t *testing.T) {
	want := map[string]struct {
		price   engine.Dong
		winner  string
		refused refusals
		reserve engine.Dong // inferred
	}{
		"a-alone":       {9_99, "an", nil, 0},
		"a-runner-up":   {26_00, "an", nil, 0},
		"a-capped":      {151_00, "binh", nil, 0},
		"a-tie":         {10_00, "an", nil, 0},
		"a-tie-raised":  {10_50, "an", nil, 0}, // rule PX5
		"a-too-low":     {61_00, "an", refusals{engine.ReasonTooLow: 1}, 0},
		"a-lower-own":   {50_00, "an", refusals{engine.ReasonMaximumNotHigher: 1}, 0},
		"a-reserve":     {71_00, "binh", nil, 120_00},
		"a-unexplained": {71_00, "binh", nil, 0},
		"a-unsorted":    {1_25, "binh", nil, 0},
		"a-band-edge":   {100_99, "an", nil, 0}, // the step is the one at the loser's maximum
		"a-same-moment": {2_25, "binh", nil, 0},
	}
	recordings, _ := readFile(t, "testdata/recordings.csv")
	for _, r := range recordings {
		w, known := want[r.ID]
		if !known {
			t.Errorf("%s: nothing is expected of it", r.ID)
			continue
		}
		got, err := Expect(&r, 0)
		if err != nil {
			t.Fatal(err)
		}
		if w.refused == nil {
			w.refused = refusals{}
		}
		if got.Price != w.price || got.Winner != w.winner || !reflect.DeepEqual(got.Refused, w.refused) {
			t.Errorf("%s: %+v, want %+v", r.ID, got, w)
		}
		reserve, err := InferReserve(&r)
		if err != nil || reserve != w.reserve {
			t.Errorf("%s: inferred %d, %v; want %d", r.ID, reserve, err, w.reserve)
		}
		if reserve == 0 {
			continue
		}
		if got, err := Expect(&r, reserve); err != nil || got.Price != r.Closing {
			t.Errorf("%s: closes at %d, %v with the inferred reserve %d", r.ID, got.Price, err, reserve)
		}
	}
}
