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
	CustomerID             uuid.UUID
	CustomerName           string
	// CustomerPhone is in E.164; nil when Chatwoot knows none.
	CustomerPhone *string
	Status        string
	// CanReply is false while WhatsApp takes nothing but a template.
	CanReply bool
	// PausedAt is set while a person has the conversation.
	PausedAt     *time.Time
	PausedReason *string
	// PausedBy is who of our accounts took it; nil for people in Chatwoot and for
	// the assistant's own handing over.
	PausedBy *string
	// MessageCount leaves private notes out.
	MessageCount int
	// LastMessage is nil in a conversation without messages.
	LastMessage    *LastMessage
	LastIncomingAt *time.Time
	// UnansweredSince is when the customer wrote what nobody has replied to.
	UnansweredSince *time.Time
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// LastMessage is the end of a conversation as both sides see it.
type LastMessage struct {
	Author string
	// Preview is at most 200 characters long; "" for media without a caption.
	Preview string
	SentAt  time.Time
}

// Message is one line of a transcript.
type Message struct {
	ID             uuid.UUID
	ConversationID uuid.UUID
	Author         string
	Content        string
	Private        bool
	Attachments    []Attachment
	SentAt         time.Time
	// Delivery is what became of a message of ours; nil for others.
	Delivery *string
}

// Attachment is a file that came with a message.
type Attachment struct {
	// Kind is image, audio, …
	Kind        string
	ContentType string
	// Transcript is what was said in a voice note.
	Transcript string
	// FileID names it in the file store; nil when it is not there.
	FileID *uuid.UUID
	// Problem says why it is not there, as the customer was told.
	Problem string
}

// Filter chooses conversations; the zero value chooses all.
type Filter struct {
	// Query is looked for in the customer's names and numbers; "" for any.
	Query      string
	CustomerID *uuid.UUID
	// Statuses are as in Chatwoot; none for any.
	Statuses   []string
	Paused     *bool
	Unanswered *bool
}

// Reader lists conversations for staff.
type Reader struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time
}

// NewReader returns the service.
func NewReader(d db.DB, now func() time.Time) *Reader {
	return &Reader{db: d, q: sqlc.New(), now: now}
}

// Conversations returns a page, the latest change first.
func (r *Reader) Conversations(ctx context.Context, f Filter, after page.Key, limit int) ([]Conversation, *string, error) {
	ids, err := r.ids(ctx, f, after, int32(limit)+1) // at most page.MaxLimit
	if err != nil {
		return nil, nil, fmt.Errorf("list conversations: %w", err)
	}
	out, err := r.byID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	out, next := page.Of(out, limit, func(c Conversation) page.Key { return page.Key{At: c.UpdatedAt, ID: c.ID} })
	return out, next, nil
}

// ids asks the query that has an index for the narrowest part of the filter.
func (r *Reader) ids(ctx context.Context, f Filter, after page.Key, rows int32) ([]uuid.UUID, error) {
	if f.Statuses == nil {
		f.Statuses = []string{} // none, and not one that is not known
	}
	switch {
	case f.Query != "":
		words := Words(f.Query)
		return r.q.ConversationIDsSearchAfter(ctx, r.db, sqlc.ConversationIDsSearchAfterParams{
			Word1: words[0], Word2: words[1], Word3: words[2], CustomerID: f.CustomerID,
			Statuses: f.Statuses, Paused: f.Paused, Unanswered: f.Unanswered,
			NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: rows,
		})
	case f.CustomerID != nil:
		return r.q.ConversationIDsOfCustomerAfter(ctx, r.db, sqlc.ConversationIDsOfCustomerAfterParams{
			CustomerID: *f.CustomerID, Statuses: f.Statuses, Paused: f.Paused, Unanswered: f.Unanswered,
			NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: rows,
		})
	case f.Unanswered != nil && *f.Unanswered:
		return r.q.ConversationIDsUnansweredAfter(ctx, r.db, sqlc.ConversationIDsUnansweredAfterParams{
			Statuses: f.Statuses, Paused: f.Paused, NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: rows,
		})
	case f.Paused != nil && *f.Paused:
		return r.q.ConversationIDsPausedAfter(ctx, r.db, sqlc.ConversationIDsPausedAfterParams{
			Statuses: f.Statuses, Unanswered: f.Unanswered, NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: rows,
		})
	}
	return r.q.ConversationIDsAfter(ctx, r.db, sqlc.ConversationIDsAfterParams{
		Statuses: f.Statuses, Paused: f.Paused, Unanswered: f.Unanswered,
		NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: rows,
	})
}

