package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/visitor"
	"gobua/transport"
)

// badTokens open no door, neither the live one nor that of REST.
func badTokens(t *testing.T, h *house) {
	lan := h.people["lan"].Account
	key, err := transport.LoadOrCreateKey(filepath.Join(h.data, "keys", "access-token"))
	h.must(err)
	issue := func(key transport.Key, age time.Duration, role engine.Role) string {
		o := transport.TokenOptions{Now: func() time.Time { return time.Now().Add(-age) }}
		token, _, err := transport.NewTokens(key, o).Issue(transport.Bearer{Account: lan.ID, Name: lan.Name, Role: role})
		h.must(err)
		return token
	}
	sign := func(method jwt.SigningMethod, with any, change jwt.MapClaims) string {
		claims := jwt.MapClaims{"iss": "gobua", "aud": "gobua", "sub": lan.ID, "role": "bidder", "exp": time.Now().Add(time.Hour).Unix()}
		for name, value := range change {
			claims[name] = value
		}
		token, err := jwt.NewWithClaims(method, claims).SignedString(with)
		h.must(err)
		return token
	}
	good := issue(key, 0, engine.RoleBidder)
	part := strings.Split(good, ".")
	body, err := base64.RawURLEncoding.DecodeString(part[1])
	h.must(err)
	raised := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(body), `"bidder"`, `"admin"`, 1)))
	another := key
	another[0] ^= 1
	tests := []struct{ name, token, code string }{
		{"expired", issue(key, 20*time.Minute, engine.RoleBidder), "token_expired"},
		{"expired last year", issue(key, 365*24*time.Hour, engine.RoleBidder), "token_expired"},
		{"from another key", issue(another, 0, engine.RoleBidder), "unauthorized"},
		{"expired and from another key", issue(another, 20*time.Minute, engine.RoleBidder), "unauthorized"},
		{"from the future", sign(jwt.SigningMethodHS256, key[:], jwt.MapClaims{"nbf": time.Now().Add(time.Hour).Unix()}), "unauthorized"},
		{"unsigned", sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), "unauthorized"},
		{"of another method", sign(jwt.SigningMethodHS512, key[:], nil), "unauthorized"},
		{"that never ends", sign(jwt.SigningMethodHS256, key[:], jwt.MapClaims{"exp": nil}), "unauthorized"},
		{"for another site", sign(jwt.SigningMethodHS256, key[:], jwt.MapClaims{"aud": "other"}), "unauthorized"},
		{"by another issuer", sign(jwt.SigningMethodHS256, key[:], jwt.MapClaims{"iss": "other"}), "unauthorized"},
		{"of the system", sign(jwt.SigningMethodHS256, key[:], jwt.MapClaims{"role": "system"}), "unauthorized"},
		{"of nobody", sign(jwt.SigningMethodHS256, key[:], jwt.MapClaims{"sub": ""}), "unauthorized"},
		{"with a raised role", part[0] + "." + raised + "." + part[2], "unauthorized"},
		{"without a signature", part[0] + "." + part[1] + ".", "unauthorized"},
		{"cut", good[:len(good)-1], "unauthorized"},
		{"that is none", "token", "unauthorized"},
		{"of three thousand bytes", strings.Repeat("x", 3000), "unauthorized"},
	}
	h.unchanged(t, h.open, 0, func() {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				k := h.knock(t, "", h.open)
				if got := verdict(k.ask(`{"op":"hello","id":$N,"token":"` + tt.token + `"}`)); got != "err "+tt.code {
					t.Errorf("hello: %s, want %s", got, tt.code)
				}
				if got := verdict(k.ask(`{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":5000000}`)); got != "err unauthorized" {
					t.Errorf("a bid after it: %s", got)
				}
				_ = k.conn.Close()
				h.rest(t, "GET", "/api/v1/me", "", "Authorization", "Bearer "+tt.token).refused(t, 401, tt.code)
			})
		}
	})
}

