package customers

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/money"
)

// Export is everything there is about one customer.
type Export struct {
	ExportedAt    time.Time
	Customer      Details
	Conversations []ExportedConversation
}

// ExportedConversation is a conversation with all that hangs on it.
type ExportedConversation struct {
	ID                     uuid.UUID
	ChatwootConversationID int64
	Status                 string
	CreatedAt              time.Time
	UpdatedAt              time.Time
	// Messages, Quotes and Escalations are in the order in which they came.
	Messages    []ExportedMessage
	Quotes      []ExportedQuote
	Escalations []ExportedEscalation
}

// ExportedMessage is one line of a transcript.
type ExportedMessage struct {
	ID          uuid.UUID
	Author      string
	Content     string
	Private     bool
	Attachments []ExportedAttachment
	SentAt      time.Time
}

// ExportedAttachment is what is kept of a file; "" for what is not known.
type ExportedAttachment struct {
	Kind        string `json:"kind"`
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	Transcript  string `json:"transcript"`
}

// ExportedQuote is a quote as it was offered.
type ExportedQuote struct {
	ID          uuid.UUID
	Total       money.Amount
	Provisional bool
	CreatedAt   time.Time
	// Request and Result are JSON objects: what was priced, and how.
	Request, Result json.RawMessage
}

// ExportedEscalation is work that people had with the customer.
type ExportedEscalation struct {
	ID         uuid.UUID
	Source     string
	Reason     string
	Status     string
	Note       *string
	CreatedAt  time.Time
	ResolvedAt *time.Time
}

// Export returns everything there is about one customer, for whoever asks for
// their data, and leaves in the audit who took it. Errors: ErrNotFound.
func (s *Service) Export(ctx context.Context, id uuid.UUID) (Export, error) {
	details, err := s.Get(ctx, id)
	if err != nil {
		return Export{}, err
	}
	conversations, err := s.q.ConversationListOfCustomers(ctx, s.db, []uuid.UUID{id})
	if err != nil {
		return Export{}, fmt.Errorf("export conversations: %w", err)
	}
	out := Export{ExportedAt: s.now(), Customer: details, Conversations: make([]ExportedConversation, len(conversations))}
	at := make(map[uuid.UUID]*ExportedConversation, len(conversations))
	ids := make([]uuid.UUID, len(conversations))
	for i, c := range conversations {
		out.Conversations[i] = ExportedConversation{
			ID: c.ID, ChatwootConversationID: c.ChatwootConversationID, Status: c.Status, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
		}
		ids[i], at[c.ID] = c.ID, &out.Conversations[i]
	}
	if err := s.exportHanging(ctx, ids, at); err != nil {
		return Export{}, err
	}
	return out, db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		return audit.Record(ctx, tx, audit.Entry{At: out.ExportedAt, Action: "export", EntityType: "customer", EntityID: id.String(), Changes: map[string]audit.Change{}})
	})
}

// exportHanging fills in what hangs on the conversations.
func (s *Service) exportHanging(ctx context.Context, ids []uuid.UUID, at map[uuid.UUID]*ExportedConversation) error {
	messages, err := s.q.MessageListAll(ctx, s.db, ids)
	if err != nil {
		return fmt.Errorf("export messages: %w", err)
	}
	for _, m := range messages {
		line := ExportedMessage{ID: m.ID, Author: m.Author, Content: m.Content, Private: m.IsPrivate, SentAt: m.SentAt}
		if err := json.Unmarshal(m.Attachments, &line.Attachments); err != nil {
			return fmt.Errorf("export attachments: %w", err)
		}
		at[m.ConversationID].Messages = append(at[m.ConversationID].Messages, line)
	}
	quotes, err := s.q.QuoteListOfConversations(ctx, s.db, ids)
	if err != nil {
		return fmt.Errorf("export quotes: %w", err)
	}
	for _, q := range quotes {
		at[q.ConversationID].Quotes = append(at[q.ConversationID].Quotes, ExportedQuote{
			ID: q.ID, Total: q.Total, Provisional: q.IsProvisional, CreatedAt: q.CreatedAt, Request: q.Request, Result: q.Result,
		})
	}
	escalations, err := s.q.EscalationListOfConversations(ctx, s.db, ids)
	if err != nil {
		return fmt.Errorf("export escalations: %w", err)
	}
	for _, e := range escalations {
		at[e.ConversationID].Escalations = append(at[e.ConversationID].Escalations, exportedEscalation(e))
	}
	return nil
}

func exportedEscalation(e sqlc.Escalation) ExportedEscalation {
	return ExportedEscalation{
		ID: e.ID, Source: e.Source, Reason: e.Reason, Status: e.Status, Note: e.Note, CreatedAt: e.CreatedAt, ResolvedAt: e.ResolvedAt,
	}
}
