package chatwoot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxContent is the length Chatwoot stores, in characters.
const maxContent = 150_000

// NewMessage is a reply, a private note or a WhatsApp template to send.
type NewMessage struct {
	// ConversationID is the display id.
	ConversationID int64
	// Content is sent as it is: pass plain text through FormatText first. With
	// a Template it is what agents see, and may be empty.
	Content string
	// Private makes a note that only staff see.
	Private bool
	// Marker is the outbox id by which the message is found again; required.
	Marker string
	// Template, if set, sends an approved WhatsApp template, the only thing
	// WhatsApp takes outside the 24-hour window.
	Template *Template
}

// Template names an approved WhatsApp template and fills it in.
type Template struct {
	Name     string `json:"name"`
	Category string `json:"category,omitempty"` // UTILITY, MARKETING, AUTHENTICATION
	Language string `json:"language"`           // such as "es"
	// Params holds "body": {"1": "…"}, "header" and "buttons".
	Params map[string]any `json:"processed_params,omitempty"`
}

func (m NewMessage) problem() string {
	switch {
	case m.ConversationID <= 0:
		return "no conversation"
	case m.Marker == "":
		return "no marker"
	case m.Template == nil && strings.TrimSpace(m.Content) == "":
		return "no content"
	case utf8.RuneCountInString(m.Content) > maxContent:
		return "content too long"
	case m.Template != nil && (m.Template.Name == "" || m.Template.Language == ""):
		return "template without name or language"
	}
	return ""
}

// CreateMessage sends m and returns it as stored. Stored is not delivered: a
// failed delivery is told by a later message_updated event. After an Ambiguous
// error look for the marker with Messages before sending again.
func (c *Client) CreateMessage(ctx context.Context, m NewMessage) (APIMessage, error) {
	const op = "create message"
	if p := m.problem(); p != "" {
		return APIMessage{}, &APIError{Outcome: Permanent, Op: op, Detail: p}
	}
	body := map[string]any{
		"content":            m.Content,
		"message_type":       "outgoing",
		"content_type":       "text",
		"private":            m.Private,
		"content_attributes": map[string]any{MarkerKey: m.Marker},
	}
	if m.Template != nil {
		body["template_params"] = m.Template
	}
	v, err := c.do(ctx, call{
		op: op, token: c.bot, method: http.MethodPost,
		path: conversationPath(m.ConversationID, "/messages"), body: body,
	})
	if err != nil {
		return APIMessage{}, err
	}
	msg := apiMessage(asObject(v))
	if msg.ID == 0 {
		return APIMessage{}, unexpected(op, http.StatusOK)
	}
	return msg, nil
}

// ErrTooManyPages: Messages stopped at its bound; continue after the last id.
var ErrTooManyPages = errors.New("chatwoot: too many pages of messages")

const (
	maxMessagePages = 50
	// Chatwoot gives 100 messages a page, some versions 20: only a shorter page
	// is surely the last.
	fullPage = 20
)

// Messages returns the messages of a conversation with an id above after, by
// ascending id, notes and activities included. On an error the messages read
// before it are returned too; nothing is missing between them.
func (c *Client) Messages(ctx context.Context, conversationID, after int64) ([]APIMessage, error) {
	const op = "list messages"
	var all []APIMessage
	for range maxMessagePages {
		v, err := c.do(ctx, call{
			op: op, token: c.user, method: http.MethodGet,
			path:  conversationPath(conversationID, "/messages"),
			query: url.Values{"after": {strconv.FormatInt(after, 10)}},
		})
		if err != nil {
			return all, err
		}
		items, ok := asObject(v)["payload"].([]any)
		if !ok {
			return all, unexpected(op, http.StatusOK)
		}
		page := make([]APIMessage, 0, len(items))
		for _, item := range items {
			// A server that ignores "after" must not make this go round for ever.
			if m := apiMessage(asObject(item)); m.ID > after {
				m.ConversationID = firstID(m.ConversationID, conversationID)
				page = append(page, m)
			}
		}
		slices.SortFunc(page, func(a, b APIMessage) int { return cmp.Compare(a.ID, b.ID) })
		page = slices.CompactFunc(page, func(a, b APIMessage) bool { return a.ID == b.ID })
		all = append(all, page...)
		if len(items) < fullPage || len(page) == 0 {
			return all, nil
		}
		after = page[len(page)-1].ID
	}
	return all, ErrTooManyPages
}

