package chatwoot

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Outcome says what a failed call may have done, which decides whether it can
// be repeated without the customer noticing.
type Outcome string

// The outcomes.
const (
	// Permanent: refused, not stored, and a repetition will be refused too.
	Permanent Outcome = "permanent"
	// RetryLater: certainly not stored; the same call can succeed later.
	RetryLater Outcome = "retry_later"
	// Ambiguous: it may or may not be stored (no answer, a server error, an
	// answer that cannot be read). Look for the marker before repeating.
	Ambiguous Outcome = "ambiguous"
	// NotSent: the request never left, so it is certainly not stored.
	NotSent Outcome = "not_sent"
)

// APIError is the error of every Client method. It holds no token and nothing of
// the request, so it may be logged and stored.
type APIError struct {
	Outcome Outcome
	// Op is the call, such as "create message".
	Op string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// After is how long Chatwoot, or the open circuit, asks us to wait; 0 when
	// nothing was said. At most an hour.
	After time.Duration
	// Detail is Chatwoot's own reason, one line of at most 200 characters, or
	// ours when the call was not even tried.
	Detail string

	cause error
	// breaks marks failures of the server or the way to it, the only ones the
	// circuit breaker counts.
	breaks bool
}

// Error names the call, the outcome and the reason.
func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString("chatwoot: " + e.Op + ": " + string(e.Outcome))
	if e.Status != 0 {
		b.WriteString(": status " + strconv.Itoa(e.Status))
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap returns the transport's error, if there was one.
func (e *APIError) Unwrap() error { return e.cause }

// OutcomeOf returns the outcome of a Client method's error. Any other error
// is Ambiguous, the safe assumption; nil gives "".
func OutcomeOf(err error) Outcome {
	var e *APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Outcome
	default:
		return Ambiguous
	}
}

// statusError judges an answer that is not 2xx.
func statusError(op string, r response, scrub func(string) string) *APIError {
	detail, isJSON := errorDetail(r.body)
	e := &APIError{
		Outcome: Permanent,
		Op:      op,
		Status:  r.status,
		After:   retryAfter(r.header),
		Detail:  cleanLine(scrub(detail), 200),
	}
	switch {
	case r.status >= 500:
		e.Outcome, e.breaks = Ambiguous, true
	case r.status == http.StatusTooManyRequests:
		e.Outcome = RetryLater
	case r.status == http.StatusUnprocessableEntity && strings.Contains(strings.ToLower(detail), "too many messages"):
		e.Outcome = RetryLater
	case r.status == http.StatusRequestTimeout, r.status == http.StatusConflict, r.status == http.StatusTooEarly:
		e.Outcome = Ambiguous
	case r.status >= 300 && r.status < 400:
		// Following it could repeat a POST, or carry the token to another host.
		e.Detail = "redirected: the configured address is not the final one"
	case !isJSON && (r.status == http.StatusUnauthorized || r.status == http.StatusForbidden || r.status == http.StatusNotFound):
		// Chatwoot refuses in JSON. A page with such a status is a proxy's,
		// which many show while Chatwoot restarts: no reason to give up.
		e.Outcome = RetryLater
		e.Detail = "answered by something that is not Chatwoot"
	}
	return e
}

// errorDetail finds the reason in the shapes Chatwoot uses: {"error":"…"},
// {"message":"…"}, {"errors":["…"]}.
func errorDetail(body []byte) (detail string, isJSON bool) {
	v, err := decodeJSON(body)
	if err != nil {
		return "", false
	}
	o := asObject(v)
	if s := o.str("error"); s != "" {
		return s, true
	}
	if s := o.str("message"); s != "" {
		return s, true
	}
	var all []string
	for _, item := range o.list("errors") {
		if s, ok := item.(string); ok {
			all = append(all, s)
		}
	}
	return strings.Join(all, "; "), true
}

// retryAfter reads seconds, or a date, which is held against the date of the
// answer itself: the server's clock need not be ours.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	var d time.Duration
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		d = time.Duration(min(max(n, 0), int64(time.Hour/time.Second))) * time.Second
	} else if until, err := http.ParseTime(v); err == nil {
		if sent, err := http.ParseTime(h.Get("Date")); err == nil {
			d = until.Sub(sent)
		}
	}
	return min(max(d, 0), time.Hour)
}
