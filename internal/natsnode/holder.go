package natsnode

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Holder is who we are towards the others of a cluster, by the certificate that
// is in its files now. Its methods may be called from any goroutine; they read
// files, and nothing else makes them wait.
type Holder struct {
	files     Files
	authority *x509.CertPool
	log       *slog.Logger

	mu    sync.Mutex
	pair  *tls.Certificate
	of    version // of the files when pair was read
	wrong string  // what was last said of the files
}

// Config serves both sides of a connection and takes only nodes for the other
// side. Connections that begin show the certificate that is there then; those
// that stand are left as they are.
func (h *Holder) Config() *tls.Config {
	return &tls.Config{
		MinVersion:           tls.VersionTLS13,
		GetCertificate:       func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return h.now(), nil },
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return h.now(), nil },
		RootCAs:              h.authority,
		ClientCAs:            h.authority,
		ClientAuth:           tls.RequireAndVerifyClientCert,
		VerifyConnection:     onlyNodes,
	}
}

// Ends is until when the certificate is good that would be shown now.
func (h *Holder) Ends() time.Time { return h.now().Leaf.NotAfter }

// now is the certificate in the files. While they hold none that fits, or one
// that is good for less than the last, that stays.
func (h *Holder) now() *tls.Certificate {
	h.mu.Lock()
	defer h.mu.Unlock()
	v, err := h.files.version()
	if err == nil && v == h.of {
		return h.pair
	}
	var pair *tls.Certificate
	if err == nil {
		pair, err = h.files.pair()
	}
	if err == nil {
		if bad := h.check(pair); bad != nil && h.check(h.pair) == nil {
			err = bad
		}
	}
	if err != nil {
		if text := err.Error(); text != h.wrong {
			h.wrong = text
			h.log.Warn("the certificate of this node has changed and cannot be taken; the old one stays", "file", h.files.Certificate, "ends", h.pair.Leaf.NotAfter, "err", err)
		}
		return h.pair
	}
	h.pair, h.of, h.wrong = pair, v, ""
	h.log.Info("the certificate of this node was taken anew", "file", h.files.Certificate, "ends", pair.Leaf.NotAfter)
	return pair
}

// check tells why the others would not take a certificate for a node's, nil if
// they would.
func (h *Holder) check(pair *tls.Certificate) error {
	between := x509.NewCertPool()
	for _, der := range pair.Certificate[1:] {
		if c, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(c)
		}
	}
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		o := x509.VerifyOptions{Roots: h.authority, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{usage}}
		if _, err := pair.Leaf.Verify(o); err != nil {
			return err
		}
	}
	if roleOf(pair.Leaf) != RoleNode {
		return fmt.Errorf("it has no OU=%s", RoleNode)
	}
	return nil
}

// pair reads certificate and key.
func (f Files) pair() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	return &pair, err
}

// version tells whether files are others than they were.
type version struct {
	certificateAtNs, keyAtNs   int64
	certificateBytes, keyBytes int64
}

func (f Files) version() (v version, err error) {
	certificate, err := os.Stat(f.Certificate)
	if err != nil {
		return v, err
	}
	key, err := os.Stat(f.Key)
	if err != nil {
		return v, err
	}
	return version{certificate.ModTime().UnixNano(), key.ModTime().UnixNano(), certificate.Size(), key.Size()}, nil
}
