// Package jobs sets River up: the settings that every job of this product
// relies on, and what happens when one fails for good.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	"github.com/riverqueue/rivercontrib/otelriver"
)

// River's defaults leave the job of a killed process dead for an hour. These
// have it running again within about a minute: leader election, the rescuer's
// own half-minute tick and RescueAfter add up.
const (
	// Timeout bounds one run of a job that does not set its own.
	Timeout = 15 * time.Second
	// RescueAfter is when a job that should have timed out is given to another
	// worker. It has to exceed every Timeout.
	RescueAfter = 20 * time.Second
	// MaxRetryDelay bounds the wait between attempts.
	MaxRetryDelay = 30 * time.Second
	// MaxAttempts is when a job is given up.
	MaxAttempts = 8
	// SoftStop is how long running jobs may finish when the process stops;
	// after it their contexts end and they go back to the queue.
	SoftStop = 10 * time.Second
	// workers is how many jobs run at once. Conversations mostly wait for the
	// customer to finish typing, so there may be many.
	workers = 200
	// forgetAtOnce is River's bound of one deletion.
	forgetAtOnce = 10_000
)

// PerConversation returns the options of a job that exists once per
// conversation: another insert while it waits or runs is the same job. Whoever
// finishes the job looks again under the conversation's lock, so that nothing
// inserted meanwhile is lost.
func PerConversation() river.InsertOpts {
	return river.InsertOpts{
		MaxAttempts: MaxAttempts,
		UniqueOpts: river.UniqueOpts{
			ByArgs: true,
			ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
				rivertype.JobStateRunning, rivertype.JobStateScheduled,
			},
		},
	}
}

// retryPolicy doubles from one second up to MaxRetryDelay.
type retryPolicy struct{ now func() time.Time }

// NextRetry returns when a failed job runs again.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	return p.now().Add(min(time.Second<<min(len(job.Errors), 5), MaxRetryDelay))
}

// Periodic is a job that is done again and again, at once when a process starts.
type Periodic struct {
	Args  river.JobArgs
	Every time.Duration
}

// GiveUp is called for a job that failed for the last time.
type GiveUp func(ctx context.Context, job *rivertype.JobRow, cause string) error

// Config configures a client.
type Config struct {
	Pool *pgxpool.Pool
	// Workers do the jobs; nil makes a client that only inserts.
	Workers  *river.Workers
	Periodic []Periodic
	GiveUp   GiveUp
	// Metrics measures what is worked; nil for none.
	Metrics *Metrics
	// Queues are those beside the default one, with how many jobs each does at once.
	Queues map[string]int
	// Name tells this process from others; it has to be unique.
	Name string
	Now  func() time.Time
	Log  *slog.Logger
}

// Client inserts and works jobs.
type Client struct {
	*river.Client[pgx.Tx]
}

// New returns a client; it works jobs only after Start.
func New(c Config) (*Client, error) {
	rc := &river.Config{Logger: slog.New(quieter{c.Log.Handler()}), ID: c.Name, Middleware: []rivertype.Middleware{
		&requests{}, otelriver.NewMiddleware(&otelriver.MiddlewareConfig{EnableTracePropagation: true, EnableWorkSpanJobKindSuffix: true}),
	}}
	if c.Metrics != nil {
		rc.Middleware = append(rc.Middleware, c.Metrics)
	}
	if c.Workers != nil {
		rc.Workers = c.Workers
		rc.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}}
		for name, width := range c.Queues {
			rc.Queues[name] = river.QueueConfig{MaxWorkers: width}
		}
		for _, p := range c.Periodic {
			rc.PeriodicJobs = append(rc.PeriodicJobs, river.NewPeriodicJob(river.PeriodicInterval(p.Every),
				func() (river.JobArgs, *river.InsertOpts) { return p.Args, nil }, &river.PeriodicJobOpts{RunOnStart: true}))
		}
		rc.JobTimeout, rc.RescueStuckJobsAfter = Timeout, RescueAfter
		rc.SoftStopTimeout = SoftStop
		rc.FetchCooldown, rc.FetchPollInterval = 50*time.Millisecond, time.Second
		rc.RetryPolicy = retryPolicy{now: c.Now}
		rc.ErrorHandler = errorHandler{giveUp: c.GiveUp, log: c.Log}
	}
	client, err := river.NewClient(riverpgxv5.New(c.Pool), rc)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Client{client}, nil
}

