package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/alecthomas/kong"

	"gobua/office/mail"
)

// settings of gobua serve. A flag is stronger than the environment, which is
// stronger than the file named by --config. Values are read as text and
// checked together, so that all mistakes are named at once.
type settings struct {
	Config       string `name:"config" env:"GOBUA_CONFIG" placeholder:"FILE" help:"File of settings: one JSON object whose keys are the names of these flags."`
	Addr         string `name:"addr" env:"GOBUA_ADDR" default:":8080" help:"Address to serve on, host:port."`
	Data         string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Folder of the journal, the keys and the private database."`
	DatabaseURL  string `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL server to use, postgres://… Without it a private one runs under the data folder."`
	Origins      string `name:"origins" env:"GOBUA_ORIGINS" placeholder:"LIST" help:"Further origins whose pages may connect, comma separated: https://daugia.example.vn. The server's own is always allowed."`
	Proxies      string `name:"trusted-proxies" env:"GOBUA_TRUSTED_PROXIES" placeholder:"LIST" help:"Addresses or networks of reverse proxies whose X-Forwarded-* headers are believed."`
	Demo         string `name:"demo" env:"GOBUA_DEMO" default:"off" help:"on: a sale day with accounts to try, for a first look."`
	DemoBots     string `name:"demo-bots" env:"GOBUA_DEMO_BOTS" default:"on" help:"off: nobody bids in the demo but you."`
	LogFormat    string `name:"log-format" env:"GOBUA_LOG_FORMAT" default:"text" help:"text or json."`
	LogLevel     string `name:"log-level" env:"GOBUA_LOG_LEVEL" default:"info" help:"debug, info, warn or error."`
	MetricsFrom  string `name:"metrics-from" env:"GOBUA_METRICS_FROM" default:"127.0.0.0/8,::1/128" placeholder:"LIST" help:"Networks that may read /metrics."`
	MinBidding   string `name:"min-bidding" env:"GOBUA_MIN_BIDDING" default:"1m" help:"Shortest bidding time an auction may be published with. The law says 15m."`
	MaxClients   string `name:"max-clients" env:"GOBUA_MAX_CLIENTS" default:"20000" help:"WebSocket connections in all."`
	MaxPerAddr   string `name:"max-clients-per-address" env:"GOBUA_MAX_CLIENTS_PER_ADDRESS" default:"200" help:"WebSocket connections of one address. Many phones may share one."`
	RequestRate  string `name:"requests-per-second" env:"GOBUA_REQUESTS_PER_SECOND" default:"50" help:"Requests that one address may make in a second."`
	SMTP         string `name:"smtp" env:"GOBUA_SMTP" placeholder:"URL" help:"Mail server, smtps://user:password@host or smtp://… (which must offer STARTTLS). Without it letters become files in the folder mail under the data folder."`
	MailFrom     string `name:"mail-from" env:"GOBUA_MAIL_FROM" default:"khong-tra-loi@gobua.localhost" help:"Sender of letters of a centre that has named no address."`
	DrainTime    string `name:"drain" env:"GOBUA_DRAIN" default:"10s" help:"Longest time to say goodbye to clients when stopping."`
	SecondFactor string `name:"second-factor" env:"GOBUA_SECOND_FACTOR" default:"auto" help:"on: staff signs in with a code of an app, too, where their centre says nothing else. auto: on, but off in the demo."`
	NTP          string `name:"ntp" env:"GOBUA_NTP" placeholder:"LIST" help:"Time servers to compare the clock with, comma separated, best three or more: ntp1.example.vn,ntp2.example.vn. Without it only the operating system is asked."`
	OpeningLife  string `name:"opening-life" env:"GOBUA_OPENING_LIFE" default:"24h" help:"How long a request to see who bid under a code waits for a second person, and an approval to be used."`
	Shared       string `name:"shared" env:"GOBUA_SHARED" default:"off" hidden:"" help:"on: several gobua share DATABASE_URL, as the nodes of a cluster always do; files, sealed files and answers to repeated requests are kept in it, where the others find them."`
	Site         string `name:"site" env:"GOBUA_SITE" placeholder:"URL" help:"Where people find the page, for links in letters: https://daugia.example.vn."`

	clusterFlags `embed:""`

	Trace      string `name:"trace" env:"GOBUA_TRACE" placeholder:"URL" help:"OpenTelemetry collector that gets traces over HTTP (OTLP): http://127.0.0.1:4318. Without it nothing is traced."`
	TraceShare string `name:"trace-share" env:"GOBUA_TRACE_SHARE" default:"0.01" help:"Share of bids and of requests that are traced, from 0 to 1."`

	LedgerOrigin    string `name:"ledger-origin" env:"GOBUA_LEDGER_ORIGIN" placeholder:"NAME" help:"Name of the public log of heads, fixed at the first start: daugia.example.vn/log. Without it the host of --site, or a name made of its key."`
	LedgerWitnesses string `name:"ledger-witnesses" env:"GOBUA_LEDGER_WITNESSES" placeholder:"LIST" help:"Verifier keys of witnesses whose cosignatures are taken, comma separated."`
	LedgerTSA       string `name:"ledger-tsa" env:"GOBUA_LEDGER_TSA" placeholder:"URL" help:"Time stamping authority (RFC 3161) that stamps the log at each close and now and then."`
	LedgerTSAEvery  string `name:"ledger-tsa-every" env:"GOBUA_LEDGER_TSA_EVERY" default:"10m" help:"How often the authority is asked at most, closes apart."`
	LedgerExport    string `name:"ledger-export" env:"GOBUA_LEDGER_EXPORT" placeholder:"FOLDER" help:"Folder on another disk or machine that gets a copy of the log."`
}

