package actor

import (
	"context"
	"slices"
	"testing"

	"gobua/engine"
)

// The planted faults. Each is turn with one thing wrong, made of the same
// parts; production has no switch for them. A simulation that lets one of them
// live through would let the same mistake live in turn.
var mutants = map[string]turnFunc{
	"tells before it appends": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		b := c.step(letters, now, a.absence())
		a.tell(c, b)
		err := a.commit(ctx, b)
		b.reply(err)
		return err
	},
	"answers before it appends": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		b := c.step(letters, now, a.absence())
		b.reply(nil)
		err := a.commit(ctx, b)
		if err == nil {
			a.tell(c, b)
		}
		return err
	},
	"goes on after a failed append": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		b := c.step(letters, now, a.absence())
		err := a.commit(ctx, b)
		if err == nil {
			a.tell(c, b)
		}
		b.reply(err)
		return nil // the state is kept
	},
	"takes a failed append for a good one": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		b := c.step(letters, now, a.absence())
		_ = a.commit(ctx, b)
		a.tell(c, b)
		b.reply(nil)
		return nil
	},
	"closes before it has drained the mailbox": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		b := c.step(nil, now, a.absence())
		rest := c.step(letters, now, outage{})
		b.entries = append(b.entries, rest.entries...)
		b.answers = rest.answers
		b.final = b.final || rest.final
		told := rest.told
		told.FirstFeed = b.told.FirstFeed
		told.Updates = slices.Concat(b.told.Updates, rest.told.Updates)
		told.Records = slices.Concat(b.told.Records, rest.told.Records)
		if told.Room == nil {
			told.Room = b.told.Room
		}
		told.You = rest.told.You // of the second half only: later standings win
		b.told = told
		return conclude(a, ctx, c, b)
	},
	"forgets what an outage cost": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		a.absence()
		return conclude(a, ctx, c, c.step(letters, now, outage{}))
	},
	"marks the journal before everybody is credited": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		_ = a.journal.MarkAlive(ctx, now)
		return a.turn(ctx, c, letters, now)
	},
	"carries out what it said it had dropped": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		a.dropped = dropped{}
		return a.turn(ctx, c, letters, now)
	},
	"answers a question before it appends": func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
		var questions []func(engine.Receipt, error)
		for i := range letters {
			if letters[i].ask != nil {
				questions = append(questions, letters[i].answer)
				letters[i].answer = func(engine.Receipt, error) {}
			}
		}
		b := c.step(letters, now, a.absence())
		for _, answer := range questions {
			answer(engine.Receipt{}, nil)
		}
		return conclude(a, ctx, c, b)
	},
}

// conclude is the second half of turn, as production has it.
func conclude(a *Actor, ctx context.Context, c *core, b batch) error {
	err := a.commit(ctx, b)
	if err == nil {
		a.tell(c, b)
	}
	b.reply(err)
	return err
}

// seedsForAMutant is within how many seeds every planted fault must be caught.
const seedsForAMutant = 400

func TestTheSimulationCatchesEveryPlantedFault(t *testing.T) {
	for name, turn := range mutants {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(seedsForAMutant) {
				if w := simulate(t, seed+1, turn); w.violation != "" {
					t.Logf("caught by seed %d: %.200s", seed+1, w.violation)
					return
				}
			}
			t.Fatalf("lived through %d seeds", seedsForAMutant)
		})
	}
}

// seedsForACommonFault is the same among three nodes.
const seedsForACommonFault = 50

func TestThreeNodesCatchEveryPlantedFault(t *testing.T) {
	for _, fault := range []commonFault{refusalLost, refusalBrought, batchesForgotten, outageForgotten} {
		t.Run(string(fault), func(t *testing.T) {
			for seed := range uint64(seedsForACommonFault) {
				if violation := simulateShared(t, seed+1, fault); violation != "" {
					t.Logf("caught by seed %d: %.200s", seed+1, violation)
					return
				}
			}
			t.Fatalf("lived through %d seeds", seedsForACommonFault)
		})
	}
}

// The mutants are made of the same parts as turn. This one has nothing wrong,
// so what catches the others is their fault and not their making.
func TestAMutantWithoutAFaultLives(t *testing.T) {
	for seed := range uint64(50) {
		w := simulate(t, seed+1, func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error {
			return conclude(a, ctx, c, c.step(letters, now, a.absence()))
		})
		if w.violation != "" {
			t.Fatalf("seed %d: %s", seed+1, w.violation)
		}
	}
}
