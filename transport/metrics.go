package transport

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"gobua/transport/wire"
)

// feedMetrics is what can be seen of the live connections from outside.
type feedMetrics struct {
	clients   prometheus.Gauge
	frames    prometheus.Counter
	bytes     prometheus.Counter
	snapshots prometheus.Counter
	feedLag   prometheus.Histogram
	cuts      *prometheus.CounterVec // by bye and close code
	refusals  *prometheus.CounterVec // by wire code
	rejected  *prometheus.CounterVec // upgrades, by reason
	panics    prometheus.Counter
}

func newFeedMetrics(r prometheus.Registerer) *feedMetrics {
	m := &feedMetrics{
		clients:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "gobua_ws_clients", Help: "Live WebSocket connections."}),
		frames:    prometheus.NewCounter(prometheus.CounterOpts{Name: "gobua_ws_frames_sent_total", Help: "Public frames delivered to clients."}),
		bytes:     prometheus.NewCounter(prometheus.CounterOpts{Name: "gobua_ws_bytes_sent_total", Help: "Bytes delivered to clients."}),
		snapshots: prometheus.NewCounter(prometheus.CounterOpts{Name: "gobua_ws_snapshots_sent_total", Help: "Whole rooms and desks sent: to newcomers and to those who fell behind."}),
		feedLag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "gobua_ws_feed_lag_seconds",
			Help:    "From the publication of an update to the end of the sweep that delivered it.",
			Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
		}),
		cuts:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gobua_ws_cuts_total", Help: "Connections ended, by bye code and close code."}, []string{"bye", "code"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gobua_ws_requests_refused_total", Help: "Requests that were not carried out at all, by code."}, []string{"code"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gobua_ws_upgrades_rejected_total", Help: "Connections refused before or right after the upgrade, by reason."}, []string{"reason"}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "gobua_ws_panics_total", Help: "Bugs that ended a connection."}),
	}
	if r != nil {
		r.MustRegister(m.clients, m.frames, m.bytes, m.snapshots, m.feedLag, m.cuts, m.refusals, m.rejected, m.panics)
	}
	return m
}

func (m *feedMetrics) cut(bye wire.ByeCode, code wire.CloseCode) {
	m.cuts.WithLabelValues(string(bye), strconv.Itoa(int(code))).Inc()
}