// checked are the settings after check, in their types.
type checked struct {
	addr, data, databaseURL string
	origins                 []string
	proxies                 []string
	metricsFrom             []netip.Prefix
	demo, demoBots, logJSON bool
	secondFactor, shared    bool
	site                    string
	logLevel                string
	minBidding, drain       time.Duration
	openingLife             time.Duration
	maxClients, maxPerAddr  int
	requestsPerSecond       int
	smtp                    *mail.SMTPOptions // nil: into a folder
	mailFrom                mail.Address
	timeServers             []string
	ledger                  ledgerSettings
	cluster                 clusterSettings
	trace                   string
	traceShare              float64
}

// wrongSettings names every mistake in the settings.
type wrongSettings struct{ problems []string }

func (w *wrongSettings) Error() string {
	return "gobua: these settings are wrong:\n  " + strings.Join(w.problems, "\n  ") + "\nSee gobua serve --help."
}

// checker collects mistakes.
type checker struct{ problems []string }

func (c *checker) wrong(name, value, want string) {
	c.problems = append(c.problems, fmt.Sprintf("--%s (%s) is %q; it must be %s", name, envOf(name), value, want))
}

func (c *checker) oneOf(name, value string, allowed ...string) string {
	if !slices.Contains(allowed, value) {
		c.wrong(name, value, strings.Join(allowed, " or "))
	}
	return value
}

func (c *checker) number(name, value string, least, most int) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		c.wrong(name, value, fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}

func (c *checker) duration(name, value string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > most {
		c.wrong(name, value, fmt.Sprintf("a duration from %v to %v, such as %v", least, most, least))
	}
	return d
}

func (c *checker) list(name, value, want string, ok func(string) bool) []string {
	var out []string
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if !ok(item) {
			c.wrong(name, item, want)
		}
		out = append(out, item)
	}
	return out
}

