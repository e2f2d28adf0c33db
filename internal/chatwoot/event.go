package chatwoot

import (
	"errors"
	"log/slog"
	"time"
)

// Errors of [ParseEvent].
var (
	// ErrNotJSON: the body is not one well-formed JSON value.
	ErrNotJSON = errors.New("chatwoot: body is not JSON")
	// ErrNotEvent: JSON, but without the text member "event", or a message
	// event that does not say which message of which conversation.
	ErrNotEvent = errors.New("chatwoot: body is not a Chatwoot event")
)

// MarkerKey is the member of content_attributes by which we know our own
// messages; its value is the id of the outbox row.
const MarkerKey = "msia_reply"

// Kind groups the events by what they are about.
type Kind string

// The kinds of events.
const (
	KindMessageCreated            Kind = "message_created"
	KindMessageUpdated            Kind = "message_updated"
	KindConversationCreated       Kind = "conversation_created"
	KindConversationUpdated       Kind = "conversation_updated"
	KindConversationStatusChanged Kind = "conversation_status_changed" // also _opened and _resolved
	KindContactCreated            Kind = "contact_created"
	KindContactUpdated            Kind = "contact_updated"
	KindOther                     Kind = "other" // typing, widget, macro, automation, inbox, unknown
)

// Event is what we keep of a webhook body. The zero value of any part means
// that the body did not say.
type Event struct {
	// Name is the event as Chatwoot calls it, such as "macro.executed".
	Name string
	// Kind is the group Name belongs to.
	Kind Kind
	// AccountID is 0 in conversation events of Chatwoot before 4.14.2 without
	// messages.
	AccountID int64
	// InboxID is 0 in contact events.
	InboxID int64
	// Conversation is the conversation as it was when Chatwoot built the body,
	// which may be later than the event itself.
	Conversation Conversation
	// Contact is the customer.
	Contact Contact
	// Message is set in message events only. The copy of the newest message
	// inside a conversation is never taken for it.
	Message Message
	// Changed lists the columns a *_updated event reports as changed, sorted;
	// nil when the body does not say.
	Changed []string
}

// Conversation statuses.
const (
	StatusOpen     = "open"
	StatusPending  = "pending"
	StatusSnoozed  = "snoozed"
	StatusResolved = "resolved"
)

// Conversation is the state of a conversation.
type Conversation struct {
	// ID is the display id, unique within the account only; API paths take it.
	ID int64
	// Status is one of the Status constants, or what a newer version sent.
	Status string
	// CanReply is false outside WhatsApp's 24-hour window; nil when not said.
	CanReply *bool
	// Channel is such as "Channel::Whatsapp".
	Channel string
	// Assignee is nil when nobody is assigned, or when AssigneeKnown is false.
	Assignee *Assignee
	// AssigneeKnown tells "nobody" from "not said".
	AssigneeKnown bool
	// AutoAttention is staff's switch, the custom attribute
	// "atencion_automatica"; nil when the conversation does not have it.
	AutoAttention *bool
	// UpdatedAt orders states, since events arrive in any order; zero before
	// Chatwoot 4.0.2.
	UpdatedAt time.Time
}

// AssigneeKind tells people from bots.
type AssigneeKind string

// The kinds of assignees.
const (
	AssigneeHuman AssigneeKind = "human"
	AssigneeBot   AssigneeKind = "bot"
)

// Assignee is who a conversation is assigned to. ID counts users and bots
// separately.
type Assignee struct {
	ID   int64
	Kind AssigneeKind
	Name string
}

// Contact is the customer.
type Contact struct {
	ID int64
	// Name is what WhatsApp or an agent called the customer: one line, often a
	// nickname, at most 255 characters.
	Name string
	// Phone is in E.164; "" when there is none or it is no phone number.
	Phone string
	// PhoneAsSent is the number as Chatwoot has it, at most 64 characters.
	PhoneAsSent string
	// SourceID is the customer's id on the channel: for WhatsApp the digits of
	// the number, or an opaque id.
	SourceID string
	// Blocked is true when staff blocked the customer in Chatwoot.
	Blocked bool
	// ClientType is the contact's custom attribute "tipo" as written there
	// ("Particular", "Profesional"), at most 100 characters.
	ClientType string
}

// Direction says who a message goes to.
type Direction string

// The directions. Template is what Chatwoot itself sends (greeting, survey),
// not a WhatsApp template; activity is a line in the log of a conversation.
const (
	DirectionIncoming Direction = "incoming"
	DirectionOutgoing Direction = "outgoing"
	DirectionActivity Direction = "activity"
	DirectionTemplate Direction = "template"
)

