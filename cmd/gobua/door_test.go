package main

import (
	"strings"
	"testing"
)

// TestDoors is one server for all, because it takes seconds to make its
// database.
func TestDoors(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	slow := slowRequest(h) // takes as long as all the others
	for _, door := range []struct {
		name  string
		knock func(*testing.T, *house)
	}{
		{"frames", badFrames},
		{"bids", badBids},
		{"acts", badActs},
		{"wrong people", wrongPeople},
		{"tokens", badTokens},
		{"one command once", oneCommandOnce},
		{"a second tab", secondTab},
		{"somebody revoked", revokedPerson},
		{"hostile frames", hostileFrames},
		{"foreign pages", foreignPages},
		{"requests", badRequests},
		{"odd requests", oddRequests},
		{"guessed passwords", guessedPasswords},
		{"floods", floods},
		{"a slow request", slow},
		{"afterwards", noticesNothing},
	} {
		t.Run(door.name, func(t *testing.T) { door.knock(t, h) })
	}
}

// badFrames are no requests. Each comes on a connection of its own, because
// five of them end one.
func badFrames(t *testing.T, h *house) {
	bid := func(amount string) string {
		return `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":` + amount + `}`
	}
	tests := []struct{ name, frame, want string }{
		{"empty", ``, "err bad_frame"},
		{"white space", ` `, "err bad_frame"},
		{"cut", `{"op":"bid","id":$N,"session":"$S"`, "err bad_frame"},
		{"no JSON", `bid 1000000`, "err bad_frame"},
		{"a list", `[` + bid("1000000") + `]`, "err bad_frame"},
		{"a word", `null`, "err bad_frame"},
		{"deep", `{"op":` + strings.Repeat("[", 3000), "err bad_frame"},
		{"deep in an unknown field", `{"op":"ping","id":$N,"ct":1,"x":` + strings.Repeat(`{"x":`, 600) + "1" + strings.Repeat("}", 600) + `}`, "err bad_frame"},
		{"two objects", bid("1000000") + bid("1100000"), "err bad_frame"},
		{"two objects on two lines", bid("1000000") + "\n" + bid("1100000"), "err bad_frame"},
		{"something after it", bid("1000000") + "\x00", "err bad_frame"},
		{"not UTF-8", "{\"op\":\"bid\",\"id\":$N,\"session\":\"$S\",\"cmd\":\"$C\",\"amount\":1000000,\"x\":\"\xff\"}", "err bad_frame"},
		{"unknown field", `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":1000000,"code":"M-100"}`, "err bad_frame"},
		{"field of a rival's wish", `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":1000000,"role":"auctioneer"}`, "err bad_frame"},
		{"key twice", `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":1000000,"amount":9000000}`, "err bad_frame"},
		{"key in another case", `{"op":"bid","id":$N,"session":"$S","cmd":"$C","Amount":1000000}`, "err bad_frame"},
		{"no number", `{"op":"bid","session":"$S","cmd":"$C","amount":1000000}`, "err bad_frame"},
		{"number zero", `{"op":"bid","id":0,"session":"$S","cmd":"$C","amount":1000000}`, "err bad_frame"},
		{"number too large", `{"op":"bid","id":2147483648,"session":"$S","cmd":"$C","amount":1000000}`, "err bad_frame"},
		{"no amount", `{"op":"bid","id":$N,"session":"$S","cmd":"$C"}`, "err bad_frame"},
		{"no command id", `{"op":"bid","id":$N,"session":"$S","amount":1000000}`, "err bad_frame"},
		{"command id of another version", `{"op":"bid","id":$N,"session":"$S","cmd":"6ba7b810-9dad-41d1-80b4-00c04fd430c8","amount":1000000}`, "err bad_frame"},
		{"command id of zeros", `{"op":"bid","id":$N,"session":"$S","cmd":"00000000-0000-0000-0000-000000000000","amount":1000000}`, "err bad_frame"},
		{"command id in braces", `{"op":"bid","id":$N,"session":"$S","cmd":"{$C}","amount":1000000}`, "err bad_frame"},
		{"amount as a list", bid("[1000000]"), "err bad_frame"},
		{"amount as an object", bid(`{"n":1000000}`), "err bad_frame"},
		{"amount with a leading zero", bid("01000000"), "err bad_frame"},
		{"amount with a plus", bid("+1000000"), "err bad_frame"},
		{"amount in hex", bid("0xF4240"), "err bad_frame"},
		{"amount that is no number", bid("NaN"), "err bad_frame"},
		{"amount as text", bid(`"1000000"`), "err bad_amount"},
		{"amount null", bid("null"), "err bad_amount"},
		{"amount true", bid("true"), "err bad_amount"},
		{"zero", bid("0"), "err bad_amount"},
		{"minus zero", bid("-0"), "err bad_amount"},
		{"negative", bid("-1000000"), "err bad_amount"},
		{"fraction", bid("1000000.5"), "err bad_amount"},
		{"fraction of nothing", bid("1000000.0"), "err bad_amount"},
		{"exponent", bid("1e6"), "err bad_amount"},
		{"huge exponent", bid("1e999999999"), "err bad_amount"},
		{"just above the largest", bid("9000000000000001"), "err bad_amount"},
		{"ten quadrillion", bid("10000000000000000"), "err bad_amount"},
		{"two to the 63rd", bid("9223372036854775808"), "err bad_amount"},
		{"two to the 64th and a million", bid("18446744073710551616"), "err bad_amount"},
		{"a thousand digits", bid(strings.Repeat("9", 1000)), "err bad_amount"},
		{"confirmation as text", `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":1000000,"confirm":"1000000"}`, "err bad_amount"},
		{"unknown request", `{"op":"sell","id":$N,"session":"$S","cmd":"$C"}`, "err unknown_op"},
		{"request in another case", `{"op":"BID","id":$N,"session":"$S","cmd":"$C","amount":1000000}`, "err unknown_op"},
		{"session of the wrong form", `{"op":"bid","id":$N,"session":"../../etc","cmd":"$C","amount":1000000}`, "err unknown_session"},
		{"session in capitals", `{"op":"bid","id":$N,"session":"` + strings.ToUpper(string(h.open)) + `","cmd":"$C","amount":1000000}`, "err unknown_session"},
		{"session that is none", `{"op":"bid","id":$N,"session":"000000000000","cmd":"$C","amount":1000000}`, "err unknown_session"},
		{"seventeen questions", `{"op":"ask","id":$N,"session":"$S","cmds":["$C"` + strings.Repeat(`,"$C"`, 16) + `]}`, "err bad_frame"},
		{"no question", `{"op":"ask","id":$N,"session":"$S","cmds":[]}`, "err bad_frame"},
		{"a clock with a text", `{"op":"ping","id":$N,"ct":"now"}`, "err bad_frame"},
		{"resuming before the beginning", `{"op":"sub","id":$N,"session":"$S","epoch":"x","seq":-1}`, "err bad_frame"},
		{"half a resumption", `{"op":"sub","id":$N,"session":"$S","epoch":"x"}`, "err bad_frame"},
		{"a view that is none", `{"op":"sub","id":$N,"session":"$S","view":"all"}`, "err bad_frame"},
	}
	h.unchanged(t, h.open, 0, func() {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				k := h.knock(t, "lan", h.open)
				m := k.ask(tt.frame)
				if got := verdict(m); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
				if m := k.ask(`{"op":"ping","id":$N,"ct":1}`); m["t"] != "pong" {
					t.Errorf("after it: %v", m)
				}
				_ = k.conn.Close()
			})
		}
	})
}

