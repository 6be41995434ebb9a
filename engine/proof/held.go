package proof

import (
	"iter"
	"reflect"

	"gobua/engine"
)

// HeldReceipt is what became of a receipt beside a file.
type HeldReceipt struct {
	Session engine.SessionID `json:"session"`
	By      engine.Actor     `json:"by"`
	Cmd     engine.CommandID `json:"cmd"`
	Act     engine.ActName   `json:"act"`
	Seq     engine.Seq       `json:"seq,omitempty"`
	Signed  SignedBy         `json:"signed"`
	Says    ReceiptSays      `json:"says"`

	kept  *Kept
	alone bool // its amount opens the record's commitment, and nothing more can be said of it
}

// SignedBy is who signed a receipt, as far as that is known.
type SignedBy string

// Who may have signed a receipt.
const (
	SignedByServer SignedBy = "server"    // a key that was named, or follows from one that was
	SignedByLog    SignedBy = "log"       // the key of the log in the file, which has to be compared
	SignedUnknown  SignedBy = "unchecked" // no key is known
	SignedByNobody SignedBy = "nobody"    // none of the keys: it proves nothing
)

// ReceiptSays is what a receipt comes to beside a file.
type ReceiptSays string

// What a receipt may come to.
const (
	ReceiptAgrees     ReceiptSays = "agrees"     // it is what the record comes to
	ReceiptDiffers    ReceiptSays = "differs"    // it says something else
	ReceiptOpens      ReceiptSays = "opens"      // it names another amount than the record commits to
	ReceiptGone       ReceiptSays = "gone"       // the file has no such record
	ReceiptBare       ReceiptSays = "bare"       // it says that it has a record and does not name it
	ReceiptUnrecorded ReceiptSays = "unrecorded" // it is of a refusal that has no record
	ReceiptElsewhere  ReceiptSays = "elsewhere"  // it is of another session
)

// held are the receipts that somebody holds of a session, by the hash of their
// record. A refusal that has no record has no hash, and is nobody's to find.
type held struct {
	of   map[engine.Hash][]*HeldReceipt
	list []HeldReceipt // in their order
}

func holdReceipts(receipts []Kept, session engine.SessionID) *held {
	h := &held{of: map[engine.Hash][]*HeldReceipt{}, list: make([]HeldReceipt, len(receipts))}
	for i := range receipts {
		k, r := &receipts[i], &h.list[i]
		*r = HeldReceipt{Session: k.Session, By: k.By, Cmd: k.Receipt.Cmd, Act: k.Receipt.Act, Seq: k.Receipt.Seq, kept: k}
		switch {
		case k.Session != session:
			r.Says = ReceiptElsewhere
		case k.Receipt.Hash == nil && (k.Receipt.Accepted || k.Receipt.Seq != 0):
			r.Says = ReceiptBare
		case k.Receipt.Hash == nil:
			r.Says = ReceiptUnrecorded
		default:
			r.Says = ReceiptGone // until it is found
			h.of[*k.Receipt.Hash] = append(h.of[*k.Receipt.Hash], r)
		}
	}
	return h
}

// lowerThanHidden tells whether a record is the refusal of an amount for being no
// higher than another one, which may still be hidden. What stands in for that
// one may be lower, so the refused amount is held against its commitment and not
// put into its place.
func lowerThanHidden(r engine.Record) bool {
	e, ok := r.Event.(*engine.Refused)
	return ok && e.Reason == engine.ReasonMaximumNotHigher
}

// disclosing puts back what records conceal and a receipt names.
func (h *held) disclosing(records iter.Seq2[engine.Record, error]) iter.Seq2[engine.Record, error] {
	if len(h.of) == 0 {
		return records
	}
	return func(yield func(engine.Record, error) bool) {
		for r, err := range records {
			for _, k := range h.of[r.Hash] {
				given := k.kept.Receipt
				if err != nil || r.Concealed == nil || given.Salt == nil {
					continue
				}
				d := engine.AmountDisclosure(*given.Salt, given.Amount, given.Steps)
				if lowerThanHidden(r) {
					if k.alone = *r.Concealed == d.Commitment(); !k.alone {
						k.Says = ReceiptOpens
					}
				} else if e := r.Disclose(d); e != nil {
					k.Says = ReceiptOpens
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// compare holds the receipts of a record against what it came to.
func (h *held) compare(s *engine.State, r engine.Record) error {
	for _, k := range h.of[r.Hash] {
		k.Seq = r.Seq
		if k.Says == ReceiptOpens {
			continue
		}
		sender := engine.ParticipantCode("")
		if r.By.Role == engine.RoleBidder {
			sender = engine.ParticipantCode(r.By.Ref)
		}
		want, ok := s.Outcome(sender, r.Cmd)
		got := k.kept.Receipt
		got.Proof, want.Salt = nil, got.Salt // the salt was tried
		if k.alone {
			want.Amount, want.Steps = got.Amount, got.Steps
		}
		k.Says = ReceiptAgrees
		if !ok || k.By != r.By || !reflect.DeepEqual(got, want) {
			k.Says = ReceiptDiffers
		}
	}
	return nil
}

// sign says who signed each receipt. named are keys that somebody knows from
// elsewhere, of the keys of the log in the file.
func (h *held) sign(named, log func(signed []byte) (text string, err error)) {
	for i := range h.list {
		r := &h.list[i]
		switch {
		case named != nil && r.kept.Check(named) == nil:
			r.Signed = SignedByServer
		case log != nil && r.kept.Check(log) == nil:
			r.Signed = SignedByLog
		case named == nil && log == nil:
			r.Signed = SignedUnknown
		default:
			r.Signed = SignedByNobody
		}
	}
}

// contradiction is the first receipt that shows another history than the file.
// One that nobody signed shows nothing.
func (h *held) contradiction() error {
	for _, r := range h.list {
		if r.Signed == SignedByNobody {
			continue
		}
		switch r.Says {
		case ReceiptDiffers:
			return wrong(r.Seq, CodeReceipt, "cmd", r.Cmd.String())
		case ReceiptOpens:
			return wrong(r.Seq, CodeReceiptOpens, "cmd", r.Cmd.String())
		case ReceiptBare:
			return wrong(r.Seq, CodeReceiptBare, "cmd", r.Cmd.String())
		case ReceiptGone:
			return wrong(r.Seq, CodeReceiptGone, "cmd", r.Cmd.String(), "shown", *r.kept.Receipt.Hash)
		}
	}
	return nil
}
