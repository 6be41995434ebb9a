package ledger_test

import (
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/ledger"
)

const hex64 = "0700000000000000000000000000000000000000000000000000000000000000"

// The forms of entries are kept for ever: a log that was written is read again.
func TestEntriesHaveTheirOneForm(t *testing.T) {
	hash := engine.Hash{7}
	clock, err := ledger.NewNoteEntry("clock", "1790000000000 forward 5000", "đồng hồ")
	if err != nil {
		t.Fatal(err)
	}
	signer, verifier := key(t, 1)
	begin, err := ledger.NewKeyEntry(verifier, 1_790_000_000_000, signer)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		entry ledger.Entry
		text  string
	}{
		"head": {
			&ledger.HeadEntry{Session: "k7qp2mwx90ab", Head: engine.Head{Seq: 12, Hash: hash}, At: 1_790_000_000_000},
			"gobua head 1\nk7qp2mwx90ab\n12\n" + hex64 + "\n1790000000000\n",
		},
		"blind head": {
			&ledger.BlindHeadEntry{Session: "k7qp2mwx90ab", Commitment: hash, At: 1_790_000_000_000},
			"gobua blind head 1\nk7qp2mwx90ab\n" + hex64 + "\n1790000000000\n",
		},
		"note": {clock, "gobua clock 1\n1790000000000 forward 5000\nđồng hồ\n"},
		"key": {begin, "gobua key 1\ndaugia.example.vn/log\n" +
			"daugia.example.vn/log+37bd7da8+Ac7MFQfcHd1ylZUcKQiI8JWtuQRNG3PWlubfBl1oO9T8\n1790000000000\n\n— "},
	} {
		text := tt.entry.Text()
		if text != tt.text && (name != "key" || !strings.HasPrefix(text, tt.text)) {
			t.Errorf("%s is written %q, want %q", name, text, tt.text)
		}
		back, err := ledger.ParseEntry(text)
		if err != nil || back.Text() != text {
			t.Errorf("%s: read back as %v: %v", name, back, err)
		}
	}
}

func TestWhatIsNoEntryIsRefused(t *testing.T) {
	head := "gobua head 1\nk7qp2mwx90ab\n12\n" + hex64 + "\n1790000000000\n"
	for name, text := range map[string]string{
		"nothing":                 "",
		"a line":                  "gobua head 1",
		"no end":                  strings.TrimSuffix(head, "\n"),
		"a line too many":         head + "x\n",
		"a zero before":           strings.Replace(head, "\n12\n", "\n012\n", 1),
		"a sign before":           strings.Replace(head, "\n12\n", "\n+12\n", 1),
		"capitals in the hash":    strings.Replace(head, hex64, strings.Replace(hex64, "07", "AB", 1), 1),
		"a short hash":            strings.Replace(head, hex64, hex64[2:], 1),
		"a negative moment":       strings.Replace(head, "1790000000000", "-1", 1),
		"no session":              strings.Replace(head, "k7qp2mwx90ab", "k7qp2mwx90aI", 1),
		"another version":         strings.Replace(head, "head 1", "head 2", 1),
		"another program":         strings.Replace(head, "gobua", "other", 1),
		"a note with an old name": "gobua blind head 2\nx\n",
		"a note of nothing":       "gobua clock 1\n\n",
		"a control character":     "gobua clock 1\na\tb\n",
		"no UTF-8":                "gobua clock 1\n\xff\n",
		"too long":                "gobua clock 1\n" + strings.Repeat("x", ledger.MaxEntryBytes) + "\n",
	} {
		if e, err := ledger.ParseEntry(text); err == nil {
			t.Errorf("%s was taken: %#v", name, e)
		}
	}
	for _, kind := range []string{"head", "blind head", "key", "Clock", "", "a  b", "a\nb"} {
		if _, err := ledger.NewNoteEntry(kind, "x"); err == nil {
			t.Errorf("a note of kind %q was made", kind)
		}
	}
}

// A blind head opens with its own salt and head, and with no other.
func TestABlindHeadIsBinding(t *testing.T) {
	o := ledger.Opening{Salt: engine.Hash{1}, Head: engine.Head{Seq: 5, Hash: engine.Hash{2}}}
	e := ledger.BlindHeadEntry{Session: "k7qp2mwx90ab", Commitment: ledger.Commit("k7qp2mwx90ab", o)}
	if !e.Opens(o) {
		t.Error("its own opening does not open it")
	}
	for name, other := range map[string]ledger.Opening{
		"salt":   {Salt: engine.Hash{9}, Head: o.Head},
		"number": {Salt: o.Salt, Head: engine.Head{Seq: 6, Hash: o.Head.Hash}},
		"hash":   {Salt: o.Salt, Head: engine.Head{Seq: 5, Hash: engine.Hash{3}}},
	} {
		if e.Opens(other) {
			t.Errorf("another %s opens it", name)
		}
	}
	e.Session = "000000000000"
	if e.Opens(o) {
		t.Error("the opening of another session opens it")
	}
}
