package office_test

import (
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/office/upload"
)

// To the staff of another centre the files of an auction do not exist.
func TestFilesStayWithinTheirCentre(t *testing.T) {
	h := open(t)
	second := office.Centre{ID: "0198c0de-0000-7000-8000-00000000000b", Version: 1, Name: "Trung tâm hai", CreatedAt: 1}
	check(t, h.store.InsertCentre(background, second, office.Trail{}))
	stranger := h.staffOf(t, second.ID, "dgv.khac", engine.RoleAuctioneer)
	a := h.draft(t)
	n := office.NewFile{Name: "a.jpg", Type: upload.JPEG, Size: 3, Purpose: office.FileListingEvidence, Auction: a.ID}
	u, err := h.BeginUpload(background, h.auctioneer, n)
	check(t, err)
	_, err = h.BeginUpload(background, stranger, n)
	wants(t, err, office.ErrNotFound)
	_, err = h.AppendUpload(background, stranger, u.ID, 0, []byte("abc"))
	wants(t, err, office.ErrNotFound)
	_, err = h.AuctionFiles(background, stranger, a.ID)
	wants(t, err, office.ErrNotFound)
	_, err = h.OrderFiles(background, stranger, a.ID, nil)
	wants(t, err, office.ErrNotFound)
}
