package proof

import (
	"errors"
	"io"
	"iter"

	"gobua/engine"
)

// Report is what a file was found to be.
type Report struct {
	Verdict
	Attached []Attachment `json:"attached,omitempty"`
}

// Answer is what programs are told of a file, in JSON: the report, or what is
// wrong.
type Answer struct {
	Report *Report `json:"report,omitempty"`
	Wrong  *Wrong  `json:"wrong,omitempty"`
}

// AnswerOf makes an Answer of what Verify returned. An error that says nothing
// about the file, because it could not be read, comes back.
func AnswerOf(report Report, err error) (Answer, error) {
	if wrong, ok := errors.AsType[*Wrong](err); ok {
		return Answer{Wrong: wrong}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	return Answer{Report: &report}, nil
}

// Options of Verify. All of them may be left out.
type Options struct {
	Progress func(done engine.Seq) // told now and then how many records are done
	// Known are ends of the session that somebody saw while it went on: in the
	// room, in a receipt, in a checkpoint. A history that does not pass through
	// them is another one than they were shown.
	Known []engine.Head
	// Receipts that somebody was given in this session. Each must be what the
	// record comes to, and opens what the record conceals of it. Their
	// signatures are checked by Kept.Check, not here.
	Receipts []Kept
	opening  *Shown // of Disclosed.Verify
}

// Verify reads the file of a session, checks every link of its chain and judges
// every record. The first thing that is wrong is the error; then nothing of the
// file is to be believed. It blocks until all is read, some microseconds for
// each record.
func Verify(r io.Reader, o Options) (Report, error) {
	f, err := Open(r)
	if err != nil {
		return Report{}, err
	}
	records := f.Records()
	if o.Progress != nil {
		records = noting(records, o.Progress)
	}
	if len(o.Known) > 0 {
		records = holding(records, o.Known)
	}
	if o.opening != nil {
		records = o.opening.open(f, records)
	}
	held := holdReceipts(o.Receipts, f.Session)
	v, err := judgeWith(held.disclosing(records), f.Unknown, held.compare)
	if err == nil {
		err = held.missing()
	}
	switch {
	case err != nil:
		return Report{}, err
	case v.Session != f.Session:
		return Report{}, wrong(1, CodeOtherSession, "created", v.Session, "file", f.Session)
	case !v.Phase.Final():
		return Report{}, wrong(v.Head.Seq, CodeNotOver, "phase", v.Phase)
	}
	return Report{v, f.Attached}, nil
}

// holding compares records with heads that are known, and fails at the end if
// one of them lies behind it.
func holding(records iter.Seq2[engine.Record, error], known []engine.Head) iter.Seq2[engine.Record, error] {
	want := map[engine.Seq][]engine.Hash{}
	for _, h := range known {
		want[h.Seq] = append(want[h.Seq], h.Hash)
	}
	return func(yield func(engine.Record, error) bool) {
		for r, err := range records {
			for _, hash := range want[r.Seq] {
				if err == nil && hash != r.Hash {
					err = wrong(r.Seq, CodeOtherHistory, "hash", r.Hash, "shown", hash)
				}
			}
			delete(want, r.Seq)
			if !yield(r, err) || err != nil {
				return
			}
		}
		for seq, hashes := range want {
			yield(engine.Record{}, wrong(seq, CodeShownMissing, "shown", hashes[0]))
			return
		}
	}
}

// noteEvery is how many records are judged between two notes of progress.
const noteEvery = 4096

func noting(records iter.Seq2[engine.Record, error], progress func(engine.Seq)) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		records(func(r engine.Record, err error) bool {
			if r.Seq%noteEvery == 0 && err == nil {
				progress(r.Seq)
			}
			return yield(r, err)
		})
	}
}
