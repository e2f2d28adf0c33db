package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/jobs"
)

const (
	// MaintainEvery is how often stranded work is looked for.
	MaintainEvery = time.Minute
	// bodiesKept is how long raw webhook bodies live.
	bodiesKept = 7 * 24 * time.Hour
	// strandedAfter is when work without an end is given a job again.
	strandedAfter = 2 * time.Minute
	maintainBatch = 500
	// orphanAge keeps maintenance away from files that are just being noted.
	orphanAge = time.Hour
	// orphansSought is how far back they are looked for, every minute anew.
	orphansSought = 7 * 24 * time.Hour
)

// MaintainArgs is the periodic job that gives stranded work a job again and
// forgets raw bodies in time.
type MaintainArgs struct{}

// Kind names the job in the database.
func (MaintainArgs) Kind() string { return "maintain_conversations" }

// InsertOpts: the next period brings the next try.
func (MaintainArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// Discards lists jobs that were given up.
type Discards interface {
	Discarded(ctx context.Context, kind string, n int) ([]jobs.Discarded, error)
}

// MaintainConfig holds what a MaintainWorker needs; every member is required.
type MaintainConfig struct {
	DB       db.DB
	Jobs     Enqueuer
	Discards Discards
	// Process hands over the conversations whose job was given up.
	Process *ProcessWorker
	Files   Keeper
	Now     func() time.Time
}

// MaintainWorker does it.
type MaintainWorker struct {
	river.WorkerDefaults[MaintainArgs]
	MaintainConfig
	q *sqlc.Queries
}

// NewMaintainWorker returns the worker.
func NewMaintainWorker(c MaintainConfig) *MaintainWorker {
	return &MaintainWorker{MaintainConfig: c, q: sqlc.New()}
}

// Work looks once. What fails does not keep the rest from being done, least of
// all the deletion of what may not be kept.
func (w *MaintainWorker) Work(ctx context.Context, _ *river.Job[MaintainArgs]) error {
	err := errors.Join(w.again(ctx), w.dropFiles(ctx), w.deleteOld(ctx))
	if err != nil {
		return fmt.Errorf("maintain: %w", err)
	}
	return nil
}

// again gives stranded work a job. Where one still exists, another is not
// inserted.
func (w *MaintainWorker) again(ctx context.Context) error {
	before := w.Now().Add(-strandedAfter)
	again, failed := w.unanswered(ctx, before)
	unsent, err := w.q.OutboxConversationsWithOpen(ctx, w.DB, sqlc.OutboxConversationsWithOpenParams{Before: before, MaxRows: maintainBatch})
	if err != nil {
		failed = errors.Join(failed, fmt.Errorf("look for unsent replies: %w", err))
	}
	for _, id := range unsent {
		again = append(again, SendArgs{ConversationID: id})
	}
	files, err := w.q.AttachmentListStranded(ctx, w.DB, sqlc.AttachmentListStrandedParams{Before: before, MaxRows: maintainBatch})
	if err != nil {
		failed = errors.Join(failed, fmt.Errorf("look for files that wait: %w", err))
	}
	for _, f := range files {
		again = append(again, FetchArgs(f))
	}
	return errors.Join(failed, db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		for _, args := range again {
			if err := w.Jobs.Enqueue(ctx, tx, args); err != nil {
				return err
			}
		}
		return nil
	}))
}

// unanswered returns the jobs of messages without an answer, and hands over where
// the job was given up. What was found before an error stands.
func (w *MaintainWorker) unanswered(ctx context.Context, before time.Time) (again []river.JobArgs, failed error) {
	rows, err := w.q.ConversationsWithUnanswered(ctx, w.DB, sqlc.ConversationsWithUnansweredParams{Before: before, MaxRows: maintainBatch})
	if err != nil {
		return nil, fmt.Errorf("look for unanswered messages: %w", err)
	}
	givenUp, err := w.givenUp(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range rows {
		args := ProcessArgs{ConversationID: u.ConversationID}
		if givenUp[u.ConversationID].Before(u.Newest) {
			again = append(again, args)
			continue
		}
		// A message that kills every process that reads it is not tried for ever.
		failed = errors.Join(failed, w.Process.GiveUp(ctx, args, "El asistente ha fallado varias veces al preparar la respuesta."))
	}
	return again, failed
}

// deleteOld deletes what is kept for a time only.
func (w *MaintainWorker) deleteOld(ctx context.Context) error {
	_, bodies := w.q.WebhookBodyDeleteBefore(ctx, w.DB, w.Now().Add(-bodiesKept))
	_, erasures := w.q.ErasureDeleteBefore(ctx, w.DB, w.Now().Add(-erasuresKept))
	return errors.Join(bodies, erasures)
}

// dropFiles deletes customers' files that nobody shall have any more: those that
// were given up, and those that neither a message nor a case has because a
// process died between keeping and noting one.
func (w *MaintainWorker) dropFiles(ctx context.Context) error {
	now := w.Now()
	dropped, failed := w.q.AttachmentListDropped(ctx, w.DB, maintainBatch)
	orphans, err := w.q.AttachmentListOrphaned(ctx, w.DB, sqlc.AttachmentListOrphanedParams{
		Since: now.Add(-orphansSought), Before: now.Add(-orphanAge), MaxRows: maintainBatch,
	})
	failed = errors.Join(failed, err)
	for _, id := range append(dropped, orphans...) {
		if err := w.Files.Drop(ctx, id); err != nil {
			failed = errors.Join(failed, fmt.Errorf("drop file %s: %w", id, err))
		}
	}
	return failed
}

// givenUp returns when the job of each conversation was last given up.
func (w *MaintainWorker) givenUp(ctx context.Context) (map[uuid.UUID]time.Time, error) {
	discarded, err := w.Discards.Discarded(ctx, ProcessArgs{}.Kind(), maintainBatch)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]time.Time, len(discarded))
	for _, d := range discarded {
		var args ProcessArgs
		if err := json.Unmarshal(d.Args, &args); err != nil {
			return nil, fmt.Errorf("arguments of a discarded job: %w", err)
		}
		if out[args.ConversationID].Before(d.At) {
			out[args.ConversationID] = d.At
		}
	}
	return out, nil
}
