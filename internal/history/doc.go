// Package history records what people sent to a server and what they were
// answered, and checks that there is an order of all their bids, each between
// its sending and its answer, in which a small sequential auction would have
// answered the same (linearizability, checked by porcupine). Tests that kill or
// disturb the real program use it: it needs nothing of the server but answers.
//
// A bid is known by its command's id. However often it is sent, it is one bid
// with one outcome; who asks again after an answer gets that answer again. A bid
// that nobody ever got an answer to may have been taken or not, at any time
// after it was sent.
//
//	h := history.New()
//	c := h.Call(history.Bid{Session: session, By: "lan", ID: id, Amount: 5000})
//	receipt, err := seat.DoAs(ctx, session, id, engine.PlaceBid{Amount: 5000})
//	if err == nil {
//		c.Answered(receipt)
//	}
//	…
//	err = h.Check(history.Sheet{Start: 1000, Step: 1000}, time.Minute)
package history
