package office_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

// manySale is a sale whose end several programs see to.
type manySale struct {
	*sale
	db many
}

func holdMany(t *testing.T) *manySale {
	t.Helper()
	dsn := storetest.Migrated(t)
	s := storetest.OpenAt(t, dsn)
	storetest.WaitReady(t, s)
	sold := holdOn(t, s, saleAfter, contested)
	return &manySale{sale: sold, db: many{house: sold.house, dsn: dsn, raw: storetest.Connect(t, dsn)}}
}

// acts counts the lines of the audit log with a name.
func (m *many) acts(t *testing.T, name string) int {
	t.Helper()
	return m.count(t, `select count(*) from acts where name = $1`, name)
}

// TestManyProgramsDoWhatFollowsOnce: all of them deliver the result, reconcile
// and follow up at the same time, while people act; each thing is done once.
func TestManyProgramsDoWhatFollowsOnce(t *testing.T) {
	m := holdMany(t)
	programs := make([]*office.Office, 3)
	for i := range programs {
		programs[i] = m.db.program(t, office.Options{})
	}
	rounds := func(o *office.Office) error {
		return errors.Join(o.Reconcile(background), o.FollowUp(background))
	}
	together(t, programs, func(o *office.Office) error {
		return errors.Join(o.Deliver(background, m.result), rounds(o))
	})
	var confirmed atomic.Bool
	together(t, programs, func(o *office.Office) error {
		if confirmed.CompareAndSwap(false, true) {
			_, err := o.ConfirmResult(background, m.an, m.lot, m.latest(t))
			return err
		}
		var err error
		for range 10 {
			err = errors.Join(err, rounds(o))
		}
		return err
	})
	together(t, programs, rounds)
	for name, want := range map[string]int{
		"proceeding.begin": 1, "proceeding.settle_deposits": 1, "auction.conclude": 1, "deposit.settle": 4,
	} {
		if n := m.db.acts(t, name); n != want {
			t.Errorf("%s was done %d times, want %d", name, n, want)
		}
	}
	if n := m.db.count(t, `select count(*) from events where kind = 'lot.result'`); n != 1 {
		t.Errorf("the result was told %d times", n)
	}
	if written, numbers := m.db.acts(t, "minutes.write"), m.db.count(t, `select count(*) from minutes`); written != numbers || numbers == 0 {
		t.Errorf("%d minutes were written %d times", numbers, written)
	}
	if p, err := m.store.Proceeding(background, m.lot); err != nil || p.Settlement == nil || p.Settlement.Earnest != saleDeposit {
		t.Errorf("%+v, %v", p.Settlement, err)
	}
}

// meanwhile lets another program in when the deposits of a lot were read.
type meanwhile struct {
	office.Store
	other func()
}

func (m *meanwhile) Registrations(ctx context.Context, q office.RegistrationQuery) ([]office.Registration, error) {
	list, err := m.Store.Registrations(ctx, q)
	if other := m.other; other != nil && q.LotID != "" {
		m.other = nil
		other()
	}
	return list, err
}

// TestEarnestMoneyCountsWhoeverConvertedIt: a program that has read the deposits
// before another one settled them must not find that nobody paid any.
func TestEarnestMoneyCountsWhoeverConvertedIt(t *testing.T) {
	m := holdMany(t)
	check(t, m.Deliver(background, m.result))
	s := storetest.OpenAt(t, m.db.dsn)
	storetest.WaitReady(t, s)
	slow := &meanwhile{Store: s}
	late := office.New(slow, office.Options{Now: m.Now, Vault: m.vault, Sessions: m.desk, Log: storetest.Quiet})
	slow.other = func() {
		// Another program settles the deposits and dies before it says that it did.
		m.db.do(t, `update payments set state = 'converted', settled_at = now() where kind = 'deposit' and registration_id = $1`, m.reg[m.an.ID])
	}
	_, err := late.ConfirmResult(background, m.an, m.lot, m.latest(t))
	check(t, err)
	p, err := m.store.Proceeding(background, m.lot)
	if err != nil || p.Settlement == nil || p.Settlement.Earnest != saleDeposit {
		t.Fatalf("%+v, %v", p.Settlement, err)
	}
}

// TestManyProgramsGiveBackACancelledDepositOnce.
func TestManyProgramsGiveBackACancelledDepositOnce(t *testing.T) {
	m := holdMany(t)
	programs := make([]*office.Office, 3)
	for i := range programs {
		programs[i] = m.db.program(t, office.Options{})
	}
	_, err := m.store.ChangeAuction(background, m.auction.ID, func(a *office.Auction) (office.Trail, error) {
		a.Status, a.CancelledAt, a.CancelReason = office.StatusCancelled, engine.InstantOf(m.Now()), "thôi"
		return office.Trail{}, nil
	})
	check(t, err)
	together(t, programs, func(o *office.Office) error { return o.Reconcile(background) })
	if n := m.db.acts(t, "registration.refund_due"); n != 4 {
		t.Errorf("%d lines for four deposits", n)
	}
}
