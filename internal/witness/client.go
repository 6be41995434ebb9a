package witness

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine/ledger"
)

// client reads a log over HTTP and believes nothing of it.
type client struct{ url string }

const (
	patience  = 20 * time.Second
	maxAnswer = 2 << 20 // a bundle of 256 entries of 4 KiB, twice
)

func (c *client) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
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

func (c *client) about(ctx context.Context) (about ledger.About, err error) {
	raw, err := c.get(ctx, "/api/v1/log")
	if err != nil {
		return about, err
	}
	return about, json.Unmarshal(raw, &about)
}

// entry reads one entry out of its bundle, as it is in a tree of a size.
func (c *client) entry(ctx context.Context, index, size int64) (string, error) {
	n := index / ledger.TileWidth
	tile := tlog.Tile{H: ledger.TileHeight, L: -1, N: n, W: int(min(size-n*ledger.TileWidth, ledger.TileWidth))}
	raw, err := c.get(ctx, "/log/"+ledger.TilePath(tile))
	if err != nil {
		return "", err
	}
	entries, err := ledger.ParseBundle(raw)
	if err != nil {
		return "", err
	}
	at := index % ledger.TileWidth
	if at >= int64(len(entries)) {
		return "", fmt.Errorf("the bundle has %d entries, want number %d", len(entries), at)
	}
	return entries[at], nil
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
