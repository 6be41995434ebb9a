package bank

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func drawMemo(t interface{ Fatal(...any) }, seed byte) Memo {
	m, err := NewMemo(rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMemoIsShortUpperCaseAndWithoutLookAlikes(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	seen := map[Memo]bool{}
	for range 2_000 {
		m, err := NewMemo(random)
		if err != nil || !m.Valid() || len(m) != 11 || seen[m] || strings.ContainsAny(string(m), "ILOU") || Plain(string(m)) != string(m) {
			t.Fatalf("memo %q, %v", m, err)
		}
		seen[m] = true
	}
}

func TestMemoFailsWhenChanceFails(t *testing.T) {
	broken := errors.New("no entropy")
	if _, err := NewMemo(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := NewMemo(bytes.NewReader([]byte{1, 2, 3})); err == nil {
		t.Error("three bytes are enough for a memo")
	}
}

func TestMemoSurvivesWhatBanksDoToIt(t *testing.T) {
	m := string(drawMemo(t, 2))
	for _, text := range []string{
		m,
		strings.ToLower(m),
		"MBVCB.6912345678." + m + ".CT tu 0011001932418 NGUYEN VAN A toi 970436",
		"NGUYENVANA" + m + "chuyentien",
		m[:2] + " " + m[2:6] + " " + m[6:],
		strings.Join(strings.Split(m, ""), "."),
		"Nộp tiền đặt trước " + m + " – Đỗ Thị Ấm",
		"tien dat truoc\n" + m[:5] + "-" + m[5:] + "/ FT26330123456",
		m + " " + m,
		"GB" + m,
	} {
		if got := FindMemos(text); !slices.Equal(got, []Memo{Memo(m)}) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestMemoReadsTypedLookAlikes(t *testing.T) {
	for seed := range byte(200) {
		m := string(drawMemo(t, seed))
		typed := "GB" + strings.NewReplacer("0", "o", "1", "l").Replace(m[2:])
		if got := FindMemos(typed); !slices.Equal(got, []Memo{Memo(m)}) {
			t.Errorf("%s typed as %s: %v", m, typed, got)
		}
	}
}

func TestTextWithoutMemoHasNone(t *testing.T) {
	for _, text := range []string{
		"", "GB", "CONG BAN NHAN DAN TRUONG BA GBANKING CHUYEN TIEN MUA HO SO", "970436 0011001932418 26/11/2026",
		strings.Repeat("GB", 5_000), "\xff\xfe\x00",
	} {
		if got := FindMemos(text); len(got) > 0 {
			t.Errorf("%.40q: %v", text, got)
		}
	}
}

func TestMemoCheckCatchesEverySlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMemo(t, rapid.Byte().Draw(t, "seed"))
		wrong := []byte(m)
		i := rapid.IntRange(2, memoLength-1).Draw(t, "at")
		if rapid.Bool().Draw(t, "swap") {
			j := rapid.IntRange(2, memoLength-1).Draw(t, "with")
			wrong[i], wrong[j] = wrong[j], wrong[i]
		} else {
			wrong[i] = memoAlphabet[rapid.IntRange(0, 31).Draw(t, "character")]
		}
		if string(wrong) != string(m) && Memo(wrong).Valid() {
			t.Fatalf("%s passes for %s", wrong, m)
		}
	})
}

func TestMemosFoundAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMemo(t, rapid.Byte().Draw(t, "seed"))
		text := rapid.String().Draw(t, "before") + " " + string(m) + " " + rapid.String().Draw(t, "after")
		found := FindMemos(text)
		if !slices.Contains(found, m) {
			t.Fatalf("%q hides %s", text, m)
		}
		for _, f := range found {
			if !f.Valid() {
				t.Fatalf("%q is no memo", f)
			}
		}
	})
}

func TestPlainIsWhatBanksWrite(t *testing.T) {
	for in, want := range map[string]string{
		"Đỗ Thị Ấm":            "DO THI AM",
		"  nguyễn   văn\tđức ": "NGUYEN VAN DUC",
		"CÔNG TY CP A&B (HN)":  "CONG TY CP A B HN",
		"=SUM(1)":              "SUM 1",
		"Tô\u0302":             "TO", "ｗｉｄｅ": "WIDE", "": "", "\u202eabc": "ABC",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
