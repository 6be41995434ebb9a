package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"gobua/engine"
	"gobua/office/bank"
)

// Statement is a bank statement on its way into an auction's payments: read and
// compared when it is uploaded, which changes nothing, and applied once when an
// officer confirms what was shown.
type Statement struct {
	ID          string         `json:"id"`
	AuctionID   string         `json:"auctionId"`
	Account     string         `json:"account"` // the account it is of: bank and number
	Name        string         `json:"name"`    // of the file
	Hash        engine.Hash    `json:"hash"`    // SHA-256 of the file
	UploadedBy  string         `json:"uploadedBy"`
	UploadedAt  engine.Instant `json:"uploadedAt"`
	ConfirmedBy string         `json:"confirmedBy,omitempty"`
	ConfirmedAt engine.Instant `json:"confirmedAt,omitempty"` // zero: nothing of it has been applied
	StatementContent
}

// StatementContent is what was read of a file, with what each row means.
type StatementContent struct {
	Rows     []StatementRow `json:"rows"`
	Problems []bank.Problem `json:"problems"`
	Debits   int            `json:"debits"` // lines of money that went out, passed over
	// ConfirmedBefore is the statement with the same bytes that was confirmed.
	ConfirmedBefore string `json:"confirmedBefore,omitempty"`
}

// StatementRow is a row with its verdict and, once confirmed, what was done.
type StatementRow struct {
	bank.Row
	Verdict        bank.Verdict `json:"verdict"`
	RegistrationID string       `json:"registrationId,omitempty"`
	Payment        PaymentKind  `json:"payment,omitempty"`
	Memo           bank.Memo    `json:"memo,omitempty"`
	Difference     engine.Dong  `json:"difference,omitempty"`
	Before         engine.Dong  `json:"before,omitempty"` // paid of it when the row was compared
	Applied        bool         `json:"applied,omitempty"`
	Reason         string       `json:"reason,omitempty"` // of an officer who assigned it by hand
}

// Early is the verdict of money that was booked before deposits are taken. Like
// late money it counts only when an officer accepts it.
const Early bank.Verdict = "early"

// books tells whether confirming books a row to its payment without an officer
// saying to whom it belongs.
func (r StatementRow) books() bool {
	switch r.Verdict {
	case bank.Matched, bank.Split, bank.Underpaid, bank.Overpaid, bank.Late, Early:
		return true
	}
	return false
}

// untimely tells whether the money of a row came outside the window.
func (r StatementRow) untimely() bool { return r.Verdict == bank.Late || r.Verdict == Early }

// Booking is a row of a bank account that was booked to a payment. The store
// keeps each once for ever.
type Booking struct {
	Account        string
	Key            string
	StatementID    string
	RegistrationID string
	Payment        PaymentKind
	Amount         engine.Dong
	At             engine.Instant
}

// StatementStore keeps bank statements and what was booked of them.
type StatementStore interface {
	InsertStatement(ctx context.Context, s Statement, t Trail) error
	Statement(ctx context.Context, id string) (Statement, error)
	// Statements returns those of an auction, newest first, without content.
	Statements(ctx context.Context, auctionID string, limit int) ([]Statement, error)
	// ConfirmedStatement returns the id of the confirmed statement of an account
	// with these bytes, "" if there is none.
	ConfirmedStatement(ctx context.Context, account string, hash engine.Hash) (string, error)
	// Booked returns which of the keys were booked on an account.
	Booked(ctx context.Context, account string, keys []string) (map[string]bool, error)
	// ConfirmStatement locks a statement and the registrations of its auction
	// that `of` names, calls change on them, and keeps all that change made of
	// them, the bookings and the trail. An error of change keeps nothing.
	// change may be called more than once. ErrEditedMeanwhile: a row was booked
	// by somebody else meanwhile. ErrCodeTaken as ChangeRegistration.
	ConfirmStatement(ctx context.Context, id string, of []string, change func(*Statement, map[string]*Registration) ([]Booking, Trail, error)) error
}

const (
	maxFileNameRunes = 255
	maxStatements    = 100
)

