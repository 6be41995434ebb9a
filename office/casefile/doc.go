// Package casefile writes and checks the sealed file (hồ sơ lưu trữ) of an
// auction: one ZIP with everything that is kept of it, and a manifest that
// names every entry with its SHA-256, its size and what it is.
//
// The same entries give the same bytes: the times in the ZIP are fixed, the
// order is the caller's, and whether an entry is compressed depends on its name
// alone. An entry is read once and never held in memory, whatever its length.
//
// All that is personal lies under identities/. Without copies a file without
// that part; Check still finds it whole, and says that it was taken out.
package casefile
