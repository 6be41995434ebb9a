package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/office/bank"
)

// contractStatements: a statement is confirmed whole and once, a row of an
// account is booked once for ever, codes are unique in their auction.
func contractStatements(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "ho.so", engine.RoleRegistrar)
	a := draft([]office.LotDraft{Lot(1)})
	_, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	ids := make([]string, 2)
	for i := range ids {
		ids[i] = uuid.NewString()
		check(t, s.InsertRegistration(background, office.Registration{
			ID: ids[i], AuctionID: a.ID, LotID: a.Lots[0].ID, AccountID: AddAccount(t, s, fmt.Sprint("nguoi", i), engine.RoleBidder).ID,
			Version: 1, Dossier: office.DossierDraft, Standing: office.StandingIn, CreatedAt: now, ChangedAt: now,
			Fee:     office.Payment{Memo: fmt.Sprint("GBFEE0000", i), State: office.PaymentReceived},
			Deposit: office.Payment{Memo: fmt.Sprint("GBDEP0000", i), Due: 1000, State: office.PaymentDue},
		}, office.Trail{}))
	}
	st := office.Statement{
		ID: uuid.NewString(), AuctionID: a.ID, Account: "970436/1", Name: "sao-kê.csv", Hash: engine.Hash{7}, UploadedBy: staff.ID, UploadedAt: now,
		StatementContent: office.StatementContent{
			Rows:     []office.StatementRow{{Row: bank.Row{Line: 2, At: now, Amount: 1000, Description: "GB"}, Verdict: bank.Matched}},
			Problems: []bank.Problem{{Line: 3, Code: "half_line", Text: "25/"}},
		},
	}
	check(t, s.InsertStatement(background, st, trail(staff, "statement.preview", st.ID)))
	got, err := s.Statement(background, st.ID)
	same(t, got, st, err)
	again := st
	again.ID = uuid.NewString()
	check(t, s.InsertStatement(background, again, office.Trail{}))

	no := errors.New("no")
	confirm := func(id, key string, refuse error) error {
		return s.ConfirmStatement(background, id, ids, func(st *office.Statement, of map[string]*office.Registration) ([]office.Booking, office.Trail, error) {
			if st.ConfirmedAt != 0 {
				return nil, office.Trail{}, no
			}
			of[ids[0]].Deposit.Paid += 1000
			st.ConfirmedBy, st.ConfirmedAt = staff.ID, now+1
			b := office.Booking{Account: st.Account, Key: key, StatementID: st.ID, RegistrationID: ids[0], Payment: office.DepositPayment, Amount: 1000, At: now}
			return []office.Booking{b}, office.Trail{At: now + 1}, refuse
		})
	}
	wants(t, confirm(st.ID, "ref:FT1", no), no)
	var wg sync.WaitGroup
	results := make([]error, 4)
	for i := range results {
		wg.Go(func() { results[i] = confirm(st.ID, "ref:FT1", nil) })
	}
	wg.Wait()
	done := 0
	for _, err := range results {
		if err == nil {
			done++
		} else {
			wants(t, err, no)
		}
	}
	same(t, done, 1, nil)
	wants(t, confirm(again.ID, "ref:FT1", nil), office.ErrEditedMeanwhile) // the row is booked
	r, err := s.Registration(background, ids[0])
	same(t, r.Deposit.Paid, 1000, err)
	same(t, r.Version, 2, nil)
	booked, err := s.Booked(background, st.Account, []string{"ref:FT1", "ref:FT2"})
	same(t, booked, map[string]bool{"ref:FT1": true}, err)
	elsewhere, err := s.Booked(background, "970415/1", []string{"ref:FT1"})
	same(t, elsewhere, map[string]bool{}, err)
	before, err := s.ConfirmedStatement(background, st.Account, st.Hash)
	same(t, before, st.ID, err)
	list, err := s.Statements(background, a.ID, 10)
	same(t, len(list), 2, err)
	same(t, list[0].Rows == nil && list[1].Rows == nil, true, nil)

	give := func(id string) error {
		_, err := s.ChangeRegistration(background, id, func(r *office.Registration) (office.Trail, error) {
			r.SealedCode, r.CodeMark, r.CodeIssuedAt = []byte(id), make([]byte, 32), now
			return office.Trail{At: now}, nil
		})
		return err
	}
	check(t, give(ids[0]))
	wants(t, give(ids[1]), office.ErrCodeTaken)
	marks, err := s.CodeMarks(background, a.ID)
	same(t, marks, [][]byte{make([]byte, 32)}, err)
	verified, err := s.VerifiedAmong(background, a.ID)
	same(t, verified, map[string]bool{}, err)
}
