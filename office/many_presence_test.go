package office_test

import (
	"fmt"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/office"
)

// TestSomebodyWithLinesToTwoProgramsIsThere until the last of them ends, also if
// one of the programs dies.
func TestSomebodyWithLinesToTwoProgramsIsThere(t *testing.T) {
	const minute = engine.Instant(60_000)
	type seen struct {
		by   int // program
		kind office.PresenceKind
		at   engine.Instant // before now
		n    int
	}
	for name, c := range map[string]struct {
		seen  []seen
		stays []office.Window // before now
		lines int
		dead  bool // the first program, at the end
	}{
		"one line ends": {
			[]seen{{0, office.PresenceEnter, 9 * minute, 1}, {1, office.PresenceEnter, 8 * minute, 1}, {1, office.PresenceLost, 7 * minute, 0},
				{0, office.PresenceSeen, 6*minute + 30_000, 1}, {0, office.PresenceLeave, 6 * minute, 0}},
			[]office.Window{{From: 9 * minute, To: 6 * minute}}, 0, false,
		},
		"both stay, and each knows": {
			[]seen{{0, office.PresenceEnter, minute, 1}, {1, office.PresenceEnter, minute / 2, 1}},
			[]office.Window{{From: minute, To: 0}}, 2, false,
		},
		"one program dies while the other has a line": {
			[]seen{{0, office.PresenceEnter, 9 * minute, 1}, {1, office.PresenceEnter, 8 * minute, 1}, {1, office.PresenceSeen, 7 * minute, 1},
				{1, office.PresenceSeen, 6 * minute, 1}, {1, office.PresenceLeave, 5 * minute, 0}},
			[]office.Window{{From: 9 * minute, To: 5 * minute}}, 0, true,
		},
		"the only program with a line dies, and the other takes over": {
			[]seen{{0, office.PresenceEnter, 9 * minute, 1}, {0, office.PresenceSeen, 8 * minute, 1}, {1, office.PresenceEnter, 3 * minute, 1}, {1, office.PresenceLeave, minute, 0}},
			[]office.Window{{From: 9 * minute, To: 8*minute - 1}, {From: 3 * minute, To: minute}}, 0, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := openMany(t)
			programs := []*office.Office{m.program(t, office.Options{}), m.program(t, office.Options{})}
			session := m.publish(t).Lots[0].Session
			code, now := m.created[session].Participants[0].Code, engine.InstantOf(m.Now())
			for _, s := range c.seen {
				programs[s.by].Sight(office.Sighting{Session: session, Code: code, Kind: s.kind, At: now - s.at, Connections: s.n})
			}
			for _, p := range programs {
				if left := p.FlushPresence(background, nil); len(left) != 0 {
					t.Fatalf("%d are not kept", len(left))
				}
			}
			asked := append(programs, m.program(t, office.Options{})) // one that nobody is connected to
			for i, p := range asked {
				if c.dead && i == 0 {
					continue
				}
				list, err := p.Presence(background, m.auctioneer, session)
				check(t, err)
				got := list[slices.IndexFunc(list, func(a office.Attendance) bool { return a.Code == code })]
				var stays []office.Window
				for _, s := range got.Stays {
					stays = append(stays, office.Window{From: now - s.From, To: now - s.To})
				}
				if fmt.Sprint(stays) != fmt.Sprint(c.stays) || got.Connections != c.lines {
					t.Errorf("program %d: %d connections, stays before now %v, want %d, %v", i, got.Connections, stays, c.lines, c.stays)
				}
			}
		})
	}
}
