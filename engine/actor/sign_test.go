package actor

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/proof"
)

// TestEveryReceiptOfAParticipantIsSigned, also the one that is asked for again,
// and says what the answer says.
func TestEveryReceiptOfAParticipantIsSigned(t *testing.T) {
	signer, verifier, err := ledger.NewSigner("trungtam.example/log", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ledger.TrustKeys(ledger.Key{Verifier: verifier})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(text string) ([]byte, error) { return note.Sign(&note.Note{Text: text}, signer) }
	synctest.Test(t, func(t *testing.T) {
		s := running(t, func(r *engine.Rules) { r.Proxy = true })
		s.sign = sign
		s.crash()
		s.start()
		signed := func(what string, r engine.Receipt) {
			t.Helper()
			kept := proof.Kept{Session: theSession, By: engine.Actor{Role: engine.RoleBidder, Ref: "M-1"}, Receipt: r}
			if err := kept.Check(keys.Verify); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		bid := s.by("M-1", engine.PlaceBid{Amount: 500})
		// A slow disk gathers what comes meanwhile: all of it has one signature.
		s.plan(slow(100 * time.Millisecond))
		first := s.send(s.by("M-2", engine.PlaceBid{Amount: 100}))
		time.Sleep(time.Millisecond)
		same := []<-chan answer{s.send(bid), s.send(s.by("M-1", engine.RaiseMaximum{Amount: 600}))}
		<-first
		one, two := (<-same[0]).Receipt, (<-same[1]).Receipt
		signed("a bid", one)
		signed("a raise", two)
		if one.Proof.Size != 2 || two.Proof.Note != one.Proof.Note || one.Proof.Index == two.Proof.Index {
			t.Errorf("two at once: %+v, %+v", one.Proof, two.Proof)
		}
		signed("the same command again", s.do(bid))
		asked := make(chan []engine.Receipt, 1)
		s.reg.Receipts(theSession, engine.Question{Code: "M-1", Commands: []engine.CommandID{bid.ID}}, func(found []engine.Receipt, _ error) { asked <- found })
		signed("asked for", (<-asked)[0])
		signed("refused", s.do(s.by("M-1", engine.PlaceBid{Amount: 5})))
		if one.Salt == nil || engine.AmountDisclosure(*one.Salt, 500, 0).Commitment() != s.commitment(one.Seq) {
			t.Error("the receipt of a maximum does not open what the record conceals")
		}
	})
}

// commitment is what a record of the journal conceals.
func (s *sale) commitment(seq engine.Seq) (c engine.Hash) {
	s.t.Helper()
	err := s.mem.Replay(s.t.Context(), theSession, seq-1, func(e engine.Entry) error {
		if e.Seq == seq {
			c = e.Disclosure.Commitment()
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// TestReceiptsOfSealedOffersAreSignedOneByOne: the size of the tree would tell
// how many others tried in the same moment.
func TestReceiptsOfSealedOffersAreSignedOneByOne(t *testing.T) {
	var texts []string
	a := &Actor{id: theSession, sign: func(text string) ([]byte, error) { texts = append(texts, text); return []byte(text), nil }}
	a.unmeasured.Store(true)
	list := []given{{engine.System, new(engine.Receipt)}, {engine.System, new(engine.Receipt)}}
	a.signing(list)()
	for _, g := range list {
		if g.receipt.Proof == nil || g.receipt.Proof.Size != 1 {
			t.Errorf("signed %+v", g.receipt.Proof)
		}
	}
	if len(texts) != 2 {
		t.Errorf("%d signatures", len(texts))
	}
}

// TestWithoutASignatureAReceiptIsGivenAllTheSame: the record is what counts.
func TestWithoutASignatureAReceiptIsGivenAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.sign = func(string) ([]byte, error) { return nil, errors.New("no key") }
		s.crash()
		s.start()
		if r := s.bid("M-1", 100); !r.Accepted || r.Proof != nil {
			t.Errorf("%+v", r)
		}
	})
}
