package conversations

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/chatwoot"
)

// Kinds and states of an outbox row; the schema describes them.
const (
	kindReply       = "reply"
	kindTemplate    = "template"
	kindPrivateNote = "private_note"
	kindHandover    = "handover"
	kindStaffReply  = "staff_reply"
	kindStaffNote   = "staff_note"

	statusHeld    = "held"
	statusPending = "pending"
	statusSending = "sending"
	statusFailed  = "failed"

	statusSuppressed = "suppressed"
)

// Sources of an escalation that do not come from the assistant.
const (
	sourceDeliveryFailed = "delivery_failed"
	sourceOutsideWindow  = "outside_window"
	sourceError          = "error"
)

// replyWindow is WhatsApp's: free text only within it after the customer's last
// message.
const replyWindow = 24 * time.Hour

// Outbox writes what is to be said or done in Chatwoot. Safe for concurrent use.
type Outbox struct {
	q    *sqlc.Queries
	jobs Enqueuer
	now  func() time.Time
	// configured: there is a Chatwoot to send to.
	configured bool
	// template is sent outside the window; nil means a note and an escalation.
	template *chatwoot.Template
}

// NewOutbox returns the service. Without configured everything is held: kept
// and shown, never sent.
func NewOutbox(jobs Enqueuer, configured bool, template *chatwoot.Template, now func() time.Time) *Outbox {
	return &Outbox{q: sqlc.New(), jobs: jobs, now: now, configured: configured, template: template}
}

// writers are who stands as the author of a kind in the transcript; the other
// kinds do not stand there.
var writers = map[string]string{kindReply: authorAssistant, kindStaffReply: authorStaff, kindStaffNote: authorStaff}

// add queues one thing behind the others of the conversation. A reply stands in
// the transcript at once, under the id of its outbox row, which is returned.
func (o *Outbox) add(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, kind, content string) (uuid.UUID, error) {
	id, now := uuid.Must(uuid.NewV7()), o.now()
	status := statusHeld
	if o.configured {
		status = statusPending
	}
	_, err := o.q.OutboxInsert(ctx, tx, sqlc.OutboxInsertParams{
		ID: id, ConversationID: conv.ID, Kind: kind, Content: content, Status: status,
		AfterMessageID: conv.LastSeenMessageID, CreatedAt: now,
	})
	if err != nil {
		return id, fmt.Errorf("outbox: %w", err)
	}
	if author, ok := writers[kind]; ok {
		if err := o.transcribe(ctx, tx, conv, id, author, kind == kindStaffNote, content, now); err != nil {
			return id, fmt.Errorf("transcript: %w", err)
		}
	}
	if !o.configured {
		return id, nil
	}
	return id, o.jobs.Enqueue(ctx, tx, SendArgs{ConversationID: conv.ID})
}

func (o *Outbox) transcribe(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, id uuid.UUID, author string, private bool, content string, at time.Time) error {
	_, err := o.q.MessageInsert(ctx, tx, sqlc.MessageInsertParams{
		ID: id, ConversationID: conv.ID, ChatwootAccountID: conv.ChatwootAccountID, Author: author, IsPrivate: private,
		Content: content, Attachments: []byte("[]"), SentAt: at, ReceivedAt: at,
	})
	if err != nil {
		return err
	}
	return o.q.ConversationNoteMessage(ctx, tx, sqlc.ConversationNoteMessageParams{
		ID: conv.ID, Author: author, IsPrivate: private, SentAt: at, At: at,
	})
}

// reply queues a text, in as many messages as WhatsApp needs for it.
func (o *Outbox) reply(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, text string) error {
	for _, part := range chatwoot.SplitText(text) {
		if _, err := o.add(ctx, tx, conv, kindReply, part); err != nil {
			return err
		}
	}
	return nil
}

// escalate opens work for people, or adds the reason to what is open.
func (o *Outbox) escalate(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID, source, reason string) error {
	priority := priorityNormal
	if source == sourceError {
		priority = priorityHigh
	}
	_, err := o.q.EscalationOpen(ctx, tx, sqlc.EscalationOpenParams{
		ID: uuid.Must(uuid.NewV7()), ConversationID: conversationID, Source: source, Reason: reason, Priority: priority, CreatedAt: o.now(),
	})
	if err != nil {
		return fmt.Errorf("escalate: %w", err)
	}
	return o.sync(ctx, tx, conversationID)
}

// undeliverable deals with a row that will not reach the customer: outside the
// window the template goes out instead; otherwise people are told.
func (o *Outbox) undeliverable(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, row sqlc.Outbox, why string) error {
	err := o.q.OutboxMarkFailed(ctx, tx, sqlc.OutboxMarkFailedParams{ID: row.ID, Error: &why})
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	source := sourceDeliveryFailed
	if !o.windowOpen(conv) {
		source = sourceOutsideWindow
		if (row.Kind == kindReply || row.Kind == kindStaffReply) && o.template != nil {
			_, err := o.add(ctx, tx, conv, kindTemplate, o.template.Name)
			return err
		}
	}
	if err := o.escalate(ctx, tx, conv.ID, source, "No se ha podido entregar un mensaje: "+why); err != nil {
		return err
	}
	if row.Kind == kindPrivateNote || row.Kind == kindHandover || row.Kind == kindStaffNote {
		return nil // a note about a note would not arrive either
	}
	_, err = o.add(ctx, tx, conv, kindPrivateNote, "No se ha podido entregar este mensaje ("+why+"):\n\n"+row.Content)
	return err
}

func (o *Outbox) windowOpen(conv sqlc.Conversation) bool { return windowOpen(conv, o.now()) }

func windowOpen(conv sqlc.Conversation, now time.Time) bool {
	return conv.CanReply && (conv.LastIncomingAt == nil || now.Sub(*conv.LastIncomingAt) < replyWindow)
}

// deliveryFailed notes that WhatsApp refused a message after Chatwoot took it.
func (s storing) deliveryFailed(ctx context.Context) error {
	if s.event.Conversation.CanReply != nil && !*s.event.Conversation.CanReply {
		known, err := s.conversation(ctx)
		if err != nil {
			return err
		}
		if err := s.q.ConversationCloseWindow(ctx, s.tx, known.ID); err != nil {
			return err
		}
	}
	id, err := uuid.Parse(s.event.Message.Marker)
	if err != nil {
		return nil // a person's message: Chatwoot shows them
	}
	row, err := found(s.q.OutboxGet(ctx, s.tx, id))
	if err != nil || row == nil || row.Status == statusFailed {
		return err // told before: the event comes more than once
	}
	conv, err := s.q.ConversationGet(ctx, s.tx, row.ConversationID)
	if err != nil {
		return err
	}
	why := s.event.Message.ExternalError
	if why == "" {
		why = "WhatsApp no lo ha entregado"
	}
	return s.outbox.undeliverable(ctx, s.tx, conv, *row, why)
}
