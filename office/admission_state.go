package office

import (
	"context"

	"gobua/engine"
)

// AdmissionState is how far a listed auction is from having its sessions:
// numbers only, codes and names are nobody's business yet.
type AdmissionState struct {
	ClosesAt  engine.Instant `json:"closesAt"`  // nobody can become admitted from then on
	Undecided int            `json:"undecided"` // dossiers that wait for a decision
	Lots      []LotAdmission `json:"lots"`
}

// LotAdmission is how many are admitted to a lot.
type LotAdmission struct {
	LotID    string `json:"lotId"`
	Number   int    `json:"number"`
	Title    string `json:"title"`
	Admitted int    `json:"admitted"`
}

// AdmissionState returns how far a listed auction is, nil for one that is not
// listed. Staff of its centre may ask.
func (o *Office) AdmissionState(ctx context.Context, by Account, auctionID string) (*AdmissionState, error) {
	a, err := o.Auction(ctx, auctionID)
	if err != nil {
		return nil, err
	}
	if _, err := o.authorizeOn(ctx, by, &a, staffRoles...); err != nil || a.Status != StatusListed {
		return nil, err
	}
	list, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: a.ID, Limit: maxLots * maxRegistrations})
	if err != nil {
		return nil, err
	}
	s := &AdmissionState{ClosesAt: admissionsCloseAt(&a), Undecided: undecided(list), Lots: make([]LotAdmission, len(a.Lots))}
	admitted := map[string]int{}
	for i := range list {
		if list[i].Eligible() && list[i].SealedCode != nil {
			admitted[list[i].LotID]++
		}
	}
	for i := range a.Lots {
		lot := &a.Lots[i]
		s.Lots[i] = LotAdmission{LotID: lot.ID, Number: lot.Number, Title: lot.Title, Admitted: admitted[lot.ID]}
	}
	return s, nil
}
