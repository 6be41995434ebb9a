package proof

import (
	"iter"
	"reflect"

	"gobua/engine"
)

// held are the receipts that somebody holds of a session, by the hash of their
// record. A refusal that has no record has no hash, and is nobody's to find.
type held struct {
	of   map[engine.Hash][]*Kept
	list []*Kept // that are yet to be found, in their order
	bare *Kept   // the first that says it has a record and does not name it; nil: none
}

func holdReceipts(receipts []Kept, session engine.SessionID) *held {
	h := &held{of: map[engine.Hash][]*Kept{}}
	for i := range receipts {
		k := &receipts[i]
		if k.Session != session {
			continue
		}
		if k.Receipt.Hash == nil {
			if h.bare == nil && (k.Receipt.Accepted || k.Receipt.Seq != 0) {
				h.bare = k
			}
			continue
		}
		h.of[*k.Receipt.Hash] = append(h.of[*k.Receipt.Hash], k)
		h.list = append(h.list, k)
	}
	return h
}

// disclosing puts back what records conceal and a receipt names.
func (h *held) disclosing(records iter.Seq2[engine.Record, error]) iter.Seq2[engine.Record, error] {
	if len(h.list) == 0 {
		return records
	}
	return func(yield func(engine.Record, error) bool) {
		for r, err := range records {
			for _, k := range h.of[r.Hash] {
				if err != nil || r.Concealed == nil || k.Receipt.Salt == nil {
					continue
				}
				if e := r.Disclose(engine.AmountDisclosure(*k.Receipt.Salt, k.Receipt.Amount, k.Receipt.Steps)); e != nil {
					err = wrong(r.Seq, CodeReceiptOpens, "cmd", k.Receipt.Cmd.String())
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
		sender := engine.ParticipantCode("")
		if r.By.Role == engine.RoleBidder {
			sender = engine.ParticipantCode(r.By.Ref)
		}
		want, ok := s.Outcome(sender, r.Cmd)
		got := k.Receipt
		got.Proof, want.Salt = nil, got.Salt // the salt was tried
		if !ok || k.By != r.By || !reflect.DeepEqual(got, want) {
			return wrong(r.Seq, CodeReceipt, "cmd", k.Receipt.Cmd.String())
		}
	}
	delete(h.of, r.Hash)
	return nil
}

// missing is the first receipt whose record is not in the file, or that names none.
func (h *held) missing() error {
	if k := h.bare; k != nil {
		return wrong(k.Receipt.Seq, CodeReceiptBare, "cmd", k.Receipt.Cmd.String())
	}
	for _, k := range h.list {
		if _, left := h.of[*k.Receipt.Hash]; left {
			return wrong(k.Receipt.Seq, CodeReceiptGone, "cmd", k.Receipt.Cmd.String(), "shown", *k.Receipt.Hash)
		}
	}
	return nil
}
