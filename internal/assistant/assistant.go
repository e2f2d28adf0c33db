package assistant

import (
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/tariffs"
)

// Turn is everything an answer depends on.
type Turn struct {
	State State
	// Messages are all unanswered ones, in order. They are answered together.
	Messages []Message
	Customer Customer
	// Case is the conversation's case file while it is not over; nil for none.
	Case *CaseFile
	// Regulation answers RegulationQuestion; nil when it was not looked up.
	Regulation *RegulationAnswer
	// Snapshot is the catalogue; required.
	Snapshot *catalogue.Snapshot
	Settings Settings
	Now      time.Time
}

// Message is one incoming message.
type Message struct {
	// Text is "" for a message with attachments only.
	Text        string
	Attachments []Attachment
}

// Attachment is a file or card of a message. Only its kind matters here.
type Attachment struct {
	// Kind is Chatwoot's file_type: image, audio, video, file, location,
	// contact, fallback, and others to come.
	Kind string
	// Usable: it was fetched and is a photo or a PDF that a case can take.
	Usable bool
	// Problem says to the customer, in Spanish, why it is not usable; "" when it
	// is, and for what nobody expects to be.
	Problem string
}

// Customer is what is known about the sender.
type Customer struct {
	// WhatsAppName is the name shown in WhatsApp: anything at all. It is used
	// for the greeting when it looks like a first name.
	WhatsAppName string
	// ClientType comes from the contact's attribute "tipo"; "" for unknown. What
	// the customer says in the conversation wins over it.
	ClientType catalogue.ClientType
	// Known are data that a case need not ask for: canonical, or left out.
	Known casedata.Change
}

// Settings are the staff's switches.
type Settings struct {
	// Enabled is false while the panic button is pressed.
	Enabled bool
	// DisabledMessage is then sent, once per conversation, as it is. A default
	// stands in for "".
	DisabledMessage string
	// HandoverMessage is what a customer is told who asks for a person. A default
	// stands in for "".
	HandoverMessage string
}

// Outcome is what is to be done about a turn.
type Outcome struct {
	State State
	// Replies are sent in order; one in the normal case, at most two, and one more
	// when a long answer of a response rule comes first.
	Replies []string
	// Escalations are work for people, without repeated sources.
	Escalations []Escalation
	// HandOver silences the assistant until a person gives the conversation back.
	HandOver bool
	// Quotes are those newly offered in Replies, to be stored.
	Quotes []OfferedQuote
	// Case is what is to be done about the case file; nil for nothing.
	Case *CaseActions
}

// Escalation asks a person for something.
type Escalation struct {
	// Source is one of the Source constants.
	Source string
	// Reason is one line for staff, in Spanish, at most 600 runes, with what was
	// understood so far.
	Reason string
}

// The sources of escalations that come from here.
const (
	SourceCustomerRequest    = "customer_request"
	SourceNotUnderstood      = "not_understood"
	SourceNoCategory         = "no_category"
	SourceQuoteAccepted      = "quote_accepted"
	SourceQuoteReview        = "quote_review"
	SourceNotCovered         = "not_covered"
	SourceRegulationQuestion = "regulation_question"
	SourceAssistantDisabled  = "assistant_disabled"
	SourceError              = "error"
	SourceResponseRule       = "response_rule"
)

// OfferedQuote is a quote that a reply states.
type OfferedQuote struct {
	CategoryID uuid.UUID
	Request    tariffs.Request
	Quote      tariffs.Quote
}

// Pricer prices sets of elements. *tariffs.Quoting is one.
type Pricer interface {
	Calculate(s *catalogue.Snapshot, c *catalogue.Category, req tariffs.Request) (tariffs.Quote, error)
}

// Matcher finds elements of one category in text. *elements.Matcher is one.
type Matcher interface {
	// Match finds the elements named in a text.
	Match(text string) elements.Result
	// Answer reads a text as the answer to a generic element's question.
	Answer(genericCode, text string) elements.Answer
}

// Deps are what an Assistant needs; all but Rules are required.
type Deps struct {
	Pricer Pricer
	// Matcher returns the matcher of a category of a snapshot; called often, so
	// it should remember them (catalogue.Memo).
	Matcher func(*catalogue.Snapshot, *catalogue.Category) Matcher
	// Rules are the fixed answers of staff; nil when there are none.
	Rules Rules
}

// Assistant answers turns. Safe for concurrent use when its Deps are.
type Assistant struct{ deps Deps }

// New returns an assistant.
func New(d Deps) *Assistant { return &Assistant{deps: d} }

// Answer decides what to do about a turn. It never fails: what goes wrong
// becomes an escalation with source "error". It changes nothing in its
// argument.
func (a *Assistant) Answer(in Turn) Outcome {
	t := a.begin(in)
	t.run()
	return t.end()
}
