package proof

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
)

// Names of the attachments that tie the end of a file to the public log. The
// data of each is a ledger.Proof as text.
const (
	attachedKey = "log-key"
	attachedEnd = "log"
)

// LogAttachments are an end proof as attachments.
func LogAttachments(p ledger.EndProof) []Attachment {
	var list []Attachment
	for _, k := range p.Keys {
		list = append(list, Attachment{Name: attachedKey, Data: []byte(k.Text())})
	}
	return append(list, Attachment{Name: attachedEnd, Data: []byte(p.End.Text())})
}

// Logged is what the public log says of the end of a file, proved by the file.
type Logged struct {
	Origin string         `json:"origin"`
	Index  int64          `json:"index"` // of the entry
	At     engine.Instant `json:"at"`    // when the log took it, by the server's clock
	Size   int64          `json:"size"`  // of the checkpoint
	Root   engine.Hash    `json:"root"`
	First  string         `json:"first"` // the log's first key
	Key    string         `json:"key"`   // with which the checkpoint is signed
	// Known: the key is one that was named, or follows from one. Else it is the
	// file's own word, and has to be compared.
	Known     bool        `json:"known"`
	Witnesses []Witnessed `json:"witnesses,omitempty"` // that were named
	Others    []string    `json:"others,omitempty"`    // who else signed it, unchecked
	Note      string      `json:"note"`                // the checkpoint with its signatures
}

// Witnessed is whether a witness signed a checkpoint.
type Witnessed struct {
	Name string         `json:"name"`
	At   engine.Instant `json:"at,omitempty"` // by its own clock; zero: it has not
}

// endProof finds the end proof among attachments. line is that of its end, zero:
// there is none.
func endProof(attached []Attachment) (p ledger.EndProof, line int, err error) {
	for _, a := range attached {
		if a.Name != attachedKey && a.Name != attachedEnd {
			continue
		}
		read, err := ledger.ParseProof(string(a.Data))
		switch {
		case err != nil:
			return p, a.Line, wrong(0, CodeLogProof, "why", err.Error())
		case line != 0:
			return p, a.Line, wrong(0, CodeLogProof, "why", "it follows the entry of the end")
		case a.Name == attachedKey:
			p.Keys = append(p.Keys, read)
		default:
			p.End, line = read, a.Line
		}
	}
	if line == 0 && len(p.Keys) > 0 {
		return p, attached[0].Line, wrong(0, CodeLogProof, "why", "there are keys and no entry")
	}
	return p, line, nil
}

// logged checks what a file's attachments say of the public log; nil: nothing.
// The keys are those of the log in the file, as far as somebody may believe them
// who trusts t, or all of them if t names none.
func logged(attached []Attachment, session engine.SessionID, head engine.Head, t trust) (*Logged, ledger.Keys, error) {
	p, line, err := endProof(attached)
	if err != nil || line == 0 {
		return nil, ledger.Keys{}, at(line, err)
	}
	l, keys, err := readLogged(p, session, head, t)
	return l, keys, at(line, err)
}

func readLogged(p ledger.EndProof, session engine.SessionID, head engine.Head, t trust) (*Logged, ledger.Keys, error) {
	none := ledger.Keys{}
	c, keys, err := p.Check()
	switch {
	case errors.Is(err, ledger.ErrKeys):
		return nil, none, wrong(0, CodeLogKeys, "why", err.Error())
	case errors.Is(err, ledger.ErrForeignKey):
		return nil, none, wrong(0, CodeLogForged, "size", c.Size)
	case errors.Is(err, ledger.ErrOldKey):
		return nil, none, wrong(0, CodeLogOldKey, "size", c.Size)
	case errors.Is(err, ledger.ErrNotIncluded):
		return nil, none, wrong(0, CodeLogInclusion, "size", c.Size, "index", p.End.Index)
	case err != nil:
		return nil, none, wrong(0, CodeLogProof, "why", err.Error())
	}
	l := &Logged{Origin: c.Origin, Index: p.End.Index, Size: c.Size, Root: c.Root, First: keys.List()[0].Verifier, Note: p.End.Note}
	by, err := keys.SignedBy([]byte(p.End.Note))
	if err != nil {
		return nil, none, wrong(0, CodeLogForged, "size", c.Size)
	}
	l.Key = by.Verifier
	if len(t.keys) > 0 {
		keys = keys.From(t.keys...)
		if _, err := keys.Open([]byte(p.End.Note)); err != nil {
			return nil, none, wrong(0, CodeLogOtherKey, "key", by.Verifier)
		}
		l.Known = true
	}
	entry, err := ledger.ParseEntry(p.End.Entry)
	end, ok := entry.(*ledger.HeadEntry)
	switch {
	case err != nil || !ok || end.Session != session:
		return nil, none, wrong(0, CodeLogSession, "index", p.End.Index, "session", session)
	case end.Head != head:
		return nil, none, wrong(0, CodeLogEnd, "says", end.Head.Seq, "saysHash", end.Head.Hash, "seq", head.Seq, "hash", head.Hash)
	}
	l.At = end.At
	err = l.witnessed(t)
	return l, keys, err
}

// witnessed looks for the signatures of the witnesses that were named, and of
// others.
func (l *Logged) witnessed(t trust) error {
	for _, w := range t.witnesses {
		found := Witnessed{Name: w.Name()}
		words, err := ledger.Cosignatures([]byte(l.Note), w)
		if _, forged := errors.AsType[*note.InvalidSignatureError](err); forged {
			return wrong(0, CodeLogWitness, "name", w.Name())
		}
		if err == nil {
			found.At = engine.InstantOf(words[0].At)
		}
		l.Witnesses = append(l.Witnesses, found)
	}
	others, err := signers(l.Note, append(t.verifiers(l.Key), t.witnesses...))
	l.Others = others
	return err
}

// signers are the names of those whose signatures on a note none of the
// verifiers knows.
func signers(signed string, known []note.Verifier) (names []string, err error) {
	n, err := note.Open([]byte(signed), note.VerifierList(known...))
	if err != nil {
		return nil, fmt.Errorf("proof: %w", err) // cannot be: it was opened before
	}
	for _, s := range n.UnverifiedSigs {
		names = append(names, s.Name)
	}
	return names, nil
}

// at says in which line something is wrong.
func at(line int, err error) error {
	if w, ok := errors.AsType[*Wrong](err); ok {
		w.Line = line
	}
	return err
}
