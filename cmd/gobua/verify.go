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
	Files []string `arg:"" optional:"" name:"file" help:"Records of sessions, as they were published; packed with gzip or not; - is standard input."`
	Heads []string `name:"head" placeholder:"NUMBER:HASH" help:"An end of the session that somebody was shown while it went on. The record must pass through it. May be repeated; the record is then the only file."`
	// Receipts must be what the record comes to, and are signed with Keys.
	Receipts []string `name:"receipt" placeholder:"FILE" help:"Receipts that the server gave: the record must come to what they say. May be repeated."`
	Keys     []string `name:"key" placeholder:"KEY" help:"A verifier key of the server, as gobua keys show and the public log tell it, from elsewhere than the file: the public log in the file and receipts must be signed with it or with one that follows from it. The log's first key is enough. May be repeated."`
	// Checkpoints are held to that in the file, and to one another.
	Checkpoints []string `name:"checkpoint" placeholder:"FILE" help:"A signed checkpoint of the public log that somebody kept. May be repeated."`
	Witnesses   []string `name:"witness" placeholder:"KEY" help:"Verifier key of a witness: say whether it signed the checkpoint in the file. May be repeated."`
	// Disclosures: see disclose.go.
	Disclosures []string `name:"disclosure" placeholder:"FILE" help:"Secrets of the session that were disclosed one by one, as gobua disclose writes them: the record must commit to them. May be repeated; the record is then the only file."`
}

// Run checks each file and prints what it is. The exit status is 1 if any of
// them is not to be believed, or if something that was given beside them is not
// signed by the server.
func (c *verifyCmd) Run(ctx context.Context) error {
	if len(c.Files)+len(c.Receipts) == 0 {
		return errors.New("name the record of a session, or a receipt with --receipt")
	}
	if len(c.Disclosures) > 0 && (len(c.Files) != 1 || c.Files[0] == "-") {
		return errors.New("--disclosure belongs to the record of one session: name its file")
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	v := verification{o: o, checkpoints: c.Checkpoints, w: os.Stdout}
	for _, name := range c.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.file(name); err != nil {
			return err
		}
	}
	for _, name := range c.Disclosures {
		if !verifyDisclosed(name, c.Files[0], o, os.Stdout) {
			return fmt.Errorf("%s is not to be believed", name)
		}
	}
	if err := v.rest(); err != nil {
		return err
	}
	switch {
	case v.bad > 0:
		return fmt.Errorf("%d of %d records are not to be believed", v.bad, len(c.Files))
	case v.stray != "" && len(c.Files) > 0:
		return fmt.Errorf("a receipt is of session %s, and none of these records is", v.stray)
	case v.unsigned > 0:
		return errors.New("something that was given is not signed by the server")
	}
	return nil
}

// options reads everything that is given beside the files.
func (c *verifyCmd) options() (o proof.Options, err error) {
	if o.Known, err = parseHeads(c.Heads); err != nil {
		return o, err
	}
	if len(o.Known) > 0 && len(c.Files) > 1 {
		return o, errors.New("--head belongs to one session: name one file")
	}
	for _, name := range c.Receipts {
		file, err := os.ReadFile(name)
		if err != nil {
			return o, err
		}
		list, err := proof.ReadReceipts(file)
		if err != nil {
			return o, fmt.Errorf("%s: %w", name, err)
		}
		o.Receipts = append(o.Receipts, list...)
	}
	for _, name := range c.Checkpoints {
		file, err := os.ReadFile(name)
		if err != nil {
			return o, err
		}
		o.Checkpoints = append(o.Checkpoints, string(file))
	}
	o.Keys, o.Witnesses = c.Keys, c.Witnesses
	return o, nil
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

// verification goes from file to file and keeps count.
type verification struct {
	o           proof.Options
	checkpoints []string // the names of their files
	w           io.Writer
	found       []bool           // which receipts were of one of the files
	bad         int              // files that are not to be believed
	stray       engine.SessionID // of a receipt that is of none of the files
	unsigned    int              // receipts and checkpoints that the server did not sign
}

// file verifies one file and prints what it is. The error is about what was
// given beside it.
func (v *verification) file(name string) error {
	o := v.o
	note, wipe := progressOn(os.Stderr)
	o.Progress = note
	report, err := verifyRecord(name, o)
	wipe()
	if _, unread := errors.AsType[*proof.Unreadable](err); unread {
		return err
	}
	fmt.Fprintf(v.w, "%s\n", name)
	if err != nil {
		v.bad++
		fmt.Fprintf(v.w, "  NOT TO BE BELIEVED  %v\n", err)
	} else {
		describe(v.w, report)
		v.unsigned += describeLog(v.w, report, v.checkpoints)
	}
	if v.found == nil {
		v.found = make([]bool, len(v.o.Receipts))
	}
	for i, r := range report.Receipts {
		if r.Says != proof.ReceiptElsewhere {
			v.found[i] = true
			v.receipt(r)
		}
	}
	return nil
}

// progressEvery is how many records go by between two words of progress, some
// tenths of a second.
const progressEvery = 1 << 16

// progressOn says on a terminal how far a long record was read, and takes it
// away again. Where nobody looks on it says nothing.
func progressOn(f *os.File) (note func(engine.Seq), wipe func()) {
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil, func() {}
	}
	note = func(done engine.Seq) {
		if done%progressEvery == 0 {
			fmt.Fprintf(f, "\r  %d records", done)
		}
	}
	return note, func() { fmt.Fprint(f, "\r\x1b[K") }
}

// rest says who signed the receipts that are of none of the files.
func (v *verification) rest() error {
	all, err := v.o.SignaturesAlone()
	if err != nil {
		return err
	}
	for i, r := range all {
		if v.found == nil || !v.found[i] {
			v.stray = r.Session
			v.receipt(r)
		}
	}
	return nil
}

func (v *verification) receipt(r proof.HeldReceipt) {
	if !describeReceipt(v.w, r) {
		v.unsigned++
	}
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
