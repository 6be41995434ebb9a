package ledger_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"gobua/engine/ledger"
)

const witnessName = "witness.example.com/w1"

var witnessedAt = time.Unix(1_679_315_147, 0)

// What a cosignature is made of, written down a second time from the standard.
func TestACosignatureIsWhatTheStandardSays(t *testing.T) {
	b := newBook(t)
	b.heads(3)
	seed := [32]byte{9}
	cosigner, verifier, err := ledger.NewCosigner(witnessName, seed, func() time.Time { return witnessedAt })
	if err != nil {
		t.Fatal(err)
	}
	note := b.sign(4, b.signer, cosigner)
	_, lines, _ := strings.Cut(string(note), "\n\n")
	line := strings.Split(strings.TrimSpace(lines), "\n")[1]
	encoded, ok := strings.CutPrefix(line, "— "+witnessName+" ")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(raw) != 4+8+64 {
		t.Fatalf("%q: %d bytes, %v", line, len(raw), err)
	}
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	id := sha256.Sum256(append([]byte(witnessName+"\n\x04"), public...))
	message := "cosignature/v1\ntime 1679315147\n" + b.checkpoint(4).Text()
	switch {
	case string(raw[:4]) != string(id[:4]):
		t.Errorf("key id %x, want %x", raw[:4], id[:4])
	case binary.BigEndian.Uint64(raw[4:]) != 1_679_315_147:
		t.Errorf("time %d", binary.BigEndian.Uint64(raw[4:]))
	case !ed25519.Verify(public, []byte(message), raw[12:]):
		t.Error("the signature is not over the header, the time and the checkpoint")
	}
	want := fmt.Sprintf("%s+%x+%s", witnessName, id[:4], base64.StdEncoding.EncodeToString(append([]byte{4}, public...)))
	if verifier != want {
		t.Errorf("verifier key %s, want %s", verifier, want)
	}
	if _, err := b.keys.Open(note); err != nil {
		t.Errorf("the log's own signature beside it: %v", err)
	}
	v, err := ledger.NewCosignatureVerifier(verifier)
	if err != nil {
		t.Fatal(err)
	}
	words, err := ledger.Cosignatures(note, v)
	if err != nil || len(words) != 1 || words[0].Witness != witnessName || !words[0].At.Equal(witnessedAt) || words[0].Line != line+"\n" {
		t.Errorf("%+v: %v", words, err)
	}
	later := raw[:12:12]
	binary.BigEndian.PutUint64(later[4:], 1_679_315_148)
	bent := strings.Replace(string(note), encoded, base64.StdEncoding.EncodeToString(append(later, raw[12:]...)), 1)
	if _, err := ledger.Cosignatures([]byte(bent), v); err == nil {
		t.Error("another time under the same signature was taken")
	}
}

func TestAKeyOfAnotherKindIsNoWitness(t *testing.T) {
	_, logKey := key(t, 1)
	_, good, err := ledger.NewCosigner(witnessName, [32]byte{9}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for name, verifier := range map[string]string{
		"the key of a log": logKey,
		"a wrong id":       strings.Replace(good, "+", "+0", 1),
		"a cut key":        good[:len(good)-4],
		"nothing":          "",
	} {
		if _, err := ledger.NewCosignatureVerifier(verifier); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
