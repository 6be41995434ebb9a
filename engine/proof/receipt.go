package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
)

// Kept is a receipt as its owner keeps it: with the session and the sender that
// it is about. In JSON it is the file of a receipt.
type Kept struct {
	Session engine.SessionID `json:"session"`
	By      engine.Actor     `json:"by"`
	Receipt engine.Receipt   `json:"receipt"`
}

// What the first lines of signed texts say.
const (
	receiptLine  = "gobua receipt 1"
	receiptsLine = "gobua receipts 1"
)

// ReceiptText is what is signed of a receipt: everything but the signature.
func ReceiptText(session engine.SessionID, by engine.Actor, r engine.Receipt) string {
	r.Proof = nil
	body, err := json.Marshal(struct {
		By      engine.Actor   `json:"by"`
		Receipt engine.Receipt `json:"receipt"`
	}{by, r})
	if err != nil {
		panic("a receipt cannot be written as JSON: " + err.Error()) // no field can fail
	}
	return receiptLine + "\n" + string(session) + "\n" + string(body) + "\n"
}

// SignReceipts signs the texts of receipts that are given at once. sign makes a
// signed note of a text; it is called once.
func SignReceipts(sign func(text string) ([]byte, error), session engine.SessionID, texts []string) ([]engine.ReceiptProof, error) {
	leaves := make([]engine.Hash, len(texts))
	for i, text := range texts {
		leaves[i] = engine.Hash(tlog.RecordHash([]byte(text)))
	}
	root, paths := treeOf(leaves)
	signed, err := sign(rootText(session, len(texts), tlog.Hash(root)))
	if err != nil {
		return nil, err
	}
	proofs, said := make([]engine.ReceiptProof, len(texts)), string(signed)
	for i := range proofs {
		proofs[i] = engine.ReceiptProof{Index: i, Size: len(texts), Path: paths[i], Note: said}
	}
	return proofs, nil
}

// treeOf is the tree of RFC 6962 over leaves, of which there is at least one: its
// root and the path of each leaf. Package tlog finds one path at a time, and here
// all are wanted while somebody waits. Pairing from below, with whoever is left
// over going up alone, is the same tree as the one that the RFC splits from above.
func treeOf(leaves []engine.Hash) (root engine.Hash, paths [][]engine.Hash) {
	depth := bits.Len(uint(len(leaves) - 1))
	paths = make([][]engine.Hash, len(leaves))
	room := make([]engine.Hash, len(leaves)*depth)
	for i := range paths {
		paths[i] = room[i*depth : i*depth : (i+1)*depth]
	}
	for level, height := leaves, 0; ; height++ {
		for i := range paths {
			if beside := i>>height ^ 1; beside < len(level) {
				paths[i] = append(paths[i], level[beside])
			}
		}
		if len(level) == 1 {
			return level[0], paths
		}
		above := make([]engine.Hash, 0, (len(level)+1)/2)
		for pair := range slices.Chunk(level, 2) {
			node := pair[0]
			if len(pair) == 2 {
				node = engine.Hash(tlog.NodeHash(tlog.Hash(pair[0]), tlog.Hash(pair[1])))
			}
			above = append(above, node)
		}
		level = above
	}
}

// rootText is what is signed of receipts that are given at once.
func rootText(session engine.SessionID, size int, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%s\n%d\n%s\n", receiptsLine, session, size, root)
}

// ErrUnsigned: the receipt has no signature, or not one of the server's.
var ErrUnsigned = errors.New("proof: the receipt is not signed by the server")

// Check tells whether the server gave a receipt. verify opens a signed note with
// the keys of the server and returns its text; ledger.Keys.Verify does. The
// error wraps ErrUnsigned.
func (k Kept) Check(verify func(signed []byte) (text string, err error)) error {
	p := k.Receipt.Proof
	if p == nil {
		return ErrUnsigned
	}
	text, err := verify([]byte(p.Note))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsigned, err)
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || p.Size <= 0 || p.Index < 0 || p.Index >= p.Size {
		return fmt.Errorf("%w: what is signed is no receipt", ErrUnsigned)
	}
	root, err := tlog.ParseHash(lines[3])
	if err != nil || text != rootText(k.Session, p.Size, root) {
		return fmt.Errorf("%w: what is signed is another session, or no receipt", ErrUnsigned)
	}
	path := make(tlog.RecordProof, len(p.Path))
	for i, h := range p.Path {
		path[i] = tlog.Hash(h)
	}
	leaf := tlog.RecordHash([]byte(ReceiptText(k.Session, k.By, k.Receipt)))
	if err := tlog.CheckRecord(path, int64(p.Size), root, int64(p.Index), leaf); err != nil {
		return fmt.Errorf("%w: it says something else than what was signed", ErrUnsigned)
	}
	return nil
}

// MaxReceipts is how many receipts one file may have.
const MaxReceipts = 10_000

// ReadReceipts reads the file of receipts, one or several, strictly.
func ReadReceipts(file []byte) (list []Kept, err error) {
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	for {
		var k Kept
		switch err := d.Decode(&k); {
		case err == io.EOF && len(list) > 0:
			return list, nil
		case err != nil:
			return nil, fmt.Errorf("proof: no receipt: %w", err)
		case !k.Session.Valid() || k.Receipt.Cmd == (engine.CommandID{}) || len(list) == MaxReceipts:
			return nil, errors.New("proof: no receipt, or too many")
		}
		list = append(list, k)
	}
}
