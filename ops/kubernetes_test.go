package ops

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/pod-security-admission/api"
	restricted "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// kinds are what a cluster is asked for, in the versions in which it is.
var kinds = map[string]func() meta.Object{
	"v1 Namespace":                       func() meta.Object { return new(core.Namespace) },
	"v1 Secret":                          func() meta.Object { return new(core.Secret) },
	"v1 Service":                         func() meta.Object { return new(core.Service) },
	"apps/v1 StatefulSet":                func() meta.Object { return new(apps.StatefulSet) },
	"policy/v1 PodDisruptionBudget":      func() meta.Object { return new(policy.PodDisruptionBudget) },
	"networking.k8s.io/v1 Ingress":       func() meta.Object { return new(networking.Ingress) },
	"networking.k8s.io/v1 NetworkPolicy": func() meta.Object { return new(networking.NetworkPolicy) },
}

// manifests are all objects, decoded strictly: a name that the types do not
// have is an error.
func manifests(t *testing.T) (all []meta.Object) {
	t.Helper()
	files, err := filepath.Glob("kubernetes/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range regexp.MustCompile(`(?m)^---$`).Split(string(text), -1) {
			var kind meta.TypeMeta
			if err := yaml.Unmarshal([]byte(part), &kind); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			create, ok := kinds[kind.APIVersion+" "+kind.Kind]
			if !ok {
				t.Fatalf("%s has a %s of %s, which nobody checks", file, kind.Kind, kind.APIVersion)
			}
			object := create()
			if err := yaml.UnmarshalStrict([]byte(part), object); err != nil {
				t.Fatalf("%s: %s: %v", file, kind.Kind, err)
			}
			all = append(all, object)
		}
	}
	return all
}

// only returns the objects of one type.
func only[T meta.Object](t *testing.T) (some []T) {
	t.Helper()
	for _, object := range manifests(t) {
		if o, ok := object.(T); ok {
			some = append(some, o)
		}
	}
	if len(some) == 0 {
		t.Fatalf("there is no %T", *new(T))
	}
	return some
}

// node is the set of our program and its container.
func node(t *testing.T) (*apps.StatefulSet, core.PodSpec, core.Container) {
	t.Helper()
	set := only[*apps.StatefulSet](t)[0]
	return set, set.Spec.Template.Spec, set.Spec.Template.Spec.Containers[0]
}

