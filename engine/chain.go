package engine

import (
	"crypto/sha256"
	"fmt"
)

// Head is the end of a session's chain: the last record's number and hash.
// The zero Head is the end of a session that has no record yet.
type Head struct {
	Seq  Seq  `json:"seq"`
	Hash Hash `json:"hash"`
}

// Entry is a record as the journal keeps it: canonical bytes, what they only
// commit to, and the link of the chain over the bytes.
type Entry struct {
	Seq        Seq
	Body       []byte
	Disclosure Disclosure // empty: the body says everything
	Hash       Hash
}

// Link returns the hash of an entry that follows prev: SHA-256 over the
// previous hash and the body. A session's first entry follows the zero hash.
func Link(prev Hash, body []byte) Hash {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(body)
	var out Hash
	h.Sum(out[:0])
	return out
}

// Next returns the head after e, or an error if e does not follow h.
func (h Head) Next(e Entry) (Head, error) {
	if e.Seq != h.Seq+1 {
		return h, fmt.Errorf("record %d follows record %d", e.Seq, h.Seq)
	}
	if got := Link(h.Hash, e.Body); got != e.Hash {
		return h, fmt.Errorf("record %d: chain is broken: kept %s, computed %s", e.Seq, e.Hash.Short(), got.Short())
	}
	return Head{e.Seq, e.Hash}, nil
}

// HolderOf ties an account to a participant of one session. Account ids are
// random and never published, so the result reveals nobody, and it differs
// from session to session.
func HolderOf(session SessionID, accountID string) Hash {
	return sha256.Sum256([]byte("gobua holder\n" + string(session) + "\n" + accountID))
}

// ReserveHash is the commitment to a hidden reserve that stands in the rules.
func ReserveHash(s Secret) Hash {
	return sha256.Sum256(fmt.Appendf(nil, "gobua reserve\n%s\n%d", s.Salt, s.Reserve))
}
