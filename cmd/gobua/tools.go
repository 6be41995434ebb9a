package main
type replayCmd struct{}
func (replayCmd) Run() error { return nil }
type loadCmd struct{}
func (loadCmd) Run() error { return nil }
