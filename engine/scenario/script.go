package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gobua/engine"
	"gobua/engine/sealing"
)

// Script is a story that has been read: the frozen rules and what people do.
type Script struct {
	created engine.Created
	lines   []line
}

// line is one line of the story; step is nil for prose and rules.
type line struct {
	text string
	step *step
}

// step is what one person, or the clock, does at a moment. Where look is set
// somebody looks at what they may see instead.
type step struct {
	at   engine.Instant
	cmd  engine.Command
	look engine.ParticipantCode
	show bool
	key  string // take-key, present-key: an act with a key that the session's round decides
}

// room is whose look shows the public room.
const room = "room"

// Parse reads a story with its rules. Its error names every line that is not
// understood.
func Parse(src []byte) (*Script, error) {
	p := parser{rules: defaults(), midnight: monday}
	return p.parse(src)
}

// ParseUnder reads a story to rules that come from outside, such as those of a
// session. It plays on the day on which they open. The story says who takes
// part and, where they hide a reserve, how high it is; its error names every
// other rule in it, every line that is not understood, and what is wrong with
// the rules.
func ParseUnder(rules engine.Rules, src []byte) (*Script, error) {
	p := parser{rules: rules, given: true, midnight: dayOf(rules.OpensAt)}
	return p.parse(src)
}

func (p *parser) parse(src []byte) (*Script, error) {
	// What a story was found to cause is written below its lines with a space
	// in front; it is not part of it.
	for n, text := range strings.Split(string(src), "\n") {
		if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t") {
			continue
		}
		l := line{text: strings.TrimRight(text, " \t\r")}
		if err := p.line(&l); err != nil {
			p.errs = append(p.errs, fmt.Errorf("line %d: %w: %q", n+1, err, l.text))
		}
		p.lines = append(p.lines, l)
	}
	for n := len(p.lines); n > 0 && p.lines[n-1].text == ""; n-- {
		p.lines = p.lines[:n-1]
	}
	s := &Script{lines: p.lines}
	var err error
	if s.created, err = p.create(); err != nil {
		p.errs = append(p.errs, err)
	}
	return s, errors.Join(p.errs...)
}

// Played is a story that has been played.
type Played struct {
	Text    []byte          // the story with what happened written into it
	Created engine.Created  // what it began with
	Records []engine.Record // everything that happened
	State   *engine.State
	Room    engine.Room // folded from the updates
}

// Play plays the story from its beginning.
func (s *Script) Play() Played {
	p := &player{state: new(engine.State)}
	created := s.created
	p.apply(engine.Record{Seq: 1, At: s.created.Rules.OpensAt - noticeMs, By: engine.System, Event: &created})
	p.out.Reset()
	for _, l := range s.lines {
		p.out.WriteString(l.text)
		p.out.WriteByte('\n')
		switch {
		case l.step == nil:
		case l.step.show:
			p.look(l.step.look)
		default:
			p.do(l.step.at, p.withKey(l.step))
		}
	}
	return Played{Text: slices.Clone(p.out.Bytes()), Created: s.created, Records: p.records, State: p.state, Room: p.room}
}

// noticeMs is how long before its opening a session of a story is created.
const noticeMs = 24 * 3600 * 1000

type player struct {
	state   *engine.State
	room    engine.Room
	records []engine.Record
	out     bytes.Buffer
}

func (p *player) do(at engine.Instant, c engine.Command) {
	events, err := sealing.Decide(p.state, c, at, nil)
	if err != nil {
		p.say("=> %s", p.unrecorded(err))
		return
	}
	for _, e := range events {
		p.apply(p.state.Record(c, at, e))
	}
	if len(events) == 0 {
		p.say("(nothing)")
	}
	if receipt, ok := p.state.Outcome(sender(c.By), c.ID); ok {
		if text := receiptText(receipt); text != plainlyAccepted {
			p.say("=> %s", text)
		}
	}
}

// withKey puts the key into an act with one. An officer of a story has the same
// secret in each of them: what is sealed in a story is no secret.
func (p *player) withKey(s *step) engine.Command {
	c := s.cmd
	if s.key == "" || p.state.Rules.Sealed == nil {
		return c
	}
	var secret [sealing.SecretBytes]byte
	copy(secret[:], string(c.By.Role)+" "+c.By.Ref)
	switch s.key {
	case "take-key":
		c.Do = engine.TakeKey{Publics: sealing.PublicKeys(secret, p.state.Session, p.state.Rules.Sealed.Keys())}
	case "present-key":
		c.Do = engine.PresentKey{Private: sealing.PrivateKey(secret, p.state.Session, p.state.Round+1)}
	}
	return c
}

func (p *player) apply(r engine.Record) {
	if _, err := p.state.Entry(&r); err != nil {
		panic("scenario: a record cannot be written: " + err.Error()) // no event has a field that can fail
	}
	public := p.state.Apply(r)
	p.records = append(p.records, r)
	if r.Seq == 1 {
		p.room = p.state.Room()
	}
	if public {
		p.room.Fold(p.state.Update(r))
	}
	p.say("#%d %s", r.Seq, p.eventText(r.Event))
}

func (p *player) say(format string, args ...any) {
	fmt.Fprintf(&p.out, "    "+format+"\n", args...)
}

func (p *player) unrecorded(err error) string {
	var repeated *engine.Repeated
	if errors.As(err, &repeated) {
		if repeated.Receipt.Seq == 0 {
			return "as before: " + receiptText(repeated.Receipt)
		}
		return fmt.Sprintf("as before (#%d): %s", repeated.Receipt.Seq, receiptText(repeated.Receipt))
	}
	var refusal *engine.Refusal
	if errors.As(err, &refusal) {
		return fmt.Sprintf("refused without a record: %s", refusal.Reason)
	}
	panic("scenario: Decide returned an error that is no answer: " + err.Error())
}

// sender is whose memory a command is in: a participant's, else the staff's.
func sender(a engine.Actor) engine.ParticipantCode {
	if a.Role == engine.RoleBidder {
		return engine.ParticipantCode(a.Ref)
	}
	return ""
}
