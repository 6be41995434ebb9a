//go:build !(linux && (amd64 || arm64))

package transport

// openPoller: this system has only the portable way.
func openPoller() (poller, error) { return nil, nil }
