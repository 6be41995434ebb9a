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
	status, said, err := askServer(ctx, c.At, path, 4<<10)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s: %d %s: %s", path, status, http.StatusText(status), strings.TrimSpace(string(said)))
	}
	fmt.Println(strings.TrimSpace(string(said)))
	return nil
}

// askServer asks a running server for a path and reads at most so many bytes of
// its answer.
func askServer(ctx context.Context, at, path string, most int64) (status int, said []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(at, "/")+path, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	said, err = io.ReadAll(io.LimitReader(answer.Body, most))
	return answer.StatusCode, said, err
}
