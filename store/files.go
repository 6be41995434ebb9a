package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

type fileRow struct {
	ID             string
	Hash           hash
	Size           int64
	MediaType      string `db:"media_type"`
	Name           string
	Purpose        office.FilePurpose
	Public         bool
	CentreID       sql.NullString `db:"centre_id"`
	AuctionID      sql.NullString `db:"auction_id"`
	LotID          sql.NullString `db:"lot_id"`
	RegistrationID sql.NullString `db:"registration_id"`
	Position       int
	UploadedBy     string  `db:"uploaded_by"`
	UploadedAt     instant `db:"uploaded_at"`
	WithdrawnAt    instant `db:"withdrawn_at"`
}

const fileColumns = `id, hash, size, media_type, name, purpose, public, centre_id, auction_id, lot_id, registration_id,
	position, uploaded_by, uploaded_at, withdrawn_at`

func (r *fileRow) file() office.File {
	return office.File{
		ID: r.ID, Hash: engine.Hash(r.Hash), Size: r.Size, MediaType: r.MediaType, Name: r.Name, Purpose: r.Purpose,
		Public: r.Public, CentreID: r.CentreID.String, AuctionID: r.AuctionID.String, LotID: r.LotID.String,
		RegistrationID: r.RegistrationID.String, Position: r.Position, UploadedBy: r.UploadedBy,
		UploadedAt: engine.Instant(r.UploadedAt), WithdrawnAt: engine.Instant(r.WithdrawnAt),
	}
}

// InsertUpload implements office.FileStore.
func (s *Store) InsertUpload(ctx context.Context, u office.Upload, most int) error {
	return s.tx(ctx, "insert upload", func(ctx context.Context, tx *sqlx.Tx) error {
		// The account is locked so that uploads begun at the same moment count.
		if _, err := tx.ExecContext(ctx, `select 1 from accounts where id = $1 for no key update`, u.By); err != nil {
			return err
		}
		var open int
		if err := tx.GetContext(ctx, &open, `select count(*) from uploads where account_id = $1`, u.By); err != nil {
			return err
		}
		if open >= most {
			return office.ErrTooMany
		}
		_, err := tx.ExecContext(ctx, `
			insert into uploads (id, name, media_type, size, purpose, centre_id, auction_id, lot_id, registration_id, account_id, begun_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			u.ID, u.Name, u.Type, u.Size, u.Purpose, maybe(u.CentreID), maybe(u.Auction), maybe(u.Lot), maybe(u.Registration),
			u.By, instant(u.BegunAt))
		return err
	})
}

// Upload implements office.FileStore.
func (s *Store) Upload(ctx context.Context, id string) (office.Upload, error) {
	var row struct {
		ID             string
		Name           string
		MediaType      string `db:"media_type"`
		Size           int64
		Purpose        office.FilePurpose
		CentreID       sql.NullString `db:"centre_id"`
		AuctionID      sql.NullString `db:"auction_id"`
		LotID          sql.NullString `db:"lot_id"`
		RegistrationID sql.NullString `db:"registration_id"`
		AccountID      string         `db:"account_id"`
		BegunAt        instant        `db:"begun_at"`
	}
	err := s.call(ctx, "upload", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select * from uploads where id = $1`, id)
	})
	return office.Upload{
		ID: row.ID, CentreID: row.CentreID.String, By: row.AccountID, BegunAt: engine.Instant(row.BegunAt),
		NewFile: office.NewFile{
			Name: row.Name, Type: row.MediaType, Size: row.Size, Purpose: row.Purpose, Auction: row.AuctionID.String,
			Lot: row.LotID.String, Registration: row.RegistrationID.String,
		},
	}, err
}

// EndUploads implements office.FileStore.
func (s *Store) EndUploads(ctx context.Context, before engine.Instant) error {
	return s.call(ctx, "end uploads", func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, `delete from uploads where begun_at < $1`, instant(before))
		return err
	})
}

// InsertFile implements office.FileStore.
func (s *Store) InsertFile(ctx context.Context, f office.File, most int, t office.Trail) error {
	return s.tx(ctx, "insert file", func(ctx context.Context, tx *sqlx.Tx) error {
		// Whoever deletes the upload makes the file; a second one waits and finds
		// nothing left to do.
		done, err := tx.ExecContext(ctx, `delete from uploads where id = $1`, f.ID)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		var kind struct{ Shown, Last int }
		err = tx.GetContext(ctx, &kind, `
			select count(*) filter (where withdrawn_at is null) as shown, coalesce(max(position), 0) as last from files
			where purpose = $1 and case
				when $2::uuid is not null then registration_id = $2
				when $3::uuid is not null then auction_id = $3 and registration_id is null
				when $4::uuid is not null then centre_id = $4 and auction_id is null
				else uploaded_by = $5 end`,
			f.Purpose, maybe(f.RegistrationID), maybe(f.AuctionID), maybe(f.CentreID), f.UploadedBy)
		if err != nil {
			return err
		}
		if kind.Shown >= most {
			return office.ErrTooMany
		}
		_, err = tx.ExecContext(ctx, `
			insert into files (id, hash, size, media_type, name, purpose, public, centre_id, auction_id, lot_id, registration_id,
				position, uploaded_by, uploaded_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			f.ID, hash(f.Hash), f.Size, f.MediaType, f.Name, f.Purpose, f.Public, maybe(f.CentreID), maybe(f.AuctionID),
			maybe(f.LotID), maybe(f.RegistrationID), kind.Last+1, f.UploadedBy, instant(f.UploadedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// File implements office.FileStore.
func (s *Store) File(ctx context.Context, id string) (office.File, error) {
	var row fileRow
	err := s.call(ctx, "file", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select `+fileColumns+` from files where id = $1`, id)
	})
	return row.file(), err
}

// Files implements office.FileStore.
func (s *Store) Files(ctx context.Context, q office.FileQuery) ([]office.File, error) {
	condition, args := "true", []any{}
	for _, asked := range []struct{ column, value string }{
		{"auction_id", q.AuctionID}, {"registration_id", q.RegistrationID}, {"centre_id", q.CentreID},
		{"uploaded_by", q.UploadedBy}, {"purpose", string(q.Purpose)},
	} {
		if asked.value != "" {
			args = append(args, asked.value)
			condition += fmt.Sprintf(" and %s = $%d", asked.column, len(args))
		}
	}
	args = append(args, q.Limit)
	var rows []fileRow
	err := s.call(ctx, "files", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `select `+fileColumns+` from files where `+condition+
			fmt.Sprintf(` order by purpose, lot_id nulls first, position, id limit $%d`, len(args)), args...)
	})
	list := make([]office.File, len(rows))
	for i := range rows {
		list[i] = rows[i].file()
	}
	return list, err
}

// WithdrawFile implements office.FileStore.
func (s *Store) WithdrawFile(ctx context.Context, id string, at engine.Instant, t office.Trail) error {
	return s.tx(ctx, "withdraw file", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `update files set withdrawn_at = $2 where id = $1 and withdrawn_at is null`, id, instant(at))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// OrderFiles implements office.FileStore.
func (s *Store) OrderFiles(ctx context.Context, auctionID string, ids []string, t office.Trail) error {
	return s.tx(ctx, "order files", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			update files f set position = coalesce(wanted.position, f.position + $3)
			from (select id from files where auction_id = $1 and registration_id is null order by id for update) mine
				left join unnest($2::uuid[]) with ordinality as wanted (id, position) on wanted.id = mine.id
			where f.id = mine.id`, auctionID, pq.Array(ids), len(ids))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}
