package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gobua/office/mail"
)

// usual are settings as they come from the command line when nothing is said.
func usual() settings {
	return settings{
		Addr: ":8080", Data: "./var", Demo: "off", DemoBots: "on", LogFormat: "text", LogLevel: "info", MetricsFrom: "127.0.0.0/8,::1/128",
		MinBidding: "1m", MaxClients: "20000", MaxPerAddr: "200", RequestRate: "50", DrainTime: "10s", OpeningLife: "24h",
		MailFrom: "dau-gia@trungtam.example", SecondFactor: "auto", Shared: "off", LedgerTSAEvery: "10m", TraceShare: "0.01", clusterFlags: clusterFlags{ClusterInsecure: "off", ClusterRefill: "off"},
	}
}

func TestGoodSettings(t *testing.T) {
	s := usual()
	s.DatabaseURL = "postgresql://gobua@/gobua?host=/run/postgresql"
	s.Site = "https://daugia.example.vn"
	s.Origins = " https://daugia.example.vn ,, http://localhost:3000,"
	s.Proxies = "10.0.0.0/8, 192.168.1.7,2001:db8::/32"
	s.MetricsFrom = "10.1.2.3,fd00::/8"
	got, err := s.check([]string{"HOME=/root", "GOBUA_ADDR=:8080", "GOBUA_PASSWORD=x", "GOBUA_PAGE_FOLDER=frontend"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.origins) != 2 || got.origins[0] != "https://daugia.example.vn" || len(got.proxies) != 3 || len(got.metricsFrom) != 2 ||
		got.metricsFrom[0].String() != "10.1.2.3/32" || got.minBidding != time.Minute || got.drain != 10*time.Second || got.demo || !got.demoBots ||
		got.maxClients != 20_000 || got.maxPerAddr != 200 || got.requestsPerSecond != 50 || got.logJSON ||
		!got.secondFactor || got.site != "https://daugia.example.vn" {
		t.Errorf("%+v", got)
	}
}

func TestEachWrongSettingIsNamed(t *testing.T) {
	tests := []struct {
		name  string
		with  func(*settings)
		words string
	}{
		{"no port", func(s *settings) { s.Addr = "localhost" }, `--addr (GOBUA_ADDR) is "localhost"`},
		{"a named port", func(s *settings) { s.Addr = ":http" }, "--addr"},
		{"port too large", func(s *settings) { s.Addr = ":65536" }, "--addr"},
		{"negative port", func(s *settings) { s.Addr = ":-1" }, "--addr"},
		{"empty address", func(s *settings) { s.Addr = "" }, "--addr"},
		{"an address of IPv6 without brackets", func(s *settings) { s.Addr = "::1:8080" }, "--addr"},
		{"no folder", func(s *settings) { s.Data = "" }, "--data"},
		{"another database", func(s *settings) { s.DatabaseURL = "mysql://u:secret@h/d" }, "DATABASE_URL"},
		{"words for a database", func(s *settings) { s.DatabaseURL = "host=h password=secret" }, "DATABASE_URL"},
		{"an address that is none", func(s *settings) { s.DatabaseURL = "postgres://u:secret@h:port/d" }, "DATABASE_URL"},
		{"shared with nobody", func(s *settings) { s.Shared = "on" }, "--shared"},
		{"a demo that is shared", func(s *settings) { s.Shared, s.Demo, s.DatabaseURL = "on", "on", "postgres://x" }, "--demo"},
		{"another word for the second factor", func(s *settings) { s.SecondFactor = "yes" }, "--second-factor"},
		{"a name of a log with a space", func(s *settings) { s.LedgerOrigin = "dau gia" }, "--ledger-origin"},
		{"the key of a log for a witness", func(s *settings) {
			s.LedgerWitnesses = "daugia.example.vn/log+37bd7da8+Ac7MFQfcHd1ylZUcKQiI8JWtuQRNG3PWlubfBl1oO9T8"
		}, "--ledger-witnesses"},
		{"an authority without a scheme", func(s *settings) { s.LedgerTSA = "tsa.example" }, "--ledger-tsa"},
		{"an authority asked all the time", func(s *settings) { s.LedgerTSAEvery = "1s" }, "--ledger-tsa-every"},
		{"a site with a path", func(s *settings) { s.Site = "https://a.example/" }, "--site"},
		{"origin with a path", func(s *settings) { s.Origins = "https://a.example/" }, `"https://a.example/"`},
		{"origin with a query", func(s *settings) { s.Origins = "https://a.example?x" }, "--origins"},
		{"origin with a fragment", func(s *settings) { s.Origins = "https://a.example#x" }, "--origins"},
		{"origin with a name and a password", func(s *settings) { s.Origins = "https://u:p@a.example" }, "--origins"},
		{"origin in capitals, which no browser sends", func(s *settings) { s.Origins = "https://A.example" }, "--origins"},
		{"origin with the usual port, which no browser sends", func(s *settings) { s.Origins = "https://a.example:443" }, "--origins"},
		{"origin without a scheme", func(s *settings) { s.Origins = "a.example" }, "--origins"},
		{"any origin", func(s *settings) { s.Origins = "*" }, "--origins"},
		{"no origin at all", func(s *settings) { s.Origins = "null" }, "--origins"},
		{"a mail server over HTTP", func(s *settings) { s.SMTP = "https://u:secret@mail.example" }, "--smtp"},
		{"a mail server without a host", func(s *settings) { s.SMTP = "smtps://:465" }, "--smtp"},
		{"a mail server with a port that is none", func(s *settings) { s.SMTP = "smtp://mail.example:x" }, "--smtp"},
		{"a sender without a domain", func(s *settings) { s.MailFrom = "dau-gia" }, "--mail-from"},
		{"proxy by name", func(s *settings) { s.Proxies = "proxy.example" }, "--trusted-proxies"},
		{"network too wide to be one", func(s *settings) { s.Proxies = "10.0.0.0/33" }, "--trusted-proxies"},
		{"metrics for nobody", func(s *settings) { s.MetricsFrom = "all" }, "--metrics-from"},
		{"demo perhaps", func(s *settings) { s.Demo = "maybe" }, "--demo"},
		{"demo in capitals", func(s *settings) { s.Demo = "ON" }, "--demo"},
		{"bots perhaps", func(s *settings) { s.DemoBots = "" }, "--demo-bots"},
		{"another log", func(s *settings) { s.LogFormat = "xml" }, "--log-format"},
		{"another level", func(s *settings) { s.LogLevel = "trace" }, "--log-level"},
		{"bidding of nothing", func(s *settings) { s.MinBidding = "0s" }, "--min-bidding"},
		{"bidding without a unit", func(s *settings) { s.MinBidding = "15" }, "--min-bidding"},
		{"negative bidding", func(s *settings) { s.MinBidding = "-1m" }, "--min-bidding"},
		{"bidding for years", func(s *settings) { s.MinBidding = "9999h" }, "--min-bidding"},
		{"no client", func(s *settings) { s.MaxClients = "0" }, "--max-clients"},
		{"clients with a fraction", func(s *settings) { s.MaxClients = "1.5" }, "--max-clients"},
		{"clients with an exponent", func(s *settings) { s.MaxClients = "1e3" }, "--max-clients"},
		{"clients beyond 64 bits", func(s *settings) { s.MaxClients = "99999999999999999999" }, "--max-clients"},
		{"no client of an address", func(s *settings) { s.MaxPerAddr = "-1" }, "--max-clients-per-address"},
		{"no request", func(s *settings) { s.RequestRate = "" }, "--requests-per-second"},
		{"a collector without a scheme", func(s *settings) { s.Trace = "127.0.0.1:4318" }, "--trace"},
		{"more traces than bids", func(s *settings) { s.TraceShare = "1.5" }, "--trace-share"},
		{"a share that is no number", func(s *settings) { s.TraceShare = "NaN" }, "--trace-share"},
		{"no goodbye", func(s *settings) { s.DrainTime = "0" }, "--drain"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := usual()
			tt.with(&s)
			_, err := s.check(nil, nil)
			var wrong *wrongSettings
			if !errors.As(err, &wrong) || len(wrong.problems) != 1 || !strings.Contains(wrong.problems[0], tt.words) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("it tells a password: %v", err)
			}
		})
	}
}

