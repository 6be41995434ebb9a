package officetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/office/upload"
)

type begun struct {
	ID              string
	Received, Chunk int64
}

// send uploads a content and returns the answer to its end.
func (p *person) send(n office.NewFile, content []byte, hash string) answer {
	p.h.t.Helper()
	var u begun
	p.ask("POST", "/files", n).into(201, &u)
	for u.Received < int64(len(content)) {
		chunk := content[u.Received:min(u.Received+u.Chunk, int64(len(content)))]
		p.ask("PUT", fmt.Sprintf("/files/%s/upload?offset=%d", u.ID, u.Received), chunk).into(200, &u)
	}
	return p.ask("POST", "/files/"+u.ID+"/finish", map[string]string{"hash": hash})
}

func (p *person) sent(n office.NewFile, content []byte) (f office.File) {
	p.h.t.Helper()
	sum := sha256.Sum256(content)
	n.Size = int64(len(content))
	p.send(n, content, hex.EncodeToString(sum[:])).into(200, &f)
	return f
}

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 900, 600)), nil); err != nil {
		t.Fatal(err)
	}
	// A camera writes beside the picture where it was taken.
	place := "Exif\x00\x0021.0285 N, 105.8542 E"
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(place) + 2)}, place...)
	return append(head, b.Bytes()[2:]...)
}

// paper is a PDF of one empty page.
const paper = "%PDF-1.7\n" +
	"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n" +
	"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
	"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>>>\nendobj\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \n" +
	"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n184\n%%EOF\n"

// A photo of the property: for the staff while the auction is a draft, for
// everybody afterwards, and out of sight once it is withdrawn.
func TestFilesOfAnAuction(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	bidder := h.account(admin, "nguoi.mua", "Người Mua", engine.RoleBidder)
	auctioneer := h.account(admin, "dau.gia.vien", "Đấu Giá Viên", engine.RoleAuctioneer)
	var a office.Auction
	auctioneer.ask("POST", "/auctions", draft(h.soon(10), bidder)).into(201, &a)
	n := office.NewFile{Name: `C:\ảnh "sân" <b>.jpg`, Type: upload.JPEG, Purpose: office.FilePhoto, Auction: a.ID, Lot: a.Lots[0].ID}

	content := photo(t)
	first := auctioneer.sent(n, content)
	second := auctioneer.sent(n, content)
	visitor := h.visitor()
	visitor.ask("GET", "/files/"+first.ID, nil).refused(404, "not_found")
	bidder.ask("GET", "/files/"+first.ID, nil).refused(404, "not_found")
	visitor.ask("GET", "/notices/"+a.ID+"/files", nil).refused(404, "not_found")
	auctioneer.ask("GET", "/files/"+first.ID, nil).into(200, nil)

	var list struct{ Files []office.File }
	auctioneer.ask("PUT", "/auctions/"+a.ID+"/files", map[string]any{"files": []string{second.ID, first.ID}}).into(200, &list)
	if len(list.Files) != 2 || list.Files[0].ID != second.ID {
		t.Fatalf("in order: %+v", list.Files)
	}
	auctioneer.ask("POST", "/auctions/"+a.ID+"/publish", map[string]int{"version": a.Version}).into(200, nil)

	got := visitor.ask("GET", "/files/"+first.ID, nil)
	got.into(200, nil)
	want := map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Etag": `"` + first.Hash.String() + `"`,
		"Content-Disposition": `inline; filename="_nh _s_n_ <b>.jpg"; filename*=UTF-8''%E1%BA%A3nh%20%22s%C3%A2n%22%20%3Cb%3E.jpg`,
	}
	for name, value := range want {
		if have := got.Header.Get(name); have != value {
			t.Errorf("%s: %s, want %s", name, have, value)
		}
	}
	if !strings.HasPrefix(got.Header.Get("Content-Security-Policy"), "sandbox;") || first.Hash != sha256.Sum256(got.body) {
		t.Error("a file is not given out as it is kept, in a sandbox")
	}
	if bytes.Contains(got.body, []byte("21.0285 N")) {
		t.Error("the public learns where the photo was taken")
	}
	if again := visitor.ask("GET", "/files/"+first.ID, nil, "If-None-Match", got.Header.Get("Etag")); again.StatusCode != 304 {
		t.Errorf("what the reader has is sent again: %d", again.StatusCode)
	}
	small := visitor.ask("GET", "/files/"+first.ID+"?size=480", nil)
	if c, err := jpeg.DecodeConfig(bytes.NewReader(small.body)); err != nil || c.Width != 480 || c.Height != 320 {
		t.Errorf("small: %+v, %v", c, err)
	}
	visitor.ask("GET", "/files/"+first.ID+"?size=481", nil).refused(422, "invalid")

	if got := auctioneer.ask("POST", "/files/"+first.ID+"/withdraw", map[string]string{}).refused(422, "invalid"); got != "reason missing" {
		t.Errorf("withdrawn without a reason: %s", got)
	}
	auctioneer.ask("POST", "/files/"+first.ID+"/withdraw", map[string]string{"reason": "Ảnh sai lô"}).into(200, nil)
	visitor.ask("GET", "/files/"+first.ID, nil).refused(404, "not_found")
	auctioneer.ask("GET", "/files/"+first.ID, nil).into(200, nil)
	list.Files = nil
	visitor.ask("GET", "/notices/"+a.ID+"/files", nil).into(200, &list)
	if len(list.Files) != 2 || list.Files[0].ID != second.ID || list.Files[1].WithdrawnAt == 0 || list.Files[0].UploadedBy != "" {
		t.Errorf("the public sees %+v", list.Files)
	}
}