// byID returns conversations in the order of their ids; those deleted meanwhile
// are missing.
func (r *Reader) byID(ctx context.Context, ids []uuid.UUID) ([]Conversation, error) {
	rows, err := r.q.ConversationOverview(ctx, r.db, ids)
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	last, err := r.q.MessageLastPerConversation(ctx, r.db, ids)
	if err != nil {
		return nil, fmt.Errorf("read last messages: %w", err)
	}
	found := make(map[uuid.UUID]Conversation, len(rows))
	for _, row := range rows {
		found[row.Conversation.ID] = r.fromRow(row)
	}
	for _, m := range last {
		if c, ok := found[m.ConversationID]; ok {
			c.LastMessage = &LastMessage{Author: m.Author, Preview: m.Preview, SentAt: m.SentAt}
			found[m.ConversationID] = c
		}
	}
	return inOrder(ids, found), nil
}

func inOrder[T any](ids []uuid.UUID, found map[uuid.UUID]T) []T {
	out := make([]T, 0, len(ids))
	for _, id := range ids {
		if v, ok := found[id]; ok {
			out = append(out, v)
		}
	}
	return out
}

// Conversation returns one. Errors: ErrNotFound.
func (r *Reader) Conversation(ctx context.Context, id uuid.UUID) (Conversation, error) {
	out, err := r.byID(ctx, []uuid.UUID{id})
	if err != nil {
		return Conversation{}, err
	}
	if len(out) == 0 {
		return Conversation{}, notFound(id)
	}
	return out[0], nil
}

func notFound(id uuid.UUID) error {
	return ErrNotFound.WithMessage(fmt.Sprintf("Conversation %s not found", id))
}

func (r *Reader) fromRow(row sqlc.ConversationOverviewRow) Conversation {
	c := row.Conversation
	return Conversation{
		ID: c.ID, ChatwootConversationID: c.ChatwootConversationID, ChatwootInboxID: c.ChatwootInboxID,
		CustomerID: c.CustomerID, CustomerName: row.DisplayName, CustomerPhone: row.Phone,
		Status: c.Status, CanReply: windowOpen(c, r.now()), PausedAt: c.PausedAt, PausedReason: c.PausedReason, PausedBy: row.PausedByName,
		MessageCount: int(c.MessageCount), LastIncomingAt: c.LastIncomingAt, UnansweredSince: c.UnansweredSince,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

// Messages returns a page of a transcript, the latest first. Errors: ErrNotFound.
func (r *Reader) Messages(ctx context.Context, conversationID uuid.UUID, after page.Key, limit int) ([]Message, *string, error) {
	if _, err := r.q.ConversationGet(ctx, r.db, conversationID); db.IsNoRows(err) {
		return nil, nil, notFound(conversationID)
	} else if err != nil {
		return nil, nil, fmt.Errorf("read conversation: %w", err)
	}
	rows, err := r.q.MessageListAfter(ctx, r.db, sqlc.MessageListAfterParams{
		ConversationID: conversationID, NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list messages: %w", err)
	}
	ids := make([]uuid.UUID, len(rows))
	for i, m := range rows {
		ids[i] = m.ID
	}
	files, err := attachmentsOf(ctx, r.q, r.db, ids)
	if err != nil {
		return nil, nil, err
	}
	out := make([]Message, len(rows))
	for i, m := range rows {
		if out[i], err = messageFromRow(m, files); err != nil {
			return nil, nil, err
		}
	}
	out, next := page.Of(out, limit, func(m Message) page.Key { return page.Key{At: m.SentAt, ID: m.ID} })
	return out, next, nil
}

func messageFromRow(m sqlc.MessageListAfterRow, fetched map[fileKey]sqlc.MessageAttachment) (Message, error) {
	files, err := attachmentsFromRow(m.Attachments)
	out := Message{
		ID: m.ID, ConversationID: m.ConversationID, Author: m.Author, Content: m.Content, Private: m.IsPrivate, SentAt: m.SentAt,
		Delivery: m.Delivery, Attachments: make([]Attachment, len(files)),
	}
	for i, f := range files {
		a := Attachment{Kind: f.Kind, ContentType: f.ContentType, Transcript: f.Transcript}
		if row, ok := fetched[fileKey{m.ID, i}]; ok && row.Status == attachmentStored {
			a.FileID, a.ContentType = row.ImageID, *row.ContentType
		} else if row.Problem != nil {
			a.Problem = *row.Problem
		}
		out.Attachments[i] = a
	}
	return out, err
}

func attachmentsFromRow(raw []byte) ([]attachment, error) {
	var files []attachment
	if err := json.Unmarshal(raw, &files); err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	return files, nil
}
