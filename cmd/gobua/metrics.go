package main

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/office"
)

// meter turns what actors report into Prometheus metrics.
type meter struct {
	commands *prometheus.CounterVec
	answers  prometheus.Histogram
	appends  prometheus.Histogram
	records  prometheus.Histogram
	failures prometheus.Counter
}

func newMeter(reg *prometheus.Registry) *meter {
	f := promauto.With(reg)
	return &meter{
		commands: f.NewCounterVec(prometheus.CounterOpts{
			Name: "gobua_commands_total", Help: "Commands answered, by act, outcome and reason of refusal.",
		}, []string{"act", "outcome", "reason"}),
		answers: f.NewHistogram(prometheus.HistogramOpts{
			Name: "gobua_command_seconds", Help: "From the receipt of a command until it was decided, durable and told.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
		}),
		appends: f.NewHistogram(prometheus.HistogramOpts{
			Name: "gobua_append_seconds", Help: "Time to make one batch durable.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16),
		}),
		records: f.NewHistogram(prometheus.HistogramOpts{
			Name: "gobua_append_records", Help: "Records in one batch.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 12),
		}),
		failures: f.NewCounter(prometheus.CounterOpts{
			Name: "gobua_append_failures_total", Help: "Appends of which nobody knows what reached the disk.",
		}),
	}
}

// Decided is part of actor.Meter.
func (m *meter) Decided(act engine.ActName, accepted bool, reason engine.Reason, took time.Duration) {
	m.answers.Observe(took.Seconds())
	outcome := "accepted"
	if !accepted {
		outcome = "refused"
	}
	m.commands.WithLabelValues(string(act), outcome, string(reason)).Inc()
}

// Appended is part of actor.Meter.
func (m *meter) Appended(records int, took time.Duration, err error) {
	m.appends.Observe(took.Seconds())
	m.records.Observe(float64(records))
	if err != nil {
		m.failures.Inc()
	}
}

// watch adds the gauges that are read off the registry when asked for.
func watch(reg *prometheus.Registry, sessions *actor.Registry) {
	f := promauto.With(reg)
	gauge := func(name, help string, read func() int) {
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(read()) })
	}
	gauge("gobua_mailbox_letters", "Commands that wait in mailboxes.", sessions.Depth)
	gauge("gobua_results_waiting", "Results that wait for the office.", sessions.Backlog)
	gauge("gobua_sessions_damaged", "Sessions that are not served because their journal is damaged.", func() int { return len(sessions.Damaged()) })
	gauge("gobua_sessions", "Sessions that are served.", func() int { return len(sessions.Views()) })
}

// watchServer adds what /readyz says, as gauges, and the room on the disk.
func watchServer(reg *prometheus.Registry, s *server) {
	f := promauto.With(reg)
	gauge := func(name, help string, read func() float64) {
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read)
	}
	gauge("gobua_journal_up", "1: an append would be taken, as far as the last second tells.", func() float64 { return yes(s.journalUp()) })
	gauge("gobua_office_up", "1: the office database answered when last asked.", func() float64 { return yes(s.officeUp.Load()) })
	gauge("gobua_journal_disk_free_bytes", "Room on the journal's disk. Below 64 MiB no bids are taken.", func() float64 {
		free, known := s.journal.FreeBytes()
		if !known {
			return math.NaN()
		}
		return float64(free)
	})
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// watchPresence adds what of the proof of availability was lost.
func watchPresence(reg *prometheus.Registry, o *office.Office) {
	promauto.With(reg).NewCounterFunc(prometheus.CounterOpts{
		Name: "gobua_sightings_lost_total", Help: "Sightings of participants that could not be kept.",
	}, func() float64 { return float64(o.SightingsLost()) })
}
