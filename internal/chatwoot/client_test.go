package chatwoot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

// newClient returns a client of the fake whose connections end with the test.
func newClient(t *testing.T, url string, change ...func(*chatwoot.ClientConfig)) *chatwoot.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := chatwoot.ClientConfig{
		BaseURL: url + "/", AccountID: chatwoottest.AccountID, UserToken: chatwoottest.UserToken, BotToken: chatwoottest.BotToken,
		HTTPClient: &http.Client{Transport: transport}, BreakerAfter: 1000,
	}
	for _, c := range change {
		c(&cfg)
	}
	c, err := chatwoot.NewClient(cfg)
	require.NoError(t, err)
	return c
}

func reply(conversation int64, text string) chatwoot.NewMessage {
	return chatwoot.NewMessage{ConversationID: conversation, Content: chatwoot.FormatText(text), Marker: "0198-uuid"}
}

func requireOutcome(t *testing.T, err error, want chatwoot.Outcome) chatwoot.APIError {
	t.Helper()
	var e *chatwoot.APIError
	require.ErrorAs(t, err, &e)
	require.Equal(t, want, e.Outcome, "%v", err)
	require.Equal(t, want, chatwoot.OutcomeOf(fmt.Errorf("send: %w", err)))
	for _, token := range []string{chatwoottest.UserToken, chatwoottest.BotToken} {
		require.NotContains(t, err.Error(), token)
	}
	return *e
}

func TestClientCreateMessage(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	c := newClient(t, cw.URL())
	hook := cw.Incoming(chatwoottest.Incoming{Text: "Hola"})
	const text = "*Presupuesto*: {{precio}} <210,00 €>\n- uno\n1. dos\n\nhttps://x.es/a_b"

	m, err := c.CreateMessage(t.Context(), reply(hook.ConversationID, text))
	require.NoError(t, err)
	require.Equal(t, "0198-uuid", m.Marker)
	require.Equal(t, chatwoot.DirectionOutgoing, m.Direction)
	require.Equal(t, chatwoot.SenderAgentBot, m.Sender)
	require.Equal(t, hook.ConversationID, m.ConversationID)

	sent, err := cw.WaitSent(1, time.Second)
	require.NoError(t, err)
	require.Equal(t, text, sent[0].Shown, "the customer sees what was written")
	require.Equal(t, "0198-uuid", sent[0].Marker)
	require.True(t, sent[0].ByBot)
	require.Equal(t, m.ID, sent[0].ID)

	// Its echo is known as ours, and tells of no person.
	echo := parse(t, string(cw.MessageEvent(m.ID, "message_created").Body))
	require.Equal(t, "0198-uuid", echo.Message.Marker)
	require.Equal(t, chatwoot.Ignored, chatwoot.Classify(echo, chatwoot.Policy{}))

	note, err := c.CreateMessage(t.Context(), chatwoot.NewMessage{ConversationID: hook.ConversationID, Content: "Nota", Private: true, Marker: "n"})
	require.NoError(t, err)
	require.True(t, note.Private)
	require.Len(t, cw.Notes(), 1)
	require.Len(t, cw.Sent(), 1)

	_, err = c.CreateMessage(t.Context(), chatwoot.NewMessage{ConversationID: hook.ConversationID, Marker: "t", Template: &chatwoot.Template{
		Name: "expediente_listo", Category: "UTILITY", Language: "es", Params: map[string]any{"body": map[string]any{"1": "Lucía"}},
	}})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"name": "expediente_listo", "category": "UTILITY", "language": "es",
		"processed_params": map[string]any{"body": map[string]any{"1": "Lucía"}},
	}, cw.Sent()[1].TemplateParams)

	user := newClient(t, cw.URL(), func(cfg *chatwoot.ClientConfig) { cfg.BotToken = "" })
	m, err = user.CreateMessage(t.Context(), reply(hook.ConversationID, "con el otro"))
	require.NoError(t, err)
	require.Equal(t, chatwoot.SenderUser, m.Sender)
	require.False(t, chatwoot.EventFromAPI(chatwoot.APIConversation{}, m).HumanInCharge(), "the marker tells")
}