// Conversations returns every conversation that changed within the given time
// before now, of whatever status, inbox and assignee.
func (c *Client) Conversations(ctx context.Context, updatedWithin time.Duration) ([]APIConversation, error) {
	const op = "list conversations"
	seconds := max(int64((updatedWithin+time.Second-1)/time.Second), 1)
	v, err := c.do(ctx, call{
		op: op, token: c.user, method: http.MethodGet, path: "/conversations", limit: maxListResponse,
		query: url.Values{
			"status": {"all"}, "assignee_type": {"all"}, "updated_within": {strconv.FormatInt(seconds, 10)},
		},
	})
	if err != nil {
		return nil, err
	}
	root := asObject(v)
	if root.has("data") {
		root = root.obj("data")
	}
	items, ok := root["payload"].([]any)
	if !ok {
		return nil, unexpected(op, http.StatusOK)
	}
	all := make([]APIConversation, 0, len(items))
	for _, item := range items {
		if conv := apiConversation(asObject(item)); conv.ID != 0 {
			all = append(all, conv)
		}
	}
	return all, nil
}

// Conversation returns one conversation with its present state.
func (c *Client) Conversation(ctx context.Context, id int64) (APIConversation, error) {
	const op = "get conversation"
	v, err := c.do(ctx, call{op: op, token: c.user, method: http.MethodGet, path: conversationPath(id, "")})
	if err != nil {
		return APIConversation{}, err
	}
	conv := apiConversation(asObject(v))
	if conv.ID == 0 {
		return APIConversation{}, unexpected(op, http.StatusOK)
	}
	return conv, nil
}

// ToggleStatus sets the status (one of the Status constants) and returns the
// one Chatwoot then reports. Opening a pending conversation with a bot token is
// Chatwoot's handover to people. Repeating it is harmless.
func (c *Client) ToggleStatus(ctx context.Context, conversationID int64, status string) (string, error) {
	const op = "toggle status"
	// Without a status Chatwoot flips the present one.
	if !slices.Contains([]string{StatusOpen, StatusPending, StatusSnoozed, StatusResolved}, status) {
		return "", &APIError{Outcome: Permanent, Op: op, Detail: "unknown status"}
	}
	v, err := c.do(ctx, call{
		op: op, token: c.bot, method: http.MethodPost,
		path: conversationPath(conversationID, "/toggle_status"), body: map[string]any{"status": status},
	})
	if err != nil {
		return "", err
	}
	// "success" is null in a handover that worked.
	current := asObject(v).obj("payload").str("current_status")
	if current == "" {
		return "", unexpected(op, http.StatusOK)
	}
	return current, nil
}

// Labels returns the labels of a conversation.
func (c *Client) Labels(ctx context.Context, conversationID int64) ([]string, error) {
	return c.labels(ctx, call{
		op: "list labels", method: http.MethodGet, path: conversationPath(conversationID, "/labels"),
	})
}

// AddLabels adds labels and returns all the conversation then has. Chatwoot
// only knows how to replace the whole list, so this reads it first; a change
// made by someone else in between is lost.
func (c *Client) AddLabels(ctx context.Context, conversationID int64, labels ...string) ([]string, error) {
	have, err := c.Labels(ctx, conversationID)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(have)
	for _, l := range labels {
		l = strings.TrimSpace(l)
		known := slices.ContainsFunc(all, func(h string) bool { return strings.EqualFold(h, l) })
		if l != "" && !known {
			all = append(all, l)
		}
	}
	if len(all) == len(have) {
		return have, nil
	}
	return c.labels(ctx, call{
		op: "set labels", method: http.MethodPost, path: conversationPath(conversationID, "/labels"),
		body: map[string]any{"labels": all},
	})
}

// RemoveLabels takes labels away and returns those the conversation then has.
// As with AddLabels, a change made by someone else in between is lost.
func (c *Client) RemoveLabels(ctx context.Context, conversationID int64, labels ...string) ([]string, error) {
	have, err := c.Labels(ctx, conversationID)
	if err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(have), func(h string) bool {
		return slices.ContainsFunc(labels, func(l string) bool { return strings.EqualFold(h, strings.TrimSpace(l)) })
	})
	if len(rest) == len(have) {
		return have, nil
	}
	return c.labels(ctx, call{
		op: "set labels", method: http.MethodPost, path: conversationPath(conversationID, "/labels"),
		body: map[string]any{"labels": rest},
	})
}

