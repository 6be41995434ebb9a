package ops

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

const dashboardFile = "grafana/gobua.json"

// clusterRow is the row whose panels are empty without a cluster.
const clusterRow = "Cluster (registered only in a cluster)"

// board is what of a Grafana dashboard these tests look at.
type board struct {
	UID    string  `json:"uid"`
	Panels []panel `json:"panels"`
	Templ  struct {
		List []struct {
			Name  string `json:"name"`
			Query any    `json:"query"`
		} `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []struct {
			Expr string `json:"expr"`
		} `json:"list"`
	} `json:"annotations"`
}

type panel struct {
	ID      int    `json:"id"`
	Type    string `json:"type"`
	Title   string `json:"title"`
	GridPos struct {
		X, Y, W, H int
	} `json:"gridPos"`
	Targets []struct {
		Expr string `json:"expr"`
	} `json:"targets"`
}

func dashboard(t *testing.T) (b board) {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// plain is an expression as Grafana sends it to Prometheus.
func plain(expr string) string {
	return strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*").Replace(expr)
}

func exprsOfDashboard(t *testing.T) (all []string) {
	b := dashboard(t)
	for _, p := range b.Panels {
		for _, target := range p.Targets {
			all = append(all, plain(target.Expr))
		}
	}
	for _, a := range b.Annotations.List {
		all = append(all, plain(a.Expr))
	}
	for _, v := range b.Templ.List {
		if q, ok := v.Query.(map[string]any); ok {
			values, _ := q["query"].(string)
			name, _, _ := strings.Cut(strings.TrimPrefix(values, "label_values("), ",")
			all = append(all, name)
		}
	}
	return all
}

// TestDashboardIsWhole: every panel asks for something, has a place of its own
// and stands below the row it belongs to.
func TestDashboardIsWhole(t *testing.T) {
	b := dashboard(t)
	var ids []int
	taken := map[[2]int]string{}
	row := ""
	for _, p := range b.Panels {
		if slices.Contains(ids, p.ID) || p.ID == 0 {
			t.Errorf("panel %q has the number %d of another one", p.Title, p.ID)
		}
		ids = append(ids, p.ID)
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok || x >= 24 {
					t.Fatalf("panel %q lies over %q, or outside", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			row = p.Title
			continue
		}
		if row == "" || len(p.Targets) == 0 {
			t.Errorf("panel %q stands below row %q and asks for %d things", p.Title, row, len(p.Targets))
		}
		for _, target := range p.Targets {
			for name := range used(t, plain(target.Expr)) {
				if strings.HasPrefix(name, "gobua_cluster_") != (row == clusterRow) {
					t.Errorf("panel %q asks for %s and stands below %q", p.Title, name, row)
				}
			}
		}
	}
}

// TestClusterAlertsStandApart: alerts.yml is of use without a cluster.
func TestClusterAlertsStandApart(t *testing.T) {
	for _, file := range alertFiles {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "gobua_cluster_") != (file == alertFiles[1]) {
			t.Errorf("%s mixes what every server has with what only a cluster has", file)
		}
	}
}
