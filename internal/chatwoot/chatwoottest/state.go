package chatwoottest

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

type contact struct {
	id, contactInboxID int64
	name, phone        string
	blocked            bool
	customAttributes   jsonObject
	created            time.Time
}

type conversation struct {
	id               int64
	contact          *contact
	inboxID          int64
	status           string
	canReply         bool
	assignee         person
	teamID           int64
	labels           []string
	customAttributes jsonObject
	messages         []*message
	unread           int
	created, updated time.Time
	lastActivity     time.Time
	waitingSince     time.Time
	firstReply       time.Time
}

func (c *conversation) touch() { c.updated = time.Now() }

const (
	incoming = 0
	outgoing = 1
)

type message struct {
	Message
	direction    int
	noContent    bool
	created      time.Time
	conversation *conversation
	from         person
	sourceID     string
	attachments  []Attachment
}

func (m *message) public() Message {
	out := m.Message
	out.At = m.created
	out.ContentAttributes = maps.Clone(m.ContentAttributes)
	if out.Shown = out.Content; !out.Private {
		out.Shown = shown(out.Content)
	}
	return out
}

var escaped = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])|&#([0-9]{1,7});")

// shown resolves CommonMark's backslash escapes and numeric character
// references, the only parts of it that a client must use.
func shown(content string) string {
	return escaped.ReplaceAllStringFunc(content, func(s string) string {
		if s[0] == '\\' {
			return s[1:]
		}
		n, _ := strconv.Atoi(strings.Trim(s, "&#;"))
		return string(rune(n))
	})
}

// store gives the message its id and its place; s.mu is held.
func (s *Server) store(m *message) {
	if m.ID == 0 {
		s.nextID++
		m.ID = s.nextID
	}
	s.nextID = max(s.nextID, m.ID)
	c := m.conversation
	m.ConversationID = c.id
	if m.ContentAttributes == nil {
		m.ContentAttributes = jsonObject{}
	}
	s.messages[m.ID] = m
	c.messages = append(c.messages, m)
	slices.SortStableFunc(c.messages, func(a, b *message) int { return int(a.ID - b.ID) })
	c.lastActivity = m.created
	c.touch()
	switch {
	case m.direction == incoming:
		c.unread++
		if c.waitingSince.IsZero() {
			c.waitingSince = m.created
		}
		if c.status == "resolved" {
			c.status = "open"
		}
	case !m.Private:
		c.waitingSince = time.Time{}
		if m.from == agent && c.firstReply.IsZero() {
			c.firstReply = m.created
		}
	}
}

// Incoming is a message from a customer. The zero value of any field has a
// sensible meaning.
type Incoming struct {
	Text string
	// NoText sends null for the content, as Chatwoot does for media without a
	// caption; Text is then ignored.
	NoText bool
	// Phone and Name are the customer's; a phone not seen before makes a new
	// contact. The default is the customer of the recorded payloads.
	Phone, Name string
	Blocked     bool
	// ContactAttributes are the contact's custom attributes, such as "tipo".
	ContactAttributes map[string]any
	// ContactID, ConversationID and MessageID choose the ids of what is new;
	// 0 leaves it to the fake. Without ConversationID the message goes to the
	// customer's latest conversation.
	ContactID, ConversationID, MessageID int64
	// InboxID is the inbox of a new conversation; 0 means the constant InboxID.
	InboxID int64
	// Attributes are content_attributes.
	Attributes  map[string]any
	Attachments []Attachment
	// At is when Chatwoot stored the message; zero means now.
	At time.Time
}

// Incoming stores a customer's message and returns the webhook for it.
func (s *Server) Incoming(in Incoming) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.At.IsZero() {
		in.At = time.Now()
	}
	if in.Phone == "" {
		in.Phone = "+34600100201"
		if in.Name == "" {
			in.Name = "Lucía Fernández Ríos"
		}
	}
	ct := s.contact(in)
	c := s.conversation(ct, in)
	m := &message{
		Message:   Message{ID: in.MessageID, Content: in.Text, ContentAttributes: maps.Clone(in.Attributes), Status: "sent"},
		direction: incoming, noContent: in.NoText, created: in.At, conversation: c, from: nobody,
		attachments: slices.Clone(in.Attachments),
	}
	s.store(m)
	m.sourceID = fmt.Sprintf("wamid.FAKE%d", m.ID)
	for i := range m.attachments {
		s.complete(&m.attachments[i], m.ID)
	}
	return s.webhook(m, "message_created")
}

// Attach adds a file to a stored message, which has come late, and returns the
// message_updated webhook.
func (s *Server) Attach(messageID int64, a Attachment) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustMessage(messageID)
	s.complete(&a, m.ID)
	m.attachments = append(m.attachments, a)
	m.conversation.touch()
	return s.webhook(m, "message_updated")
}

// Delete empties a message as staff would and returns the message_updated
// webhook.
func (s *Server) Delete(messageID int64) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustMessage(messageID)
	m.Content, m.noContent, m.attachments = "This message was deleted", false, nil
	m.ContentAttributes["deleted"] = true
	m.conversation.touch()
	return s.webhook(m, "message_updated")
}

