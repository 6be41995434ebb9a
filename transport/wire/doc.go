// Package wire is protocol v1 of the live connection: what a page may send,
// read strictly, and what the server sends, as finished WebSocket frames. It
// decides nothing and touches no socket. docs/protocol describes the same in
// words and schemas, and testdata holds golden frames that the page's tests
// read too.
package wire
