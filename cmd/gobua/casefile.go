package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"gobua/office/casefile"
)

// archiveCmd is gobua archive.
type archiveCmd struct {
	Check archiveCheckCmd `cmd:"" help:"Compare every entry of sealed files with their manifests. Exit status 1 if anything differs."`
}

// archiveCheckCmd is gobua archive check. It needs the files alone, and no
// server.
type archiveCheckCmd struct {
	Files []string `arg:"" name:"file" help:"Sealed files, as they were downloaded or lie in the folder archive."`
}

// Run prints for each file its hash and what differs.
func (c *archiveCheckCmd) Run(_ context.Context) error {
	return checkArchives(c.Files, os.Stdout)
}

func checkArchives(names []string, w io.Writer) error {
	bad := 0
	for _, name := range names {
		whole, err := checkArchive(name, w)
		if err != nil {
			return err
		}
		if !whole {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d files are not as they were sealed", bad, len(names))
	}
	return nil
}

func checkArchive(name string, w io.Writer) (whole bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	r, err := casefile.Check(f, info.Size())
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	_, err = fmt.Fprintf(w, "%s\n  file sha256      %s\n  manifest sha256  %s\n  entries whole    %d\n", name, r.File, r.Manifest, r.Entries)
	if r.Reduced > 0 {
		_, e := fmt.Fprintf(w, "  without          %d entries with identities\n", r.Reduced)
		err = errors.Join(err, e)
	}
	for _, t := range r.Trouble {
		_, e := fmt.Fprintf(w, "  %-16s %q\n", t.Code, t.Name)
		err = errors.Join(err, e)
	}
	return r.Whole(), err
}
