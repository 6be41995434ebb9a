package journal

import "github.com/cockroachdb/pebble/v2/vfs"

// WithFS makes the journal use another file system: one that loses power or
// fails.
func (o Options) WithFS(fs vfs.FS) Options {
	o.fs = fs
	return o
}

// WithMemTable makes the memory table fill up sooner.
func (o Options) WithMemTable(bytes uint64) Options {
	o.memTableBytes = bytes
	return o
}

// Parts of the format, for the tests outside the package.
var (
	DecodeHeads = decodeHeads
	EncodeHeads = encodeHeads
	DecodeAlive = decodeAlive
	EncodeAlive = encodeAlive
	WriteHeads  = writeHeads
	ParseRow    = parseRow
	ParseRowKey = parseRowKey
	RowKey      = rowKey
)

// HealPause is how long a failed attempt to read the store again is remembered.
const HealPause = healPause
