package office

import (
	"context"
	"strings"
	"time"

	"gobua/engine"
	"gobua/office/workday"
)

// verifiers examine identities. An administrator is none of them: who keeps
// the accounts does not look at the people behind.
var verifiers = []engine.Role{engine.RoleRegistrar}

// FindIdentities returns identities for those who examine them, the one that
// waits longest first, with masked numbers. An identity serves at every
// centre, so each centre's registrars see all. An empty state asks for all.
func (o *Office) FindIdentities(ctx context.Context, by Account, state IdentityState, query string) ([]ExaminedIdentity, error) {
	if _, err := o.authorize(ctx, by, verifiers...); err != nil {
		return nil, err
	}
	rows, err := o.store.Identities(ctx, IdentityQuery{State: state, Words: queryWords(query), Limit: maxIdentitiesFound})
	if err != nil {
		return nil, err
	}
	list := make([]ExaminedIdentity, len(rows))
	for i := range rows {
		if list[i], err = o.examined(rows[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ExamineIdentity returns one identity with masked numbers, for those who
// examine them.
func (o *Office) ExamineIdentity(ctx context.Context, by Account, accountID string) (ExaminedIdentity, error) {
	if _, err := o.authorize(ctx, by, verifiers...); err != nil {
		return ExaminedIdentity{}, err
	}
	if !validID(accountID) {
		return ExaminedIdentity{}, ErrNotFound
	}
	i, err := o.store.Identity(ctx, accountID)
	if err != nil {
		return ExaminedIdentity{}, err
	}
	return o.examined(i)
}

// IdentityFiles returns the papers of an identity: the own ones for a bidder,
// anybody's for those who examine them. What a paper shows is read, and
// recorded, by ReadFile.
func (o *Office) IdentityFiles(ctx context.Context, by Account, accountID string) ([]File, error) {
	by, err := o.authorize(ctx, by, append([]engine.Role{engine.RoleBidder}, verifiers...)...)
	if err != nil {
		return nil, err
	}
	switch {
	case by.Role != engine.RoleBidder:
		if _, err := o.ExamineIdentity(ctx, by, accountID); err != nil {
			return nil, err
		}
	case by.ID != accountID:
		return nil, ErrNotFound
	}
	return o.OwnFiles(ctx, accountID, FileIdentity)
}

// DecideIdentity verifies an identity, or rejects it with a reason, and writes
// the person a letter. version is the one that was read. Errors: *Invalid,
// ErrEditedMeanwhile, ErrWrongState if it does not wait for a decision.
func (o *Office) DecideIdentity(ctx context.Context, by Account, accountID string, version int, verified bool, reason string) (ExaminedIdentity, error) {
	by, err := o.authorize(ctx, by, verifiers...)
	if err != nil {
		return ExaminedIdentity{}, err
	}
	var f faults
	f.lines("reason", &reason, maxReasonRunes)
	f.when(!verified && reason == "", "reason", "missing")
	if err := f.err(); err != nil {
		return ExaminedIdentity{}, err
	}
	if !validID(accountID) {
		return ExaminedIdentity{}, ErrNotFound
	}
	kept, err := o.store.ChangeIdentity(ctx, accountID, func(i *Identity) (Trail, error) {
		switch {
		case i.Version == 0:
			return Trail{}, ErrNotFound
		case i.Version != version:
			return Trail{}, ErrEditedMeanwhile
		case i.State != IdentitySubmitted:
			return Trail{}, ErrWrongState
		}
		before := inLogIdentity(i)
		i.State, i.Reason, i.DecidedAt, i.DecidedBy = IdentityVerified, "", engine.InstantOf(o.now()), by.ID
		name, letter := "identity.verify", letterVerified
		if !verified {
			i.State, i.Reason, name, letter = IdentityRejected, reason, "identity.reject", letterRejected
		}
		return o.act(by, name, "account", accountID, before, inLogIdentity(i)).because(reason).
			and(letter(by.CentreID, accountID, i.Name, reason)), nil
	})
	if err != nil {
		return ExaminedIdentity{}, err
	}
	return o.examined(kept)
}

// RevealIdentity returns an identity with its numbers in full. It is a recorded
// act that needs a reason, kept before anything is told.
func (o *Office) RevealIdentity(ctx context.Context, by Account, accountID, reason string) (ExaminedIdentity, error) {
	by, err := o.authorize(ctx, by, verifiers...)
	if err != nil {
		return ExaminedIdentity{}, err
	}
	var f faults
	f.lines("reason", &reason, maxReasonRunes)
	f.when(reason == "", "reason", "missing")
	if err := f.err(); err != nil {
		return ExaminedIdentity{}, err
	}
	if !validID(accountID) {
		return ExaminedIdentity{}, ErrNotFound
	}
	i, err := o.store.Identity(ctx, accountID)
	if err != nil {
		return ExaminedIdentity{}, err
	}
	if err := o.store.KeepTrail(ctx, o.act(by, "identity.reveal", "account", accountID, nil, nil).because(reason)); err != nil {
		return ExaminedIdentity{}, err
	}
	shown, err := o.examined(i)
	if err != nil {
		return ExaminedIdentity{}, err
	}
	shown.OwnIdentity, err = o.openIdentity(i)
	return shown, err
}

// examined is an identity with masked numbers.
func (o *Office) examined(i Identity) (ExaminedIdentity, error) {
	own, err := o.openIdentity(i)
	if err != nil {
		return ExaminedIdentity{}, err
	}
	own.Number = masked(own.Number)
	if own.Representative != nil {
		own.Representative.Number = masked(own.Representative.Number)
	}
	shown := ExaminedIdentity{AccountID: i.AccountID, Login: i.Login, Email: i.Email, DecidedBy: i.DecidedBy, OwnIdentity: own}
	if born, err := time.ParseInLocation(time.DateOnly, own.Born, workday.Zone); err == nil {
		shown.Age = yearsBetween(born, o.now().In(workday.Zone))
	}
	return shown, nil
}

// yearsBetween counts whole years, by the calendar.
func yearsBetween(from, to time.Time) int {
	years := to.Year() - from.Year()
	if to.Month() < from.Month() || to.Month() == from.Month() && to.Day() < from.Day() {
		years--
	}
	return years
}

// queryWords are the folded words of a search.
func queryWords(query string) []string {
	if r := []rune(query); len(r) > maxQueryRunes {
		query = string(r[:maxQueryRunes])
	}
	words := strings.Fields(fold(strings.ToValidUTF8(strings.ReplaceAll(query, "\x00", ""), "")))
	return words[:min(len(words), maxQueryWords)]
}
