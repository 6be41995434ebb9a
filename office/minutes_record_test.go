package office_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/office"
	"gobua/office/blob"
	"gobua/store/storetest"
)

// shelf has one text as the record of every session; err, if any, instead.
type shelf struct {
	text []byte
	err  error
}

func (s *shelf) Open(context.Context, engine.SessionID) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(s.text)), s.err
}

// detached are the files in a PDF, by name.
func detached(t *testing.T, pdf []byte) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	whole := filepath.Join(dir, "minutes.pdf")
	check(t, os.WriteFile(whole, pdf, 0o600))
	out := filepath.Join(dir, "out")
	check(t, os.Mkdir(out, 0o700))
	if said, err := exec.Command("pdfdetach", "-saveall", "-o", out, whole).CombinedOutput(); err != nil {
		t.Fatalf("pdfdetach of poppler: %v\n%s", err, said)
	}
	found, err := os.ReadDir(out)
	check(t, err)
	files := map[string][]byte{}
	for _, f := range found {
		files[f.Name()], err = os.ReadFile(filepath.Join(out, f.Name()))
		check(t, err)
	}
	return files
}

// TestMinutesCarryTheRecord: whoever has the PDF alone verifies the session, in
// every version; what speaks for the record and may come later is left out.
func TestMinutesCarryTheRecord(t *testing.T) {
	text, err := os.ReadFile("../engine/proof/testdata/vectors/right-maxima.txt")
	check(t, err)
	report, err := proof.Verify(bytes.NewReader(text), proof.Options{})
	check(t, err)
	later := append(bytes.Clone(text), "proof checkpoint Z29idWE=\n"...)
	for _, tt := range []struct {
		name    string
		records shelf
		head    engine.Head
		carried bool
	}{
		{"as it is", shelf{text: text}, report.Head, true},
		{"with what was added later", shelf{text: later}, report.Head, true},
		{"another end than the result has", shelf{text: text}, engine.Head{Seq: report.Head.Seq, Hash: sha256.Sum256(nil)}, false},
		{"gone from the journal", shelf{err: engine.ErrNoSession}, report.Head, false},
		{"from before there were records", shelf{err: engine.ErrBareRecord}, report.Head, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := hold(t, saleAfter, contested)
			s.Office = office.New(s.spy, office.Options{
				Now: s.desk.Now, Sessions: s.desk, HashLimit: 2, Vault: s.vault, Files: storetest.Files(t), Archive: blob.NewFolder(s.archive),
				Log: storetest.Quiet, Records: &tt.records, Site: "https://daugia.example.vn",
			})
			s.result.Head = tt.head
			check(t, s.Deliver(background, s.result))
			_, err := s.RecordRefusal(background, s.auctioneer, s.lot, false, office.Word{Reason: "Không mua nữa"})
			check(t, err)
			for number := 1; number <= 2; number++ {
				m, err := s.MinutesFile(background, s.observer, s.lot, number)
				check(t, err)
				said := pdfText(t, m.PDF)
				name := "phien-" + string(s.session) + ".txt"
				record, carried := detached(t, m.PDF)[name]
				sum := fmt.Sprintf("%x", sha256.Sum256(text))
				if carried != tt.carried || strings.Contains(said, sum) != tt.carried || strings.Contains(said, "/kiem-chung?phien="+string(s.session)) != tt.carried {
					t.Fatalf("version %d: carried %v, want %v\n%s", number, carried, tt.carried, said)
				}
				if !strings.Contains(said, tt.head.Hash.String()) {
					t.Errorf("version %d does not name the head", number)
				}
				if !carried {
					continue
				}
				again, err := proof.Verify(bytes.NewReader(record), proof.Options{Known: []engine.Head{tt.head}})
				if err != nil || again.Head != tt.head || !bytes.Equal(record, text) {
					t.Errorf("version %d: %v, head %v", number, err, again.Head)
				}
			}
		})
	}
}

// TestMinutesWaitForARecordThatCannotBeReadNow, and come when it can.
func TestMinutesWaitForARecordThatCannotBeReadNow(t *testing.T) {
	text, err := os.ReadFile("../engine/proof/testdata/vectors/right-maxima.txt")
	check(t, err)
	report, err := proof.Verify(bytes.NewReader(text), proof.Options{})
	check(t, err)
	records := &shelf{err: io.ErrClosedPipe}
	s := hold(t, saleAfter, contested)
	s.Office = office.New(s.spy, office.Options{Now: s.desk.Now, Sessions: s.desk, HashLimit: 2, Vault: s.vault, Log: storetest.Quiet, Records: records})
	s.result.Head = report.Head
	check(t, s.Deliver(background, s.result))
	if v := s.view(t); len(v.Minutes) != 0 {
		t.Fatalf("%d minutes", len(v.Minutes))
	}
	*records = shelf{text: text[:len(text)-10]} // a disk that loses the end
	if err := s.FollowUp(background); len(s.view(t).Minutes) != 0 {
		t.Fatalf("half a record: %v", err)
	}
	*records = shelf{text: text}
	check(t, s.FollowUp(background))
	if v := s.view(t); len(v.Minutes) != 1 {
		t.Fatalf("%d minutes", len(v.Minutes))
	}
}
