package chatwoot

import (
	"slices"
	"strings"
)

// Bounds of what is kept, in characters. Chatwoot's own columns hold 255.
const (
	maxName      = 255
	maxCode      = 100
	maxShortText = 1000
)

// ParseEvent reads the raw body of a webhook. It understands every event in
// every version, and returns ErrNotJSON or ErrNotEvent for what is none;
// missing, additional, null or oddly typed members are never an error.
func ParseEvent(raw []byte) (Event, error) {
	v, err := decodeJSON(raw)
	if err != nil {
		return Event{}, ErrNotJSON
	}
	root := asObject(v)
	name, ok := root["event"].(string)
	if name = cleanLine(name, maxCode); !ok || name == "" {
		return Event{}, ErrNotEvent
	}
	e := Event{Name: name, Kind: kindOf(name), Changed: changedColumns(root)}

	conv := conversationOf(root, e.Kind)
	newest := firstObject(conv.list("messages"))
	e.Conversation = parseConversation(conv)
	e.AccountID = firstID(root.obj("account").id("id"), conv.obj("account").id("id"),
		root.id("account_id"), conv.id("account_id"), newest.id("account_id"))
	e.InboxID = firstID(root.obj("inbox").id("id"), conv.id("inbox_id"), root.id("inbox_id"),
		conv.obj("contact_inbox").id("inbox_id"), newest.id("inbox_id"))

	switch e.Kind {
	case KindMessageCreated, KindMessageUpdated:
		e.Message = parseMessage(root)
		e.Conversation.ID = firstID(e.Conversation.ID, root.id("conversation_id"))
		if e.Message.ID == 0 || e.Conversation.ID == 0 {
			return Event{}, ErrNotEvent
		}
		fillFromCopy(&e.Message, root, newest)
		e.Contact = messageContact(e.Message, root, conv)
	case KindContactCreated, KindContactUpdated:
		e.Contact = parseContact(root)
	default:
		e.Contact = conversationContact(conv)
		if e.Contact.ID == 0 {
			e.Contact = parseContact(root.obj("contact"))
		}
	}
	return e, nil
}

func kindOf(name string) Kind {
	switch k := Kind(name); k {
	case KindMessageCreated, KindMessageUpdated, KindConversationCreated, KindConversationUpdated,
		KindConversationStatusChanged, KindContactCreated, KindContactUpdated:
		return k
	}
	if name == "conversation_opened" || name == "conversation_resolved" {
		return KindConversationStatusChanged
	}
	return KindOther
}

// conversationOf finds the conversation of an event: a member, or the root.
func conversationOf(root object, kind Kind) object {
	switch kind {
	case KindContactCreated, KindContactUpdated:
		return nil
	case KindConversationCreated, KindConversationUpdated, KindConversationStatusChanged:
		return root
	case KindOther:
		// Macros and automations send a conversation as the root; others name it.
		if root.has("contact_inbox") {
			return root
		}
	}
	if c := root.obj("conversation"); c != nil {
		return c
	}
	return root.obj("current_conversation")
}

func firstObject(l []any) object {
	if len(l) == 0 {
		return nil
	}
	return asObject(l[0])
}

