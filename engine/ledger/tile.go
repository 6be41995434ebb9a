package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// TileHeight is that of every tile: 256 hashes or entries (C2SP tlog-tiles).
const TileHeight = 8

// TileWidth is the number of hashes of a full tile, and of entries of a full
// bundle.
const TileWidth = 1 << TileHeight

// maxTileIndex keeps what is computed from an index within 63 bits.
const maxTileIndex = 1 << 40

// TilePath is where a tile is served under the log's prefix. A tile of level -1
// is a bundle of entries.
func TilePath(t tlog.Tile) string {
	level := "entries"
	if t.L >= 0 {
		level = strconv.Itoa(t.L)
	}
	n := fmt.Sprintf("%03d", t.N%1000)
	for rest := t.N / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	if t.W != TileWidth {
		n += ".p/" + strconv.Itoa(t.W)
	}
	return "tile/" + level + "/" + n
}

var tilePath = regexp.MustCompile(`^tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?$`)

// ParseTilePath reads what TilePath writes, and nothing else.
func ParseTilePath(path string) (t tlog.Tile, ok bool) {
	m := tilePath.FindStringSubmatch(path)
	if m == nil || len(path) > 64 {
		return t, false
	}
	t = tlog.Tile{H: TileHeight, L: -1, W: TileWidth}
	if m[1] != "entries" {
		t.L, _ = strconv.Atoi(m[1])
	}
	n, err := strconv.ParseInt(strings.NewReplacer("x", "", "/", "").Replace(m[2]), 10, 64)
	if err != nil || n > maxTileIndex || t.L > 63/TileHeight {
		return t, false
	}
	t.N = n
	if m[3] != "" {
		t.W, _ = strconv.Atoi(m[3])
	}
	return t, t.W <= TileWidth && TilePath(t) == path
}

// AppendBundle adds an entry to a bundle: its length in two bytes, and it.
func AppendBundle(b []byte, entry string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(entry)))
	return append(b, entry...)
}

// ParseBundle reads the entries of a bundle.
func ParseBundle(b []byte) (entries []string, err error) {
	for len(b) > 0 {
		if len(b) < 2 {
			return nil, errors.New("ledger: bundle: a length is cut off")
		}
		n := int(binary.BigEndian.Uint16(b))
		if len(b) < 2+n || len(entries) == TileWidth {
			return nil, errors.New("ledger: bundle: an entry is cut off, or there are too many")
		}
		entries = append(entries, string(b[2:2+n]))
		b = b[2+n:]
	}
	return entries, nil
}
