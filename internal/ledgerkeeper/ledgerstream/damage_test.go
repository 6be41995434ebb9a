package ledgerstream_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/internal/keptstream"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// refuses waits until a node has found a contradiction and shows nothing.
func (n *node) refuses(words string) {
	n.t.Helper()
	n.eventually("it tells: "+words, func() bool {
		err := n.Trouble()
		return err != nil && strings.Contains(err.Error(), words) && n.said.has("contradict each other") && n.said.has(words)
	})
	if _, err := n.About(); !errors.Is(err, ledger.ErrDown) {
		n.t.Errorf("%s answers all the same: %v", n.name, err)
	}
	if err := n.AddCosignature([]byte(origin + "\n1\n" + strings.Repeat("A", 43) + "=\n\n— x y\n")); err == nil {
		n.t.Errorf("%s takes cosignatures", n.name)
	}
}

// A message that nobody of ours wrote is not passed over and not guessed at: no
// node shows the log any more, and each says which message it is.
func TestADamagedMessageIsRefused(t *testing.T) {
	foreign, _, err := ledger.NewSigner(origin, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	seed := [32]byte{}
	for i := range seed {
		seed[i] = 0xab
	}
	ours, _, err := ledger.NewSigner(origin, seed)
	if err != nil {
		t.Fatal(err)
	}
	round := func(size int64, by note.Signer) string {
		c := ledger.Checkpoint{Origin: origin, Size: size, Root: engine.Hash{7}}
		signed, err := note.Sign(&note.Note{Text: c.Text()}, by)
		if err != nil {
			t.Fatal(err)
		}
		return "gobua chronicle 1\n" + `{"entry":"gobua clock 1\nx\n"}` + "\n" + `{"checkpoint":` + quote(string(signed)) + `,"at":1}` + "\n"
	}
	for words, message := range map[string]string{
		"it begins with":                  "garbage",
		"item 0":                          "gobua chronicle 1\n{\"entry\":",
		"is 0 things":                     "gobua chronicle 1\n{}\n",
		"unknown field":                   "gobua chronicle 1\n{\"later\":1}\n",
		"no entry of a log":               "gobua chronicle 1\n{\"entry\":\"gobua head 1\\n\"}\n",
		"that does not open":              "gobua chronicle 1\n{\"entry\":\"gobua blind head 1\\nk7qp2mwx90ab\\n" + strings.Repeat("0", 64) + "\\n1\\n\"}\n",
		"are under no checkpoint":         "gobua chronicle 1\n{\"entry\":\"gobua clock 1\\nx\\n\"}\n",
		"over 1 entries after 2":          round(7, ours),
		"signed with no key of this log":  round(3, foreign),
		"the entries make root":           round(3, ours),
		"a wish among rounds":             "gobua chronicle 1\n{\"wish\":\"gobua clock 1\\nx\\n\",\"id\":\"00\"}\n",
		"a checkpoint of size 2 over 0 e": "gobua chronicle 1\n" + `{"checkpoint":` + quote(checkpointOf(t, ours, 2)) + "}\n",
	} {
		t.Run(words, func(t *testing.T) {
			js := connect(t)
			stream := ledgerstream.New(js)
			a, b := newNode(t, "a", stream).start().hold(), newNode(t, "b", stream).start()
			a.note("first")
			same(t, a, b)
			if _, err := js.Publish(t.Context(), "gobua.ledger.rounds", []byte(message)); err != nil {
				t.Fatal(err)
			}
			for _, n := range []*node{a, b} {
				n.refuses(words)
				n.end()
				n.start()
				n.refuses("message 4 of the chronicle")
			}
		})
	}
}

func checkpointOf(t *testing.T, by note.Signer, size int64) string {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: ledger.Checkpoint{Origin: origin, Size: size}.Text()}, by)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

func quote(s string) string {
	return `"` + strings.NewReplacer("\n", `\n`).Replace(s) + `"`
}

