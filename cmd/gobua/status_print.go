package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// statusCmd is gobua status.
type statusCmd struct {
	At      string        `name:"at" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Server to ask, without a path; from a network that --metrics-from names."`
	JSON    bool          `name:"json" help:"Print everything as JSON."`
	Timeout time.Duration `name:"timeout" default:"3s" help:"Longest time to wait for the answer."`
}

// errWrong ends gobua status where something is wrong, after it has said what.
var errWrong = errors.New("something is wrong; see above")

// Run prints the status. It ends with an error where something is wrong.
func (c *statusCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	text, err := c.ask(ctx)
	if err != nil {
		return err
	}
	var s status
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%s is no gobua, or another release of it: %w", c.At, err)
	}
	if c.JSON {
		fmt.Println(strings.TrimSpace(string(text)))
	} else {
		s.print(os.Stdout, time.Now())
	}
	if len(s.Wrong) > 0 {
		return errWrong
	}
	return nil
}

// maxStatus is enough for a hundred thousand sessions.
const maxStatus = 32 << 20

func (c *statusCmd) ask(ctx context.Context) ([]byte, error) {
	status, said, err := askServer(ctx, c.At, "/status", maxStatus)
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusOK:
		return said, nil
	case status == http.StatusNotFound:
		return nil, fmt.Errorf("%s does not tell its status from here: --metrics-from of the server names who may ask, and not through a proxy", c.At)
	}
	return nil, fmt.Errorf("%s: %d %s", c.At, status, http.StatusText(status))
}

// print says a status in words.
func (s *status) print(w io.Writer, now time.Time) {
	if s.Node == "" {
		fmt.Fprintf(w, "gobua %s, alone: %d viewers, %d sessions not over, %d results wait\n", s.Version, s.Viewers, len(s.Sessions), s.ResultsWaiting)
	} else {
		fmt.Fprintf(w, "node %s, gobua %s: %d viewers here, %d sessions not over, %d results wait\n", s.Node, s.Version, s.Viewers, len(s.Sessions), s.ResultsWaiting)
	}
	if len(s.Wrong) == 0 {
		fmt.Fprintln(w, "nothing is wrong")
	}
	for _, wrong := range s.Wrong {
		fmt.Fprintln(w, "  !", wrong)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	defer t.Flush()
	if len(s.Nodes) > 0 {
		fmt.Fprintln(t, "\nNODE\tIS\tUNITS\tSESSIONS\tVIEWERS\tBEHIND\tAT\tVERSION")
		for _, n := range s.Nodes {
			is := "live"
			switch {
			case !n.Live:
				is = n.Why
			case n.Draining:
				is = "leaving"
			}
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", n.Node, is, n.Units, n.Facts.Sessions, n.Facts.Viewers, n.Facts.LagRecords, n.Facts.Address, n.Facts.Version)
		}
	}
	if len(s.Sessions) > 0 {
		fmt.Fprintln(t, "\nSESSION\tLOT\tIS\tENDS\tVIEWERS\tUNIT\tDECIDED BY")
	}
	for _, one := range s.Sessions {
		ends, by := "", one.Node
		if one.ClosesAt != 0 {
			ends = "in " + one.ClosesAt.Time().Sub(now).Round(time.Second).String()
		}
		if s.Node != "" && by == "" {
			by = "nobody now"
		}
		fmt.Fprintf(t, "%s\t%d %s\t%s\t%s\t%d\t%s\t%s\n", one.Session, one.Lot, one.Title, one.Phase, ends, one.Viewers, one.Unit, by)
	}
}
