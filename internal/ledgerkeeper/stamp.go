package ledgerkeeper

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"sync"
	"time"

	"github.com/digitorus/timestamp"

	"gobua/engine/ledger"
)

// StampOptions say whose word about the time is wanted (RFC 3161).
type StampOptions struct {
	URL   string        // of the authority; empty: none
	Every time.Duration // at most so often, but at each close; 0: ten minutes
}

const (
	stampRetry     = time.Minute
	stampTimeout   = 20 * time.Second
	maxStampAnswer = 64 << 10
)

// runStamps has the newest checkpoint stamped now and then until ctx ends, on
// the node that holds the log. Nothing waits for it.
func (k *Keeper) runStamps(ctx context.Context) {
	every := k.o.Stamp.Every
	if every == 0 {
		every = 10 * time.Minute
	}
	var size int64 // last stamped by this process
	var at, failed time.Time
	for {
		moved := k.moved.heard()
		now := k.o.Now()
		newest := k.newest()
		due := k.o.Holds() && newest > size && (now.Sub(at) >= every || k.urgent.Load() > size)
		if due && now.Sub(failed) >= stampRetry {
			err := k.stampNewest(ctx)
			k.o.Meter.Stamped(err)
			if err != nil {
				failed = now
				if ctx.Err() == nil {
					k.o.Log.Warn("ledger: no time stamp, will try again", "authority", k.o.Stamp.URL, "err", err)
				}
			} else {
				size, at, failed = newest, now, time.Time{}
			}
		}
		select {
		case <-moved:
		case <-time.After(min(every, stampRetry)):
		case <-ctx.Done():
			return
		}
	}
}

func (k *Keeper) newest() int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.shown.checkpoint.Size
}

// stampNewest gets a time stamp over the text of the newest checkpoint and
// keeps it. One that is there already is enough.
func (k *Keeper) stampNewest(ctx context.Context) error {
	s, shown, err := k.use()
	if err != nil {
		return err
	}
	size := shown.checkpoint.Size
	_, err = s.get(row(timestampRow, size))
	k.mu.RUnlock()
	if !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	answer, err := requestStamp(ctx, k.o.Stamp.URL, []byte(shown.checkpoint.Text()))
	if err != nil {
		return err
	}
	if k.together != nil {
		return k.tell(ctx, item{Size: size, Stamp: answer})
	}
	s, _, err = k.use()
	if err != nil {
		return err
	}
	defer k.mu.RUnlock()
	b := s.db.NewBatch()
	if err := b.Set(row(timestampRow, size), answer, nil); err != nil {
		return err
	}
	return s.commit(b)
}

// requestStamp asks an authority to stamp a text, and checks that its answer is
// a signed stamp over just this text. Whether the authority is to be trusted
// is for those to judge who rely on it: its certificates are in the answer.
func requestStamp(ctx context.Context, url string, text []byte) ([]byte, error) {
	sum := sha256.Sum256(text)
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, err
	}
	ask := timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: nonce}
	query, err := ask.Marshal()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, stampTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxStampAnswer+1))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK || len(answer) > maxStampAnswer {
		return nil, fmt.Errorf("status %s, %d bytes", resp.Status, len(answer))
	}
	return answer, checkStamp(answer, sum[:], nonce)
}

// checkStamp checks an authority's answer against what was asked.
func checkStamp(answer, sum []byte, nonce *big.Int) (err error) {
	defer func() {
		if r := recover(); r != nil { // the answer comes from outside, through a parser that is not ours
			err = fmt.Errorf("the answer cannot be read: %v", r)
		}
	}()
	stamp, err := parseStamp(answer)
	switch {
	case err != nil:
		return err
	case stamp.HashAlgorithm != crypto.SHA256 || !bytes.Equal(stamp.HashedMessage, sum):
		return errors.New("the stamp is over something else")
	case stamp.Nonce == nil || stamp.Nonce.Cmp(nonce) != 0:
		return errors.New("the stamp answers another question")
	case len(stamp.Certificates) == 0:
		return errors.New("the stamp has no certificate, so nobody could check it")
	}
	return nil
}

// parsing is held while a stamp is read: digitorus/pkcs7 counts in a variable of
// the package.
var parsing sync.Mutex

// parseStamp reads an answer and verifies its signature.
func parseStamp(answer []byte) (*timestamp.Timestamp, error) {
	parsing.Lock()
	defer parsing.Unlock()
	return timestamp.ParseResponse(answer)
}

// stampIsOver checks an answer that another node has checked against what it
// asked: it must be a signed stamp over this text.
func stampIsOver(answer, text []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the answer cannot be read: %v", r)
		}
	}()
	sum := sha256.Sum256(text)
	stamp, err := parseStamp(answer)
	if err == nil && (stamp.HashAlgorithm != crypto.SHA256 || !bytes.Equal(stamp.HashedMessage, sum[:])) {
		err = errors.New("the stamp is over something else")
	}
	return err
}
