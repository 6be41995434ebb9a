package ops

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

var composeFiles = []string{"compose/one.yml", "compose/three.yml"}

// project is a compose file as docker compose reads it, held to its schema and
// with every name in it resolved.
func project(t *testing.T, file string) *types.Project {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  filepath.Dir(file),
		ConfigFiles: []types.ConfigFile{{Filename: file, Content: text}},
	}, func(o *loader.Options) { o.SetProjectName("", false) })
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return p
}

// services calls f for every service of every file.
func services(t *testing.T, f func(t *testing.T, p *types.Project, s types.ServiceConfig)) {
	for _, file := range composeFiles {
		p := project(t, file)
		for name, s := range p.Services {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".yml")+"/"+name, func(t *testing.T) { f(t, p, s) })
		}
	}
}

// TestContainersAreShutIn: no service is root, has a capability, writes
// anywhere but to its volumes, or goes on for ever without limits.
func TestContainersAreShutIn(t *testing.T) {
	services(t, func(t *testing.T, _ *types.Project, s types.ServiceConfig) {
		if uid, _, _ := strings.Cut(s.User, ":"); uid == "" || uid == "0" || uid == "root" {
			t.Errorf("runs as %q", s.User)
		}
		if s.Privileged || len(s.CapAdd) > 0 || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("may become more: privileged %v, added %v, dropped %v, %v", s.Privileged, s.CapAdd, s.CapDrop, s.SecurityOpt)
		}
		if !s.ReadOnly || s.NetworkMode != "" || s.Pid != "" || s.Ipc != "" || len(s.Devices) > 0 {
			t.Error("writes into its image, or shares something of the machine's")
		}
		if s.MemLimit == 0 || s.PidsLimit == 0 || s.Logging == nil || s.Logging.Options["max-size"] == "" {
			t.Error("has no limit of memory, of processes or of its log")
		}
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeVolume {
				t.Errorf("sees %s of the machine", v.Source)
			}
		}
		if s.Build == nil && (!strings.Contains(s.Image, ":") || strings.HasSuffix(s.Image, ":latest")) {
			t.Errorf("image %q has no version", s.Image)
		}
	})
}

// TestOnlyTheProxyIsReached: nothing else has a port on the machine, and the
// database's network and that of the routes lead nowhere.
func TestOnlyTheProxyIsReached(t *testing.T) {
	services(t, func(t *testing.T, p *types.Project, s types.ServiceConfig) {
		if len(s.Ports) > 0 != (s.Name == "proxy") {
			t.Errorf("has %d ports", len(s.Ports))
		}
		for _, network := range []string{"back", "routes"} {
			if _, in := s.Networks[network]; in && s.Name == "proxy" {
				t.Errorf("the proxy is in %s", network)
			}
			if n, ok := p.Networks[network]; ok && !n.Internal {
				t.Errorf("%s leads outside", network)
			}
		}
		if _, in := s.Networks["front"]; in && s.Name == "postgres" {
			t.Error("the proxy reaches the database")
		}
	})
}

// TestContainersAreWatchedAndEndWell: each tells whether it is well, is started
// again, and has the time to stop.
func TestContainersAreWatchedAndEndWell(t *testing.T) {
	services(t, func(t *testing.T, _ *types.Project, s types.ServiceConfig) {
		if s.Restart != types.RestartPolicyAlways {
			t.Errorf("restart: %q", s.Restart)
		}
		if s.HealthCheck == nil || s.HealthCheck.Disable || s.HealthCheck.Test[0] != "CMD" {
			t.Error("nobody asks whether it is well")
		}
		if !strings.HasPrefix(s.Name, "gobua") {
			return
		}
		if test := s.HealthCheck.Test[1:]; !slices.Equal(test, []string{"/gobua", "ready"}) {
			t.Errorf("health check %v", test)
		}
		drain := settings(t)["drain"]
		longest, err := time.ParseDuration(drain)
		if err != nil {
			t.Fatalf("drain is %q: %v", drain, err)
		}
		// Live lines, then requests, take so long each; then appends end and the journal closes.
		if s.StopGracePeriod == nil || time.Duration(*s.StopGracePeriod) < 2*longest+10*time.Second {
			t.Errorf("is killed after %v; draining alone may take twice %v", s.StopGracePeriod, longest)
		}
		if s.Ulimits["nofile"] == nil || s.Ulimits["nofile"].Single < 20_000 {
			t.Error("has not a descriptor for each viewer")
		}
	})
}

