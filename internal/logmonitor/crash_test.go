package logmonitor_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/testdb"
)

// TestCrash: what a process died of is captured by the next one, once.
func TestCrash(t *testing.T) { // not parallel: the runtime has one such file
	pool, path := testdb.New(t), filepath.Join(t.TempDir(), "crash.txt")
	t.Cleanup(func() { require.NoError(t, debug.SetCrashOutput(nil, debug.CrashOptions{})) })
	died := time.Now().Add(-time.Hour).Truncate(time.Microsecond)
	for range 2 { // dies the first time
		capture := logmonitor.NewCapture(prometheus.NewRegistry(), time.Now, slog.New(slog.DiscardHandler))
		require.NoError(t, capture.WatchCrashes(path))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		capture.Run(ctx, pool)
		if len(all(t, pool)) == 0 {
			require.NoError(t, os.WriteFile(path, []byte("fatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.f(0x1)\n\t/a.go:3 +0x1\n"), 0o600))
			require.NoError(t, os.Chtimes(path, died, died))
		}
	}
	groups := all(t, pool)
	require.Len(t, groups, 1)
	require.Equal(t, logmonitor.KindPanic, groups[0].Kind)
	require.Equal(t, "fatal error: concurrent map writes", groups[0].Title)
	require.Equal(t, "goroutine 7 [running]:\nmain.f\n\t/a.go:3", groups[0].Stack)
	require.True(t, died.Equal(groups[0].LastSeen))
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, left)
}
