package api

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
)

func (h *Conversations) toAPI(c conversations.Conversation) oas.Conversation {
	out := oas.Conversation{
		ID: c.ID, ChatwootConversationID: c.ChatwootConversationID, ChatwootInboxID: c.ChatwootInboxID,
		ChatwootURL: nullable.NewNullNullable[string](),
		CustomerID:  c.CustomerID, CustomerName: c.CustomerName, CustomerPhone: orNull(c.CustomerPhone),
		Status: oas.ConversationStatus(c.Status), CanReply: c.CanReply, PausedAt: orNullTime(c.PausedAt),
		PausedReason: orNull(c.PausedReason), PausedBy: orNull(c.PausedBy), MessageCount: c.MessageCount,
		LastMessage: nullable.NewNullNullable[oas.LastMessage](), LastIncomingAt: orNullTime(c.LastIncomingAt),
		UnansweredSince: orNullTime(c.UnansweredSince), CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
	if h.chatwootURL != "" && c.ChatwootConversationID > 0 {
		out.ChatwootURL.Set(h.chatwootURL + strconv.FormatInt(c.ChatwootConversationID, 10))
	}
	if m := c.LastMessage; m != nil {
		out.LastMessage.Set(oas.LastMessage{Author: oas.MessageAuthor(m.Author), Preview: m.Preview, SentAt: m.SentAt.UTC()})
	}
	return out
}

// toAPIMessages converts messages; their files can be seen for a quarter of an
// hour.
func (h *Conversations) toAPIMessages(ctx context.Context, messages []conversations.Message) ([]oas.Message, error) {
	var ids []uuid.UUID
	for _, m := range messages {
		for _, a := range m.Attachments {
			if a.FileID != nil {
				ids = append(ids, *a.FileID)
			}
		}
	}
	if len(ids) == 0 {
		return each(messages, func(m conversations.Message) oas.Message { return toAPIMessage(m, nil) }), nil
	}
	links, err := h.files.Links(ctx, ids)
	if err != nil {
		return nil, err
	}
	return each(messages, func(m conversations.Message) oas.Message { return toAPIMessage(m, links) }), nil
}

func toAPIMessage(m conversations.Message, links map[uuid.UUID]string) oas.Message {
	out := oas.Message{
		ID: m.ID, ConversationID: m.ConversationID, Author: oas.MessageAuthor(m.Author), Content: m.Content, Private: m.Private,
		SentAt: m.SentAt.UTC(), Delivery: nullable.NewNullNullable[oas.MessageDelivery](),
		Attachments: each(m.Attachments, func(a conversations.Attachment) oas.MessageAttachment { return toAPIAttachment(a, links) }),
	}
	if m.Delivery != nil {
		out.Delivery.Set(oas.MessageDelivery(*m.Delivery))
	}
	return out
}

func toAPIAttachment(a conversations.Attachment, links map[uuid.UUID]string) oas.MessageAttachment {
	out := oas.MessageAttachment{
		Kind: a.Kind, URL: nullable.NewNullNullable[string](), ContentType: orNullText(a.ContentType), Transcript: orNullText(a.Transcript),
		Problem: orNullText(a.Problem),
	}
	if a.FileID != nil {
		out.URL = orNullText(links[*a.FileID])
	}
	return out
}