// TestPodsAreRestricted: by the judgement of Kubernetes' own admission.
func TestPodsAreRestricted(t *testing.T) {
	set, pod, container := node(t)
	judge, err := restricted.NewEvaluator(restricted.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, verdict := range judge.EvaluatePod(level, &set.Spec.Template.ObjectMeta, &pod) {
		if !verdict.Allowed {
			t.Errorf("%s: %s", verdict.ForbiddenReason, verdict.ForbiddenDetail)
		}
	}
	namespace := only[*core.Namespace](t)[0]
	if namespace.Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
		t.Error("the namespace takes others as well")
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken || !*container.SecurityContext.ReadOnlyRootFilesystem {
		t.Error("the pod has a token of the cluster, or writes into its image")
	}
	if container.Resources.Limits.Memory().IsZero() || !container.Resources.Limits.Cpu().IsZero() {
		t.Error("memory must have a limit, the processor none: it would stop the program in the middle of a bid")
	}
}

// TestEverythingStandsInOneNamespace and finds what it names.
func TestEverythingStandsInOneNamespace(t *testing.T) {
	set, pod, container := node(t)
	template := labels.Set(set.Spec.Template.Labels)
	secrets, claims := map[string]bool{}, map[string]bool{}
	for _, object := range manifests(t) {
		if _, is := object.(*core.Namespace); !is && object.GetNamespace() != only[*core.Namespace](t)[0].Name {
			t.Errorf("%s is in namespace %q", object.GetName(), object.GetNamespace())
		}
		selector := labels.Set(nil)
		switch o := object.(type) {
		case *core.Secret:
			secrets[o.Name] = true
		case *core.Service:
			selector = o.Spec.Selector
			for _, p := range o.Spec.Ports {
				if !slices.ContainsFunc(container.Ports, func(c core.ContainerPort) bool { return c.Name == p.TargetPort.StrVal }) {
					t.Errorf("service %s leads to port %s, which is none", o.Name, p.TargetPort.StrVal)
				}
			}
		case *policy.PodDisruptionBudget:
			selector = o.Spec.Selector.MatchLabels
		case *apps.StatefulSet:
			selector = o.Spec.Selector.MatchLabels
		case *networking.NetworkPolicy:
			selector = o.Spec.PodSelector.MatchLabels
		case *networking.Ingress:
			to := o.Spec.Rules[0].HTTP.Paths[0].Backend.Service
			if !slices.ContainsFunc(only[*core.Service](t), func(s *core.Service) bool {
				return s.Name == to.Name && s.Spec.Ports[0].Name == to.Port.Name
			}) {
				t.Errorf("the ingress leads to %s, which is no service", to.Name)
			}
		}
		if !selector.AsSelector().Matches(template) {
			t.Errorf("%s selects %v, the pods have %v", object.GetName(), selector, template)
		}
	}
	for _, c := range set.Spec.VolumeClaimTemplates {
		claims[c.Name] = true
	}
	for _, v := range pod.Volumes {
		if v.Secret == nil || !secrets[v.Secret.SecretName] {
			t.Errorf("volume %s comes from no secret that has an example", v.Name)
		}
		claims[v.Name] = true
	}
	for _, m := range container.VolumeMounts {
		if !claims[m.Name] {
			t.Errorf("%s is mounted and is no volume", m.Name)
		}
	}
}

// TestAMajorityStays: whatever the cluster does on purpose, it does to one node
// at a time, and nodes do not lie together.
func TestAMajorityStays(t *testing.T) {
	set, pod, _ := node(t)
	budget := only[*policy.PodDisruptionBudget](t)[0]
	if *set.Spec.Replicas != 3 || budget.Spec.MaxUnavailable.IntValue() != 1 {
		t.Errorf("of %d nodes %v may be away", *set.Spec.Replicas, budget.Spec.MaxUnavailable)
	}
	if set.Spec.PodManagementPolicy != apps.ParallelPodManagement || set.Spec.UpdateStrategy.Type != apps.RollingUpdateStatefulSetStrategyType {
		t.Error("the first node would wait for a second one that waits for it, or all are replaced at once")
	}
	if spread := pod.TopologySpreadConstraints[0]; spread.TopologyKey != "kubernetes.io/hostname" || spread.WhenUnsatisfiable != core.DoNotSchedule {
		t.Error("two nodes may lie on one machine")
	}
	if claim := set.Spec.VolumeClaimTemplates[0].Spec; !slices.Equal(claim.AccessModes, []core.PersistentVolumeAccessMode{core.ReadWriteOncePod}) {
		t.Errorf("two programs may have one folder: %v", claim.AccessModes)
	}
	if keep := set.Spec.PersistentVolumeClaimRetentionPolicy; keep.WhenDeleted != apps.RetainPersistentVolumeClaimRetentionPolicyType || keep.WhenScaled != keep.WhenDeleted {
		t.Error("a folder goes with its node")
	}
}

// TestNodesFindEachOther: under the names that the headless service gives,
// before they are ready.
func TestNodesFindEachOther(t *testing.T) {
	set, _, container := node(t)
	var headless *core.Service
	for _, s := range only[*core.Service](t) {
		if s.Name == set.Spec.ServiceName {
			headless = s
		}
	}
	if headless == nil || headless.Spec.ClusterIP != core.ClusterIPNone || !headless.Spec.PublishNotReadyAddresses {
		t.Fatal("no headless service gives names to nodes that are not ready")
	}
	var want []string
	for i := range *set.Spec.Replicas {
		want = append(want, fmt.Sprintf("%s-%d.%s:%d", set.Name, i, headless.Name, headless.Spec.Ports[0].Port))
	}
	for _, v := range container.Env {
		if v.Name == "GOBUA_CLUSTER_ROUTES" && v.Value != strings.Join(want, ",") {
			t.Errorf("the routes are %s, the nodes %v", v.Value, want)
		}
		if v.Name == "GOBUA_CLUSTER" && (v.ValueFrom == nil || v.ValueFrom.FieldRef.FieldPath != "metadata.name") {
			t.Error("nodes do not bear their own names")
		}
	}
}

// TestProbesAsk what the program answers, and leave it the time to start and to stop.
func TestProbesAsk(t *testing.T) {
	_, pod, container := node(t)
	for path, probe := range map[string]*core.Probe{
		"/healthz": container.LivenessProbe, "/readyz": container.ReadinessProbe, "/healthz ": container.StartupProbe,
	} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != strings.TrimSpace(path) || probe.HTTPGet.Port.StrVal != "http" {
			t.Errorf("nobody asks %s", path)
		}
	}
	drain, err := time.ParseDuration(settings(t)["drain"])
	if err != nil {
		t.Fatal(err)
	}
	if grace := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second; grace < 2*drain+10*time.Second {
		t.Errorf("is killed after %v; draining alone may take twice %v", grace, drain)
	}
}

// TestKubernetesSaysWhatTheProgramTakes: every setting is one of the program's,
// and no other variable looks like one.
func TestKubernetesSaysWhatTheProgramTakes(t *testing.T) {
	_, pod, container := node(t)
	knownArguments(t, container.Args)
	for _, v := range container.Env {
		knownVariable(t, v.Name)
	}
	if pod.EnableServiceLinks == nil || *pod.EnableServiceLinks {
		t.Error("the service gobua would be told in variables GOBUA_…, which the program refuses")
	}
	for _, s := range only[*core.Secret](t) {
		if text, ok := s.StringData["gobua.json"]; ok {
			knownFile(t, []byte(text))
		}
	}
}

// TestNobodyElseIsLetIn: in the namespace nothing is open that is not named,
// and the routes are for the nodes alone.
func TestNobodyElseIsLetIn(t *testing.T) {
	closed := false
	for _, p := range only[*networking.NetworkPolicy](t) {
		both := slices.Equal(p.Spec.PolicyTypes, []networking.PolicyType{networking.PolicyTypeIngress, networking.PolicyTypeEgress})
		if !both {
			t.Errorf("%s leaves a direction open", p.Name)
		}
		if len(p.Spec.PodSelector.MatchLabels) == 0 && len(p.Spec.Ingress) == 0 && len(p.Spec.Egress) == 0 {
			closed = true
		}
		for _, rule := range p.Spec.Ingress {
			if len(rule.From) == 0 || len(rule.Ports) == 0 {
				t.Errorf("%s lets everybody in, or to every port", p.Name)
			}
			routes := slices.ContainsFunc(rule.Ports, func(p networking.NetworkPolicyPort) bool { return p.Port.StrVal == "routes" })
			for _, from := range rule.From {
				if routes && (from.PodSelector == nil || from.NamespaceSelector != nil || from.IPBlock != nil) {
					t.Error("others than the nodes reach the routes")
				}
			}
		}
	}
	if !closed {
		t.Error("nothing closes the namespace first")
	}
}
