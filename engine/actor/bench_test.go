package actor

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/ledger"
)

// BenchmarkActorBid is one bid from mailbox to answer: submitters send one bid
// each and wait for its receipt. On the journal in memory it is what deciding
// and telling cost, on Pebble a sync is in it. Bids overtake each other on their
// way, so a part of them is refused as too low; those have a record and a
// receipt too.
func BenchmarkActorBid(b *testing.B) {
	for _, submitters := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("journal=memory/submitters=%d", submitters), func(b *testing.B) {
			benchmarkBids(b, journal.NewMemory(), submitters, nil)
		})
	}
	for _, submitters := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("journal=pebble/submitters=%d", submitters), func(b *testing.B) {
			p, err := journal.OpenPebble(b.TempDir(), journal.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close()
			benchmarkBids(b, p, submitters, nil)
		})
	}
}

// BenchmarkSignedBid is BenchmarkActorBid on Pebble with signed receipts and
// without, one after the other in one run. The difference is what the
// signatures cost a bid; they are made beside the append.
func BenchmarkSignedBid(b *testing.B) {
	signer, _, err := ledger.NewSigner("trungtam.example/log", [32]byte{1})
	if err != nil {
		b.Fatal(err)
	}
	for _, submitters := range []int{1, 64, 1024} {
		for name, sign := range map[string]Sign{
			"unsigned": nil,
			"signed":   func(text string) ([]byte, error) { return note.Sign(&note.Note{Text: text}, signer) },
		} {
			b.Run(fmt.Sprintf("submitters=%d/%s", submitters, name), func(b *testing.B) {
				p, err := journal.OpenPebble(b.TempDir(), journal.Options{})
				if err != nil {
					b.Fatal(err)
				}
				defer p.Close()
				benchmarkBids(b, p, submitters, sign)
			})
		}
	}
}

func benchmarkBids(b *testing.B, j engine.Journal, submitters int, sign Sign) {
	reg := NewRegistry(Options{Journal: j, Sign: sign})
	defer reg.Stop()
	c := lot(theSession, func(r *engine.Rules) { r.OpensAt, r.BiddingMs = 1, engine.MaxBiddingMs })
	c.Participants = nil
	for i := range max(2, submitters) {
		code := engine.ParticipantCode(fmt.Sprintf("M-%d", i))
		c.Participants = append(c.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(theSession, string(code))})
	}
	if err := reg.Create(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	var ids, amount, accepted atomic.Int64
	submit := func(code engine.ParticipantCode, do engine.Act, done func(engine.Receipt, error)) {
		reg.Submit(theSession, engine.Command{ID: cmdID(uint64(ids.Add(1))), By: engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, Do: do}, done)
	}
	var present sync.WaitGroup
	for _, p := range c.Participants {
		present.Add(1)
		submit(p.Code, engine.CheckIn{}, func(engine.Receipt, error) { present.Done() })
	}
	present.Wait()

	b.ReportAllocs()
	b.ResetTimer()
	var all sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	for i := range submitters {
		all.Go(func() {
			answered := make(chan struct{}, 1)
			for turn := i; left.Add(-1) >= 0; turn++ {
				code := c.Participants[i].Code
				if submitters == 1 {
					code = c.Participants[turn%2].Code // nobody outbids themselves
				}
				bid := engine.PlaceBid{Amount: 100 + engine.Dong(10*amount.Add(1))}
				submit(code, bid, func(r engine.Receipt, err error) {
					if err != nil {
						b.Error(err)
					}
					if r.Accepted {
						accepted.Add(1)
					}
					answered <- struct{}{}
				})
				<-answered
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(accepted.Load())/float64(b.N), "accepted/bid")
}
