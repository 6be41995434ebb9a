package office_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/casefile"
)

// concluded is a sale that is over, with the folder of its sealed files.
type concluded struct {
	*sale
	folder string
}

// conclude makes a sale of which nothing is left to be decided.
func conclude(t *testing.T) *concluded {
	t.Helper()
	s := hold(t, saleAfter, [3]engine.Dong{1_500_000_000, 1_400_000_000, 1_300_000_000})
	check(t, s.Deliver(background, s.result))
	check(t, s.FollowUp(background))
	_, err := s.store.ChangeAuction(background, s.auction.ID, func(a *office.Auction) (office.Trail, error) {
		a.Status, a.ConcludedAt = office.StatusConcluded, engine.InstantOf(s.Now())
		return office.Trail{}, nil
	})
	check(t, err)
	return &concluded{sale: s, folder: s.archive}
}

func (c *concluded) seal(t *testing.T) office.Archive {
	t.Helper()
	a, err := c.Seal(background, c.admin, c.auction.ID, "")
	check(t, err)
	return a
}

func (c *concluded) path(number string) string {
	return filepath.Join(c.folder, c.auction.ID+"-"+number+".zip")
}

// upload puts a file on an auction or a registration.
func (h *house) upload(t *testing.T, by office.Account, n office.NewFile, content []byte) office.File {
	t.Helper()
	n.Size = int64(len(content))
	u, err := h.BeginUpload(background, by, n)
	check(t, err)
	_, err = h.AppendUpload(background, by, u.ID, 0, content)
	check(t, err)
	f, err := h.FinishUpload(background, by, u.ID, "")
	check(t, err)
	return f
}

// picture is a small PNG.
func picture(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 4, 4))
	img.Pix[0] = shade
	var b bytes.Buffer
	check(t, png.Encode(&b, img))
	return b.Bytes()
}

// entries reads a ZIP.
func entries(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	check(t, err)
	defer z.Close()
	all := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		check(t, err)
		b, err := io.ReadAll(in)
		check(t, err)
		all[f.Name] = string(b)
	}
	return all
}

func TestTheSealedFileHasTheWholeAuction(t *testing.T) {
	c := conclude(t)
	sealed := c.seal(t)
	if sealed.Number != 1 || sealed.KeepUntil != engine.InstantOf(time.Date(2036, 11, 24, 0, 0, 0, 0, saigon)) {
		t.Fatalf("%+v", sealed)
	}
	file, err := os.ReadFile(c.path("1"))
	check(t, err)
	if sealed.Hash != sha256.Sum256(file) || sealed.Size != int64(len(file)) {
		t.Fatal("the hash that is kept is not that of the file")
	}
	all := entries(t, c.path("1"))
	for _, want := range []string{
		"notice/auction.json", "notice/centre.json", "rules/versions.json", "files/files.json", "registrations/registrations.json",
		"payments/statements.json", "payments/deposits.csv", "sessions/sessions.json", "sessions/" + string(c.session) + "/record.json",
		"sessions/" + string(c.session) + "/presence.json", "sessions/readiness.json", "proceedings/proceedings.json",
		"minutes/lo-1-ban-1.pdf", "minutes/signatures.json", "letters/letters.json", "audit/acts.json", "complaints/complaints.json",
		"identities/registrations.json", "identities/" + string(c.session) + ".json", "identities/letters.json", "identities/acts.json",
		"identities/files/files.json", "README.txt", "manifest.json",
	} {
		if _, there := all[want]; !there {
			t.Errorf("%s is missing", want)
		}
	}
	if len(all) != sealed.Entries+1 {
		t.Errorf("%d entries and a manifest, %d in the file", sealed.Entries, len(all))
	}
	for name, content := range all {
		if strings.HasPrefix(name, casefile.Identities) {
			continue
		}
		for _, personal := range []string{c.an.Name, c.binh.Name, c.an.ID, c.an.Login, "0123456"} {
			if strings.Contains(content, personal) {
				t.Errorf("%s stands in %s", personal, name)
			}
		}
	}
	if !strings.Contains(all["identities/"+string(c.session)+".json"], c.an.Name) {
		t.Error("the identities do not name who bid")
	}
	a, err := c.Auction(background, c.auction.ID)
	check(t, err)
	if a.Status != office.StatusArchived {
		t.Fatalf("the auction is %s", a.Status)
	}
}

