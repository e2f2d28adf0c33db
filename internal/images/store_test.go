package images_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/testdb"
)

// testBundle is a store on a folder and a database of its own.
type testBundle struct {
	*images.Store
	pool *pgxpool.Pool
	dir  string
	temp string
}

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{pool: testdb.New(t), dir: t.TempDir(), temp: t.TempDir()}
	b.Store = b.open(t, "file://"+b.dir)
	return b
}

func (b *testBundle) open(t *testing.T, url string) *images.Store {
	t.Helper()
	s, err := images.Open(t.Context(), images.Config{
		DB: b.pool, URL: url, TempDir: b.temp, Pool: newPool(t), Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// put uploads a file.
func put(ctx context.Context, s *images.Store, file []byte, n images.New) (*images.Image, error) {
	up, err := s.Receive(ctx, bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	defer up.Close()
	n.Visibility = images.Public
	return s.Put(ctx, up, n)
}

// left lists every file of the store and of uploads.
func (b *testBundle) left(t *testing.T) []string {
	t.Helper()
	return append(stored(b.dir), stored(b.temp)...)
}

// stored lists the files below a folder; those that go meanwhile may be in it.
func stored(dir string) []string {
	names := []string{}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return nil
	})
	return names
}

func (b *testBundle) rows(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, b.pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM images) + (SELECT count(*) FROM image_objects)").Scan(&n))
	return n
}

// TestNothingPartialStays after a failure at any step.
func TestNothingPartialStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file := small()
	nowhere := uuid.New() // no such category: the row cannot be written
	_, err := put(t.Context(), b.Store, file, images.New{CategoryID: &nowhere})
	require.True(t, db.IsForeignKey(err, "images_category_id_fkey"), err)
	require.Empty(t, b.left(t))

	ctx, cancel := context.WithCancel(t.Context())
	lock, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = lock.Exec(t.Context(), "LOCK TABLE images")
	require.NoError(t, err)
	go func() {
		for len(stored(b.dir)) == 0 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel() // the bytes are there, the row is not
	}()
	_, err = put(ctx, b.Store, file, images.New{})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, lock.Rollback(t.Context()))
	require.Empty(t, b.left(t))

	_, err = put(ctx, b.Store, file, images.New{})
	require.ErrorIs(t, err, context.Canceled, "gone before it began")
	require.Empty(t, b.left(t))

	_, err = put(t.Context(), b.Store, file[:len(file)/2], images.New{})
	require.ErrorIs(t, err, guard.ErrBroken)
	gone := errors.New("the client went away")
	_, err = b.Receive(t.Context(), io.MultiReader(bytes.NewReader(file), failing{gone}))
	require.ErrorIs(t, err, gone)
	require.Empty(t, b.left(t))
	require.Zero(t, b.rows(t))

	i, err := put(t.Context(), b.Store, file, images.New{})
	require.NoError(t, err, "and the store goes on")
	require.Len(t, b.left(t), 1)
	require.Equal(t, 2, b.rows(t))
	_, err = put(t.Context(), b.Store, file, images.New{CategoryID: &nowhere})
	require.True(t, db.IsForeignKey(err, "images_category_id_fkey"), err)
	require.Len(t, b.left(t), 1, "others have the same bytes")
	c, err := b.Read(t.Context(), images.Read{Filename: i.StoredFilename})
	require.NoError(t, err)
	require.NoError(t, c.Close())
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestStoreThatCannotBeWritten says so, and works again by itself.
func TestStoreThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	blocked := filepath.Join(b.dir, "objects")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600)) // where a folder has to be
	_, err := put(t.Context(), b.Store, small(), images.New{})
	require.ErrorIs(t, err, images.ErrStorage)
	require.Zero(t, b.rows(t))
	require.Equal(t, []string{blocked}, b.left(t))
	require.NoError(t, os.Remove(blocked))

	// A smaller copy that cannot be kept is served all the same.
	i, err := put(t.Context(), b.Store, imagetest.JPEG(imagetest.Pattern(800, 600), 80), images.New{})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(b.dir, "variants"), nil, 0o600))
	_, err = b.Read(t.Context(), images.Read{Filename: i.StoredFilename, Width: 320})
	require.Error(t, err, "the folder is a file: reading fails before writing does")
	require.NoError(t, os.Remove(filepath.Join(b.dir, "variants")))

	temp := b.temp
	require.NoError(t, os.RemoveAll(temp))
	_, err = put(t.Context(), b.Store, small(), images.New{})
	require.ErrorIs(t, err, images.ErrStorage)
	require.NoError(t, os.MkdirAll(temp, 0o700))
	_, err = put(t.Context(), b.Store, small(), images.New{})
	require.NoError(t, err)
}

