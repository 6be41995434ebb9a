package proof_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/proof"
)

const logName = "trungtam.example/log"

// logbook is a public log in memory.
type logbook struct {
	t       testing.TB
	entries []string
	hashes  []tlog.Hash
	keys    []logKey
}

type logKey struct {
	signer   note.Signer
	verifier string
	index    int64
}

// newLogbook begins a log with its first key.
func newLogbook(t testing.TB) *logbook {
	t.Helper()
	b := &logbook{t: t}
	b.key(1)
	return b
}

// key begins a key that is made of a number.
func (b *logbook) key(n byte) {
	b.t.Helper()
	s, verifier, err := ledger.NewSigner(logName, [32]byte{n})
	if err != nil {
		b.t.Fatal(err)
	}
	by := s
	if len(b.keys) > 0 {
		by = b.keys[len(b.keys)-1].signer
	}
	e, err := ledger.NewKeyEntry(verifier, 1_790_000_000_000, by)
	if err != nil {
		b.t.Fatal(err)
	}
	b.keys = append(b.keys, logKey{s, verifier, b.add(e.Text())})
}

func (b *logbook) add(entry string) (index int64) {
	b.t.Helper()
	index = int64(len(b.entries))
	more, err := tlog.StoredHashes(index, []byte(entry), b)
	if err != nil {
		b.t.Fatal(err)
	}
	b.entries, b.hashes = append(b.entries, entry), append(b.hashes, more...)
	return index
}

// head writes where a session ended.
func (b *logbook) head(session engine.SessionID, h engine.Head) (index int64) {
	b.t.Helper()
	return b.add((&ledger.HeadEntry{Session: session, Head: h, At: 1_790_000_001_000}).Text())
}

// ReadHashes is part of tlog.HashReader.
func (b *logbook) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		out[i] = b.hashes[n]
	}
	return out, nil
}

// checkpoint signs what the log is now.
func (b *logbook) checkpoint(by ...note.Signer) string {
	b.t.Helper()
	size := int64(len(b.entries))
	root, err := tlog.TreeHash(size, b)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(b.sign(ledger.Checkpoint{Origin: logName, Size: size, Root: engine.Hash(root)}.Text(), by...))
}

func (b *logbook) sign(text string, by ...note.Signer) []byte {
	b.t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, by...)
	if err != nil {
		b.t.Fatal(err)
	}
	return signed
}

// prove proves an entry by a checkpoint of what the log is now.
func (b *logbook) prove(index int64, checkpoint string) ledger.Proof {
	b.t.Helper()
	path, err := tlog.ProveRecord(int64(len(b.entries)), index, b)
	if err != nil {
		b.t.Fatal(err)
	}
	return ledger.Proof{Entry: b.entries[index], Index: index, Path: ledger.Hashes(path), Note: checkpoint}
}

func (b *logbook) end(index int64, checkpoint string) (p ledger.EndProof) {
	b.t.Helper()
	for _, k := range b.keys {
		p.Keys = append(p.Keys, b.prove(k.index, checkpoint))
	}
	p.End = b.prove(index, checkpoint)
	return p
}

// loggedSale is a session, its file without a proof, and a log of two keys that
// has its end.
type loggedSale struct {
	*logbook
	session engine.SessionID
	list    []engine.Entry
	bare    []byte
	index   int64
	first   string // the first key
	now     note.Signer
}

func newLoggedSale(t testing.TB) *loggedSale {
	t.Helper()
	s := &loggedSale{logbook: newLogbook(t), list: entries(t, ended(t, busy(t)))}
	s.bare = publish(t, s.list)
	s.session = sessionOf(t, s.list)
	last := s.list[len(s.list)-1]
	s.head("k7qp2mwx90ab", engine.Head{Seq: 7, Hash: engine.Hash{7}})
	s.key(2)
	s.index = s.head(s.session, engine.Head{Seq: last.Seq, Hash: last.Hash})
	s.head("k7qp2mwx90ac", engine.Head{Seq: 8, Hash: engine.Hash{8}})
	s.first, s.now = s.keys[0].verifier, s.keys[1].signer
	return s
}

