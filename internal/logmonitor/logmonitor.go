// Package logmonitor keeps the errors of every process together: what is logged as
// an error is captured without making anybody wait, masked, grouped by what is the
// same in all of a kind, counted in the database, and told to people when it is
// new, comes back or explodes. Logs of other containers can be read, too.
package logmonitor

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Source is where the errors of this program come from, of whatever process; other
// sources are names of containers.
const Source = "msia"

// Kinds of errors.
const (
	KindError = "error"
	KindPanic = "panic"
)

// Bounds of what is kept of one error, in bytes.
const (
	maxTitle   = 200
	maxMessage = 4 << 10
	maxStack   = 16 << 10
	maxName    = 200
)

// occurrence is one error, as it was logged.
type occurrence struct {
	at     time.Time
	source string
	// message is what the line says, cause the error in it; either may be "".
	message, cause string
	// stack is "" unless it came apart from the cause.
	stack     string
	location  string
	requestID string
	// crashed says that the process died of it.
	crashed bool
}

// sample is an occurrence as it is kept: masked and bounded.
type sample struct {
	fingerprint, source, kind, title, message, stack, location, requestID string
}

func newSample(o occurrence) sample {
	cause, stack := splitStack(o.cause)
	if stack == "" {
		stack = o.stack
	}
	// What is cut off afterwards is cut where nothing personal is left to be halved.
	said, why := Mask(bounded(o.message, 2*maxMessage)), Mask(bounded(cause, 2*maxMessage))
	text, about := said, said
	if strings.TrimSpace(why) != "" {
		text, about = said+": "+why, why // what the line says is the same for many: "request failed"
	}
	s := sample{
		source: bounded(o.source, maxName), kind: KindError, message: bounded(text, maxMessage),
		stack: bounded(Mask(readable(stack)), maxStack), location: bounded(Mask(o.location), maxName), requestID: bounded(o.requestID, maxName),
	}
	var frames []string
	if o.crashed || strings.Contains(text, panicMark) {
		s.kind, frames = KindPanic, topFrames(stack)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(about), "\n")
	if s.title = bounded(first, maxTitle); s.title == "" {
		s.title = "(sin texto)"
	}
	s.fingerprint = fingerprint(s.source, s.kind, shape(said), shape(why), frames)
	return s
}

// bounded returns the beginning of a text that PostgreSQL can hold.
func bounded(s string, most int) string {
	if len(s) > most {
		s = s[:most]
		for s != "" { // not half a letter
			if r, n := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || n > 1 {
				break
			}
			s = s[:len(s)-1]
		}
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "?")
}
