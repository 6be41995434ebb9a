package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// fileResolver reads the file named by --config or GOBUA_CONFIG, once. It
// stays silent where the environment has spoken, which is stronger. What is
// wrong with the file is kept and named with all other mistakes.
type fileResolver struct {
	read     bool
	values   map[string]string
	problems []string
}

// Validate is part of kong.Resolver.
func (*fileResolver) Validate(*kong.Application) error { return nil }

// Resolve gives the file's value of a flag, nil for none.
func (r *fileResolver) Resolve(k *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name == "config" {
		return nil, nil
	}
	if !r.read {
		r.read = true
		r.load(fileOfSettings(k))
	}
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	if v, ok := r.values[flag.Name]; ok {
		return v, nil
	}
	return nil, nil
}

// fileOfSettings is the name of the file, empty for none.
func fileOfSettings(k *kong.Context) string {
	for _, f := range k.Flags() {
		if f.Name == "config" {
			if name, ok := k.FlagValue(f).(string); ok && name != "" {
				return name
			}
		}
	}
	return os.Getenv("GOBUA_CONFIG")
}

func (r *fileResolver) load(name string) {
	if name == "" {
		return
	}
	in, err := os.Open(name)
	if err != nil {
		r.problems = append(r.problems, fmt.Sprintf("--config (GOBUA_CONFIG): %v", err))
		return
	}
	defer in.Close()
	values, err := readObject(in)
	if err != nil {
		r.problems = append(r.problems, fmt.Sprintf("--config (GOBUA_CONFIG): %s must be one JSON object: %v", name, err))
		return
	}
	known := slices.DeleteFunc(flagNames(), func(n string) bool { return n == "config" })
	r.values = map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		text, ok := settingText(values[key])
		switch {
		case !slices.Contains(known, key):
			r.problems = append(r.problems, fmt.Sprintf("%q is no setting, in %s; there are %s", key, name, strings.Join(known, ", ")))
		case !ok:
			r.problems = append(r.problems, fmt.Sprintf("%q must be a text, a number, true or false, in %s", key, name))
		default:
			r.values[key] = text
		}
	}
}

// readObject reads one JSON object and nothing after it. Numbers stay as they
// are written: 1000000 must not become 1e+06.
func readObject(in io.Reader) (values map[string]any, err error) {
	d := json.NewDecoder(in)
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF || values == nil {
		return nil, errors.New("it is something else, or something follows it")
	}
	return values, nil
}

// settingText is a value of the file as it would stand on the command line.
func settingText(value any) (text string, ok bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return map[bool]string{true: "on", false: "off"}[v], true
	}
	return "", false
}
