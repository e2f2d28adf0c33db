package images

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/files"
	"github.com/msia/msia/internal/images/guard"
)

const (
	typePDF = "application/pdf"
	// linkLifetime is how long a signed address of a customer's file works.
	linkLifetime = 15 * time.Minute
)

// CustomerFiles keeps what customers send: photos, normalised as every picture,
// and PDFs, as they came. Nothing of it is public. Safe for concurrent use.
type CustomerFiles struct{ store *Store }

// NewCustomerFiles returns them; they are kept in the store.
func NewCustomerFiles(s *Store) *CustomerFiles { return &CustomerFiles{store: s} }

// Receive is Store.Receive, of PDFs too.
func (c *CustomerFiles) Receive(ctx context.Context, r io.Reader) (*Upload, error) {
	return c.store.receive(ctx, r, true)
}

// Keep reads, checks and keeps a photo or a PDF of at most guard.MaxBytes; name
// is what its sender called it, any text.
// Errors: those of Receive and KeepUpload.
func (c *CustomerFiles) Keep(ctx context.Context, r io.Reader, name string) (files.Stored, error) {
	up, err := c.Receive(ctx, r)
	if err != nil {
		return files.Stored{}, err
	}
	defer up.Close()
	return c.KeepUpload(ctx, up, name)
}

// KeepUpload is Keep for what was received. Errors: those of Store.Put.
func (c *CustomerFiles) KeepUpload(ctx context.Context, up *Upload, name string) (files.Stored, error) {
	n := New{OriginalFilename: name, Visibility: Private}
	keep := c.store.Put
	if up.pdf {
		keep = c.store.putPDF
	}
	i, err := keep(ctx, up, n)
	if err != nil {
		return files.Stored{}, err
	}
	out := files.Stored{ID: i.ID, ContentType: i.ContentType, Size: i.SizeBytes}
	if i.ContentType != typePDF {
		out.Width, out.Height = &i.Width, &i.Height
	}
	return out, nil
}

// putPDF keeps a PDF. Only few are in memory at a time.
func (s *Store) putPDF(ctx context.Context, up *Upload, n New) (*Image, error) {
	var kept *Image
	err := s.inMemory(ctx, up, func(b []byte) error {
		if err := guard.CheckPDF(b); err != nil {
			return err
		}
		var err error
		kept, err = s.keep(ctx, Normalised{Bytes: b, ContentType: typePDF}, n)
		return err
	})
	return kept, err
}

// Open returns the bytes of a file. Errors: ErrNotFound; ErrStorage.
func (c *CustomerFiles) Open(ctx context.Context, id uuid.UUID) (io.ReadCloser, error) {
	return c.open(ctx, id, 0)
}

// Thumbnail returns a photo at one of Widths, in its own type; one that is not
// wider, and a PDF, as it is. Errors: those of Store.Read.
func (c *CustomerFiles) Thumbnail(ctx context.Context, id uuid.UUID, width int) (io.ReadCloser, error) {
	return c.open(ctx, id, width)
}

func (c *CustomerFiles) open(ctx context.Context, id uuid.UUID, width int) (io.ReadCloser, error) {
	i, err := c.store.Get(ctx, id, Private)
	if err != nil {
		return nil, err
	}
	content, err := c.store.content(ctx, factOf(i), width, false)
	if err != nil {
		return nil, err
	}
	return content, nil
}

// Link returns an address under which anybody who has it sees the file for a
// quarter of an hour. Errors: ErrNotFound.
func (c *CustomerFiles) Link(ctx context.Context, id uuid.UUID) (string, error) {
	links, err := c.Links(ctx, []uuid.UUID{id})
	if err != nil {
		return "", err
	}
	link, ok := links[id]
	if !ok {
		return "", NotFound(id)
	}
	return link, nil
}

// Links is Link of several; one that does not exist has none.
func (c *CustomerFiles) Links(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	rows, err := c.store.q.ImageListPrivate(ctx, c.store.db, ids)
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	out := make(map[uuid.UUID]string, len(rows))
	for _, r := range rows {
		if out[r.ID], err = c.store.SignedURL(ctx, &Image{StoredFilename: r.StoredFilename}, linkLifetime); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Drop deletes a file; one that is gone is no error. Errors: ErrInUse when
// something still refers to it.
func (c *CustomerFiles) Drop(ctx context.Context, id uuid.UUID) error {
	var forget func(context.Context)
	err := db.InTx(ctx, c.store.db, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		forget, err = c.DropTx(ctx, tx, []uuid.UUID{id})
		return err
	})
	if err == nil {
		forget(ctx)
	}
	return err
}

// DropTx deletes files in a transaction of the caller, who calls forget once that
// is committed: it deletes the bytes that nobody else has. What keeps it from
// that is left to the sweep. Errors: ErrInUse.
func (c *CustomerFiles) DropTx(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) (forget func(context.Context), err error) {
	s := c.store
	rows, err := s.q.ImageListPrivateForUpdate(ctx, tx, ids)
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	// In this order nobody waits for each other in a ring.
	slices.SortFunc(rows, func(a, b sqlc.Image) int { return bytes.Compare(a.Sha256, b.Sha256) })
	for _, row := range rows {
		if err := s.delete(ctx, tx, row); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context) {
		for _, row := range rows {
			s.facts.forget(row.StoredFilename)
			s.sweepLater(ctx, [32]byte(row.Sha256))
		}
	}, nil
}

// delete removes the row of a picture, and that of its bytes when nobody else has
// them; sweepLater has to follow. Errors: ErrInUse.
func (s *Store) delete(ctx context.Context, tx pgx.Tx, row sqlc.Image) error {
	if err := s.q.ImageObjectLock(ctx, tx, row.Sha256); err != nil {
		return fmt.Errorf("wait for the picture's other users: %w", err)
	}
	if err := s.q.ImageDelete(ctx, tx, row.ID); db.IsReferenced(err) {
		return ErrInUse
	} else if err != nil {
		return fmt.Errorf("delete image: %w", err)
	}
	if _, err := s.q.ImageObjectDeleteUnused(ctx, tx, row.Sha256); err != nil {
		return fmt.Errorf("delete the picture's bytes: %w", err)
	}
	return audit.RecordDelete(ctx, tx, s.now(), "image", row.ID.String(), audited(row))
}
