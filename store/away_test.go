package store_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/store"
	"gobua/store/storetest"
)

var background = context.Background()

func TestOpenNeverWaitsForTheDatabase(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // a place where nobody is at home
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	began := time.Now()
	s := storetest.OpenAt(t, fmt.Sprintf("postgres://x:y@%s/z?sslmode=disable", l.Addr()))
	for _, err := range []error{s.Ready(background), s.InsertResult(background, storetest.Sold("000000000001", 1), 1)} {
		if !errors.Is(err, office.ErrUnavailable) {
			t.Fatalf("without a database: %v", err)
		}
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Fatalf("waited %s", took)
	}
	// In time it says what is wrong.
	storetest.Until(t, func() error {
		if err := s.Ready(background); !strings.Contains(err.Error(), "connection refused") {
			return err
		}
		return nil
	})
}

func TestAMalformedAddressIsRefusedAtOnce(t *testing.T) {
	for _, dsn := range []string{"postgres://%zz", "host=x port=many", "postgres://h/d?sslmode=sometimes"} {
		if s, err := store.Open(background, dsn, store.Options{Log: storetest.Quiet}); err == nil {
			s.Close()
			t.Errorf("%s was taken", dsn)
		}
	}
}

func TestALocalDatabaseNeedsNoTLS(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t)) // by TCP
	plain := strings.Replace(line.DSN, "sslmode=disable", "", 1)
	storetest.WaitReady(t, storetest.OpenAt(t, plain))

	strict := storetest.OpenAt(t, plain+"&sslmode=require")
	storetest.Until(t, func() error {
		if err := strict.Ready(background); err == nil || !strings.Contains(err.Error(), "SSL is not enabled") {
			return fmt.Errorf("it was asked for TLS, and says: %v", err)
		}
		return nil
	})
}

func TestItComesBackWithTheDatabase(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t))
	line.Cut() // away from the beginning
	s := storetest.OpenAt(t, line.DSN)
	if err := s.Ready(background); !errors.Is(err, office.ErrUnavailable) {
		t.Fatalf("ready without a database: %v", err)
	}
	line.Mend()
	storetest.WaitReady(t, s) // migrated meanwhile
	a := storetest.AddAccount(t, s, "anh", engine.RoleBidder)

	for range 2 { // and away again later
		line.Cut()
		for what, err := range map[string]error{
			"ready":  s.Ready(background),
			"read":   second(s.Account(background, a.ID)),
			"write":  s.InsertResult(background, storetest.Sold("000000000001", 1), 1),
			"revoke": second(s.RevokeAccount(background, a.ID, office.Trail{At: 1})),
		} {
			if !errors.Is(err, office.ErrUnavailable) {
				t.Fatalf("%s without a database: %v", what, err)
			}
		}
		line.Mend()
		if got, err := s.Account(background, a.ID); err != nil || got != a {
			t.Fatalf("after the database came back: %+v, %v", got, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestItSurvivesAKilledServer(t *testing.T) {
	s := storetest.Open(t)
	r := storetest.Sold("000000000001", 5)
	if err := s.InsertResult(background, r, 1); err != nil {
		t.Fatal(err)
	}
	pid := storetest.Server().Pid()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// Whatever it answers meanwhile, it is "not now" or the truth.
	storetest.Until(t, func() error {
		got, err := s.Result(background, r.Session)
		if err != nil && !errors.Is(err, office.ErrUnavailable) {
			t.Fatal(err)
		}
		if err == nil && len(got.Bids) != 5 {
			t.Fatalf("%d bids", len(got.Bids))
		}
		if p := storetest.Server().Pid(); p == 0 || p == pid {
			return errors.New("the server is not there again")
		}
		return err
	})
	storetest.Until(t, func() error { return s.InsertResult(background, storetest.Sold("000000000002", 5), 1) })
}

func TestADeliveryWhoseAnswerIsLostIsKeptOnce(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t))
	s := storetest.OpenAt(t, line.DSN)
	storetest.WaitReady(t, s)
	r := storetest.Sold("000000000001", 5)
	line.LoseAnswerTo("COMMIT")
	if err := s.InsertResult(background, r, 1); !errors.Is(err, office.ErrUnavailable) {
		t.Fatalf("the answer got lost, and it says: %v", err)
	}
	line.Mend()
	if there, err := s.HasResult(background, r.Session); err != nil || !there {
		t.Fatalf("the database has committed: %v, %v", there, err)
	}
	if err := s.InsertResult(background, r, 1); err != nil {
		t.Fatal(err)
	}
	got, err := s.Result(background, r.Session)
	if err != nil || len(got.Bids) != 5 {
		t.Fatalf("%d bids, %v", len(got.Bids), err)
	}
}

func TestOfSeveralInstancesOneMigrates(t *testing.T) {
	dsn := storetest.Database(t)
	var wg sync.WaitGroup
	for range 4 {
		s := storetest.OpenAt(t, dsn)
		wg.Go(func() { storetest.WaitReady(t, s) })
	}
	wg.Wait()
	var n int
	if err := storetest.Connect(t, dsn).QueryRow(`select count(*) from goose_db_version where version_id = 1`).Scan(&n); err != nil || n != 1 {
		t.Fatalf("the first step was done %d times, %v", n, err)
	}
}

func TestADatabaseOfANewerProgramIsLeftAlone(t *testing.T) {
	dsn := storetest.Database(t)
	storetest.WaitReady(t, storetest.OpenAt(t, dsn))
	if _, err := storetest.Connect(t, dsn).Exec(`insert into goose_db_version (version_id, is_applied) values (99999, true)`); err != nil {
		t.Fatal(err)
	}
	s := storetest.OpenAt(t, dsn)
	storetest.Until(t, func() error {
		err := s.Ready(background)
		if !errors.Is(err, office.ErrUnavailable) {
			t.Fatalf("taken: %v", err)
		}
		if !strings.Contains(err.Error(), "newer version") {
			return err
		}
		return nil
	})
}

func TestNothingWaitsForEver(t *testing.T) {
	dsn := storetest.Database(t)
	storetest.WaitReady(t, storetest.OpenAt(t, dsn))
	s, err := store.Open(background, dsn, store.Options{Log: storetest.Quiet, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storetest.WaitReady(t, s)
	a := storetest.AddAccount(t, s, "anh", engine.RoleBidder)

	tx, err := storetest.Connect(t, dsn).Begin() // somebody with a psql who went to lunch
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`lock table accounts`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := s.Account(background, a.ID); !errors.Is(err, office.ErrUnavailable) {
		t.Fatalf("a locked table: %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Fatalf("waited %s", took)
	}

	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := s.Account(ctx, a.ID); !errors.Is(err, context.Canceled) || errors.Is(err, office.ErrUnavailable) {
		t.Fatalf("a caller who gave up: %v", err)
	}
}
