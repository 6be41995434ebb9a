package office

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gobua/engine"
)

// admission says who bids under which code in a session. It is kept sealed:
// the database has no column that ties an account to a code.
type admission struct {
	Account string                 `json:"account"`
	Code    engine.ParticipantCode `json:"code"`
	Holder  engine.Hash            `json:"holder"`
	Party   *engine.Hash           `json:"party,omitempty"` // where a limit spans the lots of the auction
}

// SealedAdmission is an admission as it is kept.
type SealedAdmission struct {
	Finder []byte // keyed hash of the account, the same in all sessions
	Sealed []byte
}

// Admitted is an account that may bid for a lot, with its code.
type Admitted struct {
	AccountID string
	Code      engine.ParticipantCode
}

// PseudonymIn names an account within one session, for engine.HolderOf: from
// the record and the database together nobody gets to the account without the
// key. The saleroom asks with it who a bidder is.
func (o *Office) PseudonymIn(session engine.SessionID, accountID string) string {
	return o.vault.Pseudonym(string(session) + "/" + accountID)
}

// admit lists everyone by code, so that the order says nothing about who came
// first, and seals who they are.
func (o *Office) admit(c *engine.Created, who []Admitted) (sealed []SealedAdmission) {
	who = slices.SortedFunc(slices.Values(who), func(a, b Admitted) int { return cmp.Compare(a.Code, b.Code) })
	for _, w := range who {
		a := admission{Account: w.AccountID, Code: w.Code, Holder: engine.HolderOf(c.Session, o.PseudonymIn(c.Session, w.AccountID))}
		a.Party = o.partyOf(c, w.AccountID)
		c.Participants = append(c.Participants, engine.Participant{Code: a.Code, Holder: a.Holder, Party: a.Party})
		plain, err := json.Marshal(a)
		if err != nil {
			panic("an admission cannot be written as JSON: " + err.Error()) // no field of it can fail
		}
		sealed = append(sealed, SealedAdmission{Finder: o.finder(w.AccountID), Sealed: o.vault.Seal(admissionContext(c.Session), plain)})
	}
	return sealed
}

// finder is under what an account's admissions are found.
func (o *Office) finder(accountID string) []byte { return o.vault.Mac("admission", accountID) }

func admissionContext(id engine.SessionID) string { return "admission/" + string(id) }

func (o *Office) openAdmission(id engine.SessionID, sealed []byte) (a admission, err error) {
	plain, err := o.vault.Open(admissionContext(id), sealed)
	if err == nil {
		err = json.Unmarshal(plain, &a)
	}
	if err != nil {
		return admission{}, fmt.Errorf("an admission of session %s: %w", id, err)
	}
	return a, nil
}

// admissions opens all of a session, by code.
func (o *Office) admissions(ctx context.Context, id engine.SessionID) ([]admission, error) {
	rows, err := o.store.Admissions(ctx, id)
	if err != nil {
		return nil, err
	}
	list := make([]admission, len(rows))
	for i, sealed := range rows {
		if list[i], err = o.openAdmission(id, sealed); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b admission) int { return cmp.Compare(a.Code, b.Code) })
	return list, nil
}

// frozen is the first record of a session as it was published.
func (o *Office) frozen(ctx context.Context, id engine.SessionID) (engine.Created, error) {
	c, err := o.store.Frozen(ctx, id)
	if err != nil {
		return engine.Created{}, err
	}
	list, err := o.admissions(ctx, id)
	for _, a := range list {
		c.Participants = append(c.Participants, engine.Participant{Code: a.Code, Holder: a.Holder, Party: a.Party})
	}
	return c, err
}

// checkVault compares the keys with those that sealed the database, once it
// answers. Other keys would open nothing: better to stop than to notice row by
// row.
func (o *Office) checkVault(ctx context.Context) error {
	if o.vault == nil {
		return nil
	}
	mark, err := o.store.VaultMark(ctx, o.vault.Mark())
	if err != nil {
		return err
	}
	if mark != o.vault.Mark() {
		return ErrOtherKeys
	}
	return nil
}