func TestAllWrongSettingsAreNamedTogether(t *testing.T) {
	_, err := (&settings{}).check([]string{"GOBUA_DATABASE_URL=x", "GOBUA_=x", "gobua_addr=x"}, nil)
	var wrong *wrongSettings
	if !errors.As(err, &wrong) || len(wrong.problems) != 21 {
		t.Fatalf("%v", err)
	}
	if last := wrong.problems[19:]; !strings.HasPrefix(last[0], "GOBUA_DATABASE_URL is no setting") || !strings.HasPrefix(last[1], "GOBUA_ is no setting") {
		t.Errorf("%q", last)
	}
}

// The settings that the command line gives when nothing is said are good.
func TestTheDefaultsAreGood(t *testing.T) {
	for _, name := range flagNames() {
		if name == "help" {
			t.Error("help is no setting")
		}
	}
	s := usual()
	if _, err := s.check(nil, nil); err != nil {
		t.Error(err)
	}
}

func TestAMailServerElsewhereIsSpokenToInSecret(t *testing.T) {
	for address, want := range map[string]mail.SMTPOptions{
		"smtps://u:p@mail.example":      {Host: "mail.example", User: "u", Password: "p", Security: mail.TLS},
		"smtp://mail.example:2525":      {Host: "mail.example", Port: 2525, Security: mail.StartTLS},
		"smtp://127.0.0.1:25":           {Host: "127.0.0.1", Port: 25, Security: mail.Plain},
		"smtp://u%40x:p%2Fq@localhost/": {Host: "localhost", User: "u@x", Password: "p/q", Security: mail.Plain},
	} {
		if got := smtpOptions(address); got == nil || *got != want {
			t.Errorf("%s gives %v", address, got)
		}
	}
}

func TestTimeServersAreNamesOrAddresses(t *testing.T) {
	s := usual()
	s.NTP = "ntp.example.vn, 10.0.0.1:123,[::1]:123,::1"
	if got, err := s.check(nil, nil); err != nil || len(got.timeServers) != 4 {
		t.Errorf("%v, %v", got.timeServers, err)
	}
	for _, wrong := range []string{"ntp://a.example", "a b", "a:0", "a:b", "a,b,c,d,e,f,g,h,i,j"} {
		s.NTP = wrong
		if _, err := s.check(nil, nil); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
