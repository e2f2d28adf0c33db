package chatwoot

import "slices"

// Action is what an event asks of us.
type Action string

// The actions. Every event is acknowledged with 200 whatever its action.
const (
	// Process: store the customer's message and answer it. A message that is
	// already stored makes no second answer; only the store can tell. Process
	// does not mean that the assistant may speak: see Event.HumanInCharge.
	Process Action = "process"
	// SkipReply: store the customer's message, do not answer it (Chatwoot's
	// placeholder for something unreadable, a deleted message, a blocked
	// customer).
	SkipReply Action = "skip_reply"
	// Enrich: a stored message of the customer changed (a voice note was
	// transcribed, a file arrived late); no answer.
	Enrich Action = "enrich"
	// State: note the new state of the conversation, contact or message.
	State Action = "state"
	// HumanTookOver: a person wrote to the customer; the assistant falls silent
	// until the conversation is given back. Compare Message.CreatedAt with the
	// moment of giving back, since deliveries can be late.
	HumanTookOver Action = "human_took_over"
	// DeliveryFailed: a message did not reach the customer; when
	// Message.Marker is set it was one of ours.
	DeliveryFailed Action = "delivery_failed"
	// Ignored: nothing to do.
	Ignored Action = "ignored"
)

// Policy says whose events concern us.
type Policy struct {
	// AccountID is the only account accepted; 0 for any. Events that do not
	// name their account are accepted.
	AccountID int64
	// InboxIDs are the only inboxes accepted; empty for all. Chatwoot sends the
	// events of all inboxes to every webhook. Contacts belong to no inbox, so
	// their events always pass.
	InboxIDs []int64
}

// Classify says what is to be done with e. It is pure: duplicates, a
// conversation in human hands and the order of events are the caller's to judge.
func Classify(e Event, p Policy) Action {
	if !p.accepts(e) {
		return Ignored
	}
	switch e.Kind {
	case KindMessageCreated:
		return classifyCreated(e)
	case KindMessageUpdated:
		return classifyUpdated(e.Message)
	case KindConversationCreated, KindConversationStatusChanged, KindConversationUpdated:
		if e.Conversation.ID != 0 && !onlyNoise(e.Changed) {
			return State
		}
	case KindContactCreated, KindContactUpdated:
		if e.Contact.ID != 0 && !onlyNoise(e.Changed) {
			return State
		}
	}
	return Ignored
}

func (p Policy) accepts(e Event) bool {
	if p.AccountID != 0 && e.AccountID != 0 && e.AccountID != p.AccountID {
		return false
	}
	if len(p.InboxIDs) == 0 || e.Kind == KindContactCreated || e.Kind == KindContactUpdated {
		return true
	}
	return slices.Contains(p.InboxIDs, e.InboxID)
}

func classifyCreated(e Event) Action {
	m := e.Message
	switch {
	case m.Direction == DirectionIncoming && m.Private:
		return Ignored
	case m.Direction == DirectionIncoming && (m.Unsupported || m.Deleted || e.Contact.Blocked):
		return SkipReply
	case m.Direction == DirectionIncoming:
		return Process
	case m.ByHuman():
		return HumanTookOver
	case m.outgoing() && m.Failed():
		return DeliveryFailed
	}
	return Ignored
}

func classifyUpdated(m Message) Action {
	switch {
	case m.Deleted:
		return State
	case m.outgoing() && m.Failed():
		return DeliveryFailed
	case m.Direction == DirectionIncoming && !m.Private:
		return Enrich
	}
	return Ignored
}

// outgoing reports whether the message was meant to reach the customer.
func (m Message) outgoing() bool {
	return !m.Private && (m.Direction == DirectionOutgoing || m.Direction == DirectionTemplate)
}

// noise are the columns that change with every message and tell nothing that
// the message itself does not.
var noise = []string{
	"agent_last_seen_at", "assignee_last_seen_at", "contact_last_seen_at", "first_reply_created_at",
	"last_activity_at", "updated_at", "waiting_since",
}

// onlyNoise is false when the event does not say what changed.
func onlyNoise(changed []string) bool {
	for _, c := range changed {
		if !slices.Contains(noise, c) {
			return false
		}
	}
	return len(changed) > 0
}
