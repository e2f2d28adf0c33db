package images

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/msia/msia/gen/sqlc"
)

// purposeLinks names the key that links are signed with.
const purposeLinks = "image_links"

// Link is what a signed address says beside the file name.
type Link struct {
	// Expires is a time in seconds since 1970.
	Expires   int64
	Signature string
}

// SignedURL returns the address under which anybody who has it sees the picture
// until it expires, for private pictures.
func (s *Store) SignedURL(ctx context.Context, image *Image, lifetime time.Duration) (string, error) {
	key, err := s.signingKey(ctx)
	if err != nil {
		return "", err
	}
	expires := s.now().Add(lifetime).Unix()
	q := url.Values{"expires": {strconv.FormatInt(expires, 10)}, "signature": {sign(key, image.StoredFilename, expires)}}
	return image.URL() + "?" + q.Encode(), nil
}

// verify checks a link. Errors: ErrNotFound for a signature that was never given
// out, so that nobody learns which files there are; ErrExpired.
func (s *Store) verify(ctx context.Context, filename string, l Link) error {
	key, err := s.signingKey(ctx)
	if err != nil {
		return err
	}
	if !hmac.Equal([]byte(l.Signature), []byte(sign(key, filename, l.Expires))) {
		return ErrNotFound
	}
	if s.now().Unix() >= l.Expires {
		return ErrExpired
	}
	return nil
}

func sign(key []byte, filename string, expires int64) string {
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%d\n%s", expires, filename) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// signingKey returns the key, made up by the first process that needs it.
func (s *Store) signingKey(ctx context.Context) ([]byte, error) {
	s.keyOnce.Lock()
	defer s.keyOnce.Unlock()
	if s.key != nil {
		return s.key, nil
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if err := s.q.SigningKeyInsert(ctx, s.db, sqlc.SigningKeyInsertParams{Purpose: purposeLinks, Key: key, At: s.now()}); err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	key, err := s.q.SigningKeyGet(ctx, s.db, purposeLinks)
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	s.key = key
	return key, nil
}
