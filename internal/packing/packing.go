// Package packing packs bytes once, as small as they get, for many who load
// them.
package packing

import (
	"bytes"
	"compress/gzip"

	"github.com/andybalholm/brotli"
)

// Gzip packs bytes for those who take nothing better.
func Gzip(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	w.Write(body)                                           // a bytes.Buffer takes everything
	w.Close()
	return out.Bytes()
}

// Brotli packs bytes smaller, and takes some hundred times as long.
func Brotli(body []byte) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, brotli.BestCompression)
	w.Write(body)
	w.Close()
	return out.Bytes()
}