// TestTheSameFactsGiveTheSameFile: sealing again, later and by somebody else.
func TestTheSameFactsGiveTheSameFile(t *testing.T) {
	c := conclude(t)
	first := c.seal(t)
	c.pass(48 * time.Hour)
	_, err := c.Seal(background, c.clerk, c.auction.ID, "")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	second, err := c.Seal(background, c.clerk, c.auction.ID, "Thanh tra yêu cầu")
	check(t, err)
	if second.Number != 2 || second.Hash != first.Hash {
		a, b := entries(t, c.path("1")), entries(t, c.path("2"))
		for name := range a {
			if a[name] != b[name] {
				t.Errorf("%s differs", name)
			}
		}
		t.Fatalf("%+v\n%+v", first, second)
	}
}

func TestOnlyWhatIsOverIsSealed(t *testing.T) {
	h := open(t)
	a := h.publish(t)
	_, err := h.Seal(background, h.admin, a.ID, "")
	wants(t, err, office.ErrWrongState)
	for _, by := range []office.Account{h.an, h.observer} {
		_, err = h.Seal(background, by, a.ID, "")
		wants(t, err, office.ErrForbidden)
	}
}

func TestHostileNamesOfFilesAreSealed(t *testing.T) {
	c := conclude(t)
	for i, name := range []string{
		"..\\..\\x.png", "a:b|c?.png", "ảnh\u200d.png", strings.Repeat("ấ", 80) + ".png", "CON.png", "=cmd.png",
	} {
		n := office.NewFile{Name: name, Type: "image/png", Purpose: office.FileListingEvidence, Auction: c.auction.ID}
		c.upload(t, c.clerk, n, picture(t, uint8(i)))
	}
	c.seal(t)
	found, err := c.CheckArchive(background, c.clerk, c.auction.ID, 1)
	check(t, err)
	if !found.Whole() || !found.Same {
		t.Fatalf("%+v", found.Trouble)
	}
	n := 0
	for _, e := range found.Listed {
		if strings.HasPrefix(e.Name, "files/listing_evidence/") {
			n++
		}
	}
	if n != 6 {
		t.Fatalf("%d of 6 files", n)
	}
}

// TestADamagedFileIsFoundAndNamed on the disk, and a file that is gone.
func TestADamagedFileIsFoundAndNamed(t *testing.T) {
	c := conclude(t)
	c.seal(t)
	file, err := os.ReadFile(c.path("1"))
	check(t, err)
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	check(t, err)
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == "minutes/lo-1-ban-1.pdf" })
	at, err := z.File[i].DataOffset()
	check(t, err)
	file[at+100] ^= 1
	check(t, os.WriteFile(c.path("1"), file, 0o600))
	found, err := c.CheckArchive(background, c.observer, c.auction.ID, 1)
	check(t, err)
	if found.Same || len(found.Trouble) != 1 || found.Trouble[0] != (casefile.Trouble{Name: "minutes/lo-1-ban-1.pdf", Code: casefile.Altered}) {
		t.Fatalf("%+v", found.Trouble)
	}
	check(t, os.Remove(c.path("1")))
	found, err = c.CheckArchive(background, c.observer, c.auction.ID, 1)
	if err != nil || !found.Missing {
		t.Fatalf("%+v, %v", found, err)
	}
}