// changedColumns reads [{"column": {…}}, …]; the member is null in some events.
func changedColumns(root object) []string {
	var out []string
	for _, item := range root.list("changed_attributes") {
		for k := range asObject(item) {
			out = append(out, cleanLine(k, maxCode))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// parseConversation reads the webhook shape and the API's list item.
func parseConversation(o object) Conversation {
	if o == nil {
		return Conversation{}
	}
	meta := o.obj("meta")
	c := Conversation{
		ID:            o.id("id"),
		Status:        cleanLine(o.str("status"), maxCode),
		CanReply:      o.boolPtr("can_reply"),
		Channel:       cleanLine(o.str("channel"), maxCode),
		AssigneeKnown: meta != nil,
		Assignee:      parseAssignee(meta),
		AutoAttention: o.attributes("custom_attributes").boolPtr("atencion_automatica"),
		UpdatedAt:     o.instant("updated_at"),
	}
	if c.Channel == "" {
		c.Channel = cleanLine(meta.str("channel"), maxCode)
	}
	return c
}

// parseAssignee takes whoever is not said to be a bot for a person: before
// Chatwoot 4.8 only people could be assigned and nothing said so.
func parseAssignee(meta object) *Assignee {
	o := meta.obj("assignee")
	if o == nil {
		return nil
	}
	a := &Assignee{ID: o.id("id"), Kind: AssigneeHuman, Name: cleanLine(o.str("name"), maxName)}
	switch {
	case meta.str("assignee_type") == "AgentBot", o.str("type") == "agent_bot", o.str("type") == "captain_assistant":
		a.Kind = AssigneeBot
	}
	return a
}

func conversationContact(conv object) Contact {
	c := parseContact(conv.obj("meta").obj("sender"))
	addContactInbox(&c, conv)
	return c
}

// messageContact prefers the sender of the message itself, which is the
// customer when the message came in.
func messageContact(m Message, root, conv object) Contact {
	c := conversationContact(conv)
	if m.Direction == DirectionIncoming && m.Sender == SenderContact {
		if s := parseContact(root.obj("sender")); s.ID != 0 {
			s.Blocked = s.Blocked || c.Blocked
			c = s
			addContactInbox(&c, conv)
		}
	}
	return c
}

func parseContact(o object) Contact {
	phone := o.str("phone_number")
	return Contact{
		ID:          o.id("id"),
		Name:        cleanLine(o.str("name"), maxName),
		Phone:       normalizePhone(phone),
		PhoneAsSent: cleanLine(phone, 64),
		Blocked:     o.boolean("blocked"),
		ClientType:  cleanLine(o.attributes("custom_attributes").str("tipo"), maxCode),
	}
}

// addContactInbox adds the channel id, and with it the number of a WhatsApp
// customer whose contact has none.
func addContactInbox(c *Contact, conv object) {
	ci := conv.obj("contact_inbox")
	c.SourceID = cleanLine(ci.str("source_id"), maxName)
	c.ID = firstID(c.ID, ci.id("contact_id"))
	channel := conv.str("channel")
	if c.Phone == "" && (channel == "Channel::Whatsapp" || strings.HasPrefix(c.SourceID, "whatsapp:")) {
		c.Phone = phoneFromWhatsAppID(c.SourceID)
	}
}

// parseMessage reads the webhook root, the copy nested in a conversation and
// the API's item, which differ in the types of message_type and created_at.
func parseMessage(o object) Message {
	attrs := o.attributes("content_attributes")
	sender := o.obj("sender")
	m := Message{
		ID:            o.id("id"),
		Direction:     parseDirection(o),
		Private:       o.boolean("private"),
		Content:       cleanText(o.str("content")),
		CreatedAt:     o.instant("created_at"),
		SourceID:      cleanLine(o.str("source_id"), maxName),
		Sender:        parseSender(o),
		SenderID:      firstID(sender.id("id"), o.id("sender_id")),
		Delivery:      parseDelivery(o),
		Marker:        cleanLine(attrs.str(MarkerKey), maxCode),
		Deleted:       attrs.boolean("deleted"),
		Unsupported:   attrs.boolean("is_unsupported"),
		ExternalEcho:  attrs.boolean("external_echo"),
		ExternalError: cleanLine(attrs.str("external_error"), maxShortText),
		InReplyTo:     attrs.id("in_reply_to"),
	}
	m.Automated = attrs["automation_rule_id"] != nil || o.attributes("additional_attributes")["campaign_id"] != nil
	if m.Sender != SenderContact {
		m.SenderName = cleanLine(sender.str("name"), maxName)
	}
	for _, item := range o.list("attachments") {
		if a := asObject(item); a != nil {
			m.Attachments = append(m.Attachments, parseAttachment(a))
		}
	}
	return m
}

// fillFromCopy takes what only the copy inside the conversation says, if that
// copy is of this very message: often it is of a later one.
func fillFromCopy(m *Message, root, newest object) {
	if newest.id("id") != m.ID {
		return
	}
	if m.Delivery == "" {
		m.Delivery = parseDelivery(newest)
	}
	if !root.has("sender") {
		m.Sender, m.SenderID = parseSender(newest), newest.id("sender_id")
	}
}

// parseDirection takes the webhook's word and the API's number.
func parseDirection(o object) Direction {
	switch strings.TrimSuffix(o.str("message_type"), ".0") {
	case "incoming", "0":
		return DirectionIncoming
	case "outgoing", "1":
		return DirectionOutgoing
	case "activity", "2":
		return DirectionActivity
	case "template", "3":
		return DirectionTemplate
	}
	return ""
}

func parseSender(o object) SenderKind {
	s := o.obj("sender")
	kind := s.str("type")
	if kind == "" {
		kind = o.str("sender_type")
	}
	switch kind {
	case "contact", "Contact":
		return SenderContact
	case "user", "User":
		return SenderUser
	case "agent_bot", "AgentBot":
		return SenderAgentBot
	case "captain_assistant", "Captain::Assistant":
		return SenderCaptain
	}
	// At the top level of a webhook only contacts come without a type.
	if s != nil && kind == "" {
		return SenderContact
	}
	return SenderNone
}

func parseDelivery(o object) string {
	switch s := o.str("status"); s {
	case "sent", "delivered", "read", "failed":
		return s
	}
	return ""
}

func parseAttachment(o object) Attachment {
	card := o.obj("meta")
	a := Attachment{
		ID:            o.id("id"),
		FileType:      cleanLine(o.str("file_type"), maxCode),
		DataURL:       cleanURL(o.str("data_url")),
		Extension:     strings.TrimPrefix(cleanLine(o.str("extension"), maxCode), "."),
		ContentType:   cleanLine(o.str("content_type"), maxCode),
		Size:          max(o.integer("file_size"), 0),
		FallbackTitle: cleanLine(o.str("fallback_title"), maxShortText),
		ContactName:   cleanLine(card.str("firstName")+" "+card.str("lastName"), maxName),
		Transcript:    cleanText(o.str("transcribed_text")),
	}
	lat, long := o.number("coordinates_lat"), o.number("coordinates_long")
	if lat != nil && long != nil && *lat >= -90 && *lat <= 90 && *long >= -180 && *long <= 180 {
		a.Latitude, a.Longitude = lat, long
	}
	return a
}
