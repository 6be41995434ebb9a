package transport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"gobua/internal/durable"
)

// revokedLife is how long a revocation matters: longer than any token issued
// before it can live, with a minute for a sign-in under way.
const revokedLife = AccessTokenLife + OfficeGrace + time.Minute

// RevokedAccounts are the accounts, and single sign-ins, whose tokens are dead
// before their time.
// With a file they stay dead when the process is restarted. It is bounded by
// the life of a token. All methods may be called from any goroutine.
type RevokedAccounts struct {
	path string // empty: in memory only

	mu    sync.RWMutex
	since map[string]time.Time
}

// OpenRevoked reads the file of revoked accounts; there need not be one yet. A
// damaged file is an error: to go on without it would bring accounts back.
func OpenRevoked(path string) (*RevokedAccounts, error) {
	r := &RevokedAccounts{path: path, since: map[string]time.Time{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &r.since)
	}
	if err != nil {
		return nil, fmt.Errorf("revoked accounts %s: %w; delete the file if no account was revoked in the last %v", path, err, revokedLife)
	}
	return r, nil
}

// add notes accounts and sign-ins; what is known already keeps its time. In
// memory it holds at once, whatever the error, which says that it may be
// forgotten by a restart.
func (r *RevokedAccounts) add(ids []string, at, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, known := r.since[id]; return known })
	if len(ids) == 0 {
		return nil
	}
	maps.DeleteFunc(r.since, func(_ string, since time.Time) bool { return now.Sub(since) > revokedLife })
	for _, id := range ids {
		r.since[id] = at
	}
	if r.path == "" {
		return nil
	}
	text, err := json.Marshal(r.since)
	if err != nil {
		return err
	}
	return durable.WriteFile(r.path, text)
}

func (r *RevokedAccounts) has(accountID string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, dead := r.since[accountID]
	return dead
}
