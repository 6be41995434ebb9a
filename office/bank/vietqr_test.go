package bank

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gobua/engine"
)

func TestCRCIsCCITTFalse(t *testing.T) {
	// The check value that every catalogue of check sums gives for this one.
	if got := crc16("123456789"); got != 0x29B1 {
		t.Errorf("%04X", got)
	}
}

// published are codes from the specification of NAPAS and from public
// implementations of it.
var published = []struct {
	payload string
	want    Transfer
}{
	{"00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F",
		Transfer{To: Account{"970403", "0011012345678"}}},
	{"00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E",
		Transfer{Account{"970403", "0011012345678"}, 180_000, "thanh toan don hang"}},
	{"00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C",
		Transfer{Account{"970415", "0011001932418"}, 120_000, "ung ho lu lut"}},
	{"00020101021138540010A00000072701240006970423011001234567890208QRIBFTTA53037045802VN6304F64B",
		Transfer{To: Account{"970423", "0123456789"}}},
	{"00020101021138540010A00000072701240006970407011096020919960208QRIBFTTA53037045802VN630434A0",
		Transfer{To: Account{"970407", "9602091996"}}},
	{"00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien6304BBB8",
		Transfer{Account{"970416", "257678859"}, 1_000, "Chuyen tien"}},
}

func TestPublishedCodesAreRead(t *testing.T) {
	for _, p := range published {
		if got, err := ParseVietQR(p.payload); err != nil || got != p.want {
			t.Errorf("%s\n%+v, %v\nwant %+v", p.payload, got, err, p.want)
		}
	}
}

func TestPublishedCodesAreWrittenTheSame(t *testing.T) {
	for _, p := range published {
		if p.want.Memo != "" {
			continue // ours are upper case
		}
		if got, err := VietQR(p.want.To, p.want.Amount, ""); err != nil || got != p.payload {
			t.Errorf("%s, %v\nwant %s", got, err, p.payload)
		}
	}
	const want = "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62150811GB7K2MQ94TX6304"
	got, err := VietQR(Account{"970415", "0011001932418"}, 120_000, "GB7K2MQ94TX")
	if err != nil || got[:len(got)-4] != want {
		t.Errorf("%s, %v\nwant %s....", got, err, want)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Transfer{
			To: Account{
				BIN:    rapid.SampledFrom(Banks()).Draw(t, "bank").BIN,
				Number: rapid.StringMatching(`[0-9A-Za-z]{1,19}`).Draw(t, "number"),
			},
			Amount: engine.Dong(rapid.Int64Range(0, 9_999_999_999_999).Draw(t, "amount")),
			Memo:   rapid.StringMatching(`([A-Z0-9]{1,8}( [A-Z0-9]{1,7})?)?`).Draw(t, "memo"),
		}
		payload, err := VietQR(want.To, want.Amount, want.Memo)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseVietQR(payload); err != nil || got != want {
			t.Fatalf("%s: %+v, %v", payload, got, err)
		}
		i := rapid.IntRange(0, len(payload)-1).Draw(t, "flip")
		broken := []byte(payload)
		broken[i] ^= 1 << rapid.IntRange(0, 4).Draw(t, "bit")
		if got, err := ParseVietQR(string(broken)); err == nil && got != want {
			t.Fatalf("%s is read as %+v", broken, got)
		}
	})
}

func TestWrongTransfersAreRefused(t *testing.T) {
	good := Account{"970436", "0011001932418"}
	for _, c := range []struct {
		to     Account
		amount engine.Dong
		memo   string
		code   string
	}{
		{Account{"970999", "1"}, 1, "", "unknown_bank"},
		{Account{"", "1"}, 1, "", "unknown_bank"},
		{Account{"970436", ""}, 1, "", "bad_account"},
		{Account{"970436", "12 34"}, 1, "", "bad_account"},
		{Account{"970436", strings.Repeat("1", 20)}, 1, "", "bad_account"},
		{good, -1, "", "bad_amount"},
		{good, 10_000_000_000_000, "", "bad_amount"},
		{good, engine.MaxDong, "", "bad_amount"},
		{good, 1, strings.Repeat("A", 26), "bad_memo"},
		{good, 1, "Đặt trước", "bad_memo"},
		{good, 1, "A\x00", "bad_memo"},
	} {
		var refused *QRError
		if _, err := VietQR(c.to, c.amount, c.memo); !errors.As(err, &refused) || refused.Code != c.code {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestWhatIsNoVietQRIsRefused(t *testing.T) {
	ok := published[1].payload
	seal := func(s string) string {
		sum := crc16(s + "6304")
		const hex = "0123456789ABCDEF"
		return s + "6304" + string([]byte{hex[sum>>12], hex[sum>>8&15], hex[sum>>4&15], hex[sum&15]})
	}
	body := ok[:len(ok)-8]
	for payload, code := range map[string]string{
		"":                             "malformed",
		"0002":                         "malformed",
		"00XX01":                       "malformed",
		ok[:len(ok)-1]:                 "malformed",
		ok + "5802VN":                  "malformed",
		body:                           "malformed",
		ok[:len(ok)-4] + "0000":        "bad_crc",
		seal(body + "5802VN"):          "malformed", // an object twice
		seal("000201"):                 "not_vietqr",
		seal("00020153037045802VN"):    "not_vietqr",
		strings.Repeat("A", 600):       "malformed",
		seal(body[:6] + "010212" + ""): "not_vietqr",
		seal(strings.Replace(body, "QRIBFTTA", "QRIBFTTC", 1)):        "not_vietqr", // to a card
		seal(strings.Replace(body, "A000000727", "A000000728", 1)):    "not_vietqr",
		seal(strings.Replace(body, "5303704", "5303840", 1)):          "not_vietqr",
		seal(strings.Replace(body, "5406180000", "54061800.5", 1)):    "bad_amount",
		seal(strings.Replace(body, "5406180000", "5406-18000", 1)):    "bad_amount",
		seal(strings.Replace(body, "0006970403", "0006123456", 1)):    "unknown_bank",
		seal(strings.Replace(body, "62340107NPS6869", "62340199", 1)): "malformed",
	} {
		var refused *QRError
		if _, err := ParseVietQR(payload); !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%.80q: %v, want %s", payload, err, code)
		}
	}
}

func TestEveryBankIsNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range Banks() {
		if len(b.BIN) != 6 || strings.Trim(b.BIN, "0123456789") != "" || b.Short == "" || b.Name == "" || seen[b.BIN] || seen[b.Short] {
			t.Errorf("%+v", b)
		}
		seen[b.BIN], seen[b.Short] = true, true
		if got, ok := BankByBIN(b.BIN); !ok || got != b {
			t.Errorf("%s is not found", b.BIN)
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d banks", len(seen)/2)
	}
}

func FuzzParseVietQR(f *testing.F) {
	for _, p := range published {
		f.Add(p.payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		got, err := ParseVietQR(payload)
		if err == nil && (got.To.Check() != "" || got.Amount < 0) {
			t.Errorf("%q is read as %+v", payload, got)
		}
	})
}
