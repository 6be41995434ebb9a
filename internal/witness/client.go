package witness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/time/rate"

	"gobua/engine/ledger"
)

// client reads a log over HTTP and believes nothing of it.
type client struct {
	url  string
	pace *rate.Limiter // below what a server lets one address ask
}

func newClient(url string) *client {
	return &client{url: strings.TrimSuffix(url, "/"), pace: rate.NewLimiter(30, 60)}
}

const (
	patience  = 20 * time.Second
	maxAnswer = 2 << 20 // a bundle of 256 entries of 4 KiB, twice
)

func (c *client) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.pace.Wait(ctx); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if resp.StatusCode/100 != 2 || len(out) > maxAnswer {
		return nil, fmt.Errorf("%s: %s: %.300s", path, resp.Status, out)
	}
	return out, nil
}

func (c *client) get(ctx context.Context, path string) ([]byte, error) {
	return c.do(ctx, http.MethodGet, path, nil)
}

func (c *client) checkpoint(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "/log/checkpoint")
}

// entries calls fn with every entry of a log from an index on, after it was
// found in the tree of a checkpoint.
func (c *client) entries(ctx context.Context, from int64, at ledger.Checkpoint, fn func(index int64, text string) error) error {
	for from < at.Size {
		n := from / ledger.TileWidth
		begin, end := n*ledger.TileWidth, min(at.Size, (n+1)*ledger.TileWidth)
		raw, err := c.get(ctx, "/log/"+ledger.TilePath(tlog.Tile{H: ledger.TileHeight, L: -1, N: n, W: int(end - begin)}))
		if err != nil {
			return err
		}
		texts, err := ledger.ParseBundle(raw)
		if err != nil {
			return err
		}
		var leaves []int64
		for i := from; i < end; i++ {
			leaves = append(leaves, tlog.StoredHashIndex(0, i))
		}
		tiles := &tiles{ctx: ctx, log: c}
		hashes, err := tlog.TileHashReader(at.Tree(), tiles).ReadHashes(leaves)
		if err := errors.Join(tiles.failure, err); err != nil {
			return err
		}
		if int64(len(texts)) != end-begin {
			return fmt.Errorf("a bundle has %d entries, want %d", len(texts), end-begin)
		}
		for i, hash := range hashes {
			text := texts[from-begin+int64(i)]
			if ledger.LeafHash(text) != hash {
				return fmt.Errorf("entry %d is not the one in the tree", from+int64(i))
			}
			if err := fn(from+int64(i), text); err != nil {
				return fmt.Errorf("entry %d: %w", from+int64(i), err)
			}
		}
		from = end
	}
	return nil
}

func (c *client) handIn(ctx context.Context, cosigned []byte) error {
	body, err := json.Marshal(map[string]string{"note": string(cosigned)})
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodPost, "/api/v1/log/cosignatures", body)
	return err
}

// tiles is the tlog.TileReader of one question. failure is why a tile could
// not be had at all, which proves nothing against the log.
type tiles struct {
	ctx     context.Context
	log     *client
	failure error
}

// Height is part of tlog.TileReader.
func (t *tiles) Height() int { return ledger.TileHeight }

// ReadTiles is part of tlog.TileReader.
func (t *tiles) ReadTiles(wanted []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range wanted {
		content, err := t.log.get(t.ctx, "/log/"+ledger.TilePath(tile))
		if err != nil {
			t.failure = err
			return nil, err
		}
		out = append(out, content)
	}
	return out, nil
}

// SaveTiles is part of tlog.TileReader.
func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}
