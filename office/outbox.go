package office

import (
	"context"
	"errors"
	"time"

	"gobua/engine"
	"gobua/office/mail"
)

// Letter is a Mail as it is kept: what was written to whom, and what became of
// sending it.
type Letter struct {
	ID        string         `json:"id"`
	CentreID  string         `json:"centreId,omitempty"`
	AuctionID string         `json:"auctionId,omitempty"`
	Kind      string         `json:"kind"`
	Name      string         `json:"name"` // of the account it is written to
	Address   string         `json:"address"`
	Subject   string         `json:"subject"`
	Body      string         `json:"body,omitempty"` // left out in lists
	CreatedAt engine.Instant `json:"createdAt"`
	NextAt    engine.Instant `json:"nextAt,omitempty"` // when it is tried (again); zero: sent or given up
	SentAt    engine.Instant `json:"sentAt,omitempty"`
	Tries     int            `json:"tries"`
	Trouble   string         `json:"trouble,omitempty"` // why the last try failed
	Claim     string         `json:"-"`                 // under which it is being sent
}

// LetterQuery says which letters are wanted; empty fields ask for nothing.
type LetterQuery struct {
	CentreID  string
	AuctionID string
	Unsent    bool           // only those that were given up or failed at least once
	Before    engine.Instant // only older ones; zero: from the newest
	Limit     int
}

// OutboxStore keeps letters until they are sent, and afterwards.
type OutboxStore interface {
	// ClaimLetters returns letters due at now that nobody is sending and puts
	// them under a claim.
	ClaimLetters(ctx context.Context, claim string, life time.Duration, now engine.Instant, limit int) ([]Letter, error)
	// SettleLetter keeps SentAt, NextAt, Tries and Trouble of a letter and ends
	// its claim. If the claim has gone to somebody else only a success is kept:
	// it is true whoever sends. A letter that is sent stays sent.
	SettleLetter(ctx context.Context, l Letter) error
	// Letters returns letters without their bodies, newest first.
	Letters(ctx context.Context, q LetterQuery) ([]Letter, error)
	Letter(ctx context.Context, id string) (Letter, error)
	// RetryLetter makes a letter that was given up due again. ErrWrongState: it
	// is sent, or due anyway.
	RetryLetter(ctx context.Context, id string, at engine.Instant, t Trail) error
}

// letterPauses is how long after each failed try the next one comes; after the
// last the letter is given up, some three days after the first.
var letterPauses = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

const (
	letterBatch = 50
	letterEvery = 2 * time.Second
	maxLetters  = 100
)

