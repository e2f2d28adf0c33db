package conversations

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/page"
)

// ErrNotFound says that there is no such conversation.
var ErrNotFound = fault.New(fault.NotFound, "conversation_not_found", "Conversation not found")

// Conversation is one thread with a customer.
type Conversation struct {
	ID                     uuid.UUID
	ChatwootConversationID int64
	ChatwootInboxID        int64
	CustomerName           string
	// CustomerPhone is in E.164; nil when Chatwoot knows none.
	CustomerPhone *string
	Status        string
	// PausedAt is set while a person has the conversation.
	PausedAt       *time.Time
	PausedReason   *string
	LastIncomingAt *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Message is one line of a transcript.
type Message struct {
	ID      uuid.UUID
	Author  string
	Content string
	Private bool
	// Attachments holds the kinds of the files: image, audio, …
	Attachments []string
	SentAt      time.Time
	// Delivery is what became of a reply of the assistant; nil for others.
	Delivery *string
}

// Escalation is work for people.
type Escalation struct {
	ID             uuid.UUID
	ConversationID uuid.UUID
	Source         string
	Reason         string
	Status         string
	CreatedAt      time.Time
}

// Reader lists conversations for staff.
type Reader struct {
	db db.DB
	q  *sqlc.Queries
}

// NewReader returns the service.
func NewReader(d db.DB) *Reader { return &Reader{db: d, q: sqlc.New()} }

// Conversations returns a page, the latest change first.
func (r *Reader) Conversations(ctx context.Context, after page.Key, limit int) ([]Conversation, *string, error) {
	rows, err := r.q.ConversationListAfter(ctx, r.db, sqlc.ConversationListAfterParams{
		NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list conversations: %w", err)
	}
	out := make([]Conversation, len(rows))
	for i, c := range rows {
		out[i] = fromRow(sqlc.ConversationWithCustomerRow(c))
	}
	out, next := page.Of(out, limit, func(c Conversation) page.Key { return page.Key{At: c.UpdatedAt, ID: c.ID} })
	return out, next, nil
}

// Conversation returns one. Errors: ErrNotFound.
func (r *Reader) Conversation(ctx context.Context, id uuid.UUID) (Conversation, error) {
	row, err := r.q.ConversationWithCustomer(ctx, r.db, id)
	if db.IsNoRows(err) {
		return Conversation{}, ErrNotFound.WithMessage(fmt.Sprintf("Conversation %s not found", id))
	}
	if err != nil {
		return Conversation{}, fmt.Errorf("read conversation: %w", err)
	}
	return fromRow(row), nil
}

func fromRow(c sqlc.ConversationWithCustomerRow) Conversation {
	return Conversation{
		ID: c.ID, ChatwootConversationID: c.ChatwootConversationID, ChatwootInboxID: c.ChatwootInboxID,
		CustomerName: c.WhatsappName, CustomerPhone: c.Phone, Status: c.Status, PausedAt: c.PausedAt, PausedReason: c.PausedReason,
		LastIncomingAt: c.LastIncomingAt, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

// Messages returns a page of a transcript, the latest first. Errors: ErrNotFound.
func (r *Reader) Messages(ctx context.Context, conversationID uuid.UUID, after page.Key, limit int) ([]Message, *string, error) {
	if _, err := r.Conversation(ctx, conversationID); err != nil {
		return nil, nil, err
	}
	rows, err := r.q.MessageListAfter(ctx, r.db, sqlc.MessageListAfterParams{
		ConversationID: conversationID, NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list messages: %w", err)
	}
	out := make([]Message, len(rows))
	for i, m := range rows {
		out[i] = Message{
			ID: m.ID, Author: m.Author, Content: m.Content, Private: m.IsPrivate, SentAt: m.SentAt, Delivery: m.Delivery, Attachments: []string{},
		}
		files, err := attachmentsFromRow(m.Attachments)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range files {
			out[i].Attachments = append(out[i].Attachments, f.Kind)
		}
	}
	out, next := page.Of(out, limit, func(m Message) page.Key { return page.Key{At: m.SentAt, ID: m.ID} })
	return out, next, nil
}

// Escalations returns a page of open ones, the oldest first.
func (r *Reader) Escalations(ctx context.Context, after page.Key, limit int) ([]Escalation, *string, error) {
	rows, err := r.q.EscalationListAfter(ctx, r.db, sqlc.EscalationListAfterParams{
		NoCursor: after.IsZero(), AfterAt: after.At, AfterID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list escalations: %w", err)
	}
	out := make([]Escalation, len(rows))
	for i, e := range rows {
		out[i] = Escalation{ID: e.ID, ConversationID: e.ConversationID, Source: e.Source, Reason: e.Reason, Status: e.Status, CreatedAt: e.CreatedAt}
	}
	out, next := page.Of(out, limit, func(e Escalation) page.Key { return page.Key{At: e.CreatedAt, ID: e.ID} })
	return out, next, nil
}

func attachmentsFromRow(raw []byte) ([]attachment, error) {
	var files []attachment
	if err := json.Unmarshal(raw, &files); err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	return files, nil
}
