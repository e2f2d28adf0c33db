package chatwoottest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Webhook is a request body that Chatwoot would post, and the ids in it.
type Webhook struct {
	Body           []byte
	ContactID      int64
	ConversationID int64
	MessageID      int64 // 0 for events of a conversation
}

// Sign returns the headers of a delivery of body at the given time. Every call
// is another delivery.
func (s *Server) Sign(body []byte, at time.Time) http.Header {
	ts := strconv.FormatInt(at.Unix(), 10)
	m := hmac.New(sha256.New, []byte(Secret))
	m.Write([]byte(ts + "."))
	m.Write(body)
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("Accept", "application/json")
	h.Set("X-Chatwoot-Delivery", uuid.NewString())
	h.Set("X-Chatwoot-Timestamp", ts)
	h.Set("X-Chatwoot-Signature", "sha256="+hex.EncodeToString(m.Sum(nil)))
	return h
}

// MessageEvent returns the webhook for a stored message, such as the echo of
// one of our own replies; event is message_created or message_updated.
func (s *Server) MessageEvent(messageID int64, event string) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhook(s.mustMessage(messageID), event)
}

// ConversationEvent returns the webhook for a conversation, such as
// conversation_status_changed.
func (s *Server) ConversationEvent(conversationID int64, event string) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conversationWebhook(s.mustConversation(conversationID), event, nil)
}

// Attachment is a file or place in a customer's message. Type is as Chatwoot
// calls it: image, audio, video, file, location or contact.
type Attachment struct {
	ID          int64 // 0: given by the fake
	Type        string
	Extension   string // jpg for images unless given
	ContentType string
	// DataURL is where the file can be fetched; an address of the fake unless
	// given, which serves Data there.
	DataURL string
	// Data is the file; without it the fake has none and says so.
	Data                []byte
	Size                int64
	Latitude, Longitude float64
	Title               string // fallback_title of a place or card
	Transcript          string // of audio, where Chatwoot wrote it down

	messageID int64
}

func (a *Attachment) complete(id, messageID int64, base string) {
	a.messageID = messageID
	if a.ID == 0 {
		a.ID = id
	}
	if a.Type == "" {
		a.Type = "image"
	}
	if a.Type == "image" && a.Extension == "" {
		a.Extension, a.ContentType = "jpg", "image/jpeg"
	}
	if a.DataURL == "" && a.Type != "location" && a.Type != "contact" {
		a.DataURL = fmt.Sprintf("%s/rails/active_storage/blobs/redirect/fake--%d/%d.%s", base, a.ID, a.ID, a.Extension)
	}
}

func (a Attachment) push() ordered {
	o := ordered{{"id", a.ID}, {"message_id", a.messageID}, {"file_type", a.Type}, {"account_id", AccountID}}
	switch a.Type {
	case "location":
		return append(o, pair{"coordinates_lat", a.Latitude}, pair{"coordinates_long", a.Longitude},
			pair{"fallback_title", a.Title}, pair{"data_url", nil})
	case "contact":
		return append(o, pair{"fallback_title", a.Title}, pair{"meta", jsonObject{}})
	}
	if a.Type == "audio" {
		o = append(o, pair{"transcribed_text", a.Transcript})
	}
	return append(o, pair{"extension", a.Extension}, pair{"content_type", a.ContentType}, pair{"data_url", a.DataURL},
		pair{"thumb_url", ""}, pair{"file_size", a.Size}, pair{"width", nil}, pair{"height", nil})
}

func (s *Server) webhook(m *message, event string) Webhook {
	c := m.conversation
	words := [...]string{"incoming", "outgoing"}
	var sender any = c.contact.webhookSender()
	if m.direction != incoming {
		sender = m.from.webhookSender()
	}
	o := ordered{
		{"account", accountRef},
		{"additional_attributes", m.additional()},
		{"content_attributes", m.ContentAttributes},
		{"content_type", "text"},
		{"content", m.content()},
		{"conversation", c.push()},
		{"created_at", iso(m.created)},
		{"id", m.ID},
		{"inbox", ordered{{"id", c.inboxID}, {"name", "WhatsApp Homologaciones"}}},
		{"message_type", words[m.direction]},
		{"private", m.Private},
		{"sender", sender},
		{"source_id", m.source()},
	}
	if len(m.attachments) > 0 {
		o = append(o, pair{"attachments", m.pushAttachments()})
	}
	o = append(o, pair{"event", event})
	return Webhook{Body: encode(o), ContactID: c.contact.id, ConversationID: c.id, MessageID: m.ID}
}

func (s *Server) conversationWebhook(c *conversation, event string, changed []any) Webhook {
	o := append(c.push(), pair{"event", event})
	if event != "conversation_created" {
		o = append(o, pair{"changed_attributes", changed})
	}
	return Webhook{Body: encode(o), ContactID: c.contact.id, ConversationID: c.id}
}
