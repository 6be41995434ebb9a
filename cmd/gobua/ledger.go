package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/proof"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
	"gobua/transport"
)

// ledgerSettings are those of the public log.
type ledgerSettings struct {
	origin, usual string // asked for, and what is taken otherwise
	witnesses     []note.Verifier
	stamp         ledgerkeeper.StampOptions
	export        string
}

// ledger checks the settings of the public log.
func (c *checker) ledger(s *settings) (out ledgerSettings) {
	out.origin = s.LedgerOrigin
	if out.origin != "" && !ledger.ValidOrigin(out.origin) {
		c.wrong("ledger-origin", s.LedgerOrigin, "a name without spaces and plus, such as daugia.example.vn/log")
	}
	if u, err := url.Parse(s.Site); err == nil && u.Host != "" {
		out.usual = u.Host + "/log"
	}
	c.list("ledger-witnesses", s.LedgerWitnesses, "the verifier key of a witness, as gobua witness prints it", func(key string) bool {
		v, err := ledger.NewCosignatureVerifier(key)
		out.witnesses = append(out.witnesses, v)
		return err == nil
	})
	if u, err := url.Parse(s.LedgerTSA); s.LedgerTSA != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		c.wrong("ledger-tsa", s.LedgerTSA, "an address, such as https://tsa.example.vn/")
	}
	out.stamp.URL = s.LedgerTSA
	out.stamp.Every = c.duration("ledger-tsa-every", s.LedgerTSAEvery, time.Minute, 24*time.Hour)
	out.export = s.LedgerExport // which may be away: a start must not depend on it
	return out
}

// openLedger opens the public log. A log that cannot be opened stops no
// auction: it is out of order, says so to everybody who asks, and the log and
// the metrics say why.
//
// Of several nodes each keeps the whole log, which comes from the cluster; who
// owns its unit writes.
func (s *server) openLedger(ctx context.Context) error {
	set := s.set.ledger
	meter := newLedgerMeter(s.metrics)
	o := ledgerkeeper.Options{
		Dir: filepath.Join(s.set.data, "ledger"), Signer: s.signer, Sessions: s.saleroom.heads,
		Witnesses: set.witnesses, Stamp: set.stamp, Export: set.export, Meter: meter, Log: s.log,
	}
	if n := s.node; n != nil {
		js := n.nats.JetStream()
		making, cancel := context.WithTimeout(ctx, clusterPatience)
		defer cancel()
		if err := ledgerstream.Create(making, js, n.layout.Replicas); err != nil {
			return err
		}
		o.Chronicle, o.Holds = ledgerstream.New(js), func() bool { return n.member.Mine(unitLedger) }
	}
	keeper, broken := ledgerkeeper.Open(o)
	if broken != nil {
		s.log.Error("the public log is out of order: bidding goes on, nothing is witnessed", "err", broken)
		watchLedger(s.metrics, func() error { return broken })
		return nil
	}
	s.ledger = keeper
	watchLedger(s.metrics, s.ledger.Trouble)
	return nil
}

// watchLedger adds the gauge that says whether the public log is shown here. trouble
// must not block.
func watchLedger(reg *prometheus.Registry, trouble func() error) {
	promauto.With(reg).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "gobua_ledger_up", Help: "1: the public log is shown; 0: it is out of order, or not read to its end yet.",
	}, func() float64 { return yes(trouble() == nil) })
}

// openSigner reads the key that signs receipts and the public log. One that
// cannot be read stops the start, as every other key does.
func (s *server) openSigner() (err error) {
	set := s.set.ledger
	s.signer, err = ledgerkeeper.LoadSigner(filepath.Join(s.set.data, "keys"), set.origin, set.usual)
	return err
}

// ledgerAPI is the log for REST; nil where there is none.
func (s *server) ledgerAPI() transport.LedgerAPI {
	if s.ledger == nil {
		return nil
	}
	return s.ledger
}

// logged is what the public log says of the end of a session, for its record. A
// log that has no answer keeps no record back.
func (s *server) logged(id engine.SessionID) []proof.Attachment {
	if s.ledger == nil {
		return nil
	}
	end, err := s.ledger.EndProof(id)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil
	case err != nil:
		s.log.Warn("a record goes out without the word of the public log", "session", id, "err", err)
		return nil
	}
	return proof.LogAttachments(end)
}

