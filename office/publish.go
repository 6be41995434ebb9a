package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"gobua/engine"
)

// Publish freezes an auction: every lot becomes a session with its rules and
// their hash, all in one transaction. Then the sessions are handed to the
// engine; what cannot be handed over now is handed over by Reconcile, so the
// auction returned is published either way.
//
// Of an auction that is listed, those are admitted to a lot whose registration
// counts, under the codes they were given (rule 7), and only once the deposit
// window has closed; a lot with nobody gets no session. Of a draft with named
// participants all of them are admitted to every lot, under codes drawn now.
//
// Only those who prepare auctions may. version is the one the caller has read.
// Publishing the same version again returns what was published the first time.
// Errors: *Invalid with everything that is missing, ErrTooEarly,
// ErrEditedMeanwhile.
func (o *Office) Publish(ctx context.Context, by Account, id string, version int) (Auction, error) {
	a, err := o.Auction(ctx, id)
	if err != nil {
		return Auction{}, err
	}
	if by, err = o.authorizeAt(ctx, by, a.CentreID, preparers...); err != nil {
		return Auction{}, err
	}
	if (a.Status == StatusDraft || a.Status == StatusListed) && a.Version == version {
		switch err := o.freeze(ctx, by, a); {
		case errors.Is(err, ErrPublished), errors.Is(err, ErrEditedMeanwhile): // somebody was faster
		case err != nil:
			return Auction{}, err
		}
		if a, err = o.Auction(ctx, id); err != nil {
			return Auction{}, err
		}
	}
	if a.Status != StatusPublished || version != a.Version && version != a.Version-1 {
		return Auction{}, ErrEditedMeanwhile
	}
	if err := errors.Join(o.handOver(ctx, id), o.failUnregistered(ctx)); err != nil {
		o.log.Warn("published sessions are not handed over yet, will try again", "auction", id, "err", err)
	}
	return a, nil
}

