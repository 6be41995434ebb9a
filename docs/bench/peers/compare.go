package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// plan is what is compared.
type plan struct {
	kinds   []string
	viewers []int
	rates   []int
	seconds float64
	rounds  int
	stalled bool
	row     bool
	first   int
	profile string
	other   map[string]string // binaries of kinds that are not in this one
}

// result is one run of one kind: a line of the raw results.
type result struct {
	Round   int     `json:"round"`
	Kind    string  `json:"kind"`
	Viewers int     `json:"viewers"`
	Stalled int     `json:"stalled"` // of a run with or without stalled readers; -1: of another
	Rate    int     `json:"rate"`    // zero: as many as are taken
	Row     bool    `json:"row"`
	Idle    float64 `json:"idle"`   // bytes of resident memory for each viewer, before anything was sent
	Loaded  float64 `json:"loaded"` // and after the run
	Err     string  `json:"err,omitempty"`
	Served  served  `json:"served"`
	Seen    seen    `json:"seen"`
}

// compare measures what the flags say, prints each result as it is there, and
// in the end the tables.
func compare(args []string) error {
	p := plan{other: map[string]string{}}
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	kindList := flags.String("kinds", "floor,gobua,centrifuge,centrifuge-delay,melody,nbio,coder,gorilla,gorilla-prepared", "servers, in their order")
	viewerList := flags.String("viewers", "1000,5000,10000", "numbers of viewers")
	rateList := flags.String("rates", "1,10,100,0", "updates a second; 0: as many as are taken")
	flags.Float64Var(&p.seconds, "seconds", 4, "how long updates are published at a rate")
	flags.IntVar(&p.rounds, "rounds", 3, "how often all is measured")
	flags.IntVar(&p.first, "first", 0, "number of the first round, for results that are put together")
	flags.BoolVar(&p.stalled, "stalled", false, "measure what stalled readers do to the others, instead of rates")
	flags.BoolVar(&p.row, "row", false, "updates have their row: all that a page is told of a bid")
	flags.StringVar(&p.profile, "profile", "", "write profiles of the servers to files that begin so")
	raw := flags.String("raw", "", "append raw results to this file, for peers table")
	flags.Func("other", "name=binary: a kind that another build of this program has as gobua", func(s string) error {
		name, binary, ok := strings.Cut(s, "=")
		p.other[name] = binary
		if !ok {
			return fmt.Errorf("%q has no =", s)
		}
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	p.kinds = strings.Split(*kindList, ",")
	var err error
	if p.viewers, err = numbers(*viewerList); err != nil {
		return err
	}
	if p.rates, err = numbers(*rateList); err != nil {
		return err
	}
	keep := io.Discard
	if *raw != "" {
		f, err := os.OpenFile(*raw, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		defer f.Close()
		keep = f
	}
	results, err := p.measure(keep)
	if err != nil {
		return err
	}
	return writeTables(os.Stdout, results)
}

func numbers(list string) (all []int, err error) {
	for _, s := range strings.Split(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// measure goes through all kinds in turn, again and again, so that what the
// machine does meanwhile hits all alike. Every second round goes backwards.
func (p *plan) measure(keep io.Writer) (all []result, err error) {
	out := json.NewEncoder(keep)
	for round := range p.rounds {
		kinds := slices.Clone(p.kinds)
		if round%2 == 1 {
			slices.Reverse(kinds)
		}
		for _, viewers := range p.viewers {
			for _, name := range kinds {
				for _, r := range p.visit(name, viewers, round) {
					r.Round, r.Kind, r.Row = p.first+round, name, p.row
					all = append(all, r)
					fmt.Fprintln(os.Stderr, brief(r))
					if err := out.Encode(r); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	return all, nil
}

// visit measures one kind with so many viewers. What goes wrong is a result.
// With and without stalled readers come first in turn.
func (p *plan) visit(name string, viewers, round int) (all []result) {
	if !p.stalled {
		return p.run(name, viewers, 0, p.rates)
	}
	stalled := []int{0, max(1, viewers/100)}
	if round%2 == 1 {
		slices.Reverse(stalled)
	}
	for _, n := range stalled {
		all = append(all, p.run(name, viewers, n, p.rates)...)
	}
	return all
}

// stalledBuffer is what the kernel takes for each connection where there are
// stalled readers, whichever server it is of. By default it takes some 3 MB,
// and nothing would be noticed in the time of a run.
const stalledBuffer = 16 << 10

// fill is how many updates are published before stalled readers count.
const fill = 400

func (p *plan) run(name string, viewers, stalled int, rates []int) (all []result) {
	failed := func(err error) []result {
		return append(all, result{Viewers: viewers, Stalled: stalled, Err: err.Error()})
	}
	pair, err := p.start(name)
	if err != nil {
		return failed(err)
	}
	defer pair.stop()
	base, idle, err := pair.assemble(order{
		Op: "join", Addr: pair.addr, Greet: p.kind(name).greet, Viewers: viewers - stalled, Stalled: stalled,
	})
	if err != nil {
		return failed(err)
	}
	if p.stalled {
		if _, _, err := pair.publish(order{Op: "run", Seconds: 30, Updates: fill}); err != nil {
			return failed(err)
		}
	} else {
		stalled = -1
	}
	each := func(s served) float64 { return float64(s.Resident-base.Resident) / float64(viewers) }
	for _, rate := range rates {
		s, c, err := pair.publish(order{Op: "run", Rate: rate, Seconds: p.seconds})
		if err != nil {
			return failed(err)
		}
		all = append(all, result{Viewers: viewers, Stalled: stalled, Rate: rate, Idle: each(idle), Loaded: each(s), Served: s, Seen: c})
	}
	return all
}

// kind of a name; another build has its gobua under it.
func (p *plan) kind(name string) kind {
	if p.other[name] != "" {
		return kinds["gobua"]
	}
	return kinds[name]
}

// pair is a server and its viewers, a process and a core each.
type pair struct {
	server, client *worker
	addr           string
	tally          string
	published      int // updates so far
}

// Cores of the two processes.
const (
	serverCore = 0
	clientCore = 1
)

func (p *plan) start(name string) (*pair, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	binary, kindName := self, name
	if other := p.other[name]; other != "" {
		binary, kindName = other, "gobua"
	}
	f, err := os.CreateTemp("", "peers-tally-")
	if err != nil {
		return nil, err
	}
	pair := &pair{tally: f.Name()}
	if err := f.Close(); err != nil {
		return nil, err
	}
	env := []string{tallyVariable + "=" + pair.tally, "GOMAXPROCS=1"}
	if p.stalled {
		env = append(env, sendBufferVariable+"="+strconv.Itoa(stalledBuffer))
	}
	if p.row {
		env = append(env, rowVariable+"=1")
	}
	if pair.client, err = startWorker(clientCore, env, self, "client"); err != nil {
		pair.stop()
		return nil, err
	}
	if p.profile != "" {
		env = append(env, profileVariable+"="+p.profile+"."+name)
	}
	if pair.server, err = startWorker(serverCore, env, binary, "server", kindName); err != nil {
		pair.stop()
		return nil, err
	}
	first, err := hear[served](pair.server)
	if err != nil {
		pair.stop()
		return nil, err
	}
	pair.addr = first.Addr
	return pair, nil
}

// assemble has the viewers join, and returns when the server knows all of them,
// with the memory it held before and holds now.
func (p *pair) assemble(join order) (base, idle served, err error) {
	if base, err = ask[served](p.server, order{Op: "settle"}); err != nil {
		return base, idle, err
	}
	if _, err = ask[seen](p.client, join); err != nil {
		return base, idle, err
	}
	for until := time.Now().Add(joinTimeout); idle.Viewers < join.Viewers+join.Stalled; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			return base, idle, fmt.Errorf("the server knows %d of %d viewers", idle.Viewers, join.Viewers+join.Stalled)
		}
		if idle, err = ask[served](p.server, order{Op: "count"}); err != nil {
			return base, idle, err
		}
	}
	idle, err = ask[served](p.server, order{Op: "settle"})
	return base, idle, err
}

// publish has updates brought to the viewers, and tells both sides of it.
func (p *pair) publish(o order) (s served, c seen, err error) {
	if s, err = ask[served](p.server, o); err != nil {
		return s, c, err
	}
	p.published += s.Published
	c, err = ask[seen](p.client, order{Op: "report", Updates: p.published})
	return s, c, err
}

func (p *pair) stop() {
	for _, w := range []*worker{p.server, p.client} {
		if w != nil {
			w.stop()
		}
	}
	_ = os.Remove(p.tally)
}

// worker is a process that obeys orders, one at a time.
type worker struct {
	cmd *exec.Cmd
	in  *json.Encoder
	out *bufio.Scanner
	end io.Closer
}

// startWorker starts a process on one core.
func startWorker(core int, env []string, binary string, args ...string) (*worker, error) {
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startOn(core, cmd); err != nil {
		return nil, err
	}
	scanner := bufio.NewScanner(out)
	return &worker{cmd, json.NewEncoder(in), scanner, in}, nil
}

// startOn starts a process that inherits the core of the thread it is started
// from. Where there is no such core, it runs on any.
func startOn(core int, cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	one.Set(core)
	if before.Count() > core && before.IsSet(core) {
		if err := unix.SchedSetaffinity(0, &one); err != nil {
			return err
		}
		defer func() { _ = unix.SchedSetaffinity(0, &before) }()
	}
	return cmd.Start()
}

// ask gives an order and waits for the answer.
func ask[Answer served | seen](w *worker, o order) (a Answer, err error) {
	if err := w.in.Encode(o); err != nil {
		return a, err
	}
	return hear[Answer](w)
}

func hear[Answer served | seen](w *worker) (a Answer, err error) {
	var failed struct{ Err string }
	if !w.out.Scan() {
		return a, fmt.Errorf("%s has ended: %w", strings.Join(w.cmd.Args[1:], " "), io.ErrUnexpectedEOF)
	}
	if err := errors.Join(json.Unmarshal(w.out.Bytes(), &a), json.Unmarshal(w.out.Bytes(), &failed)); err != nil {
		return a, err
	}
	if failed.Err != "" {
		return a, fmt.Errorf("%s: %s", w.cmd.Args[1], failed.Err)
	}
	return a, nil
}

// stop ends the process and waits for it.
func (w *worker) stop() {
	_ = w.end.Close()
	_ = w.cmd.Process.Kill() // it has nothing to save
	_ = w.cmd.Wait()
}
