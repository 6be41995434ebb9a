// Package migrations holds the database schema of the office as numbered SQL
// files. A file is never edited after a release; a change is a new file. There
// is no way down: a mistake is mended forward, or a backup is restored.
package migrations

import "embed"

// Files are the migrations, named NNNNN_what.sql.
//
//go:embed *.sql
var Files embed.FS
