package conversations

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
)

// tellWithin is how long what Chatwoot says about who has a conversation is not
// believed while it could not be told what was decided here. After that its word
// counts again, even if it never was told.
const tellWithin = time.Hour

// pause silences the assistant: replies not yet begun are not said, and open
// questions are left to the person who has the conversation now.
func (o *Outbox) pause(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID, reason string, at time.Time) error {
	n, err := o.q.ConversationPause(ctx, tx, sqlc.ConversationPauseParams{ID: conversationID, At: at, Reason: reason})
	if err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	if err := o.hush(ctx, tx, conversationID); err != nil || n == 0 {
		return err
	}
	return o.decided(ctx, tx, conversationID, at)
}

// hush leaves unsaid what the assistant has not begun to say, and unanswered
// what it has not answered.
func (o *Outbox) hush(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID) error {
	if _, err := o.q.OutboxSuppressReplies(ctx, tx, conversationID); err != nil {
		return fmt.Errorf("suppress replies: %w", err)
	}
	if _, err := o.q.MessageSkipUnanswered(ctx, tx, conversationID); err != nil {
		return fmt.Errorf("skip unanswered: %w", err)
	}
	return nil
}

// resume lets the assistant answer what comes from now on and reports whether it
// was silent. unassign has Chatwoot take the conversation from whoever it is
// assigned to there.
func (o *Outbox) resume(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID, unassign bool, at time.Time) (bool, error) {
	n, err := o.q.ConversationResume(ctx, tx, sqlc.ConversationResumeParams{ID: conversationID, At: at, Unassign: unassign})
	if err != nil {
		return false, fmt.Errorf("resume: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	return true, o.decided(ctx, tx, conversationID, at)
}

// decided has Chatwoot told who has the conversation. Until it knows, its own
// word on that is not believed.
func (o *Outbox) decided(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID, at time.Time) error {
	if !o.configured {
		return nil
	}
	err := o.q.ConversationSetBelieved(ctx, tx, sqlc.ConversationSetBelievedParams{ID: conversationID, BelievedAt: at.Add(tellWithin)})
	if err != nil {
		return fmt.Errorf("note decision: %w", err)
	}
	return o.sync(ctx, tx, conversationID)
}

// sync has Chatwoot's label and attribute brought up to date.
func (o *Outbox) sync(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID) error {
	if !o.configured {
		return nil
	}
	return o.jobs.Enqueue(ctx, tx, SyncArgs{ConversationID: conversationID})
}
