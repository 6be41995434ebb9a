package main

import (
	"errors"
	"strings"
	"testing"
)

// usualNode are settings of a node with a log of its own.
func usualNode() settings {
	s := usual()
	s.DatabaseURL = "postgres://gobua@db/gobua?sslmode=verify-full"
	s.Cluster, s.ClusterListen = "dau-gia-1", "10.0.0.11:6222"
	s.ClusterRoutes = "10.0.0.11:6222, 10.0.0.12:6222,10.0.0.13:6222"
	s.ClusterTLSCert, s.ClusterTLSKey, s.ClusterTLSCA = "cert.pem", "key.pem", "ca.pem"
	return s
}

func TestGoodSettingsOfANode(t *testing.T) {
	s := usualNode()
	got, err := s.check(nil, nil)
	if err != nil || got.cluster.name != "dau-gia-1" || len(got.cluster.routes) != 3 || got.cluster.insecure || got.cluster.refill || got.cluster.tls.Key != "key.pem" {
		t.Errorf("%+v, %v", got.cluster, err)
	}
	s.ClusterListen, s.ClusterRoutes, s.ClusterNATS = "", "", "tls://a:4222,tls://b:4222"
	if got, err := s.check(nil, nil); err != nil || len(got.cluster.nats) != 2 {
		t.Errorf("with servers of its own: %+v, %v", got.cluster, err)
	}
	s.ClusterRefill = "on"
	if got, err := s.check(nil, nil); err != nil || !got.cluster.refill {
		t.Errorf("to fill the log: %+v, %v", got.cluster, err)
	}
	for _, here := range []string{"postgres://gobua@/gobua?host=/run/postgresql", "postgres://gobua@localhost/gobua", "postgres://gobua@127.0.0.1:5432/gobua"} {
		s.DatabaseURL = here
		if _, err := s.check(nil, nil); err != nil {
			t.Errorf("%s: %v", here, err)
		}
	}
	s = usual()
	if got, err := s.check(nil, nil); err != nil || got.cluster.name != "" {
		t.Errorf("alone: %+v, %v", got.cluster, err)
	}
}

func TestEachWrongSettingOfANodeIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		with  func(*settings)
		words string
	}{
		"a name with a dot":              {func(s *settings) { s.Cluster = "dau.gia" }, "--cluster (GOBUA_CLUSTER)"},
		"a name that is too long":        {func(s *settings) { s.Cluster = strings.Repeat("a", 33) }, "--cluster (GOBUA_CLUSTER)"},
		"no name, and the rest":          {func(s *settings) { s.Cluster = "" }, "--cluster (GOBUA_CLUSTER) must name it"},
		"a database of its own":          {func(s *settings) { s.DatabaseURL = "" }, "all nodes share one PostgreSQL"},
		"a database that says nothing":   {func(s *settings) { s.DatabaseURL = "postgres://gobua@db/gobua" }, "sslmode=verify-full"},
		"two logs":                       {func(s *settings) { s.ClusterNATS = "tls://a:4222" }, "either --cluster-listen"},
		"no log":                         {func(s *settings) { s.ClusterListen = "" }, "either --cluster-listen"},
		"nobody to listen to":            {func(s *settings) { s.ClusterRoutes = "" }, "needs --cluster-routes"},
		"a route without a port":         {func(s *settings) { s.ClusterRoutes = "10.0.0.11" }, "--cluster-routes"},
		"half of a certificate":          {func(s *settings) { s.ClusterTLSKey = "" }, "--cluster-tls-key"},
		"no certificates":                {func(s *settings) { s.ClusterTLSCert, s.ClusterTLSKey, s.ClusterTLSCA = "", "", "" }, "--cluster-tls-cert"},
		"servers spoken to in the clear": {func(s *settings) { s.ClusterListen, s.ClusterRoutes, s.ClusterNATS = "", "", "nats://a:4222" }, "--cluster-nats"},
		"a password in an address":       {func(s *settings) { s.ClusterListen, s.ClusterRoutes, s.ClusterNATS = "", "", "tls://u:p@a:4222" }, "--cluster-nats"},
		"to fill it, perhaps":            {func(s *settings) { s.ClusterRefill = "yes" }, "--cluster-refill"},
		"to fill no log": {func(s *settings) {
			*s = usual()
			s.ClusterRefill = "on"
		}, "--cluster (GOBUA_CLUSTER) must name it"},
		"perhaps in the clear": {func(s *settings) { s.ClusterInsecure = "maybe" }, "--cluster-insecure"},
	} {
		s := usualNode()
		c.with(&s)
		_, err := s.check(nil, nil)
		var wrong *wrongSettings
		if !errors.As(err, &wrong) || len(wrong.problems) != 1 || !strings.Contains(wrong.problems[0], c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
