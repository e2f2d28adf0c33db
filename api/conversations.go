package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/page"
)

// Conversations serves the tag Conversations.
type Conversations struct {
	reader *conversations.Reader
}

// ListConversations returns a page of conversations, the latest first.
func (h *Conversations) ListConversations(ctx context.Context, r oas.ListConversationsRequestObject) (oas.ListConversationsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.reader.Conversations(ctx, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := oas.ConversationPage{Items: make([]oas.Conversation, len(items)), NextCursor: orNull(next)}
	for i, c := range items {
		out.Items[i] = toAPIConversation(c)
	}
	return oas.ListConversations200JSONResponse(out), nil
}

// GetConversation returns one conversation.
func (h *Conversations) GetConversation(ctx context.Context, r oas.GetConversationRequestObject) (oas.GetConversationResponseObject, error) {
	c, err := h.reader.Conversation(ctx, r.ConversationID)
	if err != nil {
		return nil, err
	}
	return oas.GetConversation200JSONResponse(toAPIConversation(c)), nil
}

// ListMessages returns a page of a transcript, the latest first.
func (h *Conversations) ListMessages(ctx context.Context, r oas.ListMessagesRequestObject) (oas.ListMessagesResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.reader.Messages(ctx, r.ConversationID, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := oas.MessagePage{Items: make([]oas.Message, len(items)), NextCursor: orNull(next)}
	for i, m := range items {
		out.Items[i] = toAPIMessage(m)
	}
	return oas.ListMessages200JSONResponse(out), nil
}