func TestClientRefusesWithoutAsking(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	c := newClient(t, cw.URL())
	for _, m := range []chatwoot.NewMessage{
		{Content: "x", Marker: "m"},
		{ConversationID: 1, Content: " \n", Marker: "m"},
		{ConversationID: 1, Content: "x"},
		{ConversationID: 1, Content: strings.Repeat("é", 150_001), Marker: "m"},
		{ConversationID: 1, Marker: "m", Template: &chatwoot.Template{Name: "x"}},
		{ConversationID: 1, Marker: "m", Template: &chatwoot.Template{Name: "x", Language: "es", Params: map[string]any{"f": func() {}}}},
	} {
		_, err := c.CreateMessage(t.Context(), m)
		requireOutcome(t, err, chatwoot.Permanent)
	}
	_, err := c.ToggleStatus(t.Context(), 1, "")
	requireOutcome(t, err, chatwoot.Permanent)
	requireOutcome(t, c.AssignTeam(t.Context(), 1, 0), chatwoot.Permanent)
	require.Empty(t, cw.Requests())
}

func TestClientOutcomes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault  chatwoottest.Fault
		want   chatwoot.Outcome
		after  time.Duration
		stored int
	}{
		"401":                    {chatwoottest.Fault{Status: 401}, chatwoot.Permanent, 0, 0},
		"402":                    {chatwoottest.Fault{Status: 402}, chatwoot.Permanent, 0, 0},
		"403":                    {chatwoottest.Fault{Status: 403}, chatwoot.Permanent, 0, 0},
		"404":                    {chatwoottest.Fault{Status: 404}, chatwoot.Permanent, 0, 0},
		"422":                    {chatwoottest.Fault{Status: 422}, chatwoot.Permanent, 0, 0},
		"404 page of a proxy":    {chatwoottest.Fault{Status: 404, HTML: true}, chatwoot.RetryLater, 0, 0},
		"429":                    {chatwoottest.Fault{Status: 429}, chatwoot.RetryLater, 0, 0},
		"429 with seconds":       {chatwoottest.Fault{Status: 429, RetryAfter: "7"}, chatwoot.RetryLater, 7 * time.Second, 0},
		"429 with a long wait":   {chatwoottest.Fault{Status: 429, RetryAfter: "99999999999"}, chatwoot.RetryLater, time.Hour, 0},
		"429 with nonsense":      {chatwoottest.Fault{Status: 429, RetryAfter: "soon"}, chatwoot.RetryLater, 0, 0},
		"500":                    {chatwoottest.Fault{Status: 500}, chatwoot.Ambiguous, 0, 0},
		"502 after storing":      {chatwoottest.Fault{Status: 502, HTML: true, Store: true}, chatwoot.Ambiguous, 0, 1},
		"503 with seconds":       {chatwoottest.Fault{Status: 503, RetryAfter: "30"}, chatwoot.Ambiguous, 30 * time.Second, 0},
		"408":                    {chatwoottest.Fault{Status: 408}, chatwoot.Ambiguous, 0, 0},
		"200 with a page":        {chatwoottest.Fault{HTML: true}, chatwoot.Ambiguous, 0, 0},
		"200 page after storing": {chatwoottest.Fault{HTML: true, Store: true}, chatwoot.Ambiguous, 0, 1},
		"reset":                  {chatwoottest.Fault{Reset: true}, chatwoot.Ambiguous, 0, 0},
		"reset after storing":    {chatwoottest.Fault{Reset: true, Store: true}, chatwoot.Ambiguous, 0, 1},
		"slow after storing":     {chatwoottest.Fault{Delay: time.Minute, Store: true}, chatwoot.Ambiguous, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cw := chatwoottest.New(t)
			c := newClient(t, cw.URL(), func(cfg *chatwoot.ClientConfig) {
				if tc.fault.Delay > 0 {
					cfg.Timeout = 100 * time.Millisecond
				}
			})
			hook := cw.Incoming(chatwoottest.Incoming{Text: "Hola"})
			cw.Inject(tc.fault)
			_, err := c.CreateMessage(t.Context(), reply(hook.ConversationID, "respuesta"))
			e := requireOutcome(t, err, tc.want)
			require.Equal(t, tc.after, e.After)
			if tc.fault.Status != 0 {
				require.Equal(t, tc.fault.Status, e.Status)
			}
			require.Len(t, cw.Sent(), tc.stored, "the client never repeats a call")

			// Looking tells whether the customer has it already.
			patient := newClient(t, cw.URL())
			seen, err := patient.Messages(t.Context(), hook.ConversationID, hook.MessageID)
			require.NoError(t, err)
			require.Len(t, seen, tc.stored)
			for _, m := range seen {
				require.Equal(t, "0198-uuid", m.Marker)
			}
		})
	}
}