func TestLyingUploadsAreRefused(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	auctioneer := h.account(admin, "dau.gia.vien", "Đấu Giá Viên", engine.RoleAuctioneer)
	bidder := h.account(admin, "nguoi.mua", "Người Mua", engine.RoleBidder)
	var a office.Auction
	auctioneer.ask("POST", "/auctions", draft(0)).into(201, &a)
	n := office.NewFile{Name: "a.jpg", Type: upload.JPEG, Purpose: office.FilePhoto, Auction: a.ID, Size: 20}

	html := []byte("<script>alert(1)</script>")
	n.Size = int64(len(html))
	if got := auctioneer.send(n, html, "").refused(422, "invalid"); got != "type type_differs" {
		t.Errorf("HTML as a photo: %s", got)
	}
	for name, lie := range map[string]struct {
		kind, content, want string
	}{
		"half a photo":             {upload.JPEG, string(photo(t)[:500]), "type damaged"},
		"a PDF that runs a script": {upload.PDF, strings.Replace(paper, "/Pages 2 0 R>>", "/Pages 2 0 R/OpenAction<</S/JavaScript/JS(1)>>>>", 1), "type active_content"},
		"a PDF and an archive":     {upload.PDF, paper + "PK\x05\x06" + strings.Repeat("\x00", 18), "type two_types"},
	} {
		bad := n
		bad.Type, bad.Size = lie.kind, int64(len(lie.content))
		if lie.kind == upload.PDF {
			bad.Purpose, bad.Name = office.FileDocument, "a.pdf"
		}
		if got := auctioneer.send(bad, []byte(lie.content), "").refused(422, "invalid"); got != lie.want {
			t.Errorf("%s: %s, want %s", name, got, lie.want)
		}
	}
	content := photo(t)
	n.Size = int64(len(content))
	if got := auctioneer.send(n, content, strings.Repeat("0", 64)).refused(422, "invalid"); got != "hash hash_differs" {
		t.Errorf("another hash: %s", got)
	}
	for name, c := range map[string]struct {
		change func(*office.NewFile)
		want   string
	}{
		"too large":        {func(n *office.NewFile) { n.Size = 13 << 20 }, "size file_too_large"},
		"empty":            {func(n *office.NewFile) { n.Size = 0 }, "size empty_file"},
		"no picture":       {func(n *office.NewFile) { n.Type = "text/html" }, "type type_not_allowed"},
		"a lot elsewhere":  {func(n *office.NewFile) { n.Lot = uuid.NewString() }, "lot unknown"},
		"without purpose":  {func(n *office.NewFile) { n.Purpose = "anything" }, "purpose unknown"},
		"nothing but dirs": {func(n *office.NewFile) { n.Name = "../.." + "/" }, "name malformed"},
	} {
		bad := n
		c.change(&bad)
		if got := auctioneer.ask("POST", "/files", bad).refused(422, "invalid"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	bidder.ask("POST", "/files", n).refused(403, "forbidden")

	var u begun
	auctioneer.ask("POST", "/files", n).into(201, &u)
	at := fmt.Sprintf("/files/%s/upload", u.ID)
	auctioneer.ask("PUT", at+"?offset=10", content[10:20]).refused(409, "edited_meanwhile")
	auctioneer.ask("PUT", at+"?offset=-1", content[:10]).refused(422, "invalid")
	auctioneer.ask("PUT", at+"?offset=0", make([]byte, 192<<10+1)).refused(413, "too_large")
	auctioneer.ask("PUT", at+"?offset=0", map[string]int{"a": 1}).refused(415, "not_bytes")
	auctioneer.ask("PUT", at+"?offset=0", append(content, 1)).refused(422, "invalid")
	bidder.ask("PUT", at+"?offset=0", content[:10]).refused(404, "not_found")
	auctioneer.ask("PUT", at+"?offset=0", content[:10]).into(200, nil)
	auctioneer.ask("POST", "/files/"+u.ID+"/finish", map[string]string{}).refused(409, "edited_meanwhile")
	auctioneer.ask("GET", at, nil).into(200, &u)
	if u.Received != 10 {
		t.Errorf("received %d", u.Received)
	}
	auctioneer.ask("PUT", at+"?offset=10", content[10:]).into(200, nil)
	var f, again office.File
	auctioneer.ask("POST", "/files/"+u.ID+"/finish", map[string]string{}).into(200, &f)
	auctioneer.ask("POST", "/files/"+u.ID+"/finish", map[string]string{}).into(200, &again) // the answer was lost
	if f != again {
		t.Errorf("finished twice: %+v and %+v", f, again)
	}
}

// The papers of a registration are for its owner and for who examines it; to
// anybody else they do not exist, and a look of the staff leaves a trace.
func TestADossierIsNobodyElsesBusiness(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	owner := h.account(admin, "nguoi.mua", "Người Mua", engine.RoleBidder)
	stranger := h.account(admin, "nguoi.la", "Người Lạ", engine.RoleBidder)
	registrar := h.account(admin, "ho.so", "Cán Bộ Hồ Sơ", engine.RoleRegistrar)
	observer := h.account(admin, "giam.sat", "Giám Sát", engine.RoleObserver)
	var a office.Auction
	registrar.ask("POST", "/auctions", draft(h.soon(10), owner)).into(201, &a)
	r := office.Registration{
		ID: uuid.NewString(), AuctionID: a.ID, LotID: a.Lots[0].ID, AccountID: owner.id, Version: 1, Dossier: office.DossierDraft,
		Standing: office.StandingIn, CreatedAt: 1, ChangedAt: 1,
		Fee: office.Payment{Memo: "GBFEE00001", State: office.PaymentDue}, Deposit: office.Payment{Memo: "GBDEP00001", State: office.PaymentDue},
	}
	if err := h.store.InsertRegistration(t.Context(), r, office.Trail{}); err != nil {
		t.Fatal(err)
	}
	n := office.NewFile{Name: "cccd.pdf", Type: upload.PDF, Purpose: office.FileDossier, Registration: r.ID}
	f := owner.sent(n, []byte(paper))
	if f.AuctionID != a.ID || f.LotID != r.LotID || f.Public {
		t.Errorf("kept as %+v", f)
	}
	n.Size = 5
	stranger.ask("POST", "/files", n).refused(404, "not_found")
	observer.ask("POST", "/files", n).refused(403, "forbidden")
	for _, nobody := range []*person{h.visitor(), stranger, observer, admin} {
		nobody.ask("GET", "/files/"+f.ID, nil).refused(404, "not_found")
	}
	stranger.ask("GET", "/registrations/"+r.ID+"/files", nil).refused(404, "not_found")
	stranger.ask("POST", "/files/"+f.ID+"/withdraw", map[string]string{}).refused(404, "not_found")
	owner.ask("GET", "/files/"+f.ID, nil).into(200, nil)
	registrar.ask("GET", "/files/"+f.ID, nil).into(200, nil)
	acts, err := h.store.Acts(t.Context(), office.ActQuery{Name: "file.read", SubjectID: f.ID, AccountID: registrar.id, Limit: 5})
	if err != nil || len(acts) != 1 {
		t.Errorf("the look of the registrar left %d lines, %v", len(acts), err)
	}
	var list struct{ Files []office.File }
	auctionList := registrar.ask("GET", "/auctions/"+a.ID+"/files", nil)
	if auctionList.into(200, &list); len(list.Files) != 0 {
		t.Errorf("a dossier is among the files of the auction: %+v", list.Files)
	}
	owner.ask("GET", "/registrations/"+r.ID+"/files", nil).into(200, &list)
	if len(list.Files) != 1 {
		t.Errorf("the owner's list: %+v", list.Files)
	}

	_, err = h.store.ChangeRegistration(t.Context(), r.ID, func(r *office.Registration) (office.Trail, error) {
		r.Dossier = office.DossierSubmitted
		return office.Trail{At: 2}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	owner.ask("POST", "/files", n).refused(409, "wrong_state")
	owner.ask("POST", "/files/"+f.ID+"/withdraw", map[string]string{}).refused(409, "wrong_state")
}