// TestSweep takes old orphans only.
func TestSweep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	i, err := put(t.Context(), b.Store, imagetest.JPEG(imagetest.Pattern(800, 600), 80), images.New{})
	require.NoError(t, err)
	c, err := b.Read(t.Context(), images.Read{Filename: i.StoredFilename, Width: 320, WebP: true})
	require.NoError(t, err)
	require.NoError(t, c.Close())
	used := b.left(t)
	require.Len(t, used, 2)
	name := strings.Repeat("ab", 32)
	young, old := filepath.Join(b.dir, "objects/ab", name+".jpg"), filepath.Join(b.dir, "variants/ab", name+"-320.webp")
	half := used[0] + ".18a.tmp" // a killed process was writing it
	for _, path := range []string{young, old, half} {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	}
	hours := time.Now().Add(-3 * time.Hour)
	for _, path := range append(used, old, half) {
		require.NoError(t, os.Chtimes(path, hours, hours))
	}
	n, err := b.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.ElementsMatch(t, append(used, young), b.left(t))
}

// TestLostFile is a 404 rather than a fault, and an upload mends it.
func TestLostFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	i, err := put(t.Context(), b.Store, small(), images.New{})
	require.NoError(t, err)
	require.NoError(t, os.Remove(b.left(t)[0]))
	_, err = b.Read(t.Context(), images.Read{Filename: i.StoredFilename})
	require.ErrorIs(t, err, images.ErrNotFound)
	_, err = put(t.Context(), b.Store, small(), images.New{})
	require.NoError(t, err)
	c, err := b.Read(t.Context(), images.Read{Filename: i.StoredFilename})
	require.NoError(t, err)
	require.NoError(t, c.Close())
}

// TestOtherFileStores work through the same door.
func TestOtherFileStores(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.open(t, "mem://")
	i, err := put(t.Context(), s, imagetest.JPEG(imagetest.Pattern(800, 600), 80), images.New{})
	require.NoError(t, err)
	for _, width := range []int{0, 320, 320} {
		c, err := s.Read(t.Context(), images.Read{Filename: i.StoredFilename, Width: width})
		require.NoError(t, err)
		body, err := io.ReadAll(c)
		require.NoError(t, err)
		require.EqualValues(t, c.Size, len(body))
		_, err = c.Seek(10, io.SeekStart)
		require.NoError(t, err)
		part := make([]byte, 10)
		_, err = io.ReadFull(c, part)
		require.NoError(t, err)
		require.Equal(t, body[10:20], part)
		require.NoError(t, c.Close())
	}
	require.NoError(t, s.Delete(t.Context(), i.ID, 0))
	_, err = s.Read(t.Context(), images.Read{Filename: i.StoredFilename})
	require.ErrorIs(t, err, images.ErrNotFound)

	_, err = images.Open(t.Context(), images.Config{URL: "ftp://example.com/x", TempDir: b.temp})
	require.Error(t, err)
}

// TestOneCopyIsMadeOnce however many ask for it.
func TestOneCopyIsMadeOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	i, err := put(t.Context(), b.Store, imagetest.JPEG(imagetest.Photo(1600, 1200, 1), 80), images.New{})
	require.NoError(t, err)
	var (
		all  sync.WaitGroup
		tags sync.Map
	)
	for range 40 {
		all.Go(func() {
			c, err := b.Read(t.Context(), images.Read{Filename: i.StoredFilename, Width: 640})
			if err != nil {
				t.Error(err)
				return
			}
			tags.Store(c.ETag, true)
			_ = c.Close()
		})
	}
	all.Wait()
	n := 0
	tags.Range(func(any, any) bool { n++; return true })
	require.Equal(t, 1, n)
	require.Len(t, b.left(t), 2)
}

func TestLabel(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"my photo.png": "my photo.png", "/etc/passwd": "passwd", `C:\Users\me\foto.jpg`: "foto.jpg", "": "", ".": "", "..": "", "/": "",
		".env": "env", "a\x00b\nc.jpg": "abc.jpg", "\u202egpj.exe": "gpj.exe", "foto\u200b.jpg": "foto.jpg", "matrícula 🚗.jpg": "matrícula 🚗.jpg",
		"\xff\xfe.jpg": "jpg", strings.Repeat("ñ", 300): strings.Repeat("ñ", 255), "../../x": "x", "<script>.jpg": "<script>.jpg",
	} {
		require.Equal(t, want, images.Label(given), "%q", given)
	}
}
