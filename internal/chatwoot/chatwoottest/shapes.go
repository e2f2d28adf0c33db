package chatwoottest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// person is who sends or is assigned.
type person string

const (
	nobody person = AssignNobody
	agent  person = AssignAgent
	bot    person = AssignBot
)

// push is the shape inside conversations and of the API.
func (p person) push() any {
	switch p {
	case agent:
		return ordered{
			{"id", AgentID},
			{"name", "Marta Soler"},
			{"available_name", "Marta Soler"},
			{"avatar_url", ""},
			{"type", "user"},
			{"availability_status", nil},
			{"thumbnail", ""},
		}
	case bot:
		return ordered{{"id", BotID}, {"name", "Homologa Bot"}, {"avatar_url", ""}, {"type", "agent_bot"}}
	}
	return nil
}

// webhookSender is the shape at the top of a message event.
func (p person) webhookSender() any {
	switch p {
	case agent:
		return ordered{{"id", AgentID}, {"name", "Marta Soler"}, {"email", "marta.soler@example.com"}, {"type", "user"}}
	case bot:
		return ordered{{"id", BotID}, {"name", "Homologa Bot"}, {"type", "agent_bot"}}
	}
	return nil
}

func (p person) className() any {
	switch p {
	case agent:
		return "User"
	case bot:
		return "AgentBot"
	}
	return nil
}

func (p person) userID() any {
	if p == agent {
		return AgentID
	}
	return nil
}

var accountRef = ordered{{"id", AccountID}, {"name", "Homologa Moto SL"}}

func (ct *contact) push() ordered {
	return ordered{
		{"additional_attributes", jsonObject{}},
		{"custom_attributes", ct.customAttributes},
		{"email", nil},
		{"id", ct.id},
		{"identifier", nil},
		{"name", ct.name},
		{"phone_number", ct.phone},
		{"thumbnail", ""},
		{"blocked", ct.blocked},
		{"type", "contact"},
	}
}

func (ct *contact) webhookSender() ordered {
	return ordered{
		{"account", accountRef},
		{"additional_attributes", jsonObject{}},
		{"avatar", ""},
		{"custom_attributes", ct.customAttributes},
		{"email", nil},
		{"id", ct.id},
		{"identifier", nil},
		{"name", ct.name},
		{"phone_number", ct.phone},
		{"thumbnail", ""},
		{"blocked", ct.blocked},
	}
}

func (ct *contact) sourceID() string { return strings.TrimPrefix(ct.phone, "+") }

func (m *message) content() any {
	if m.noContent {
		return nil
	}
	return strings.TrimRight(m.Content, "\n")
}

func (m *message) source() any {
	if m.sourceID == "" {
		return nil
	}
	return m.sourceID
}

func (m *message) pushAttachments() []any {
	var out []any
	for _, a := range m.attachments {
		out = append(out, a.push())
	}
	return out
}

// nested is the message inside a conversation.
func (m *message) nested() ordered {
	c := m.conversation
	senderType, senderID, sender := m.from.className(), any(nil), m.from.push()
	switch {
	case m.direction == incoming:
		senderType, senderID, sender = "Contact", c.contact.id, c.contact.push()
	case m.from == agent:
		senderID = AgentID
	case m.from == bot:
		senderID = BotID
	}
	o := ordered{
		{"id", m.ID},
		{"content", m.content()},
		{"account_id", AccountID},
		{"inbox_id", c.inboxID},
		{"conversation_id", c.id},
		{"message_type", m.direction},
		{"created_at", m.created.Unix()},
		{"updated_at", iso(m.created)},
		{"private", m.Private},
		{"status", m.Status},
		{"source_id", m.source()},
		{"content_type", "text"},
		{"content_attributes", m.ContentAttributes},
		{"sender_type", senderType},
		{"sender_id", senderID},
		{"external_source_ids", jsonObject{}},
		{"additional_attributes", m.additional()},
		{"processed_message_content", m.content()},
		{"sentiment", jsonObject{}},
		{"conversation", ordered{
			{"assignee_id", c.assignee.userID()},
			{"unread_count", c.unread},
			{"last_activity_at", c.lastActivity.Unix()},
			{"contact_inbox", ordered{{"source_id", c.contact.sourceID()}}},
		}},
	}
	if len(m.attachments) > 0 {
		o = append(o, pair{"attachments", m.pushAttachments()})
	}
	if sender != nil {
		o = append(o, pair{"sender", sender})
	}
	return o
}

func (m *message) additional() jsonObject {
	if m.TemplateParams == nil {
		return jsonObject{}
	}
	return jsonObject{"template_params": m.TemplateParams}
}