// TestSecretsAreFiles: no password stands in a file that is shown around.
func TestSecretsAreFiles(t *testing.T) {
	services(t, func(t *testing.T, p *types.Project, s types.ServiceConfig) {
		for name, value := range s.Environment {
			if strings.Contains(strings.ToLower(name), "password") && !strings.HasSuffix(name, "_FILE") ||
				value != nil && strings.Contains(*value, "://") && strings.Contains(*value, "@") {
				t.Errorf("%s has a secret", name)
			}
		}
		if len(s.Secrets) == 0 {
			t.Error("needs no secret?")
		}
		for _, secret := range s.Secrets {
			from := p.Secrets[secret.Source]
			if filepath.Base(filepath.Dir(from.File)) != "secrets" {
				t.Errorf("%s comes from %q", secret.Source, from.File)
			}
		}
	})
	for file, line := range map[string]string{"../.gitignore": "/ops/compose/secrets/", "../.containerignore": "ops/compose/secrets"} {
		if text, err := os.ReadFile(file); err != nil || !slices.Contains(strings.Split(string(text), "\n"), line) {
			t.Errorf("the secrets may end in the repository or in an image: %s, %v", file, err)
		}
	}
}

// TestProxiesAreBelievedInTheirNetworkAlone: the network that a node trusts is
// the one in which the proxy is.
func TestProxiesAreBelievedInTheirNetworkAlone(t *testing.T) {
	services(t, func(t *testing.T, p *types.Project, s types.ServiceConfig) {
		if !strings.HasPrefix(s.Name, "gobua") {
			return
		}
		front := p.Networks["front"].Ipam.Config[0].Subnet
		if trusted := s.Environment["GOBUA_TRUSTED_PROXIES"]; trusted == nil || *trusted != front {
			t.Errorf("trusts %v, and the proxy is in %s", trusted, front)
		}
	})
}

// TestComposeSaysWhatTheProgramTakes: every setting in command, environment and
// file is one of the program's.
func TestComposeSaysWhatTheProgramTakes(t *testing.T) {
	services(t, func(t *testing.T, _ *types.Project, s types.ServiceConfig) {
		if !strings.HasPrefix(s.Name, "gobua") {
			return
		}
		knownArguments(t, s.Command)
		for name := range s.Environment {
			knownVariable(t, name)
		}
	})
	text, err := os.ReadFile("compose/gobua.example.json")
	if err != nil {
		t.Fatal(err)
	}
	knownFile(t, text)
}

// knownFile checks the names in a file of settings.
func knownFile(t *testing.T, text []byte) {
	t.Helper()
	var file map[string]string
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for name := range file {
		if _, ok := settings(t)[name]; !ok {
			t.Errorf("%q is no setting", name)
		}
	}
}

// TestThreeNodesAreEqual but for name, folder and certificate.
func TestThreeNodesAreEqual(t *testing.T) {
	p := project(t, "compose/three.yml")
	var volumes, certificates []string
	for _, name := range []string{"gobua1", "gobua2", "gobua3"} {
		s, ok := p.Services[name]
		if !ok || s.ContainerName != "" {
			t.Fatalf("there is no %s, or it has another name", name)
		}
		if own := s.Environment["GOBUA_CLUSTER"]; own == nil || *own != name {
			t.Errorf("%s calls itself %v", name, own)
		}
		if routes := s.Environment["GOBUA_CLUSTER_ROUTES"]; routes == nil || !strings.Contains(*routes, name+":6222") {
			t.Errorf("nobody finds %s by %v", name, routes)
		}
		volumes = append(volumes, s.Volumes[0].Source)
		for _, secret := range s.Secrets {
			if strings.HasSuffix(secret.Source, "-key.pem") {
				certificates = append(certificates, secret.Source)
			}
		}
	}
	slices.Sort(volumes)
	slices.Sort(certificates)
	if len(slices.Compact(volumes)) != 3 || len(slices.Compact(certificates)) != 3 {
		t.Errorf("they share folders %v or keys %v", volumes, certificates)
	}
}
