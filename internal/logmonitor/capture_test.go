package logmonitor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/testdb"
)

// replica is a process that captures its errors.
type replica struct {
	log      *slog.Logger
	registry *prometheus.Registry
	// stop ends it as a process ends: what was captured is written.
	stop func()
}

func newReplica(t testing.TB, d db.DB) *replica {
	t.Helper()
	r := &replica{registry: prometheus.NewRegistry()}
	capture := logmonitor.NewCapture(r.registry, time.Now, slog.New(slog.DiscardHandler))
	r.log = slog.New(capture.Handler(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { capture.Run(ctx, d) })
	r.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(r.stop)
	return r
}

// all returns the groups of any status.
func all(t testing.TB, pool *pgxpool.Pool) []logmonitor.Group {
	t.Helper()
	groups, _, err := logmonitor.NewGroups(pool, time.Now).List(t.Context(), logmonitor.Filter{}, page.Key{}, page.MaxLimit)
	require.NoError(t, err)
	return groups
}

func sum(hours []logmonitor.Hour) (n int64) {
	for _, h := range hours {
		n += h.Count
	}
	return n
}

// TestReplicasCountTogether: several processes that see the same errors at the
// same time count each exactly once.
func TestReplicasCountTogether(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	const replicas, routines, each, kinds = 4, 5, 60, 3
	started := make([]*replica, replicas)
	for i := range started {
		started[i] = newReplica(t, pool)
	}
	var writing sync.WaitGroup
	for _, r := range started {
		for routine := range routines {
			writing.Go(func() {
				ctx := caller.WithRequestID(t.Context(), "request-0001")
				for n := range each {
					r.log.ErrorContext(ctx, "request failed", slog.String("method", "GET"), slog.String("route", "/api/x"),
						slog.Any("error", fmt.Errorf("step %c: row %d", 'a'+n%kinds, routine*each+n)))
					time.Sleep(time.Duration(n%kinds) * time.Millisecond * 10) // over several writings
				}
			})
		}
	}
	writing.Wait()
	for _, r := range started {
		r.stop()
		require.NoError(t, testutil.GatherAndCompare(r.registry, bytes.NewBufferString(fmt.Sprintf(`
# HELP msia_errors_captured_total Errors that were logged and captured by this process.
# TYPE msia_errors_captured_total counter
msia_errors_captured_total %d
`, routines*each)), "msia_errors_captured_total"))
	}
	groups := all(t, pool)
	require.Len(t, groups, kinds)
	for _, g := range groups {
		require.EqualValues(t, replicas*routines*each/kinds, g.Count)
		require.Equal(t, g.Count, sum(g.Hours))
		require.Equal(t, "GET /api/x", g.Location)
		require.Equal(t, "request-0001", g.RequestID)
		require.Equal(t, logmonitor.KindError, g.Kind)
		require.Equal(t, logmonitor.Source, g.Source)
		require.False(t, g.FirstSeen.After(g.LastSeen))
	}
	stats, err := logmonitor.NewGroups(pool, time.Now).Stats(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, kinds, stats.Open)
	require.EqualValues(t, kinds, stats.NewToday)
	require.EqualValues(t, replicas*routines*each, sum(stats.Hours))
	require.Equal(t, []string{logmonitor.Source}, stats.Sources)
}

// away is a database that is away until it is back.
type away struct {
	db.DB
	back  atomic.Bool
	tried atomic.Int32
}

func (d *away) Begin(ctx context.Context) (pgx.Tx, error) {
	d.tried.Add(1)
	if !d.back.Load() {
		return nil, errors.New("away")
	}
	return d.DB.Begin(ctx)
}

// TestDatabaseAway: errors wait for the database, as many kinds as there is room for.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	d := &away{DB: pool}
	r := newReplica(t, d)
	const kinds, room = 1100, 1000
	letter := func(n int) string {
		return string(rune('a'+n/26/26)) + string(rune('a'+n/26%26)) + string(rune('a'+n%26))
	}
	for n := range kinds {
		r.log.Error("kind", "error", letter(n))
		if n%50 == 0 {
			time.Sleep(20 * time.Millisecond) // not too many at once
		}
	}
	require.Eventually(t, func() bool { return d.tried.Load() >= 2 }, 30*time.Second, 10*time.Millisecond)
	require.Empty(t, all(t, pool))
	d.back.Store(true)
	r.stop()
	var stored, seen int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*), sum(seen) FROM error_groups").Scan(&stored, &seen))
	require.Equal(t, room, stored)
	require.Equal(t, room, seen)
	require.NoError(t, testutil.GatherAndCompare(r.registry, bytes.NewBufferString(`
# HELP msia_errors_dropped_total Errors that could not be counted: too many at once (queue), too many kinds while the database was away (groups).
# TYPE msia_errors_dropped_total counter
msia_errors_dropped_total{reason="groups"} 100
msia_errors_dropped_total{reason="queue"} 0
`), "msia_errors_dropped_total"))
}

