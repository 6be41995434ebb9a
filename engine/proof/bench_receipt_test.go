package proof_test

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/proof"
)

// BenchmarkReceipts is what it costs to sign receipts that are given at once:
// their texts, the tree and one signature.
func BenchmarkReceipts(b *testing.B) {
	signer, _, err := ledger.NewSigner("trungtam.example/log", [32]byte{1})
	if err != nil {
		b.Fatal(err)
	}
	sign := func(text string) ([]byte, error) { return note.Sign(&note.Note{Text: text}, signer) }
	session := engine.NewSessionID([12]byte{})
	by := engine.Actor{Role: engine.RoleBidder, Ref: "M-733"}
	receipt := engine.Receipt{
		Cmd: engine.CommandID{15: 1}, Act: engine.ActBid, Seq: 412, At: opensAt, Accepted: true,
		Amount: 12_050_000_000, Price: 12_050_000_000, Next: 12_100_000_000, Leading: true, Hash: &engine.Hash{1},
	}
	b.Run("text", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			proof.ReceiptText(session, by, receipt)
		}
	})
	for _, n := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("at once %d", n), func(b *testing.B) {
			texts := make([]string, n)
			b.ReportAllocs()
			for b.Loop() {
				for i := range texts {
					texts[i] = proof.ReceiptText(session, by, receipt)
				}
				if _, err := proof.SignReceipts(sign, session, texts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/receipt")
		})
	}
}
