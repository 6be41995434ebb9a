package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/proof"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
	"gobua/internal/natsnode"
)

// discloseCmd is gobua disclose. It opens one secret of a session that is over
// and no other; why it is one person's act, and public, is in
// docs/adr/0027-what-the-minutes-carry-and-who-discloses.md.
type discloseCmd struct {
	Session string `arg:"" help:"The session, which must be over."`
	Secret  string `arg:"" optional:"" help:"Number of the record whose secret is opened, or the word reserve. Without it: which secrets there are."`
	Reason  string `name:"reason" help:"Why, on one line. It goes into the public log, together with session and number: name nobody."`
	Data    string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of a server that is not running."`
	// Of a node: how it reaches the others, with whom it has the public log.
	clusterFlags `embed:""`
}

// theReserve is what the hidden reserve is called on the command line.
const theReserve = "reserve"

// Run writes the disclosure to standard output, after the public log says that
// it was made.
func (c *discloseCmd) Run(ctx context.Context) error {
	var settings checker
	set := settings.member(c.clusterFlags)
	if len(settings.problems) > 0 {
		return &wrongSettings{settings.problems}
	}
	all, err := hiddenOf(ctx, filepath.Join(c.Data, "journal"), engine.SessionID(c.Session))
	if err != nil {
		return err
	}
	if c.Secret == "" {
		listHidden(os.Stdout, all)
		return nil
	}
	for i := range all {
		if secretName(&all[i]) != c.Secret {
			continue
		}
		if strings.TrimSpace(c.Reason) == "" {
			return errors.New("--reason: say why, the public log keeps it")
		}
		index, err := c.log(ctx, &set)
		if err != nil {
			return fmt.Errorf("nothing was disclosed, because the public log cannot say so: %w", err)
		}
		fmt.Fprintf(os.Stderr, "entry %d of the public log says that this was disclosed\n", index)
		_, err = io.WriteString(os.Stdout, all[i].Text())
		return err
	}
	return fmt.Errorf("session %s hides nothing that is called %q: name it without a number to see what there is", c.Session, c.Secret)
}

// secretName is what a secret is called on the command line.
func secretName(s *proof.Shown) string {
	if s.Reserve != nil {
		return theReserve
	}
	return fmt.Sprint(s.Record.Seq)
}

// listHidden says which secrets there are, and tells none.
func listHidden(w io.Writer, all []proof.Shown) {
	if len(all) == 0 {
		fmt.Fprintln(w, "everything of this session is in its record")
	}
	for i := range all {
		s := &all[i]
		fmt.Fprintf(w, "%-8s %s  %s\n", secretName(s), s.Of.At.Time().UTC().Format("2006-01-02 15:04:05.000"), whose(&s.Of))
	}
}

// whose says what a record is, without its secret.
func whose(r *engine.Record) string {
	switch e := r.Event.(type) {
	case *engine.Created:
		return "the hidden reserve, which was not met"
	case *engine.BidAccepted:
		return fmt.Sprintf("bid of %s", e.Code)
	case *engine.Raised:
		return fmt.Sprintf("maximum of %s, raised", e.Code)
	case *engine.Refused:
		return fmt.Sprintf("%s of %s, refused: %s", e.Act, e.Code, e.Reason)
	}
	return string(r.Event.Kind())
}

