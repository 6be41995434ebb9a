package load

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"gobua/engine"
	"gobua/internal/visitor"
)

// SignInOptions are those of a storm of sign-ins beside bids.
type SignInOptions struct {
	Options // of the bids beside the storm
	// Before is how long the same bids are sent without it, to compare.
	Before time.Duration
	People int // who enter, each at a moment fixed beforehand within Duration
}

// maxPeople bounds the accounts that are opened for a storm.
const maxPeople = 100_000

// SignInResult is what SignIns prints.
type SignInResult struct {
	People   int       `json:"people"`
	SignIns  Latencies `json:"signIns"`  // ms from the moment at which somebody was due, times asked to come later included
	Renewals Latencies `json:"renewals"` // ms of coming back with a token, each right after the sign-in
	Later    int64     `json:"later"`    // how often the server asked to come later
	Failed   int       `json:"failed"`
	Before   Result    `json:"before"` // the bids without the storm
	During   Result    `json:"during"` // and with it
}

// SignIns has many people enter while others bid, and prints a SignInResult as
// JSON. It opens the accounts it needs first, which takes 20 ms of a processor
// each, once.
func SignIns(ctx context.Context, o SignInOptions, out io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.People < 1 || o.People > maxPeople {
		return fmt.Errorf("people: %d; want 1 to %d", o.People, maxPeople)
	}
	site, err := visitor.NewSite(o.Server)
	if err != nil {
		return err
	}
	defer site.Close()
	s := &storm{SignInOptions: o, site: site, signIns: newMeter(), renewals: newMeter()}
	if err := s.openAccounts(ctx); err != nil {
		return err
	}
	r := SignInResult{People: o.People}
	quiet := o.Options
	quiet.Duration = o.Before
	if r.Before, err = run(ctx, quiet); err != nil {
		return err
	}
	later := site.Later()
	bids := o.Options
	bids.beside = s.enterAll
	if r.During, err = run(ctx, bids); err != nil {
		return err
	}
	r.SignIns, r.Renewals = latencies(s.signIns.sum().receipt), latencies(s.renewals.sum().receipt)
	r.Later, r.Failed = site.Later()-later, s.failed
	if s.failure != nil {
		return fmt.Errorf("%d people could not enter: %w", s.failed, s.failure)
	}
	return printJSON(out, r)
}

// storm is many people who enter.
type storm struct {
	SignInOptions
	site              *visitor.Site
	signIns, renewals *meter // as receipts

	mu      sync.Mutex
	failed  int
	failure error // the first
}

func loginOf(i int) string { return fmt.Sprintf("load-person-%05d", i+1) }

func (s *storm) openAccounts(ctx context.Context) error {
	admin, err := s.site.SignIn(ctx, s.Login, s.Password)
	if err != nil {
		return err
	}
	who := make([]visitor.NewAccount, s.People)
	for i := range who {
		who[i] = visitor.NewAccount{Login: loginOf(i), Name: fmt.Sprintf("Load person %d", i+1), Role: engine.RoleBidder}
	}
	return admin.OpenAll(ctx, s.Password, who)
}

// enterAll has everybody enter at their moment and returns when all have.
func (s *storm) enterAll(ctx context.Context, began time.Time) {
	var entering sync.WaitGroup
	for i := range s.People {
		due := began.Add(s.Duration * time.Duration(i) / time.Duration(s.People))
		if !sleep(ctx, time.Until(due)) {
			break
		}
		entering.Go(func() { s.enter(ctx, i, due) })
	}
	entering.Wait()
}

// enter signs somebody in, and has them come back at once.
func (s *storm) enter(ctx context.Context, i int, due time.Time) {
	person, err := s.site.SignInAs(ctx, s.Password, loginOf(i))
	if err == nil {
		took := time.Since(due)
		s.signIns.note(i, func(m *stripe) { record(m.receipt, took) })
		again := time.Now()
		if err = person.Return(ctx); err == nil {
			took := time.Since(again)
			s.renewals.note(i, func(m *stripe) { record(m.receipt, took) })
		}
	}
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed++
		if s.failure == nil {
			s.failure = err
		}
	}
}
