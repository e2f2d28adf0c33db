package chatwoot

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// badFile is a file on a disk that fails at one step.
type badFile struct {
	*os.File
	step string
}

func (f badFile) Write(p []byte) (int, error) {
	if f.step == "write" {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, syscall.ENOSPC
	}
	return f.File.Write(p)
}

func (f badFile) Sync() error {
	if f.step == "sync" {
		return syscall.EIO
	}
	return f.File.Sync()
}

func (f badFile) Close() error {
	err := f.File.Close()
	if f.step == "close" {
		return syscall.EDQUOT
	}
	return err
}

func TestSpoolFailingDisk(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]error{
		"create": syscall.EROFS, "write": syscall.ENOSPC, "sync": syscall.EIO, "close": syscall.EDQUOT, "rename": fs.ErrNotExist,
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s, err := OpenSpool(SpoolConfig{Dir: dir})
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			good := s.create
			s.create = func(path string) (spoolFile, error) {
				if step == "create" {
					return nil, syscall.EROFS
				}
				f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
				if step == "rename" {
					_ = os.Remove(path)
				}
				return badFile{f, step}, err
			}
			require.ErrorIs(t, s.Put([]byte(`{"event":"x"}`), time.Unix(1, 0)), want)
			require.Zero(t, s.Len())
			require.Zero(t, s.Bytes())
			left, err := filepath.Glob(filepath.Join(dir, "*json*"))
			require.NoError(t, err)
			require.Empty(t, left)

			// A body that waits can be rejected even where nothing can be written.
			failing := s.create
			s.create = good
			require.NoError(t, s.Put([]byte(`{"event":"x"}`), time.Unix(1, 0)))
			s.create = failing
			require.NoError(t, s.Drain(t.Context(), func(context.Context, []byte, time.Time) error { return ErrRejected }))
			n, err := s.Rejected()
			require.NoError(t, err)
			require.Equal(t, 1, n)
			require.Zero(t, s.Len())
		})
	}
}

func TestSpoolName(t *testing.T) {
	t.Parallel()
	for _, n := range []spoolName{{0, 1}, {1785758400123456789, 42}, {1<<63 - 1, 1<<64 - 1}} {
		got, ok := parseSpoolName(n.String())
		require.True(t, ok, n.String())
		require.Equal(t, n, got)
	}
	for _, bad := range []string{"", "x", "1-1.json", "0000000000000000001-000000000001", "0000000000000000001-000000000001.json.tmp", "-000000000000000001-000000000001.json", "+000000000000000001-000000000001.json"} {
		_, ok := parseSpoolName(bad)
		require.False(t, ok, bad)
	}
}
