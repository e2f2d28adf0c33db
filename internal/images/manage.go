package images

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/patch"
)

// NotFound is ErrNotFound with the id in its words.
func NotFound(id uuid.UUID) error {
	return ErrNotFound.WithMessage(fmt.Sprintf("Image %s not found", id))
}

// Get returns a picture of that visibility: whoever looks after the catalogue's
// does not come upon customers'. Errors: ErrNotFound.
func (s *Store) Get(ctx context.Context, id uuid.UUID, v Visibility) (*Image, error) {
	row, err := s.q.ImageGet(ctx, s.db, sqlc.ImageGetParams{ID: id, Visibility: string(v)})
	if db.IsNoRows(err) {
		return nil, NotFound(id)
	}
	if err != nil {
		return nil, fmt.Errorf("read image: %w", err)
	}
	return toImage(row.Image, row.ImageObject), nil
}

// Filter narrows a list; the zero Filter does not.
type Filter struct {
	CategoryID *uuid.UUID
	// Text is part of the description or the original file name, in any case.
	Text *string
}

// List returns a page of the public pictures, the newest first, and the cursor of
// the next page, nil on the last.
func (s *Store) List(ctx context.Context, f Filter, after page.Key, limit int) ([]*Image, *string, error) {
	if err := storable(f.Text); err != nil {
		return nil, nil, err
	}
	arg := sqlc.ImageListAfterParams{CategoryID: f.CategoryID, Q: f.Text, MaxRows: int32(limit) + 1} //nolint:gosec // at most page.MaxLimit
	if !after.IsZero() {
		arg.AfterAt, arg.AfterID = &after.At, &after.ID
	}
	rows, err := s.q.ImageListAfter(ctx, s.db, arg)
	if err != nil {
		return nil, nil, fmt.Errorf("list images: %w", err)
	}
	rows, next := page.Of(rows, limit, func(r sqlc.ImageListAfterRow) page.Key { return page.Key{At: r.Image.CreatedAt, ID: r.Image.ID} })
	out := make([]*Image, len(rows))
	for i, r := range rows {
		out[i] = toImage(r.Image, r.ImageObject)
	}
	return out, next, nil
}

// Patch changes what is specified; null clears it.
type Patch struct {
	CategoryID  nullable.Nullable[uuid.UUID]
	Description nullable.Nullable[string]
}

// Update changes what is said about a public picture; its bytes never change. version
// is the one the change is based on; 0 means any.
// Errors: ErrNotFound; ErrChanged; ErrText.
func (s *Store) Update(ctx context.Context, id uuid.UUID, version int, p Patch) (*Image, error) {
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		old, err := s.q.ImageGetForUpdate(ctx, tx, sqlc.ImageGetForUpdateParams{ID: id, Visibility: string(Public)})
		if db.IsNoRows(err) {
			return NotFound(id)
		}
		if err != nil {
			return fmt.Errorf("read image: %w", err)
		}
		if version != 0 && int(old.Version) != version {
			return ErrChanged
		}
		row := old
		patch.SetNullable(&row.CategoryID, p.CategoryID)
		patch.SetNullable(&row.Description, p.Description)
		if err := storable(row.Description); err != nil {
			return err
		}
		at := s.now()
		if changed, err := audit.RecordUpdate(ctx, tx, at, "image", id.String(), old, row); err != nil || !changed {
			return err
		}
		err = s.q.ImageUpdate(ctx, tx, sqlc.ImageUpdateParams{ID: id, CategoryID: row.CategoryID, Description: row.Description, At: at})
		if err != nil {
			return fmt.Errorf("update image: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, id, Public)
}

// Delete deletes a public picture, and its bytes when they were its alone.
// version is as in Update. Errors: ErrNotFound; ErrChanged; ErrInUse.
func (s *Store) Delete(ctx context.Context, id uuid.UUID, version int) error {
	var (
		sum      [32]byte
		filename string
	)
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		// Nobody puts it into the catalogue while we look whether it is there.
		if err := catalogue.Lock(ctx, tx, s.now()); err != nil {
			return err
		}
		row, err := s.q.ImageGetForUpdate(ctx, tx, sqlc.ImageGetForUpdateParams{ID: id, Visibility: string(Public)})
		if db.IsNoRows(err) {
			return NotFound(id)
		}
		if err != nil {
			return fmt.Errorf("read image: %w", err)
		}
		if version != 0 && int(row.Version) != version {
			return ErrChanged
		}
		uses, err := s.q.ImageCountUses(ctx, tx, urlPrefix+row.StoredFilename)
		if err != nil {
			return fmt.Errorf("look for the image in the catalogue: %w", err)
		}
		if uses > 0 {
			return ErrInUse
		}
		sum = [32]byte(row.Sha256)
		filename = row.StoredFilename
		return s.delete(ctx, tx, row)
	})
	if err != nil {
		return err
	}
	s.facts.forget(filename)
	s.sweepLater(ctx, sum)
	return nil
}

func toImage(i sqlc.Image, o sqlc.ImageObject) *Image {
	return &Image{
		ID: i.ID, StoredFilename: i.StoredFilename, OriginalFilename: i.OriginalFilename, Visibility: Visibility(i.Visibility),
		CategoryID: i.CategoryID, Description: i.Description, ContentType: o.ContentType,
		Width: int(o.Width), Height: int(o.Height), SizeBytes: o.SizeBytes, SHA256: [32]byte(i.Sha256),
		Version: int(i.Version), CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
}