// oneCommandOnce: the same id is the same command, whatever comes with it.
func oneCommandOnce(t *testing.T, h *house) {
	room, err := h.site().Room(h.ctx, h.open)
	h.must(err)
	lan := h.knock(t, "lan", h.open)
	id := uuid.Must(uuid.NewV7()).String()
	bid := func(amount engine.Dong) map[string]any {
		return lan.ask(fmt.Sprintf(`{"op":"bid","id":$N,"session":"$S","cmd":"%s","amount":%d}`, id, amount))
	}
	first := bid(room.Now.Next)
	if verdict(first) != "accepted" {
		t.Fatal(first)
	}
	h.unchanged(t, h.open, 0, func() {
		if again := bid(room.Now.Next); !reflect.DeepEqual(again["receipt"], first["receipt"]) {
			t.Errorf("the second receipt is %v, the first was %v", again, first)
		}
		for _, frame := range []string{
			fmt.Sprintf(`{"op":"bid","id":$N,"session":"$S","cmd":"%s","amount":%d}`, id, room.Now.Next+100_000),
			fmt.Sprintf(`{"op":"raise","id":$N,"session":"$S","cmd":"%s","amount":%d}`, id, room.Now.Next),
			fmt.Sprintf(`{"op":"checkin","id":$N,"session":"$S","cmd":"%s"}`, id),
		} {
			if got := verdict(lan.ask(frame)); got != "refused command_reused" {
				t.Errorf("%s: %s", frame, got)
			}
		}
		asked := lan.ask(`{"op":"ask","id":$N,"session":"$S","cmds":["` + id + `","$C"]}`)
		receipts, _ := asked["receipts"].([]any)
		unknown, _ := asked["unknown"].([]any)
		if len(receipts) != 1 || len(unknown) != 1 || !reflect.DeepEqual(receipts[0], first["receipt"]) {
			t.Errorf("asked: %v", asked)
		}
		binh := h.knock(t, "binh", h.open)
		if asked := binh.ask(`{"op":"ask","id":$N,"session":"$S","cmds":["` + id + `"]}`); len(asked["receipts"].([]any)) != 0 {
			t.Errorf("a rival may read it: %v", asked)
		}
		late := uuid.Must(uuid.NewV7()).String()
		binh.ask(`{"op":"drop","id":$N,"session":"$S","cmds":["` + late + `","` + id + `"]}`) // promises Lan nothing
		if dropped := lan.ask(`{"op":"drop","id":$N,"session":"$S","cmds":["` + late + `","` + id + `"]}`); len(dropped["receipts"].([]any)) != 1 {
			t.Errorf("dropped: %v", dropped)
		}
		if got := verdict(lan.ask(fmt.Sprintf(`{"op":"bid","id":$N,"session":"$S","cmd":"%s","amount":%d}`, late, room.Now.Next+100_000))); got != "refused dropped" {
			t.Errorf("a bid that was dropped before: %s", got)
		}
	})
}

// secondTab follows, and bids only once it has taken the channel over.
func secondTab(t *testing.T, h *house) {
	tooLow := `{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":1000000}`
	first, second := h.knock(t, "binh", h.open), h.knock(t, "binh", h.open)
	h.unchanged(t, h.open, 2, func() {
		if got := verdict(second.ask(tooLow)); got != "err not_active" {
			t.Errorf("the second tab: %s", got)
		}
		if got := verdict(second.ask(`{"op":"take","id":$N,"session":"$S"}`)); got != "ok" {
			t.Errorf("it takes over: %s", got)
		}
		if got := verdict(second.ask(tooLow)); got != "refused too_low" {
			t.Errorf("then: %s", got)
		}
		m := first.await("the first tab hears of it", func(m map[string]any) bool { return m["t"] == "you" && m["active"] == false })
		if got := verdict(first.ask(tooLow)); got != "err not_active" {
			t.Errorf("the first tab: %s after %v", got, m)
		}
		_ = second.conn.Close()
		first.await("the channel is back", func(m map[string]any) bool { return m["t"] == "you" && m["active"] == true })
		if got := verdict(first.ask(tooLow)); got != "refused too_low" {
			t.Errorf("the first tab, alone again: %s", got)
		}
	})
}

// revokedPerson is cut at once, and nothing they have opens a door any more.
func revokedPerson(t *testing.T, h *house) {
	admin := h.people["quantri"]
	_, err := admin.CreateAccount(h.ctx, visitor.NewAccount{Login: "bi-thu-hoi", Name: "Đặng Văn Bị", Password: "mot-mat-khau", Role: engine.RoleBidder})
	h.must(err)
	who, err := h.site().SignInFirst(h.ctx, "bi-thu-hoi", "mot-mat-khau", "mot-mat-khau-khac")
	h.must(err)
	h.people["bi-thu-hoi"] = who
	token, err := who.Token(h.ctx)
	h.must(err)
	k := h.knock(t, "bi-thu-hoi", h.open)
	h.must(admin.Revoke(h.ctx, who.Account.ID))
	if bye, code := k.closed(); bye != "kicked" || code != 4502 {
		t.Errorf("bye %q, close code %d", bye, code)
	}
	again := h.knock(t, "", h.open)
	if got := verdict(again.ask(`{"op":"hello","id":$N,"token":"` + token + `"}`)); got != "err unauthorized" {
		t.Errorf("hello with the dead token: %s", got)
	}
	h.rest(t, "GET", "/api/v1/me", "", "Authorization", "Bearer "+token).refused(t, 401, "unauthorized")
	h.rest(t, "POST", "/api/v1/auth/login", `{"login":"bi-thu-hoi","password":"mot-mat-khau-khac"}`).refused(t, 401, "bad_credentials")
	if err := admin.Revoke(h.ctx, admin.Account.ID); !visitor.HasCode(err, "forbidden") {
		t.Errorf("an administrator revokes themself: %v", err)
	}
}

