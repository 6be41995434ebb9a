package natsnode

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
)

// Files are those of one holder: the cluster's authority, a certificate signed
// by it, and its key, each in PEM.
type Files struct{ Authority, Certificate, Key string }

// Open reads the files. The certificate and its key are read again by the
// Holder, the authority is not.
func (f Files) Open(log *slog.Logger) (*Holder, error) {
	pem, err := os.ReadFile(f.Authority)
	if err != nil {
		return nil, fmt.Errorf("natsnode: authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("natsnode: %s holds no certificate", f.Authority)
	}
	h := &Holder{files: f, authority: pool, log: log}
	if h.of, err = f.version(); err == nil {
		h.pair, err = f.pair()
	}
	if err != nil {
		return nil, fmt.Errorf("natsnode: certificate: %w", err)
	}
	return h, nil
}

// Config is that of Open, for who has no log.
func (f Files) Config() (*tls.Config, error) {
	h, err := f.Open(slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return h.Config(), nil
}

// errNoNode is what a handshake ends with.
var errNoNode = errors.New("natsnode: the other side's certificate is not a node's")

// onlyNodes keeps readers from passing for servers.
func onlyNodes(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 || roleOf(state.PeerCertificates[0]) != RoleNode {
		return errNoNode
	}
	return nil
}
