package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tally is what the generator has seen, in memory that the server can read too:
// a server that runs as fast as it can has to know how far the viewers are.
// The generator writes, both read.
type tally struct {
	viewers  atomic.Int64 // connections that read and have not ended
	position atomic.Int64 // sum of the feed sequences they are at
	frames   atomic.Int64 // updates they have got
}

// outstanding is how many updates, on average, a viewer still lacks.
func (t *tally) outstanding(published int64) float64 {
	viewers := t.viewers.Load()
	if viewers == 0 {
		return 0
	}
	return float64(published) - float64(t.position.Load())/float64(viewers)
}

// openTally maps a file that compare has made.
func openTally(path string) (*tally, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := int(unsafe.Sizeof(tally{}))
	if err := f.Truncate(int64(size)); err != nil {
		return nil, err
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mmap %s: %w", path, err)
	}
	return (*tally)(unsafe.Pointer(&memory[0])), nil
}