// check turns the text of the settings into their types, or returns a
// *wrongSettings with every mistake, those in their file included.
func (s *settings) check(environ, inFile []string) (checked, error) {
	c := checker{inFile}
	out := checked{addr: s.Addr, data: s.Data, databaseURL: s.DatabaseURL, logLevel: s.LogLevel}
	if _, port, err := net.SplitHostPort(s.Addr); err != nil || !isPort(port) {
		c.wrong("addr", s.Addr, "host:port with a port from 0 to 65535, such as :8080 or 127.0.0.1:8080")
	}
	if s.Data == "" {
		c.wrong("data", s.Data, "a folder, such as ./var")
	}
	if s.DatabaseURL != "" && !isPostgres(s.DatabaseURL) {
		c.problems = append(c.problems, "--database-url (DATABASE_URL) is no PostgreSQL address; it must be postgres://user:password@host:5432/name, or empty for a private database")
	}
	out.origins = c.list("origins", s.Origins, "a scheme and a host as browsers send them, lower case and without a path, such as https://daugia.example.vn", isOrigin)
	out.proxies = c.list("trusted-proxies", s.Proxies, "an address or a network, such as 10.0.0.0/8", isNetwork)
	for _, n := range c.list("metrics-from", s.MetricsFrom, "a network, such as 10.0.0.0/8", isNetwork) {
		if p, err := netip.ParsePrefix(n); err == nil {
			out.metricsFrom = append(out.metricsFrom, p)
		} else if a, err := netip.ParseAddr(n); err == nil {
			out.metricsFrom = append(out.metricsFrom, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	out.timeServers = c.list("ntp", s.NTP, "the name or address of a time server, with a port or without, such as ntp.example.vn", isTimeServer)
	if len(out.timeServers) > maxTimeServers {
		c.problems = append(c.problems, fmt.Sprintf("--ntp (GOBUA_NTP) names %d time servers; it may name %d", len(out.timeServers), maxTimeServers))
	}
	out.demo = c.oneOf("demo", s.Demo, "on", "off") == "on"
	out.secondFactor = c.oneOf("second-factor", s.SecondFactor, "auto", "on", "off") == "on" || s.SecondFactor == "auto" && !out.demo
	out.shared = c.oneOf("shared", s.Shared, "on", "off") == "on"
	if out.shared && s.DatabaseURL == "" {
		c.problems = append(c.problems, "--shared (GOBUA_SHARED) is on without a database that others can reach: name it with --database-url (DATABASE_URL)")
	}
	if out.shared && out.demo {
		c.problems = append(c.problems, "--shared (GOBUA_SHARED) and --demo (GOBUA_DEMO) are both on: the demo is for one program alone")
	}
	if s.Site != "" && !isOrigin(s.Site) {
		c.wrong("site", s.Site, "a scheme and a host, lower case and without a path, such as https://daugia.example.vn")
	}
	out.site = s.Site
	out.demoBots = c.oneOf("demo-bots", s.DemoBots, "on", "off") == "on"
	out.logJSON = c.oneOf("log-format", s.LogFormat, "text", "json") == "json"
	c.oneOf("log-level", s.LogLevel, "debug", "info", "warn", "error")
	out.minBidding = c.duration("min-bidding", s.MinBidding, time.Second, 24*time.Hour)
	out.drain = c.duration("drain", s.DrainTime, 100*time.Millisecond, 5*time.Minute)
	out.openingLife = c.duration("opening-life", s.OpeningLife, time.Minute, 30*24*time.Hour)
	out.maxClients = c.number("max-clients", s.MaxClients, 1, 1_000_000)
	out.maxPerAddr = c.number("max-clients-per-address", s.MaxPerAddr, 1, 1_000_000)
	out.requestsPerSecond = c.number("requests-per-second", s.RequestRate, 1, 1_000_000)
	if out.smtp = smtpOptions(s.SMTP); s.SMTP != "" && out.smtp == nil {
		c.problems = append(c.problems, "--smtp (GOBUA_SMTP) is no mail server; it must be smtps://user:password@host:465 or smtp://user:password@host:587, or empty for letters as files")
	}
	if out.mailFrom.Mail = s.MailFrom; !mail.ValidAddress(s.MailFrom) {
		c.wrong("mail-from", s.MailFrom, "a mail address, such as dau-gia@trungtam.example.vn")
	}
	out.ledger = c.ledger(s)
	out.cluster = c.cluster(s)
	out.shared = out.shared || out.cluster.name != ""
	out.trace, out.traceShare = c.tracing(s)
	c.problems = append(c.problems, unknownVariables(environ)...)
	if len(c.problems) > 0 {
		return checked{}, &wrongSettings{c.problems}
	}
	return out, nil
}

func isPort(p string) bool {
	n, err := strconv.Atoi(p)
	return err == nil && n >= 0 && n <= 65535
}

func isPostgres(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

// isOrigin tells whether s is an origin exactly as browsers write it; any other
// way to write it would be compared in vain.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return false
	}
	usualPort := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	foreign := strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) // browsers send xn--…
	return s == strings.ToLower(u.Scheme+"://"+u.Host) && u.Port() != usualPort && !foreign
}

func isNetwork(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// envOf is the environment variable of a flag.
func envOf(flag string) string {
	if flag == "database-url" {
		return "DATABASE_URL"
	}
	return "GOBUA_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// flagNames are the names of all settings.
func flagNames() []string {
	var s struct{ settings }
	parser, err := kong.New(&s, kong.NoDefaultHelp())
	if err != nil {
		panic(err) // the settings are declared wrongly
	}
	var names []string
	for _, f := range parser.Model.Flags {
		names = append(names, f.Name)
	}
	return names
}

// unknownVariables names GOBUA_ variables that no setting has: a typing error
// there would otherwise be silently the default.
func unknownVariables(environ []string) []string {
	var known, wrong []string
	for _, name := range flagNames() {
		known = append(known, envOf(name))
	}
	slices.Sort(known)
	known = append(known, "GOBUA_PASSWORD", "GOBUA_PAGE_FOLDER")
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "GOBUA_") && !slices.Contains(known, name) {
			wrong = append(wrong, fmt.Sprintf("%s is no setting; there are %s", name, strings.Join(known, ", ")))
		}
	}
	return wrong
}
