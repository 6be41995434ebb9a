package store_test

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"gobua/office/blob"
	"gobua/office/blob/blobtest"
	"gobua/store/localpg"
	"gobua/store/storetest"
)

func TestBlobContract(t *testing.T) {
	blobtest.Contract(t, func(t testing.TB) blob.Store { return storetest.Open(t).UploadedFiles() })
}

// TestTwoProgramsAppendToOneContent: of those who say the same next chunk one
// does it, and the other learns where the content ends.
func TestTwoProgramsAppendToOneContent(t *testing.T) {
	dsn := storetest.Migrated(t)
	var programs [3]*struct{ blob.Store }
	for i := range programs {
		s := storetest.OpenAt(t, dsn)
		storetest.WaitReady(t, s)
		programs[i] = &struct{ blob.Store }{s.UploadedFiles()}
	}
	ctx := context.Background()
	if err := programs[0].Begin(ctx, "part/a"); err != nil {
		t.Fatal(err)
	}
	const chunks = 20
	var appended atomic.Int64
	var wg sync.WaitGroup
	for _, p := range programs {
		wg.Go(func() {
			for i := range chunks {
				for {
					size, err := p.Size(ctx, "part/a")
					if err != nil {
						t.Error(err)
						return
					}
					if size > int64(i)*3 {
						break // another one has
					}
					if p.Append(ctx, "part/a", size, []byte{byte(i), byte(i), byte(i)}) == nil {
						appended.Add(1)
					}
				}
			}
		})
	}
	wg.Wait()
	c, err := programs[1].Open(ctx, "part/a")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil || len(got) != 3*chunks || appended.Load() != chunks || got[3*chunks-1] != chunks-1 {
		t.Fatalf("%d bytes of %d appendings, %v", len(got), appended.Load(), err)
	}
}

// TestContentsAreInADump: a backup of the database has the files.
func TestContentsAreInADump(t *testing.T) {
	ctx := context.Background()
	dsn := storetest.Migrated(t)
	s := storetest.OpenAt(t, dsn)
	storetest.WaitReady(t, s)
	content := bytes.Repeat([]byte("hồ sơ\n"), 60_000)
	w, err := blob.NewWriter(ctx, s.SealedFiles(), "a-1.zip")
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	dump := filepath.Join(t.TempDir(), "dump")
	if _, err := localpg.Dump(ctx, dsn, dump); err != nil {
		t.Fatal(err)
	}
	elsewhere := storetest.Migrated(t)
	if _, err := storetest.Connect(t, elsewhere).Exec(`drop schema public cascade; create schema public`); err != nil {
		t.Fatal(err)
	}
	if err := localpg.Load(ctx, elsewhere, dump); err != nil {
		t.Fatal(err)
	}
	again := storetest.OpenAt(t, elsewhere)
	storetest.WaitReady(t, again)
	c, err := again.SealedFiles().Open(ctx, "a-1.zip")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes, want %d, %v", len(got), len(content), err)
	}
}
