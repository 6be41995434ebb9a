package main

import (
	"context"
	"path/filepath"
	"time"

	"gobua/office/blob"
	"gobua/office/upload"
	"gobua/transport"
)

// contents are where files and sealed files lie: in the data folder, or, where
// several programs share the database, in that.
type contents struct {
	files, archive blob.Store
	moving         []movingContents // out of the data folder
}

// movingContents are contents of one kind on their way into the database.
type movingContents struct {
	blob.Moving
	skip func(name string) bool
}

// openFiles chooses where contents lie. What the data folder has from the time
// before the database was shared is read from there until it is moved.
func (s *server) openFiles() (*upload.Store, error) {
	folder := filepath.Join(s.set.data, "files")
	files, archive := blob.NewFolder(folder), blob.NewFolder(filepath.Join(s.set.data, "archive"))
	if !s.set.shared {
		s.contents = contents{files: files, archive: archive}
		return upload.New(files, filepath.Join(folder, "small"))
	}
	s.contents.moving = []movingContents{
		{blob.Moving{Store: s.store.UploadedFiles(), From: files}, upload.Passing},
		{blob.Moving{Store: s.store.SealedFiles(), From: archive}, upload.Passing},
	}
	s.contents.files, s.contents.archive = s.contents.moving[0].Moving, s.contents.moving[1].Moving
	return upload.New(s.contents.files, filepath.Join(s.set.data, "small"))
}

// moveAgain is how soon it is tried again to move contents into a database that
// was away.
const moveAgain = 10 * time.Second

// moveContents moves what lies in the data folder into the database, until it is
// done or ctx ends.
func (s *server) moveContents(ctx context.Context) {
	for _, m := range s.contents.moving {
		for {
			moved, aside, err := m.Move(ctx, m.skip)
			if err == nil {
				if aside != "" {
					s.log.Info("contents are in the database now; delete the folder, disposals do not reach it", "moved", moved, "folder", aside)
				}
				break
			}
			s.log.Warn("contents are not all in the database yet, will try again", "moved", moved, "err", err)
			select {
			case <-time.After(moveAgain):
			case <-ctx.Done():
				return
			}
		}
	}
}

// once is who remembers answers to repeated requests besides this process.
func (s *server) once() transport.OnceAPI {
	if !s.set.shared {
		return nil
	}
	return s.office
}
