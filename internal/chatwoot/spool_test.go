package chatwoot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
)

func openSpool(t *testing.T, cfg chatwoot.SpoolConfig) *chatwoot.Spool {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = filepath.Join(t.TempDir(), "spool")
	}
	s, err := chatwoot.OpenSpool(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// drainAll returns the bodies in the order they come.
func drainAll(t *testing.T, s *chatwoot.Spool) []string {
	t.Helper()
	var all []string
	require.NoError(t, s.Drain(t.Context(), func(_ context.Context, raw []byte, _ time.Time) error {
		all = append(all, string(raw))
		return nil
	}))
	return all
}

var noon = time.Date(2026, 8, 3, 12, 0, 0, 123456789, time.UTC)

func TestSpoolOrder(t *testing.T) {
	t.Parallel()
	s := openSpool(t, chatwoot.SpoolConfig{})
	require.NoError(t, s.Put([]byte("3"), noon.Add(time.Second)))
	require.NoError(t, s.Put([]byte("1"), noon))
	require.NoError(t, s.Put([]byte("2"), noon))
	require.NoError(t, s.Put([]byte("0"), time.Time{}))
	require.NoError(t, s.Put(nil, noon.Add(time.Minute)))
	require.Equal(t, 5, s.Len())
	require.EqualValues(t, 4, s.Bytes())

	var times []time.Time
	var bodies []string
	require.NoError(t, s.Drain(t.Context(), func(_ context.Context, raw []byte, at time.Time) error {
		bodies, times = append(bodies, string(raw)), append(times, at)
		return nil
	}))
	require.Equal(t, []string{"0", "1", "2", "3", ""}, bodies)
	require.Equal(t, []time.Time{time.Unix(0, 0).UTC(), noon, noon, noon.Add(time.Second), noon.Add(time.Minute)}, times)
	require.Zero(t, s.Len())
	require.Zero(t, s.Bytes())
	require.Empty(t, drainAll(t, s))
}

func TestSpoolSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := chatwoot.OpenSpool(chatwoot.SpoolConfig{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, s.Put([]byte("a"), noon))
	require.NoError(t, s.Put([]byte("b"), noon))
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "twice is fine")
	require.ErrorIs(t, s.Put([]byte("x"), noon), chatwoot.ErrSpoolClosed)

	s = openSpool(t, chatwoot.SpoolConfig{Dir: dir})
	require.Equal(t, 2, s.Len())
	require.EqualValues(t, 2, s.Bytes())
	// The same instant again: no name is used twice.
	require.NoError(t, s.Put([]byte("c"), noon))
	require.Equal(t, []string{"a", "b", "c"}, drainAll(t, s))
}

// TestSpoolAfterKill finds what a process killed in the middle of Put leaves.
func TestSpoolAfterKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "rejected"), 0o700))
	for _, name := range []string{
		"1785758400123456789-000000000001.json.tmp", "rejected/1785758400123456789-000000000002.json.tmp",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(`{"half`), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "1785758400123456789-000000000007.json"), []byte("whole"), 0o600))
	for _, name := range []string{"notes.txt", "1-2.json", "-.json", "1785758400123456789.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("foreign"), 0o600))
	}
	s := openSpool(t, chatwoot.SpoolConfig{Dir: dir})
	require.Equal(t, 1, s.Len())
	require.Equal(t, []string{"whole"}, drainAll(t, s))
	temps, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	require.NoError(t, err)
	require.Empty(t, temps)
	temps, err = filepath.Glob(filepath.Join(dir, "rejected", "*.tmp"))
	require.NoError(t, err)
	require.Empty(t, temps)
	require.FileExists(t, filepath.Join(dir, "notes.txt"), "others' files stay")
}

func TestSpoolModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "spool")
	s := openSpool(t, chatwoot.SpoolConfig{Dir: dir})
	require.NoError(t, s.Put([]byte("x"), noon))
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	info, err = os.Stat(files[0])
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestSpoolLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := chatwoot.OpenSpool(chatwoot.SpoolConfig{Dir: dir})
	require.NoError(t, err)
	_, err = chatwoot.OpenSpool(chatwoot.SpoolConfig{Dir: dir})
	require.ErrorIs(t, err, chatwoot.ErrSpoolLocked)
	require.NoError(t, s.Put([]byte("x"), noon), "the refused one did no harm")
	require.NoError(t, s.Close())
	openSpool(t, chatwoot.SpoolConfig{Dir: dir})
}

func TestSpoolBounds(t *testing.T) {
	t.Parallel()
	s := openSpool(t, chatwoot.SpoolConfig{MaxFiles: 3, MaxBytes: 10})
	require.NoError(t, s.Put([]byte("12345"), noon))
	err := s.Put([]byte("123456"), noon)
	require.ErrorIs(t, err, chatwoot.ErrSpoolFull)
	require.ErrorContains(t, err, "5 of 10 bytes used, 6 wanted")
	require.NoError(t, s.Put([]byte("12345"), noon))
	require.NoError(t, s.Put(nil, noon))
	require.ErrorIs(t, s.Put(nil, noon), chatwoot.ErrSpoolFull)
	require.Len(t, drainAll(t, s), 3)
	require.NoError(t, s.Put([]byte("1234567890"), noon), "room again")
}

func TestSpoolBoundsTogether(t *testing.T) {
	t.Parallel()
	s := openSpool(t, chatwoot.SpoolConfig{MaxFiles: 10})
	var wg sync.WaitGroup
	errs := make([]error, 40)
	for i := range errs {
		wg.Go(func() { errs[i] = s.Put([]byte("x"), noon) })
	}
	wg.Wait()
	full := 0
	for _, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, chatwoot.ErrSpoolFull)
			full++
		}
	}
	require.Equal(t, 30, full)
	require.Len(t, drainAll(t, s), 10)
}

func TestSpoolDrainStops(t *testing.T) {
	t.Parallel()
	s := openSpool(t, chatwoot.SpoolConfig{})
	for i := range 5 {
		require.NoError(t, s.Put(fmt.Append(nil, i), noon))
	}
	away := errors.New("database away")
	var seen []string
	err := s.Drain(t.Context(), func(_ context.Context, raw []byte, _ time.Time) error {
		if seen = append(seen, string(raw)); string(raw) == "2" {
			return away
		}
		return nil
	})
	require.ErrorIs(t, err, away)
	require.Equal(t, []string{"0", "1", "2"}, seen)
	require.Equal(t, 3, s.Len())

	ctx, cancel := context.WithCancel(t.Context())
	err = s.Drain(ctx, func(context.Context, []byte, time.Time) error { cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"3", "4"}, drainAll(t, s), "2 was stored before the end")
}

