package storetest

import (
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

// contractFiles: an upload becomes a file once; files are counted, ordered and
// withdrawn, and nothing else.
func contractFiles(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	a := draft([]office.LotDraft{Lot(1)})
	_, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	begin := func() office.Upload {
		u := office.Upload{
			ID: uuid.Must(uuid.NewV7()).String(), CentreID: office.HostCentre, By: staff.ID, BegunAt: now,
			NewFile: office.NewFile{Name: "ảnh.jpg", Type: "image/jpeg", Size: 7, Purpose: office.FilePhoto, Auction: a.ID, Lot: a.Lots[0].ID},
		}
		check(t, s.InsertUpload(background, u, 2))
		return u
	}
	file := func(u office.Upload) office.File {
		return office.File{
			ID: u.ID, Hash: engine.Hash{1}, Size: u.Size, MediaType: u.Type, Name: u.Name, Purpose: u.Purpose, Public: true,
			CentreID: u.CentreID, AuctionID: u.Auction, LotID: u.Lot, UploadedBy: u.By, UploadedAt: now + 1,
		}
	}
	first, second := begin(), begin()
	wants(t, s.InsertUpload(background, office.Upload{ID: uuid.NewString(), By: staff.ID, BegunAt: now}, 2), office.ErrTooMany)
	got, err := s.Upload(background, first.ID)
	same(t, got, first, err)

	f, g := file(first), file(second)
	check(t, s.InsertFile(background, f, 2, trail(staff, "file.upload", f.ID)))
	check(t, s.InsertFile(background, f, 2, trail(staff, "file.upload", f.ID))) // again
	_, err = s.Upload(background, first.ID)
	wants(t, err, office.ErrNotFound)
	wants(t, s.InsertFile(background, g, 1, office.Trail{}), office.ErrTooMany)
	check(t, s.InsertFile(background, g, 2, office.Trail{}))
	f.Position, g.Position = 1, 2
	q := office.FileQuery{AuctionID: a.ID, CentreID: office.HostCentre, UploadedBy: staff.ID, Purpose: office.FilePhoto, Limit: 9}
	list, err := s.Files(background, q)
	same(t, list, []office.File{f, g}, err)

	check(t, s.OrderFiles(background, a.ID, []string{g.ID, uuid.NewString()}, office.Trail{}))
	list, err = s.Files(background, q)
	f.Position, g.Position = 3, 1
	same(t, list, []office.File{g, f}, err)
	check(t, s.WithdrawFile(background, f.ID, now+2, trail(staff, "file.withdraw", f.ID)))
	check(t, s.WithdrawFile(background, f.ID, now+3, trail(staff, "file.withdraw", f.ID)))
	f.WithdrawnAt = now + 2
	read, err := s.File(background, f.ID)
	same(t, read, f, err)
	acts, err := s.Acts(background, office.ActQuery{Name: "file.", Limit: 9})
	same(t, len(acts), 2, err)

	last := begin()
	check(t, s.EndUploads(background, now))
	check(t, s.EndUploads(background, now+1))
	_, err = s.Upload(background, last.ID)
	wants(t, err, office.ErrNotFound)
}
