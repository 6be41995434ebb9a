package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"gobua/engine"
	"gobua/engine/scenario"
)

// tryCmd is gobua try. docs/stories.md says how to use it.
type tryCmd struct {
	Files []string `arg:"" name:"file" help:"STORY.txt, or RULES.json STORY.txt to play the story by rules of a session; - is standard input."`
}

// Run plays the story and prints it with what happened below each line.
func (c *tryCmd) Run() error {
	var rules []byte
	var err error
	switch len(c.Files) {
	case 1:
	case 2:
		if c.Files[0] == c.Files[1] {
			return errors.New("rules and story are the same file")
		}
		if rules, err = readFile(c.Files[0]); err != nil {
			return err
		}
	default:
		return errors.New("want STORY.txt or RULES.json STORY.txt")
	}
	name := c.Files[len(c.Files)-1]
	story, err := readFile(name)
	if err != nil {
		return err
	}
	script, err := parseStory(rules, story)
	if err != nil {
		return fmt.Errorf("%s cannot be played:\n%w", name, err)
	}
	_, err = os.Stdout.Write(script.Play().Text)
	return err
}

// parseStory reads a story with its own rules, or under those that are given.
func parseStory(rules, story []byte) (*scenario.Script, error) {
	if rules == nil {
		return scenario.Parse(story)
	}
	r, err := readRules(rules)
	if err != nil {
		return nil, fmt.Errorf("the rules cannot be read: %w", err)
	}
	return scenario.ParseUnder(r, story)
}

// readRules reads frozen rules: alone, or in what carries them, a room, a
// snapshot of one, or the first record of a session.
func readRules(body []byte) (r engine.Rules, err error) {
	type carrier struct{ Rules json.RawMessage }
	var in struct {
		carrier
		Room, Event carrier
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return r, err
	}
	for _, c := range []carrier{in.carrier, in.Room, in.Event} {
		if c.Rules != nil {
			body = c.Rules
			break
		}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields() // a rule that is not known here would not be played
	err = d.Decode(&r)
	return r, err
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}
