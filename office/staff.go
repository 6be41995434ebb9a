package office

import "context"

// StaffStore finds the staff of a centre.
type StaffStore interface {
	// Staff returns those of a centre who are not revoked, by name, at most
	// limit.
	Staff(ctx context.Context, centreID string, limit int) ([]Account, error)
}

// maxStaff is far more than any centre has.
const maxStaff = 500

// Staff returns the staff of the caller's own centre, to choose the people of
// an auction from. Those who prepare auctions may ask.
func (o *Office) Staff(ctx context.Context, by Account) ([]Account, error) {
	by, err := o.authorize(ctx, by, preparers...)
	if err != nil {
		return nil, err
	}
	return o.store.Staff(ctx, by.CentreID, maxStaff)
}
