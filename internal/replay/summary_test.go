package replay

import (
	"strings"
	"testing"

	"gobua/engine"
)

// alone is what a server that obeys the rules would make of a recording.
func alone(t *testing.T, rec *Recording, reserve engine.Dong) ran {
	t.Helper()
	out, err := Expect(rec, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return ran{Outcome: out, Sold: true, Reserve: reserve}
}

func TestTheSummaryEndsWithWhatCounts(t *testing.T) {
	recordings, unusable := readFile(t, "testdata/recordings.csv")
	var plain, inferred []ran
	for i := range recordings {
		plain = append(plain, alone(t, &recordings[i], 0))
		reserve, err := InferReserve(&recordings[i])
		if err != nil {
			t.Fatal(err)
		}
		inferred = append(inferred, alone(t, &recordings[i], reserve))
	}
	for name, test := range map[string]struct {
		outcomes []ran
		want     string
	}{
		"without reserves": {plain, `left out: auction a-incomplete, line 28: max_bid is missing
left out: auction a-contradicted, line 30: item, duration, open_bid or closing_price differ from the row before
left out: auction a-fraction-of-a-cent, line 31: open_bid is "0.999", want dollars and cents
auction        recorded  ours   why, perhaps
a-reserve      120.00    71.00  a hidden reserve: the winner paid the whole maximum and no runner-up explains it
a-unexplained  99.00     71.00  the bids on record do not lead there
2 of 25 recorded bids were refused as too low
10 of 12 auctions closed at the recorded price
`},
		"with inferred ones": {inferred, `left out: auction a-incomplete, line 28: max_bid is missing
left out: auction a-contradicted, line 30: item, duration, open_bid or closing_price differ from the row before
left out: auction a-fraction-of-a-cent, line 31: open_bid is "0.999", want dollars and cents
auction        recorded  ours   why, perhaps
a-unexplained  99.00     71.00  the bids on record do not lead there
2 of 25 recorded bids were refused as too low
11 of 12 auctions closed at the recorded price
`},
	} {
		t.Run(name, func(t *testing.T) {
			sum := summarize(recordings, test.outcomes)
			sum.Unusable = unusable
			var out strings.Builder
			sum.print(&out)
			if out.String() != test.want {
				t.Errorf("printed:\n%s\nwant:\n%s", &out, test.want)
			}
		})
	}
}

func TestTheGuessNamesWhatWentWrong(t *testing.T) {
	rec := Recording{ID: "x", Open: 1_00, Closing: 9_00, Bids: []RecordedBid{{Bidder: "an", Maximum: 5_00}, {Bidder: "binh", Maximum: 3_00}}}
	fair := alone(t, &rec, 0)
	for want, change := range map[string]func(*ran){
		"a bid was refused: closed":                     func(r *ran) { r.Refused = refusals{engine.ReasonClosed: 1} },
		"the rules alone say 3.25: the server is wrong": func(r *ran) { r.Price = 4_00 },
		"was not sold":                   func(r *ran) { r.Sold, r.Price = false, 0 },
		"nobody on record bid that much": func(*ran) {},
	} {
		ours := fair
		change(&ours)
		if got := guess(&rec, &ours); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
