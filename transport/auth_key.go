package transport

import "gobua/internal/keyfile"

// Key signs access tokens. It lives in a file beside the journal and not in
// the database, so that tokens can be checked while the database is away.
type Key [keyfile.Size]byte

// String keeps the key out of logs.
func (Key) String() string { return "(signing key)" }

// GoString keeps the key out of logs written with %#v.
func (k Key) GoString() string { return k.String() }

var signingKey = keyfile.Kind{
	Name:    "signing key",
	Exposed: "run chmod 600 on it, or delete it to sign everybody out",
	Damaged: "delete it to get a new one, everybody then signs in again",
}

// LoadOrCreateKey reads the key file, or makes one that only its owner can
// read. Two processes that start at once get the same key. A file that others
// may read, or that is not a key, is an error that says what to do.
func LoadOrCreateKey(path string) (Key, error) {
	key, err := keyfile.LoadOrCreate(path, signingKey)
	return Key(key), err
}