// SenderKind says what wrote a message.
type SenderKind string

// The kinds of senders. None is a greeting, survey, automation or a message
// typed on the company's own phone.
const (
	SenderNone     SenderKind = "none"
	SenderContact  SenderKind = "contact"
	SenderUser     SenderKind = "user"
	SenderAgentBot SenderKind = "agent_bot"
	SenderCaptain  SenderKind = "captain"
)

// Message is one message of a conversation.
type Message struct {
	// ID is unique in the whole installation, and the key to recognise a
	// message that arrives twice.
	ID        int64
	Direction Direction
	// Private is true for notes that only staff see.
	Private bool
	// Content is the text without control characters, in NFC; "" for media
	// without a caption.
	Content string
	// CreatedAt is when Chatwoot stored the message; zero when not said.
	CreatedAt time.Time
	// SourceID is the id on the channel ("wamid.…"). Not unique: the cards of
	// one WhatsApp message share it.
	SourceID string
	Sender   SenderKind
	SenderID int64
	// SenderName is the agent's or bot's name; for contacts see Event.Contact.
	SenderName string
	// Delivery is sent, delivered, read or failed; "" when not said.
	Delivery string

	// Marker is the outbox id when the message is ours, see MarkerKey.
	Marker string
	// Automated is true when a rule or campaign sent the message.
	Automated bool
	// Deleted: the content is Chatwoot's placeholder, the original is gone.
	Deleted bool
	// Unsupported: WhatsApp gave Chatwoot nothing it could show; the content is
	// Chatwoot's placeholder.
	Unsupported bool
	// ExternalEcho: someone answered from the company's own phone.
	ExternalEcho bool
	// ExternalError is the channel's reason for a failed delivery.
	ExternalError string
	// InReplyTo is the quoted message; 0 when none or unknown to Chatwoot.
	InReplyTo int64

	Attachments []Attachment
}

// Attachment is a file, place or contact card of a message.
type Attachment struct {
	ID int64
	// FileType is image, audio, video, file, location, contact, fallback, …
	FileType string
	// DataURL needs no credentials: treat it as a secret. "" for places, cards
	// and files Chatwoot does not have.
	DataURL     string
	Extension   string // without the dot; "" before Chatwoot 4.13
	ContentType string // as declared; check the bytes
	Size        int64  // in bytes as declared, 0 when not said
	// Latitude and Longitude are degrees, both set or both nil.
	Latitude, Longitude *float64
	// FallbackTitle is "name, address" of a place or the number of a card.
	FallbackTitle string
	// ContactName is the name on a contact card.
	ContactName string
	// Transcript is the text of a voice note where Chatwoot made one.
	Transcript string
}

// ByHuman reports whether a person of the company wrote the message to the
// customer: a Chatwoot user, or someone at the company's phone. Our own
// messages are not, even when sent with a user's token, and neither are notes,
// greetings, rules, campaigns and bots.
func (m Message) ByHuman() bool {
	return m.Direction == DirectionOutgoing && !m.Private && m.Marker == "" && !m.Automated &&
		(m.ExternalEcho || m.Sender == SenderUser)
}

// Failed reports whether the message is known not to have reached the customer.
func (m Message) Failed() bool {
	switch m.Delivery {
	case "failed":
		return true
	case "delivered", "read":
		// A message that arrived at the second attempt may keep its old error.
		return false
	}
	return m.ExternalError != ""
}

// HumanInCharge reports whether, by this event, a person looks after the
// conversation: one just wrote, or is its assignee. Updates of a person's
// message do not count, because they keep coming (delivered, read) long after
// the conversation may have been given back.
func (e Event) HumanInCharge() bool {
	if e.Kind == KindMessageCreated && e.Message.ByHuman() {
		return true
	}
	return e.Conversation.Assignee != nil && e.Conversation.Assignee.Kind == AssigneeHuman
}

// LogValue shows ids only: no text, name, number or address reaches a log.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("event", e.Name),
		slog.Int64("account_id", e.AccountID),
		slog.Int64("inbox_id", e.InboxID),
		slog.Int64("conversation_id", e.Conversation.ID),
		slog.Int64("contact_id", e.Contact.ID),
		slog.Int64("message_id", e.Message.ID),
		slog.String("direction", string(e.Message.Direction)),
		slog.Int("attachments", len(e.Message.Attachments)),
	)
}
