package chatwoot

import "errors"

// APIMessage is a message as the API returns it.
type APIMessage struct {
	Message
	AccountID      int64 // 0 when the answer does not say
	InboxID        int64
	ConversationID int64 // display id
}

// UnmarshalJSON reads a message of any version; it fails only on what is not a
// JSON object.
func (m *APIMessage) UnmarshalJSON(raw []byte) error {
	o, err := decodeAPIObject(raw)
	if err != nil {
		return err
	}
	*m = apiMessage(o)
	return nil
}

func apiMessage(o object) APIMessage {
	return APIMessage{
		Message:        parseMessage(o),
		AccountID:      o.id("account_id"),
		InboxID:        o.id("inbox_id"),
		ConversationID: o.id("conversation_id"),
	}
}

// APIConversation is a conversation as the API returns it, with its customer.
type APIConversation struct {
	Conversation
	AccountID int64 // 0 when the answer does not say
	InboxID   int64
	Contact   Contact
	// NewestMessageID is the id of the newest message; 0 when there is none.
	// It tells without a further call whether anything was missed.
	NewestMessageID int64

	customAttributes object
}

// UnmarshalJSON reads a conversation of any version; it fails only on what is
// not a JSON object.
func (c *APIConversation) UnmarshalJSON(raw []byte) error {
	o, err := decodeAPIObject(raw)
	if err != nil {
		return err
	}
	*c = apiConversation(o)
	return nil
}

func apiConversation(o object) APIConversation {
	newest := firstObject(o.list("messages"))
	return APIConversation{
		Conversation:     parseConversation(o),
		AccountID:        firstID(o.id("account_id"), o.obj("account").id("id"), newest.id("account_id")),
		InboxID:          firstID(o.id("inbox_id"), newest.id("inbox_id")),
		Contact:          apiContact(o),
		NewestMessageID:  newest.id("id"),
		customAttributes: o.attributes("custom_attributes"),
	}
}

// apiContact copes with the API saying the channel in meta only, and not
// saying contact_inbox at all.
func apiContact(o object) Contact {
	c := conversationContact(o)
	if c.Phone == "" && o.obj("meta").str("channel") == "Channel::Whatsapp" {
		c.Phone = phoneFromWhatsAppID(c.SourceID)
	}
	return c
}

func decodeAPIObject(raw []byte) (object, error) {
	v, err := decodeJSON(raw)
	if err != nil {
		return nil, ErrNotJSON
	}
	if o := asObject(v); o != nil {
		return o, nil
	}
	return nil, errors.New("chatwoot: not a JSON object")
}

// EventFromAPI builds the event that Chatwoot sent, or should have sent, when
// msg was created, so that a message found by polling takes the same path as a
// delivered one. conv is the conversation msg belongs to.
func EventFromAPI(conv APIConversation, msg APIMessage) Event {
	e := Event{
		Name:         string(KindMessageCreated),
		Kind:         KindMessageCreated,
		AccountID:    firstID(msg.AccountID, conv.AccountID),
		InboxID:      firstID(msg.InboxID, conv.InboxID),
		Conversation: conv.Conversation,
		Contact:      conv.Contact,
		Message:      msg.Message,
	}
	e.Conversation.ID = firstID(conv.ID, msg.ConversationID)
	return e
}
