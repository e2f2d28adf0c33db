package conversations

import (
	"context"
	"errors"
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
	// lookAfter is how long a request whose outcome is unknown may still arrive
	// at Chatwoot's database: only then does looking for it prove anything.
	lookAfter = 20 * time.Second
	// maxSendDelay bounds the wait between two attempts that Chatwoot gave no
	// reason for.
	maxSendDelay = 30 * time.Second
	// staleAfter is when a reply is no longer worth sending.
	staleAfter = 24 * time.Hour
	// sendReserve has to be left of the job's time for another row.
	sendReserve = 11 * time.Second
)

// SendArgs is the job that sends what a conversation has in the outbox. There
// is at most one per conversation.
type SendArgs struct {
	ConversationID uuid.UUID `json:"conversation_id" river:"unique"`
}

// Kind names the job in the database.
func (SendArgs) Kind() string { return "send_outbox" }

// InsertOpts make the job unique per conversation.
func (SendArgs) InsertOpts() river.InsertOpts { return jobs.PerConversation() }

// Messenger is Chatwoot's API as far as sending needs it.
type Messenger interface {
	CreateMessage(ctx context.Context, m chatwoot.NewMessage) (chatwoot.APIMessage, error)
	Messages(ctx context.Context, conversationID, after int64) ([]chatwoot.APIMessage, error)
	ToggleStatus(ctx context.Context, conversationID int64, status string) (string, error)
}

// SendConfig holds what a SendWorker needs; every member is required.
type SendConfig struct {
	DB       db.DB
	Outbox   *Outbox
	Chatwoot Messenger
	Now      func() time.Time
	Log      *slog.Logger
}

// SendWorker sends the outbox of a conversation, in order, each row once.
type SendWorker struct {
	river.WorkerDefaults[SendArgs]
	SendConfig
	q *sqlc.Queries
}

// NewSendWorker returns the worker.
func NewSendWorker(c SendConfig) *SendWorker { return &SendWorker{SendConfig: c, q: sqlc.New()} }

// Work sends until nothing is left, or until it has to wait.
func (w *SendWorker) Work(ctx context.Context, job *river.Job[SendArgs]) error {
	for first := true; ; first = false {
		row, err := found(w.q.OutboxNextOpen(ctx, w.DB, job.Args.ConversationID))
		if err != nil {
			return fmt.Errorf("read outbox: %w", err)
		}
		if row == nil {
			done, err := w.finish(ctx, job)
			if err != nil || done {
				return err
			}
			continue
		}
		if deadline, ok := ctx.Deadline(); ok && !first && time.Until(deadline) < sendReserve {
			return river.JobSnooze(0)
		}
		wait, err := w.send(ctx, *row)
		if err != nil {
			return err
		}
		if wait > 0 {
			return river.JobSnooze(wait)
		}
	}
}

// finish ends the job unless something was added in between.
func (w *SendWorker) finish(ctx context.Context, job *river.Job[SendArgs]) (bool, error) {
	done := false
	err := db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := lockByID(ctx, w.q, tx, job.Args.ConversationID); err != nil {
			return err
		}
		row, err := found(w.q.OutboxNextOpen(ctx, tx, job.Args.ConversationID))
		if err != nil || row != nil {
			return err
		}
		done = true
		return complete(ctx, tx, job)
	})
	return done, err
}

// send deals with one row. It returns how long to wait before the same row is
// tried again; 0 means that the row is done.
func (w *SendWorker) send(ctx context.Context, row sqlc.Outbox) (time.Duration, error) {
	conv, err := w.q.ConversationGet(ctx, w.DB, row.ConversationID)
	if err != nil {
		return 0, fmt.Errorf("read conversation: %w", err)
	}
	if row.Status == statusSending {
		done, wait, err := w.lookForCopy(ctx, conv, row)
		if err != nil || done || wait > 0 {
			return wait, err
		}
	}
	switch {
	case row.Kind == kindReply && conv.PausedAt != nil && *conv.PausedReason != pausedHandedOver:
		return 0, w.q.OutboxSuppress(ctx, w.DB, row.ID)
	case (row.Kind == kindReply || row.Kind == kindStaffReply) && !w.Outbox.windowOpen(conv):
		return 0, w.fail(ctx, row, "fuera de la ventana de 24 horas de WhatsApp")
	case w.Now().Sub(row.CreatedAt) > staleAfter:
		return 0, w.fail(ctx, row, "Chatwoot no ha respondido en 24 horas")
	}
	at := w.Now()
	n, err := w.q.OutboxMarkSending(ctx, w.DB, sqlc.OutboxMarkSendingParams{ID: row.ID, At: &at, Attempts: row.Attempts})
	if err != nil {
		return 0, fmt.Errorf("mark sending: %w", err)
	}
	if n == 0 {
		return time.Second, nil // another worker has it, or a person stepped in
	}
	row.Attempts++
	sent, err := w.Chatwoot.CreateMessage(ctx, w.message(conv, row))
	if err != nil {
		return w.failed(ctx, row, err)
	}
	return w.sent(ctx, conv, row, sent.ID)
}