func TestClientTrueRefusals(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	hook := cw.Incoming(chatwoottest.Incoming{Text: "Hola"})
	c := newClient(t, cw.URL())
	_, err := c.CreateMessage(t.Context(), reply(4711, "x"))
	require.Equal(t, "Resource could not be found", requireOutcome(t, err, chatwoot.Permanent).Detail)

	wrong := newClient(t, cw.URL(), func(cfg *chatwoot.ClientConfig) { cfg.UserToken, cfg.BotToken = "nope-1", "nope-2" })
	_, err = wrong.CreateMessage(t.Context(), reply(hook.ConversationID, "x"))
	require.Equal(t, "Invalid Access Token", requireOutcome(t, err, chatwoot.Permanent).Detail)

	other := newClient(t, cw.URL(), func(cfg *chatwoot.ClientConfig) { cfg.AccountID = 4 })
	_, err = other.Labels(t.Context(), hook.ConversationID)
	requireOutcome(t, err, chatwoot.Permanent)

	botOnly := newClient(t, cw.URL(), func(cfg *chatwoot.ClientConfig) { cfg.UserToken = chatwoottest.BotToken })
	_, err = botOnly.Messages(t.Context(), hook.ConversationID, 0)
	require.Contains(t, requireOutcome(t, err, chatwoot.Permanent).Detail, "not authorized for bots")

	cw.SetFloodLimit(1)
	_, err = c.CreateMessage(t.Context(), reply(hook.ConversationID, "x"))
	require.Equal(t, 422, requireOutcome(t, err, chatwoot.RetryLater).Status)

	require.ErrorContains(t, c.SetCustomAttributes(t.Context(), hook.ConversationID, map[string]any{"x": strings.Repeat("x", 1501)}), "length should be < 1500")
}

func TestClientNotSent(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	c := newClient(t, cw.URL())
	hook := cw.Incoming(chatwoottest.Incoming{Text: "Hola"})
	require.NoError(t, cw.Refuse(true))
	_, err := c.CreateMessage(t.Context(), reply(hook.ConversationID, "x"))
	requireOutcome(t, err, chatwoot.NotSent)
	require.NoError(t, cw.Refuse(false))
	_, err = c.CreateMessage(t.Context(), reply(hook.ConversationID, "x"))
	require.NoError(t, err)
	require.Len(t, cw.Sent(), 1)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.CreateMessage(ctx, reply(hook.ConversationID, "x"))
	requireOutcome(t, err, chatwoot.NotSent)
	require.ErrorIs(t, err, context.Canceled)

	_, err = newClient(t, "http://name.invalid").CreateMessage(t.Context(), reply(1, "x"))
	requireOutcome(t, err, chatwoot.NotSent)

	// A transport that does not say how far it came leaves it open.
	blind := newClient(t, "http://name.invalid", func(cfg *chatwoot.ClientConfig) { cfg.HTTPClient = &http.Client{Transport: failing{}} })
	_, err = blind.CreateMessage(t.Context(), reply(1, "x"))
	requireOutcome(t, err, chatwoot.Ambiguous)
	require.Equal(t, chatwoot.Ambiguous, chatwoot.OutcomeOf(errors.New("other")))
	require.Empty(t, chatwoot.OutcomeOf(nil))
}

func TestClientRetryAfterDate(t *testing.T) {
	t.Parallel()
	for until, want := range map[string]time.Duration{
		"Mon, 03 Aug 2026 08:15:32 GMT": 10 * time.Second, "Mon, 03 Aug 2026 08:00:00 GMT": 0, "Tue, 04 Aug 2026 08:00:00 GMT": time.Hour,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Mon, 03 Aug 2026 08:15:22 GMT")
			w.Header().Set("Retry-After", until)
			w.WriteHeader(429)
		}))
		_, err := newClient(t, srv.URL).CreateMessage(t.Context(), reply(1, "x"))
		require.Equal(t, want, requireOutcome(t, err, chatwoot.RetryLater).After)
		srv.Close()
	}
}

type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("broken") }

func TestClientFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 307, 308} {
		srv := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		_, err := newClient(t, srv.URL).CreateMessage(t.Context(), reply(1, "x"))
		requireOutcome(t, err, chatwoot.Permanent)
		srv.Close()
	}
	require.Zero(t, calls.Load(), "the token went nowhere else")
}