// complete gives an attachment its id and address; s.mu is held.
func (s *Server) complete(a *Attachment, messageID int64) {
	s.nextID++
	a.complete(s.nextID, messageID, s.URL())
	if a.Data != nil {
		s.files[path.Base(a.DataURL)], a.Size = a.Data, int64(len(a.Data))
	}
}

func (s *Server) contact(in Incoming) *contact {
	for _, ct := range s.contacts {
		if ct.phone == in.Phone {
			ct.blocked = in.Blocked
			if in.ContactAttributes != nil {
				ct.customAttributes = maps.Clone(in.ContactAttributes)
			}
			return ct
		}
	}
	s.nextID++
	ct := &contact{
		id: in.ContactID, contactInboxID: s.nextID, name: in.Name, phone: in.Phone, blocked: in.Blocked,
		customAttributes: jsonObject{}, created: in.At,
	}
	maps.Copy(ct.customAttributes, in.ContactAttributes)
	if ct.id == 0 {
		ct.id = s.nextID
	}
	s.contacts[ct.id] = ct
	return ct
}

func (s *Server) conversation(ct *contact, in Incoming) *conversation {
	if c := s.conversations[in.ConversationID]; c != nil {
		return c
	}
	var latest *conversation
	for _, c := range s.conversations {
		if in.ConversationID == 0 && c.contact == ct && (latest == nil || c.id > latest.id) {
			latest = c
		}
	}
	if latest != nil {
		return latest
	}
	c := &conversation{
		id: in.ConversationID, contact: ct, inboxID: in.InboxID, status: "open", canReply: true, assignee: nobody,
		labels: []string{}, customAttributes: jsonObject{}, created: in.At,
	}
	if c.inboxID == 0 {
		c.inboxID = InboxID
	}
	if c.id == 0 {
		s.nextID++
		c.id = s.nextID
	}
	s.conversations[c.id] = c
	return c
}

// HumanReply stores a reply of the agent and returns the webhook for it.
func (s *Server) HumanReply(conversationID int64, text string) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &message{
		Message:   Message{Content: text, Status: "sent"},
		direction: outgoing, created: time.Now(), conversation: s.mustConversation(conversationID), from: agent,
	}
	s.store(m)
	return s.webhook(m, "message_created")
}

// Fail marks a reply as not delivered and returns the message_updated webhook.
func (s *Server) Fail(messageID int64, reason string) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustMessage(messageID)
	m.Status = "failed"
	m.ContentAttributes["external_error"] = reason
	m.conversation.touch()
	return s.webhook(m, "message_updated")
}

// Assignees for Assign.
const (
	AssignNobody = "nobody"
	AssignAgent  = "agent"
	AssignBot    = "bot"
)

// Change alters a conversation as staff would.
type Change struct {
	Status   string // "" leaves it
	Assignee string // an Assign constant; "" leaves it
	CanReply *bool  // nil leaves it
	// Attributes are custom attributes to set; others stay.
	Attributes map[string]any
}

// Change alters a conversation and returns the conversation_updated webhook.
func (s *Server) Change(conversationID int64, ch Change) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.mustConversation(conversationID)
	var columns []any
	column := func(name string, before, after any) {
		columns = append(columns, jsonObject{name: jsonObject{"previous_value": before, "current_value": after}})
	}
	if ch.Status != "" {
		column("status", c.status, ch.Status)
		c.status = ch.Status
	}
	if ch.Assignee != "" {
		to := map[string]person{AssignNobody: nobody, AssignAgent: agent, AssignBot: bot}[ch.Assignee]
		column("assignee_id", c.assignee.userID(), to.userID())
		c.assignee = to
	}
	if ch.CanReply != nil {
		c.canReply = *ch.CanReply
	}
	if ch.Attributes != nil {
		before := c.customAttributes
		c.customAttributes = maps.Clone(before)
		maps.Copy(c.customAttributes, ch.Attributes)
		column("custom_attributes", before, c.customAttributes)
	}
	column("updated_at", c.updated, time.Now())
	c.touch()
	return s.conversationWebhook(c, "conversation_updated", columns)
}

// Conversation is what the fake holds of a conversation.
type Conversation struct {
	ID               int64
	Status           string
	Assignee         string // an Assign constant
	TeamID           int64  // 0 for none
	Labels           []string
	CustomAttributes map[string]any
	Messages         int
}

// Conversation returns the state of a conversation; ok is false for an unknown
// id.
func (s *Server) Conversation(id int64) (state Conversation, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conversations[id]
	if c == nil {
		return Conversation{}, false
	}
	return Conversation{
		ID: c.id, Status: c.status, Assignee: string(c.assignee), TeamID: c.teamID, Labels: slices.Clone(c.labels),
		CustomAttributes: maps.Clone(c.customAttributes), Messages: len(c.messages),
	}, true
}

// A test that names what does not exist is wrong itself.
func (s *Server) mustConversation(id int64) *conversation {
	if c := s.conversations[id]; c != nil {
		return c
	}
	panic(fmt.Sprintf("chatwoottest: no conversation %d", id))
}

func (s *Server) mustMessage(id int64) *message {
	if m := s.messages[id]; m != nil {
		return m
	}
	panic(fmt.Sprintf("chatwoottest: no message %d", id))
}
