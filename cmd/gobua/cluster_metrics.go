package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"gobua/internal/cluster"
)

// clusterMeter counts what a node does with the others.
type clusterMeter struct {
	takeovers *prometheus.CounterVec
	fenced    prometheus.Counter
	appends   prometheus.Histogram
	relays    prometheus.Histogram
	unknown   prometheus.Counter
}

func newClusterMeter(reg *prometheus.Registry) *clusterMeter {
	f := promauto.With(reg)
	seconds := func(name, help string) prometheus.Histogram {
		return f.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15)})
	}
	return &clusterMeter{
		takeovers: f.NewCounterVec(prometheus.CounterOpts{
			Name: "gobua_cluster_takeovers_total", Help: "Units that this node took, by why.",
		}, []string{"reason"}),
		fenced: f.NewCounter(prometheus.CounterOpts{
			Name: "gobua_cluster_fenced_total", Help: "Claims that this node lost without releasing them.",
		}),
		appends: seconds("gobua_cluster_append_seconds", "Time until most of the nodes have a batch on stable storage."),
		relays:  seconds("gobua_cluster_relay_seconds", "Time for one command to the node that decides it, and back."),
		unknown: f.NewCounter(prometheus.CounterOpts{
			Name: "gobua_cluster_relay_unknown_total", Help: "Commands for which no node had an answer in time.",
		}),
	}
}

func (m *clusterMeter) appended(_ int, took time.Duration, err error) {
	if err == nil {
		m.appends.Observe(took.Seconds())
	}
}

// Relayed is part of relay.Meter.
func (m *clusterMeter) Relayed(took time.Duration) { m.relays.Observe(took.Seconds()) }

// GaveUp is part of relay.Meter.
func (m *clusterMeter) GaveUp() { m.unknown.Inc() }

func (m *clusterMeter) hooks() cluster.Hooks {
	return cluster.Hooks{Took: func(_, why string, _ time.Duration) { m.takeovers.WithLabelValues(why).Inc() }}
}

// watchCluster adds what is read off a node when asked for.
func watchCluster(reg *prometheus.Registry, n *node) {
	f := promauto.With(reg)
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "gobua_cluster_units_owned", Help: "Shards that this node decides."}, func() float64 {
		owned := 0
		for _, s := range n.shards {
			if n.member.Mine(shardUnit(s.number)) {
				owned++
			}
		}
		return float64(owned)
	})
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "gobua_cluster_log_lag_messages", Help: "Messages of the log that this node has not read yet."}, func() float64 {
		behind := 0.0
		for _, lag := range n.log.Lag() {
			behind += float64(lag.Behind())
		}
		return behind
	})
	if h := n.holder; h != nil {
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: "gobua_cluster_certificate_ends_timestamp_seconds", Help: "Until when the certificate is good that this node shows the others."}, func() float64 {
			return float64(h.Ends().Unix())
		})
	}
	reg.MustRegister(aliveNodes{n, prometheus.NewDesc("gobua_cluster_member_alive", "1: the node is alive, as this one sees it.", []string{"node"}, nil)})
}

// aliveNodes is the gauge of the nodes that are known, which come and go.
type aliveNodes struct {
	n    *node
	desc *prometheus.Desc
}

// Describe is part of prometheus.Collector.
func (a aliveNodes) Describe(to chan<- *prometheus.Desc) { to <- a.desc }

// Collect is part of prometheus.Collector.
func (a aliveNodes) Collect(to chan<- prometheus.Metric) {
	for _, m := range a.n.member.Members() {
		alive := 0.0
		if m.Live {
			alive = 1
		}
		to <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, alive, m.Node)
	}
}