// Enqueue inserts a job in the transaction that causes it.
func (c *Client) Enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	if _, err := c.InsertTx(ctx, tx, args, nil); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// Discarded is a job that was given up.
type Discarded struct {
	Args []byte
	At   time.Time
}

// Discarded returns the jobs of a kind that were given up, the newest first, at
// most n. Those whose process died are among them: GiveUp is not called for a
// job that takes its process with it each time.
func (c *Client) Discarded(ctx context.Context, kind string, n int) ([]Discarded, error) {
	list, err := c.JobList(ctx, river.NewJobListParams().Kinds(kind).States(rivertype.JobStateDiscarded).
		OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc).First(n))
	if err != nil {
		return nil, fmt.Errorf("list discarded jobs: %w", err)
	}
	out := make([]Discarded, len(list.Jobs))
	for i, j := range list.Jobs {
		out[i] = Discarded{Args: j.EncodedArgs, At: *j.FinalizedAt}
	}
	return out, nil
}

// scheduledAtOnce bounds what Scheduled returns.
const scheduledAtOnce = 10_000

// Scheduled returns the arguments of the jobs of a kind that will be run; those
// that are running, or were when their process died, are not among them.
func (c *Client) Scheduled(ctx context.Context, kind string) ([][]byte, error) {
	list, err := c.JobList(ctx, river.NewJobListParams().Kinds(kind).First(scheduledAtOnce).
		States(rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateScheduled))
	if err != nil {
		return nil, fmt.Errorf("list scheduled jobs: %w", err)
	}
	out := make([][]byte, len(list.Jobs))
	for i, j := range list.Jobs {
		out[i] = j.EncodedArgs
	}
	return out, nil
}

// Forget removes the ended jobs of conversations, with the errors they met.
func (c *Client) Forget(ctx context.Context, tx pgx.Tx, conversationIDs []uuid.UUID) error {
	for _, id := range conversationIDs {
		params := river.NewJobDeleteManyParams().First(forgetAtOnce).
			States(rivertype.JobStateCancelled, rivertype.JobStateCompleted, rivertype.JobStateDiscarded).
			Where("args @> @args::jsonb", river.NamedArgs{"args": fmt.Sprintf(`{"conversation_id": %q}`, id)})
		if _, err := c.JobDeleteManyTx(ctx, tx, params); err != nil {
			return fmt.Errorf("forget jobs: %w", err)
		}
	}
	return nil
}

type errorHandler struct {
	giveUp GiveUp
	log    *slog.Logger
}

// HandleError logs a failed attempt.
func (h errorHandler) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	h.handle(ctx, job, err.Error())
	return nil
}

// HandlePanic logs a panic.
func (h errorHandler) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	h.handle(ctx, job, fmt.Sprintf("panic: %v\n%s", value, trace))
	return nil
}

func (h errorHandler) handle(ctx context.Context, job *rivertype.JobRow, cause string) {
	ctx = withRequest(ctx, job)
	last := job.Attempt >= job.MaxAttempts
	h.log.ErrorContext(ctx, "job failed", slog.String("kind", job.Kind), slog.Int64("job_id", job.ID),
		slog.Int("attempt", job.Attempt), slog.Bool("last", last), slog.String("error", cause))
	if !last || h.giveUp == nil {
		return
	}
	// The job's own context may be what ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Timeout)
	defer cancel()
	if err := h.giveUp(ctx, job, cause); err != nil {
		h.log.ErrorContext(ctx, "giving up a job failed", slog.String("kind", job.Kind), slog.Int64("job_id", job.ID), slog.Any("error", err))
	}
}
