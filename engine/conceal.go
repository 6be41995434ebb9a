package engine

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Cover keeps secrets out of the bytes of a record that are chained and may be
// published. In their place stands a commitment; what opens it lies beside the
// record and can be shown for one record without showing it for another. A nil
// Cover conceals nothing.
//
// The owner of the sessions draws a seed for each session before its first
// record (Created.Seed); docs/record.md is the format.
type Cover struct {
	seed   Hash
	maxima bool // amounts of bids are maxima
}

// CoverOf is the cover of a session with this first record, nil if it has no
// seed: then its records say everything.
func CoverOf(c *Created) *Cover {
	if c.Seed == nil {
		return nil
	}
	return &Cover{seed: *c.Seed, maxima: c.Rules.Proxy}
}

// What is concealed, by kind of event; the names are those of the events' own
// fields.
type (
	// creationSecret is the hidden reserve with the salt of its hash, and the seed.
	creationSecret struct {
		Secret *Secret `json:"secret,omitempty"`
		Seed   Hash    `json:"seed"`
	}
	// amountSecret is a maximum; the steps are those of a refusal, and tell as much.
	amountSecret struct {
		Amount Dong `json:"amount"`
		Steps  Dong `json:"steps,omitempty"`
	}
)

// conceals tells whether there is something in an event that nobody may see. c
// may be nil.
func (c *Cover) conceals(e Event) bool {
	if c == nil {
		return false
	}
	switch e := e.(type) {
	case *Created:
		return e.Seed != nil
	case *BidAccepted, *Raised:
		return c.maxima
	case *Refused:
		return c.maxima && e.Code != "" && e.Amount != 0
	}
	return false
}

// split returns what anybody may see of an event, and what nobody may; nil: there
// is nothing secret in it.
func (c *Cover) split(e Event) (open Event, secret any) {
	if !c.conceals(e) {
		return e, nil
	}
	switch e := e.(type) {
	case *Created:
		shown := *e
		shown.Secret, shown.Seed = nil, nil
		return &shown, creationSecret{e.Secret, *e.Seed}
	case *BidAccepted:
		shown := *e
		shown.Amount = 0
		return &shown, amountSecret{Amount: e.Amount}
	case *Raised:
		shown := *e
		shown.Amount = 0
		return &shown, amountSecret{Amount: e.Amount}
	case *Refused:
		shown := *e
		shown.Amount, shown.Steps = 0, 0
		return &shown, amountSecret{e.Amount, e.Steps}
	}
	panic("an event conceals what nothing says: " + string(e.Kind())) // conceals and split name the same kinds
}

// Concealing is an event as a record shows it whose disclosure is missing.
func Concealing(e Event) Event {
	shown, _ := (&Cover{maxima: true}).split(e)
	return shown
}

// reveal puts what a commitment stands for back into its event.
func reveal(e Event, fields []byte) error {
	switch e := e.(type) {
	case *Created:
		var s creationSecret
		if err := decodeDisclosed(fields, &s); err != nil {
			return err
		}
		e.Secret, e.Seed = s.Secret, &s.Seed
		return nil
	case *BidAccepted:
		return revealAmount(&e.Amount, nil, fields)
	case *Raised:
		return revealAmount(&e.Amount, nil, fields)
	case *Refused:
		return revealAmount(&e.Amount, &e.Steps, fields)
	}
	return errors.New("such an event has nothing to conceal")
}

// decodeDisclosed reads concealed fields. They are hidden when the rest of the
// record is judged, so it is seen here that every program reads the same in them.
func decodeDisclosed(fields []byte, v any) error {
	if err := decodeStrictly(fields, v); err != nil {
		return err
	}
	if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, fields) {
		return errors.New("it is not written canonically")
	}
	return nil
}

func revealAmount(amount, steps *Dong, fields []byte) error {
	var s amountSecret
	if !s.read(fields) {
		s = amountSecret{}
		if err := decodeDisclosed(fields, &s); err != nil {
			return err
		}
	}
	if *amount != 0 || steps != nil && *steps != 0 {
		return errors.New("the amount is said and concealed")
	}
	if steps == nil && s.Steps != 0 {
		return errors.New("no refusal, and steps")
	}
	*amount = s.Amount
	if steps != nil {
		*steps = s.Steps
	}
	return nil
}

// write writes an amount as encoding/json does.
func (a amountSecret) write(out []byte) []byte {
	out = strconv.AppendInt(append(out, `{"amount":`...), int64(a.Amount), 10)
	if a.Steps != 0 {
		out = strconv.AppendInt(append(out, `,"steps":`...), int64(a.Steps), 10)
	}
	return append(out, '}')
}

// read reads what write writes, and nothing else.
func (a *amountSecret) read(fields []byte) bool {
	s := scan{rest: fields}
	s.need(`{"amount":`)
	a.Amount = Dong(s.integer())
	if s.take(`,"steps":`) {
		a.Steps = Dong(s.integer())
	}
	return !s.other && bytes.Equal(a.write(nil), fields)
}

// saltOf is the salt of a record, which follows from the seed.
func (c *Cover) saltOf(seq Seq) (salt Hash) {
	mac := hmac.New(sha256.New, c.seed[:])
	fmt.Fprintf(mac, "gobua salt\n%d", seq)
	mac.Sum(salt[:0])
	return salt
}

// Disclosure is what a commitment of a record stands for: 32 bytes of salt and
// the concealed fields as canonical JSON.
type Disclosure []byte

const saltBytes = sha256.Size

// Commitment is what stands in the record for a disclosure.
func (o Disclosure) Commitment() Hash {
	h := sha256.New()
	h.Write([]byte("gobua concealed\n"))
	h.Write(o)
	var out Hash
	h.Sum(out[:0])
	return out
}

// Salt is the disclosure's salt; zero if it has none.
func (o Disclosure) Salt() (salt Hash) {
	if len(o) >= saltBytes {
		copy(salt[:], o)
	}
	return salt
}

// Fields are the concealed fields.
func (o Disclosure) Fields() []byte { return o[min(len(o), saltBytes):] }

// AmountDisclosure is the disclosure of an amount under a salt, with the steps
// of a refusal. The holder of a receipt makes it from the receipt alone.
func AmountDisclosure(salt Hash, amount, steps Dong) Disclosure {
	return amountSecret{amount, steps}.write(salt[:saltBytes:saltBytes])
}

// disclosure makes the disclosure of a record's secret. The salt follows from seed
// and number, so that the same record always has the same bytes.
func (c *Cover) disclosure(seq Seq, secret any) (Disclosure, error) {
	salt := c.saltOf(seq)
	if amount, ok := secret.(amountSecret); ok {
		return amount.write(salt[:saltBytes:saltBytes]), nil
	}
	fields, err := json.Marshal(secret)
	if err != nil {
		return nil, err
	}
	return append(salt[:saltBytes:saltBytes], fields...), nil
}
