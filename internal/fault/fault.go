// Package fault holds the error type that crosses rooms: domains say what kind
// of failure it is and which words are safe to show; api/errors.go turns it
// into HTTP; the cause is only ever logged.
package fault

// Kind is the class of a failure. It decides the HTTP status.
type Kind int

// The kinds, in the order of the table in api/errors.go.
const (
	Internal Kind = iota
	BadRequest
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	PreconditionFailed
	TooLarge
	UnsupportedMedia
	Invalid
	Busy
	Unavailable
)

// Field names one wrong part of a request.
type Field struct {
	// Pointer is a JSON pointer into the body ("/elements/0/code"), or the name
	// of a parameter.
	Pointer string
	// Detail says what is wrong with it, in words safe to show.
	Detail string
}

// Option is one way out of an Invalid error that is really a question.
type Option struct {
	Code string
	Name string
}

// Error is a failure a caller can tell apart by Kind and Code.
type Error struct {
	Kind Kind
	// Code is stable and snake_case; clients branch on it.
	Code string
	// Message is one readable sentence, safe to show to anyone.
	Message string
	Fields  []Field
	// Question and Options are set when answering a question would help
	// (code variant_required).
	Question string
	Options  []Option
	// Current and Submitted are the two versions of the truth when a change was
	// based on an older one (PreconditionFailed): what is stored, and what was
	// asked for, as they are shown to clients.
	Current   any
	Submitted any
	// RetryAfterSeconds is sent as Retry-After when above zero.
	RetryAfterSeconds int

	cause error
}

// New returns an error without cause, usable as a package-level sentinel.
func New(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// Error returns the message and, for logs, the cause.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is matches another fault by Kind and Code, so that a sentinel still matches
// after With* made a more telling copy of it.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Code == e.Code
}

// WithMessage returns a copy with other words.
func (e *Error) WithMessage(message string) *Error {
	c := *e
	c.Message = message
	return &c
}

// WithFields returns a copy that names the wrong parts.
func (e *Error) WithFields(fields ...Field) *Error {
	c := *e
	c.Fields = fields
	return &c
}

// Because returns a copy with a cause, which is logged and never shown.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}
