package office

import (
	"context"
	"regexp"
	"slices"

	"gobua/engine"
)

// maxActs is how many lines of the audit log one answer has.
const maxActs = 200

// auditors may read the audit log: of their own centre, and observers of the
// auctions they are assigned to.
var auditors = []engine.Role{engine.RoleAdmin, engine.RoleAuctioneer, engine.RoleObserver}

// actName is what a name of acts, or the beginning of one, looks like.
var actName = regexp.MustCompile(`^[a-z_.]{0,60}$`)

// Acts returns lines of the audit log of the caller's centre, newest first, at
// most 200. An observer who is no inspector must name an auction that observer
// is assigned to. ErrForbidden otherwise.
func (o *Office) Acts(ctx context.Context, by Account, q ActQuery) ([]Act, error) {
	by, err := o.authorize(ctx, by, auditors...)
	if err != nil {
		return nil, err
	}
	for _, id := range []string{q.AuctionID, q.AccountID} {
		if id != "" && !validID(id) {
			return nil, ErrNotFound
		}
	}
	if !actName.MatchString(q.Name) || len(q.SubjectID) > 64 {
		return nil, ErrNotFound
	}
	if err := o.mayAudit(ctx, by, q.AuctionID); err != nil {
		return nil, err
	}
	q.CentreID = by.CentreID
	if q.Limit <= 0 || q.Limit > maxActs {
		q.Limit = maxActs
	}
	return o.store.Acts(ctx, q)
}

// mayAudit lets observers read only what they observe.
func (o *Office) mayAudit(ctx context.Context, by Account, auctionID string) error {
	if by.Role != engine.RoleObserver || by.Observer == ObserverInspector {
		return nil
	}
	if auctionID == "" {
		return ErrForbidden
	}
	a, err := o.store.Auction(ctx, auctionID)
	if err != nil {
		return err
	}
	if a.CentreID != by.CentreID || !slices.Contains(a.Sheet.People.Observers, by.ID) {
		return ErrNotFound
	}
	return nil
}

// ActChain is what a check of the audit log's chain has found.
type ActChain struct {
	Lines  uint64      `json:"lines"`            // checked and found whole
	Head   engine.Hash `json:"head"`             // hash of the last of them
	Broken uint64      `json:"broken,omitempty"` // first line that does not follow; zero: none
}

const actBatch = 1000

// CheckActs reads the whole audit log of the installation and follows its
// chain. Only an admin or an inspector may. It blocks for as long as reading
// takes, about a second for a hundred thousand lines.
func (o *Office) CheckActs(ctx context.Context, by Account) (ActChain, error) {
	by, err := o.authorize(ctx, by, engine.RoleAdmin, engine.RoleObserver)
	if err != nil {
		return ActChain{}, err
	}
	if by.Role == engine.RoleObserver && by.Observer != ObserverInspector {
		return ActChain{}, ErrForbidden
	}
	var c ActChain
	for {
		batch, err := o.store.ActsFrom(ctx, c.Lines+1, actBatch)
		if err != nil {
			return ActChain{}, err
		}
		for _, a := range batch {
			if a.Seq != c.Lines+1 || a.Hash != a.HashAfter(c.Head) {
				c.Broken = c.Lines + 1
				return c, nil
			}
			c.Lines, c.Head = a.Seq, a.Hash
		}
		if len(batch) < actBatch {
			return c, nil
		}
	}
}