// heads are the sessions as the public log sees them.
func (s *saleroom) heads() []ledgerkeeper.Session {
	views := s.Views()
	heads := make([]ledgerkeeper.Session, 0, len(views))
	for _, v := range views {
		heads = append(heads, ledgerkeeper.Session{ID: v.Room.Session, Head: v.Head, Phase: v.Room.Now.Phase, Blind: v.TellsNoCounts})
	}
	return heads
}

// ledgerMeter turns what the public log reports into Prometheus metrics.
type ledgerMeter struct {
	size, at                                     prometheus.Gauge
	rounds                                       prometheus.Histogram
	entries, failures, contradictions, cosigned  prometheus.Counter
	stamps, stampFailures, exports, exportFailed prometheus.Counter
}

func newLedgerMeter(reg *prometheus.Registry) *ledgerMeter {
	f := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return f.NewCounter(prometheus.CounterOpts{Name: "gobua_ledger_" + name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return f.NewGauge(prometheus.GaugeOpts{Name: "gobua_ledger_" + name, Help: help})
	}
	return &ledgerMeter{
		size: gauge("size", "Entries of the public log."),
		at:   gauge("checkpoint_timestamp_seconds", "When the newest checkpoint was signed."),
		rounds: f.NewHistogram(prometheus.HistogramOpts{
			Name: "gobua_ledger_round_seconds", Help: "Time to write, sign and publish one round.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}),
		entries:        counter("entries_total", "Entries written."),
		failures:       counter("failures_total", "Rounds that could not be written."),
		contradictions: counter("contradictions_total", "Sessions that had fewer or other records than the log had witnessed."),
		cosigned:       counter("cosignatures_total", "Cosignatures of witnesses taken."),
		stamps:         counter("stamps_total", "Time stamps received."),
		stampFailures:  counter("stamp_failures_total", "Time stamps that were asked for in vain."),
		exports:        counter("exports_total", "Rounds in which the second place got what there was."),
		exportFailed:   counter("export_failures_total", "Rounds in which the second place could not be written."),
	}
}

// Written is part of ledgerkeeper.Meter.
func (m *ledgerMeter) Written(entries int, took time.Duration, err error) {
	m.rounds.Observe(took.Seconds())
	if err != nil {
		m.failures.Inc()
		return
	}
	m.entries.Add(float64(entries))
}

// Published is part of ledgerkeeper.Meter.
func (m *ledgerMeter) Published(size int64, at engine.Instant) {
	m.size.Set(float64(size))
	m.at.Set(float64(at) / 1000)
}

// Contradicted is part of ledgerkeeper.Meter.
func (m *ledgerMeter) Contradicted() { m.contradictions.Inc() }

// Cosigned is part of ledgerkeeper.Meter.
func (m *ledgerMeter) Cosigned() { m.cosigned.Inc() }

// Stamped is part of ledgerkeeper.Meter.
func (m *ledgerMeter) Stamped(err error) { count(err, m.stamps, m.stampFailures) }

// Exported is part of ledgerkeeper.Meter.
func (m *ledgerMeter) Exported(err error) { count(err, m.exports, m.exportFailed) }

func count(err error, good, bad prometheus.Counter) {
	if err != nil {
		bad.Inc()
		return
	}
	good.Inc()
}

// keysCmd is gobua keys.
type keysCmd struct {
	Show   keysShowCmd   `cmd:"" help:"Print the verifier key that others need, and the last checkpoint."`
	Rotate keysRotateCmd `cmd:"" help:"Make a new key. The server takes it within seconds, or when it starts, and the log says so."`
	Leave  keysLeaveCmd  `cmd:"" help:"Take the public log of a stopped node out of its cluster, to go on alone or to begin a new one. No other node of the old one may write any more."`
}

type keysShowCmd struct {
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of the server."`
}

// Run prints the present key and the last checkpoint.
func (c *keysShowCmd) Run() error {
	signed, verifier, err := ledgerkeeper.Shown(filepath.Join(c.Data, "keys"))
	if err != nil {
		return fmt.Errorf("there is no log yet, start the server once: %w", err)
	}
	fmt.Printf("%s\n\n%s", verifier, signed)
	return nil
}

type keysRotateCmd struct {
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of the server."`
}

// Run makes the key that the server takes next.
func (c *keysRotateCmd) Run() error {
	verifier, err := ledgerkeeper.RequestRotation(filepath.Join(c.Data, "keys"))
	if err != nil {
		return err
	}
	fmt.Println(verifier)
	return nil
}

type keysLeaveCmd struct {
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of the node."`
}

// Run takes the log out of its cluster.
func (c *keysLeaveCmd) Run() error {
	return ledgerkeeper.Leave(filepath.Join(c.Data, "ledger"))
}
