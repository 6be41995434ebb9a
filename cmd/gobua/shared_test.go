package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"testing"

	"gobua/store/localpg/localpgtest"
)

// sharing prepares a server that shares a database with others.
func sharing(t *testing.T, dsn string) *process {
	t.Helper()
	return newProcess(t, "--demo", "off", "--shared", "on", "--second-factor", "off", "--database-url", dsn)
}

// copyKeys gives a server that is still to be started the keys of another one.
func (p *process) copyKeys(from *process) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Join(p.data, "keys"), 0o700); err != nil {
		p.t.Fatal(err)
	}
	for _, name := range []string{"access-token", "ledger-key", "vault-001"} {
		text, err := os.ReadFile(filepath.Join(from.data, "keys", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(p.data, "keys", name), text, 0o600)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// TestProgramsThatShareADatabase: they must have the same keys, and then a
// sign-in of one is good at the other until it is signed out at either.
func TestProgramsThatShareADatabase(t *testing.T) {
	t.Parallel()
	office := localpgtest.New(t)
	db, err := sql.Open("postgres", office.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	count := func(query string) (n int) {
		_ = db.QueryRow(query).Scan(&n) // there may be no table yet
		return n
	}

	a := sharing(t, office.DSN)
	if err := os.MkdirAll(filepath.Join(a.data, "archive"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.data, "archive", "of-old-1.zip"), []byte("từ khi còn một máy"), 0o400); err != nil {
		t.Fatal(err)
	}
	a.start()
	a.eventually("the keys are remembered", func() bool { return count(`select count(*) from key_marks`) == 3 })
	a.eventually("what was in the folder is in the database", func() bool {
		_, err := os.Stat(filepath.Join(a.data, "archive-moved-into-database"))
		return err == nil && count(`select count(*) from blob_names where name = 'of-old-1.zip'`) == 1
	})

	b := sharing(t, office.DSN)
	status, said := refusal(t, gobua(nil, append(b.flags, "--log-level", "error")...))
	oneSentence(t, status, said, "lacks the key access-token", "copy the folder of the keys")
	if _, err := os.Stat(filepath.Join(b.data, "keys")); err == nil {
		t.Error("a program that was refused has made keys of its own")
	}
	stranger := newProcess(t, "--demo", "off") // once alone, with keys of its own
	stranger.start()
	stranger.stop()
	other := sharing(t, office.DSN)
	other.copyKeys(stranger)
	status, said = refusal(t, gobua(nil, append(other.flags, "--log-level", "error")...))
	oneSentence(t, status, said, "access-token is not the key", "key_marks")
	b.copyKeys(a)
	b.start()

	add := gobua([]string{"GOBUA_PASSWORD=mot-mat-khau-dai"}, "account", "add", "truong.phong", "--name", "Trưởng Phòng", "--database-url", office.DSN)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: new(http.Transport)}
	defer browser.CloseIdleConnections()
	token := ""
	ask := func(p *process, method, path, body string) (status int, answer []byte) {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+p.addr+"/api/v1"+path, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Gobua", "1")
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err = io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, answer
	}
	code, answer := ask(a, "POST", "/auth/login", `{"login":"truong.phong","password":"mot-mat-khau-dai"}`)
	var in struct{ Token string }
	if err := json.Unmarshal(answer, &in); err != nil || code != http.StatusOK {
		t.Fatalf("%d, %s, %v", code, answer, err)
	}
	token = in.Token
	if code, answer := ask(b, "GET", "/me", ""); code != http.StatusOK {
		t.Fatalf("signed in at one, at the other: %d, %s", code, answer)
	}
	if code, answer := ask(a, "POST", "/auth/logout", ""); code != http.StatusNoContent {
		t.Fatalf("%d, %s", code, answer)
	}
	b.eventually("the sign-out is known", func() bool { code, _ := ask(b, "GET", "/me", ""); return code == http.StatusUnauthorized })
	b.kill()
	b.start()
	if code, answer := ask(b, "GET", "/me", ""); code != http.StatusUnauthorized {
		t.Fatalf("after a restart: %d, %s", code, answer)
	}
}