// badBids are requests that a session refuses, with a record where somebody
// who may bid tried to.
func badBids(t *testing.T, h *house) {
	bid := func(session, amount string) string {
		return `{"op":"bid","id":$N,"session":"` + session + `","cmd":"$C","amount":` + amount + `}`
	}
	lan, binh := h.knock(t, "lan", h.open), h.knock(t, "binh", h.open)
	for _, id := range []string{"$PAUSED", "$CLOSED", "$IDLE", "$ENDED"} {
		if m := lan.ask(`{"op":"sub","id":$N,"session":"` + id + `"}`); m["t"] != "snap" {
			t.Fatal(m)
		}
	}
	check := func(name string, k *knocker, frame, want string, records int) {
		t.Run(name, func(t *testing.T) {
			in := h.open
			switch {
			case strings.Contains(frame, "$PAUSED"):
				in = h.paused
			case strings.Contains(frame, "$CLOSED"):
				in = h.closed
			case strings.Contains(frame, "$IDLE"):
				in = h.idle
			case strings.Contains(frame, "$ENDED"):
				in = h.ended
			case strings.Contains(frame, "$FOREIGN"):
				in = h.foreign
			}
			h.unchanged(t, in, records, func() {
				if got := verdict(k.ask(frame)); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			})
		})
	}
	check("one đồng", lan, bid("$S", "1"), "refused below_start", 1)
	check("below the start", lan, bid("$S", "999999"), "refused below_start", 1)
	check("off step before any bid", lan, bid("$S", "1050000"), "refused off_step", 1)
	check("above the cap", lan, bid("$S", "1000000100000"), "refused above_cap", 1)
	check("the largest amount", lan, bid("$S", "9000000000000000"), "refused above_cap", 1)
	check("a zero too many", lan, bid("$S", "10000000"), "refused confirm_needed", 1)
	check("typed again, wrongly", lan, `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":10000000,"confirm":1000000}`, "refused confirm_mismatch", 1)
	check("a maximum where there are none", lan, `{"op":"raise","id":$N,"session":"$S","cmd":"$C","amount":2000000}`, "refused no_proxy", 1)
	check("nothing to withdraw", lan, `{"op":"withdraw","id":$N,"session":"$S","cmd":"$C","code":"M-100"}`, "refused nothing_to_withdraw", 1)
	check("twice checked in", lan, `{"op":"checkin","id":$N,"session":"$S","cmd":"$C"}`, "refused already_checked_in", 0)
	check("before the opening", lan, bid("$IDLE", "1000000"), "refused not_checked_in", 1)
	check("while paused", lan, bid("$PAUSED", "1000000"), "refused paused", 1)
	check("after the close", lan, bid("$CLOSED", "1000000"), "refused not_checked_in", 1)
	check("checking in after the close", lan, `{"op":"checkin","id":$N,"session":"$CLOSED","cmd":"$C"}`, "refused closed", 0)
	check("after the end", lan, bid("$ENDED", "1000000"), "refused ended", 0)
	check("in a session of others", lan, bid("$FOREIGN", "1000000"), "refused not_admitted", 0)

	if got := verdict(binh.ask(bid("$S", "1000000"))); got != "accepted" {
		t.Fatal(got)
	}
	check("the same amount as the leader's", lan, bid("$S", "1000000"), "refused too_low", 1)
	check("half a step more", lan, bid("$S", "1150000"), "refused off_step", 1)
	check("below the next minimum", lan, bid("$S", "1099999"), "refused too_low", 1)
	check("over oneself", binh, bid("$S", "1100000"), "refused own_lead", 1)
	check("withdrawing what another leads with", lan, `{"op":"withdraw","id":$N,"session":"$S","cmd":"$C","code":"M-100"}`, "refused nothing_to_withdraw", 1)
	check("withdrawing with another's code", binh, `{"op":"withdraw","id":$N,"session":"$S","cmd":"$C","code":"M-1"}`, "refused confirm_mismatch", 1)
}

