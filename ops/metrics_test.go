package ops

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"golang.org/x/net/websocket"
)

// clusterMetrics are registered only in a cluster, so a server that is alone
// does not serve them: name, kind, and the labels of its own.
var clusterMetrics = []struct {
	name   string
	kind   dto.MetricType
	labels []string
}{
	{"gobua_cluster_units_owned", dto.MetricType_GAUGE, nil}, // shards that this node owns
	{"gobua_cluster_takeovers_total", dto.MetricType_COUNTER, []string{"reason"}},
	{"gobua_cluster_fenced_total", dto.MetricType_COUNTER, nil},
	{"gobua_cluster_log_lag_messages", dto.MetricType_GAUGE, nil},
	{"gobua_cluster_member_alive", dto.MetricType_GAUGE, []string{"node"}}, // 1: alive, as this node sees it
	{"gobua_cluster_append_seconds", dto.MetricType_HISTOGRAM, nil},
	{"gobua_cluster_relay_seconds", dto.MetricType_HISTOGRAM, nil},
	{"gobua_cluster_relay_unknown_total", dto.MetricType_COUNTER, nil},
	{"gobua_cluster_certificate_ends_timestamp_seconds", dto.MetricType_GAUGE, nil}, // not with --cluster-insecure
}

// series are the names under which a metric can be asked for, each with its labels.
type series map[string][]string

func (s series) add(name string, kind dto.MetricType, labels []string) {
	switch kind {
	case dto.MetricType_HISTOGRAM:
		s[name+"_bucket"] = append(slices.Clone(labels), "le")
		s[name+"_sum"], s[name+"_count"] = labels, labels
	case dto.MetricType_SUMMARY:
		s[name] = append(slices.Clone(labels), "quantile")
		s[name+"_sum"], s[name+"_count"] = labels, labels
	default:
		s[name] = labels
	}
}

// read is what a page of /metrics has.
func read(t *testing.T, page []byte) series {
	t.Helper()
	reader := expfmt.NewTextParser(model.UTF8Validation)
	families, err := reader.TextToMetricFamilies(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := series{}
	for name, f := range families {
		var labels []string
		for _, pair := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, pair.GetName())
		}
		found.add(name, f.GetType(), labels)
	}
	return found
}

// used is what an expression asks for: names, and the labels by which it
// chooses among them.
func used(t *testing.T, expr string) series {
	t.Helper()
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	found := series{}
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		if v, ok := n.(*parser.VectorSelector); ok {
			labels := found[v.Name]
			for _, m := range v.LabelMatchers {
				if m.Name != model.MetricNameLabel && m.Name != "instance" && m.Name != "job" { // given by Prometheus
					labels = append(labels, m.Name)
				}
			}
			found[v.Name] = labels
		}
		return nil
	})
	return found
}

// TestEveryMetricIsServed: whatever an alert or a panel asks for is on /metrics
// of a server that runs, with the labels by which it is chosen, or is known to
// be there only in a cluster.
func TestEveryMetricIsServed(t *testing.T) {
	wanted := series{}
	for _, expr := range slices.Concat(exprsOfAlerts(t), exprsOfDashboard(t)) {
		for name, labels := range used(t, expr) {
			wanted[name] = append(wanted[name], labels...)
		}
	}
	addr := serve(t)
	misbehave(t, addr)
	run(t, "load", "--server", "http://"+addr, "--rate", "10", "--bidders", "3", "--spectators", "3", "--duration", "1s")
	var known series
	missing := func() (names []string) {
		_, page := get("http://" + addr + "/metrics")
		known = read(t, page)
		known["up"] = nil // Prometheus' own
		for _, m := range clusterMetrics {
			if _, served := known[m.name]; served {
				t.Errorf("%s is served without a cluster", m.name)
			}
			known.add(m.name, m.kind, m.labels)
		}
		for name := range wanted {
			if _, ok := known[name]; !ok {
				names = append(names, name)
			}
		}
		return names
	}
	for began := time.Now(); len(missing()) > 0; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > 15*time.Second { // the bots of the demo have bid by then
			t.Errorf("not served: %v", missing())
			break
		}
	}
	for name, labels := range wanted {
		for _, label := range labels {
			if !slices.Contains(known[name], label) {
				t.Errorf("%s has no label %s, it has %v", name, label, known[name])
			}
		}
	}
	asked := slices.Collect(maps.Keys(wanted))
	for _, m := range clusterMetrics {
		if !slices.Contains(asked, m.name) && !slices.Contains(asked, m.name+"_bucket") {
			t.Errorf("nobody looks at %s", m.name)
		}
	}
}

// misbehave does what is counted only when somebody does it: a page of another
// site, and frames that are no requests until the line is cut.
func misbehave(t *testing.T, addr string) {
	t.Helper()
	if _, err := websocket.Dial("ws://"+addr+"/ws", "", "http://elsewhere.example"); err == nil {
		t.Error("a page of another site was let in")
	}
	ws, err := websocket.Dial("ws://"+addr+"/ws", "", "http://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	var answer []byte
	for range 50 {
		if err := websocket.Message.Send(ws, "no request"); err != nil {
			return
		}
		if err := websocket.Message.Receive(ws, &answer); err != nil {
			return
		}
	}
	t.Errorf("garbage is borne for ever; the last answer was %s", answer)
}
