package transport

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"gobua/office"
	"gobua/office/blob"
)

const goodFile = `{"name":"a.pdf","type":"application/pdf","size":5,"purpose":"photo","auction":"a-1"}`

var fileRights = []right{
	{"POST /files", goodFile, [5]int{401, 201, 201, 201, 201}},
	{"GET /files/f-1/upload", "", [5]int{401, 200, 200, 200, 200}},
	{"PUT /files/f-1/upload", "x", [5]int{401, 422, 422, 422, 422}},
	{"POST /files/f-1/finish", `{}`, [5]int{401, 200, 200, 200, 200}},
	{"POST /files/f-1/withdraw", `{}`, [5]int{401, 200, 200, 200, 200}},
	{"GET /files/f-1", "", [5]int{404, 404, 404, 404, 404}},
	{"GET /auctions/a-1/files", "", [5]int{401, 403, 200, 200, 200}},
	{"PUT /auctions/a-1/files", `{"files":[]}`, [5]int{401, 403, 200, 403, 200}},
	{"GET /registrations/r-1/files", "", [5]int{401, 200, 200, 200, 200}},
	{"GET /notices/a-1/files", "", [5]int{200, 200, 200, 200, 200}},
}

var (
	stubUpload = office.Upload{ID: "f-1", NewFile: office.NewFile{Size: 5}}
	stubFile   = office.File{ID: "f-1", Size: 5, MediaType: "application/pdf", Name: "a.pdf", Purpose: office.FilePhoto, UploadedAt: 1}
)

func (s *stubOffice) BeginUpload(context.Context, office.Account, office.NewFile) (office.Upload, error) {
	return stubUpload, s.call()
}

func (s *stubOffice) Upload(context.Context, office.Account, string) (office.Upload, error) {
	return stubUpload, s.call()
}

func (s *stubOffice) AppendUpload(context.Context, office.Account, string, int64, []byte) (office.Upload, error) {
	return stubUpload, s.call()
}

func (s *stubOffice) FinishUpload(context.Context, office.Account, string, string) (office.File, error) {
	return stubFile, s.call()
}

func (s *stubOffice) ReadFile(context.Context, office.Account, string) (office.File, blob.Content, error) {
	if err := s.call(); err != nil {
		return office.File{}, nil, err
	}
	return office.File{}, nil, office.ErrNotFound
}

func (s *stubOffice) FilePicture(context.Context, office.Account, string, int) (office.File, []byte, error) {
	return stubFile, nil, s.call()
}

func (s *stubOffice) WithdrawFile(context.Context, office.Account, string, string) (office.File, error) {
	return stubFile, s.call()
}

func (s *stubOffice) OrderFiles(context.Context, office.Account, string, []string) ([]office.File, error) {
	return nil, s.call()
}

func (s *stubOffice) AuctionFiles(context.Context, office.Account, string) ([]office.File, error) {
	return []office.File{stubFile}, s.call()
}

func (s *stubOffice) NoticeFiles(context.Context, string) ([]office.File, error) {
	return nil, s.call()
}

func (s *stubOffice) RegistrationFiles(context.Context, office.Account, string) ([]office.File, error) {
	return nil, s.call()
}

// deadlines notes until when a connection may write.
type deadlines []time.Time

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	*d = append(*d, t)
	return nil
}

func TestASlowReaderGetsTimeForEachPiece(t *testing.T) {
	now := testStart
	var given deadlines
	p := &patient{io.NopCloser(strings.NewReader("abcdef")), &given, func() time.Time { return now }}
	for range 3 {
		if n, err := p.Read(make([]byte, 2)); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		now = now.Add(writeTimeout - 1)
	}
	for i, d := range given {
		if want := testStart.Add(time.Duration(i)*(writeTimeout-1) + writeTimeout); d != want {
			t.Errorf("piece %d may take until %v, want %v", i, d, want)
		}
	}
}