// api is the message as the API returns it.
func (m *message) api() ordered {
	o := ordered{
		{"id", m.ID},
		{"content", m.content()},
		{"inbox_id", m.conversation.inboxID},
		{"conversation_id", m.conversation.id},
		{"message_type", m.direction},
		{"content_type", "text"},
		{"status", m.Status},
		{"content_attributes", m.ContentAttributes},
		{"created_at", m.created.Unix()},
		{"private", m.Private},
		{"source_id", m.source()},
	}
	if m.direction == incoming {
		o = append(o, pair{"sender", m.conversation.contact.push()})
	} else if m.from != nobody {
		o = append(o, pair{"sender", m.from.push()})
	}
	if len(m.attachments) > 0 {
		o = append(o, pair{"attachments", m.pushAttachments()})
	}
	return o
}

// newest is the last public message, in a list of none or one.
func (c *conversation) newest() []any {
	for i := len(c.messages) - 1; i >= 0; i-- {
		if m := c.messages[i]; !m.Private {
			return []any{m.nested()}
		}
	}
	return []any{}
}

func (c *conversation) meta() ordered {
	var team any
	if c.teamID != 0 {
		team = jsonObject{"id": c.teamID, "name": "homologaciones"}
	}
	return ordered{
		{"sender", c.contact.push()},
		{"assignee", c.assignee.push()},
		{"assignee_type", c.assignee.className()},
		{"team", team},
		{"hmac_verified", false},
	}
}

// push is the conversation in a webhook. Its message is the newest one, which
// need not be the one the event is about.
func (c *conversation) push() ordered {
	var firstReply any
	if !c.firstReply.IsZero() {
		firstReply = iso(c.firstReply)
	}
	return ordered{
		{"additional_attributes", jsonObject{}},
		{"can_reply", c.canReply},
		{"channel", "Channel::Whatsapp"},
		{"contact_inbox", ordered{
			{"id", c.contact.contactInboxID},
			{"contact_id", c.contact.id},
			{"inbox_id", c.inboxID},
			{"source_id", c.contact.sourceID()},
			{"created_at", iso(c.contact.created)},
			{"updated_at", iso(c.contact.created)},
			{"hmac_verified", false},
			{"pubsub_token", "FAKEpubsubtoken000000000"},
		}},
		{"id", c.id},
		{"inbox_id", c.inboxID},
		{"messages", c.newest()},
		{"labels", c.labels},
		{"meta", c.meta()},
		{"status", c.status},
		{"custom_attributes", c.customAttributes},
		{"snoozed_until", nil},
		{"unread_count", min(c.unread, 10)},
		{"first_reply_created_at", firstReply},
		{"priority", nil},
		{"waiting_since", epoch(c.waitingSince)},
		{"agent_last_seen_at", 0},
		{"contact_last_seen_at", 0},
		{"last_activity_at", epoch(c.lastActivity)},
		{"timestamp", epoch(c.lastActivity)},
		{"created_at", epoch(c.created)},
		{"updated_at", float64(c.updated.UnixMicro()) / 1e6},
		{"account", accountRef},
	}
}

// api is the conversation as the API returns it: no contact_inbox, times as
// seconds, and an assignee only when there is one.
func (c *conversation) api() ordered {
	meta := ordered{{"sender", c.contact.push()[:9]}, {"channel", "Channel::Whatsapp"}}
	if c.assignee != nobody {
		meta = append(meta, pair{"assignee", c.assignee.push()}, pair{"assignee_type", c.assignee.className()})
	}
	if c.teamID != 0 {
		meta = append(meta, pair{"team", jsonObject{"id": c.teamID, "name": "homologaciones"}})
	}
	meta = append(meta, pair{"hmac_verified", false})
	return ordered{
		{"meta", meta},
		{"id", c.id},
		{"messages", c.newest()},
		{"account_id", AccountID},
		{"additional_attributes", jsonObject{}},
		{"agent_last_seen_at", 0},
		{"assignee_last_seen_at", 0},
		{"can_reply", c.canReply},
		{"contact_last_seen_at", 0},
		{"custom_attributes", c.customAttributes},
		{"inbox_id", c.inboxID},
		{"labels", c.labels},
		{"muted", false},
		{"snoozed_until", nil},
		{"status", c.status},
		{"created_at", epoch(c.created)},
		{"updated_at", float64(c.updated.UnixMicro()) / 1e6},
		{"timestamp", epoch(c.lastActivity)},
		{"first_reply_created_at", epoch(c.firstReply)},
		{"unread_count", min(c.unread, 10)},
		{"last_activity_at", epoch(c.lastActivity)},
		{"priority", nil},
		{"waiting_since", epoch(c.waitingSince)},
	}
}

func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// epoch is 0 for "never", as in Chatwoot.
func epoch(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// ordered is a JSON object whose members keep their order, so that bodies look
// like the recorded ones byte for byte.
type ordered []pair

type pair struct {
	key   string
	value any
}

// MarshalJSON writes the members in order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(encode(p.key))
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode writes JSON as Rails does: compact, with < > & and the line separators
// escaped, which happens to be what encoding/json does.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("chatwoottest: encode: %v", err))
	}
	return b
}