func sessionOf(t testing.TB, list []engine.Entry) engine.SessionID {
	t.Helper()
	r, err := list[0].Record()
	if err != nil {
		t.Fatal(err)
	}
	return r.Event.(*engine.Created).Session
}

func (s *loggedSale) file(p ledger.EndProof) []byte {
	return append(bytes.Clone(s.bare), proof.AttachmentLines(proof.LogAttachments(p))...)
}

func codeOf(t testing.TB, err error) proof.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	w, ok := errors.AsType[*proof.Wrong](err)
	if !ok {
		t.Fatalf("%v", err)
	}
	return w.Code
}

// TestAFileShowsThatItsEndIsInThePublicLog to somebody who has nothing but one
// key, or none; and every way in which it does not is found, in its line.
func TestAFileShowsThatItsEndIsInThePublicLog(t *testing.T) {
	s := newLoggedSale(t)
	good := s.checkpoint(s.now)
	file := s.file(s.end(s.index, good))
	_, stranger, err := ledger.NewSigner(logName, [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		keys  []string
		known bool
		code  proof.Code
	}{
		"no key":               {nil, false, ""},
		"the first key":        {[]string{s.first}, true, ""},
		"the present key":      {[]string{s.keys[1].verifier}, true, ""},
		"both":                 {[]string{s.keys[1].verifier, s.first, s.first}, true, ""},
		"one that is its own":  {[]string{stranger, s.first}, true, ""},
		"the key of a forgery": {[]string{stranger}, false, proof.CodeLogOtherKey},
	} {
		report, err := proof.Verify(bytes.NewReader(file), proof.Options{Keys: tt.keys})
		if codeOf(t, err) != tt.code {
			t.Errorf("%s: %v", name, err)
		}
		if l := report.Log; err == nil && (l == nil || l.Known != tt.known || l.Index != s.index || l.Size != 5 || l.First != s.first || l.Key != s.keys[1].verifier) {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if report, err := proof.Verify(bytes.NewReader(s.bare), proof.Options{Keys: []string{s.first}}); err != nil || report.Log != nil {
		t.Errorf("a file without: %+v, %v", report.Log, err)
	}

	forger, _, err := ledger.NewSigner(logName, [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	bent := func(change func(p *ledger.EndProof)) []byte {
		p := s.end(s.index, good)
		change(&p)
		return s.file(p)
	}
	signedBy := func(by note.Signer) []byte { return s.file(s.end(s.index, s.checkpoint(by))) }
	lines := strings.SplitAfter(string(file), "\n")
	lines = lines[:len(lines)-1]
	n := len(lines)
	logLine := func(name, text string) string {
		return "proof " + name + " " + base64.StdEncoding.EncodeToString([]byte(text)) + "\n"
	}
	with := func(lines ...string) []byte { return append(bytes.Clone(s.bare), strings.Join(lines, "")...) }
	for name, tt := range map[string]struct {
		file []byte
		code proof.Code
	}{
		"a broken inclusion":              {bent(func(p *ledger.EndProof) { p.End.Path[0][3] ^= 1 }), proof.CodeLogInclusion},
		"an entry of another place":       {bent(func(p *ledger.EndProof) { p.End.Index = 4 }), proof.CodeLogInclusion},
		"an entry that was made up":       {bent(func(p *ledger.EndProof) { p.End.Entry = s.entries[4] }), proof.CodeLogInclusion},
		"a forged checkpoint":             {signedBy(forger), proof.CodeLogForged},
		"a checkpoint of an old key":      {signedBy(s.keys[0].signer), proof.CodeLogOldKey},
		"a key that no key before signed": {bent(func(p *ledger.EndProof) { p.Keys[0], p.Keys[1] = p.Keys[1], p.Keys[0] }), proof.CodeLogKeys},
		"the first key left out":          {bent(func(p *ledger.EndProof) { p.Keys = p.Keys[1:] }), proof.CodeLogKeys},
		"the end of another session":      {s.file(s.end(1, good)), proof.CodeLogSession},
		"a key in the place of the end":   {s.file(s.end(2, good)), proof.CodeLogSession},
		"no text of a proof":              {with(lines[n-3], lines[n-2], logLine("log", "x\n")), proof.CodeLogProof},
		"two ends":                        {with(lines[n-3], lines[n-2], lines[n-1], lines[n-1]), proof.CodeLogProof},
		"keys and no end":                 {with(lines[n-3], lines[n-2]), proof.CodeLogProof},
		"an end before its keys":          {with(lines[n-1], lines[n-3], lines[n-2]), proof.CodeLogProof},
		"another checkpoint for a key":    {bent(func(p *ledger.EndProof) { p.Keys[0].Note = s.checkpoint(s.keys[0].signer) }), proof.CodeLogProof},
	} {
		_, err := proof.Verify(bytes.NewReader(tt.file), proof.Options{})
		if code := codeOf(t, err); code != tt.code {
			t.Errorf("%s: %q, want %q (%v)", name, code, tt.code, err)
			continue
		}
		if w, _ := errors.AsType[*proof.Wrong](err); w.Line <= n-3 || w.Line > n+1 {
			t.Errorf("%s: in line %d of %d", name, w.Line, n)
		}
	}
}

// TestAnotherHeadInTheLog: the log has one end and the file another, which the
// rules would allow, too. Both cannot be what happened.
func TestAnotherHeadInTheLog(t *testing.T) {
	s := newLoggedSale(t)
	last := s.list[len(s.list)-1]
	for name, head := range map[string]engine.Head{
		"another hash":  {Seq: last.Seq, Hash: engine.Hash{1}},
		"one more":      {Seq: last.Seq + 1, Hash: engine.Hash{1}},
		"one before it": {Seq: s.list[len(s.list)-2].Seq, Hash: s.list[len(s.list)-2].Hash},
	} {
		index := s.head(s.session, head)
		_, err := proof.Verify(bytes.NewReader(s.file(s.end(index, s.checkpoint(s.now)))), proof.Options{Keys: []string{s.first}})
		if codeOf(t, err) != proof.CodeLogEnd {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestACheckpointThatSomebodyKept: the same one, one of another size, and those
// that prove nothing; two of one size with different roots are a split view.
func TestACheckpointThatSomebodyKept(t *testing.T) {
	s := newLoggedSale(t)
	file := s.file(s.end(s.index, s.checkpoint(s.now)))
	small := newLogbook(t)
	forger, _, err := ledger.NewSigner(logName, [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, _, err := ledger.NewSigner("khac.example/log", [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	text := func(origin string, size int64, root byte) string {
		return ledger.Checkpoint{Origin: origin, Size: size, Root: engine.Hash{root}}.Text()
	}
	first, second := s.keys[0].signer, s.keys[1].signer
	same := s.checkpoint(s.now)
	for name, tt := range map[string]struct {
		kept []string
		says proof.CheckpointSays
		code proof.Code
	}{
		"the same":                       {[]string{same}, proof.CheckpointSame, ""},
		"a smaller one":                  {[]string{small.checkpoint(first)}, proof.CheckpointUnproved, ""},
		"a larger one":                   {[]string{string(s.sign(text(logName, 77, 1), second))}, proof.CheckpointUnproved, ""},
		"of another log":                 {[]string{string(s.sign(text("khac.example/log", 5, 1), elsewhere))}, proof.CheckpointElsewhere, ""},
		"a forged one":                   {[]string{string(s.sign(text(logName, 5, 1), forger))}, proof.CheckpointForeign, ""},
		"one of an old key":              {[]string{string(s.sign(text(logName, 5, 1), first))}, proof.CheckpointOldKey, ""},
		"another root of the same size":  {[]string{string(s.sign(text(logName, 5, 1), second))}, "", proof.CodeSplitView},
		"two that contradict each other": {[]string{string(s.sign(text(logName, 77, 1), second)), string(s.sign(text(logName, 77, 2), second))}, "", proof.CodeSplitView},
	} {
		report, err := proof.Verify(bytes.NewReader(file), proof.Options{Keys: []string{s.first}, Checkpoints: tt.kept})
		if codeOf(t, err) != tt.code {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && report.Checkpoints[0].Says != tt.says {
			t.Errorf("%s: it says %q", name, report.Checkpoints[0].Says)
		}
	}
	report, err := proof.Verify(bytes.NewReader(s.bare), proof.Options{Keys: []string{s.keys[1].verifier}, Checkpoints: []string{same}})
	if err != nil || report.Checkpoints[0].Says != proof.CheckpointAlone {
		t.Errorf("beside a file without a proof: %+v, %v", report.Checkpoints, err)
	}
	for _, o := range []proof.Options{{Keys: []string{"x"}}, {Witnesses: []string{s.first}}, {Checkpoints: []string{"x"}}} {
		_, err := proof.Verify(bytes.NewReader(file), o)
		if _, ok := errors.AsType[*proof.Unreadable](err); !ok {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestTheWordOfAWitness is found if it was given, missed if not, and a forged one
// is refused.
func TestTheWordOfAWitness(t *testing.T) {
	s := newLoggedSale(t)
	witness := func(name string, seed byte) (note.Signer, string) {
		signer, verifier, err := ledger.NewCosigner(name, [32]byte{seed}, func() time.Time { return time.Unix(1_790_000_100, 0) })
		if err != nil {
			t.Fatal(err)
		}
		return signer, verifier
	}
	one, oneKey := witness("w1.example", 1)
	_, otherKey := witness("w2.example", 2)
	signed := s.checkpoint(s.now, one)
	o := proof.Options{Keys: []string{s.first}, Witnesses: []string{oneKey, otherKey}}
	report, err := proof.Verify(bytes.NewReader(s.file(s.end(s.index, signed))), o)
	if err != nil {
		t.Fatal(err)
	}
	want := []proof.Witnessed{{Name: "w1.example", At: 1_790_000_100_000}, {Name: "w2.example"}}
	if !slices.Equal(report.Log.Witnesses, want) || len(report.Log.Others) != 0 {
		t.Errorf("%+v", report.Log)
	}
	if report, err = proof.Verify(bytes.NewReader(s.file(s.end(s.index, signed))), proof.Options{}); err != nil || !slices.Equal(report.Log.Others, []string{"w1.example"}) {
		t.Errorf("%+v, %v", report.Log, err)
	}
	at := strings.LastIndex(signed, " ") + 20 // in the signature, behind the id of its key
	forged := []byte(signed)
	forged[at] = map[bool]byte{true: 'B', false: 'A'}[forged[at] == 'A']
	if _, err := proof.Verify(bytes.NewReader(s.file(s.end(s.index, string(forged)))), o); codeOf(t, err) != proof.CodeLogWitness {
		t.Errorf("a forged one: %v", err)
	}
}

// TestAReceiptBesideALoggedFile: who signed it is known by the keys in the file;
// one that the record lacks is misconduct, if the server signed it, and one that
// nobody signed accuses nobody.
func TestAReceiptBesideALoggedFile(t *testing.T) {
	s := newLoggedSale(t)
	file := s.file(s.end(s.index, s.checkpoint(s.now)))
	all := receipts(t, s.list)
	server := func(text string) ([]byte, error) { return noteOf(text, s.now) }
	stranger, _, err := ledger.NewSigner(logName, [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	forger := func(text string) ([]byte, error) { return noteOf(text, stranger) }
	receipt := func(with func(string) ([]byte, error), change func(k *proof.Kept)) []proof.Kept {
		kept := slices.Clone(all[2:3])
		change(&kept[0])
		sign(t, with, kept)
		return kept
	}
	nothing := func(*proof.Kept) {}
	gone := func(k *proof.Kept) { k.Receipt.Hash = &engine.Hash{1} }
	refused := func(k *proof.Kept) { k.Receipt.Hash, k.Receipt.Seq, k.Receipt.Accepted = nil, 0, false }
	differs := func(k *proof.Kept) { k.Receipt.Accepted = !k.Receipt.Accepted }
	for name, tt := range map[string]struct {
		keys     []string
		receipts []proof.Kept
		signed   proof.SignedBy
		says     proof.ReceiptSays
		code     proof.Code
	}{
		"a right one":                                    {[]string{s.first}, receipt(server, nothing), proof.SignedByServer, proof.ReceiptAgrees, ""},
		"a right one, and no key":                        {nil, receipt(server, nothing), proof.SignedByLog, proof.ReceiptAgrees, ""},
		"one that the record lacks":                      {[]string{s.first}, receipt(server, gone), proof.SignedByServer, proof.ReceiptGone, proof.CodeReceiptGone},
		"one that the record lacks, and no key":          {nil, receipt(server, gone), proof.SignedByLog, proof.ReceiptGone, proof.CodeReceiptGone},
		"one that says something else":                   {[]string{s.first}, receipt(server, differs), proof.SignedByServer, proof.ReceiptDiffers, proof.CodeReceipt},
		"a forged one that the record lacks":             {[]string{s.first}, receipt(forger, gone), proof.SignedByNobody, proof.ReceiptGone, ""},
		"a forged one that the record lacks, and no key": {nil, receipt(forger, gone), proof.SignedByNobody, proof.ReceiptGone, ""},
		"one that was changed afterwards":                {nil, changed(receipt(server, nothing)), proof.SignedByNobody, proof.ReceiptDiffers, ""},
		"a receipt of another session":                   {[]string{s.first}, receipt(server, func(k *proof.Kept) { k.Session = "k7qp2mwx90ab" }), proof.SignedByServer, proof.ReceiptElsewhere, ""},
		"one that names no record":                       {[]string{s.first}, receipt(server, func(k *proof.Kept) { k.Receipt.Hash = nil }), proof.SignedByServer, proof.ReceiptBare, proof.CodeReceiptBare},
		"a refusal that has no record":                   {[]string{s.first}, receipt(server, refused), proof.SignedByServer, proof.ReceiptUnrecorded, ""},
	} {
		report, err := proof.Verify(bytes.NewReader(file), proof.Options{Keys: tt.keys, Receipts: tt.receipts})
		if codeOf(t, err) != tt.code {
			t.Errorf("%s: %v", name, err)
		}
		if len(report.Receipts) != 1 || report.Receipts[0].Signed != tt.signed || report.Receipts[0].Says != tt.says {
			t.Errorf("%s: %+v", name, report.Receipts)
		}
	}
	// Without a log in the file only a key tells who signed it.
	for name, tt := range map[string]struct {
		keys   []string
		signed proof.SignedBy
	}{"no key": {nil, proof.SignedUnknown}, "a key": {[]string{s.keys[1].verifier}, proof.SignedByServer}} {
		report, err := proof.Verify(bytes.NewReader(s.bare), proof.Options{Keys: tt.keys, Receipts: receipt(server, nothing)})
		if err != nil || report.Receipts[0].Signed != tt.signed {
			t.Errorf("without a log, %s: %+v, %v", name, report.Receipts, err)
		}
	}
}

// changed is a receipt that its owner changed after it was signed.
func changed(kept []proof.Kept) []proof.Kept {
	kept[0].Receipt.Accepted = !kept[0].Receipt.Accepted
	return kept
}

// FuzzLogLines: whatever stands in the proof lines of a file, nothing panics, and
// nobody comes to believe an entry that the log does not have.
func FuzzLogLines(f *testing.F) {
	s := newLoggedSale(f)
	p := s.end(s.index, s.checkpoint(s.now))
	f.Add([]byte(p.Keys[0].Text()), []byte(p.Keys[1].Text()), []byte(p.End.Text()))
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra AA==\nindex 0\n\nx\n1\nAA==\n\n— x AA==\n"), []byte{}, []byte("x"))
	small := entriesOfOne(f)
	bare := publish(f, small)
	f.Fuzz(func(t *testing.T, first, second, end []byte) {
		file := append(bytes.Clone(bare), proof.AttachmentLines([]proof.Attachment{{Name: "log-key", Data: first}, {Name: "log-key", Data: second}, {Name: "log", Data: end}})...)
		report, err := proof.Verify(bytes.NewReader(file), proof.Options{Keys: []string{s.first}})
		if err == nil && report.Log != nil {
			t.Errorf("a log speaks for a session that it does not know: %+v", report.Log)
		}
	})
}

// entriesOfOne is a session of few records that the log does not know.
func entriesOfOne(f *testing.F) []engine.Entry {
	f.Helper()
	return entries(f, ended(f, stories(f)["01-whole-sale"]))
}
