package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/page"
)

// Conversations serves the tag Conversations.
type Conversations struct {
	reader *conversations.Reader
	desk   *conversations.Desk
	files  *images.CustomerFiles
	// chatwootURL is where Chatwoot shows conversations, up to their number; ""
	// when it is not configured.
	chatwootURL string
}

// ListConversations returns a page of conversations, the latest first.
func (h *Conversations) ListConversations(ctx context.Context, r oas.ListConversationsRequestObject) (oas.ListConversationsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	f := conversations.Filter{
		Query: deref(r.Params.Q), CustomerID: r.Params.CustomerID, Statuses: texts(r.Params.Status),
		Paused: r.Params.Paused, Unanswered: r.Params.Unanswered,
	}
	items, next, err := h.reader.Conversations(ctx, f, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListConversations200JSONResponse{Items: each(items, h.toAPI), NextCursor: orNull(next)}, nil
}

// GetConversation returns one conversation.
func (h *Conversations) GetConversation(ctx context.Context, r oas.GetConversationRequestObject) (oas.GetConversationResponseObject, error) {
	c, err := h.reader.Conversation(ctx, r.ConversationID)
	if err != nil {
		return nil, err
	}
	return oas.GetConversation200JSONResponse(h.toAPI(c)), nil
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
	messages, err := h.toAPIMessages(ctx, items)
	if err != nil {
		return nil, err
	}
	return oas.ListMessages200JSONResponse{Items: messages, NextCursor: orNull(next)}, nil
}

// DeleteConversation removes a conversation with all that hangs on it.
func (h *Conversations) DeleteConversation(ctx context.Context, r oas.DeleteConversationRequestObject) (oas.DeleteConversationResponseObject, error) {
	if err := h.desk.Delete(ctx, r.ConversationID); err != nil {
		return nil, err
	}
	return oas.DeleteConversation204Response{}, nil
}

// TakeConversation gives the conversation to the caller.
func (h *Conversations) TakeConversation(ctx context.Context, r oas.TakeConversationRequestObject) (oas.TakeConversationResponseObject, error) {
	c, err := h.desk.Take(ctx, r.ConversationID)
	if err != nil {
		return nil, err
	}
	return oas.TakeConversation200JSONResponse(h.toAPI(c)), nil
}

// GiveBackConversation lets the assistant answer again.
func (h *Conversations) GiveBackConversation(ctx context.Context, r oas.GiveBackConversationRequestObject) (oas.GiveBackConversationResponseObject, error) {
	c, err := h.desk.GiveBack(ctx, r.ConversationID, deref(r.Body.AnswerWaiting))
	if err != nil {
		return nil, err
	}
	return oas.GiveBackConversation200JSONResponse(h.toAPI(c)), nil
}

// SendMessage sends the customer a text of the caller's.
func (h *Conversations) SendMessage(ctx context.Context, r oas.SendMessageRequestObject) (oas.SendMessageResponseObject, error) {
	m, err := h.desk.Reply(ctx, r.ConversationID, r.Body.Content)
	if err != nil {
		return nil, err
	}
	return oas.SendMessage201JSONResponse(toAPIMessage(m, nil)), nil
}

// CreateNote leaves a note that the customer does not see.
func (h *Conversations) CreateNote(ctx context.Context, r oas.CreateNoteRequestObject) (oas.CreateNoteResponseObject, error) {
	m, err := h.desk.Note(ctx, r.ConversationID, r.Body.Content)
	if err != nil {
		return nil, err
	}
	return oas.CreateNote201JSONResponse(toAPIMessage(m, nil)), nil
}
