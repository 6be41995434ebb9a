// Package blobtest is the contract of blob.Store.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
	"testing"
	"time"

	"gobua/office/blob"
)

var background = context.Background()

// Contract runs everything that blob.Store promises against stores that `open`
// makes, each of them empty.
func Contract(t *testing.T, open func(t testing.TB) blob.Store) {
	for name, test := range map[string]func(*testing.T, blob.Store){
		"what was written is read":         written,
		"appending goes on at the end":     appending,
		"a second name":                    linked,
		"a name that takes another's":      replaced,
		"what was left alone is forgotten": tidied,
		"one that is open stays as it was": whileOpen,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// text is n bytes, each of them another than its neighbours.
func text(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8*13)
	}
	return b
}

func write(t *testing.T, s blob.Store, name string, content []byte) {
	t.Helper()
	w, err := blob.NewWriter(background, s, name)
	check(t, err)
	_, err = w.Write(content)
	check(t, err)
	check(t, w.Flush())
}

func read(t *testing.T, s blob.Store, name string) []byte {
	t.Helper()
	c, err := s.Open(background, name)
	check(t, err)
	defer c.Close()
	b, err := io.ReadAll(c)
	check(t, err)
	if c.Size() != int64(len(b)) {
		t.Fatalf("%s is said to have %d bytes, it has %d", name, c.Size(), len(b))
	}
	return b
}

func holds(t *testing.T, s blob.Store, name string, want []byte) {
	t.Helper()
	if !bytes.Equal(read(t, s, name), want) {
		t.Fatalf("%s holds something else", name)
	}
}

func lacks(t *testing.T, s blob.Store, name string) {
	t.Helper()
	_, err := s.Open(background, name)
	wants(t, err, blob.ErrUnknown)
	_, err = s.Size(background, name)
	wants(t, err, blob.ErrUnknown)
	wants(t, err, fs.ErrNotExist)
}

func written(t *testing.T, s blob.Store) {
	content := text(2*blob.ChunkBytes + 12_345)
	lacks(t, s, "kept/ab/x")
	write(t, s, "kept/ab/x", content)
	holds(t, s, "kept/ab/x", content)
	write(t, s, "empty", nil)
	holds(t, s, "empty", nil)
	c, err := s.Open(background, "kept/ab/x")
	check(t, err)
	defer c.Close()
	var wg sync.WaitGroup
	for _, at := range []int{0, 1, blob.ChunkBytes - 5, 2*blob.ChunkBytes - 5, len(content) - 10} {
		wg.Go(func() {
			got := make([]byte, 10)
			if n, err := c.ReadAt(got, int64(at)); n != 10 || err != nil || !bytes.Equal(got, content[at:at+10]) {
				t.Errorf("at %d: %d bytes, %v", at, n, err)
			}
		})
	}
	wg.Wait()
	n, err := c.ReadAt(make([]byte, 10), int64(len(content)-4))
	if n != 4 || err != io.EOF {
		t.Errorf("over the end: %d bytes, %v", n, err)
	}
	if at, err := c.Seek(-3, io.SeekEnd); err != nil || at != int64(len(content)-3) {
		t.Fatalf("%d, %v", at, err)
	}
	end, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(end, content[len(content)-3:]) {
		t.Errorf("%v, %v", end, err)
	}
}

func appending(t *testing.T, s blob.Store) {
	check(t, s.Begin(background, "part/a"))
	wants(t, s.Begin(background, "part/a"), fs.ErrExist)
	check(t, s.Append(background, "part/a", 0, []byte("Gõ")))
	wants(t, s.Append(background, "part/a", 0, []byte("Gõ")), blob.ErrOffset)
	wants(t, s.Append(background, "part/a", 99, []byte("x")), blob.ErrOffset)
	wants(t, s.Append(background, "part/a", 3, nil), blob.ErrTooLong)
	wants(t, s.Append(background, "part/a", 3, make([]byte, blob.ChunkBytes+1)), blob.ErrTooLong)
	wants(t, s.Append(background, "part/b", 0, []byte("x")), blob.ErrUnknown)
	check(t, s.Append(background, "part/a", 3, []byte(" Búa")))
	holds(t, s, "part/a", []byte("Gõ Búa"))
	check(t, s.Remove(background, "part/a"))
	check(t, s.Remove(background, "part/a")) // it is gone already
	lacks(t, s, "part/a")
	check(t, s.Begin(background, "part/a")) // and may come again
}

func linked(t *testing.T, s blob.Store) {
	wants(t, s.Link(background, "part/a", "kept/a"), blob.ErrUnknown)
	write(t, s, "part/a", []byte("một"))
	for range 2 {
		check(t, s.Link(background, "part/a", "kept/a"))
	}
	write(t, s, "part/b", []byte("hai"))
	check(t, s.Link(background, "part/b", "kept/a"))
	holds(t, s, "kept/a", []byte("một")) // it keeps what it had
	check(t, s.Remove(background, "part/a"))
	check(t, s.Remove(background, "part/b"))
	lacks(t, s, "part/a")
	holds(t, s, "kept/a", []byte("một"))
	check(t, s.Remove(background, "kept/a"))
	lacks(t, s, "kept/a")
}

func replaced(t *testing.T, s blob.Store) {
	for _, content := range []string{"một", "hai"} {
		made := blob.Temporary()
		write(t, s, made, []byte(content))
		check(t, s.Replace(background, made, "a-1.zip"))
		lacks(t, s, made)
		holds(t, s, "a-1.zip", []byte(content))
	}
	wants(t, s.Replace(background, blob.Temporary(), "a-1.zip"), blob.ErrUnknown)
	holds(t, s, "a-1.zip", []byte("hai"))
}

func tidied(t *testing.T, s blob.Store) {
	for _, name := range []string{"part/a", "part/b", "kept/a", blob.TemporaryPrefix + "c"} {
		write(t, s, name, []byte(name))
	}
	check(t, s.Tidy(background, "part/", time.Now().Add(-time.Hour)))
	holds(t, s, "part/a", []byte("part/a"))
	check(t, s.Tidy(background, "part/", time.Now().Add(time.Hour)))
	lacks(t, s, "part/a")
	lacks(t, s, "part/b")
	holds(t, s, "kept/a", []byte("kept/a"))
	check(t, s.Tidy(background, blob.TemporaryPrefix, time.Now().Add(time.Hour)))
	lacks(t, s, blob.TemporaryPrefix+"c")
	holds(t, s, "kept/a", []byte("kept/a"))
}

func whileOpen(t *testing.T, s blob.Store) {
	write(t, s, "a-1.zip", []byte("một"))
	ctx, cancel := context.WithCancel(background)
	c, err := s.Open(ctx, "a-1.zip")
	check(t, err)
	defer c.Close()
	cancel() // whoever opened it has answered already
	got, err := io.ReadAll(c)
	if err != nil || string(got) != "một" {
		t.Errorf("%q, %v", got, err)
	}
}
