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
	"gobua/engine/ledger"
	"gobua/engine/proof"
)

// verifyCmd is gobua verify. It needs the files alone, and trusts nobody who
// made them. docs/record.md says what it checks.
type verifyCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Records of sessions, as they were published; packed with gzip or not; - is standard input."`
	Heads []string `name:"head" placeholder:"NUMBER:HASH" help:"An end of the session that somebody was shown while it went on. The record must pass through it. May be repeated; the record is then the only file."`
	// Receipts must be what the record comes to, and are signed with Keys.
	Receipts []string `name:"receipt" placeholder:"FILE" help:"Receipts that the server gave: the record must come to what they say. May be repeated."`
	Keys     []string `name:"key" placeholder:"KEY" help:"A verifier key of the server, as gobua keys show and the public log tell it, to check the signatures of receipts. May be repeated."`
	// Disclosures: see disclose.go.
	Disclosures []string `name:"disclosure" placeholder:"FILE" help:"Secrets of the session that were disclosed one by one, as gobua disclose writes them: the record must commit to them. May be repeated; the record is then the only file."`
}

// Run checks each file and prints what it is. The exit status is 1 if any of
// them is not to be believed.
func (c *verifyCmd) Run(ctx context.Context) error {
	known, err := parseHeads(c.Heads)
	if err != nil {
		return err
	}
	receipts, signed, err := c.readReceipts(os.Stdout)
	if err != nil {
		return err
	}
	if len(known) > 0 && len(c.Files) > 1 {
		return errors.New("--head belongs to one session: name one file")
	}
	if len(c.Files)+len(c.Receipts) == 0 {
		return errors.New("name the record of a session, or a receipt with --receipt")
	}
	if len(c.Disclosures) > 0 && (len(c.Files) != 1 || c.Files[0] == "-") {
		return errors.New("--disclosure belongs to the record of one session: name its file")
	}
	bad := 0
	for _, name := range c.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !verifyFile(name, proof.Options{Known: known, Receipts: receipts}, os.Stdout) {
			bad++
		}
	}
	for _, name := range c.Disclosures {
		if !verifyDisclosed(name, c.Files[0], proof.Options{Known: known, Receipts: receipts}, os.Stdout) {
			return fmt.Errorf("%s is not to be believed", name)
		}
	}
	if !signed {
		return errors.New("a receipt is not signed by the server")
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

// readReceipts reads the receipts and says of each whether the server signed it;
// signed is false if one of them is not.
func (c *verifyCmd) readReceipts(w io.Writer) (receipts []proof.Kept, signed bool, err error) {
	trusted := make([]ledger.Key, len(c.Keys))
	for i, key := range c.Keys {
		trusted[i] = ledger.Key{Verifier: key}
	}
	keys, err := ledger.TrustKeys(trusted...)
	if err != nil {
		return nil, false, fmt.Errorf("--key: %w", err)
	}
	signed = true
	for _, name := range c.Receipts {
		file, err := os.ReadFile(name)
		if err != nil {
			return nil, false, err
		}
		list, err := proof.ReadReceipts(file)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", name, err)
		}
		receipts = append(receipts, list...)
		fmt.Fprintf(w, "%s\n", name)
		for _, k := range list {
			fmt.Fprintf(w, "  %-14s %s of %s, record %d of session %s\n", "receipt", k.Receipt.Act, k.By.Ref, k.Receipt.Seq, k.Session)
			switch err := k.Check(keys.Verify); {
			case len(c.Keys) == 0:
				fmt.Fprintf(w, "  %-14s not checked: name the server's keys with --key\n", "signature")
			case err != nil:
				signed = false
				fmt.Fprintf(w, "  NOT TO BE BELIEVED  %v\n", err)
			default:
				fmt.Fprintf(w, "  %-14s of the server\n", "signature")
			}
		}
	}
	return receipts, signed, nil
}

func verifyFile(name string, o proof.Options, w io.Writer) (ok bool) {
	fmt.Fprintf(w, "%s\n", name)
	report, err := verifyRecord(name, o)
	if err != nil {
		fmt.Fprintf(w, "  NOT TO BE BELIEVED  %v\n", err)
		return false
	}
	describe(w, report)
	return true
}

func verifyRecord(name string, o proof.Options) (proof.Report, error) {
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
	return proof.Verify(text, o)
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
