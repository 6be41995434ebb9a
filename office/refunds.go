package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"gobua/engine"
	"gobua/office/bank"
	"gobua/office/table"
)

// DepositLine is a deposit as those who keep the money see it. It names the
// person and no code: nothing here ties a person to bids.
type DepositLine struct {
	RegistrationID string         `json:"registrationId"`
	LotID          string         `json:"lotId"`
	LotNumber      int            `json:"lotNumber"`
	Name           string         `json:"name"`
	Memo           string         `json:"memo"`
	Paid           engine.Dong    `json:"paid"`
	Method         string         `json:"method,omitempty"`
	State          PaymentState   `json:"state"`
	RefundDueAt    engine.Instant `json:"refundDueAt,omitempty"`
	Overdue        bool           `json:"overdue,omitempty"`
	To             BankAccount    `json:"to,omitzero"`
	Forfeit        *Forfeit       `json:"forfeit,omitempty"`
	SettledAt      engine.Instant `json:"settledAt,omitempty"`
	References     []string       `json:"references,omitempty"`
}

// maxDeposits is how many deposits one auction may have.
const maxDeposits = 20_000

// Deposits returns the deposits of an auction that have been paid or
// guaranteed, by lot: due back with their deadline, proposed as lost, settled.
func (o *Office) Deposits(ctx context.Context, by Account, auctionID string) ([]DepositLine, error) {
	list, _, err := o.deposits(ctx, by, auctionID, afterReaders)
	return list, err
}

func (o *Office) deposits(ctx context.Context, by Account, auctionID string, roles []engine.Role) ([]DepositLine, Auction, error) {
	if !validID(auctionID) {
		return nil, Auction{}, ErrNotFound
	}
	a, err := o.store.Auction(ctx, auctionID)
	if err != nil {
		return nil, a, err
	}
	if _, err = o.authorizeOn(ctx, by, &a, roles...); err != nil {
		return nil, a, err
	}
	regs, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: auctionID, Limit: maxDeposits})
	if err != nil {
		return nil, a, err
	}
	numbers := make(map[string]int, len(a.Lots))
	for _, lot := range a.Lots {
		numbers[lot.ID] = lot.Number
	}
	now := engine.InstantOf(o.now())
	list := []DepositLine{}
	for _, r := range regs {
		d := r.Deposit
		if d.State == PaymentDue {
			continue
		}
		list = append(list, DepositLine{
			RegistrationID: r.ID, LotID: r.LotID, LotNumber: numbers[r.LotID], Name: r.Name, Memo: d.Memo, Paid: d.Paid,
			Method: d.Method, State: d.State, RefundDueAt: d.RefundDueAt, To: r.RefundTo, Forfeit: d.Forfeit,
			Overdue:   d.State == PaymentRefundDue && d.RefundDueAt != 0 && now > d.RefundDueAt,
			SettledAt: d.SettledAt, References: d.References,
		})
	}
	slices.SortStableFunc(list, func(a, b DepositLine) int { return a.LotNumber - b.LotNumber })
	return list, a, nil
}