// SendLetters sends what is due, once, and returns how many were sent. Several
// programs may do so at the same time. A letter may arrive twice if the program
// dies, or stands still for longer than claimLife, between sending and keeping
// that it did; its Message-ID is the same then.
func (o *Office) SendLetters(ctx context.Context) (sent int, err error) {
	id, began := newClaim(), time.Now()
	due, err := o.store.ClaimLetters(ctx, id, claimLife, engine.InstantOf(o.now()), letterBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	held := o.hold(ctx, ClaimedLetters, id, began)
	defer held.end(ctx)
	from := map[string]mail.Address{}
	for _, l := range due {
		sender, ok := from[l.CentreID]
		if !ok {
			if sender, err = o.senderOf(ctx, l.CentreID); err != nil {
				return sent, err
			}
			from[l.CentreID] = sender
		}
		if !held.ours() {
			return sent, nil // another program sends the rest
		}
		done, err := o.sendLetter(ctx, l, sender)
		if done {
			sent++
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// sendLetter sends a letter, keeps what became of it, and tells whether it was
// taken.
func (o *Office) sendLetter(ctx context.Context, l Letter, from mail.Address) (sent bool, err error) {
	err = o.postman.Send(ctx, mail.Message{
		ID: l.ID, At: l.CreatedAt.Time(), From: from, To: mail.Address{Name: l.Name, Mail: l.Address},
		Subject: l.Subject, Text: l.Body,
	})
	if err != nil && ctx.Err() != nil {
		return false, ctx.Err() // we stop: it was no try
	}
	l = afterTry(l, err, o.now())
	if l.SentAt == 0 && l.NextAt == 0 {
		o.log.Warn("a letter is given up", "letter", l.ID, "kind", l.Kind, "err", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin) // what was sent is kept also when we stop
	defer cancel()
	return l.SentAt != 0, o.store.SettleLetter(ctx, l)
}

// afterTry decides what becomes of a letter.
func afterTry(l Letter, err error, now time.Time) Letter {
	at := engine.InstantOf(now)
	l.Tries++
	if err == nil {
		l.SentAt, l.NextAt, l.Trouble = at, 0, ""
		return l
	}
	l.Trouble, _ = firstRunes(err.Error(), maxTitleRunes)
	var f *mail.Failure
	final := errors.As(err, &f) && !f.Temporary
	if l.NextAt = 0; !final && l.Tries <= len(letterPauses) {
		l.NextAt = engine.InstantOf(now.Add(letterPauses[l.Tries-1]))
	}
	return l
}

func firstRunes(s string, n int) (string, bool) {
	r := []rune(s)
	if len(r) <= n {
		return s, false
	}
	return string(r[:n]), true
}

// senderOf is whose name stands on a centre's letters.
func (o *Office) senderOf(ctx context.Context, centreID string) (mail.Address, error) {
	if centreID == "" {
		centreID = HostCentre
	}
	c, err := o.store.Centre(ctx, centreID)
	if err != nil {
		return mail.Address{}, err
	}
	from := o.mailFrom
	from.Name = c.Name
	if c.Email != "" && mail.ValidAddress(c.Email) {
		from.Mail = c.Email
	}
	return from, nil
}

// RunLetters sends letters as they come, until ctx ends. Without a postman it
// returns at once and the letters wait.
func (o *Office) RunLetters(ctx context.Context) {
	if o.postman == nil {
		return
	}
	o.repeat(ctx, letterEvery, "letters", o.SendLetters)
}

// Letters returns the letters of the caller's centre, newest first, without
// their bodies. Only an admin, a registrar or an auctioneer may.
func (o *Office) Letters(ctx context.Context, by Account, q LetterQuery) ([]Letter, error) {
	by, err := o.authorize(ctx, by, preparers...)
	if err != nil {
		return nil, err
	}
	if q.AuctionID != "" && !validID(q.AuctionID) {
		return nil, ErrNotFound
	}
	q.CentreID = by.CentreID
	if q.Limit <= 0 || q.Limit > maxLetters {
		q.Limit = maxLetters
	}
	return o.store.Letters(ctx, q)
}

// Letter returns one letter whole. The rights are those of Letters.
func (o *Office) Letter(ctx context.Context, by Account, id string) (Letter, error) {
	if !validID(id) {
		return Letter{}, ErrNotFound
	}
	l, err := o.store.Letter(ctx, id)
	if err != nil {
		return Letter{}, err
	}
	if _, err := o.authorizeAt(ctx, by, l.CentreID, preparers...); err != nil {
		return Letter{}, err
	}
	if secretLetters[l.Kind] {
		l.Body = "" // it lets whoever reads it in
	}
	return l, nil
}

// secretLetters are the kinds whose bodies staff must not read: their links
// let in whoever has them.
var secretLetters = map[string]bool{"password_reset": true}

// RetryLetter tries a letter again that was given up. The rights are those of
// Letters.
func (o *Office) RetryLetter(ctx context.Context, by Account, id string) (Letter, error) {
	l, err := o.Letter(ctx, by, id)
	if err != nil {
		return Letter{}, err
	}
	if by, err = o.authorizeAt(ctx, by, l.CentreID, preparers...); err != nil {
		return Letter{}, err
	}
	trail := o.act(by, "letter.retry", "letter", id, nil, map[string]string{"kind": l.Kind})
	if err := o.store.RetryLetter(ctx, id, trail.At, trail); err != nil {
		return Letter{}, err
	}
	return o.Letter(ctx, by, id)
}
