package natsnode

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// Files are those of one holder: the cluster's authority, a certificate signed
// by it, and its key, each in PEM.
type Files struct{ Authority, Certificate, Key string }

// Config reads the files. What it returns serves both sides of a connection and
// takes only nodes for the other side.
func (f Files) Config() (*tls.Config, error) {
	pem, err := os.ReadFile(f.Authority)
	if err != nil {
		return nil, fmt.Errorf("natsnode: authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("natsnode: %s holds no certificate", f.Authority)
	}
	pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		return nil, fmt.Errorf("natsnode: certificate: %w", err)
	}
	return &tls.Config{
		MinVersion:       tls.VersionTLS13,
		Certificates:     []tls.Certificate{pair},
		RootCAs:          pool,
		ClientCAs:        pool,
		ClientAuth:       tls.RequireAndVerifyClientCert,
		VerifyConnection: onlyNodes,
	}, nil
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
