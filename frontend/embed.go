// Package frontend holds the page: static files embedded in the program, and
// the handler that serves them. There is no build step; what lies in this
// folder is what the browser gets.
package frontend

import "embed"

// files is the tree as it is served. Tests, type declarations and the words of
// this package are left out on purpose.
//
//go:embed index.html icon.svg icons.svg manifest.webmanifest css fonts js vendor
var files embed.FS
