package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"gobua/engine"
)

// instant is an engine.Instant as a timestamptz; zero is null.
type instant engine.Instant

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) {
	if i == 0 {
		return nil, nil
	}
	return engine.Instant(i).Time(), nil
}

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) error {
	switch t := src.(type) {
	case nil:
		*i = 0
	case time.Time:
		*i = instant(engine.InstantOf(t))
	default:
		return fmt.Errorf("a moment cannot be a %T", src)
	}
	return nil
}

// hash is an engine.Hash as a bytea.
type hash engine.Hash

// Value implements driver.Valuer.
func (h hash) Value() (driver.Value, error) { return h[:], nil }

// Scan implements sql.Scanner.
func (h *hash) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(h) {
		return fmt.Errorf("a hash cannot be %d bytes of %T", len(b), src)
	}
	copy(h[:], b)
	return nil
}

// document is a value as json or jsonb.
type document[T any] struct{ v T }

// Value implements driver.Valuer.
func (d document[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(d.v)
	return string(b), err
}

// Scan implements sql.Scanner.
func (d *document[T]) Scan(src any) error {
	switch b := src.(type) {
	case []byte:
		return json.Unmarshal(b, &d.v)
	case string:
		return json.Unmarshal([]byte(b), &d.v)
	}
	return fmt.Errorf("a document cannot be a %T", src)
}

// maybe is a text whose absence is null.
func maybe[T ~string](s T) sql.NullString { return sql.NullString{String: string(s), Valid: s != ""} }

// maybeInt is a number whose absence, zero, is null.
func maybeInt[T ~int64 | ~uint64](n T) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(n), Valid: n != 0}
}

// maybeHash is a hash whose absence, all zero, is null.
func maybeHash(h engine.Hash) driver.Valuer {
	if h == (engine.Hash{}) {
		return sql.NullString{}
	}
	return hash(h)
}
