package images

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/singleflight"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/objects"
)

// Config is what a Store needs; every member is required.
type Config struct {
	DB db.DB
	// URL is the file store: file:///folder, or mem:// in tests.
	URL string
	// TempDir is the folder uploads wait in; it is made when missing.
	TempDir string
	Pool    *Pool
	Now     func() time.Time
	Log     *slog.Logger
}

// Store keeps pictures. Safe for concurrent use.
type Store struct {
	db      db.DB
	q       *sqlc.Queries
	objects *objects.Store
	tempDir string
	pool    *Pool
	now     func() time.Time
	log     *slog.Logger

	receiving  chan struct{} // a place for each upload under way
	inspecting chan struct{} // a place for each file in memory
	making     singleflight.Group
	facts      factCache
	keyOnce    sync.Mutex
	key        []byte
}

const (
	// maxReceiving bounds the uploads on disk.
	maxReceiving = 128
	// maxInspecting bounds the files that are looked at, in memory.
	maxInspecting = 2
)

// Open opens the file store.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := os.MkdirAll(cfg.TempDir, 0o700); err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	o, err := objects.Open(ctx, cfg.URL)
	if err != nil {
		return nil, err
	}
	return &Store{
		db: cfg.DB, q: sqlc.New(), objects: o, tempDir: cfg.TempDir, pool: cfg.Pool, now: cfg.Now, log: cfg.Log,
		receiving: make(chan struct{}, maxReceiving), inspecting: make(chan struct{}, maxInspecting),
	}, nil
}

// Close closes the file store.
func (s *Store) Close() error { return s.objects.Close() }

// New describes a picture to keep.
type New struct {
	// OriginalFilename is what the sender called it; any text.
	OriginalFilename string
	Visibility       Visibility
	// CategoryID is a vehicle category, nil for none.
	CategoryID  *uuid.UUID
	Description *string
}

// Put checks, normalises and keeps an upload. It may be called again with the
// same upload.
// Errors: those of guard; ErrBusy; ErrDecoder; ErrStorage; ErrText.
func (s *Store) Put(ctx context.Context, up *Upload, n New) (*Image, error) {
	if err := storable(n.Description); err != nil {
		return nil, err
	}
	info, err := s.inspect(ctx, up)
	if err != nil {
		return nil, err
	}
	picture, err := s.pool.Normalise(ctx, up.file, info, MaxSide, quality)
	if err != nil {
		return nil, err
	}
	return s.keep(ctx, picture, n)
}

// inspect lets guard look at the file; the decoder gets it from disk.
func (s *Store) inspect(ctx context.Context, up *Upload) (info guard.Info, err error) {
	err = s.inMemory(ctx, up, func(b []byte) error {
		info, err = guard.Check(b)
		return err
	})
	return info, err
}

// inMemory calls fn with the file. Only few are in memory at a time.
func (s *Store) inMemory(ctx context.Context, up *Upload, fn func([]byte) error) error {
	select {
	case s.inspecting <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait to look at a file: %w", ctx.Err())
	}
	defer func() { <-s.inspecting }()
	b := make([]byte, up.size)
	if _, err := up.file.ReadAt(b, 0); err != nil {
		return objects.Error(ctx, "read", err)
	}
	return fn(b)
}

// keep stores the bytes first and the rows after them. Between the two, a sweep
// may take the bytes for an orphan: then they are stored again.
func (s *Store) keep(ctx context.Context, picture Normalised, n New) (*Image, error) {
	sum := sha256.Sum256(picture.Bytes)
	key := objectKey(sum, picture.ContentType)
	for {
		there, err := s.objects.Exists(ctx, key)
		if err != nil {
			return nil, err
		}
		if !there {
			if err := s.objects.Put(ctx, key, bytes.NewReader(picture.Bytes), picture.ContentType); err != nil {
				return nil, err
			}
		}
		image, err := s.insert(ctx, sum, picture, n)
		if err != nil {
			// Nothing refers to the bytes, unless others had them before.
			s.sweepLater(ctx, sum)
			return nil, err
		}
		if image != nil {
			return image, nil
		}
	}
}

// insert writes the rows; nil when the bytes went away.
func (s *Store) insert(ctx context.Context, sum [32]byte, picture Normalised, n New) (*Image, error) {
	id := uuid.Must(uuid.NewV7())
	at := s.now()
	var image *Image
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.q.ImageObjectLock(ctx, tx, sum[:]); err != nil {
			return fmt.Errorf("wait for the picture's other users: %w", err)
		}
		// Under the lock a sweep cannot take them any more.
		there, err := s.objects.Exists(ctx, objectKey(sum, picture.ContentType))
		if err != nil || !there {
			return err
		}
		object := sqlc.ImageObject{
			Sha256: sum[:], ContentType: picture.ContentType,
			Width: int32(picture.Width), Height: int32(picture.Height), SizeBytes: int64(len(picture.Bytes)), //nolint:gosec // at most MaxSide
		}
		err = s.q.ImageObjectInsert(ctx, tx, sqlc.ImageObjectInsertParams{
			Sha256: object.Sha256, ContentType: object.ContentType, Width: object.Width, Height: object.Height, SizeBytes: object.SizeBytes, At: at,
		})
		if err != nil {
			return fmt.Errorf("insert the picture's bytes: %w", err)
		}
		row, err := s.q.ImageInsert(ctx, tx, sqlc.ImageInsertParams{
			ID: id, Sha256: sum[:], StoredFilename: id.String() + extension(picture.ContentType), OriginalFilename: Label(n.OriginalFilename),
			Visibility: string(n.Visibility), CategoryID: n.CategoryID, Description: n.Description, At: at,
		})
		if err != nil {
			return fmt.Errorf("insert image: %w", err)
		}
		if err := audit.RecordCreate(ctx, tx, at, "image", id.String(), audited(row)); err != nil {
			return err
		}
		image = toImage(row, object)
		return nil
	})
	return image, err
}

// audited is a row as it is written to the audit log, which outlives customers'
// files: people give those their names.
func audited(row sqlc.Image) sqlc.Image {
	if Visibility(row.Visibility) == Private {
		row.OriginalFilename, row.Description = "", nil
	}
	return row
}