// failUnregistered ends the lots of published auctions that got no session,
// because nobody was admitted to one.
func (o *Office) failUnregistered(ctx context.Context) error {
	lots, err := o.store.Unregistered(ctx, reconcileBatch)
	if err != nil {
		return err
	}
	var errs []error
	for _, lot := range lots {
		a, err := o.store.Auction(ctx, lot.AuctionID)
		if err == nil {
			err = o.FailUnregistered(ctx, program, a, lot.ID)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("lot %s without participants: %w", lot.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (o *Office) freeze(ctx context.Context, by Account, a Auction) error {
	who, err := o.admissible(ctx, &a)
	if err != nil {
		return err
	}
	p := Publication{
		AuctionID: a.ID, Version: a.Version, By: by.ID, At: engine.InstantOf(o.now()), Registrations: who.registrations,
		Trail: o.act(by, "auction.publish", "auction", a.ID, nil, map[string]int{"lots": len(a.Lots)}).ofAuction(&a).
			tell(&a, "auction.published", map[string]string{"auction": a.ID, "title": a.Title}),
	}
	for i := range a.Lots {
		if len(who.of[a.Lots[i].ID]) == 0 && a.Status == StatusListed {
			continue // nobody registered: Điều 52.1 a
		}
		s, err := o.freezeLot(&a, &a.Lots[i], who.of[a.Lots[i].ID])
		if err != nil {
			return err
		}
		p.Sessions = append(p.Sessions, s)
	}
	return o.store.PublishAuction(ctx, p)
}

// freezeLot makes a lot's first record: everything that decides its session.
func (o *Office) freezeLot(a *Auction, lot *LotDraft, who []Admitted) (FrozenSession, error) {
	var chance struct {
		id   [12]byte
		salt engine.Hash
	}
	for _, b := range [][]byte{chance.id[:], chance.salt[:]} {
		if _, err := io.ReadFull(o.rand, b); err != nil {
			return FrozenSession{}, fmt.Errorf("random bytes: %w", err)
		}
	}
	c := engine.Created{
		Session: engine.NewSessionID(chance.id),
		Lot: engine.Lot{
			AuctionID: a.ID, LotID: lot.ID, Number: lot.Number, Kind: lot.Kind, Title: lot.Title, Detail: lot.Detail,
			Place: lot.Place, Owner: a.Owner, Centre: a.Centre, Deposit: lot.Deposit,
			Rehearsal: a.RehearsalOf != "", ShowCount: a.Sheet.Room.ShowCount,
		},
		Rules: lot.Rules.Rules,
	}
	c.Rules.Reserve = nil
	if lot.Rules.ReserveAmount > 0 {
		if lot.ReserveSalt != (engine.Hash{}) { // the listed rules have committed to the amount
			chance.salt = lot.ReserveSalt
		}
		c.Secret = &engine.Secret{Reserve: lot.Rules.ReserveAmount, Salt: chance.salt}
		hash := engine.ReserveHash(*c.Secret)
		c.Rules.Reserve = &hash
	}
	c.RulesHash = c.Rules.Hash()
	sealed := o.admit(&c, who)
	if err := engine.CheckCreated(&c); err != nil {
		return FrozenSession{}, fmt.Errorf("lot %d: %w", lot.Number, err)
	}
	return FrozenSession{Created: c, Admissions: sealed}, nil
}

// admissible is who may be admitted to each lot of an auction.
type admissible struct {
	of            map[string][]Admitted // by lot
	registrations map[string]int        // versions of those that were looked at, by id
}

// admissible finds who is admitted, or why it cannot be said yet.
func (o *Office) admissible(ctx context.Context, a *Auction) (who admissible, err error) {
	var f faults
	o.checkReady(&f, &a.AuctionDraft)
	if a.Status == StatusListed {
		return o.byRegistration(ctx, a, f)
	}
	f.when(len(a.Participants) == 0, "participants", "missing")
	if err := o.checkParticipants(ctx, &f, a.Participants); err != nil {
		return who, err
	}
	if err := f.err(); err != nil {
		return who, err
	}
	who.of = make(map[string][]Admitted, len(a.Lots))
	for i := range a.Lots {
		if who.of[a.Lots[i].ID], err = o.drawAdmissions(a.Participants); err != nil {
			return who, err
		}
	}
	return who, nil
}

// byRegistration finds who is admitted by registration. While a dossier waits for a
// decision nobody can say.
func (o *Office) byRegistration(ctx context.Context, a *Auction, f faults) (who admissible, err error) {
	if o.now().Before(admissionsCloseAt(a).Time()) {
		return who, ErrTooEarly
	}
	list, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: a.ID, Limit: maxLots * maxRegistrations})
	if err != nil {
		return who, err
	}
	who.registrations = make(map[string]int, len(list))
	for i := range list {
		who.registrations[list[i].ID] = list[i].Version
	}
	f.when(undecided(list) > 0, "registrations", "undecided")
	if err := f.err(); err != nil {
		return who, err
	}
	who.of, err = o.Admitted(ctx, a.ID)
	return who, err
}

// admissionsCloseAt is when nobody can become admitted any more.
func admissionsCloseAt(a *Auction) engine.Instant {
	return max(a.Sheet.Windows.Dossier.To, a.Sheet.Windows.Deposit.To)
}

// undecided counts the dossiers that were handed in and wait for a decision.
func undecided(list []Registration) (n int) {
	for i := range list {
		if list[i].Standing == StandingIn && list[i].Dossier == DossierSubmitted {
			n++
		}
	}
	return n
}

// drawAdmissions gives everybody a code.
func (o *Office) drawAdmissions(ps []Participant) ([]Admitted, error) {
	var seed [32]byte
	if _, err := io.ReadFull(o.rand, seed[:]); err != nil {
		return nil, fmt.Errorf("random bytes: %w", err)
	}
	codes := drawCodes(len(ps), seed)
	who := make([]Admitted, len(codes))
	for i, p := range ps {
		who[i] = Admitted{AccountID: p.AccountID, Code: codes[i]}
	}
	return who, nil
}

// drawCodes draws n different codes at random: three digits while there are
// enough of them, which people can say and remember, else five.
func drawCodes(n int, seed [32]byte) []engine.ParticipantCode {
	first, count := 100, 900
	if n > count {
		first, count = 10_000, 90_000
	}
	drawn := rand.New(rand.NewChaCha8(seed)).Perm(count)[:n] // #nosec G404 -- ChaCha8 from a secret seed
	codes := make([]engine.ParticipantCode, n)
	for i, d := range drawn {
		codes[i] = engine.ParticipantCode(fmt.Sprintf("M-%d", first+d))
	}
	return codes
}

// How often and how much is reconciled.
const (
	reconcileEvery = time.Minute
	reconcileSoon  = 2 * time.Second // after the database was away
	reconcileBatch = 1000
	tidyEvery      = time.Hour
	// desksEvery bounds how often staff who ask in vain make the office read
	// who may attend what.
	desksEvery = time.Second
	keyLife    = 24 * time.Hour
)

// Reconcile hands over every published session that the engine's journal may
// lack, because the program died or the journal failed between publication and
// hand-over. A session once known to be in the journal is never handed over
// again: if the journal has lost it, a person must know. It also carries on with
// incidents whose stop is not known to have happened, ends lots for which nobody
// registered, and forgets failed sign-ins that weigh no more.
func (o *Office) Reconcile(ctx context.Context) error {
	now := o.now()
	return errors.Join(o.checkVault(ctx), o.ReadDesks(ctx), o.handOver(ctx, ""), o.failUnregistered(ctx), o.reconcileIncidents(ctx),
		o.refundCancelled(ctx), o.store.TidyThrottles(ctx, engine.InstantOf(now), engine.InstantOf(now.Add(-placeLife))))
}

// handOver hands over what is pending of one auction, or of all. It goes on
// after a session that fails, so that one does not hold up the others.
func (o *Office) handOver(ctx context.Context, auctionID string) error {
	if o.sessions == nil {
		return nil
	}
	pending, err := o.store.Pending(ctx, auctionID, reconcileBatch)
	if err != nil {
		return err
	}
	var errs []error
	if len(pending) > 0 {
		errs = append(errs, o.ReadDesks(ctx)) // their desks open with them
	}
	for _, id := range pending {
		if err := o.handOverSession(ctx, id); err != nil {
			errs = append(errs, fmt.Errorf("session %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

func (o *Office) handOverSession(ctx context.Context, id engine.SessionID) error {
	c, err := o.frozen(ctx, id)
	if err != nil {
		return err
	}
	if err := o.sessions.Create(ctx, c); err != nil {
		return err
	}
	return o.store.MarkHandedOver(ctx, id, engine.InstantOf(o.now()))
}

// Tidy deletes tokens and keys that nobody can use any more, and uploads that
// nobody finished.
func (o *Office) Tidy(ctx context.Context) error {
	if err := o.tidyUploads(ctx); err != nil {
		return err
	}
	now := o.now()
	return o.store.Tidy(ctx, engine.InstantOf(now), engine.InstantOf(now.Add(-usedKept)), engine.InstantOf(now.Add(-keyLife)))
}

// sleep waits, and tells whether ctx goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// Run reconciles at once and then every minute, and tidies every hour, until
// ctx ends. It logs what fails and when that is over.
func (o *Office) Run(ctx context.Context) {
	var failed bool
	var tidied time.Time
	for {
		err := errors.Join(o.Reconcile(ctx), o.FollowUp(ctx))
		if err == nil && time.Since(tidied) >= tidyEvery {
			if err = o.Tidy(ctx); err == nil {
				tidied = time.Now()
			}
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failed:
			o.log.Warn("office cannot reconcile, will try again", "err", err)
		case err == nil && failed:
			o.log.Info("office has reconciled")
		}
		failed = err != nil
		wait := reconcileEvery
		if errors.Is(err, ErrUnavailable) {
			wait = reconcileSoon
		}
		select {
		case <-time.After(wait):
		case <-o.desks.wanted:
			if !sleep(ctx, desksEvery) {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
