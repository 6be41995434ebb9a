package ledgerkeeper

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// crowd is a keeper with many running sessions; move moves all of their heads.
func crowd(b *testing.B, sessions int) (h *hall, move func()) {
	h = newHall(b)
	for i := range sessions {
		h.sessions = append(h.sessions, Session{ID: engine.NewSessionID([12]byte{byte(i), byte(i >> 5), byte(i >> 10)}), Phase: engine.PhaseRunning})
	}
	random := rand.NewChaCha8([32]byte{})
	return h, func() {
		for i := range h.sessions {
			h.sessions[i].Head.Seq++
			_, _ = random.Read(h.sessions[i].Head.Hash[:])
		}
	}
}

// BenchmarkRound is a round in which every session's head has moved.
func BenchmarkRound(b *testing.B) {
	h, move := crowd(b, 10_000)
	for b.Loop() {
		move()
		h.pass(time.Minute)
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkLook is a look at sessions of which none has moved.
func BenchmarkLook(b *testing.B) {
	h, _ := crowd(b, 10_000)
	h.pass(time.Minute)
	for b.Loop() {
		h.pass(time.Second)
	}
}

// bytes is how much the folder of the log takes.
func (h *hall) bytes() (sum int64) {
	_ = filepath.WalkDir(h.o.Dir, func(_ string, d fs.DirEntry, _ error) error {
		if info, err := d.Info(); err == nil && !d.IsDir() {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// BenchmarkBytes says what rounds leave on the disk, by how many sessions move in
// each. A day that never stands still has 1,440 of them.
func BenchmarkBytes(b *testing.B) {
	for _, sessions := range []int{1, 20, 200} {
		b.Run(fmt.Sprint(sessions), func(b *testing.B) {
			h, move := crowd(b, sessions)
			move()
			h.pass(time.Minute)
			h.shut()
			h.open()
			before := h.bytes()
			for b.Loop() {
				move()
				h.pass(time.Minute)
			}
			h.shut()
			h.open()
			b.ReportMetric(float64(h.bytes()-before)/float64(b.N), "bytes/round")
		})
	}
}

// BenchmarkProofs reads a log of a million entries.
func BenchmarkProofs(b *testing.B) {
	h, move := crowd(b, 10_000)
	for range 100 {
		move()
		h.pass(time.Minute)
	}
	h.shut()
	began := time.Now()
	h.open()
	b.Logf("opened in %v", time.Since(began))
	size, bytes := h.newest().Size, h.bytes()
	b.Logf("%d entries in %d MiB, %d bytes an entry", size, bytes>>20, bytes/size)
	run := func(name string, f func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("inclusion", func() error { return second(h.Inclusion(rand.Int64N(size), 0)) })
	run("consistency", func() error { return second(h.Consistency(1+rand.Int64N(size-1), size)) })
	run("session", func() error { return second(h.SessionProof(h.sessions[rand.IntN(10_000)].ID)) })
	run("checkpoint", func() error { return second(h.Checkpoint()) })
	run("tile", func() error {
		return second(h.Tile(tlog.Tile{H: 8, L: 0, N: rand.Int64N(size / ledger.TileWidth), W: 256}))
	})
	run("bundle", func() error {
		return second(h.Tile(tlog.Tile{H: 8, L: -1, N: rand.Int64N(size / ledger.TileWidth), W: 256}))
	})
	run("sign", func() error { return second(h.o.Signer.Sign("gobua receipt 1\nx\n")) })
}
