package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// printTables puts raw results of several runs together.
func printTables(files []string) error {
	var all []result
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		for in := bufio.NewScanner(f); in.Scan(); {
			var r result
			if err := json.Unmarshal(in.Bytes(), &r); err != nil {
				return errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
			}
			all = append(all, r)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return writeTables(os.Stdout, all)
}

// perFrame is the processor time of one delivered frame, in microseconds, which
// is also that of a million in seconds.
func (r result) perFrame() float64 {
	return float64(r.Served.CPU.Microseconds()) / float64(max(1, r.Seen.Frames))
}

func (r result) framesPerSecond() float64 { return float64(r.Served.Frames) / r.Served.Wall.Seconds() }

// brief is a result in one line.
func brief(r result) string {
	if r.Err != "" {
		return fmt.Sprintf("%d %s %d: %s", r.Round, r.Kind, r.Viewers, r.Err)
	}
	return fmt.Sprintf("%d %s %d/%d at %d: %.2f µs, %.0f frames/s, p50 %.1f p99 %.1f max %.1f ms, lost %d spared %d twice %d ended %d skipped %d, "+
		"%.2f of %.2f s waited for viewers, %.0f B idle, %.0f B loaded",
		r.Round, r.Kind, r.Viewers, r.Stalled, r.Rate, r.perFrame(), r.framesPerSecond(), ms(r.Seen.P50), ms(r.Seen.P99), ms(r.Seen.Max),
		r.Seen.Lost, r.Seen.Spared, r.Seen.Twice, r.Seen.Ended, r.Served.Skipped, r.Served.Blocked.Seconds(), r.Served.Wall.Seconds(), r.Idle, r.Loaded)
}

func ms(micros int64) float64 { return float64(micros) / 1000 }

// group is all rounds of one kind, size and rate.
type group struct {
	kind             string
	viewers, rate    int
	stalled          bool
	rounds           []result
	ratios           []float64 // to the floor of the same round
	worse, unstalled []float64 // p99 with stalled readers to that without, and that without
}

// median of what each round gives. There is at least one.
func (g *group) median(of func(result) float64) float64 {
	values := make([]float64, len(g.rounds))
	for i, r := range g.rounds {
		values[i] = of(r)
	}
	return median(values)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// groups sorts results out.
func groups(all []result) (list []*group, failures []result) {
	find := func(r result, kind string) *group {
		for _, g := range list {
			if g.kind == kind && g.viewers == r.Viewers && g.rate == r.Rate && g.stalled == (r.Stalled >= 0) {
				return g
			}
		}
		return nil
	}
	of := func(r result, kind string, stalled int) *result {
		for i, o := range all {
			if o.Kind == kind && o.Round == r.Round && o.Viewers == r.Viewers && o.Rate == r.Rate && o.Stalled == stalled && o.Err == "" {
				return &all[i]
			}
		}
		return nil
	}
	for _, r := range all {
		if r.Err != "" {
			failures = append(failures, r)
			continue
		}
		if r.Stalled == 0 {
			continue // is looked for by the run with stalled readers
		}
		g := find(r, r.Kind)
		if g == nil {
			g = &group{kind: r.Kind, viewers: r.Viewers, rate: r.Rate, stalled: r.Stalled >= 0}
			list = append(list, g)
		}
		g.rounds = append(g.rounds, r)
		if floor := of(r, "floor", r.Stalled); floor != nil && !g.stalled {
			g.ratios = append(g.ratios, r.perFrame()/floor.perFrame())
		}
		if without := of(r, r.Kind, 0); without != nil && g.stalled {
			g.worse = append(g.worse, float64(r.Seen.P99)/float64(without.Seen.P99))
			g.unstalled = append(g.unstalled, ms(without.Seen.P99))
		}
	}
	slices.SortStableFunc(list, func(a, b *group) int { return cmp.Compare(a.viewers, b.viewers) })
	return list, failures
}

// writeTables writes what issue 6 asks for, as Markdown. A cell is the median
// of its rounds.
func writeTables(w io.Writer, all []result) error {
	list, failures := groups(all)
	out := &tables{w: w, list: list}
	out.configurations()
	out.byRate("CPU, µs per delivered frame, and as a ratio to the floor of the same round", func(g *group) string {
		return fmt.Sprintf("%.2f (%.2f)", g.median(result.perFrame), median(g.ratios))
	})
	out.byRate("Frames delivered per second; from accepted to seen: p50 / p99 / max, ms", func(g *group) string {
		return fmt.Sprintf("%.0f k; %.0f / %.0f / %.0f", g.median(result.framesPerSecond)/1000, g.median(func(r result) float64 { return ms(r.Seen.P50) }),
			g.median(func(r result) float64 { return ms(r.Seen.P99) }), g.median(func(r result) float64 { return ms(r.Seen.Max) }))
	})
	out.lost()
	out.memory()
	out.stalled()
	for _, r := range failures {
		out.printf("%s with %d viewers, round %d: %s\n", r.Kind, r.Viewers, r.Round, r.Err)
	}
	return out.err
}

type tables struct {
	w    io.Writer
	list []*group
	err  error
}

func (t *tables) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

// row writes one line of a table.
func (t *tables) row(cells ...string) { t.printf("| %s |\n", strings.Join(cells, " | ")) }

// values are those of the groups, each once, in their order.
func values[T comparable](list []*group, of func(*group) T, which func(*group) bool) (all []T) {
	for _, g := range list {
		if v := of(g); which(g) && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// configurations writes what each server is told.
func (t *tables) configurations() {
	t.row("server", "how it is configured")
	t.row("---", "---")
	for _, name := range values(t.list, func(g *group) string { return g.kind }, func(*group) bool { return true }) {
		what := kinds[name].what
		if what == "" {
			what = "gobua, of another build"
		}
		t.row(name, what)
	}
}

// byRate writes a table for each number of viewers.
func (t *tables) byRate(title string, cell func(*group) string) {
	for _, viewers := range values(t.list, func(g *group) int { return g.viewers }, func(g *group) bool { return !g.stalled }) {
		here := func(g *group) bool { return g.viewers == viewers && !g.stalled }
		rates := values(t.list, func(g *group) int { return g.rate }, here)
		slices.SortFunc(rates, func(a, b int) int { return cmp.Compare(uint(a-1), uint(b-1)) }) // zero is the most
		head := []string{fmt.Sprintf("%d viewers", viewers)}
		for _, rate := range rates {
			head = append(head, rateName(rate))
		}
		t.printf("\n%s:\n\n", title)
		t.row(head...)
		t.row(slices.Repeat([]string{"---"}, len(head))...)
		for _, kind := range values(t.list, func(g *group) string { return g.kind }, here) {
			cells := []string{kind}
			for _, rate := range rates {
				text := "–"
				for _, g := range t.list {
					if here(g) && g.kind == kind && g.rate == rate {
						text = cell(g)
					}
				}
				cells = append(cells, text)
			}
			t.row(cells...)
		}
	}
}

func rateName(rate int) string {
	if rate == 0 {
		return "saturated"
	}
	return fmt.Sprintf("%d/s", rate)
}

// lost writes who has not brought everything to everybody, in all rounds.
func (t *tables) lost() {
	t.printf("\n")
	t.row("lost frames", "viewers", "rate", "lost", "a room instead", "connections ended by the server")
	t.row(slices.Repeat([]string{"---"}, 6)...)
	for _, g := range t.list {
		var lost, spared, ended int64
		for _, r := range g.rounds {
			lost, spared, ended = lost+r.Seen.Lost, spared+r.Seen.Spared, ended+r.Seen.Ended
		}
		if lost+spared+ended > 0 && !g.stalled {
			t.row(g.kind, fmt.Sprint(g.viewers), rateName(g.rate), fmt.Sprint(lost), fmt.Sprint(spared), fmt.Sprint(ended))
		}
	}
}

// memory writes what a connection costs, idle and after the run in which the
// server held most.
func (t *tables) memory() {
	open := func(g *group) bool { return !g.stalled }
	sizes := values(t.list, func(g *group) int { return g.viewers }, open)
	if len(sizes) == 0 {
		return
	}
	head := []string{"KB resident for each connection, idle / most after a run"}
	for _, viewers := range sizes {
		head = append(head, fmt.Sprintf("%d viewers", viewers))
	}
	t.printf("\n")
	t.row(head...)
	t.row(slices.Repeat([]string{"---"}, len(head))...)
	for _, kind := range values(t.list, func(g *group) string { return g.kind }, open) {
		cells := []string{kind}
		for _, viewers := range sizes {
			var idle, most float64
			for _, g := range t.list {
				if open(g) && g.kind == kind && g.viewers == viewers {
					idle = g.median(func(r result) float64 { return r.Idle }) / 1024
					most = max(most, g.median(func(r result) float64 { return r.Loaded })/1024)
				}
			}
			cells = append(cells, fmt.Sprintf("%.1f / %.1f", idle, most))
		}
		t.row(cells...)
	}
}

// stalled writes what stalled readers do to the others.
func (t *tables) stalled() {
	first := true
	for _, g := range t.list {
		if !g.stalled {
			continue
		}
		if first {
			t.printf("\n")
			t.row("one in a hundred stalled", "viewers", "rate", "others' p99 without, ms", "with", "ratio of each round, median (all)", "lost by the others")
			t.row(slices.Repeat([]string{"---"}, 7)...)
			first = false
		}
		var lost int64
		var ratios []string
		for _, r := range g.rounds {
			lost += r.Seen.Lost
		}
		for _, ratio := range g.worse {
			ratios = append(ratios, fmt.Sprintf("%.2f", ratio))
		}
		t.row(g.kind, fmt.Sprint(g.viewers), rateName(g.rate), fmt.Sprintf("%.1f", median(g.unstalled)),
			fmt.Sprintf("%.1f", g.median(func(r result) float64 { return ms(r.Seen.P99) })),
			fmt.Sprintf("%.2f (%s)", median(g.worse), strings.Join(ratios, ", ")), fmt.Sprint(lost))
	}
}
