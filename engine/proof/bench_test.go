package proof_test

import (
	"bytes"
	"fmt"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// long is the file of a session of about n records: two who outbid each other,
// every fourth record a bid that is too low, and one message.
func long(t testing.TB, n int) []byte {
	t.Helper()
	rules := plainRules()
	rules.BiddingMs = engine.Millis(n+10) * 10
	rules.Closing = engine.Closing{Kind: engine.ClosingFixed}
	s := newSale(t, rules, 0)
	s.command(auctioneer, engine.Say{Text: "Bắt đầu"})
	for i := 0; len(s.records) < n-3; i++ {
		s.at(engine.Millis(len(s.records)) * 10)
		who := engine.ParticipantCode([]string{"A", "B"}[i%2])
		s.bid(who, s.state.NextMinimum())
		if i%3 == 0 {
			s.bid("C", s.state.Price)
		}
	}
	s.announce()
	return publish(t, entries(t, s.records))
}

func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			file := long(b, n)
			b.SetBytes(int64(len(file)))
			var records engine.Seq
			for b.Loop() {
				report, err := proof.Verify(bytes.NewReader(file), proof.Options{})
				if err != nil {
					b.Fatal(err)
				}
				records += report.Head.Seq
			}
			b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