// PreviewStatement reads a statement and compares it with what is waited for.
// Nothing is booked. It fails only on who asks and on the reader; what is wrong
// with the file stands in the answer, row by row.
func (o *Office) PreviewStatement(ctx context.Context, by Account, auctionID, name string, file io.Reader) (Statement, error) {
	by, a, err := o.deskOf(ctx, by, auctionID)
	if err != nil {
		return Statement{}, err
	}
	if a.Status == StatusDraft {
		return Statement{}, ErrWrongState
	}
	var f faults
	f.text("name", &name, maxFileNameRunes, true)
	if err := f.err(); err != nil {
		return Statement{}, err
	}
	to, err := o.payTo(ctx, &a)
	if err != nil {
		return Statement{}, err
	}
	sum := sha256.New()
	read, err := bank.ReadStatement(io.TeeReader(file, sum))
	if err != nil {
		return Statement{}, err
	}
	s := Statement{
		AuctionID: a.ID, Account: to.BIN + "/" + to.Number, Name: name, Hash: engine.Hash(sum.Sum(nil)),
		UploadedBy: by.ID, UploadedAt: engine.InstantOf(o.now()),
	}
	if s.StatementContent, err = o.compare(ctx, &a, s.Account, read); err != nil {
		return Statement{}, err
	}
	if s.ConfirmedBefore, err = o.store.ConfirmedStatement(ctx, s.Account, s.Hash); err != nil {
		return Statement{}, err
	}
	if s.ID, err = o.newID(); err != nil {
		return Statement{}, err
	}
	counts := map[string]int{"rows": len(s.Rows), "problems": len(s.Problems)}
	trail := o.act(by, "statement.preview", "statement", s.ID, nil, counts).ofAuction(&a)
	return s, o.store.InsertStatement(ctx, s, trail)
}

// ImportStatement is PreviewStatement of a file that was uploaded for it.
func (o *Office) ImportStatement(ctx context.Context, by Account, auctionID, fileID string) (Statement, error) {
	by, _, err := o.deskOf(ctx, by, auctionID)
	if err != nil {
		return Statement{}, err
	}
	f, content, err := o.ReadFile(ctx, by, fileID)
	if err != nil {
		return Statement{}, err
	}
	defer content.Close()
	if f.Purpose != FileStatement {
		return Statement{}, ErrNotFound
	}
	return o.PreviewStatement(ctx, by, auctionID, f.Name, content)
}

// compare gives every row of a statement its verdict.
func (o *Office) compare(ctx context.Context, a *Auction, account string, read bank.Statement) (StatementContent, error) {
	keys := make([]string, len(read.Rows))
	for i, row := range read.Rows {
		keys[i] = row.Key()
	}
	booked, err := o.store.Booked(ctx, account, keys)
	if err != nil {
		return StatementContent{}, err
	}
	for i := range read.Rows {
		read.Rows[i].Imported = booked[keys[i]]
	}
	list, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: a.ID, Limit: maxLots * maxRegistrations})
	if err != nil {
		return StatementContent{}, err
	}
	content := StatementContent{Rows: make([]StatementRow, len(read.Rows)), Problems: read.Problems, Debits: read.Debits}
	expected, received := expectedOf(list, a.Sheet.Windows)
	for i, m := range bank.Reconcile(read.Rows, expected) {
		row := StatementRow{Row: m.Row, Verdict: m.Verdict, Memo: m.Memo, Difference: m.Difference}
		if m.Payment != "" {
			kind, id, _ := strings.Cut(m.Payment, "/")
			row.Payment, row.RegistrationID, row.Before = PaymentKind(kind), id, received[m.Payment]
			if row.books() && isEarly(row, windowOf(a.Sheet.Windows, row.Payment)) {
				row.Verdict, row.Difference = Early, 0
			}
		}
		content.Rows[i] = row
	}
	return content, nil
}

// isEarly tells whether money was booked before the window. A row without a
// time counts from the end of its day, in the payer's favour.
func isEarly(row StatementRow, w Window) bool {
	at := row.At
	if row.DayOnly {
		at += dayMs - 1
	}
	return at < w.From
}

const dayMs = 24 * 60 * 60 * 1000