// hostileFrames are against the protocol below ours; each ends its connection
// with its own code and no other one notices.
func hostileFrames(t *testing.T, h *house) {
	frame := func(first byte, payload string) []byte {
		b := []byte{first, 0x80 | 126}
		if len(payload) < 126 {
			b[1] = 0x80 | byte(len(payload))
		} else {
			b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
		}
		return append(append(b, 0, 0, 0, 0), payload...) // masked with zeros
	}
	ping := `{"op":"ping","id":1,"ct":1}`
	long := strings.Repeat(" ", 5000)
	bystander := h.knock(t, "lan", h.open)
	for _, tt := range []struct {
		name  string
		bytes []byte
		code  int
	}{
		{"oversize", frame(0x81, ping+strings.Repeat(" ", 4097-len(ping))), 1009},
		{"oversize in parts", append(frame(0x01, strings.Repeat(" ", 4000)), frame(0x80, strings.Repeat(" ", 4000))...), 1009},
		{"said to be of exabytes", append([]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, long...), 1009},
		{"binary", frame(0x82, ping), 1003},
		{"reserved opcode", frame(0x83, ping), 1002},
		{"compressed though nobody agreed to it", frame(0xc1, ping), 1002},
		{"unmasked", append([]byte{0x81, byte(len(ping))}, ping...), 1002},
		{"going on with nothing", frame(0x80, ping), 1002},
		{"a control frame in parts", frame(0x09, "x"), 1002},
		{"a control frame that is too long", frame(0x89, strings.Repeat("x", 126)), 1002},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := h.knock(t, "", h.open)
			if _, err := k.conn.NetConn().Write(tt.bytes); err != nil {
				t.Fatal(err)
			}
			if _, code := k.closed(); code != tt.code {
				t.Errorf("closed with %d, want %d", code, tt.code)
			}
		})
	}
	t.Run("a request in parts is a request", func(t *testing.T) {
		k := h.knock(t, "", h.open)
		for _, b := range [][]byte{frame(0x01, ping[:7]), frame(0x89, "are you there"), frame(0x00, ping[7:9]), frame(0x80, ping[9:])} {
			if _, err := k.conn.NetConn().Write(b); err != nil {
				t.Fatal(err)
			}
		}
		k.await("the pong comes", func(m map[string]any) bool { return m["t"] == "pong" })
	})
	t.Run("nothing but rubbish", func(t *testing.T) {
		k := h.knock(t, "", "")
		for range 6 {
			k.send(`{"op":`)
		}
		if bye, code := k.closed(); bye != "limit" || code != 4500 {
			t.Errorf("bye %q, close code %d", bye, code)
		}
	})
	t.Run("a flood", func(t *testing.T) {
		k := h.knock(t, "", "")
		go func() { // the server stops reading at some point
			for range 500 {
				if k.conn.WriteMessage(websocket.TextMessage, []byte(ping)) != nil {
					return
				}
			}
		}()
		k.await("it is told", func(m map[string]any) bool { return m["code"] == "rate" && m["temp"] == true })
		if bye, code := k.closed(); bye != "limit" || code != 4005 {
			t.Errorf("bye %q, close code %d", bye, code)
		}
	})
	if m := bystander.ask(`{"op":"ping","id":$N,"ct":1}`); m["t"] != "pong" {
		t.Errorf("somebody else noticed: %v", m)
	}
}

// foreignPages may not connect in their visitor's name.
func foreignPages(t *testing.T, h *house) {
	own := "http://" + h.addr
	for origin, status := range map[string]int{
		own: 101, strings.ToUpper(own[:4]) + own[4:]: 101,
		"": 403, "null": 403, "https://evil.example": 403, own + ".evil.example": 403, "http://evil.example/" + h.addr: 403,
		"http://" + h.addr + "@evil.example": 403, "http://localhost" + h.addr[strings.Index(h.addr, ":"):]: 403, "file://": 403,
	} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, answer, err := websocket.DefaultDialer.DialContext(h.ctx, "ws://"+h.addr+"/ws", header)
		if err == nil {
			_ = conn.Close()
		}
		if answer == nil || answer.StatusCode != status {
			t.Errorf("%q: %v, %v, want %d", origin, answer, err, status)
			continue
		}
		if status == http.StatusForbidden {
			text, err := io.ReadAll(answer.Body)
			var p struct {
				Error struct{ Code, Message string }
			}
			if err == nil {
				err = json.Unmarshal(text, &p)
			}
			if err != nil || p.Error.Code != "foreign_origin" || p.Error.Message == "" {
				t.Errorf("%q: %s, %v", origin, text, err)
			}
		}
	}
}