// badActs are the auctioneer's that make no sense; each is on record.
func badActs(t *testing.T, h *house) {
	k := h.knock(t, "dgv", h.open)
	for act, want := range map[string]string{
		`"open"`:                         "wrong_phase",
		`"resume"`:                       "wrong_phase",
		`"announce","code":"","price":0`: "wrong_phase",
		`"pause"`:                        "text_needed",
		`"pause","text":" \n"`:           "text_needed",
		`"stop","text":"a\u0000b"`:       "text_needed", // its result would never get into the office
		`"cancel","text":"\u200b"`:       "text_needed",
		`"say","text":"\u202e000.000.1"`: "text_needed",
		`"say","text":"` + strings.Repeat("đ", 501) + `"`: "text_too_long",
		`"extend","text":"x","ms":999`:                    "bad_duration",
		`"extend","text":"x","ms":86400001`:               "bad_duration",
		`"extend","ms":60000`:                             "text_needed",
		`"disqualify","text":"x","code":""`:               "unknown_code",
		`"disqualify","text":"x","code":"M-1\u0000"`:      "unknown_code",
	} {
		h.unchanged(t, h.open, 1, func() {
			if got := verdict(k.ask(`{"op":"act","id":$N,"session":"$S","cmd":"$C","act":` + act + `}`)); got != "refused "+want {
				t.Errorf("%.60s: %s, want %s", act, got, want)
			}
		})
	}
}

