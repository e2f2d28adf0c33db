package logmonitor_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/testdb"
)

type plantedArgs struct {
	Panics bool `json:"panics"`
}

func (plantedArgs) Kind() string { return "planted" }

func (plantedArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

type plantedWorker struct {
	river.WorkerDefaults[plantedArgs]
}

func (*plantedWorker) Work(ctx context.Context, job *river.Job[plantedArgs]) error {
	if job.Args.Panics {
		panic("planted")
	}
	<-ctx.Done()
	return ctx.Err()
}

func (*plantedWorker) Timeout(*river.Job[plantedArgs]) time.Duration { return 10 * time.Millisecond }

// TestJobs: a job that panics and one that fails are counted once for each attempt,
// and lead to who caused them.
func TestJobs(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	r := newReplica(t, pool)
	workers := river.NewWorkers()
	river.AddWorker(workers, &plantedWorker{})
	client, err := jobs.New(jobs.Config{Pool: pool, Workers: workers, Name: uuid.NewString(), Now: time.Now, Log: slog.New(r.log.Handler())})
	require.NoError(t, err)
	require.NoError(t, client.Start(context.WithoutCancel(t.Context())))
	require.NoError(t, db.InTx(t.Context(), pool, func(ctx context.Context, tx pgx.Tx) error {
		for _, panics := range []bool{true, false, true} {
			if err := client.Enqueue(ctx, tx, plantedArgs{Panics: panics}); err != nil {
				return err
			}
		}
		return nil
	}))
	require.Eventually(t, func() bool {
		var failed int
		return pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE state = 'discarded'").Scan(&failed) == nil && failed == 3
	}, time.Minute, 20*time.Millisecond)
	stopCtx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, client.Stop(stopCtx))
	r.stop()
	groups := map[string]logmonitor.Group{}
	for _, g := range all(t, pool) {
		groups[g.Kind] = g
		require.Equal(t, "job planted", g.Location)
		require.Contains(t, g.RequestID, "job-")
	}
	require.Len(t, groups, 2)
	require.EqualValues(t, 2, groups[logmonitor.KindPanic].Count)
	require.Equal(t, "panic: planted", groups[logmonitor.KindPanic].Title)
	require.Contains(t, groups[logmonitor.KindPanic].Stack, "logmonitor_test.(*plantedWorker).Work\n")
	require.EqualValues(t, 1, groups[logmonitor.KindError].Count)
	require.Equal(t, "context deadline exceeded", groups[logmonitor.KindError].Title)
}
