package scenario

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

const whole = `# A story
start 1,000
step 100
people A B

08:50:00 A check-in
09:00:00 clock
09:01:00 A bid 1,000
`

// TestPlayingIsIdempotent: what was written below the lines is no part of the
// story.
func TestPlayingIsIdempotent(t *testing.T) {
	text := []byte(whole)
	var last []byte
	for i := range 3 {
		s, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		text = s.Play().Text
		if i > 0 && !bytes.Equal(text, last) {
			t.Errorf("played again:\n%s\nbefore:\n%s", text, last)
		}
		last = text
	}
	if !strings.Contains(string(text), "    #4 bid: A stands at 1,000; price 1,000, A leads\n") {
		t.Errorf("played:\n%s", text)
	}
}

// TestParseNamesEveryLine: a story with mistakes is refused, and every line
// that is not understood is named.
func TestParseNamesEveryLine(t *testing.T) {
	for line, want := range map[string]string{
		"colour red":                      "unknown rule",
		"start":                           "needs a value",
		"start 1 2":                       "one value is enough",
		"start x":                         "is no amount",
		"step 5% least":                   "want P% least N",
		"step 5.123% least 1":             "is no percentage",
		"step 5 5":                        "is too much",
		"reserve 5 hide":                  "is too much",
		"reserve 5 reveal it":             "is too much",
		"step 0:x":                        "is no amount",
		"closing fixed 3s":                "is too much",
		"closing reset 30s window":        "want reset TIME window TIME",
		"closing reset 30s lid 30s":       "is unknown",
		"closing reset x window 30s":      "is no length of time",
		"bidding 1.5ns":                   "is no length of time",
		"amounts many":                    "want maxima or prices",
		"25:00:00 clock":                  "is no time of day",
		"09:00:00.0001 clock":             "is no time of day",
		"08:00:00 clock":                  "time runs backwards",
		"09:02:00":                        "somebody must do something",
		"09:02:00 A dance":                "nobody knows how",
		"09:02:00 A bid":                  "is no amount",
		"09:02:00 A bid 1 confirm x":      "is no amount",
		"09:02:00 A check-in twice":       "is too much",
		"09:02:00 clock please":           "is too much",
		"09:02:00 outage since":           "is no time of day",
		"09:02:00 auctioneer extend 1 x":  "is no length of time",
		"09:02:00 auctioneer announce A":  "is no amount",
		"09:02:00 auctioneer say (hello)": "want (id NAME)",
	} {
		_, err := Parse([]byte(whole + line + "\nnonsense 1\n"))
		if err == nil {
			t.Errorf("%q is understood", line)
			continue
		}
		first, second, _ := strings.Cut(err.Error(), "\n")
		if !strings.HasPrefix(first, "line 9: ") || !strings.Contains(first, want) || !strings.HasPrefix(second, "line 10: unknown rule") {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

// TestParseChecksTheRules: a rules sheet that makes no sense is no story.
func TestParseChecksTheRules(t *testing.T) {
	for _, text := range []string{"", "start 1,000\n", "start 1,000\nstep 0\n", "start 1,000\nstep 1\npeople A A\n", "start 1,000\nstep 1\nreserve 5\n"} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q is a story", text)
		}
	}
}

// TestAStoryPlaysOnTheDayOfItsRules, also before the day of the other stories.
func TestAStoryPlaysOnTheDayOfItsRules(t *testing.T) {
	for _, opens := range []string{"2026-01-05T09:00:00+07:00", "2024-02-29T00:00:00+07:00", "2031-12-31T23:59:59.999+07:00"} {
		at, err := time.Parse(time.RFC3339, opens)
		if err != nil {
			t.Fatal(err)
		}
		rules := defaults()
		rules.Start, rules.Step, rules.OpensAt = 1000, engine.Step{Kind: engine.StepFixed, Amount: 100}, engine.InstantOf(at)
		for offset, want := range map[time.Duration]engine.Phase{-time.Millisecond: engine.PhaseScheduled, 0: engine.PhaseRunning} {
			moment := at.Add(offset).In(vietnam)
			if moment.Day() != at.In(vietnam).Day() {
				continue
			}
			s, err := ParseUnder(rules, []byte("people A\n"+moment.Format("15:04:05.999")+" clock\n"))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Play().State.Phase; got != want {
				t.Errorf("opens at %s, at %s it is %s", opens, moment, got)
			}
		}
	}
}

func TestMoney(t *testing.T) {
	for amount, want := range map[engine.Dong]string{0: "0", 999: "999", 1000: "1,000", -5: "-5", -100: "-100", -1000: "-1,000", 9_000_000_000_000_000: "9,000,000,000,000,000"} {
		if got := money(amount); got != want {
			t.Errorf("%d is written %s", amount, got)
		}
	}
}

// FuzzParse: no text is a panic, neither to read nor to play.
func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text[:min(len(text), 4000)])
		if err != nil {
			return
		}
		played := s.Play().Text
		again, err := Parse(played)
		if err != nil {
			t.Fatalf("played, and not understood any more: %v\n%s", err, played)
		}
		if text := again.Play().Text; !bytes.Equal(text, played) {
			t.Fatalf("played again:\n%s\nbefore:\n%s", text, played)
		}
	})
}
