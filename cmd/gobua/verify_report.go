package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gobua/engine"
	"gobua/engine/proof"
)

// lines prints findings, each under what it is about.
func lines(w io.Writer) func(what, format string, args ...any) {
	return func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-14s %s\n", what, fmt.Sprintf(format, args...))
	}
}

// describe prints what a record that is right says, and what it does not.
func describe(w io.Writer, r proof.Report) {
	line := lines(w)
	line("session", "%s  %q", r.Session, r.Lot.Title)
	line("rules", "%s", r.RulesHash)
	line("head", "%d:%s", r.Head.Seq, r.Head.Hash)
	switch {
	case r.Result == nil:
		line("ended", "%s, without a result", r.Phase)
	case r.Result.Outcome == engine.OutcomeSold:
		line("sold", "to %s at %d, of %d bids", r.Result.Winner, r.Result.Price, r.Bids)
		for _, a := range r.Result.Awards {
			line("", "%d units to %s at %d", a.Units, a.Code, a.Price)
		}
	default:
		line("not sold", "%s, of %d bids", r.Result.Ground, r.Bids)
	}
	line("verified", "every record follows by the rules from the one before, and nothing is missing between them")
	c := r.Claims
	claim := func(n int, format string) {
		if n > 0 {
			line("on their word", format, n)
		}
	}
	claim(c.Outages, "that the session could not be reached, %d times: "+strconv.FormatInt(int64(c.LostMs), 10)+" ms were given back")
	claim(c.LateOpens, "that the clock opened it late, %d times")
	claim(c.Followed, "that another lot of the group was extended, %d times: see its record")
	claim(c.Limits, "what a limit across lots left, %d times: see their records")
	claim(c.Hidden, "%d amounts above every price, which stay hidden")
	if c.Reserve {
		line("on their word", "the hidden reserve, which was not met")
	}
}

// describeLog prints how a file that is right is tied to the public log, and
// what checkpoints that somebody kept come to; names are their files. It counts
// those that the log did not sign.
func describeLog(w io.Writer, r proof.Report, names []string) (unsigned int) {
	line := lines(w)
	if l := r.Log; l == nil {
		line("public log", "not in the file: take the file again from the server, or ask it for /api/v1/log/sessions/%s", r.Session)
	} else {
		line("public log", "has this end as entry %d of %s, since %s", l.Index, l.Origin, moment(l.At))
		line("checkpoint", "size %d, root %s", l.Size, l.Root)
		if l.Known {
			line("signed", "with a key that was named, or one that follows from it")
		} else {
			line("signed", "with %s", l.Key)
			line("", "whose log begins with %s", l.First)
			line("", "compare it with one that you have from elsewhere than the server, and name that with --key")
		}
		for _, witness := range l.Witnesses {
			if witness.At == 0 {
				line("witness", "%s has not signed this checkpoint", witness.Name)
			} else {
				line("witness", "%s signed it at %s", witness.Name, moment(witness.At))
			}
		}
		if len(l.Others) > 0 {
			line("not checked", "signatures of %s: name their keys with --witness", strings.Join(l.Others, ", "))
		}
	}
	for i, c := range r.Checkpoints {
		line("kept", "%s: size %d of %s", names[i], c.Size, c.Origin)
		switch c.Says {
		case proof.CheckpointSame:
			line("", "it is the one in the file")
		case proof.CheckpointUnproved:
			line("", "the file is of size %d, and cannot show that one continues the other; the log can:", r.Log.Size)
			line("", "gobua witness --log URL --log-key KEY --check %s", names[i])
		case proof.CheckpointElsewhere:
			line("", "it is of another log than the file")
		case proof.CheckpointAlone:
			line("", "there is nothing in the file to compare it with")
		case proof.CheckpointOldKey:
			unsigned++
			line("", "NOT TO BE BELIEVED  it is signed with a key that was not in force at its size")
		case proof.CheckpointForeign:
			unsigned++
			line("", "NOT TO BE BELIEVED  no key that is known here signed it: name the log's keys with --key")
		}
	}
	return unsigned
}

// describeReceipt prints what a receipt comes to beside a file. signed is false
// if the server did not sign it.
func describeReceipt(w io.Writer, r proof.HeldReceipt) (signed bool) {
	line := lines(w)
	line("receipt", "%s of %s, record %d of session %s", r.Act, r.By.Ref, r.Seq, r.Session)
	switch r.Signed {
	case proof.SignedByServer:
		line("signature", "of the server")
	case proof.SignedByLog:
		line("signature", "of the public log in the file: compare its key, and name it with --key")
	case proof.SignedUnknown:
		line("signature", "not checked: name the server's keys with --key")
	case proof.SignedByNobody:
		line("signature", "NOT TO BE BELIEVED  it is not signed by the server, and proves nothing")
		return false
	}
	switch r.Says {
	case proof.ReceiptAgrees:
		line("", "it is what the record comes to")
	case proof.ReceiptUnrecorded:
		line("", "it is of a refusal that has no record")
	case proof.ReceiptDiffers, proof.ReceiptOpens, proof.ReceiptGone, proof.ReceiptBare:
		if r.Signed == proof.SignedByServer {
			line("", "THE RECORD CONTRADICTS IT: keep both files, they prove it to anybody")
		}
	}
	return true
}

// moment writes a moment for people.
func moment(at engine.Instant) string { return at.Time().UTC().Format(time.RFC3339) }