func (c *Client) labels(ctx context.Context, k call) ([]string, error) {
	k.token = c.user
	v, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	items, ok := asObject(v)["payload"].([]any)
	if !ok {
		return nil, unexpected(k.op, http.StatusOK)
	}
	out := make([]string, 0, len(items))
	for _, item := range items {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// SetCustomAttributes sets attributes of a conversation and leaves its others
// alone; a nil value removes one. Chatwoot only knows how to replace them all,
// so this reads them first; a change made by someone else in between is lost.
func (c *Client) SetCustomAttributes(ctx context.Context, conversationID int64, set map[string]any) error {
	const op = "set custom attributes"
	conv, err := c.Conversation(ctx, conversationID)
	if err != nil {
		return err
	}
	merged := map[string]any{}
	for k, v := range conv.customAttributes {
		merged[k] = v
	}
	for k, v := range set {
		if merged[k] = v; v == nil {
			delete(merged, k)
		}
	}
	before, errBefore := json.Marshal(map[string]any(conv.customAttributes))
	after, errAfter := json.Marshal(merged)
	if errBefore == nil && errAfter == nil && (bytes.Equal(before, after) || len(conv.customAttributes)+len(merged) == 0) {
		return nil
	}
	v, err := c.do(ctx, call{
		op: op, token: c.user, method: http.MethodPost,
		path: conversationPath(conversationID, "/custom_attributes"),
		body: map[string]any{"custom_attributes": merged},
	})
	if err != nil {
		return err
	}
	if !asObject(v).has("custom_attributes") {
		return unexpected(op, http.StatusOK)
	}
	return nil
}

// Unassign takes the conversation from whoever it is assigned to. Repeating it is
// harmless.
func (c *Client) Unassign(ctx context.Context, conversationID int64) error {
	const op = "unassign"
	v, err := c.do(ctx, call{
		op: op, token: c.user, method: http.MethodPost,
		path: conversationPath(conversationID, "/assignments"), body: map[string]any{"assignee_id": nil},
	})
	if err != nil {
		return err
	}
	if v != nil {
		return unexpected(op, http.StatusOK)
	}
	return nil
}

// AssignTeam gives the conversation to a team.
func (c *Client) AssignTeam(ctx context.Context, conversationID, teamID int64) error {
	const op = "assign team"
	if teamID <= 0 {
		return &APIError{Outcome: Permanent, Op: op, Detail: "no team"}
	}
	v, err := c.do(ctx, call{
		op: op, token: c.user, method: http.MethodPost,
		path: conversationPath(conversationID, "/assignments"), body: map[string]any{"team_id": teamID},
	})
	switch {
	case err != nil:
		return err
	case v == nil:
		// An unknown team is not refused: it takes the present team away.
		return &APIError{Outcome: Permanent, Op: op, Status: http.StatusOK, Detail: "no such team"}
	case asObject(v).id("id") == 0:
		return unexpected(op, http.StatusOK)
	}
	return nil
}

func conversationPath(id int64, rest string) string {
	return "/conversations/" + strconv.FormatInt(id, 10) + rest
}

// APIWebhook is an account webhook as an administrator set it up.
type APIWebhook struct {
	URL           string
	Subscriptions []string
}

// Webhooks returns the account's webhooks; only an administrator's token may ask.
func (c *Client) Webhooks(ctx context.Context) ([]APIWebhook, error) {
	const op = "list webhooks"
	v, err := c.do(ctx, call{op: op, token: c.user, method: http.MethodGet, path: "/webhooks"})
	if err != nil {
		return nil, err
	}
	items, ok := asObject(v).obj("payload")["webhooks"].([]any)
	if !ok {
		return nil, unexpected(op, http.StatusOK)
	}
	out := make([]APIWebhook, len(items))
	for i, item := range items {
		o := asObject(item)
		out[i].URL = o.str("url")
		for _, s := range o.list("subscriptions") {
			if name, ok := s.(string); ok {
				out[i].Subscriptions = append(out[i].Subscriptions, name)
			}
		}
	}
	return out, nil
}