// hiddenOf reads what a session hides from a journal that no process has open.
func hiddenOf(ctx context.Context, dir string, id engine.SessionID) (all []proof.Shown, err error) {
	var entries []engine.Entry
	found, err := journal.Check(ctx, dir, func(of engine.SessionID, e engine.Entry) error {
		if of == id {
			entries = append(entries, e)
		}
		return nil
	})
	if errors.Is(err, journal.ErrLocked) {
		return nil, fmt.Errorf("stop the server first: %w", err)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		if s.Session == id && s.Damage != nil {
			return nil, fmt.Errorf("session %s is damaged: %w", id, s.Damage)
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("the journal has no session %q", id)
	}
	for s, err := range proof.Hidden(eachEntry(entries)) {
		if err != nil {
			return nil, fmt.Errorf("session %s: %w", id, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func eachEntry(list []engine.Entry) iter.Seq2[engine.Entry, error] {
	return func(yield func(engine.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// logWait is how long the public log may take, joinWait how long most of the other
// nodes.
const (
	logWait  = 30 * time.Second
	joinWait = time.Minute
)

// errElsewhere is for whoever stands before the folder of a node.
var errElsewhere = errors.New("this folder is a node's, and its public log is the cluster's, which another node writes. " +
	"Run it again with the settings that gobua serve has on this node (--cluster, --cluster-listen and --cluster-routes or --cluster-nats, --cluster-tls-…, " +
	"or their GOBUA_CLUSTER_… variables), while most of the other nodes run and this one does not")

// log writes into the public log that a secret of a session is disclosed, and
// returns the entry once it is signed. A folder without a log gets none. That of a
// cluster is written by whoever of the other nodes writes it: this one joins them
// for so long, with its part of the servers and nothing else.
func (c *discloseCmd) log(ctx context.Context, set *clusterSettings) (index int64, err error) {
	keys := filepath.Join(c.Data, "keys")
	if _, _, err := ledgerkeeper.Shown(keys); err != nil {
		return 0, fmt.Errorf("there is no log: %w", err)
	}
	signer, err := ledgerkeeper.LoadSigner(keys, "", "")
	if err != nil {
		return 0, err
	}
	o := ledgerkeeper.Options{
		Dir: filepath.Join(c.Data, "ledger"), Signer: signer, Sessions: func() []ledgerkeeper.Session { return nil },
		Log: slog.New(slog.DiscardHandler),
	}
	if set.name != "" {
		n, err := joinOthers(ctx, set, c.Data)
		if err != nil {
			return 0, err
		}
		defer n.Close()
		o.Chronicle, o.Holds = ledgerstream.New(n.JetStream()), func() bool { return false }
	}
	k, err := ledgerkeeper.Open(o)
	if errors.Is(err, ledgerkeeper.ErrOfACluster) {
		return 0, errElsewhere
	}
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, logWait)
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.Run(ctx)
	}()
	line := fmt.Sprintf("%d %s %s", time.Now().UnixMilli(), c.Session, c.Secret)
	index, err = k.AppendNote(ctx, "disclosed", line, strings.TrimSpace(c.Reason))
	if err != nil && set.name != "" {
		err = fmt.Errorf("no answer came from the node that writes it, which may still write that this was disclosed: %w", errors.Join(err, k.Trouble()))
	}
	cancel()
	<-done
	return index, errors.Join(err, k.Close())
}

// joinOthers joins the servers of the cluster, and waits for most of them.
func joinOthers(ctx context.Context, set *clusterSettings, data string) (*natsnode.Node, error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	n, _, err := openNATS(set, data, log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, joinWait)
	defer cancel()
	if err := n.WaitReady(ctx); err != nil {
		n.Close()
		return nil, fmt.Errorf("most of the other nodes must run, and they do not answer: %w", err)
	}
	return n, nil
}

// verifyDisclosed holds what was disclosed against the record of its session and
// says what it is.
func verifyDisclosed(name, record string, o proof.Options, w io.Writer) (ok bool) {
	fmt.Fprintf(w, "%s\n", name)
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-14s %s\n", what, fmt.Sprintf(format, args...))
	}
	s, report, err := readDisclosed(name, record, o)
	if _, bad := errors.AsType[*proof.Wrong](err); bad {
		line("disclosed", "record %d commits to it, and by the rules it would have decided otherwise:", s.Record.Seq)
	}
	if err != nil {
		fmt.Fprintf(w, "  NOT TO BE BELIEVED  %v\n", err)
		return false
	}
	line("disclosed", "record %d of session %s, %s UTC", s.Record.Seq, s.Session, s.Of.At.Time().UTC().Format("2006-01-02 15:04:05.000"))
	switch e := s.Of.Event.(type) {
	case *engine.Created:
		line("", "the hidden reserve was %d", s.Reserve.Reserve)
	case *engine.BidAccepted:
		line("", "%s bid up to %d, and after it the price was %d", e.Code, e.Amount, e.Price)
	case *engine.Raised:
		line("", "%s raised the maximum to %d", e.Code, e.Amount)
	case *engine.Refused:
		line("", "%s of %s named %d and was refused: %s", e.Act, e.Code, e.Amount, e.Reason)
	}
	if r := report.Result; r != nil && r.Outcome == engine.OutcomeSold {
		line("", "the session was sold to %s at %d", r.Winner, r.Price)
	}
	if s.Alone {
		line("verified", "the record commits to it; whether it was refused rightly another hidden amount says")
	} else {
		line("verified", "the record commits to it, and with it the rules come to the same records")
	}
	return true
}

// maxDisclosureBytes is far more than one has.
const maxDisclosureBytes = 64 << 10

func readDisclosed(name, record string, o proof.Options) (s proof.Shown, r proof.Report, err error) {
	f, err := os.Open(name)
	if err != nil {
		return s, r, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxDisclosureBytes))
	if err != nil {
		return s, r, err
	}
	d, err := proof.ReadDisclosed(text)
	if err != nil {
		return s, r, err
	}
	in, err := os.Open(record)
	if err != nil {
		return s, r, err
	}
	defer in.Close()
	plain, err := unpacked(in)
	if err != nil {
		return s, r, err
	}
	return d.Verify(plain, o)
}
