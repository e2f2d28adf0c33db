package images

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/msia/msia/internal/db"
)

// Widths are the widths that smaller copies are made in.
var Widths = []int{320, 640, 1280}

// Read asks for the bytes of a picture.
type Read struct {
	Filename string
	// Width is one of Widths, or 0 for the picture as it is stored. A picture that
	// is not wider stays as it is.
	Width int
	// WebP: the caller shows it, and smaller copies may be of that type.
	WebP bool
	// Trusted callers are signed in and see private pictures.
	Trusted bool
	// Link is the signature of the address; nil when it has none.
	Link *Link
}

// Content is the bytes of a picture. Close it.
type Content struct {
	io.ReadSeekCloser
	Type     string
	Size     int64
	Modified time.Time
	// ETag is strong, with its quotes.
	ETag string
	// Private content must not be kept by shared caches.
	Private bool
	// Negotiated: another caller may get another type.
	Negotiated bool
}

// variant is a smaller copy.
type variant struct {
	width       int
	contentType string
}

// Read opens a picture. A smaller copy is made on its first use; there is none of
// a PDF.
// Errors: ErrNotFound, for private pictures too; ErrExpired; ErrBusy;
// ErrDecoder; ErrStorage.
func (s *Store) Read(ctx context.Context, r Read) (*Content, error) {
	f, err := s.fact(ctx, r.Filename)
	if err != nil {
		return nil, err
	}
	if f.private && !r.Trusted {
		if r.Link == nil {
			return nil, ErrNotFound
		}
		if err := s.verify(ctx, r.Filename, *r.Link); err != nil {
			return nil, err
		}
	}
	return s.content(ctx, f, r.Width, r.WebP)
}

// content opens a picture for who may see it; as for Read.
func (s *Store) content(ctx context.Context, f fact, width int, webP bool) (*Content, error) {
	c := &Content{Type: f.contentType, Private: f.private, ETag: `"` + f.hash + `"`}
	if width == 0 || f.width <= width {
		if err := s.stored(ctx, f, c); err != nil {
			return nil, err
		}
		return c, nil
	}
	c.Negotiated = true
	v := variant{width: width, contentType: f.contentType}
	if webP {
		v.contentType = "image/webp"
	}
	c.Type = v.contentType
	if err := s.smaller(ctx, f, v, c); err != nil {
		return nil, err
	}
	// Another libvips may make other bytes of the same picture.
	c.ETag = fmt.Sprintf(`"%s-%d%s-%x"`, f.hash[:32], v.width, extension(v.contentType), c.Size)
	return c, nil
}

func (s *Store) stored(ctx context.Context, f fact, c *Content) error {
	found, err := s.objects.Open(ctx, objectKey(f.sum, f.contentType))
	if err != nil {
		return err
	}
	if found == nil { // deleted by another process since we learned of it
		s.facts.forget(f.filename)
		return ErrNotFound
	}
	c.ReadSeekCloser, c.Size, c.Modified = found.ReadSeekCloser, found.Size, found.Modified
	return nil
}

// smaller opens a copy, made now if need be. When it cannot be kept it is served
// all the same.
func (s *Store) smaller(ctx context.Context, f fact, v variant, c *Content) error {
	key := variantKey(f.sum, v)
	found, err := s.objects.Open(ctx, key)
	if err != nil {
		return err
	}
	if found != nil {
		c.ReadSeekCloser, c.Size, c.Modified = found.ReadSeekCloser, found.Size, found.Modified
		return nil
	}
	made, err, _ := s.making.Do(key, func() (any, error) {
		// Others may wait for it when this caller goes away.
		ctx := context.WithoutCancel(ctx)
		b, err := s.makeVariant(ctx, f, v)
		if err != nil {
			return nil, err
		}
		if err := s.objects.Put(ctx, key, bytes.NewReader(b), v.contentType); err != nil {
			s.log.WarnContext(ctx, "a smaller copy could not be kept", slog.Any("error", err))
		}
		return b, nil
	})
	if err != nil {
		return err
	}
	b, _ := made.([]byte)
	c.ReadSeekCloser, c.Size, c.Modified = inMemory{bytes.NewReader(b)}, int64(len(b)), s.now()
	return nil
}

func (s *Store) makeVariant(ctx context.Context, f fact, v variant) ([]byte, error) {
	var c Content
	if err := s.stored(ctx, f, &c); err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	height := max(1, (f.height*v.width+f.width/2)/f.width)
	return s.pool.Variant(ctx, c, c.Size, v.contentType, v.width, height, variantQuality)
}

type inMemory struct{ *bytes.Reader }

// Close has nothing to give up.
func (inMemory) Close() error { return nil }

// fact is what never changes about a picture.
type fact struct {
	filename      string
	sum           [32]byte
	hash          string
	contentType   string
	width, height int
	private       bool
}

// fact looks a picture up. Errors: ErrNotFound.
func (s *Store) fact(ctx context.Context, filename string) (fact, error) {
	if f, ok := s.facts.get(filename, s.now()); ok {
		return f, nil
	}
	if !storedFilename(filename) {
		return fact{}, ErrNotFound
	}
	row, err := s.q.ImageGetByFilename(ctx, s.db, filename)
	if db.IsNoRows(err) {
		return fact{}, ErrNotFound
	}
	if err != nil {
		return fact{}, fmt.Errorf("read image: %w", err)
	}
	f := factOf(toImage(row.Image, row.ImageObject))
	s.facts.put(f, s.now())
	return f, nil
}

func factOf(i *Image) fact {
	return fact{
		filename: i.StoredFilename, sum: i.SHA256, hash: hex.EncodeToString(i.SHA256[:]), contentType: i.ContentType,
		width: i.Width, height: i.Height, private: i.Visibility != Public,
	}
}

// storedFilename tells whether a name is like those that are given out.
func storedFilename(name string) bool {
	if len(name) != 36+4 || !slices.Contains([]string{".jpg", ".png", ".pdf"}, name[36:]) {
		return false
	}
	for _, c := range []byte(name[:36]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && c != '-' {
			return false
		}
	}
	return true
}

const (
	// factLifetime is how long another process may go on serving a picture that
	// was deleted; clients keep it much longer.
	factLifetime = time.Minute
	maxFacts     = 4096
)

// factCache spares the database most lookups.
type factCache struct {
	mu    sync.RWMutex
	known map[string]knownFact
}

type knownFact struct {
	fact
	until time.Time
}

func (c *factCache) get(filename string, now time.Time) (fact, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	f, ok := c.known[filename]
	return f.fact, ok && now.Before(f.until)
}

func (c *factCache) put(f fact, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxFacts { // rare: start over
		c.known = make(map[string]knownFact)
	}
	c.known[f.filename] = knownFact{f, now.Add(factLifetime)}
}

func (c *factCache) forget(filename string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, filename)
}
