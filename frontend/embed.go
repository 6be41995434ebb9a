// Package frontend holds the page: static files embedded in the program, and
// the handler that serves them. There is no build step; what lies in this
// folder is what the browser gets.
package frontend

import "embed"

// files is the tree as it is served. Tests, type declarations and the words of
// this package are left out on purpose. The folder verifier is always there, and
// what internal/verifierbuild writes into it may be missing.
//
//go:embed index.html icon.svg icons.svg manifest.webmanifest css fonts js vendor verifier
var files embed.FS

// Vendored lists what of others is in the page, with versions, licences and
// hashes, as JSON.
//
//go:embed vendor/VENDOR.json
var Vendored []byte
