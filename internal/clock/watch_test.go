package clock

import (
	"encoding/binary"
	"errors"
	"net"
	"testing"
	"time"
)

// watched is a clock with its watch, whose sources of opinion a test sets.
type watched struct {
	*bench
	watch  *Watch
	kernel Opinion
	ntp    map[string]answer // who is not in it does not answer
}

func newWatched(t *testing.T, servers ...string) *watched {
	w := &watched{ntp: map[string]answer{}}
	w.watch = NewWatch(WatchOptions{
		Servers: servers,
		kernel:  func() (Opinion, bool) { return w.kernel, w.kernel.Source != "" },
		query: func(server string) (answer, error) {
			a, ok := w.ntp[server]
			if !ok {
				return answer{}, errors.New("no answer")
			}
			return a, nil
		},
	})
	w.bench = newBench(t, Options{Vouch: w.watch.Vouch})
	w.watch.Of(w.Clock)
	return w
}

// status asks everybody and returns what is known then.
func (w *watched) status() Status {
	w.watch.askKernel()
	w.watch.askAll(w.t.Context())
	w.watch.judge()
	return w.watch.Status()
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func TestWhereNobodyKnowsTheClockSaysSo(t *testing.T) {
	s := newWatched(t).status()
	if s.Source != Nobody || s.Synchronised || s.Good {
		t.Errorf("%+v", s)
	}
}

func TestTheKernelsWord(t *testing.T) {
	for _, c := range []struct {
		name string
		says Opinion
		good bool
	}{
		{"in order", Opinion{Source: Kernel, Synchronised: true, Error: ms(40)}, true},
		{"polls are missing", Opinion{Source: Kernel, Synchronised: true, Error: 3 * time.Second}, false},
		{"no time service", Opinion{Source: Kernel, Error: 16 * time.Second}, false},
	} {
		w := newWatched(t)
		w.kernel = c.says
		s := w.status()
		if s.Good != c.good || s.Synchronised != c.says.Synchronised || s.Error != c.says.Error || s.Source != Kernel || s.Offset != 0 {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

func TestTheMedianOfTheServersCounts(t *testing.T) {
	w := newWatched(t, "a", "b", "c", "d")
	w.kernel = Opinion{Source: Kernel}
	w.ntp = map[string]answer{"a": {ms(20), ms(15)}, "b": {24 * time.Hour, ms(1)}, "c": {ms(-10), ms(30)}} // d is silent, b lies
	s := w.status()
	if s.Source != NTP || s.Offset != ms(-20) || s.Error != ms(15) || !s.Good {
		t.Errorf("%+v", s)
	}
	w.ntp = map[string]answer{"a": {0, ms(10)}, "b": {time.Second, ms(10)}} // two that disagree prove little
	if s = w.status(); s.Offset != ms(-500) || s.Error != ms(510) {
		t.Errorf("of two: %+v", s)
	}
}

func TestAnAnswerAgesAndIsForgotten(t *testing.T) {
	w := newWatched(t, "a")
	w.kernel = Opinion{Source: Kernel}
	w.ntp = map[string]answer{"a": {0, ms(10)}}
	w.status()
	w.ntp = nil
	w.live(200*time.Second, 0)
	if s := w.status(); s.Source != NTP || s.Error != ms(13) {
		t.Errorf("after 200 s: %+v", s)
	}
	w.live(100*time.Second, 0)
	if s := w.status(); s.Source != Kernel || s.Good {
		t.Errorf("after 300 s: %+v", s)
	}
}

func TestTheStatusShowsTheClockAndNotTheMachine(t *testing.T) {
	w := newWatched(t, "a")
	w.ntp = map[string]answer{"a": {0, ms(10)}}
	w.status()
	w.fake.step(time.Hour) // the machine is wrong now, the clock is not
	w.live(time.Minute, 0)
	if s := w.watch.Status(); s.Offset != 0 || !s.Good || s.Ahead != time.Hour {
		t.Errorf("a wrong step: %+v", s)
	}
	w.ntp["a"] = answer{-time.Hour, ms(10)}
	if s := w.status(); s.Offset != 0 || !s.Good {
		t.Errorf("asked again: %+v", s)
	}
	w.want("a step against the word of the servers", morning.Add(time.Minute))
}

func TestAStepThatServersAgreeWithIsFollowed(t *testing.T) {
	w := newWatched(t, "a")
	w.ntp = map[string]answer{"a": {time.Hour, ms(10)}} // the machine is an hour slow
	if s := w.status(); s.Offset != -time.Hour || s.Good {
		t.Errorf("before: %+v", s)
	}
	w.fake.step(time.Hour)
	w.live(time.Second, 0)
	w.want("set right", w.fake.wall)
	if s := w.watch.Status(); s.Offset.Abs() > time.Millisecond || !s.Good {
		t.Errorf("after: %+v", s)
	}
}

func TestSinceSaysForHowLong(t *testing.T) {
	w := newWatched(t)
	w.kernel = Opinion{Source: Kernel, Synchronised: true}
	if s := w.status(); !s.Good || !s.Since.Equal(morning) {
		t.Errorf("%+v", s)
	}
	w.live(time.Minute, 0)
	w.kernel.Synchronised = false
	if s := w.status(); s.Good || !s.Since.Equal(morning.Add(time.Minute)) {
		t.Errorf("%+v", s)
	}
	w.live(time.Minute, 0)
	if s := w.status(); !s.Since.Equal(morning.Add(time.Minute)) {
		t.Errorf("%+v", s)
	}
}

// timeServer answers NTP questions with a time of its own.
func timeServer(t *testing.T, fast time.Duration) string {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		var question [48]byte
		for {
			n, from, err := conn.ReadFrom(question[:])
			if err != nil {
				return
			}
			if n < 48 {
				continue
			}
			a := make([]byte, 48)
			a[0], a[1], a[2], a[3] = 4<<3|4, 2, 6, 0xec // version 4, server, stratum 2, precision 2^-20
			copy(a[24:32], question[40:48])
			stamp := func(at int) {
				now := time.Now().Add(fast)
				binary.BigEndian.PutUint32(a[at:], uint32(now.Unix()+2208988800))
				binary.BigEndian.PutUint32(a[at+4:], uint32(uint64(now.Nanosecond())<<32/1e9))
			}
			stamp(16)
			stamp(32)
			stamp(40)
			_, _ = conn.WriteTo(a, from)
		}
	}()
	return conn.LocalAddr().String()
}

// The same over a real socket, with this machine's clocks.
func TestServersAreAskedOverTheNetwork(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := silent.LocalAddr().String()
	silent.Close()
	w := NewWatch(WatchOptions{Servers: []string{timeServer(t, 3*time.Second), timeServer(t, 3*time.Second), timeServer(t, -time.Hour), gone}})
	c := New(Options{Vouch: w.Vouch})
	w.Of(c)
	w.askAll(t.Context())
	s := w.Status()
	if off := s.Offset + 3*time.Second; s.Source != NTP || off.Abs() > s.Error || s.Error > time.Second || s.Good {
		t.Errorf("a clock that is three seconds slow: %+v", s)
	}
}

// passing is a machine on which a millisecond passes with every look at a clock:
// one that has much else to do.
type passing struct{ looks int }

func (p *passing) Steady() time.Duration { return time.Hour + p.look() }
func (p *passing) Wall() time.Time       { return morning.Add(p.look()) }
func (p *passing) look() time.Duration {
	p.looks++
	return ms(p.looks)
}

// TestWhatPassesBetweenTwoLooksIsNoOffset: the time of day is right, so what is said
// of it must be nothing, give or take the error that is said with it.
func TestWhatPassesBetweenTwoLooksIsNoOffset(t *testing.T) {
	w := NewWatch(WatchOptions{
		Servers: []string{"a"},
		kernel:  func() (Opinion, bool) { return Opinion{}, false },
		query:   func(string) (answer, error) { return answer{}, nil },
	})
	w.Of(New(Options{Source: new(passing), Vouch: w.Vouch}))
	w.askAll(t.Context())
	if s := w.Status(); s.Offset.Abs() > s.Error || s.Error > ms(2) {
		t.Errorf("%+v", s)
	}
}

func TestTheMachinesSteadyClockIsSteady(t *testing.T) {
	m := Machine()
	last := m.Steady()
	for end := time.Now().Add(30 * time.Millisecond); time.Now().Before(end); {
		now := m.Steady()
		if now < last || now > last+5*time.Second {
			t.Fatalf("it was %v and is %v", last, now)
		}
		last = now
	}
}

func TestASleepIsCounted(t *testing.T) {
	slept := 5 * time.Hour // before the program
	m := &machine{began: time.Now(), slept: func() (time.Duration, bool) { return slept, true }, first: slept}
	if got := m.Steady(); got > time.Minute {
		t.Fatalf("it began with %v", got)
	}
	slept += 8 * time.Hour
	m.asked = -askSleepEvery
	if got := m.Steady(); got < 8*time.Hour || got > 8*time.Hour+time.Minute {
		t.Errorf("after eight hours of sleep it is %v", got)
	}
}

func BenchmarkNow(b *testing.B) {
	c := New(Options{})
	for b.Loop() {
		c.Now()
	}
}
