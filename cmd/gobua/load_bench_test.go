package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"gobua/internal/demo"
	"gobua/internal/load"
)

// The benchmarks here run the real program and put a load on it from this
// process, on the same processors. They fail if anything was lost, and report
// what the server itself took: its processor time and its memory.

// openFiles is how many a process may have where the figures of docs/bench
// were measured; the server and the load have so many each.
const openFiles = 20_000

// openDoors are flags of a server that takes everybody from this machine.
var openDoors = []string{"--max-clients", strconv.Itoa(openFiles), "--max-clients-per-address", strconv.Itoa(openFiles), "--requests-per-second", "5000"}

// openServer starts the program for a benchmark. With GOBUA_BENCH_DATA its data
// folder is kept from run to run, so that accounts are opened once.
func openServer(b *testing.B) *process {
	p := newProcess(b, openDoors...)
	if kept := os.Getenv("GOBUA_BENCH_DATA"); kept != "" {
		p.data = kept
		for i, f := range p.flags {
			if f == "--data" {
				p.flags[i+1] = kept
			}
		}
	}
	p.start()
	return p
}

// usage is what a process has taken: processor time, and memory now, in bytes.
type usage struct {
	busy     time.Duration
	resident int64
}

// use reads the usage of a process from /proc, where clock ticks are a
// hundredth of a second.
func use(b *testing.B, pid int) usage {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("this system does not tell what a process takes")
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	f := strings.Fields(rest)
	number := func(i int) int64 {
		n, err := strconv.ParseInt(f[i], 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return usage{time.Duration(number(11)+number(12)) * 10 * time.Millisecond, number(21) * int64(os.Getpagesize())}
}

// measure returns what to call when bidding begins and ends, and what the server
// took in between.
func measure(b *testing.B, p *process) (mark func(), took func() usage) {
	var marks []usage
	mark = func() { marks = append(marks, use(b, p.cmd.Process.Pid)) }
	return mark, func() usage {
		if len(marks) != 2 {
			b.Fatalf("the load began and ended %d times, not twice", len(marks))
		}
		return usage{marks[1].busy - marks[0].busy, marks[1].resident}
	}
}

func decode[T any](b *testing.B, out *bytes.Buffer, err error) (r T) {
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &r)
	}
	if err != nil {
		b.Fatal(err)
	}
	if testing.Verbose() {
		b.Log(out.String())
	}
	return r
}

func report(b *testing.B, l load.Latencies, name string) {
	b.ReportMetric(l.P50, name+"-p50-ms")
	b.ReportMetric(l.P99, name+"-p99-ms")
	b.ReportMetric(l.Max, name+"-max-ms")
}

// BenchmarkFinish is the last ten seconds of one lot that everybody wants.
func BenchmarkFinish(b *testing.B) {
	for _, c := range []struct{ bidders, spectators, perSecond int }{
		{200, 2_000, 500},
		{2_000, 16_000, 500},
	} {
		b.Run(fmt.Sprintf("bidders=%d/spectators=%d/persecond=%d", c.bidders, c.spectators, c.perSecond), func(b *testing.B) {
			p := openServer(b)
			mark, took := measure(b, p)
			var out bytes.Buffer
			err := load.Run(b.Context(), load.Options{
				Server: "http://" + p.addr, Login: "quantri", Password: demo.Password, Rate: float64(c.perSecond),
				Bidders: c.bidders, Spectators: c.spectators, Sessions: 1, Duration: 10 * time.Second, ToTheEnd: true, Mark: mark,
			}, &out)
			r := decode[load.Result](b, &out, err)
			if r.Bids.Unanswered > 0 || r.Bids.InRooms != r.Outcomes["accepted"] || r.Feed.Gaps+r.Feed.Lost+r.Feed.Behind > 0 {
				b.Fatalf("something was lost:\n%s", out.String())
			}
			b.ReportMetric(0, "ns/op")
			report(b, r.BidToReceipt, "receipt")
			report(b, r.BidToSeen, "seen")
			b.ReportMetric(r.EndToSeen.Max, "end-seen-max-ms")
			b.ReportMetric(r.SendDelay.P99, "sent-late-p99-ms")
			b.ReportMetric(float64(r.Feed.Snapshots), "snapshots")
			b.ReportMetric(float64(r.Bids.InRooms), "accepted")
			b.ReportMetric(float64(r.Feed.Updates), "updates")
			b.ReportMetric(took().busy.Seconds(), "server-cpu-s")
		})
	}
}

// BenchmarkClosings is a thousand sessions that close in the same moment.
func BenchmarkClosings(b *testing.B) {
	for _, sessions := range []int{100, 1_000} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			p := openServer(b)
			var out bytes.Buffer
			err := load.Close(b.Context(), load.ClosingOptions{
				Server: "http://" + p.addr, Login: "quantri", Password: demo.Password, Sessions: sessions,
				Opening: 10*time.Second + time.Duration(sessions)*40*time.Millisecond, Bidding: 8 * time.Second,
			}, &out)
			r := decode[load.ClosingResult](b, &out, err)
			n := int64(sessions)
			if r.Accepted != n || r.Closed != n || r.Sold != n || r.AtOtherTime+r.OutOfOrder+r.Lost > 0 {
				b.Fatalf("not every session closed at its end:\n%s", out.String())
			}
			b.ReportMetric(0, "ns/op")
			report(b, r.EndToSeen, "end-seen")
		})
	}
}

