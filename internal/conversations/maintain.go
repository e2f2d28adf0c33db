package conversations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
)

const (
	// MaintainEvery is how often stranded work is looked for.
	MaintainEvery = time.Minute
	// bodiesKept is how long raw webhook bodies live.
	bodiesKept = 7 * 24 * time.Hour
	// strandedAfter is when work without an end is given a job again.
	strandedAfter = 2 * time.Minute
	maintainBatch = 500
)

// MaintainArgs is the periodic job that gives stranded work a job again and
// forgets raw bodies in time.
type MaintainArgs struct{}

// Kind names the job in the database.
func (MaintainArgs) Kind() string { return "maintain_conversations" }

// InsertOpts: the next period brings the next try.
func (MaintainArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// MaintainWorker does it.
type MaintainWorker struct {
	river.WorkerDefaults[MaintainArgs]
	db   db.DB
	q    *sqlc.Queries
	jobs Enqueuer
	now  func() time.Time
}

// NewMaintainWorker returns the worker.
func NewMaintainWorker(d db.DB, jobs Enqueuer, now func() time.Time) *MaintainWorker {
	return &MaintainWorker{db: d, q: sqlc.New(), jobs: jobs, now: now}
}

// Work looks once. Where a job still exists, another is not inserted.
func (w *MaintainWorker) Work(ctx context.Context, _ *river.Job[MaintainArgs]) error {
	before := w.now().Add(-strandedAfter)
	unanswered, err1 := w.q.ConversationsWithUnanswered(ctx, w.db, sqlc.ConversationsWithUnansweredParams{Before: before, MaxRows: maintainBatch})
	unsent, err2 := w.q.OutboxConversationsWithOpen(ctx, w.db, sqlc.OutboxConversationsWithOpenParams{Before: before, MaxRows: maintainBatch})
	_, err3 := w.q.WebhookBodyDeleteBefore(ctx, w.db, w.now().Add(-bodiesKept))
	if err := errors.Join(err1, err2, err3); err != nil {
		return fmt.Errorf("maintain: %w", err)
	}
	return db.InTx(ctx, w.db, func(ctx context.Context, tx pgx.Tx) error {
		enqueue := func(ids []uuid.UUID, args func(uuid.UUID) river.JobArgs) error {
			for _, id := range ids {
				if err := w.jobs.Enqueue(ctx, tx, args(id)); err != nil {
					return err
				}
			}
			return nil
		}
		if err := enqueue(unanswered, func(id uuid.UUID) river.JobArgs { return ProcessArgs{id} }); err != nil {
			return err
		}
		return enqueue(unsent, func(id uuid.UUID) river.JobArgs { return SendArgs{id} })
	})
}