// wrongPeople may not do what they ask for. No session hears of it.
func wrongPeople(t *testing.T, h *house) {
	bid := `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":5000000}`
	act := func(act string) string {
		return `{"op":"act","id":$N,"session":"$S","cmd":"$C","act":` + act + `}`
	}
	tests := []struct{ name, login, frame, want string }{
		{"a spectator bids", "", bid, "err unauthorized"},
		{"a spectator checks in", "", `{"op":"checkin","id":$N,"session":"$S","cmd":"$C"}`, "err unauthorized"},
		{"a spectator acts", "", act(`"stop","text":"x"`), "err unauthorized"},
		{"a spectator asks", "", `{"op":"ask","id":$N,"session":"$S","cmds":["$C"]}`, "err unauthorized"},
		{"a spectator takes the channel", "", `{"op":"take","id":$N,"session":"$S"}`, "err unauthorized"},
		{"a spectator looks at the desk", "", `{"op":"sub","id":$N,"session":"$S","view":"desk"}`, "err unauthorized"},
		{"a spectator renews", "", `{"op":"refresh","id":$N,"token":"x"}`, "err unauthorized"},
		{"a bidder acts", "lan", act(`"announce","code":"","price":0`), "err forbidden"},
		{"a bidder extends", "lan", act(`"extend","ms":30000,"text":"x"`), "err forbidden"},
		{"a bidder looks at the desk", "lan", `{"op":"sub","id":$N,"session":"$S","view":"desk"}`, "err forbidden"},
		{"a bidder says hello again", "lan", `{"op":"hello","id":$N,"token":"x"}`, "err forbidden"},
		{"a bidder asks about others' session", "lan", `{"op":"ask","id":$N,"session":"$FOREIGN","cmds":["$C"]}`, "err forbidden"},
		{"an observer acts", "giamsat", act(`"pause","text":"x"`), "err forbidden"},
		{"an observer bids", "giamsat", bid, "err forbidden"},
		{"an administrator acts", "quantri", act(`"cancel","text":"x"`), "err forbidden"},
		{"an administrator bids", "quantri", bid, "err forbidden"},
		{"the auctioneer bids", "dgv", bid, "err forbidden"},
		{"the auctioneer checks in", "dgv", `{"op":"checkin","id":$N,"session":"$S","cmd":"$C"}`, "err forbidden"},
		{"the auctioneer does what only the system may", "dgv", act(`"tick"`), "err bad_frame"},
		{"the auctioneer credits an outage", "dgv", act(`"credit_outage","ms":1000`), "err bad_frame"},
		{"the auctioneer opens with a price", "dgv", act(`"open","price":1`), "err bad_frame"},
		{"a bidder of another session bids", "chi", bid, "refused not_admitted"},
		{"a bidder of another session checks in", "chi", `{"op":"checkin","id":$N,"session":"$S","cmd":"$C"}`, "refused not_admitted"},
	}
	h.unchanged(t, h.open, 0, func() {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				k := h.knock(t, tt.login, h.open)
				if got := verdict(k.ask(tt.frame)); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
				_ = k.conn.Close()
			})
		}
	})
}
