package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// errandArgs are those of a job that tests let succeed, fail or hang.
type errandArgs struct {
	Number int `json:"number"`
}

func (errandArgs) Kind() string { return "errand" }

func (errandArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 2, UniqueOpts: jobs.PerConversation().UniqueOpts}
}

type errandWorker struct {
	river.WorkerDefaults[errandArgs]
	do func(ctx context.Context, number int) error
}

func (w *errandWorker) Work(ctx context.Context, job *river.Job[errandArgs]) error {
	return w.do(ctx, job.Args.Number)
}

var silent = slog.New(slog.DiscardHandler)

// office starts a manager, and a client that works when do is given.
func office(t *testing.T, do func(ctx context.Context, number int) error) (*pgxpool.Pool, *jobs.Client, *jobs.Manager) {
	t.Helper()
	pool := testdb.New(t)
	config := jobs.Config{Pool: pool, Name: "here", Now: time.Now, Log: silent}
	if do != nil {
		config.Workers = river.NewWorkers()
		river.AddWorker(config.Workers, &errandWorker{do: do})
	}
	client, err := jobs.New(config)
	require.NoError(t, err)
	if do != nil {
		require.NoError(t, client.Start(t.Context()))
		t.Cleanup(func() { require.NoError(t, client.StopAndCancel(context.WithoutCancel(t.Context()))) })
	}
	return pool, client, jobs.NewManager(pool, client, []jobs.Periodic{{Args: errandArgs{}, Every: time.Minute}}, time.Now)
}

func insert(t *testing.T, client *jobs.Client, number int, opts *river.InsertOpts) int64 {
	t.Helper()
	result, err := client.Insert(caller.WithRequestID(t.Context(), "request-4711"), errandArgs{number}, opts)
	require.NoError(t, err)
	require.False(t, result.UniqueSkippedAsDuplicate)
	return result.Job.ID
}

// become waits for a state.
func become(t *testing.T, m *jobs.Manager, id int64, state rivertype.JobState) jobs.Job {
	t.Helper()
	var got jobs.Job
	require.Eventually(t, func() bool {
		var err error
		got, err = m.Get(t.Context(), id)
		require.NoError(t, err)
		return got.State == state
	}, 20*time.Second, 20*time.Millisecond)
	return got
}

func TestAJobThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	fails := make(chan bool, 10)
	pool, client, m := office(t, func(context.Context, int) error {
		if <-fails {
			return errors.New("no luck")
		}
		return nil
	})
	fails <- true
	fails <- true
	id := insert(t, client, 1, nil)
	got := become(t, m, id, rivertype.JobStateDiscarded)
	require.Equal(t, "request-4711", got.RequestID)
	require.Equal(t, "here", got.Worker())
	require.Len(t, got.Errors, 2)

	list, next, err := m.List(t.Context(), jobs.Filter{States: []rivertype.JobState{rivertype.JobStateDiscarded}}, page.Key{}, 10)
	require.NoError(t, err)
	require.Nil(t, next)
	require.Len(t, list, 1)
	stats, err := m.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"errand"}, stats.Kinds)
	require.Len(t, stats.Waiting, 1)
	require.EqualValues(t, 1, stats.Waiting[0].Jobs)

	_, err = m.Cancel(t.Context(), id)
	require.ErrorIs(t, err, jobs.ErrEnded)
	fails <- false
	got, err = m.Retry(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, rivertype.JobStateAvailable, got.State)
	become(t, m, id, rivertype.JobStateCompleted)
	_, err = m.Retry(t.Context(), id)
	require.ErrorIs(t, err, jobs.ErrNotRetryable)
	last, err := m.Periodic(t.Context())
	require.NoError(t, err)
	require.Len(t, last, 1)
	require.Equal(t, id, last[0].Job.ID)

	entries, _, err := audit.NewReader(pool).List(t.Context(), audit.Filter{EntityType: new("job")}, page.Key{}, 10)
	require.NoError(t, err)
	require.Len(t, entries, 1) // what was refused changed nothing
	require.Equal(t, []audit.MemberChange{{Member: "state", Before: []byte(`"discarded"`), After: []byte(`"available"`)}}, entries[0].Changes)
}

func TestARunningJobIsStopped(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	_, client, m := office(t, func(ctx context.Context, _ int) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	id := insert(t, client, 1, nil)
	<-begun
	require.ErrorIs(t, m.Delete(t.Context(), id), jobs.ErrRunning)
	_, err := m.Retry(t.Context(), id)
	require.ErrorIs(t, err, jobs.ErrNotRetryable)
	got, err := m.Cancel(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, rivertype.JobStateRunning, got.State)
	become(t, m, id, rivertype.JobStateCancelled)
	require.NoError(t, m.Delete(t.Context(), id))
	for _, err := range []error{
		m.Delete(t.Context(), id),
		second(m.Get(t.Context(), id)), second(m.Retry(t.Context(), id)), second(m.Cancel(t.Context(), id)),
	} {
		require.ErrorIs(t, err, jobs.ErrNotFound)
	}
}

func second[T any](_ T, err error) error { return err }

// TestATwinIsNotWaiting: while another job that does the same waits, one that was
// cancelled stays so.
func TestATwinIsNotWaiting(t *testing.T) {
	t.Parallel()
	_, client, m := office(t, nil)
	later := &river.InsertOpts{ScheduledAt: time.Now().Add(time.Hour)}
	first := insert(t, client, 1, later)
	_, err := m.Cancel(t.Context(), first)
	require.NoError(t, err)
	twin := insert(t, client, 1, later)
	_, err = m.Retry(t.Context(), first)
	require.ErrorIs(t, err, jobs.ErrTwin)
	got, err := m.Retry(t.Context(), twin) // now, not in an hour
	require.NoError(t, err)
	require.Equal(t, rivertype.JobStateAvailable, got.State)
}

func TestPagesOfJobs(t *testing.T) {
	t.Parallel()
	_, client, m := office(t, nil)
	var want []int64
	for i := range 23 {
		want = append(want, insert(t, client, i, nil))
	}
	slices.Reverse(want)
	var got []int64
	filter := jobs.Filter{States: []rivertype.JobState{rivertype.JobStateAvailable}, Kind: "errand"}
	var key page.Key
	for {
		list, next, err := m.List(t.Context(), filter, key, 5)
		require.NoError(t, err)
		for _, j := range list {
			got = append(got, j.ID)
		}
		if next == nil {
			break
		}
		key, err = page.Decode(next)
		require.NoError(t, err)
	}
	require.Equal(t, want, got)
}
