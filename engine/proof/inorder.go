package proof

import (
	"iter"
	"runtime"
	"sync"

	"gobua/engine"
)

// A batch is what a goroutine decodes at once: enough that handing it over costs
// nothing, and little enough that memory stays small, also where somebody has
// made a file of the longest lines to fill it.
const (
	batchLines = 256
	batchBytes = 1 << 20
)

// batch is some lines in a row and, once done is closed, their records: as many
// as there are before the first error.
type batch struct {
	lines   []lined
	after   error // what was wrong with the line behind them
	records []engine.Record
	err     error
	done    chan struct{}
}

func (b *batch) decode() {
	defer close(b.done)
	b.records = make([]engine.Record, 0, len(b.lines))
	for i := range b.lines {
		r, err := b.lines[i].record()
		if err != nil {
			b.err = err
			return
		}
		b.records = append(b.records, r)
	}
	b.err = b.after
}

// inOrder decodes lines on as many goroutines as there are processors, and
// yields their records one after the other, in the order of the lines. All
// goroutines have ended when it returns.
func inOrder(lines iter.Seq2[lined, error], yield func(engine.Record, error) bool) {
	workers := runtime.GOMAXPROCS(0)
	queue, order, stop := make(chan *batch, workers), make(chan *batch, 2*workers), make(chan struct{})
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)
	running.Go(func() {
		defer close(order)
		defer close(queue)
		read(lines, func(b *batch) bool {
			for _, to := range []chan *batch{queue, order} {
				select {
				case to <- b:
				case <-stop:
					return false
				}
			}
			return true
		})
	})
	for range workers {
		running.Go(func() {
			for b := range queue {
				b.decode()
			}
		})
	}
	for b := range order {
		<-b.done
		for _, r := range b.records {
			if !yield(r, nil) {
				return
			}
		}
		if b.err != nil {
			yield(engine.Record{}, b.err)
			return
		}
	}
}

// read makes batches of lines until there are no more, or hand refuses one.
func read(lines iter.Seq2[lined, error], hand func(*batch) bool) {
	fresh := func() *batch { return &batch{lines: make([]lined, 0, batchLines), done: make(chan struct{})} }
	b, bytes := fresh(), 0
	for l, err := range lines {
		if err != nil {
			b.after = err
			break
		}
		b.lines = append(b.lines, l)
		if bytes += len(l.entry.Body) + len(l.shown); len(b.lines) == batchLines || bytes >= batchBytes {
			if !hand(b) {
				return
			}
			b, bytes = fresh(), 0
		}
	}
	if len(b.lines) > 0 || b.after != nil {
		hand(b)
	}
}
