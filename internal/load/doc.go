// Package load puts an open-loop load on a running server: every bid has its
// moment fixed in advance, is sent whether or not earlier ones were answered,
// and its latency counts from that moment. A server that stalls is therefore
// seen with all who would have waited (no coordinated omission).
package load
