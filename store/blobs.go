package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"

	"gobua/office/blob"
)

// archiveSpace is where sealed files are.
const archiveSpace = "archive"

// Blobs is a blob.Store in the database. Several programs may use it at the same
// time.
type Blobs struct {
	s     *Store
	space string
}

var _ blob.Store = (*Blobs)(nil)

// UploadedFiles returns the contents of uploaded files.
func (s *Store) UploadedFiles() *Blobs { return &Blobs{s, "files"} }

// SealedFiles returns the contents of sealed files.
func (s *Store) SealedFiles() *Blobs { return &Blobs{s, archiveSpace} }

// InDatabase is part of blob.Store.
func (b *Blobs) InDatabase() bool { return true }

// Begin is part of blob.Store.
func (b *Blobs) Begin(ctx context.Context, name string) error {
	err := b.s.tx(ctx, "begin content", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			with b as (insert into blobs default values returning id)
			insert into blob_names (space, name, blob_id) select $1, $2, id from b`, b.space, name)
		return err
	})
	if violates(err, "blob_names_pkey") {
		return fs.ErrExist
	}
	return err
}

// blobRow is a content without its bytes.
type blobRow struct{ ID, Size int64 }

const selectBlob = `select b.id, b.size from blob_names n join blobs b on b.id = n.blob_id where n.space = $1 and n.name = $2 `

func (b *Blobs) find(ctx context.Context, name string) (row blobRow, err error) {
	err = b.s.call(ctx, "content", func(ctx context.Context) error {
		err := b.s.db.GetContext(ctx, &row, selectBlob, b.space, name)
		return unknownBlob(err)
	})
	return row, err
}

// unknownBlob says in the words of blob that there is none.
func unknownBlob(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return blob.ErrUnknown
	}
	return err
}

// Size is part of blob.Store.
func (b *Blobs) Size(ctx context.Context, name string) (int64, error) {
	row, err := b.find(ctx, name)
	return row.Size, err
}

// Append is part of blob.Store. The content is locked, so that of two that
// append at the same place one finds that it came late.
func (b *Blobs) Append(ctx context.Context, name string, offset int64, chunk []byte) error {
	if len(chunk) == 0 || len(chunk) > blob.ChunkBytes {
		return blob.ErrTooLong
	}
	return b.s.tx(ctx, "append content", func(ctx context.Context, tx *sqlx.Tx) error {
		var row blobRow
		if err := tx.GetContext(ctx, &row, selectBlob+`for update of b`, b.space, name); err != nil {
			return unknownBlob(err)
		}
		if row.Size != offset {
			return blob.ErrOffset
		}
		_, err := tx.ExecContext(ctx, `insert into blob_chunks (blob_id, at, bytes) values ($1, $2, $3)`, row.ID, offset, chunk)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update blobs set size = size + $2, touched_at = now() where id = $1`, row.ID, len(chunk))
		return err
	})
}

// Open is part of blob.Store.
func (b *Blobs) Open(ctx context.Context, name string) (blob.Content, error) {
	row, err := b.find(ctx, name)
	if err != nil {
		return nil, err
	}
	return &blobContent{ctx: context.WithoutCancel(ctx), s: b.s, row: row}, nil
}

// Link is part of blob.Store.
func (b *Blobs) Link(ctx context.Context, from, to string) error {
	return b.s.tx(ctx, "name content", func(ctx context.Context, tx *sqlx.Tx) error {
		var row blobRow
		if err := tx.GetContext(ctx, &row, selectBlob+`for update of b`, b.space, from); err != nil {
			return unknownBlob(err)
		}
		_, err := tx.ExecContext(ctx, `
			insert into blob_names (space, name, blob_id) values ($1, $2, $3) on conflict do nothing`, b.space, to, row.ID)
		return err
	})
}

// Replace is part of blob.Store.
func (b *Blobs) Replace(ctx context.Context, from, to string) error {
	return b.s.tx(ctx, "replace content", func(ctx context.Context, tx *sqlx.Tx) error {
		return replaceBlob(ctx, tx, b.space, from, to)
	})
}

func replaceBlob(ctx context.Context, tx *sqlx.Tx, space, from, to string) error {
	if err := dropBlob(ctx, tx, space, to); err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `update blob_names set name = $3 where space = $1 and name = $2`, space, from, to)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, blob.ErrUnknown)
	}
	return nil
}

// dropBlob takes a name away, and its content with the last name. The content is
// locked first: whoever gives it one more name is waited for, and then seen.
func dropBlob(ctx context.Context, tx *sqlx.Tx, space, name string) error {
	var row blobRow
	err := tx.GetContext(ctx, &row, selectBlob+`for update of b`, space, name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `delete from blob_names where space = $1 and name = $2`, space, name); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `delete from blobs where id = $1 and not exists (select from blob_names where blob_id = $1)`, row.ID)
	return err
}

// Remove is part of blob.Store.
func (b *Blobs) Remove(ctx context.Context, name string) error {
	return b.s.tx(ctx, "remove content", func(ctx context.Context, tx *sqlx.Tx) error { return dropBlob(ctx, tx, b.space, name) })
}

// Tidy is part of blob.Store. The moment is one of the program's clock.
func (b *Blobs) Tidy(ctx context.Context, prefix string, before time.Time) error {
	var names []string
	err := b.s.call(ctx, "tidy contents", func(ctx context.Context) error {
		return b.s.db.SelectContext(ctx, &names, `
			select n.name from blob_names n join blobs b on b.id = n.blob_id
			where n.space = $1 and n.name like $2 and b.touched_at < $3 order by 1 limit 1000`,
			b.space, likeEscaper.Replace(prefix)+"%", before)
	})
	for _, name := range names {
		err = errors.Join(err, b.Remove(ctx, name))
	}
	return err
}
