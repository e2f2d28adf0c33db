package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/msia/msia/gen/oas"
)

// eventStream is an answer of server-sent events, made while it is read. What fails
// before the first one is an error like any other; later, the event "error" has the
// problem.
type eventStream struct {
	run func(*eventWriter) error
	// problem turns an error into what is shown of it.
	problem func(error) oas.Problem
}

// eventWriter sends server-sent events, each at once.
type eventWriter struct {
	w       *patient
	flusher *http.ResponseController
}

// openEvents begins a stream of events; nothing is sent before the first of them.
func openEvents(w http.ResponseWriter) *eventWriter {
	h := w.Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy is not to collect them
	control := http.NewResponseController(w)
	return &eventWriter{w: &patient{w: w, control: control}, flusher: control}
}

// send sends one event with data as JSON.
func (e *eventWriter) send(name string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("event %s: %w", name, err)
	}
	return e.write(fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, raw))
}

// alive sends a comment, which keeps the connection.
func (e *eventWriter) alive() error { return e.write([]byte(": \n\n")) }

func (e *eventWriter) write(b []byte) error {
	if _, err := e.w.Write(b); err != nil {
		return err
	}
	return e.flusher.Flush()
}

// stream sends the events.
func (s eventStream) stream(w http.ResponseWriter) error {
	out := openEvents(w)
	err := s.run(out)
	switch {
	case err == nil:
		return nil
	case !out.w.begun:
		return err
	}
	_ = out.send("error", s.problem(err)) // the client may be gone, too
	return nil
}

// VisitWatchRegulationResponse sends it.
func (s eventStream) VisitWatchRegulationResponse(w http.ResponseWriter) error { return s.stream(w) }

// VisitAskRegulationsResponse sends it.
func (s eventStream) VisitAskRegulationsResponse(w http.ResponseWriter) error { return s.stream(w) }

// longAnswer is how long an operation may take that answers bit by bit, or waits for
// a model.
const longAnswer = 11 * time.Minute

// minRate is how fast an upload has to arrive, in bytes a second.
const minRate = 256 << 10

// patience gives a request the time that its operation needs: large forms to arrive,
// long answers to be made. All others have the server's.
func patience(c echo.Context, op operation) {
	var extra time.Duration
	switch {
	case op.answersLong:
		extra = longAnswer
	case op.streamed():
		extra = time.Duration(op.maxBody/minRate) * time.Second
	default:
		return
	}
	control := http.NewResponseController(c.Response())
	until := time.Now().Add(readTimeout + extra) //nolint:forbidigo // the connection's clock is the machine's
	_ = control.SetReadDeadline(until)           // a server that cannot do it, as in tests without one
	_ = control.SetWriteDeadline(until)
}
