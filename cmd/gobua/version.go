package main

import (
	"fmt"
	"runtime/debug"
)

// versionCmd is gobua version.
type versionCmd struct{}

// Run prints the version the build recorded.
func (versionCmd) Run() error {
	version := "development"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	_, err := fmt.Println("gobua", version, "· journal format 1 · wire version 1")
	return err
}
