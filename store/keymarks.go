package store

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// NoteKeyMarks keeps the marks of keys that have none yet, by name, and returns
// all that are kept. With no marks it only reads.
func (s *Store) NoteKeyMarks(ctx context.Context, marks map[string]string) (kept map[string]string, err error) {
	err = s.tx(ctx, "marks of the keys", func(ctx context.Context, tx *sqlx.Tx) error {
		for name, mark := range marks {
			if _, err := tx.ExecContext(ctx, `insert into key_marks (name, mark) values ($1, $2) on conflict do nothing`, name, mark); err != nil {
				return err
			}
		}
		var rows []struct{ Name, Mark string }
		if err := tx.SelectContext(ctx, &rows, `select name, mark from key_marks`); err != nil {
			return err
		}
		kept = make(map[string]string, len(rows))
		for _, r := range rows {
			kept[r.Name] = r.Mark
		}
		return nil
	})
	return kept, err
}