// Words that do not fit are no part of the log: they are said, and passed over.
func TestAWordThatDoesNotFitIsPassedOver(t *testing.T) {
	js := connect(t)
	stream := ledgerstream.New(js)
	_, verifier := newWitness(t, "w1.example")
	a := newNode(t, "a", stream, func(o *ledgerkeeper.Options) { o.Witnesses = []note.Verifier{verifier} }).start().hold()
	a.note("first")
	forged := newForged(t, verifier)
	for _, raw := range []string{"garbage", "gobua chronicle 1\n{\"later\":1}\n", "gobua chronicle 1\n{\"until\":1}\n",
		"gobua chronicle 1\n{\"wish\":\"gobua head 1\\n\",\"id\":\"00\"}\n"} {
		if _, err := stream.Add(t.Context(), []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	for words, item := range map[string]string{
		"a checkpoint that is none": `{"size":77,"cosigned":"— x AAAAAAA=\n"}`,
		"no signature line":         `{"size":1,"cosigned":"x\n"}`,
		"did not sign this":         `{"size":1,"cosigned":` + quote(forged) + `}`,
		"a time stamp that is none": `{"size":1,"stamp":"AAAA"}`,
	} {
		if _, err := stream.Add(t.Context(), []byte("gobua chronicle 1\n"+item+"\n")); err != nil {
			t.Fatal(err)
		}
		a.eventually(words, func() bool { return a.said.has(words) })
	}
	a.note("it goes on")
	for _, c := range []int64{1, 2} {
		at, err := a.CheckpointAt(c)
		if err != nil || strings.Count(at.Note, "— ") != 1 || at.Stamped {
			t.Errorf("%v: %+v", err, at)
		}
	}
}

// newForged is a signature line of a witness that did not sign this log.
func newForged(t *testing.T, v note.Verifier) string {
	t.Helper()
	s, _ := newWitness(t, v.Name())
	signed, err := note.Sign(&note.Note{Text: "another.example\n1\n" + strings.Repeat("A", 43) + "=\n"}, s)
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(signed), "\n\n")
	return line
}

// A node whose log is another one, or is longer than the cluster's, shows none;
// nothing of it is changed.
func TestALogThatContradictsTheClustersIsNotShown(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	a := newNode(t, "a", stream).start().hold()
	a.note("first")
	other := newNode(t, "other", stream)
	var before string
	err := other.alone(func(k *ledgerkeeper.Keeper, _ *ledgerkeeper.Signer) {
		if _, err := k.AppendNote(t.Context(), "clock", "elsewhere"); err != nil {
			t.Fatal(err)
		}
		c, err := k.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		before = c.Note
	})
	if err != nil {
		t.Fatal(err)
	}
	other.start().refuses("this node's log has root")
	other.end()
	other.o.Chronicle = nil
	err = other.alone(func(k *ledgerkeeper.Keeper, _ *ledgerkeeper.Signer) {
		if c, err := k.Checkpoint(); err != nil || c.Note != before {
			t.Errorf("it was changed: %v\n%s", err, c.Note)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// The chronicle of the cluster was lost, or is an old copy: what a node has read
// of it is not there.
func TestAChronicleThatLostWhatItHadIsRefused(t *testing.T) {
	a := newNode(t, "a", ledgerstream.New(connect(t))).start().hold()
	b := newNode(t, "b", a.o.Chronicle).start()
	a.note("first")
	a.note("second")
	same(t, a, b)
	a.end()
	b.end()
	remove(t, b.o.Dir)
	empty := ledgerstream.New(connect(t))
	a.o.Chronicle, b.o.Chronicle = empty, empty
	a.start()
	a.eventually("it says so", func() bool { return a.said.has("it has lost what was acknowledged") })
	b.start().hold()
	b.eventually("it waits", func() bool { return b.said.has("a checkpoint of size 3 was shown") })
	if a.size() != 0 || b.size() != 0 {
		t.Errorf("shown: %d and %d", a.size(), b.size())
	}
	// An operator has looked and begins the chronicle anew with what a has.
	a.end()
	if err := ledgerkeeper.Leave(a.o.Dir); err != nil {
		t.Fatal(err)
	}
	a.start()
	same(t, a, b)
	a.note("third")
	same(t, a, b)
	if a.size() != 4 {
		t.Errorf("size %d", a.size())
	}
}

// A chronicle that is shorter than what was read is given time, and then refused.
func TestAShorterChronicleIsRefusedInTheEnd(t *testing.T) {
	a := newNode(t, "a", ledgerstream.New(connect(t))).start().hold()
	a.note("first")
	a.note("second")
	a.end()
	js := connect(t)
	c := newNode(t, "c", ledgerstream.New(js)).start().hold()
	c.note("another log")
	c.end()
	a.o.Chronicle = ledgerstream.New(js)
	var jump time.Duration
	a.o.Now = func() time.Time { jump += 5 * time.Second; return time.Now().Add(jump) }
	a.rest().start()
	a.refuses("it has lost what was acknowledged")
}

// TestTheStreamIsAsItMustBe: one with other settings is refused by name.
func TestTheStreamIsAsItMustBe(t *testing.T) {
	js := connect(t)
	if err := ledgerstream.Create(t.Context(), js, 1); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if err := ledgerstream.Create(t.Context(), js, 3); !errors.Is(err, keptstream.ErrOther) || !strings.Contains(err.Error(), "replicas") {
		t.Errorf("other replicas: %v", err)
	}
	s, err := js.Stream(t.Context(), ledgerstream.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(t.Context()); err == nil {
		t.Error("it can be emptied")
	}
	changed := s.CachedInfo().Config
	changed.MaxAge = time.Hour
	if _, err := js.UpdateStream(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	if err := ledgerstream.Create(t.Context(), js, 1); err == nil || !strings.Contains(err.Error(), "a limit of age") {
		t.Errorf("messages that vanish: %v", err)
	}
}
