package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func init() {
	// The library would else write its settings and fonts into the home folder.
	model.ConfigPath = "disable"
}

// What reading a PDF may take. The texts of pages and the images in it are not
// unpacked; only its objects are.
const (
	pdfTimeout      = 10 * time.Second
	maxPDFObjects   = 200_000
	maxPDFUnpacked  = 64 << 20 // of one stream of objects
	maxPDFRecursion = 60
)

// activeActions are the kinds of actions that do more than turn pages, and
// activeKeys the entries that hold such things (ISO 32000-1, 12.6.4).
var (
	activeActions = []string{"JavaScript", "Launch", "ImportData", "SubmitForm", "Rendition", "RichMediaExecute"}
	activeKeys    = []string{"JS", "JavaScript", "XFA", "RichMediaContent"}
)

// activeWords are looked for in the raw bytes, too: a program that repairs a
// damaged file may find what the list of objects does not name.
var activeWords = [][]byte{[]byte("/JavaScript"), []byte("/Launch")}

// inspectPDF finds what runs when opened, and what cannot be looked into.
func inspectPDF(content []byte) (fault string) {
	defer func() {
		if r := recover(); r != nil {
			fault = Damaged // a hostile file against the library
		}
	}()
	for _, word := range activeWords {
		if bytes.Contains(content, word) {
			return ActiveContent
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), pdfTimeout)
	defer cancel()
	settings := model.NewDefaultConfiguration()
	settings.Offline = true
	settings.Limits.MaxObjectCount, settings.Limits.MaxXRefEntries = maxPDFObjects, maxPDFObjects
	settings.Limits.MaxObjectStreamCount = maxPDFObjects
	settings.Limits.MaxStreamBytes, settings.Limits.MaxDecodeBytes = maxPDFUnpacked, maxPDFUnpacked
	settings.Limits.MaxRecursionDepth = maxPDFRecursion
	file, err := pdfcpu.ReadWithContext(ctx, bytes.NewReader(content), settings)
	if errors.Is(err, pdfcpu.ErrWrongPassword) {
		return Encrypted
	}
	if err != nil {
		return Damaged
	}
	if file.Encrypt != nil || file.E != nil {
		return Encrypted
	}
	if _, err := file.Catalog(); err != nil || file.EnsurePageCount() != nil || file.PageCount == 0 {
		return Damaged // or repaired by leaving out what matters
	}
	for number, entry := range file.Table {
		if entry == nil || entry.Free {
			continue
		}
		object, err := file.Dereference(*types.NewIndirectRef(number, 0))
		if err != nil {
			return Damaged
		}
		if object == nil { // of another generation
			object = entry.Object
		}
		if object == nil && number != 0 {
			return Damaged // cannot be read here; a program that tries harder may find what runs
		}
		if active, err := runs(ctx, object, 0); err != nil {
			return Damaged
		} else if active {
			return ActiveContent
		}
	}
	return ""
}

// runs says whether an object holds an action that does more than turn pages.
// What it refers to is an object of its own.
func runs(ctx context.Context, object types.Object, depth int) (bool, error) {
	if depth > maxPDFRecursion {
		return false, fmt.Errorf("objects within objects")
	}
	switch o := object.(type) {
	case types.LazyObjectStreamObject:
		decoded, err := o.DecodedObject(ctx)
		if err != nil {
			return false, err
		}
		return runs(ctx, decoded, depth+1)
	case types.StreamDict:
		return runs(ctx, o.Dict, depth+1)
	case types.ObjectStreamDict:
		return runs(ctx, o.Dict, depth+1)
	case types.XRefStreamDict:
		return runs(ctx, o.Dict, depth+1)
	case types.Array:
		for _, item := range o {
			if active, err := runs(ctx, item, depth+1); active || err != nil {
				return active, err
			}
		}
	case types.Dict:
		return dictRuns(ctx, o, depth)
	}
	return false, nil
}

func dictRuns(ctx context.Context, d types.Dict, depth int) (bool, error) {
	for key, value := range d {
		name, err := types.DecodeName(key)
		if err != nil {
			return false, err
		}
		if slices.Contains(activeKeys, name) {
			return true, nil
		}
		if word, isName := value.(types.Name); isName && name == "S" {
			kind, err := types.DecodeName(string(word))
			if err != nil {
				return false, err
			}
			if slices.Contains(activeActions, kind) {
				return true, nil
			}
		}
		if active, err := runs(ctx, value, depth+1); active || err != nil {
			return active, err
		}
	}
	return false, nil
}
