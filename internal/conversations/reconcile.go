package conversations

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
)

const (
	// ReconcileEvery is how often Chatwoot is asked for messages it may have
	// failed to deliver: it never repeats a webhook.
	ReconcileEvery = time.Minute
	// reconcileOverlap is asked for again before the last success, and is all
	// that the very first run looks at: older messages are not ours to answer.
	reconcileOverlap = 10 * time.Minute
	// reconcileTimeout bounds one run; what is left is seen by the next.
	reconcileTimeout = 5 * time.Minute
	// reconcileTold is of how many conversations it is told why they failed: mostly
	// all do, for the same reason.
	reconcileTold = 5
	// settleAfter is when a message's neighbours are surely visible: ids are
	// given before the transactions of Chatwoot commit.
	settleAfter = time.Minute
)

// ReconcileArgs is the periodic job that fetches what no webhook brought.
type ReconcileArgs struct{}

// Kind names the job in the database.
func (ReconcileArgs) Kind() string { return "reconcile_chatwoot" }

// InsertOpts: the next period brings the next try.
func (ReconcileArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// Inspector is Chatwoot's API as far as reconciliation needs it.
type Inspector interface {
	Conversations(ctx context.Context, updatedWithin time.Duration) ([]chatwoot.APIConversation, error)
	Messages(ctx context.Context, conversationID, after int64) ([]chatwoot.APIMessage, error)
}

// ReconcileConfig holds what a ReconcileWorker needs; every member is required.
type ReconcileConfig struct {
	DB        db.DB
	Intake    *Intake
	Chatwoot  Inspector
	AccountID int64
	Now       func() time.Time
	Log       *slog.Logger
}

// ReconcileWorker feeds missed messages into the Intake.
type ReconcileWorker struct {
	river.WorkerDefaults[ReconcileArgs]
	ReconcileConfig
	q *sqlc.Queries
}

// NewReconcileWorker returns the worker.
func NewReconcileWorker(c ReconcileConfig) *ReconcileWorker {
	return &ReconcileWorker{ReconcileConfig: c, q: sqlc.New()}
}

// Timeout is longer than other jobs': there may be many conversations.
func (*ReconcileWorker) Timeout(*river.Job[ReconcileArgs]) time.Duration { return reconcileTimeout }

// Work asks for everything since the last success. It may be ended at any
// moment: the next run starts over, and known messages are known.
func (w *ReconcileWorker) Work(ctx context.Context, _ *river.Job[ReconcileArgs]) error {
	started := w.Now()
	since := started.Add(-reconcileOverlap)
	last, err := w.q.ReconciliationGet(ctx, w.DB, w.AccountID)
	switch {
	case err == nil:
		since = last.Add(-reconcileOverlap)
	case !db.IsNoRows(err):
		return fmt.Errorf("last reconciliation: %w", err)
	}
	conversations, err := w.Chatwoot.Conversations(ctx, started.Sub(since))
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	var errs []error
	missed, failed := 0, 0
	for _, conv := range conversations {
		conv.AccountID = w.AccountID
		n, err := w.conversation(ctx, conv, since)
		missed += n
		if err != nil {
			failed++
			if failed <= reconcileTold {
				errs = append(errs, fmt.Errorf("reconcile conversation %d: %w", conv.ID, err))
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	if failed > reconcileTold {
		errs = append(errs, fmt.Errorf("and %d more", failed-reconcileTold))
	}
	if missed > 0 {
		w.Log.WarnContext(ctx, "messages that no webhook brought", slog.Int("count", missed))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return w.q.ReconciliationSet(ctx, w.DB, sqlc.ReconciliationSetParams{ChatwootAccountID: w.AccountID, LastSuccessAt: started})
}

// conversation stores a conversation's unknown messages since the cut and
// returns how many there were.
func (w *ReconcileWorker) conversation(ctx context.Context, conv chatwoot.APIConversation, since time.Time) (int, error) {
	known, err := found(w.q.ConversationGetByChatwootID(ctx, w.DB, sqlc.ConversationGetByChatwootIDParams{
		ChatwootAccountID: w.AccountID, ChatwootConversationID: conv.ID,
	}))
	if err != nil {
		return 0, err
	}
	var after int64
	if known != nil {
		after = known.ReconciledMessageID
	}
	if conv.NewestMessageID != 0 && conv.NewestMessageID <= after {
		return 0, nil
	}
	messages, listErr := w.Chatwoot.Messages(ctx, conv.ID, after)
	missed := 0
	for _, m := range messages {
		if m.CreatedAt.Before(since) {
			continue
		}
		event := chatwoot.EventFromAPI(conv, m)
		receipt, err := w.Intake.Store(ctx, event, nil, w.Now())
		if err == nil && receipt == ReceiptDuplicate && slices.ContainsFunc(event.Message.Attachments, isFetched) {
			event.Kind = chatwoot.KindMessageUpdated // a file may have come late
			_, err = w.Intake.Store(ctx, event, nil, w.Now())
		}
		if err != nil {
			return missed, err
		}
		if receipt == ReceiptQueued {
			missed++
		}
		if w.Now().Sub(m.CreatedAt) > settleAfter {
			after = m.ID
		}
	}
	if known != nil && after > known.ReconciledMessageID {
		err := w.q.ConversationSetReconciled(ctx, w.DB, sqlc.ConversationSetReconciledParams{ID: known.ID, MessageID: after})
		if err != nil {
			return missed, err
		}
	}
	return missed, listErr
}
