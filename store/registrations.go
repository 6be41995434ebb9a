package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

type registrationRow struct {
	ID           string
	AuctionID    string `db:"auction_id"`
	LotID        string `db:"lot_id"`
	AccountID    string `db:"account_id"`
	Version      int
	Dossier      office.DossierState
	Standing     office.RegistrationStanding
	Facts        document[office.RegistrationFacts]
	SealedCode   []byte  `db:"sealed_code"`
	CodeMark     []byte  `db:"code_mark"`
	CodeIssuedAt instant `db:"code_issued_at"`
	CreatedAt    instant `db:"created_at"`
	ChangedAt    instant `db:"changed_at"`
	Login, Name  string
	Fee          paymentRow
	Deposit      paymentRow
}

type paymentRow struct {
	Memo        string
	Due         engine.Dong
	Paid        engine.Dong
	State       office.PaymentState
	Method      string
	PaidAt      instant `db:"paid_at"`
	DueAt       instant `db:"due_at"`
	RefundDueAt instant `db:"refund_due_at"`
	SettledAt   instant `db:"settled_at"`
	Facts       document[office.PaymentFacts]
}

func (r *paymentRow) payment() office.Payment {
	return office.Payment{
		Memo: r.Memo, Due: r.Due, Paid: r.Paid, State: r.State, Method: r.Method, PaidAt: engine.Instant(r.PaidAt),
		DueAt: engine.Instant(r.DueAt), RefundDueAt: engine.Instant(r.RefundDueAt), SettledAt: engine.Instant(r.SettledAt),
		PaymentFacts: r.Facts.v,
	}
}

func (r *registrationRow) registration() office.Registration {
	return office.Registration{
		ID: r.ID, AuctionID: r.AuctionID, LotID: r.LotID, AccountID: r.AccountID, Version: r.Version,
		Dossier: r.Dossier, Standing: r.Standing, Fee: r.Fee.payment(), Deposit: r.Deposit.payment(),
		SealedCode: r.SealedCode, CodeMark: r.CodeMark, CodeIssuedAt: engine.Instant(r.CodeIssuedAt), CreatedAt: engine.Instant(r.CreatedAt),
		ChangedAt: engine.Instant(r.ChangedAt), RegistrationFacts: r.Facts.v, Login: r.Login, Name: r.Name,
	}
}

// selectRegistrations reads whole registrations; a condition follows it.
const selectRegistrations = `
	select r.id, r.auction_id, r.lot_id, r.account_id, r.version, r.dossier, r.standing, r.facts, r.sealed_code,
		r.code_mark, r.code_issued_at, r.created_at, r.changed_at, a.login, a.name,
		f.memo as "fee.memo", f.due as "fee.due", f.paid as "fee.paid", f.state as "fee.state", f.method as "fee.method",
		f.paid_at as "fee.paid_at", f.due_at as "fee.due_at", f.refund_due_at as "fee.refund_due_at",
		f.settled_at as "fee.settled_at", f.facts as "fee.facts",
		d.memo as "deposit.memo", d.due as "deposit.due", d.paid as "deposit.paid", d.state as "deposit.state",
		d.method as "deposit.method", d.paid_at as "deposit.paid_at", d.due_at as "deposit.due_at",
		d.refund_due_at as "deposit.refund_due_at", d.settled_at as "deposit.settled_at", d.facts as "deposit.facts"
	from registrations r
		join accounts a on a.id = r.account_id
		join payments f on f.registration_id = r.id and f.kind = 'fee'
		join payments d on d.registration_id = r.id and d.kind = 'deposit' `