func TestSpoolRejects(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSpool(t, chatwoot.SpoolConfig{Dir: dir})
	bodies := []string{`{"pubsub_token":"T0KEN","event":1}`, "no", "yes"}
	for i, b := range bodies {
		require.NoError(t, s.Put([]byte(b), noon.Add(time.Duration(i)*time.Hour)))
	}
	var stored []string
	require.NoError(t, s.Drain(t.Context(), func(_ context.Context, raw []byte, _ time.Time) error {
		if string(raw) != "yes" {
			return fmt.Errorf("%w: not an event", chatwoot.ErrRejected)
		}
		stored = append(stored, string(raw))
		return nil
	}))
	require.Equal(t, []string{"yes"}, stored)
	require.Zero(t, s.Len())
	n, err := s.Rejected()
	require.NoError(t, err)
	require.Equal(t, 2, n)
	files, err := filepath.Glob(filepath.Join(dir, "rejected", "*.json"))
	require.NoError(t, err)
	raw, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"event":1}`, string(raw), "without the credential")

	n, err = s.SweepRejected(noon.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = s.SweepRejected(noon.Add(24 * time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestSpoolUnreadableFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// A folder with the name of a body cannot be read as one, even by root.
	require.NoError(t, os.Mkdir(filepath.Join(dir, "0000000000000000001-000000000001.json"), 0o700))
	s := openSpool(t, chatwoot.SpoolConfig{Dir: dir})
	require.NoError(t, s.Put([]byte("x"), noon))
	var got []string
	err := s.Drain(t.Context(), func(_ context.Context, raw []byte, _ time.Time) error {
		got = append(got, string(raw))
		return nil
	})
	require.ErrorIs(t, err, syscall.EISDIR)
	require.Equal(t, []string{"x"}, got, "one bad file holds up nothing")
}

func TestSpoolConcurrently(t *testing.T) {
	t.Parallel()
	s := openSpool(t, chatwoot.SpoolConfig{})
	const writers, each = 8, 40
	var mu sync.Mutex
	seen := map[string]int{}
	collect := func(_ context.Context, raw []byte, _ time.Time) error {
		mu.Lock()
		defer mu.Unlock()
		seen[string(raw)]++
		return nil
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := s.Put(fmt.Appendf(nil, "%d-%d", w, i), noon); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			for range 20 {
				if err := s.Drain(t.Context(), collect); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, s.Drain(t.Context(), collect))
	require.Len(t, seen, writers*each)
	for b, n := range seen {
		require.Equal(t, 1, n, b)
	}
	require.Zero(t, s.Len())
}

func TestSpoolDrainWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	s := openSpool(t, chatwoot.SpoolConfig{})
	require.NoError(t, s.Put([]byte("x"), noon))
	running, release := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- s.Drain(t.Context(), func(context.Context, []byte, time.Time) error {
			close(running)
			<-release
			return nil
		})
	}()
	<-running
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Drain(ctx, nil), context.Canceled)
	require.NoError(t, s.Put([]byte("y"), noon), "Put never waits for Drain")
	close(release)
	require.NoError(t, <-done)
	require.Equal(t, []string{"y"}, drainAll(t, s))
}

// TestSpoolRemove takes bodies out that wait and that were refused.
func TestSpoolRemove(t *testing.T) {
	t.Parallel()
	s := openSpool(t, chatwoot.SpoolConfig{})
	for _, body := range []string{"ana 1", "eva 1", "ana 2"} {
		require.NoError(t, s.Put([]byte(body), noon))
	}
	require.NoError(t, s.Drain(t.Context(), func(_ context.Context, _ []byte, _ time.Time) error { return chatwoot.ErrRejected }))
	require.NoError(t, s.Put([]byte("ana 3"), noon.Add(time.Hour)))
	require.NoError(t, s.Put([]byte("eva 2"), noon))
	require.NoError(t, s.Put([]byte("ana 4"), noon.Add(2*time.Hour)))
	n, err := s.Remove(t.Context(), func(raw []byte, at time.Time) bool {
		return bytes.HasPrefix(raw, []byte("ana")) && !at.After(noon.Add(time.Hour))
	})
	require.NoError(t, err)
	require.Equal(t, 3, n)
	rejected, err := s.Rejected()
	require.NoError(t, err)
	require.Equal(t, 1, rejected)
	require.Equal(t, 2, s.Len())
	require.EqualValues(t, len("eva 2ana 4"), s.Bytes())
	require.Equal(t, []string{"eva 2", "ana 4"}, drainAll(t, s))
}

// TestSpoolDiskFull fills a real file system of one megabyte.
func TestSpoolDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting needs root (TestSpoolFailingDisk runs everywhere): %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	s := openSpool(t, chatwoot.SpoolConfig{Dir: dir})
	body := bytes.Repeat([]byte("x"), 100_000)
	stored := 0
	var err error
	for err == nil {
		if err = s.Put(body, noon); err == nil {
			stored++
		}
		require.Less(t, stored, 20)
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NotErrorIs(t, err, chatwoot.ErrSpoolFull)
	require.Equal(t, stored, s.Len())
	temps, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	require.NoError(t, err)
	require.Empty(t, temps, "no half file takes the room of the next body")
	// What was accepted is whole, can be drained and rejected on the full disk,
	// and leaves room.
	for i, b := range drainAll(t, s) {
		require.Equal(t, body, []byte(b), i)
	}
	require.NoError(t, s.Put(body, noon))
}
