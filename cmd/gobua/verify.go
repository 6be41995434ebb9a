package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"gobua/engine"
	"gobua/engine/proof"
)

// verifyCmd is gobua verify. It needs the files alone, and trusts nobody who
// made them. docs/record.md says what it checks.
type verifyCmd struct {
	Files []string `arg:"" name:"file" help:"Records of sessions, as they were published; packed with gzip or not; - is standard input."`
	Heads []string `name:"head" placeholder:"NUMBER:HASH" help:"An end of the session that somebody was shown while it went on. The record must pass through it. May be repeated; the record is then the only file."`
}

// Run checks each file and prints what it is. The exit status is 1 if any of
// them is not to be believed.
func (c *verifyCmd) Run(ctx context.Context) error {
	known, err := parseHeads(c.Heads)
	if err != nil {
		return err
	}
	if len(known) > 0 && len(c.Files) > 1 {
		return errors.New("--head belongs to one session: name one file")
	}
	bad := 0
	for _, name := range c.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !verifyFile(name, known, os.Stdout) {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d records are not to be believed", bad, len(c.Files))
	}
	return nil
}

// parseHeads reads heads as they are shown: the number of the record, a colon,
// and its hash.
func parseHeads(texts []string) (heads []engine.Head, err error) {
	for _, text := range texts {
		number, hash, _ := strings.Cut(text, ":")
		n, err := strconv.ParseUint(number, 10, 63)
		h := engine.Head{Seq: engine.Seq(n)}
		if err == nil {
			err = h.Hash.UnmarshalText([]byte(hash))
		}
		if err != nil || n == 0 {
			return nil, fmt.Errorf("--head %s: want the number of a record, a colon and its hash of 64 digits", text)
		}
		heads = append(heads, h)
	}
	return heads, nil
}

func verifyFile(name string, known []engine.Head, w io.Writer) (ok bool) {
	fmt.Fprintf(w, "%s\n", name)
	report, err := verifyRecord(name, known)
	if err != nil {
		fmt.Fprintf(w, "  NOT TO BE BELIEVED  %v\n", err)
		return false
	}
	describe(w, report)
	return true
}

func verifyRecord(name string, known []engine.Head) (proof.Report, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return proof.Report{}, err
		}
		defer f.Close()
		in = f
	}
	text, err := unpacked(in)
	if err != nil {
		return proof.Report{}, err
	}
	return proof.Verify(text, proof.Options{Known: known})
}

// unpacked reads through gzip where the bytes are packed so.
func unpacked(in io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(in, 64<<10)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return gzip.NewReader(b)
	}
	return b, nil
}

// describe prints what a record that is right says, and what it does not.
func describe(w io.Writer, r proof.Report) {
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-14s %s\n", what, fmt.Sprintf(format, args...))
	}
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
