// Package objects is the file store: whole files by key, which are there entirely
// or not at all, and stay after a power cut once Put has returned.
package objects

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://, the default
	_ "gocloud.dev/blob/memblob"  // mem://, for tests
	_ "gocloud.dev/blob/s3blob"   // s3://bucket
	"gocloud.dev/gcerrors"

	"github.com/msia/msia/internal/fault"
)

// ErrUnavailable says that files cannot be written or read at the moment.
var ErrUnavailable = &fault.Error{
	Kind: fault.Unavailable, Code: "storage_unavailable", Message: "Files cannot be stored or read at the moment.", RetryAfterSeconds: 5,
}

// HalfWritten is how the name of a file ends that a killed process was writing
// into a folder.
const HalfWritten = ".tmp"

// Store is a file store. Safe for concurrent use.
type Store struct {
	bucket *blob.Bucket
	// dir is the folder of a file store; "" for others. Files are read from it
	// directly, so that the system can send them without copying.
	dir string
}

// Open opens the store at rawURL: file:///folder, which is made when missing;
// s3://bucket, which has to be there, with the credentials of the AWS_* variables;
// or mem:// in tests.
func Open(ctx context.Context, rawURL string) (*Store, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("file store: %w", err)
	}
	s := &Store{}
	if u.Scheme == "file" {
		s.dir = filepath.FromSlash(u.Path)
		q := u.Query()
		q.Set("create_dir", "true")
		q.Set("no_tmp_dir", "true") // a rename must not cross file systems
		q.Set("metadata", "skip")   // the database has it
		q.Set("dir_file_mode", "0700")
		u.RawQuery = q.Encode()
	}
	if s.bucket, err = blob.OpenBucket(ctx, u.String()); err != nil {
		return nil, fmt.Errorf("file store %s: %w", u.Redacted(), err)
	}
	return s, nil
}

// Close closes it.
func (s *Store) Close() error { return s.bucket.Close() }

// Put writes a file. What fails leaves nothing behind. Errors: ErrUnavailable, the
// context's.
func (s *Store) Put(ctx context.Context, key string, body io.Reader, contentType string) error {
	writing, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(writing, key, &blob.WriterOptions{ContentType: contentType, DisableContentTypeDetection: true})
	if err != nil {
		return Error(ctx, "write", err)
	}
	if _, err := io.Copy(w, body); err != nil {
		cancel() // closing would finish what is incomplete
		_ = w.Close()
		return Error(ctx, "write", err)
	}
	if err := w.Close(); err != nil {
		return Error(ctx, "write", err)
	}
	if err := s.sync(key); err != nil {
		return Error(ctx, "write", err)
	}
	return nil
}

// sync makes a file and its name survive a power cut.
func (s *Store) sync(key string) error {
	if s.dir == "" {
		return nil
	}
	path := s.path(key)
	for _, name := range []string{path, filepath.Dir(path), filepath.Dir(filepath.Dir(path))} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			_ = f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) path(key string) string { return filepath.Join(s.dir, filepath.FromSlash(key)) }

// File is an open file. Close it.
type File struct {
	io.ReadSeekCloser
	Size     int64
	Modified time.Time
}

// Open opens a file; nil when there is none. Errors: ErrUnavailable.
func (s *Store) Open(ctx context.Context, key string) (*File, error) {
	if s.dir != "" {
		f, err := os.Open(s.path(key))
		if os.IsNotExist(err) {
			return nil, nil
		}
		if err != nil {
			return nil, Error(ctx, "read", err)
		}
		info, err := f.Stat()
		if err != nil {
			_ = f.Close()
			return nil, Error(ctx, "read", err)
		}
		return &File{ReadSeekCloser: f, Size: info.Size(), Modified: info.ModTime()}, nil
	}
	r, err := s.bucket.NewReader(ctx, key, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, Error(ctx, "read", err)
	}
	return &File{ReadSeekCloser: r, Size: r.Size(), Modified: r.ModTime()}, nil
}

// Exists tells whether a file is there. Errors: ErrUnavailable.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	ok, err := s.bucket.Exists(ctx, key)
	if err != nil {
		return false, Error(ctx, "read", err)
	}
	return ok, nil
}

// Remove deletes a file; it may be gone already. Errors: ErrUnavailable.
func (s *Store) Remove(ctx context.Context, key string) error {
	if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return Error(ctx, "delete", err)
	}
	return nil
}

// Each calls fn with every key that begins with prefix and was written before then.
func (s *Store) Each(ctx context.Context, prefix string, before time.Time, fn func(key string) error) error {
	list := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		item, err := list.Next(ctx)
		if err == io.EOF { //nolint:errorlint // the documented end of a list
			return nil
		}
		if err != nil {
			return Error(ctx, "list", err)
		}
		if !item.ModTime.Before(before) {
			continue
		}
		if err := fn(item.Key); err != nil {
			return err
		}
	}
}

// Error keeps a cancelled request apart from a store that fails.
func Error(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s a file: %w", what, ctx.Err())
	}
	return ErrUnavailable.Because(fmt.Errorf("%s a file: %w", what, err))
}
