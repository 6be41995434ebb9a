package proof

import (
	"errors"
	"io"
	"iter"

	"gobua/engine"
	"gobua/engine/ledger"
)

// Report is what a file was found to be.
type Report struct {
	Verdict
	Attached []Attachment `json:"attached,omitempty"`
	Log      *Logged      `json:"log,omitempty"` // nil: the file says nothing of the public log
	// Checkpoints and Receipts are what was given beside the file, in its order.
	Checkpoints []*KeptCheckpoint `json:"checkpoints,omitempty"`
	Receipts    []HeldReceipt     `json:"-"`
}

// Answer is what programs are told of a file, in JSON: the report, or what is
// wrong with it, or what was given beside it and cannot be read.
type Answer struct {
	Report   *Report       `json:"report,omitempty"`
	Wrong    *Wrong        `json:"wrong,omitempty"`
	Unread   *Unreadable   `json:"unread,omitempty"`
	Receipts []HeldReceipt `json:"receipts,omitempty"`
}

// AnswerOf makes an Answer of what Verify returned. An error that says nothing
// about the file, because it could not be read, comes back.
func AnswerOf(report Report, err error) (Answer, error) {
	if wrong, ok := errors.AsType[*Wrong](err); ok {
		return Answer{Wrong: wrong, Receipts: report.Receipts}, nil
	}
	if unread, ok := errors.AsType[*Unreadable](err); ok {
		return Answer{Unread: unread}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	return Answer{Report: &report, Receipts: report.Receipts}, nil
}

// Options of Verify. All of them may be left out.
type Options struct {
	Progress func(done engine.Seq) // told now and then how many records are done
	// Known are ends of the session that somebody saw while it went on: in the
	// room, in a receipt, in a checkpoint. A history that does not pass through
	// them is another one than they were shown.
	Known []engine.Head
	// Receipts that somebody was given. Those of this session must be what the
	// record comes to, and open what the record conceals of them.
	Receipts []Kept
	// Keys are verifier keys of the server that somebody has from elsewhere, with
	// which receipts and the log in the file must be signed. One is enough, and
	// best the first: the file proves how later ones follow from it.
	Keys []string
	// Checkpoints of the log that somebody kept, as signed notes.
	Checkpoints []string
	// Witnesses are the verifier keys of those whose word is looked for.
	Witnesses []string
	opening   *Shown // of Disclosed.Verify
}

// Verify reads the file of a session, checks every link of its chain and judges
// every record, and then what ties it to the public log and what was given
// beside it. The first thing that is wrong is the error, a *Wrong; then nothing
// of the file is to be believed, and the report says nothing but what became of
// the receipts. *Unreadable: something that was given beside the file is not
// what it should be. It blocks until all is read, some microseconds for each
// record.
func Verify(r io.Reader, o Options) (Report, error) {
	t, err := o.trust()
	if err != nil {
		return Report{}, err
	}
	f, err := Open(r)
	if err != nil {
		return Report{}, err
	}
	held := holdReceipts(o.Receipts, f.Session)
	v, err := o.judge(f, held)
	var l *Logged
	var keys ledger.Keys
	if err == nil {
		if l, keys, err = logged(f.Attached, f.Session, v.Head, t); err == nil {
			err = t.compare(l, keys)
		}
	}
	held.sign(t.keyring(l, keys))
	if err == nil {
		err = held.contradiction()
	}
	if err != nil {
		return Report{Receipts: held.list}, err
	}
	return Report{Verdict: v, Attached: f.Attached, Log: l, Checkpoints: t.kept, Receipts: held.list}, nil
}

// SignaturesAlone says who signed the receipts, where their record is not at
// hand. Errors are *Unreadable.
func (o *Options) SignaturesAlone() ([]HeldReceipt, error) {
	t, err := o.trust()
	if err != nil {
		return nil, err
	}
	held := holdReceipts(o.Receipts, "")
	held.sign(t.keyring(nil, ledger.Keys{}))
	return held.list, nil
}

// judge decides every record of a file once more.
func (o *Options) judge(f *Reader, held *held) (Verdict, error) {
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
	v, err := judgeWith(held.disclosing(records), f.Unknown, held.compare)
	switch {
	case err != nil:
		return v, err
	case v.Session != f.Session:
		return v, wrong(1, CodeOtherSession, "created", v.Session, "file", f.Session)
	case !v.Phase.Final():
		return v, wrong(v.Head.Seq, CodeNotOver, "phase", v.Phase)
	}
	return v, nil
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