// expectedOf lists the payments that are waited for, and how much of each came
// in already. Payments that are settled, or of somebody who has left, are known
// by their memos and wait for a person.
func expectedOf(list []Registration, w SheetWindows) (expected []bank.Expected, received map[string]engine.Dong) {
	received = make(map[string]engine.Dong, 2*len(list))
	for i := range list {
		r := &list[i]
		for _, kind := range []PaymentKind{FeePayment, DepositPayment} {
			p := r.payment(kind)
			id := string(kind) + "/" + r.ID
			received[id] = p.Paid
			expected = append(expected, bank.Expected{
				ID: id, Memo: bank.Memo(p.Memo), Amount: p.Due, Deadline: windowOf(w, kind).To,
				Received: p.Paid - p.Untimely, Paid: p.State != PaymentDue || r.Standing != StandingIn,
			})
		}
	}
	return expected, received
}

// Assignment gives a row that names no payment, or not one alone, to a payment
// of a registration, for a reason that is kept.
type Assignment struct {
	Line           int         `json:"line"`
	RegistrationID string      `json:"registrationId"`
	Payment        PaymentKind `json:"payment"`
	Reason         string      `json:"reason"`
}

// ConfirmStatement books exactly what was shown, and what the officer assigned
// by hand, once. Confirming again returns what was done the first time.
// ErrEditedMeanwhile: a payment has changed since the rows were compared; upload
// the file again.
func (o *Office) ConfirmStatement(ctx context.Context, by Account, id string, byHand []Assignment) (Statement, error) {
	s, a, by, err := o.statementAt(ctx, by, id)
	if err != nil {
		return Statement{}, err
	}
	if err := assign(&s, byHand); err != nil {
		return Statement{}, err
	}
	err = o.withCodes(ctx, a.ID, func(taken [][]byte) error {
		return o.store.ConfirmStatement(ctx, id, named(s.Rows), func(kept *Statement, of map[string]*Registration) ([]Booking, Trail, error) {
			if kept.ConfirmedAt != 0 {
				return nil, Trail{}, errSame
			}
			kept.Rows = append([]StatementRow{}, s.Rows...)
			return o.book(by, &a, kept, of, taken)
		})
	})
	if err != nil && !errors.Is(err, errSame) {
		return Statement{}, err
	}
	return o.store.Statement(ctx, id)
}

// Statement returns one statement to the registrar of its auction.
func (o *Office) Statement(ctx context.Context, by Account, id string) (Statement, error) {
	s, _, _, err := o.statementAt(ctx, by, id)
	return s, err
}

// Statements returns the statements of an auction, newest first, without rows.
func (o *Office) Statements(ctx context.Context, by Account, auctionID string) ([]Statement, error) {
	if _, _, err := o.deskOf(ctx, by, auctionID); err != nil {
		return nil, err
	}
	return o.store.Statements(ctx, auctionID, maxStatements)
}

func (o *Office) statementAt(ctx context.Context, by Account, id string) (Statement, Auction, Account, error) {
	if !validID(id) {
		return Statement{}, Auction{}, by, ErrNotFound
	}
	s, err := o.store.Statement(ctx, id)
	if err != nil {
		return Statement{}, Auction{}, by, err
	}
	by, a, err := o.deskOf(ctx, by, s.AuctionID)
	if err != nil {
		return Statement{}, Auction{}, by, err
	}
	return s, a, by, nil
}

// assign notes by whose hand a row goes where.
func assign(s *Statement, byHand []Assignment) error {
	var f faults
	f.when(len(byHand) > bank.MaxStatementRows, "assign", "too_many")
	rows := make(map[int]*StatementRow, len(s.Rows))
	for i := range s.Rows {
		rows[s.Rows[i].Line] = &s.Rows[i]
	}
	for i, as := range byHand {
		field := path("assign", i)
		f.lines(field+".reason", &as.Reason, maxReasonRunes)
		f.when(as.Reason == "", field+".reason", "missing")
		f.when(!validID(as.RegistrationID), field+".registrationId", "unknown")
		f.when(as.Payment != FeePayment && as.Payment != DepositPayment, field+".payment", "unknown")
		row := rows[as.Line]
		if row == nil || row.books() || row.Verdict == bank.Duplicate || row.Reason != "" {
			f.add(field+".line", "not_assignable")
			continue
		}
		row.RegistrationID, row.Payment, row.Reason = as.RegistrationID, as.Payment, as.Reason
	}
	return f.err()
}

