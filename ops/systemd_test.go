package ops

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/unit"
)

// unitFile is a unit or a drop-in, as systemd takes it apart: section.name → values.
type unitFile map[string][]string

func readUnit(t *testing.T, file string) unitFile {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	options, err := unit.DeserializeOptions(in)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	u := unitFile{}
	for _, o := range options {
		u[o.Section+"."+o.Name] = append(u[o.Section+"."+o.Name], o.Value)
	}
	return u
}

func (u unitFile) one(name string) string { return strings.Join(u[name], " ") }

// TestUnitsAreShutIn: whatever runs here writes its own folder and becomes
// nobody else. systemd-analyze says how much that is; see docs/operations.md.
func TestUnitsAreShutIn(t *testing.T) {
	files, err := filepath.Glob("systemd/*.service")
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		u := readUnit(t, file)
		for name, want := range map[string]string{
			"Service.ProtectSystem": "strict", "Service.ProtectHome": "yes", "Service.NoNewPrivileges": "yes", "Service.PrivateDevices": "yes",
			"Service.CapabilityBoundingSet": "", "Service.UMask": "0077", "Service.Restart": "always", "Unit.StartLimitIntervalSec": "0",
			"Service.MemoryDenyWriteExecute": "yes", "Service.RestrictNamespaces": "yes", "Service.StateDirectoryMode": "0700",
		} {
			if got, ok := u[name]; !ok || strings.Join(got, " ") != want {
				t.Errorf("%s: %s=%v, not %s", file, name, got, want)
			}
		}
		if user := u.one("Service.User"); user == "" || user == "root" || u.one("Service.StateDirectory") == "" {
			t.Errorf("%s runs as %q in %q", file, user, u.one("Service.StateDirectory"))
		}
	}
}

// TestUnitsSayWhatTheProgramTakes: in the unit and in what makes a node of it.
func TestUnitsSayWhatTheProgramTakes(t *testing.T) {
	u := readUnit(t, "systemd/gobua.service")
	command := strings.Fields(u.one("Service.ExecStart"))
	knownArguments(t, command[1:])
	drain, err := time.ParseDuration(settings(t)["drain"])
	if err != nil {
		t.Fatal(err)
	}
	if grace, err := time.ParseDuration(u.one("Service.TimeoutStopSec") + "s"); err != nil || grace < 2*drain+10*time.Second {
		t.Errorf("is killed after %v; draining alone may take twice %v", grace, drain)
	}
	for _, file := range []string{"systemd/gobua.service.d/cluster.conf", "systemd/gobua.service.d/cluster-nats.conf"} {
		node := readUnit(t, file)
		var given []string
		for _, c := range node["Service.LoadCredential"] {
			name, from, _ := strings.Cut(c, ":")
			if !filepath.IsAbs(from) {
				t.Errorf("%s: %s comes from %q", file, name, from)
			}
			given = append(given, name)
		}
		for _, e := range node["Service.Environment"] {
			name, value, _ := strings.Cut(e, "=")
			knownVariable(t, name)
			if secret, is := strings.CutPrefix(value, "%d/"); is && !slices.Contains(given, secret) {
				t.Errorf("%s: %s is %s, which systemd does not give", file, name, value)
			}
		}
	}
}

// TestTheServersOwnFilesAreGiven: the NATS server reads only what systemd hands it.
func TestTheServersOwnFilesAreGiven(t *testing.T) {
	u := readUnit(t, "systemd/nats-server.service")
	text, err := os.ReadFile("systemd/nats-server.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range u["Service.LoadCredential"] {
		name, _, _ := strings.Cut(c, ":")
		if !strings.Contains(string(text), `"/run/credentials/nats-server.service/`+name+`"`) {
			t.Errorf("nobody reads %s", name)
		}
	}
	if strings.Count(string(text), "/run/credentials/") != 2*len(u["Service.LoadCredential"]) {
		t.Error("the configuration reads what it is not given")
	}
	if !strings.Contains(string(text), `store_dir: "/var/lib/`+u.one("Service.StateDirectory")+`"`) {
		t.Error("the log lies where the server may not write")
	}
}