func TestWhoGetsTheFileAndWhatOfIt(t *testing.T) {
	c := conclude(t)
	sealed := c.seal(t)
	read := func(by office.Account, identities bool, reason string) ([]byte, error) {
		in, _, err := c.ReadArchive(background, by, c.auction.ID, 1, identities, reason)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		return io.ReadAll(in)
	}
	whole, err := read(c.registrar, true, "Tòa án yêu cầu")
	if err != nil || engine.Hash(sha256.Sum256(whole)) != sealed.Hash {
		t.Fatalf("%v", err)
	}
	_, err = read(c.registrar, true, "")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	for _, by := range []office.Account{c.admin, c.observer} {
		_, err = read(by, true, "tò mò")
		wants(t, err, office.ErrForbidden)
		part, err := read(by, false, "")
		check(t, err)
		r, err := casefile.Check(bytes.NewReader(part), int64(len(part)))
		if err != nil || !r.Whole() || r.Reduced == 0 || r.Manifest != sealed.ManifestHash {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	_, err = read(c.an, false, "")
	wants(t, err, office.ErrForbidden)
	acts, err := c.Acts(background, c.admin, office.ActQuery{AuctionID: c.auction.ID, Name: "archive.read"})
	if err != nil || len(acts) != 3 || acts[2].Reason != "Tòa án yêu cầu" {
		t.Fatalf("%+v, %v", acts, err)
	}
}

func TestTheProgramSealsWhenTheTimeHasCome(t *testing.T) {
	c := conclude(t)
	n, err := c.TendArchive(background)
	if err != nil || n != 0 {
		t.Fatalf("at once: %d, %v", n, err)
	}
	c.pass(31 * 24 * time.Hour)
	_, err = c.store.ChangeRegistration(background, c.reg[c.binh.ID], func(r *office.Registration) (office.Trail, error) {
		r.Deposit.State = office.PaymentRefundDue
		return office.Trail{At: engine.InstantOf(c.Now())}, nil
	})
	check(t, err)
	if n, err = c.TendArchive(background); err != nil || n != 0 {
		t.Fatalf("a refund is open: %d, %v", n, err)
	}
	for _, who := range []office.Account{c.an, c.binh, c.cuc, c.dung} {
		_, err = c.store.ChangeRegistration(background, c.reg[who.ID], func(r *office.Registration) (office.Trail, error) {
			r.Deposit.State = office.PaymentRefunded
			return office.Trail{At: engine.InstantOf(c.Now())}, nil
		})
		check(t, err)
	}
	if n, err = c.TendArchive(background); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err = c.TendArchive(background); err != nil || n != 0 {
		t.Fatalf("twice: %d, %v", n, err)
	}
}

func TestTheArchiveIsSearched(t *testing.T) {
	c := conclude(t)
	c.seal(t)
	winner := c.result.Result.Winner
	at := engine.InstantOf(c.Now())
	for name, s := range map[string]office.ArchiveSearch{
		"everything": {}, "words": {Words: "BIEN so"}, "winner": {Winner: winner}, "sold": {Outcome: "sold"}, "since": {From: at}, "until": {To: at + 1},
	} {
		rows, err := c.FindArchives(background, c.observer, s)
		if err != nil || len(rows) != 1 || rows[0].AuctionID != c.auction.ID || rows[0].Sold != 1 {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
	for name, s := range map[string]office.ArchiveSearch{
		"other words": {Words: "xe"}, "other winner": {Winner: "M-1"}, "failed": {Outcome: "failed"}, "cancelled": {Outcome: "cancelled"},
		"later": {From: at + 1}, "earlier": {To: at}, "expired": {Expired: true}, "next page": {After: c.auction.ID},
	} {
		rows, err := c.FindArchives(background, c.observer, s)
		if err != nil || len(rows) != 0 {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
	_, err := c.FindArchives(background, c.an, office.ArchiveSearch{})
	wants(t, err, office.ErrForbidden)
	_, err = c.FindArchives(context.Background(), c.clerk, office.ArchiveSearch{Outcome: "x", After: "y"})
	wantsFields(t, err, office.Field{Field: "outcome", Code: "unknown"}, office.Field{Field: "after", Code: "malformed"})
}