// BenchmarkSignIns is people who enter while a session runs.
func BenchmarkSignIns(b *testing.B) {
	for _, c := range []struct {
		people int
		within time.Duration
	}{{1_000, 24 * time.Second}, {10_000, 240 * time.Second}} {
		b.Run(fmt.Sprintf("people=%d/within=%v", c.people, c.within), func(b *testing.B) {
			p := openServer(b)
			before := use(b, p.cmd.Process.Pid)
			var out bytes.Buffer
			err := load.SignIns(b.Context(), load.SignInOptions{
				Options: load.Options{
					Server: "http://" + p.addr, Login: "quantri", Password: demo.Password,
					Rate: 50, Bidders: 100, Sessions: 1, Duration: c.within,
				},
				Before: 20 * time.Second, People: c.people,
			}, &out)
			r := decode[load.SignInResult](b, &out, err)
			if r.Before.Bids.Unanswered+r.During.Bids.Unanswered > 0 {
				b.Fatalf("bids were lost:\n%s", out.String())
			}
			b.ReportMetric(0, "ns/op")
			report(b, r.SignIns, "signin")
			report(b, r.Renewals, "renewal")
			report(b, r.Before.BidToReceipt, "receipt-before")
			report(b, r.During.BidToReceipt, "receipt-during")
			b.ReportMetric(float64(r.Later), "later")
			b.ReportMetric((use(b, p.cmd.Process.Pid).busy - before.busy).Seconds(), "server-cpu-s")
		})
	}
}

// BenchmarkReturns is a server that is killed and started again under its
// viewers.
func BenchmarkReturns(b *testing.B) {
	for _, viewers := range []int{2_000, 18_000} {
		b.Run(fmt.Sprintf("viewers=%d", viewers), func(b *testing.B) {
			p := openServer(b)
			var away time.Duration
			var out bytes.Buffer
			err := load.Return(b.Context(), load.ReturnOptions{
				Server: "http://" + p.addr, Login: "quantri", Password: demo.Password, Viewers: viewers,
				Ready: func() {
					began := time.Now()
					p.kill()
					p.start()
					away = time.Since(began)
				},
			}, &out)
			r := decode[load.ReturnResult](b, &out, err)
			if r.Lost != int64(viewers) || r.Back != r.Lost || r.Snapshots != r.Lost || r.Behind > 0 {
				b.Fatalf("not everybody is back:\n%s", out.String())
			}
			u := use(b, p.cmd.Process.Pid)
			b.ReportMetric(0, "ns/op")
			report(b, r.AttemptToRoom, "attempt-to-room")
			report(b, r.LossToRoom, "loss-to-room")
			b.ReportMetric(r.FirstToLast, "first-to-last-ms")
			b.ReportMetric(r.LastPause, "last-pause-ms")
			b.ReportMetric(float64(away.Milliseconds()), "away-ms")
			b.ReportMetric(float64(r.Refused), "refused")
			b.ReportMetric(u.busy.Seconds(), "server-cpu-s")
			b.ReportMetric(float64(u.resident)/float64(viewers)/1024, "KiB/viewer")
		})
	}
}

// BenchmarkGrowth is what a bid costs the server, and what it holds, while
// viewers, sessions and bids grow tenfold.
func BenchmarkGrowth(b *testing.B) {
	for _, c := range []struct{ spectators, sessions, perSecond int }{
		{10, 1, 100}, {100, 1, 100}, {1_000, 1, 100}, {10_000, 1, 100}, // viewers
		{1_000, 10, 100}, {1_000, 100, 100}, // sessions
		{100, 1, 10}, {100, 1, 1_000}, // bids
	} {
		b.Run(fmt.Sprintf("viewers=%d/sessions=%d/persecond=%d", c.spectators, c.sessions, c.perSecond), func(b *testing.B) {
			p := openServer(b)
			mark, took := measure(b, p)
			var out bytes.Buffer
			err := load.Run(b.Context(), load.Options{
				Server: "http://" + p.addr, Login: "quantri", Password: demo.Password, Rate: float64(c.perSecond),
				Bidders: 200, Spectators: c.spectators, Sessions: c.sessions, Duration: 5 * time.Second, Mark: mark,
			}, &out)
			r := decode[load.Result](b, &out, err)
			if r.Bids.Unanswered > 0 || r.Bids.InRooms != r.Outcomes["accepted"] || r.Feed.Gaps+r.Feed.Lost+r.Feed.Behind > 0 {
				b.Fatalf("something was lost:\n%s", out.String())
			}
			u := took()
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(u.busy.Microseconds())/float64(r.Bids.Sent), "cpu-us/bid")
			b.ReportMetric(float64(u.resident)/(1<<20), "resident-MiB")
			b.ReportMetric(float64(r.Feed.Updates)/float64(r.Bids.Sent), "told/bid")
			report(b, r.BidToReceipt, "receipt")
		})
	}
}
