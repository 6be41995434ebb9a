package replay

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"gobua/engine"
)

// tooLow are the refusals of an amount that did not reach what was needed: the
// next minimum, the start, or for the leader the own maximum.
var tooLow = []engine.Reason{engine.ReasonTooLow, engine.ReasonBelowStart, engine.ReasonMaximumNotHigher}

// summarize compares what was run with what is on record.
func summarize(recordings []Recording, outcomes []ran) Summary {
	sum := Summary{Usable: len(recordings), Refused: make(map[engine.Reason]int)}
	for i := range recordings {
		rec, ours := &recordings[i], &outcomes[i]
		sum.Bids += len(rec.Bids)
		for reason, n := range ours.Refused {
			sum.Refused[reason] += n
			if slices.Contains(tooLow, reason) {
				sum.TooLow += n
			}
		}
		if ours.Price == rec.Closing {
			sum.Matched++
			continue
		}
		sum.Mismatches = append(sum.Mismatches, Mismatch{rec.ID, rec.Closing, ours.Price, guess(rec, ours)})
	}
	return sum
}

// guess says why an auction may have closed at another price.
func guess(rec *Recording, ours *ran) string {
	for reason := range ours.Refused {
		if !slices.Contains(tooLow, reason) {
			return fmt.Sprintf("a bid was refused: %s", reason)
		}
	}
	alone, err := Expect(rec, ours.Reserve)
	switch {
	case err != nil:
		return err.Error()
	case alone.Price != ours.Price && ours.Sold:
		return fmt.Sprintf("the rules alone say %s: the server is wrong", dollars(alone.Price))
	case !ours.Sold:
		return "was not sold"
	case alone.Maximum == rec.Closing:
		return "a hidden reserve: the winner paid the whole maximum and no runner-up explains it"
	case rec.Closing > alone.Maximum:
		return "nobody on record bid that much"
	}
	return "the bids on record do not lead there"
}

// print writes the table of mismatches and the two numbers that count.
func (s *Summary) print(out io.Writer) {
	for _, u := range s.Unusable {
		fmt.Fprintf(out, "left out: auction %s, line %d: %s\n", u.ID, u.Line, u.Why)
	}
	if len(s.Mismatches) > 0 {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "auction\trecorded\tours\twhy, perhaps")
		for _, m := range s.Mismatches {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.ID, dollars(m.Recorded), dollars(m.Ours), m.Why)
		}
		w.Flush()
	}
	var others []string
	for reason, n := range s.Refused {
		if !slices.Contains(tooLow, reason) {
			others = append(others, fmt.Sprintf("%d as %s", n, reason))
		}
	}
	slices.Sort(others)
	fmt.Fprintf(out, "%d of %d recorded bids were refused as too low", s.TooLow, s.Bids)
	if len(others) > 0 {
		fmt.Fprintf(out, ", %s", strings.Join(others, ", "))
	}
	fmt.Fprintf(out, "\n%d of %d auctions closed at the recorded price\n", s.Matched, s.Usable)
}

// dollars writes cents as people do.
func dollars(cents engine.Dong) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }
