package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"gobua/engine/journal"
)

// versionCmd is gobua version.
type versionCmd struct {
	SBOM bool `name:"sbom" help:"Print what this program was built from, in the form of CycloneDX."`
}

// Run prints the version the build recorded.
func (c versionCmd) Run() error {
	if c.SBOM {
		return writeSBOM(os.Stdout)
	}
	_, err := fmt.Println("gobua", version(), "· journal format", journal.Format, "· wire version 1")
	return err
}

// version is what the build recorded.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "development"
}
