package storetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

// contractOpenings: an opening is decided once, by another, used once, and what
// was asked for never changes.
func contractOpenings(t *testing.T, s office.Store) {
	p, asker := follow(t, s)
	second := AddAccount(t, s, "ho.so", engine.RoleRegistrar)
	ask := func() office.Opening {
		o := office.Opening{
			ID: uuid.NewString(), AuctionID: p.AuctionID, Session: p.Session, Code: "M-100", Reason: "Khiếu nại",
			AskedBy: asker.ID, AskedAt: now, ExpiresAt: now + 100, AskedByName: asker.Name,
		}
		check(t, s.InsertOpening(background, o, trail(asker, "identity.open_ask", o.ID)))
		return o
	}
	first := ask()
	list, err := s.Openings(background, p.AuctionID, 5)
	same(t, list, []office.Opening{first}, err)

	decide := func(id string, by office.Account, approve bool) (office.Opening, error) {
		return s.ChangeOpening(background, id, func(o *office.Opening) (office.Trail, error) {
			o.Approved, o.DecidedBy, o.DecidedByName, o.DecidedAt, o.Remark, o.ExpiresAt = &approve, by.ID, by.Name, now+1, "Đã xem đơn", now+200
			return trail(by, "identity.open_approve", id), nil
		})
	}
	use := func(id string, at engine.Instant) (office.Opening, error) {
		return s.ChangeOpening(background, id, func(o *office.Opening) (office.Trail, error) {
			if o.UsedAt != 0 {
				return office.Trail{}, office.ErrWrongState
			}
			o.UsedAt = at
			return trail(asker, "identity.open", id), nil
		})
	}
	wanted := errors.New("no")
	_, err = s.ChangeOpening(background, first.ID, func(o *office.Opening) (office.Trail, error) { return office.Trail{}, wanted })
	if !errors.Is(err, wanted) {
		t.Errorf("an error of change is %v", err)
	}
	_, err = s.ChangeOpening(background, uuid.NewString(), func(*office.Opening) (office.Trail, error) { return office.Trail{}, nil })
	if !errors.Is(err, office.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := decide(first.ID, asker, true); err == nil {
		t.Error("who asked has approved")
	}
	if _, err := use(first.ID, now+2); err == nil {
		t.Error("used without approval")
	}
	approved, err := decide(first.ID, second, true)
	check(t, err)
	list, err = s.Openings(background, p.AuctionID, 5)
	same(t, list, []office.Opening{approved}, err)
	if _, err := decide(first.ID, second, false); err == nil {
		t.Error("decided twice")
	}
	if _, err := use(first.ID, now+200); err == nil {
		t.Error("used after it expired")
	}

	// Of many that use it at once, one does.
	var done sync.WaitGroup
	var mu sync.Mutex
	used := 0
	for range 8 {
		done.Go(func() {
			if _, err := use(first.ID, now+3); err == nil {
				mu.Lock()
				used++
				mu.Unlock()
			} else if !errors.Is(err, office.ErrWrongState) {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if used != 1 {
		t.Errorf("used %d times", used)
	}
	acts, err := s.Acts(background, office.ActQuery{Name: "identity.", Limit: 20})
	same(t, len(acts), 3, err)

	refused := ask()
	_, err = decide(refused.ID, second, false)
	check(t, err)
	if _, err := use(refused.ID, now+3); err == nil {
		t.Error("used although it was refused")
	}
}
