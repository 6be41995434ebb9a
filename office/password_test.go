package office

import (
	"context"
	"errors"
	"testing"
)

// TestInARushTheDatabaseIsNotAsked: whoever finds too many waiting is sent away
// before anything of theirs is read or counted. There is no database here.
func TestInARushTheDatabaseIsNotAsked(t *testing.T) {
	o := &Office{hasher: newHasher(1)}
	var waiting []ticket
	for {
		one, err := o.hasher.queue()
		if err != nil {
			break
		}
		waiting = append(waiting, one)
	}
	if len(waiting) != maxHashWaiting+1 {
		t.Fatalf("%d wait", len(waiting))
	}
	_, _, err := o.SignIn(context.Background(), "an.an", "mật khẩu", Device{Address: "10.0.0.1"})
	if throttled := (ErrThrottled{}); !errors.As(err, &throttled) || throttled.RetryAfter != busyRetry {
		t.Errorf("sent away with %v", err)
	}
	waiting[0].leave()
	one, err := o.hasher.queue()
	if err != nil {
		t.Fatal("who leaves makes no room")
	}
	if ok, err := one.verify(context.Background(), "mật khẩu", ""); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}
