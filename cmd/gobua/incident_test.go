package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/internal/visitor"
	"gobua/office"
	"gobua/store/localpg/localpgtest"
)

// post sends a request as somebody. An error says that there was no answer.
func (p *process) post(ctx context.Context, who *visitor.Person, path string, in, out any) (status int, err error) {
	token, err := who.Token(ctx)
	if err != nil {
		return 0, err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.addr+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode < 300 && out != nil {
		return resp.StatusCode, json.Unmarshal(text, out)
	}
	return resp.StatusCode, nil
}

// insist sends a request, kills the server while it is at work, and asks again
// until it is answered.
func (p *process) insist(t *testing.T, ctx context.Context, who *visitor.Person, path string, in, out any, after time.Duration) {
	t.Helper()
	first := make(chan struct{})
	go func() {
		defer close(first)
		_, _ = p.post(ctx, who, path, in, nil) // its answer may be lost: that is the test
	}()
	time.Sleep(after)
	p.kill()
	<-first
	p.start()
	for {
		status, err := p.post(ctx, who, path, in, out)
		switch {
		case err == nil && status < 300:
			return
		case ctx.Err() != nil:
			t.Fatalf("%s: %v", path, ctx.Err())
		case err == nil && status != http.StatusServiceUnavailable && status != http.StatusConflict:
			t.Fatalf("%s: status %d", path, status)
		}
		time.Sleep(50 * time.Millisecond) // the office opens, or the result is on its way to it
	}
}

// TestAnIncidentAndItsRerunSurviveKillNine: whenever the server dies, the
// session stops once, it runs again once, and the same people bid (I2, I3).
func TestAnIncidentAndItsRerunSurviveKillNine(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	p := newProcess(t, "--database-url", localpgtest.New(t).DSN)
	p.start()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	staff, bidders := people(t, ctx, p.site())
	for range 3 {
		session := publishOne(t, ctx, staff, bidders, 10*time.Minute)
		awaitPhase(t, ctx, staff, session, engine.PhaseRunning)
		crowd := bidTogether(t, ctx, bidders, session)
		path := "/sessions/" + string(session)
		var stopped office.Incident
		p.insist(t, ctx, staff, path+"/incident", map[string]string{"ground": "cannot_bid", "sentence": "Máy chủ hỏng"},
			&stopped, time.Duration(chance.IntN(40))*time.Millisecond)
		awaitPhase(t, ctx, staff, session, engine.PhaseStopped)
		crowd.leave()
		if stopped.State != office.IncidentStopped || stopped.EndedAt == 0 {
			t.Fatalf("%+v", stopped)
		}
		var next office.SessionOfAuction
		opensAt := engine.InstantOf(time.Now().Add(3 * time.Second))
		p.insist(t, ctx, staff, path+"/rerun", map[string]any{"opensAt": opensAt, "reason": "Tổ chức lại"},
			&next, time.Duration(chance.IntN(40))*time.Millisecond)
		if next.Run != 2 || next.Participants != len(bidders) || next.OpensAt != opensAt {
			t.Fatalf("%+v", next)
		}
		awaitPhase(t, ctx, staff, next.Session, engine.PhaseRunning)
		again := bidTogether(t, ctx, bidders, next.Session)
		for again.bids() < 2*len(bidders) {
			if ctx.Err() != nil {
				t.Fatal("nobody bids in the re-run")
			}
			time.Sleep(10 * time.Millisecond)
		}
		again.leave()
		p.kill()
		p.stoppedOnce(t, session, next.Session)
		p.start()
	}
}

// stoppedOnce reads the journal that the dead server left.
func (p *process) stoppedOnce(t *testing.T, session, next engine.SessionID) {
	t.Helper()
	j, err := journal.OpenPebble(filepath.Join(p.data, "journal"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var before, after *engine.Created
	stops := 0
	for id, created := range map[engine.SessionID]**engine.Created{session: &before, next: &after} {
		err := j.Replay(t.Context(), id, 0, func(e engine.Entry) error {
			r, err := e.Record()
			if err != nil {
				return err
			}
			switch event := r.Event.(type) {
			case *engine.Created:
				*created = event
			case *engine.Stopped:
				stops++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if stops != 1 {
		t.Errorf("%d stops in the record, want 1", stops)
	}
	if before == nil || after == nil || len(before.Participants) != len(after.Participants) {
		t.Fatalf("admitted before: %+v, after: %+v", before, after)
	}
	for i := range before.Participants {
		if before.Participants[i].Code != after.Participants[i].Code {
			t.Errorf("participant %d: code %s became %s", i, before.Participants[i].Code, after.Participants[i].Code)
		}
	}
}
