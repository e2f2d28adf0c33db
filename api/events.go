package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/events"
)

// heartbeat is how often a stream says something, so that nobody between takes
// it for dead; then it looks, too, whether the caller is still signed in.
const heartbeat = 15 * time.Second

// Events serves the tag Events.
type Events struct {
	hub      *events.Hub
	accounts *admin.Accounts
}

// StreamEvents sends what changes until the caller goes, is signed out, or the
// server stops.
func (h *Events) StreamEvents(ctx context.Context, r oas.StreamEventsRequestObject) (oas.StreamEventsResponseObject, error) {
	subscription, err := h.hub.Subscribe()
	if err != nil {
		return nil, err
	}
	who, _ := caller.From(ctx)
	s := changeStream{ctx: ctx, subscription: subscription, again: r.Params.LastEventID != nil}
	s.signedOut = func() bool { return errors.Is(h.accounts.StillIn(ctx, who), admin.ErrBadToken) }
	if r.Params.MaxSeconds != nil {
		s.longest = time.Duration(*r.Params.MaxSeconds) * time.Second
	}
	return s, nil
}

// changeStream is an answer that goes on: notices of what changes.
type changeStream struct {
	ctx          context.Context
	subscription *events.Subscription
	// again: there was a stream before, and what changed meanwhile is not known.
	again     bool
	signedOut func() bool
	// longest is 0 for no end.
	longest time.Duration
}

// VisitStreamEventsResponse sends it.
func (s changeStream) VisitStreamEventsResponse(w http.ResponseWriter) error {
	defer s.subscription.Close()
	control := http.NewResponseController(w)
	// The time for reading is for the request, which is there: once it is over, the
	// server would take the client for gone.
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	out := openEvents(w)
	// The id is there to be sent again by a browser that comes back.
	begin := "retry: 3000\nid: 1\n\n"
	if s.again {
		begin += frame(events.Event{Kind: events.KindResync})
	}
	if err := out.write([]byte(begin)); err != nil {
		return nil //nolint:nilerr // the client went away
	}
	return s.send(out)
}

// send writes notices until something ends the stream; that is no error.
func (s changeStream) send(out *eventWriter) error {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var over <-chan time.Time
	if s.longest > 0 {
		over = time.After(s.longest)
	}
	for {
		text := ""
		select {
		case <-s.ctx.Done():
			return nil
		case <-over:
			return nil
		case e, open := <-s.subscription.C:
			switch {
			case !open:
				return nil
			case e.Kind != events.KindAccess:
				text = frame(e)
			case s.signedOut():
				return nil
			}
		case <-beat.C:
			if s.signedOut() {
				return nil
			}
			text = ":\n\n"
		}
		if text != "" && out.write([]byte(text)) != nil {
			return nil
		}
	}
}

func frame(e events.Event) string {
	data, err := json.Marshal(oas.ServerEvent{Kind: oas.ServerEventKind(e.Kind), ID: orNullText(e.ID)})
	if err != nil {
		panic("api: " + err.Error()) // plain data always encode
	}
	return fmt.Sprintf("data: %s\n\n", data)
}
