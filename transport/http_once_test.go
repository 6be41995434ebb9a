package transport

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
)

func keyed(key string, headers []string) []string {
	return append([]string{idempotencyHeader, key}, headers...)
}

func TestARepeatedRequestIsCarriedOutOnce(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o)
	admin := s.as(engine.RoleAdmin)
	first := s.ask("POST", "/api/v1/accounts", goodAccount, keyed("k1", admin)...)
	first.into(t, 201, nil)
	again := s.ask("POST", "/api/v1/accounts", goodAccount, keyed("k1", admin)...)
	again.into(t, 201, nil)
	if string(first.body) != string(again.body) || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	if n := o.counted(); n != 1 {
		t.Fatalf("carried out %d times", n)
	}

	other := strings.Replace(goodAccount, `"an"`, `"binh"`, 1)
	s.ask("POST", "/api/v1/accounts", other, keyed("k1", admin)...).refused(t, 409, codeIdempotencyReused)
	s.ask("POST", "/api/v1/accounts", other, keyed("k2", admin)...).into(t, 201, nil)
	s.ask("POST", "/api/v1/accounts/acc-9/revoke", nil, keyed("k1", admin)...).into(t, 200, nil) // another address
	elsewhere := s.bearer(Bearer{Account: "another-admin", Role: engine.RoleAdmin})
	s.ask("POST", "/api/v1/accounts", goodAccount, keyed("k1", elsewhere)...).into(t, 201, nil) // another account
	if n := o.counted(); n != 4 {
		t.Errorf("carried out %d times, want 4", n)
	}
}

func TestRepetitionsWaitForTheFirst(t *testing.T) {
	o := &stubOffice{atWork: make(chan struct{}), hold: make(chan struct{})}
	s := newSite(t, o)
	admin := s.as(engine.RoleAdmin)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { s.ask("POST", "/api/v1/accounts", goodAccount, keyed("k1", admin)...).into(t, 201, nil) })
	}
	<-o.atWork
	close(o.hold)
	wg.Wait()
	if n := o.counted(); n != 1 {
		t.Errorf("carried out %d times", n)
	}
}

func TestAFailedRequestMayBeTriedAgain(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o)
	admin := s.as(engine.RoleAdmin)
	o.fail(errors.New("disk full"))
	s.ask("POST", "/api/v1/accounts", goodAccount, keyed("k1", admin)...).refused(t, 500, codeInternal)
	o.fail(nil)
	s.ask("POST", "/api/v1/accounts", goodAccount, keyed("k1", admin)...).into(t, 201, nil)
}

func TestAnUnusableKeyIsRefused(t *testing.T) {
	s := newSite(t, new(stubOffice))
	admin := s.as(engine.RoleAdmin)
	for _, key := range []string{strings.Repeat("k", 65), "a b", "khóa"} {
		p := s.ask("POST", "/api/v1/accounts", goodAccount, keyed(key, admin)...).refused(t, 422, codeInvalid)
		if p.Error.Fields[0].Field != idempotencyHeader {
			t.Errorf("%+v", p.Error.Fields)
		}
	}
}

func TestTheBookOfKeysForgets(t *testing.T) {
	now := testStart
	b := newOnceBook(func() time.Time { return now })
	for i := range 10 * onceKeys {
		b.claim(onceKey{key: fmt.Sprint(i)}, [32]byte{})
	}
	if n := len(b.book.young) + len(b.book.old); n > 2*onceKeys {
		t.Errorf("%d keys are kept, want at most %d", n, 2*onceKeys)
	}
	last := onceKey{key: fmt.Sprint(10*onceKeys - 1)}
	if _, first := b.claim(last, [32]byte{}); first {
		t.Error("the last key is forgotten at once")
	}
	now = now.Add(onceLife + time.Second)
	b.claim(onceKey{key: "x"}, [32]byte{})
	now = now.Add(onceLife + time.Second)
	if _, first := b.claim(last, [32]byte{}); !first {
		t.Error("a key is kept for ever")
	}
}
