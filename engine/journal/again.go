package journal

import (
	"errors"

	"github.com/cockroachdb/pebble/v2"
)

// DeliverAgain makes a journal forget which results the office has, so that the
// next start delivers them all. Who restores a journal beside a database that
// may be older calls it: the office takes a result that it has already without
// a change. The journal must not be open. It blocks for a few syncs.
func DeliverAgain(dir string) error {
	return withFolder(dir, func(o Options, lock *pebble.Lock) error {
		s, err := openStore(storeDir(o.fs, dir), o, lock)
		if err != nil {
			return err
		}
		b := s.db.NewBatch()
		err = b.DeleteRange([]byte{tagSettled}, []byte{tagSettled + 1}, nil)
		if err == nil {
			err = s.commit(b)
		}
		return errors.Join(err, s.db.Close())
	})
}
