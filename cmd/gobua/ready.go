package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// readyCmd is gobua ready: a health check for a container that has nothing in
// it but this program.
type readyCmd struct {
	At      string        `name:"at" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Server to ask, without a path."`
	Alive   bool          `name:"alive" help:"Ask only whether the process answers, not whether it takes bids."`
	Timeout time.Duration `name:"timeout" default:"3s" help:"Longest time to wait for the answer."`
}

// Run ends without an error if the server says yes.
func (c *readyCmd) Run(ctx context.Context) error {
	path := "/readyz"
	if c.Alive {
		path = "/healthz"
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.At, "/")+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", path, answer.Status, strings.TrimSpace(string(said)))
	}
	fmt.Println(strings.TrimSpace(string(said)))
	return nil
}
