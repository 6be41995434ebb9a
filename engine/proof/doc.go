// Package proof lets anybody check a session without trusting who ran it. It
// decides a record once more by the rules and must come to the same records
// (Judge), reads and writes the file in which a session is published (File), and
// checks receipts. docs/record.md is the specification that a stranger can
// implement; this package is one implementation, used by the server, by gobua
// verify and, compiled to WebAssembly, by the page.
//
// It reads no clock, opens no file and starts no server. What it says of a
// record depends on the bytes it is given alone.
package proof