func TestClientBoundsAnswers(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 10 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	_, err := newClient(t, srv.URL).CreateMessage(t.Context(), reply(1, "x"))
	requireOutcome(t, err, chatwoot.Ambiguous)
	require.ErrorContains(t, err, "too long")
}

func TestClientHeaders(t *testing.T) {
	t.Parallel()
	var got http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.WriteHeader(422)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "echo " + r.Header.Get("Api-Access-Token")})
	}))
	defer srv.Close()
	_, err := newClient(t, srv.URL).CreateMessage(t.Context(), reply(1, "x"))
	require.Equal(t, "echo [redacted]", requireOutcome(t, err, chatwoot.Permanent).Detail)
	require.Equal(t, []string{chatwoottest.BotToken}, got["Api-Access-Token"])
	require.Equal(t, "application/json", got.Get("Content-Type"))
	require.Empty(t, got.Get("Authorization"))
}

func TestClientBreaker(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	changes := make(chan bool, 10)
	c := newClient(t, cw.URL(), func(cfg *chatwoot.ClientConfig) {
		cfg.BreakerAfter, cfg.BreakerFor = 3, 50*time.Millisecond
		cfg.OnBreaker = func(open bool) { changes <- open }
	})
	id := cw.Incoming(chatwoottest.Incoming{Text: "a"}).ConversationID
	send := func() error {
		_, err := c.CreateMessage(t.Context(), reply(id, "x"))
		return err
	}
	// None of these says that the server is ill.
	cw.Inject(chatwoottest.Fault{Status: 429, Times: 4}, chatwoottest.Fault{Status: 422, Times: 4}, chatwoottest.Fault{HTML: true, Times: 4})
	for range 12 {
		require.Error(t, send())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 4 {
		_, err := c.CreateMessage(ctx, reply(id, "x"))
		require.ErrorIs(t, err, context.Canceled)
	}
	require.True(t, c.Available())

	cw.Inject(chatwoottest.Fault{Status: 500, Times: -1})
	for range 3 {
		requireOutcome(t, send(), chatwoot.Ambiguous)
	}
	require.True(t, <-changes)
	require.False(t, c.Available())
	calls := len(cw.Requests())
	e := requireOutcome(t, send(), chatwoot.NotSent)
	require.Equal(t, 50*time.Millisecond, e.After)
	require.Len(t, cw.Requests(), calls, "nothing leaves while it is open")

	cw.ClearFaults()
	require.Eventually(t, func() bool { return send() == nil }, 5*time.Second, 10*time.Millisecond)
	require.False(t, <-changes)
	require.True(t, c.Available())
}

func TestNewClientChecks(t *testing.T) {
	t.Parallel()
	good := chatwoot.ClientConfig{BaseURL: "https://chat.example.com/prefix/", AccountID: 3, UserToken: "secret-token"}
	for name, change := range map[string]func(*chatwoot.ClientConfig){
		"scheme":   func(c *chatwoot.ClientConfig) { c.BaseURL = "ftp://x" },
		"host":     func(c *chatwoot.ClientConfig) { c.BaseURL = "https://" },
		"empty":    func(c *chatwoot.ClientConfig) { c.BaseURL = "" },
		"user":     func(c *chatwoot.ClientConfig) { c.BaseURL = "https://u:p@x" },
		"query":    func(c *chatwoot.ClientConfig) { c.BaseURL = "https://x?y" },
		"account":  func(c *chatwoot.ClientConfig) { c.AccountID = 0 },
		"no token": func(c *chatwoot.ClientConfig) { c.UserToken = "" },
		"newline":  func(c *chatwoot.ClientConfig) { c.UserToken = "secret-token\n" },
		"bot":      func(c *chatwoot.ClientConfig) { c.BotToken = "secret tökén" },
	} {
		cfg := good
		change(&cfg)
		_, err := chatwoot.NewClient(cfg)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "secret", name)
	}
	c, err := chatwoot.NewClient(good)
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "client", c, "cfg", good)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v", c, c), fmt.Sprintf("%+v", struct{ c *chatwoot.Client }{c}), fmt.Sprintf("%+v", good), log.String()} {
		require.NotContains(t, s, "secret-token")
	}
	require.Contains(t, c.String(), "https://chat.example.com/prefix/api/v1/accounts/3")
}
