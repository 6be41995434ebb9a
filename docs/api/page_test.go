package api

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestThePageShowsTheWholeFile(t *testing.T) {
	page, _ := Page()
	html := string(page)
	for _, want := range []string{
		`<article id="login">`, `<b class="PUT">PUT</b> <code>/api/v1/auctions/{id}</code>`,
		`<a href="#Problem">Problem</a>`, `<article id="Rules">`, "Giá khởi điểm.", `<code>already_published</code>`,
		"public</span>", "access token</span>", "refresh cookie</span>", "Idempotency-Key (header)",
		`&#34;title&#34;: &#34;Thửa đất số 12&#34;`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, bad := range []string{"<no value>", "ZgotmplZ", "&lt;code", "map[", "<nil>"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
}

func TestEveryLinkOfThePageLeadsSomewhere(t *testing.T) {
	page, _ := Page()
	html := string(page)
	for i, part := range strings.Split(html, `href="#`) {
		if i == 0 {
			continue
		}
		target, _, _ := strings.Cut(part, `"`)
		target = strings.ReplaceAll(target, "%20", " ")
		if !strings.Contains(html, `id="`+target+`"`) {
			t.Errorf("#%s leads nowhere", target)
		}
	}
}

func TestWhatTheFileSaysCannotBreakThePage(t *testing.T) {
	evil := strings.Replace(string(YAML), "title: Gõ Búa", `title: "<script>alert(1)</script>"`, 1)
	evil = strings.Replace(evil, "summary: Sign in", `summary: "<img src=x onerror=y>"`, 1)
	evil = strings.Replace(evil, "description: For everybody, without a token.", "description: \"<b>`<i>`\"", 1)
	page, err := render([]byte(evil))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", "<b><", "<i>`", "<code><i>"} {
		if strings.Contains(string(page), bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
}

func TestExamplesAreJSON(t *testing.T) {
	if s := example(node{{Key: "example", Value: node{{Key: "b", Value: 1}, {Key: "a", Value: []any{"x"}}}}}); !json.Valid([]byte(s)) || strings.Index(s, `"b"`) > strings.Index(s, `"a"`) {
		t.Errorf("example %s", s)
	}
}
