package images

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://, the default
	_ "gocloud.dev/blob/memblob"  // mem://, for tests
	"gocloud.dev/gcerrors"
)

// objects is the file store: whole files by key, which are there entirely or not
// at all, and stay after a power cut once put has returned.
type objects struct {
	bucket *blob.Bucket
	// dir is the folder of a file store; "" for others. Files are read from it
	// directly, so that the system can send them without copying.
	dir string
}

// openObjects opens the store at rawURL. A folder is made when missing.
func openObjects(ctx context.Context, rawURL string) (*objects, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("file store: %w", err)
	}
	o := &objects{}
	if u.Scheme == "file" {
		o.dir = filepath.FromSlash(u.Path)
		q := u.Query()
		q.Set("create_dir", "true")
		q.Set("no_tmp_dir", "true") // a rename must not cross file systems
		q.Set("metadata", "skip")   // the database has it
		q.Set("dir_file_mode", "0700")
		u.RawQuery = q.Encode()
	}
	if o.bucket, err = blob.OpenBucket(ctx, u.String()); err != nil {
		return nil, fmt.Errorf("file store %s: %w", u.Redacted(), err)
	}
	return o, nil
}

// objectKey is where the bytes with that hash are, or a copy of them: folders of about
// equal size, which stay listable.
func objectKey(sha256 [32]byte, contentType string) string {
	return key("objects", sha256) + extension(contentType)
}

func variantKey(sha256 [32]byte, v variant) string {
	return fmt.Sprintf("%s-%d%s", key("variants", sha256), v.width, extension(v.contentType))
}

func key(folder string, sha256 [32]byte) string {
	name := hex.EncodeToString(sha256[:])
	return folder + "/" + name[:2] + "/" + name
}

// extension belongs to a content type of ours.
func extension(contentType string) string {
	switch contentType {
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	case typePDF:
		return ".pdf"
	}
	return ".jpg"
}

// put writes a file. What fails leaves nothing behind. Errors: ErrStorage, the
// context's.
func (o *objects) put(ctx context.Context, key string, body []byte, contentType string) error {
	writing, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := o.bucket.NewWriter(writing, key, &blob.WriterOptions{ContentType: contentType, DisableContentTypeDetection: true})
	if err != nil {
		return storageError(ctx, "write", err)
	}
	if _, err := w.Write(body); err != nil {
		cancel() // closing would finish what is incomplete
		_ = w.Close()
		return storageError(ctx, "write", err)
	}
	if err := w.Close(); err != nil {
		return storageError(ctx, "write", err)
	}
	if err := o.sync(key); err != nil {
		return storageError(ctx, "write", err)
	}
	return nil
}

// sync makes a file and its name survive a power cut.
func (o *objects) sync(key string) error {
	if o.dir == "" {
		return nil
	}
	path := o.path(key)
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

func (o *objects) path(key string) string { return filepath.Join(o.dir, filepath.FromSlash(key)) }

// file is an open object.
type file struct {
	io.ReadSeekCloser
	size     int64
	modified time.Time
}

// open opens a file; nil when there is none. Errors: ErrStorage.
func (o *objects) open(ctx context.Context, key string) (*file, error) {
	if o.dir != "" {
		f, err := os.Open(o.path(key))
		if os.IsNotExist(err) {
			return nil, nil
		}
		if err != nil {
			return nil, storageError(ctx, "read", err)
		}
		info, err := f.Stat()
		if err != nil {
			_ = f.Close()
			return nil, storageError(ctx, "read", err)
		}
		return &file{ReadSeekCloser: f, size: info.Size(), modified: info.ModTime()}, nil
	}
	r, err := o.bucket.NewReader(ctx, key, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, storageError(ctx, "read", err)
	}
	return &file{ReadSeekCloser: r, size: r.Size(), modified: r.ModTime()}, nil
}

func (o *objects) exists(ctx context.Context, key string) (bool, error) {
	ok, err := o.bucket.Exists(ctx, key)
	if err != nil {
		return false, storageError(ctx, "read", err)
	}
	return ok, nil
}

// remove deletes a file; it may be gone already.
func (o *objects) remove(ctx context.Context, key string) error {
	if err := o.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return storageError(ctx, "delete", err)
	}
	return nil
}

// each calls fn with the hash in every key that was written before then.
func (o *objects) each(ctx context.Context, before time.Time, fn func(key string, sha256 [32]byte) error) error {
	list := o.bucket.List(nil)
	for {
		item, err := list.Next(ctx)
		if err == io.EOF { //nolint:errorlint // the documented end of a list
			return nil
		}
		if err != nil {
			return storageError(ctx, "list", err)
		}
		name := item.Key[strings.LastIndexByte(item.Key, '/')+1:]
		var sum [32]byte
		if n, err := hex.Decode(sum[:], []byte(name[:min(len(name), 64)])); err != nil || n != 32 || !item.ModTime.Before(before) {
			continue
		}
		if err := fn(item.Key, sum); err != nil {
			return err
		}
	}
}

func (o *objects) close() error { return o.bucket.Close() }

// storageError keeps a cancelled request apart from a store that fails.
func storageError(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s a file: %w", what, ctx.Err())
	}
	return ErrStorage.Because(fmt.Errorf("%s a file: %w", what, err))
}
