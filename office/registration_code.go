package office

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"gobua/engine"
)

var errNoVault = errors.New("office: no keys to seal with")

// Codes are drawn from four figures, which people can say and remember, and
// from six once half of those are out. The length must not tell who came early,
// so it stays the same in all but the largest auctions.
const (
	fewCodes, firstCode         = 9_000, 1_000
	manyCodes, firstCodeOfMany  = 900_000, 100_000
	maxDraws, maxCodeTransacted = 10_000, 20
)

// codeContext is what a sealed code belongs to.
func codeContext(registrationID string) string { return "registration/" + registrationID + "/code" }

// drawCode draws a code at random that is none of the auction's, and seals it
// into the registration. Who registers when has no part in it.
func (o *Office) drawCode(r *Registration, taken [][]byte, at engine.Instant) error {
	if o.vault == nil {
		return errNoVault
	}
	count, first := int64(fewCodes), int64(firstCode)
	if len(taken) > fewCodes/2 {
		count, first = manyCodes, firstCodeOfMany
	}
	for range maxDraws {
		n, err := rand.Int(o.rand, big.NewInt(count))
		if err != nil {
			return fmt.Errorf("random bytes: %w", err)
		}
		code := fmt.Sprintf("M-%d", first+n.Int64())
		mark := o.vault.Mac("code/"+r.AuctionID, code)
		if slices.ContainsFunc(taken, func(t []byte) bool { return bytes.Equal(t, mark) }) {
			continue
		}
		r.SealedCode, r.CodeMark, r.CodeIssuedAt = o.vault.Seal(codeContext(r.ID), []byte(code)), mark, at
		return nil
	}
	return errors.New("office: no participation code is left")
}

// openCode returns the code of a registration, empty if there is none yet.
func (o *Office) openCode(r *Registration) (engine.ParticipantCode, error) {
	if r.SealedCode == nil {
		return "", nil
	}
	if o.vault == nil {
		return "", errNoVault
	}
	code, err := o.vault.Open(codeContext(r.ID), r.SealedCode)
	if err != nil {
		return "", fmt.Errorf("code of registration %s: %w", r.ID, err)
	}
	return engine.ParticipantCode(code), nil
}

// withCodes runs a change that may make registrations eligible. It hands the
// change the marks of all codes of the auction, and runs it again if somebody
// else was given a code of it at the same moment.
func (o *Office) withCodes(ctx context.Context, auctionID string, change func(taken [][]byte) error) error {
	for try := 1; ; try++ {
		taken, err := o.store.CodeMarks(ctx, auctionID)
		if err != nil {
			return err
		}
		if err := change(taken); !errors.Is(err, ErrCodeTaken) || try == maxCodeTransacted {
			return err
		}
	}
}

// issue draws the code if the registration admits to the session and has none,
// and adds the letter and the line of the log to the trail.
func (o *Office) issue(r *Registration, a *Auction, taken [][]byte, t *Trail) error {
	if !r.Eligible() || r.SealedCode != nil {
		return nil
	}
	if err := o.drawCode(r, taken, t.At); err != nil {
		return err
	}
	lines := o.act(Account{Role: engine.RoleSystem}, "registration.code", "registration", r.ID, nil, nil).ofAuction(a)
	t.Acts = append(t.Acts, lines.Acts...)
	t.Mails = append(t.Mails, letterOfCode(a, r))
	return nil
}

// Admitted returns who is admitted to each lot of an auction, by lot and in the
// order of the codes, which says nothing about who came first.
func (o *Office) Admitted(ctx context.Context, auctionID string) (map[string][]Admitted, error) {
	list, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: auctionID, Limit: maxLots * maxRegistrations})
	if err != nil {
		return nil, err
	}
	admitted := map[string][]Admitted{}
	for i := range list {
		r := &list[i]
		if !r.Eligible() || r.SealedCode == nil {
			continue
		}
		code, err := o.openCode(r)
		if err != nil {
			return nil, err
		}
		admitted[r.LotID] = append(admitted[r.LotID], Admitted{AccountID: r.AccountID, Code: code})
	}
	for _, of := range admitted {
		slices.SortFunc(of, func(x, y Admitted) int { return cmp.Compare(x.Code, y.Code) })
	}
	return admitted, nil
}
