// Command plot draws what BenchmarkGrowth and BenchmarkSessionMemory printed as
// SVG files beside their output. Both axes are logarithmic, because everything
// there grows tenfold.
//
//	go run . ../growth.txt
//
// It is a module of its own: the product needs neither the library that draws
// nor the one that reads.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// figure is one file: what grows, while the rest of the benchmark's name stays
// as it is, and what was measured.
type figure struct {
	name, title, xLabel, yLabel string
	benchmark, grows, unit      string
	others                      map[string]string // the other parts of the name
}

var figures = []figure{
	{name: "viewers", title: "A bid, as viewers grow", xLabel: "viewers of one session, 100 bids a second",
		yLabel: "server's processor, µs a bid", benchmark: "Growth", grows: "viewers", unit: "cpu-us/bid",
		others: map[string]string{"sessions": "1", "persecond": "100"}},
	{name: "sessions", title: "A bid, as sessions grow", xLabel: "sessions, 1,000 viewers, 100 bids a second in all",
		yLabel: "server's processor, µs a bid", benchmark: "Growth", grows: "sessions", unit: "cpu-us/bid",
		others: map[string]string{"viewers": "1000", "persecond": "100"}},
	{name: "bids", title: "A bid, as bids grow", xLabel: "bids a second in one session, 100 viewers",
		yLabel: "server's processor, µs a bid", benchmark: "Growth", grows: "persecond", unit: "cpu-us/bid",
		others: map[string]string{"viewers": "100", "sessions": "1"}},
	{name: "memory", title: "A session, as its bids grow", xLabel: "bids of each of 1,000 sessions, and one",
		yLabel: "heap and stacks, KiB a session", benchmark: "SessionMemory", grows: "bids", unit: "KiB/session",
		others: map[string]string{"sessions": "1000"}},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: plot OUTPUT-OF-BENCHMARKS")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

func run(file string) error {
	results, err := read(file)
	if err != nil {
		return err
	}
	for _, f := range figures {
		points := f.points(results)
		if len(points) < 2 {
			return fmt.Errorf("%s has %d points for %q", file, len(points), f.name)
		}
		to := strings.TrimSuffix(file, filepath.Ext(file)) + "-" + f.name + ".svg"
		if err := f.draw(points, to); err != nil {
			return err
		}
	}
	return nil
}

func read(file string) (results []*benchfmt.Result, err error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r := benchfmt.NewReader(in, file)
	for r.Scan() {
		switch record := r.Result().(type) {
		case *benchfmt.Result:
			results = append(results, record.Clone())
		case *benchfmt.SyntaxError:
			err = errors.Join(err, record)
		}
	}
	return results, errors.Join(err, r.Err())
}

// points are the results that differ in what grows alone.
func (f figure) points(results []*benchfmt.Result) (points plotter.XYs) {
	for _, r := range results {
		base, parts := r.Name.Parts()
		if string(base) != f.benchmark {
			continue
		}
		x, same := 0.0, true
		for _, part := range parts {
			key, value, ok := strings.Cut(strings.TrimPrefix(string(part), "/"), "=")
			switch {
			case !ok: // the number of processors
			case key == f.grows:
				x, _ = strconv.ParseFloat(value, 64)
			default:
				same = same && f.others[key] == value
			}
		}
		y, ok := r.Value(f.unit)
		if f.grows == "bids" {
			x++ // a logarithm has no zero; the label says so
		}
		if same && ok && x > 0 {
			points = append(points, plotter.XY{X: x, Y: y})
		}
	}
	slices.SortFunc(points, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
	return points
}

func (f figure) draw(points plotter.XYs, to string) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.title, f.xLabel, f.yLabel
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Add(plotter.NewGrid())
	labels := make([]string, len(points))
	for i, at := range points {
		labels[i] = strconv.FormatFloat(at.Y, 'f', 0, 64)
	}
	values, err := plotter.NewLabels(plotter.XYLabels{XYs: points, Labels: labels})
	if err != nil {
		return err
	}
	values.Offset = vg.Point{X: 4, Y: 4}
	p.Add(values)
	if err := plotutil.AddLinePoints(p, points); err != nil {
		return err
	}
	p.Y.Min, p.Y.Max = p.Y.Min/1.6, p.Y.Max*1.6
	p.X.Max *= 1.6
	return p.Save(6*vg.Inch, 4*vg.Inch, to)
}
