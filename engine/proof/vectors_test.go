package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// vector is a file for other implementations, and what must be found.
type vector struct {
	File   string         `json:"file"`
	What   string         `json:"what"`
	Right  bool           `json:"right"`
	Head   string         `json:"head,omitempty"`
	Result *engine.Result `json:"result,omitempty"`
	Record engine.Seq     `json:"record,omitempty"` // at which it shows; zero: with the whole
	Code   proof.Code     `json:"code,omitempty"`
}

// vectors are files that are right, and what a forger made of one of them.
func vectors(t *testing.T) map[string][]byte {
	t.Helper()
	told := stories(t)
	files := map[string][]byte{"right-maxima.txt": publish(t, entries(t, ended(t, busy(t))))}
	for name, story := range map[string]string{
		"right-plain.txt": "01-whole-sale", "right-rounds.txt": "", "right-called.txt": "", "right-sealed.txt": "",
	} {
		if story == "" {
			story = longest(t, told, name)
		}
		records, ok := told[story]
		if !ok {
			t.Fatalf("no story %s", story)
		}
		files[name] = publish(t, entries(t, ended(t, records)))
	}
	list := entries(t, ended(t, busy(t)))
	files["wrong-winner.txt"] = forge(t, list, replace(t, "announced", `"winner":"A"`, `"winner":"C"`))
	files["wrong-extension.txt"] = forge(t, list, replace(t, "extended", `"count":1`, `"count":2`))
	files["wrong-no-closing.txt"] = forge(t, list, func(l []engine.Entry) []engine.Entry {
		return slices.DeleteFunc(l, func(e engine.Entry) bool { return bytes.Contains(e.Body, []byte(`"kind":"closed"`)) })
	})
	files["wrong-rules.txt"] = forge(t, list, replace(t, "created", `"start":1000000`, `"start":1000001`))
	files["wrong-chain.txt"] = bytes.Replace(files["right-maxima.txt"], []byte("kiểm tra"), []byte("kiểm trA"), 1)
	files["wrong-cut.txt"] = files["right-maxima.txt"][:len(files["right-maxima.txt"])-40]
	return files
}

// kinds are what a story must have to be a vector of that name.
var kinds = map[string]engine.EventKind{
	"right-rounds.txt": engine.KindRoundOpened, "right-called.txt": engine.KindHammered, "right-sealed.txt": engine.KindOfferOpened,
}

// longest is the story with most records that has the kind of a vector.
func longest(t *testing.T, told map[string][]engine.Record, name string) (best string) {
	t.Helper()
	for story, records := range told {
		has := slices.ContainsFunc(records, func(r engine.Record) bool { return r.Event.Kind() == kinds[name] })
		if has && !lateClocks[story] && (best == "" || len(records) > len(told[best]) || len(records) == len(told[best]) && story < best) {
			best = story
		}
	}
	return best
}

// TestVectors holds the files that docs/record.md offers to other
// implementations, and what is found in them.
func TestVectors(t *testing.T) {
	const dir = "testdata/vectors"
	files := vectors(t)
	if !*update { // its boxes are sealed with chance, so they are never the same again
		kept, err := os.ReadFile(filepath.Join(dir, "right-sealed.txt"))
		if err != nil {
			t.Fatal(err)
		}
		files["right-sealed.txt"] = kept
	}
	var index []vector
	for name, file := range files {
		report, err := verify(file)
		v := vector{File: name, Right: err == nil}
		var w *proof.Wrong
		switch {
		case err == nil:
			v.What, v.Head, v.Result = report.Lot.Title, head(report.Head), report.Result
		case errors.As(err, &w):
			v.What, v.Record, v.Code = w.Why, w.Seq, w.Code
		default:
			v.What = err.Error()
		}
		if v.Right != bytes.HasPrefix([]byte(name), []byte("right")) {
			t.Errorf("%s: %v", name, err)
		}
		index = append(index, v)
	}
	slices.SortFunc(index, func(a, b vector) int { return bytes.Compare([]byte(a.File), []byte(b.File)) })
	text, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	files["vectors.json"] = append(text, '\n')
	for name, content := range files {
		path := filepath.Join(dir, name)
		if *update {
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(path, content, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, content) {
			t.Errorf("%s is not what it was (%v): go test ./engine/proof -run Vectors -update, then read the difference", name, err)
		}
	}
}

func head(h engine.Head) string {
	text, err := json.Marshal(h.Seq)
	if err != nil {
		panic(err)
	}
	return string(text) + ":" + h.Hash.String()
}
