package office

import (
	"context"
	"errors"

	"gobua/engine"
)

// Signing names what somebody signs and proves that they mean it: the version
// they have read, its hash, and what the Signer asks for.
type Signing struct {
	Number int         `json:"number"`
	Hash   engine.Hash `json:"hash"`
	Proof  string      `json:"proof"`
}

// MinutesFile returns the PDF of a version, for the staff of the centre.
func (o *Office) MinutesFile(ctx context.Context, by Account, lotID string, number int) (Minutes, error) {
	if _, _, err := o.proceedingAt(ctx, by, lotID, afterReaders); err != nil {
		return Minutes{}, err
	}
	return o.store.MinutesPDF(ctx, lotID, number)
}

// SignMinutes keeps the signature of auctioneer, clerk or observer under the
// latest version. ErrEditedMeanwhile: that is another version, or another file,
// than the one that was read. *Invalid names the proof if it does not hold.
func (o *Office) SignMinutes(ctx context.Context, by Account, lotID string, s Signing) (Proceeding, error) {
	by, p, err := o.proceedingAt(ctx, by, lotID, []engine.Role{engine.RoleAuctioneer, engine.RoleClerk, engine.RoleObserver})
	if err != nil {
		return Proceeding{}, err
	}
	signature, err := o.sign(ctx, by, &p, s)
	if err != nil {
		return Proceeding{}, err
	}
	signature.Slot, signature.AccountID, signature.Name = slots[by.Role], by.ID, by.Name
	return o.changeProceeding(ctx, by, lotID, "sign_minutes", "", func(p *Proceeding, _ engine.Instant) error {
		return p.keepSignature(signature)
	})
}

// RefuseToSign records that auctioneer, clerk or observer will not sign the
// latest version, and why. What a winner's refusal has as its consequence is in
// RefuseResult and RecordRefusal.
func (o *Office) RefuseToSign(ctx context.Context, by Account, lotID string, s Signing, reason string) (Proceeding, error) {
	by, p, err := o.proceedingAt(ctx, by, lotID, []engine.Role{engine.RoleAuctioneer, engine.RoleClerk, engine.RoleObserver})
	if err != nil {
		return Proceeding{}, err
	}
	var f faults
	checkReason(&f, &reason)
	if err := f.err(); err != nil {
		return Proceeding{}, err
	}
	signature, err := o.signed(ctx, &p, s)
	if err != nil {
		return Proceeding{}, err
	}
	signature.Slot, signature.AccountID, signature.Name, signature.Refused = slots[by.Role], by.ID, by.Name, reason
	return o.changeProceeding(ctx, by, lotID, "refuse_to_sign", reason, func(p *Proceeding, _ engine.Instant) error {
		return p.keepSignature(signature)
	})
}

// signed begins a signature under the version that somebody names, which must
// be the latest and must be the file they have read.
func (o *Office) signed(ctx context.Context, p *Proceeding, s Signing) (*MinutesSignature, error) {
	versions, err := o.store.MinutesOf(ctx, []string{p.LotID})
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, ErrWrongState
	}
	latest := versions[len(versions)-1]
	if latest.Number != s.Number || latest.Hash != s.Hash || latest.Covers != p.MinutesDue() {
		return nil, ErrEditedMeanwhile
	}
	return &MinutesSignature{
		LotID: p.LotID, Number: latest.Number, Hash: latest.Hash, At: engine.InstantOf(o.now()), covers: latest.Covers,
	}, nil
}

// sign is signed with the proof that the person means it.
func (o *Office) sign(ctx context.Context, by Account, p *Proceeding, s Signing) (*MinutesSignature, error) {
	signature, err := o.signed(ctx, p, s)
	if err != nil {
		return nil, err
	}
	proof, err := o.prove(ctx, by, s.Proof, signature.Hash)
	if err != nil {
		return nil, err
	}
	signature.Method, signature.Token = proof.Method, proof.Token
	return signature, nil
}

// prove asks the Signer. A proof that does not hold is a mistake in the form,
// not the end of the sign-in.
func (o *Office) prove(ctx context.Context, by Account, proof string, document engine.Hash) (Proof, error) {
	p, err := o.signer.Sign(ctx, by, proof, document)
	if errors.Is(err, ErrBadCredentials) || errors.Is(err, ErrBadCode) {
		err = &Invalid{[]Field{{"proof", "wrong"}}}
	}
	return p, err
}

// keepSignature keeps a signature with the proceeding, unless something has
// happened since that the signed version does not tell.
func (p *Proceeding) keepSignature(s *MinutesSignature) error {
	if s.covers != p.MinutesDue() {
		return ErrEditedMeanwhile
	}
	p.Signed = s
	return nil
}
