package conversations

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/jobs"
)

const (
	// escalatedLabel marks in Chatwoot the conversations that wait for a person.
	escalatedLabel = "escalado"
	// attentionAttribute says in Chatwoot whether the assistant answers.
	attentionAttribute = "atencion_automatica"
	// settleFor is how much older than our own writing Chatwoot's state may look
	// by its clock.
	settleFor = 2 * time.Second
)

// SyncArgs is the job that has Chatwoot show what was decided here. There is at
// most one per conversation.
type SyncArgs struct {
	ConversationID uuid.UUID `json:"conversation_id" river:"unique"`
}

// Kind names the job in the database.
func (SyncArgs) Kind() string { return "sync_conversation" }

// InsertOpts make the job unique per conversation.
func (SyncArgs) InsertOpts() river.InsertOpts { return jobs.PerConversation() }

// Steward is Chatwoot's API as far as keeping conversations in step needs it.
type Steward interface {
	AddLabels(ctx context.Context, conversationID int64, labels ...string) ([]string, error)
	RemoveLabels(ctx context.Context, conversationID int64, labels ...string) ([]string, error)
	SetCustomAttributes(ctx context.Context, conversationID int64, set map[string]any) error
	Conversation(ctx context.Context, id int64) (chatwoot.APIConversation, error)
	Unassign(ctx context.Context, conversationID int64) error
}

// SyncConfig holds what a SyncWorker needs; every member is required.
type SyncConfig struct {
	DB       db.DB
	Chatwoot Steward
	Now      func() time.Time
	Log      *slog.Logger
}

// SyncWorker brings a conversation in Chatwoot to the state it has here: label,
// attribute, assignment. It looks at the present state only, so it may run any
// number of times.
type SyncWorker struct {
	river.WorkerDefaults[SyncArgs]
	SyncConfig
	q *sqlc.Queries
}

// NewSyncWorker returns the worker.
func NewSyncWorker(c SyncConfig) *SyncWorker { return &SyncWorker{SyncConfig: c, q: sqlc.New()} }

// wanted is what Chatwoot shall show.
type wanted struct {
	chatwootID int64
	escalated  bool
	// decided: who has the conversation was decided here at least once; before
	// that its attribute is none of our business.
	decided   bool
	attention bool
	unassign  bool
}

// Work tells Chatwoot until there is nothing new to tell. What Chatwoot refuses
// for good is given up: it decides nothing here.
func (w *SyncWorker) Work(ctx context.Context, job *river.Job[SyncArgs]) error {
	for {
		want, _, err := w.read(ctx, w.DB, job.Args.ConversationID)
		if err != nil || want == nil {
			return err
		}
		if err := w.tell(ctx, *want); err != nil {
			if chatwoot.OutcomeOf(err) != chatwoot.Permanent {
				return fmt.Errorf("keep Chatwoot in step: %w", err)
			}
			w.Log.WarnContext(ctx, "Chatwoot cannot be kept in step",
				slog.String("conversation_id", job.Args.ConversationID.String()), slog.Any("error", err))
		}
		done, err := w.finish(ctx, job, *want)
		if err != nil || done {
			return err
		}
	}
}

// read returns nil when there is nothing in Chatwoot to keep in step.
func (w *SyncWorker) read(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (*wanted, *sqlc.Conversation, error) {
	conv, err := found(w.q.ConversationGet(ctx, d, id))
	if err != nil || conv == nil || erased(*conv) {
		return nil, conv, err
	}
	escalated, err := w.q.EscalationIsOpen(ctx, d, id)
	if err != nil {
		return nil, conv, err
	}
	return &wanted{
		chatwootID: conv.ChatwootConversationID, escalated: escalated, decided: conv.ChatwootBelievedAt != nil,
		attention: conv.PausedAt == nil, unassign: conv.UnassignDue,
	}, conv, nil
}

func (w *SyncWorker) tell(ctx context.Context, want wanted) error {
	if want.unassign {
		// The assignment goes first: while it stands, it silences the assistant.
		conv, err := w.Chatwoot.Conversation(ctx, want.chatwootID)
		if err != nil {
			return err
		}
		if conv.Assignee != nil && conv.Assignee.Kind == chatwoot.AssigneeHuman {
			if err := w.Chatwoot.Unassign(ctx, want.chatwootID); err != nil {
				return err
			}
		}
	}
	if want.decided {
		if err := w.Chatwoot.SetCustomAttributes(ctx, want.chatwootID, map[string]any{attentionAttribute: want.attention}); err != nil {
			return err
		}
	}
	change := w.Chatwoot.RemoveLabels
	if want.escalated {
		change = w.Chatwoot.AddLabels
	}
	_, err := change(ctx, want.chatwootID, escalatedLabel)
	return err
}

// finish ends the job unless something else was decided in between.
func (w *SyncWorker) finish(ctx context.Context, job *river.Job[SyncArgs], told wanted) (bool, error) {
	done := false
	err := db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := lockByID(ctx, w.q, tx, job.Args.ConversationID); err != nil {
			return err
		}
		want, conv, err := w.read(ctx, tx, job.Args.ConversationID)
		if err != nil || (want != nil && *want != told) {
			return err
		}
		done = true
		if want != nil {
			arg := sqlc.ConversationSyncedParams{ID: conv.ID, BelievedAt: conv.ChatwootBelievedAt}
			if now := w.Now(); arg.BelievedAt != nil && arg.BelievedAt.After(now) {
				settled := now.Add(settleFor)
				arg.BelievedAt = &settled
			}
			if err := w.q.ConversationSynced(ctx, tx, arg); err != nil {
				return err
			}
		}
		return complete(ctx, tx, job)
	})
	return done, err
}
