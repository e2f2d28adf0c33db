package logmonitor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/remote"
)

const (
	// alertAttempts, alertRetry apart, have an alert outlive ten minutes without
	// whoever takes it. The pause is longer than a request without an answer may
	// still arrive, so that looking whether it did proves something.
	alertAttempts = 20
	alertRetry    = 30 * time.Second
)

// AlertArgs is the job that tells people of a group by one channel.
type AlertArgs struct {
	// AlertID is the same in all channels and attempts.
	AlertID  uuid.UUID `json:"alert_id"`
	GroupID  uuid.UUID `json:"group_id"`
	Reason   Reason    `json:"reason"`
	ThisHour int64     `json:"this_hour"`
	Channel  string    `json:"channel"`
}

// Kind names the job in the database.
func (AlertArgs) Kind() string { return "send_error_alert" }

// InsertOpts gives it time.
func (AlertArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: alertAttempts} }

// Alert is what a channel tells.
type Alert struct {
	ID       uuid.UUID
	Reason   Reason
	Group    Group
	ThisHour int64
	// URL is where people see it.
	URL string
}

// Channel is a way that alerts take.
type Channel interface {
	// Send tells it; again says that it may have been told already.
	Send(ctx context.Context, a Alert, again bool) error
}

// Channels are the ways by their names, which are kept in jobs.
type Channels map[string]Channel

// AlertConfig holds what an AlertWorker needs; every member is required.
type AlertConfig struct {
	Groups   *Groups
	Channels Channels
	// URL is where the admin UI is; "" when nobody knows.
	URL string
	Now func() time.Time
}

// AlertWorker does it.
type AlertWorker struct {
	river.WorkerDefaults[AlertArgs]
	AlertConfig
}

// NewAlertWorker returns the worker.
func NewAlertWorker(c AlertConfig) *AlertWorker { return &AlertWorker{AlertConfig: c} }

// NextRetry is a fixed pause.
func (w *AlertWorker) NextRetry(*river.Job[AlertArgs]) time.Time { return w.Now().Add(alertRetry) }

// Work tells it, unless the group or the channel is gone.
func (w *AlertWorker) Work(ctx context.Context, job *river.Job[AlertArgs]) error {
	channel, there := w.Channels[job.Args.Channel]
	if !there {
		return nil
	}
	g, err := w.Groups.Get(ctx, job.Args.GroupID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	a := Alert{ID: job.Args.AlertID, Reason: job.Args.Reason, Group: g, ThisHour: job.Args.ThisHour}
	if w.URL != "" {
		a.URL = w.URL + "/errores?ver=" + g.ID.String()
	}
	if err := channel.Send(ctx, a, job.Attempt > 1); err != nil {
		return fmt.Errorf("%s: %w", job.Args.Channel, err)
	}
	return nil
}

// text is the alert for people.
func (a Alert) text() string {
	what := map[Reason]string{
		ReasonNew: "Error nuevo", ReasonReopened: "Ha vuelto un error resuelto", ReasonExploding: "Un error se ha disparado",
	}[a.Reason]
	out := fmt.Sprintf("%s en %s: %s", what, a.Group.Source, a.Group.Title)
	if a.Group.Location != "" {
		out += "\nDónde: " + a.Group.Location
	}
	out += fmt.Sprintf("\nVeces: %d en esta hora, %d en total", a.ThisHour, a.Group.Count)
	if a.Group.RequestID != "" {
		out += "\nPetición: " + a.Group.RequestID
	}
	if a.URL != "" {
		out += "\n" + a.URL
	}
	return out
}

// Webhook posts alerts as JSON.
type Webhook struct{ client *remote.Client }

// NewWebhook returns the channel to an address, which may be a secret; wrap, if
// set, measures the calls.
func NewWebhook(address string, wrap remote.Wrap) (*Webhook, error) {
	// River tries again; the breaker would only delay that.
	client, err := remote.New(remote.Config{URL: address, Attempts: 1, BreakerFor: time.Second, Wrap: wrap})
	if err != nil {
		return nil, errors.New("the address of the webhook is not an http or https URL")
	}
	return &Webhook{client: client}, nil
}

// webhookBody is documented in docs/operations.md.
type webhookBody struct {
	Event   string       `json:"event"`
	AlertID uuid.UUID    `json:"alert_id"`
	Text    string       `json:"text"`
	URL     string       `json:"url,omitempty"`
	Error   webhookError `json:"error"`
}

type webhookError struct {
	ID            uuid.UUID `json:"id"`
	Source        string    `json:"source"`
	Kind          string    `json:"kind"`
	Title         string    `json:"title"`
	Location      string    `json:"location"`
	RequestID     string    `json:"request_id"`
	Count         int64     `json:"count"`
	CountThisHour int64     `json:"count_this_hour"`
	FirstSeen     time.Time `json:"first_seen"`
	LastSeen      time.Time `json:"last_seen"`
}

// Send posts it. Whoever takes it knows by alert_id what it has already.
func (w *Webhook) Send(ctx context.Context, a Alert, _ bool) error {
	g := a.Group
	err := w.client.Post(ctx, webhookBody{
		Event: "error." + string(a.Reason), AlertID: a.ID, Text: a.text(), URL: a.URL,
		Error: webhookError{
			ID: g.ID, Source: g.Source, Kind: g.Kind, Title: g.Title, Location: g.Location, RequestID: g.RequestID,
			Count: g.Count, CountThisHour: a.ThisHour, FirstSeen: g.FirstSeen.UTC(), LastSeen: g.LastSeen.UTC(),
		},
	}, nil)
	var call *url.Error
	if errors.As(err, &call) {
		return call.Err // without the address
	}
	return err
}

// Messenger is Chatwoot's API as far as alerts need it.
type Messenger interface {
	CreateMessage(ctx context.Context, m chatwoot.NewMessage) (chatwoot.APIMessage, error)
	Messages(ctx context.Context, conversationID, after int64) ([]chatwoot.APIMessage, error)
}

// Note writes alerts into a conversation of Chatwoot, where only staff see them.
type Note struct {
	Chatwoot Messenger
	// ConversationID is the number that Chatwoot shows.
	ConversationID int64
}

// Send writes it, unless an attempt before did without telling.
func (n Note) Send(ctx context.Context, a Alert, again bool) error {
	if again {
		messages, err := n.Chatwoot.Messages(ctx, n.ConversationID, 0)
		if err != nil && !errors.Is(err, chatwoot.ErrTooManyPages) {
			return err
		}
		for _, m := range messages {
			if m.Marker == a.ID.String() {
				return nil
			}
		}
	}
	_, err := n.Chatwoot.CreateMessage(ctx, chatwoot.NewMessage{
		ConversationID: n.ConversationID, Content: chatwoot.FormatText(a.text()), Private: true, Marker: a.ID.String(),
	})
	if chatwoot.OutcomeOf(err) == chatwoot.Permanent {
		return river.JobCancel(err)
	}
	return err
}
