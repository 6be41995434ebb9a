package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gobua/internal/demo"
	"gobua/internal/load"
)

// BenchmarkBidPath is a bid from the browser's end of a socket to its receipt,
// through the real program with its journal, receipts and database: an open
// load, so one op is a bid that was due at its moment. All the while a plain
// file beside the journal is written and synced, so that both see the same disk
// at the same time; syncs is the ratio of the two medians. It counts from the
// moment a bid was due and, to tell the server from its load, from when it was sent.
func BenchmarkBidPath(b *testing.B) {
	for _, c := range []struct{ bidders, sessions, perSecond int }{
		{2, 1, 10}, // two take turns: one bids at a time
		{100, 1, 200},
		{1000, 1, 500},
		{200, 100, 200},
		{1000, 100, 500},
	} {
		b.Run(fmt.Sprintf("bidders=%d/sessions=%d/persecond=%d", c.bidders, c.sessions, c.perSecond), func(b *testing.B) {
			p := openServer(b)
			o := load.Options{
				Server: "http://" + p.addr, Login: "quantri", Password: demo.Password, Rate: float64(c.perSecond),
				Bidders: c.bidders, Sessions: c.sessions, Duration: 10 * time.Second,
			}
			syncing, stop := context.WithCancel(b.Context())
			plain := make(chan []time.Duration)
			go func() { plain <- syncPlainly(syncing, b, p.data) }()
			var out bytes.Buffer
			b.ResetTimer()
			err := load.Run(b.Context(), o, &out)
			b.StopTimer()
			stop()
			syncs := <-plain
			var r load.Result
			if err == nil {
				err = json.Unmarshal(out.Bytes(), &r)
			}
			if err != nil {
				b.Fatal(err)
			}
			if r.Bids.Unanswered > 0 || r.Bids.InRooms == 0 {
				b.Fatalf("bids were lost:\n%s", out.String())
			}
			slices.Sort(syncs)
			median := float64(syncs[len(syncs)/2].Microseconds()) / 1000
			b.ReportMetric(0, "ns/op") // says how long the load was, and nothing of a bid
			b.ReportMetric(r.BidToReceipt.P50, "p50-ms")
			b.ReportMetric(r.BidToReceipt.P99, "p99-ms")
			b.ReportMetric(r.SentToReceipt.P50, "sent-p50-ms")
			b.ReportMetric(median, "sync-ms")
			b.ReportMetric(r.BidToReceipt.P50/median, "syncs")
			b.ReportMetric(r.SentToReceipt.P50/median, "sent-syncs")
			b.ReportMetric(100*float64(r.Outcomes["accepted"])/float64(r.Bids.Sent), "%accepted")
		})
	}
}

// syncPlainly writes as many bytes as a bid's record has and syncs them, some
// dozens of times a second, until ctx ends. It returns how long each took.
func syncPlainly(ctx context.Context, b *testing.B, dir string) (took []time.Duration) {
	file, err := os.OpenFile(filepath.Join(dir, "plain"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		b.Error(err)
		return nil
	}
	defer file.Close()
	record := make([]byte, 300)
	for ctx.Err() == nil {
		began := time.Now()
		if _, err := file.Write(record); err != nil {
			b.Error(err)
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			b.Error(err)
		}
		took = append(took, time.Since(began))
		time.Sleep(23 * time.Millisecond)
	}
	return took
}
