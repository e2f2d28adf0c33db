package api

import (
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
)

func toAPIConversation(c conversations.Conversation) oas.Conversation {
	return oas.Conversation{
		ID: c.ID, ChatwootConversationID: c.ChatwootConversationID, ChatwootInboxID: c.ChatwootInboxID,
		CustomerName: c.CustomerName, CustomerPhone: orNull(c.CustomerPhone), Status: oas.ConversationStatus(c.Status),
		PausedAt: orNullTime(c.PausedAt), PausedReason: orNull(c.PausedReason), LastIncomingAt: orNullTime(c.LastIncomingAt),
		CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
}

func toAPIMessage(m conversations.Message) oas.Message {
	out := oas.Message{
		ID: m.ID, Author: oas.MessageAuthor(m.Author), Content: m.Content, Private: m.Private,
		Attachments: make([]oas.MessageAttachment, len(m.Attachments)), SentAt: m.SentAt.UTC(),
		Delivery: nullable.NewNullNullable[oas.MessageDelivery](),
	}
	for i, kind := range m.Attachments {
		out.Attachments[i] = oas.MessageAttachment{Kind: kind}
	}
	if m.Delivery != nil {
		out.Delivery.Set(oas.MessageDelivery(*m.Delivery))
	}
	return out
}