// lookForCopy finds out what became of a request without an answer. done means
// that Chatwoot has the message.
func (w *SendWorker) lookForCopy(ctx context.Context, conv sqlc.Conversation, row sqlc.Outbox) (done bool, wait time.Duration, err error) {
	if wait := lookAfter - w.Now().Sub(*row.SendingAt); wait > 0 {
		return false, wait, nil
	}
	messages, err := w.Chatwoot.Messages(ctx, conv.ChatwootConversationID, row.AfterMessageID)
	for _, m := range messages {
		if m.Marker == row.ID.String() {
			wait, err := w.sent(ctx, conv, row, m.ID)
			return wait == 0 && err == nil, wait, err
		}
	}
	if err != nil {
		w.note(ctx, row, err)
		return false, delay(row.Attempts, err), nil
	}
	return false, 0, nil
}

func (w *SendWorker) message(conv sqlc.Conversation, row sqlc.Outbox) chatwoot.NewMessage {
	m := chatwoot.NewMessage{ConversationID: conv.ChatwootConversationID, Marker: row.ID.String()}
	switch row.Kind {
	case kindTemplate:
		m.Template = w.Outbox.template
		if m.Template == nil { // configured away since it was queued
			m.Content = row.Content
		}
	case kindReply, kindStaffReply:
		m.Content = chatwoot.FormatText(row.Content)
	default:
		m.Content, m.Private = chatwoot.FormatText(row.Content), true
	}
	return m
}

// sent finishes a row whose message Chatwoot has. A handover still has to open
// the conversation for people, which may be repeated without harm.
func (w *SendWorker) sent(ctx context.Context, conv sqlc.Conversation, row sqlc.Outbox, chatwootID int64) (time.Duration, error) {
	if row.Kind == kindHandover {
		if _, err := w.Chatwoot.ToggleStatus(ctx, conv.ChatwootConversationID, chatwoot.StatusOpen); err != nil && chatwoot.OutcomeOf(err) != chatwoot.Permanent {
			w.note(ctx, row, err)
			return max(lookAfter, delay(row.Attempts, err)), nil // found again by its marker
		}
	}
	return 0, db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		at := w.Now()
		if err := w.q.OutboxMarkSent(ctx, tx, sqlc.OutboxMarkSentParams{ID: row.ID, At: &at, ChatwootMessageID: &chatwootID}); err != nil {
			return fmt.Errorf("mark sent: %w", err)
		}
		return w.q.MessageSetChatwootID(ctx, tx, sqlc.MessageSetChatwootIDParams{ID: row.ID, ChatwootMessageID: chatwootID})
	})
}

// failed decides about a row by what the error says about the request.
func (w *SendWorker) failed(ctx context.Context, row sqlc.Outbox, cause error) (time.Duration, error) {
	w.Log.WarnContext(ctx, "message not sent", slog.String("outbox_id", row.ID.String()), slog.Any("error", cause))
	switch chatwoot.OutcomeOf(cause) {
	case chatwoot.Permanent:
		return 0, w.fail(ctx, row, "Chatwoot lo ha rechazado: "+cause.Error())
	case chatwoot.RetryLater, chatwoot.NotSent:
		text := cause.Error()
		if err := w.q.OutboxMarkPending(ctx, w.DB, sqlc.OutboxMarkPendingParams{ID: row.ID, Error: &text}); err != nil {
			return 0, fmt.Errorf("mark pending: %w", err)
		}
		return delay(row.Attempts, cause), nil
	}
	w.note(ctx, row, cause) // it stays "sending": look before sending again
	return lookAfter, nil
}

func (w *SendWorker) fail(ctx context.Context, row sqlc.Outbox, why string) error {
	return db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		conv, err := lockByID(ctx, w.q, tx, row.ConversationID)
		if err != nil || conv == nil {
			return err
		}
		// It may have been taken back meanwhile, or its words erased.
		now, err := found(w.q.OutboxGet(ctx, tx, row.ID))
		if err != nil || now == nil || now.Status == statusSuppressed {
			return err
		}
		return w.Outbox.undeliverable(ctx, tx, *conv, *now, why)
	})
}

func (w *SendWorker) note(ctx context.Context, row sqlc.Outbox, cause error) {
	text := cause.Error()
	if err := w.q.OutboxNoteError(ctx, w.DB, sqlc.OutboxNoteErrorParams{ID: row.ID, Error: &text}); err != nil {
		w.Log.WarnContext(ctx, "outbox error not noted", slog.Any("error", err))
	}
}

// delay grows with the attempts up to maxSendDelay, unless Chatwoot said how
// long to wait.
func delay(attempts int32, cause error) time.Duration {
	var api *chatwoot.APIError
	if errors.As(cause, &api) && api.After > 0 {
		return api.After
	}
	return min(time.Second<<min(attempts, 5), maxSendDelay)
}
