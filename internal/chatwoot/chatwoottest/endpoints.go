package chatwoottest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func listConversations(s *Server, r *http.Request, _ []byte, _ bool) answer {
	q := r.URL.Query()
	status := q.Get("status")
	if status == "" {
		status = "open"
	}
	var since time.Time
	if n, err := strconv.Atoi(q.Get("updated_within")); err == nil {
		since = time.Now().Add(-time.Duration(n) * time.Second)
	}
	var found []*conversation
	for _, c := range s.conversations {
		if (status == "all" || c.status == status) && c.updated.After(since) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *conversation) int { return b.updated.Compare(a.updated) })
	if since.IsZero() && len(found) > 25 {
		found = found[:25]
	}
	items := make([]any, 0, len(found))
	for _, c := range found {
		items = append(items, c.api())
	}
	return ok(jsonObject{"data": jsonObject{
		"meta":    jsonObject{"mine_count": 0, "assigned_count": 0, "unassigned_count": len(found), "all_count": len(found)},
		"payload": items,
	}})
}

func getConversation(_ *Server, c *conversation, _ *http.Request, _ jsonObject, _ bool) answer {
	return ok(c.api())
}

func listMessages(_ *Server, c *conversation, r *http.Request, _ jsonObject, _ bool) answer {
	page := c.messages
	if after := r.URL.Query().Get("after"); after != "" {
		n, _ := strconv.ParseInt(after, 10, 64)
		page = slices.DeleteFunc(slices.Clone(page), func(m *message) bool { return m.ID <= n })
		page = page[:min(len(page), 100)]
	} else {
		page = page[max(len(page)-20, 0):]
	}
	items := make([]any, 0, len(page))
	for _, m := range page {
		items = append(items, m.api())
	}
	return ok(jsonObject{
		"meta": jsonObject{
			"labels": c.labels, "additional_attributes": jsonObject{}, "contact": c.contact.push(),
			"assignee": c.assignee.push(), "agent_last_seen_at": nil, "assignee_last_seen_at": nil,
		},
		"payload": items,
	})
}

var liquidVariable = regexp.MustCompile(`\{\{[^}]*\}\}`)

func createMessage(s *Server, c *conversation, _ *http.Request, body jsonObject, byBot bool) answer {
	content, _ := body["content"].(string)
	private, _ := body["private"].(bool)
	attributes, _ := body["content_attributes"].(jsonObject)
	template, _ := body["template_params"].(jsonObject)
	now := time.Now()
	recent := 0
	for _, m := range c.messages {
		if now.Sub(m.created) < time.Minute {
			recent++
		}
	}
	kind, given := body["message_type"].(string)
	switch {
	case given && kind == "incoming":
		return failure(422, "Incoming messages are only allowed in Api inboxes")
	case given && kind != "outgoing":
		return failure(422, fmt.Sprintf("'%s' is not a valid message_type", kind))
	case strings.TrimSpace(content) == "" && template == nil:
		return failure(422, "Validation failed: Content can't be blank")
	case utf8.RuneCountInString(content) > 150_000:
		return failure(422, "Validation failed: Content is too long (maximum is 150000 characters)")
	case recent >= s.floodLimit:
		return failure(422, "Validation failed: Too many messages")
	}
	// An unknown variable prints nothing, a broken tag leaves the text alone.
	if !strings.Contains(content, "{%") {
		content = liquidVariable.ReplaceAllString(content, "")
	}
	m := &message{
		Message: Message{
			ConversationID: c.id, Content: content, Private: private, ByBot: byBot,
			ContentAttributes: jsonObject{}, TemplateParams: template, Status: "sent",
		},
		direction: outgoing, created: now, conversation: c, from: agent,
	}
	if byBot {
		m.from = bot
	}
	for k, v := range attributes {
		m.ContentAttributes[k] = v
	}
	m.Marker, _ = m.ContentAttributes["msia_reply"].(string)
	// Stored all the same: that a reply fails is told by a later webhook only.
	if !c.canReply && !private && template == nil {
		m.Status = "failed"
		m.ContentAttributes["external_error"] = "131047: Re-engagement message"
	}
	s.store(m)
	s.sent = append(s.sent, m)
	close(s.changed)
	s.changed = make(chan struct{})
	return ok(m.api())
}

func toggleStatus(_ *Server, c *conversation, _ *http.Request, body jsonObject, byBot bool) answer {
	status, given := body["status"].(string)
	switch {
	case !given && c.status == "open":
		status = "resolved"
	case !given:
		status = "open"
	case !slices.Contains([]string{"open", "resolved", "pending", "snoozed"}, status):
		return failure(422, fmt.Sprintf("'%s' is not a valid status", status))
	}
	var success any = true
	if byBot && c.status == "pending" && status == "open" {
		success, c.assignee = nil, nobody
	}
	c.status = status
	c.touch()
	return ok(jsonObject{"meta": jsonObject{}, "payload": jsonObject{
		"success": success, "conversation_id": c.id, "current_status": c.status, "snoozed_until": nil,
	}})
}

func getLabels(_ *Server, c *conversation, _ *http.Request, _ jsonObject, _ bool) answer {
	return ok(jsonObject{"payload": c.labels})
}

func setLabels(_ *Server, c *conversation, _ *http.Request, body jsonObject, _ bool) answer {
	items, _ := body["labels"].([]any)
	c.labels = []string{}
	for _, item := range items {
		if l, isText := item.(string); isText && !slices.Contains(c.labels, strings.ToLower(l)) {
			c.labels = append(c.labels, strings.ToLower(l))
		}
	}
	c.touch()
	return ok(jsonObject{"payload": c.labels})
}

func setCustomAttributes(_ *Server, c *conversation, _ *http.Request, body jsonObject, _ bool) answer {
	attributes, _ := body["custom_attributes"].(jsonObject)
	for k, v := range attributes {
		if text, isText := v.(string); isText && utf8.RuneCountInString(text) > 1500 {
			return answer{status: 422, body: jsonObject{"message": "Custom attributes " + k + " length should be < 1500", "attributes": []string{"custom_attributes"}}}
		}
	}
	c.customAttributes = jsonObject{}
	for k, v := range attributes {
		c.customAttributes[k] = v
	}
	c.touch()
	return ok(jsonObject{"custom_attributes": c.customAttributes})
}

func assign(_ *Server, c *conversation, _ *http.Request, body jsonObject, _ bool) answer {
	c.touch()
	if team, given := body["team_id"]; given {
		c.teamID = 0
		if fmt.Sprint(team) == strconv.Itoa(TeamID) {
			c.teamID = TeamID
			return ok(jsonObject{"id": TeamID, "name": "homologaciones"})
		}
		return ok(nil)
	}
	c.assignee = nobody
	switch {
	case fmt.Sprint(body["assignee_id"]) == strconv.Itoa(BotID) && body["assignee_type"] == "AgentBot":
		c.assignee = bot
	case fmt.Sprint(body["assignee_id"]) == strconv.Itoa(AgentID):
		c.assignee = agent
	default:
		return ok(nil)
	}
	return ok(c.assignee.push())
}
