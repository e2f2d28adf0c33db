package api

import (
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/conversations"
)

func toAPISetting(s admin.Setting) oas.Setting {
	return oas.Setting{Key: s.Key, Description: s.Description, Type: oas.SettingType(s.Type), Value: s.Value, Default: s.Default}
}

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

func toAPIEscalation(e conversations.Escalation) oas.Escalation {
	return oas.Escalation{
		ID: e.ID, ConversationID: e.ConversationID, Source: e.Source, Reason: e.Reason,
		Status: oas.EscalationStatus(e.Status), CreatedAt: e.CreatedAt.UTC(),
	}
}

func orNullTime(t *time.Time) nullable.Nullable[time.Time] {
	if t == nil {
		return nullable.NewNullNullable[time.Time]()
	}
	return nullable.NewNullableWithValue(t.UTC())
}