// InsertRegistration implements office.RegistrationStore.
func (s *Store) InsertRegistration(ctx context.Context, r office.Registration, t office.Trail) error {
	err := s.tx(ctx, "insert registration", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into registrations (id, auction_id, lot_id, account_id, version, dossier, standing, facts, sealed_code,
				code_issued_at, created_at, changed_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			r.ID, r.AuctionID, r.LotID, r.AccountID, r.Version, r.Dossier, r.Standing,
			document[office.RegistrationFacts]{r.RegistrationFacts}, r.SealedCode, instant(r.CodeIssuedAt),
			instant(r.CreatedAt), instant(r.ChangedAt))
		if err != nil {
			return err
		}
		if err := keepPayment(ctx, tx, r.ID, "fee", r.Fee); err != nil {
			return err
		}
		if err := keepPayment(ctx, tx, r.ID, "deposit", r.Deposit); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if violates(err, "registrations_once") {
		return office.ErrRegistered
	}
	return err
}

func keepPayment(ctx context.Context, tx *sqlx.Tx, registration, kind string, p office.Payment) error {
	_, err := tx.ExecContext(ctx, `
		insert into payments (registration_id, kind, memo, due, paid, state, method, paid_at, due_at, refund_due_at, settled_at, facts)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (registration_id, kind) do update set due = excluded.due, paid = excluded.paid, state = excluded.state,
			method = excluded.method, paid_at = excluded.paid_at, due_at = excluded.due_at,
			refund_due_at = excluded.refund_due_at, settled_at = excluded.settled_at, facts = excluded.facts`,
		registration, kind, p.Memo, p.Due, p.Paid, p.State, p.Method, instant(p.PaidAt), instant(p.DueAt),
		instant(p.RefundDueAt), instant(p.SettledAt), document[office.PaymentFacts]{p.PaymentFacts})
	return err
}

// ChangeRegistration implements office.RegistrationStore.
func (s *Store) ChangeRegistration(ctx context.Context, id string, change func(*office.Registration) (office.Trail, error)) (office.Registration, error) {
	var r office.Registration
	var refused error
	err := s.tx(ctx, "change registration", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		// The lock comes in a statement of its own: one that waits for it would
		// see the payments as they were before it waited.
		var locked string
		if err := tx.GetContext(ctx, &locked, `select id from registrations where id = $1 for update`, id); err != nil {
			return err
		}
		var row registrationRow
		if err := tx.GetContext(ctx, &row, selectRegistrations+`where r.id = $1`, id); err != nil {
			return err
		}
		r = row.registration()
		t, err := change(&r)
		if err != nil {
			refused = err
			return errRefused
		}
		r.Version, r.ChangedAt = row.Version+1, t.At
		if err := keepRegistration(ctx, tx, &r); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if refused != nil {
		return office.Registration{}, refused
	}
	if violates(err, "registrations_code") {
		return office.Registration{}, office.ErrCodeTaken
	}
	return r, err
}

// keepRegistration writes a registration over its row, with its payments.
func keepRegistration(ctx context.Context, tx *sqlx.Tx, r *office.Registration) error {
	_, err := tx.ExecContext(ctx, `
		update registrations set version = $2, dossier = $3, standing = $4, facts = $5, sealed_code = $6, code_mark = $7,
			code_issued_at = $8, changed_at = $9 where id = $1`,
		r.ID, r.Version, r.Dossier, r.Standing, document[office.RegistrationFacts]{r.RegistrationFacts}, r.SealedCode, r.CodeMark,
		instant(r.CodeIssuedAt), instant(r.ChangedAt))
	if err != nil {
		return err
	}
	if err := keepPayment(ctx, tx, r.ID, "fee", r.Fee); err != nil {
		return err
	}
	return keepPayment(ctx, tx, r.ID, "deposit", r.Deposit)
}

// errRefused ends a transaction whose change the office refused.
var errRefused = errors.New("refused by the office")

// Registration implements office.RegistrationStore.
func (s *Store) Registration(ctx context.Context, id string) (office.Registration, error) {
	return s.oneRegistration(ctx, `where r.id = $1`, id)
}

// RegistrationByMemo implements office.RegistrationStore.
func (s *Store) RegistrationByMemo(ctx context.Context, memo string) (office.Registration, error) {
	return s.oneRegistration(ctx, `where f.memo = $1 or d.memo = $1`, memo)
}

func (s *Store) oneRegistration(ctx context.Context, condition, arg string) (office.Registration, error) {
	var row registrationRow
	err := s.call(ctx, "registration", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, selectRegistrations+condition, arg)
	})
	return row.registration(), err
}

// Registrations implements office.RegistrationStore.
func (s *Store) Registrations(ctx context.Context, q office.RegistrationQuery) ([]office.Registration, error) {
	condition, args := "where true", []any{}
	for column, value := range map[string]string{
		"r.auction_id": q.AuctionID, "r.lot_id": q.LotID, "r.account_id": q.AccountID,
	} {
		if value != "" {
			args = append(args, value)
			condition += fmt.Sprintf(" and %s = $%d", column, len(args))
		}
	}
	if q.CentreID != "" {
		args = append(args, q.CentreID)
		condition += fmt.Sprintf(" and r.auction_id in (select id from auctions where centre_id = $%d)", len(args))
	}
	args = append(args, q.Limit)
	var rows []registrationRow
	err := s.call(ctx, "registrations", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectRegistrations+condition+
			fmt.Sprintf(" order by r.created_at, r.id limit $%d", len(args)), args...)
	})
	list := make([]office.Registration, len(rows))
	for i := range rows {
		list[i] = rows[i].registration()
	}
	return list, err
}