// TestFlood: nobody waits because nobody takes the errors; they are dropped, and
// that is told.
func TestFlood(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	capture := logmonitor.NewCapture(registry, time.Now, slog.New(slog.DiscardHandler))
	log := slog.New(capture.Handler(slog.DiscardHandler))
	for range 5000 { // Run does not run
		log.Error("flood")
	}
	require.NoError(t, testutil.GatherAndCompare(registry, bytes.NewBufferString(`
# HELP msia_errors_captured_total Errors that were logged and captured by this process.
# TYPE msia_errors_captured_total counter
msia_errors_captured_total 1024
# HELP msia_errors_dropped_total Errors that could not be counted: too many at once (queue), too many kinds while the database was away (groups).
# TYPE msia_errors_dropped_total counter
msia_errors_dropped_total{reason="groups"} 0
msia_errors_dropped_total{reason="queue"} 3976
`), "msia_errors_captured_total", "msia_errors_dropped_total"))
}

// TestHandler: only errors are captured, whoever made the logger; every line is
// written as it would be without the monitor.
func TestHandler(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	registry := prometheus.NewRegistry()
	capture := logmonitor.NewCapture(registry, time.Now, slog.New(slog.DiscardHandler))
	var with, without bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	say := func(h slog.Handler) {
		log := slog.New(h).With("method", "POST", "route", "/api/y").WithGroup("g")
		log.Debug("not at all")
		log.Info("hello", "error", "not captured")
		log.Warn("careful")
		log.Error("job failed", "kind", "x", "job_id", 7, "error", "disk of ana@example.com full")
	}
	say(capture.Handler(slog.NewTextHandler(&with, options)))
	say(slog.NewTextHandler(&without, options))
	require.Equal(t, without.String(), with.String())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	capture.Run(ctx, pool) // writes what there is
	groups := all(t, pool)
	require.Len(t, groups, 1)
	require.Equal(t, "disk of [correo] full", groups[0].Title)
	require.Equal(t, "job failed: disk of [correo] full", groups[0].Message)
	require.Equal(t, "POST /api/y", groups[0].Location)
}

// TestRecurrence: a resolved group opens when it recurs, with what happened before
// it was resolved it does not; an ignored one is only counted.
func TestRecurrence(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	groups := logmonitor.NewGroups(pool, time.Now)
	see := func(at time.Time) logmonitor.Group {
		registry := prometheus.NewRegistry()
		capture := logmonitor.NewCapture(registry, time.Now, slog.New(slog.DiscardHandler))
		h := capture.Handler(slog.DiscardHandler)
		require.NoError(t, h.Handle(t.Context(), slog.NewRecord(at, slog.LevelError, "recurs", 0)))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		capture.Run(ctx, pool)
		found := all(t, pool)
		require.Len(t, found, 1)
		return found[0]
	}
	start := time.Now()
	g := see(start)
	require.Equal(t, logmonitor.StatusOpen, g.Status)
	require.Equal(t, 1, g.Version)

	g, err := groups.SetStatus(t.Context(), g.ID, 1, logmonitor.StatusResolved)
	require.NoError(t, err)
	require.Equal(t, 2, g.Version)
	require.NotNil(t, g.ResolvedAt)
	_, err = groups.SetStatus(t.Context(), g.ID, 1, logmonitor.StatusIgnored)
	require.ErrorIs(t, err, logmonitor.ErrChanged)
	same, err := groups.SetStatus(t.Context(), g.ID, 2, logmonitor.StatusResolved)
	require.NoError(t, err)
	require.Equal(t, 2, same.Version, "nothing changed")

	g = see(start.Add(-time.Minute)) // on another replica, written late
	require.Equal(t, logmonitor.StatusResolved, g.Status)
	require.EqualValues(t, 2, g.Count)
	require.Equal(t, start.Add(-time.Minute).UnixMicro(), g.FirstSeen.UnixMicro())

	again := time.Now().Add(time.Second)
	g = see(again)
	require.Equal(t, logmonitor.StatusOpen, g.Status)
	require.Equal(t, 1, g.Reopenings)
	require.Equal(t, again.UnixMicro(), g.ReopenedAt.UnixMicro())
	require.Nil(t, g.ResolvedAt)
	require.Equal(t, 3, g.Version)
	g = see(again.Add(time.Second))
	require.Equal(t, 1, g.Reopenings, "it is open already")
	require.Equal(t, 3, g.Version, "counting is no change")

	_, err = groups.SetStatus(t.Context(), g.ID, 0, logmonitor.StatusIgnored)
	require.NoError(t, err)
	g = see(again.Add(time.Minute))
	require.Equal(t, logmonitor.StatusIgnored, g.Status)
	require.EqualValues(t, 5, g.Count)

	rows, err := pool.Query(t.Context(), "SELECT changes ->> 'status' FROM audit_log WHERE entity_type = 'error' AND entity_id = $1 ORDER BY at, id", g.ID.String())
	require.NoError(t, err)
	audited, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{`["open", "resolved"]`, `["resolved", "open"]`, `["open", "ignored"]`}, audited)
}

