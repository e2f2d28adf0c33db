package objects_test

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/objects"
)

// startS3 starts an S3 server with one bucket and returns the store's address.
func startS3(t *testing.T) (address string, server *httptest.Server) {
	t.Helper()
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("msia"))
	server = httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	q := url.Values{"endpoint": {server.URL}, "use_path_style": {"true"}, "region": {"us-east-1"}}
	return "s3://msia?" + q.Encode(), server
}

func TestS3(t *testing.T) {
	address, server := startS3(t)
	ctx := t.Context()
	s, err := objects.Open(ctx, address)
	require.NoError(t, err)
	other, err := objects.Open(ctx, address) // another replica
	require.NoError(t, err)

	body := bytes.Repeat([]byte("0123456789abcdef"), 512<<10) // 8 MiB: several parts
	const key = "objects/ab/abcdef.jpg"
	require.NoError(t, s.Put(ctx, key, bytes.NewReader(body), "image/jpeg"))
	there, err := other.Exists(ctx, key)
	require.NoError(t, err)
	require.True(t, there)
	f, err := other.Open(ctx, key)
	require.NoError(t, err)
	require.Equal(t, int64(len(body)), f.Size)
	require.WithinDuration(t, time.Now(), f.Modified, time.Hour)
	_, err = f.Seek(-16, io.SeekEnd)
	require.NoError(t, err)
	tail, err := io.ReadAll(f)
	require.NoError(t, err)
	require.Equal(t, "0123456789abcdef", string(tail))
	_, err = f.Seek(0, io.SeekStart)
	require.NoError(t, err)
	whole, err := io.ReadAll(f)
	require.NoError(t, err)
	require.True(t, bytes.Equal(body, whole))
	require.NoError(t, f.Close())

	broken := errors.New("the sender went away")
	require.ErrorIs(t, s.Put(ctx, "objects/cd/half", io.MultiReader(bytes.NewReader(body[:1<<20]), iotest.ErrReader(broken)), "image/jpeg"), broken)
	f, err = s.Open(ctx, "objects/cd/half")
	require.NoError(t, err)
	require.Nil(t, f, "nothing, or all of it")

	require.NoError(t, s.Put(ctx, "variants/ab/abcdef-320.jpg", bytes.NewReader(body[:10]), "image/jpeg"))
	keys := func(prefix string, before time.Time) (found []string) {
		require.NoError(t, s.Each(ctx, prefix, before, func(key string) error { found = append(found, key); return nil }))
		return found
	}
	require.Equal(t, []string{key, "variants/ab/abcdef-320.jpg"}, keys("", time.Now().Add(time.Hour)))
	require.Equal(t, []string{key}, keys("objects/", time.Now().Add(time.Hour)))
	require.Empty(t, keys("", time.Now().Add(-time.Hour)))

	require.NoError(t, s.Remove(ctx, key))
	require.NoError(t, s.Remove(ctx, key), "it may be gone already")
	there, err = other.Exists(ctx, key)
	require.NoError(t, err)
	require.False(t, there)

	server.Close()
	require.ErrorIs(t, s.Put(ctx, key, bytes.NewReader(body[:10]), "image/jpeg"), objects.ErrUnavailable)
	require.NoError(t, s.Close())
	require.NoError(t, other.Close())
}
