package journal_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/sys/unix"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// BenchmarkAppend appends what waits in a session's mailbox: 1, 64 or 1,024
// bids in one batch. Before each append the same bytes are written to a plain
// file and synced, so that both see the same disk at the same time.
func BenchmarkAppend(b *testing.B) {
	for _, waiting := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			dir := b.TempDir()
			raw := newRawFile(b, dir)
			j := mustOpen(b, filepath.Join(dir, "journal"), journal.Options{})
			id := journaltest.SessionID(1)
			var head engine.Head
			var ours, plain latencies
			for b.Loop() {
				entries := journaltest.Chain(id, head, waiting)
				plain.measure(func() { raw.append(b, entries) })
				ours.measure(func() {
					if err := j.Append(ctx, id, head, entries); err != nil {
						b.Fatal(err)
					}
				})
				head = journaltest.End(head, entries)
			}
			ours.report(b, plain)
		})
	}
}

// BenchmarkAppendOfManySessions: 1, 64 or 1,024 sessions, each with one bid
// that waits for its own append, beside one plain synced write.
func BenchmarkAppendOfManySessions(b *testing.B) {
	for _, sessions := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			dir := b.TempDir()
			raw := newRawFile(b, dir)
			j := mustOpen(b, filepath.Join(dir, "journal"), journal.Options{})
			heads := make([]engine.Head, sessions)
			took := make([]latencies, sessions)
			var plain latencies
			for b.Loop() {
				one := journaltest.Chain(journaltest.SessionID(0), heads[0], 1)
				plain.measure(func() { raw.append(b, one) })
				var all sync.WaitGroup
				for i := range sessions {
					all.Go(func() {
						id := journaltest.SessionID(i)
						entries := journaltest.Chain(id, heads[i], 1)
						took[i].measure(func() {
							if err := j.Append(ctx, id, heads[i], entries); err != nil {
								b.Error(err)
							}
						})
						heads[i] = journaltest.End(heads[i], entries)
					})
				}
				all.Wait()
			}
			latencies(slices.Concat(took...)).report(b, plain)
		})
	}
}

// BenchmarkAppendWithoutDisk is what an append costs beside the disk: checks,
// keys, batch, commit pipeline.
func BenchmarkAppendWithoutDisk(b *testing.B) {
	for _, waiting := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			j := mustOpen(b, "journal", journal.Options{}.WithFS(vfs.NewMem()))
			id := journaltest.SessionID(1)
			var head engine.Head
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				entries := journaltest.Chain(id, head, waiting)
				b.StartTimer()
				if err := j.Append(ctx, id, head, entries); err != nil {
					b.Fatal(err)
				}
				head = journaltest.End(head, entries)
			}
		})
	}
}

// BenchmarkReplay reads a session of 10,000 records back from the store.
func BenchmarkReplay(b *testing.B) {
	const records = 10_000
	j := mustOpen(b, filepath.Join(b.TempDir(), "journal"), journal.Options{})
	id := journaltest.SessionID(1)
	journaltest.Grow(b, j, id, engine.Head{}, records)
	b.ReportAllocs()
	for b.Loop() {
		if err := j.Replay(ctx, id, 0, func(engine.Entry) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
}

// BenchmarkOpenAfterKill starts on what a killed process left: 20,000 records
// of one session, all of them still in the log.
func BenchmarkOpenAfterKill(b *testing.B) {
	killed := vfs.NewCrashableMem()
	j := mustOpen(b, "journal", journal.Options{}.WithFS(killed))
	var head engine.Head
	for range 20 {
		head = journaltest.Grow(b, j, journaltest.SessionID(1), head, 1000)
	}
	for b.Loop() {
		b.StopTimer()
		left := killed.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rand.New(rand.NewPCG(1, 1))})
		b.StartTimer()
		j, err := journal.OpenPebble("journal", journal.Options{}.WithFS(left))
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		mustClose(b, j)
		b.StartTimer()
	}
}

// BenchmarkKeepHeads writes the heads of 10,000 sessions, which happens once a
// second while anybody bids.
func BenchmarkKeepHeads(b *testing.B) {
	heads := map[engine.SessionID]engine.Head{}
	for i := range 10_000 {
		heads[journaltest.SessionID(i)] = engine.Head{Seq: 500}
	}
	dir := b.TempDir()
	for b.Loop() {
		if err := journal.WriteHeads(vfs.Default, dir, heads); err != nil {
			b.Fatal(err)
		}
	}
}

// rawFile is the least a durable append can cost: write and fdatasync.
type rawFile struct {
	*os.File
	buf []byte
}

func newRawFile(b *testing.B, dir string) *rawFile {
	f, err := os.Create(filepath.Join(dir, "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	return &rawFile{File: f}
}

func (f *rawFile) append(b *testing.B, entries []engine.Entry) {
	f.buf = f.buf[:0]
	for _, e := range entries {
		f.buf = append(append(append(f.buf, make([]byte, 21)...), e.Hash[:]...), e.Body...) // a row's key, hash and body
	}
	if _, err := f.Write(f.buf); err != nil {
		b.Fatal(err)
	}
	if err := unix.Fdatasync(int(f.Fd())); err != nil {
		b.Fatal(err)
	}
}

// latencies are times that something took.
type latencies []time.Duration

func (l *latencies) measure(do func()) {
	began := time.Now()
	do()
	*l = append(*l, time.Since(began))
}

func (l latencies) percentile(p int) float64 {
	slices.Sort(l)
	return float64(l[(len(l)-1)*p/100].Microseconds())
}

// report replaces the time per loop, in which the plain write is too.
func (l latencies) report(b *testing.B, plain latencies) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(l.percentile(50), "p50-µs")
	b.ReportMetric(l.percentile(99), "p99-µs")
	b.ReportMetric(plain.percentile(50), "fdatasync-p50-µs")
	b.ReportMetric(plain.percentile(99), "fdatasync-p99-µs")
	b.ReportMetric(l.percentile(50)/plain.percentile(50), "p50-ratio")
}
