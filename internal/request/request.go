// Package request lets a command have the server that runs with a data folder do
// something for it: gobua backup and gobua cluster remove.
//
// A request is a folder of its own, below one for all of its kind in the data
// folder, which nobody but the owner may read. Whoever may write there may do
// anything with the server anyway, so nothing else says who asks. Its name is
// not to be guessed and never used twice; file by file comes whole or not at
// all: what is asked, then the one answer. Whoever asked takes the folder away,
// and the server one that was left behind.
package request

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobua/internal/durable"
)

// Kind is something that can be asked for.
type Kind struct {
	Name   string        // of the folder of all its requests, in the data folder
	Within time.Duration // how long whoever asks waits for the answer; later the server does not begin
	Kept   time.Duration // after it whoever asked is gone, and the server takes the request away
}

// Request is one of a kind. Folder is there for what the two hand each other; all
// of it goes with the request.
type Request struct {
	Folder string
	within time.Duration
}

// Refusal is why the server did not do it, in its own words.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// ErrNoAnswer: no server has answered. It may do it yet if it had begun.
var ErrNoAnswer = errors.New("no answer")

// Files of a request, and the answer to one that was done.
const (
	askedName  = "asked"
	answerName = "answer" // else why not
	done       = "done\n"
)

// lookEvery is how often the server looks for requests; whoever asks looks more
// often for the answer.
const lookEvery = 500 * time.Millisecond

// New makes the folder of a request. Nobody is asked yet. Withdraw must be called.
func (k Kind) New(data string) (*Request, error) {
	r := &Request{filepath.Join(data, k.Name, strings.ToLower(rand.Text())), k.Within}
	return r, os.MkdirAll(r.Folder, 0o700)
}

// Withdraw takes the request away, with whatever is in its folder.
func (r *Request) Withdraw() error {
	err := os.RemoveAll(r.Folder)
	_ = os.Remove(filepath.Dir(r.Folder)) // another one may be in it
	return err
}

// Ask has the server do what the words say, once, and blocks until it says that
// it is done. A Refusal: it was not. ErrNoAnswer: nobody has said anything before
// ctx, or the time of the kind, ended.
func (r *Request) Ask(ctx context.Context, words string) error {
	if err := durable.WriteFile(filepath.Join(r.Folder, askedName), []byte(words)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, r.within)
	defer cancel()
	for {
		said, err := os.ReadFile(filepath.Join(r.Folder, answerName))
		switch {
		case err == nil && string(said) == done:
			return nil
		case err == nil:
			return Refusal(said)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		select {
		case <-time.After(lookEvery / 5):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrNoAnswer, ctx.Err())
		}
	}
}

// Attend does what is asked, one request after the other, until ctx ends; the
// server runs it on a goroutine of its own. What do returns is the answer. A
// process that dies meanwhile leaves it to the next, so do may find what an
// earlier one left, in the folder and elsewhere.
func (k Kind) Attend(ctx context.Context, data string, log *slog.Logger, do func(ctx context.Context, folder, words string) error) {
	log = log.With("request", k.Name)
	beat := time.NewTicker(lookEvery)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		all, _ := filepath.Glob(filepath.Join(data, k.Name, "*", askedName)) // the pattern is well formed
		for _, asked := range all {
			k.answer(ctx, filepath.Dir(asked), log, do)
		}
	}
}

func (k Kind) answer(ctx context.Context, folder string, log *slog.Logger, do func(ctx context.Context, folder, words string) error) {
	info, err := os.Stat(filepath.Join(folder, askedName))
	if err != nil {
		return // withdrawn
	}
	age := time.Since(info.ModTime())
	if age > k.Kept {
		log.Info("a request that nobody waits for any more is taken away", "folder", folder, "err", os.RemoveAll(folder))
		return
	}
	if _, err := os.Stat(filepath.Join(folder, answerName)); err == nil || age > k.Within {
		return
	}
	words, err := os.ReadFile(filepath.Join(folder, askedName))
	if err == nil {
		err = do(ctx, folder, string(words))
	}
	said := done
	if err != nil {
		said = err.Error()
	}
	if err := durable.WriteFile(filepath.Join(folder, answerName), []byte(said)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Error("a request is not answered", "folder", folder, "err", err)
	}
}
