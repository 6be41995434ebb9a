package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	return fmt.Sprintf("%s\n%s\n%s\n", receiptLine, session, body)
}

// SignReceipts signs the texts of receipts that are given at once. sign makes a
// signed note of a text; it is called once.
func SignReceipts(sign func(text string) ([]byte, error), session engine.SessionID, texts []string) ([]engine.ReceiptProof, error) {
	tree := make(hashes, 0, 2*len(texts))
	for i, text := range texts {
		more, err := tlog.StoredHashes(int64(i), []byte(text), tree)
		if err != nil {
			return nil, err
		}
		tree = append(tree, more...)
	}
	root, err := tlog.TreeHash(int64(len(texts)), tree)
	if err != nil {
		return nil, err
	}
	signed, err := sign(rootText(session, len(texts), root))
	if err != nil {
		return nil, err
	}
	proofs := make([]engine.ReceiptProof, len(texts))
	for i := range proofs {
		path, err := tlog.ProveRecord(int64(len(texts)), int64(i), tree)
		if err != nil {
			return nil, err
		}
		proofs[i] = engine.ReceiptProof{Index: i, Size: len(texts), Note: string(signed)}
		for _, h := range path {
			proofs[i].Path = append(proofs[i].Path, engine.Hash(h))
		}
	}
	return proofs, nil
}

// rootText is what is signed of receipts that are given at once.
func rootText(session engine.SessionID, size int, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%s\n%d\n%s\n", receiptsLine, session, size, root)
}

// hashes is a tree in memory.
type hashes []tlog.Hash

// ReadHashes is part of tlog.HashReader.
func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = h[at]
	}
	return out, nil
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
