package api

import (
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
)

func toAPIConversation(c conversations.Conversation) oas.Conversation {
	out := oas.Conversation{
		ID: c.ID, ChatwootConversationID: c.ChatwootConversationID, ChatwootInboxID: c.ChatwootInboxID,
		CustomerID: c.CustomerID, CustomerName: c.CustomerName, CustomerPhone: orNull(c.CustomerPhone),
		Status: oas.ConversationStatus(c.Status), CanReply: c.CanReply, PausedAt: orNullTime(c.PausedAt),
		PausedReason: orNull(c.PausedReason), PausedBy: orNull(c.PausedBy), MessageCount: c.MessageCount,
		LastMessage: nullable.NewNullNullable[oas.LastMessage](), LastIncomingAt: orNullTime(c.LastIncomingAt),
		UnansweredSince: orNullTime(c.UnansweredSince), CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
	if m := c.LastMessage; m != nil {
		out.LastMessage.Set(oas.LastMessage{Author: oas.MessageAuthor(m.Author), Preview: m.Preview, SentAt: m.SentAt.UTC()})
	}
	return out
}

func toAPIMessage(m conversations.Message) oas.Message {
	out := oas.Message{
		ID: m.ID, ConversationID: m.ConversationID, Author: oas.MessageAuthor(m.Author), Content: m.Content, Private: m.Private,
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
