package keyfile

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// sharedName of a key that every program of an installation must have.
var sharedName = regexp.MustCompile(`^(access-token|ledger-key|vault-\d{3})$`)

// Marks recognises the keys in a folder that all programs of an installation
// share, by name, without telling them. A folder that is not there has none.
func Marks(folder string) (map[string]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("folder of the keys: %w", err)
	}
	marks := map[string]string{}
	for _, e := range entries {
		if !sharedName.MatchString(e.Name()) {
			continue
		}
		key, err := Load(filepath.Join(folder, e.Name()), Kind{Name: "key", Exposed: "run chmod 600 on it", Damaged: "put it back from a copy"})
		if err != nil {
			return nil, err
		}
		h := hmac.New(sha256.New, key[:])
		h.Write([]byte("gobua key mark/" + e.Name()))
		marks[e.Name()] = hex.EncodeToString(h.Sum(nil)[:16])
	}
	return marks, nil
}

// Differ names the first key in which a folder is not like the others: one that
// is missing, or is another. nil: there is none.
func Differ(folder string, mine, kept map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		const way = "copy the folder of the keys from a machine that runs"
		switch mark, there := mine[name]; {
		case !there:
			return fmt.Errorf("%s lacks the key %s that the other programs on this database have: %s", folder, name, way)
		case mark != kept[name]:
			return fmt.Errorf("%s is not the key that the other programs on this database have: %s; if it was replaced on purpose, "+
				"stop them all, copy it to each, and delete its row from the table key_marks", filepath.Join(folder, name), way)
		}
	}
	return nil
}