// named are the registrations that confirming touches.
func named(rows []StatementRow) []string {
	var ids []string
	seen := map[string]bool{}
	for _, row := range rows {
		if (row.books() || row.Reason != "") && !seen[row.RegistrationID] {
			seen[row.RegistrationID] = true
			ids = append(ids, row.RegistrationID)
		}
	}
	return ids
}

// book applies the rows of a statement to the registrations they name.
func (o *Office) book(by Account, a *Auction, s *Statement, of map[string]*Registration, taken [][]byte) ([]Booking, Trail, error) {
	now := engine.InstantOf(o.now())
	refundDueAt, err := o.calendar.DeadlineAfter(now, a.Sheet.After.RefundDays)
	if err != nil {
		return nil, Trail{}, err
	}
	t := Trail{At: now}
	var bookings []Booking
	fresh := map[string]bool{}
	for i := range s.Rows {
		row := &s.Rows[i]
		if !row.books() && row.Reason == "" {
			continue
		}
		r := of[row.RegistrationID]
		if r == nil || r.AuctionID != a.ID {
			return nil, Trail{}, &Invalid{[]Field{{Field: fmt.Sprintf("line.%d", row.Line), Code: "unknown"}}}
		}
		p, key := r.payment(row.Payment), string(row.Payment)+"/"+r.ID
		if row.books() && !fresh[key] && (p.State != PaymentDue || r.Standing != StandingIn || p.Paid != row.Before) {
			return nil, Trail{}, ErrEditedMeanwhile
		}
		fresh[key] = true
		before := logOf(r)
		o.bookRow(row, r, a, refundDueAt)
		row.Applied = true
		bookings = append(bookings, Booking{s.Account, row.Key(), s.ID, r.ID, row.Payment, row.Amount, row.At})
		lines := o.act(by, "payment.book", "registration", r.ID, before, logOf(r)).ofAuction(a).because(row.Reason)
		t.Acts = append(t.Acts, lines.Acts...)
		t.Mails = append(t.Mails, letterOfRow(a, r, row)...)
		held := r.SealedCode != nil
		if err := o.issue(r, a, taken, &t); err != nil {
			return nil, Trail{}, err
		}
		if !held && r.SealedCode != nil {
			taken = append(taken[:len(taken):len(taken)], r.CodeMark)
		}
	}
	s.ConfirmedBy, s.ConfirmedAt = by.ID, now
	lines := o.act(by, "statement.confirm", "statement", s.ID, nil, map[string]int{"booked": len(bookings)}).ofAuction(a)
	t.Acts = append(t.Acts, lines.Acts...)
	return bookings, t, nil
}

// bookRow books one row. A row that was assigned by hand settles its payment
// when it makes the sum exactly what is due, and is untimely by the same
// windows as any other.
func (o *Office) bookRow(row *StatementRow, r *Registration, a *Auction, refundDueAt engine.Instant) {
	p := r.payment(row.Payment)
	settles, untimely := row.Verdict.Settles(), row.untimely()
	if row.Reason != "" {
		w := windowOf(a.Sheet.Windows, row.Payment)
		untimely = row.At >= w.To || isEarly(*row, w)
		settles = !untimely && p.Paid-p.Untimely+row.Amount == p.Due
	}
	if row.Verdict == bank.Split {
		settles = p.Paid-p.Untimely+row.Amount == p.Due // the last of several
	}
	r.receive(row.Payment, row.Amount, row.Reference, row.At, untimely, settles, refundDueAt)
}

func letterOfRow(a *Auction, r *Registration, row *StatementRow) []Mail {
	if r.payment(row.Payment).State == PaymentDue && row.Verdict != bank.Split {
		return []Mail{letterOfMiss(a, r, row.Payment)}
	}
	if r.Standing == StandingIn {
		return letterOfMoney(a, r, row.Payment)
	}
	return nil
}
