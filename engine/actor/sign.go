package actor

import (
	"gobua/engine"
	"gobua/engine/proof"
)

// Sign makes a signed note of a text. It is called on many goroutines at once and
// must not block for longer than a signature takes.
type Sign func(text string) ([]byte, error)

// given is a receipt and whom it is for.
type given struct {
	to      engine.Actor
	receipt *engine.Receipt
}

// signing signs the receipts of a batch beside the caller, who meanwhile has them
// recorded and waits with what is returned before it answers. What cannot be
// signed is given without: the record is what counts.
func (a *Actor) signing(list []given) (wait func()) {
	if a.sign == nil || len(list) == 0 {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if !a.unmeasured.Load() {
			a.signTogether(list)
			return
		}
		for i := range list { // how many there are at once is nobody's business
			a.signTogether(list[i : i+1])
		}
	}()
	return func() { <-done }
}

// signTogether signs receipts with one signature.
func (a *Actor) signTogether(list []given) {
	texts := make([]string, len(list))
	for i, g := range list {
		texts[i] = proof.ReceiptText(a.id, g.to, *g.receipt)
	}
	proofs, err := proof.SignReceipts(a.sign, a.id, texts)
	if err != nil {
		a.log.Error("receipts are given unsigned", "session", a.id, "err", err)
		return
	}
	for i, g := range list {
		g.receipt.Proof = &proofs[i]
	}
}

// signAgain signs receipts that a participant has asked for once more.
func (a *Actor) signAgain(code engine.ParticipantCode, receipts []engine.Receipt) {
	list := make([]given, len(receipts))
	for i := range receipts {
		list[i] = given{engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, &receipts[i]}
	}
	a.signing(list)()
}
