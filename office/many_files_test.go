package office_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/upload"
	"gobua/store"
	"gobua/store/storetest"
)

// sharing starts one more office whose files and sealed files lie in the database.
func (m *many) sharing(t *testing.T) *office.Office {
	t.Helper()
	s := storetest.OpenAt(t, m.dsn)
	storetest.WaitReady(t, s)
	return m.sharingOn(t, s, s)
}

func (m *many) sharingOn(t *testing.T, s office.Store, at *store.Store) *office.Office {
	t.Helper()
	files, err := upload.New(at.UploadedFiles(), t.TempDir())
	check(t, err)
	return office.New(s, office.Options{
		Now: m.Now, Vault: m.vault, Log: storetest.Quiet, Sessions: m.desk, Files: files, Archive: at.SealedFiles(),
	})
}

// TestAFileIsReceivedByManyProgramsAndReadAtEach: its chunks come to one and the
// other, another one finishes it, and each gives it out, whole or made smaller.
func TestAFileIsReceivedByManyProgramsAndReadAtEach(t *testing.T) {
	m := openMany(t)
	programs := []*office.Office{m.sharing(t), m.sharing(t), m.sharing(t)}
	a := m.draft(t)
	content := picture(t, 7)
	n := office.NewFile{Name: "san.png", Type: upload.PNG, Purpose: office.FileListingEvidence, Auction: a.ID, Size: int64(len(content))}
	u, err := programs[0].BeginUpload(background, m.registrar, n)
	check(t, err)
	half := int64(len(content) / 2)
	_, err = programs[1].AppendUpload(background, m.registrar, u.ID, 0, content[:half])
	check(t, err)
	again, err := programs[2].Upload(background, m.registrar, u.ID)
	if err != nil || again.Received != half {
		t.Fatalf("%d received, want %d, %v", again.Received, half, err)
	}
	_, err = programs[0].AppendUpload(background, m.registrar, u.ID, 0, content[:half]) // its answer was lost
	check(t, err)
	_, err = programs[0].AppendUpload(background, m.registrar, u.ID, half, content[half:])
	check(t, err)
	together(t, programs, func(o *office.Office) error {
		f, err := o.FinishUpload(background, m.registrar, u.ID, "")
		if err == nil && f.ID != u.ID {
			err = errors.New("another file")
		}
		return err
	})
	if n := m.acts(t, "file.upload"); n != 1 {
		t.Errorf("the file was made %d times", n)
	}
	for i, o := range programs {
		_, c, err := o.ReadFile(background, m.registrar, u.ID)
		check(t, err)
		got, err := io.ReadAll(c)
		if err := errors.Join(err, c.Close()); err != nil || !bytes.Equal(got, content) {
			t.Errorf("program %d reads %d bytes, %v", i, len(got), err)
		}
		_, small, err := o.FilePicture(background, m.registrar, u.ID, 160)
		if err != nil || len(small) == 0 {
			t.Errorf("program %d: %v", i, err)
		}
	}
}

// over makes the sale one of which nothing is left to be decided.
func (m *manySale) over(t *testing.T) {
	t.Helper()
	check(t, m.Deliver(background, m.result))
	check(t, m.FollowUp(background))
	_, err := m.store.ChangeAuction(background, m.auction.ID, func(a *office.Auction) (office.Trail, error) {
		a.Status, a.ConcludedAt = office.StatusConcluded, engine.InstantOf(m.Now())
		return office.Trail{}, nil
	})
	check(t, err)
}

// whole reads the only sealed file at a program and holds it against its row.
func (m *manySale) whole(t *testing.T, o *office.Office) {
	t.Helper()
	kept, err := m.store.Archives(background, m.auction.ID)
	if err != nil || len(kept) != 1 {
		t.Fatalf("%d sealed files, %v", len(kept), err)
	}
	c, size, err := o.ReadArchive(background, m.auctioneer, m.auction.ID, 1, true, "kiểm tra")
	check(t, err)
	got, err := io.ReadAll(c)
	if err := errors.Join(err, c.Close()); err != nil || size != kept[0].Size || sha256.Sum256(got) != kept[0].Hash {
		t.Fatalf("%d bytes, want %d, %v", len(got), kept[0].Size, err)
	}
	found, err := o.CheckArchive(background, m.auctioneer, m.auction.ID, 1)
	if err != nil || !found.Same || !found.Whole() {
		t.Fatalf("%+v, %v", found, err)
	}
}

// TestManyProgramsSealAnAuctionOnce, by people and by the clock at the same time,
// and each of them gives the file out.
func TestManyProgramsSealAnAuctionOnce(t *testing.T) {
	m := holdMany(t)
	m.over(t)
	programs := []*office.Office{m.db.sharing(t), m.db.sharing(t), m.db.sharing(t)}
	m.pass(60 * 24 * time.Hour)
	together(t, programs, func(o *office.Office) error {
		_, err := o.TendArchive(background)
		return err
	})
	for _, o := range programs {
		m.whole(t, o)
	}
	if n := m.db.count(t, `select count(*) from blobs`); n != 1 {
		t.Errorf("%d contents in the database, want the sealed file alone", n)
	}
	if n := m.db.count(t, `select count(*) from claims`); n != 0 {
		t.Errorf("%d claims are left", n)
	}
}

// lateSealer keeps its sealed file only after another program has.
type lateSealer struct {
	office.Store
	first func()
}

func (l *lateSealer) InsertArchive(ctx context.Context, a office.Archive, t office.Trail) error {
	l.first()
	return l.Store.InsertArchive(ctx, a, t)
}

// TestWhoSealsAfterItsClaimLapsedChangesNothing: the file that was sealed first
// stays, byte for byte, and the late one is gone.
func TestWhoSealsAfterItsClaimLapsedChangesNothing(t *testing.T) {
	m := holdMany(t)
	m.over(t)
	other := m.db.sharing(t)
	s := storetest.OpenAt(t, m.db.dsn)
	storetest.WaitReady(t, s)
	late := m.db.sharingOn(t, &lateSealer{Store: s, first: func() {
		m.db.do(t, `update claims set claimed_until = now() - interval '1 second'`)
		m.pass(time.Hour)
		_, err := other.Seal(background, m.admin, m.auction.ID, "")
		check(t, err)
	}}, s)
	_, err := late.Seal(background, m.admin, m.auction.ID, "")
	wants(t, err, office.ErrEditedMeanwhile)
	m.whole(t, other)
	m.whole(t, late)
	if n := m.db.count(t, `select count(*) from blobs`); n != 1 {
		t.Errorf("%d contents in the database", n)
	}
}

// TestNothingIsSealedOnceADisposalIsApproved, by a program that began before.
func TestNothingIsSealedOnceADisposalIsApproved(t *testing.T) {
	m := holdMany(t)
	m.over(t)
	s := storetest.OpenAt(t, m.db.dsn)
	storetest.WaitReady(t, s)
	late := m.db.sharingOn(t, &lateSealer{Store: s, first: func() {
		m.db.do(t, `insert into disposals (id, auction_id, reason, proposed_by, proposed_at, approved, decided_by, decided_at)
			values (gen_random_uuid(), $1, 'hết hạn', $2, now(), true, $3, now())`, m.auction.ID, m.admin.ID, m.registrar.ID)
	}}, s)
	_, err := late.Seal(background, m.admin, m.auction.ID, "")
	wants(t, err, office.ErrWrongState)
	if n := m.db.count(t, `select count(*) from blobs`); n != 0 {
		t.Errorf("%d contents in the database", n)
	}
}