func TestListAndGet(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	r := newReplica(t, pool)
	for _, c := range []string{"disk full", "panic: boom\nmain.f()\n\t/a.go:1 +0x1\n", "no route to host"} {
		r.log.Error("failed", "error", c)
		time.Sleep(2 * time.Millisecond) // in this order
	}
	r.stop()
	groups := logmonitor.NewGroups(pool, time.Now)
	first, next, err := groups.List(t.Context(), logmonitor.Filter{}, page.Key{}, 2)
	require.NoError(t, err)
	require.Len(t, first, 2)
	require.Equal(t, "no route to host", first[0].Title)
	key, err := page.Decode(next)
	require.NoError(t, err)
	second, next, err := groups.List(t.Context(), logmonitor.Filter{}, key, 2)
	require.NoError(t, err)
	require.Nil(t, next)
	require.Len(t, second, 1)
	require.Equal(t, "disk full", second[0].Title)
	for _, f := range []logmonitor.Filter{{Kind: ptr(logmonitor.KindPanic)}, {Q: ptr("BOOM")}} {
		found, _, err := groups.List(t.Context(), f, page.Key{}, 10)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "panic: boom", found[0].Title)
	}
	for _, f := range []logmonitor.Filter{{Source: ptr("postgres")}, {Q: ptr("100%")}, {Statuses: []string{logmonitor.StatusResolved}}} {
		found, _, err := groups.List(t.Context(), f, page.Key{}, 10)
		require.NoError(t, err)
		require.Empty(t, found)
	}
	g, err := groups.Get(t.Context(), second[0].ID)
	require.NoError(t, err)
	require.Len(t, g.Hours, logmonitor.Week)
	require.EqualValues(t, 1, sum(g.Hours))
	_, err = groups.Get(t.Context(), [16]byte{1})
	require.ErrorIs(t, err, logmonitor.ErrNotFound)
}

func ptr[T any](v T) *T { return &v }

// BenchmarkHandler measures what a line costs who logs it, without and with the
// monitor.
func BenchmarkHandler(b *testing.B) {
	plain := slog.NewJSONHandler(io.Discard, nil) //nolint:sloglint // what a line costs is measured
	capture := logmonitor.NewCapture(prometheus.NewRegistry(), time.Now, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { capture.Run(ctx, &away{}) })
	defer running.Wait()
	defer cancel()
	cause := fmt.Errorf("read case %d: %w", 7, errors.New(`ERROR: relation "cases" does not exist (SQLSTATE 42P01)`))
	for name, h := range map[string]slog.Handler{"plain": plain, "monitored": capture.Handler(plain)} {
		log := slog.New(h)
		b.Run("info/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				log.InfoContext(ctx, "request", slog.String("method", "GET"), slog.String("route", "/api/cases"))
			}
		})
		b.Run("error/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				log.ErrorContext(ctx, "request failed", slog.String("method", "GET"), slog.String("route", "/api/cases"), slog.Any("error", cause))
			}
		})
	}
}
