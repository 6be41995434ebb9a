package office_test

import (
	"context"
	"fmt"
	"sync"

	"gobua/engine"
	"gobua/office"
)

// waitingStore is as much of a store as Run asks for, within a synctest bubble
// that a connection cannot cross.
type waitingStore struct {
	office.Store
	mu            sync.Mutex
	there         bool
	asked, tidied int
	frozen        map[engine.SessionID]engine.Created
}

func (s *waitingStore) Pending(context.Context, string, int) (ids []engine.SessionID, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if !s.there {
		return nil, fmt.Errorf("%w: away", office.ErrUnavailable)
	}
	for id := range s.frozen {
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *waitingStore) Frozen(_ context.Context, id engine.SessionID) (engine.Created, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frozen[id], nil
}

func (s *waitingStore) Admissions(context.Context, engine.SessionID) ([][]byte, error) {
	return nil, nil
}

func (s *waitingStore) HeldOfCancelled(context.Context, int) ([]office.Registration, error) {
	return nil, nil
}

func (s *waitingStore) Unregistered(context.Context, int) ([]office.LotRef, error) { return nil, nil }

func (s *waitingStore) ResultsToFollow(context.Context, int) ([]engine.SessionID, error) {
	return nil, nil
}

func (s *waitingStore) Proceedings(context.Context, office.ProceedingQuery) ([]office.Proceeding, error) {
	return nil, nil
}

func (s *waitingStore) VaultMark(_ context.Context, mark string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.there {
		return "", fmt.Errorf("%w: away", office.ErrUnavailable)
	}
	return mark, nil
}

func (s *waitingStore) TidyThrottles(context.Context, engine.Instant, engine.Instant) error {
	return nil
}

func (s *waitingStore) Desks(context.Context) (office.Desks, error) { return office.Desks{}, nil }

func (s *waitingStore) MarkHandedOver(_ context.Context, id engine.SessionID, _ engine.Instant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.frozen, id)
	return nil
}

func (s *waitingStore) Tidy(context.Context, engine.Instant, engine.Instant, engine.Instant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidied++
	return nil
}

func (s *waitingStore) comeBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there = true
}

func (s *waitingStore) counts() (asked, tidied int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked, s.tidied
}
