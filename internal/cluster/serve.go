package cluster

import (
	"fmt"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// Serve answers requests of a kind to this node, until the member ends. fn is
// called on the one goroutine of the kind and must not block; it calls answer
// once, then or later, on any goroutine. A nil answer says nothing, and whoever
// asked waits until its time is over. Every kind is served once.
//
// payload belongs to fn.
func (m *Member) Serve(kind string, fn func(payload []byte, answer func([]byte))) error {
	if err := checkName(kind); err != nil {
		return err
	}
	underWay := new(atomic.Int64)
	return m.subscribe(nodeSubject(m.o.Node, kind), "", func(msg *nats.Msg) {
		if underWay.Add(1) > MaxServed {
			underWay.Add(-1)
			m.refuse(msg, "busy")
			return
		}
		var answered atomic.Bool
		fn(msg.Data, func(answer []byte) {
			if answered.Swap(true) {
				panic(fmt.Sprintf("cluster: a request of kind %s was answered twice", kind))
			}
			underWay.Add(-1)
			m.answer(msg, answer)
		})
	})
}

func (m *Member) answer(msg *nats.Msg, answer []byte) {
	switch {
	case answer == nil:
	case len(answer) > MaxMessage:
		m.o.Log.Error("an answer is too large", "subject", msg.Subject, "bytes", len(answer))
		m.refuse(msg, "large")
	default:
		if err := msg.Respond(answer); err != nil {
			m.o.Log.Warn("an answer was not sent", "subject", msg.Subject, "err", err)
		}
	}
}

func (m *Member) refuse(msg *nats.Msg, why string) {
	r := nats.NewMsg(msg.Reply)
	r.Header.Set(headerRefused, why)
	if err := msg.RespondMsg(r); err != nil {
		m.o.Log.Warn("a refusal was not sent", "subject", msg.Subject, "err", err)
	}
}

// Broadcast tells all other nodes something, each at most once: who is not
// connected at the moment never hears of it. So it may only make known sooner
// what they would find out anyway. It does not block.
func (m *Member) Broadcast(kind string, payload []byte) error {
	if len(payload) > MaxMessage {
		return ErrTooLarge
	}
	msg := nats.NewMsg(allSubject(kind))
	msg.Header.Set(headerFrom, m.incarnation)
	msg.Data = payload
	return m.nc.PublishMsg(msg)
}

// OnBroadcast calls fn with what the other nodes tell of a kind, on the one
// goroutine of the kind, until the member ends. fn must not block for long.
func (m *Member) OnBroadcast(kind string, fn func(payload []byte)) error {
	if err := checkName(kind); err != nil {
		return err
	}
	return m.subscribe(allSubject(kind), "", func(msg *nats.Msg) {
		if msg.Header.Get(headerFrom) != m.incarnation {
			fn(msg.Data)
		}
	})
}

// subscribe subscribes until the member ends. A queue shares the messages among
// the nodes.
func (m *Member) subscribe(subject, queue string, fn nats.MsgHandler) error {
	m.subsMu.Lock()
	defer m.subsMu.Unlock()
	if m.subsClosed {
		return ErrLeft
	}
	var sub *nats.Subscription
	var err error
	if queue == "" {
		sub, err = m.nc.Subscribe(subject, fn)
	} else {
		sub, err = m.nc.QueueSubscribe(subject, queue, fn)
	}
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	m.subs = append(m.subs, sub)
	return nil
}

func (m *Member) unsubscribeAll() {
	m.subsMu.Lock()
	defer m.subsMu.Unlock()
	m.subsClosed = true
	for _, s := range m.subs {
		_ = s.Unsubscribe()
	}
}
