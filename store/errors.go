package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/lib/pq"

	"gobua/office"
	"gobua/office/blob"
)

// PostgreSQL's codes that mean something to this package. Two characters name
// a whole class.
const (
	uniqueViolation = "23505"
	serialization   = "40001"
	deadlock        = "40P01"
)

// unavailable are the codes that say "not now" and nothing about the request:
// connection, resources, operator, wrong address, standby, statement timeout.
var unavailable = []string{"08", "53", "57", "58", "28", "3D", "25006", "25P03"}

// known tells whether an error is an answer already and must not be covered by
// a timeout that passed at the same moment.
func known(err error) bool {
	for _, answer := range []error{
		office.ErrNotFound, office.ErrLoginTaken, office.ErrEditedMeanwhile, office.ErrPublished, office.ErrKeyReused,
		office.ErrTooMany, blob.ErrUnknown, blob.ErrOffset,
		errRefused,
	} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}

// translate turns an error of the driver into one of the office, where the
// office has one, and says during which call it came up.
func translate(what string, err error) error {
	var code string
	if e, ok := errors.AsType[*pq.Error](err); ok {
		code = string(e.Code)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return office.ErrNotFound
	case known(err), errors.Is(err, office.ErrUnavailable):
		return err
	case unreachable(err) || hasPrefix(code, unavailable):
		return fmt.Errorf("%s: %w: %w", what, office.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// unreachable tells whether an error is one of the way to the database and not
// of the database.
func unreachable(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, e := range []error{
		driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, context.DeadlineExceeded,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// again tells whether the database ended a transaction in favour of another.
func again(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && (e.Code == serialization || e.Code == deadlock)
}

// violates tells whether err is the named unique constraint.
func violates(err error, constraint string) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && e.Code == uniqueViolation && e.Constraint == constraint
}

func hasPrefix(code string, prefixes []string) bool {
	for _, p := range prefixes {
		if code != "" && strings.HasPrefix(code, p) {
			return true
		}
	}
	return false
}