// RefundFile writes the refunds due of an auction in the form banks import.
// Guarantees are released and not transferred. A *Invalid names the
// registrations whose account is not right or missing; nothing is written then.
// Making the file is a recorded act: it carries account numbers.
func (o *Office) RefundFile(ctx context.Context, by Account, auctionID string, format table.Format) ([]byte, error) {
	list, a, err := o.deposits(ctx, by, auctionID, moneyKeepers)
	if err != nil {
		return nil, err
	}
	var refunds []bank.Refund
	var ids []string
	for _, d := range list {
		if d.State != PaymentRefundDue || d.Paid == 0 || d.Method == "guarantee" {
			continue
		}
		name := d.To.Holder
		if name == "" {
			name = d.Name
		}
		ids = append(ids, d.RegistrationID)
		refunds = append(refunds, bank.Refund{
			Name: name, To: bank.Account{BIN: d.To.BIN, Number: d.To.Number}, Amount: d.Paid,
			Memo: fmt.Sprintf("Hoan tien dat truoc lo %d %s", d.LotNumber, d.Memo),
		})
	}
	var file bytes.Buffer
	if err := bank.RefundFile(&file, format, refunds); err != nil {
		return nil, refundFault(err, ids)
	}
	by, err = o.authorize(ctx, by, moneyKeepers...)
	if err != nil {
		return nil, err
	}
	trail := o.act(by, "refund.export", "auction", a.ID, nil, map[string]any{"refunds": len(refunds)}).ofAuction(&a)
	if err := o.store.KeepTrail(ctx, trail); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// refundFault names the registrations that a bank would refuse.
func refundFault(err error, ids []string) error {
	wrong, ok := errors.AsType[*bank.RefundError](err)
	if !ok {
		return err
	}
	var f faults
	for _, p := range wrong.Problems {
		if p.Line < 1 || p.Line > len(ids) {
			f.add("refunds", p.Code)
			continue
		}
		f.add("refunds."+ids[p.Line-1]+"."+p.Field, p.Code)
	}
	return f.err()
}

// MarkRefunded marks refunds as made, with the bank's reference. ids are
// registrations of the auction; ErrWrongState if one is not due back, and then
// those before it are marked.
func (o *Office) MarkRefunded(ctx context.Context, by Account, auctionID string, ids []string, reference string) error {
	list, a, err := o.deposits(ctx, by, auctionID, moneyKeepers)
	if err != nil {
		return err
	}
	by, err = o.authorize(ctx, by, moneyKeepers...)
	if err != nil {
		return err
	}
	var f faults
	f.text("reference", &reference, 64, true)
	f.when(len(ids) == 0, "registrations", "missing")
	for i, id := range ids {
		known := slices.ContainsFunc(list, func(d DepositLine) bool { return d.RegistrationID == id })
		f.when(!known, path("registrations", i), "unknown")
	}
	if err := f.err(); err != nil {
		return err
	}
	for _, id := range ids {
		_, err := o.store.ChangeRegistration(ctx, id, func(r *Registration) (Trail, error) {
			d := &r.Deposit
			if d.State == PaymentRefunded && slices.Contains(d.References, reference) {
				return Trail{}, errNothingToDo // said twice
			}
			if d.State != PaymentRefundDue {
				return Trail{}, ErrWrongState
			}
			d.State, d.SettledAt, d.ApprovedBy = PaymentRefunded, engine.InstantOf(o.now()), by.ID
			d.References = append(slices.Clone(d.References), reference)
			return o.act(by, "refund.mark", "registration", id, nil, map[string]any{"paid": d.Paid, "reference": reference}).
				ofAuction(&a).and(refundLetter(&a, r, reference)), nil
		})
		if err != nil && !errors.Is(err, errNothingToDo) {
			return err
		}
	}
	return nil
}

func refundLetter(a *Auction, r *Registration, reference string) Mail {
	return Mail{
		CentreID: a.CentreID, AccountID: r.AccountID, AuctionID: a.ID, Kind: "deposit_refunded", Subject: "Đã hoàn trả tiền đặt trước",
		Body: fmt.Sprintf("%s\n\nTiền đặt trước (mã chuyển khoản %s) đã được hoàn trả. Số tham chiếu của ngân hàng: %s.", a.Title, r.Deposit.Memo, reference),
	}
}

// Alarms are what waits at a centre after its auctions, for the first page of
// the staff.
type Alarms struct {
	AuctionID      string `json:"auctionId"`
	Title          string `json:"title"`
	RefundsDue     int    `json:"refundsDue"`
	RefundsOverdue int    `json:"refundsOverdue"`
	Forfeits       int    `json:"forfeits"`       // proposals that wait for a decision
	Waiting        int    `json:"waiting"`        // lots that wait for an act of the centre
	BalanceOverdue int    `json:"balanceOverdue"` // winners whose term to pay is over
}

// AlarmStore counts what waits.
type AlarmStore interface {
	// Alarms returns the auctions of a centre where something waits, those with
	// overdue refunds first.
	Alarms(ctx context.Context, centreID string, now engine.Instant, limit int) ([]Alarms, error)
}

// AfterAlarms returns where something waits at the centre of a member of the
// staff.
func (o *Office) AfterAlarms(ctx context.Context, by Account) ([]Alarms, error) {
	by, err := o.authorize(ctx, by, afterReaders...)
	if err != nil {
		return nil, err
	}
	return o.store.Alarms(ctx, by.CentreID, engine.InstantOf(o.now()), maxAuctions)
}
