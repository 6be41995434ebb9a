package store

import (
	"context"
	"time"

	"gobua/office"
)

// Changes implements office.ChangeStore.
func (s *Store) Changes(ctx context.Context) (map[office.ChangeTopic]int64, error) {
	var rows []struct {
		Topic   office.ChangeTopic
		Version int64
	}
	err := s.call(ctx, "changes", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `select topic, version from changes`)
	})
	versions := make(map[office.ChangeTopic]int64, len(rows))
	for _, r := range rows {
		versions[r.Topic] = r.Version
	}
	return versions, err
}

// SignedOut implements office.ChangeStore.
func (s *Store) SignedOut(ctx context.Context, within time.Duration) (ids []string, err error) {
	err = s.call(ctx, "signed out", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &ids, `select id from signed_out where at > now() - $1 * interval '1 ms'`, within.Milliseconds())
	})
	return ids, err
}
