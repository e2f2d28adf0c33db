package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/page"
)

// Admin serves the tag Admin.
type Admin struct {
	accounts *admin.Accounts
	settings *admin.Settings
	reader   *conversations.Reader
}

// Login opens a session.
func (h *Admin) Login(ctx context.Context, r oas.LoginRequestObject) (oas.LoginResponseObject, error) {
	s, err := h.accounts.Login(ctx, r.Body.Username, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return oas.Login200JSONResponse{AccessToken: s.Token, TokenType: oas.LoginResponseTokenTypeBearer, ExpiresAt: s.ExpiresAt.UTC()}, nil
}

// ListSettings returns every setting.
func (h *Admin) ListSettings(ctx context.Context, _ oas.ListSettingsRequestObject) (oas.ListSettingsResponseObject, error) {
	all, err := h.settings.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make(oas.ListSettings200JSONResponse, len(all))
	for i, s := range all {
		out[i] = toAPISetting(s)
	}
	return out, nil
}

// UpdateSetting gives a setting a value.
func (h *Admin) UpdateSetting(ctx context.Context, r oas.UpdateSettingRequestObject) (oas.UpdateSettingResponseObject, error) {
	s, err := h.settings.Set(ctx, r.Key, r.Body.Value)
	if err != nil {
		return nil, err
	}
	return oas.UpdateSetting200JSONResponse(toAPISetting(s)), nil
}

// ListConversations returns a page of conversations, the latest first.
func (h *Admin) ListConversations(ctx context.Context, r oas.ListConversationsRequestObject) (oas.ListConversationsResponseObject, error) {
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
func (h *Admin) GetConversation(ctx context.Context, r oas.GetConversationRequestObject) (oas.GetConversationResponseObject, error) {
	c, err := h.reader.Conversation(ctx, r.ConversationID)
	if err != nil {
		return nil, err
	}
	return oas.GetConversation200JSONResponse(toAPIConversation(c)), nil
}

// ListMessages returns a page of a transcript, the latest first.
func (h *Admin) ListMessages(ctx context.Context, r oas.ListMessagesRequestObject) (oas.ListMessagesResponseObject, error) {
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

// ListEscalations returns a page of open work, the oldest first.
func (h *Admin) ListEscalations(ctx context.Context, r oas.ListEscalationsRequestObject) (oas.ListEscalationsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.reader.Escalations(ctx, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := oas.EscalationPage{Items: make([]oas.Escalation, len(items)), NextCursor: orNull(next)}
	for i, e := range items {
		out.Items[i] = toAPIEscalation(e)
	}
	return oas.ListEscalations200JSONResponse(out), nil
}
