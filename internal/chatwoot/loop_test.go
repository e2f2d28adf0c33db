package chatwoot_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

// TestLoop takes one message the whole way: signed webhook, authentication,
// parsing, classification, reply, and the echo of the reply back to us.
func TestLoop(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	c := newClient(t, cw.URL())
	auth := chatwoot.AuthConfig{Secrets: []chatwoot.Secret{chatwoottest.Secret}}
	policy := chatwoot.Policy{AccountID: chatwoottest.AccountID, InboxIDs: []int64{chatwoottest.InboxID}}
	actions := make(chan chatwoot.Action, 10)
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil || chatwoot.Authenticate(auth, chatwoot.NewAuthRequest(r, raw, time.Now())) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		e, err := chatwoot.ParseEvent(raw)
		if err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		action := chatwoot.Classify(e, policy)
		actions <- action
		if action == chatwoot.Process {
			_, err = c.CreateMessage(r.Context(), reply(e.Conversation.ID, "Has escrito: "+e.Message.Content))
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer ours.Close()
	post := func(hook chatwoottest.Webhook) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, ours.URL, bytes.NewReader(hook.Body))
		require.NoError(t, err)
		req.Header = cw.Sign(hook.Body, time.Now())
		res, err := ours.Client().Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}

	hook := cw.Incoming(chatwoottest.Incoming{Text: "¿Cuánto cuesta <homologar> un *escape*?"})
	require.Equal(t, 200, post(hook))
	require.Equal(t, chatwoot.Process, <-actions)
	sent, err := cw.WaitSent(1, time.Second)
	require.NoError(t, err)
	require.Equal(t, "Has escrito: ¿Cuánto cuesta <homologar> un *escape*?", sent[0].Shown)

	require.Equal(t, 200, post(cw.MessageEvent(sent[0].ID, "message_created")))
	require.Equal(t, chatwoot.Ignored, <-actions)
	require.Equal(t, 200, post(cw.Fail(sent[0].ID, "131047: Re-engagement message")))
	require.Equal(t, chatwoot.DeliveryFailed, <-actions)
	require.Equal(t, 200, post(cw.HumanReply(hook.ConversationID, "Ya sigo yo")))
	require.Equal(t, chatwoot.HumanTookOver, <-actions)
	require.Equal(t, 200, post(cw.Change(hook.ConversationID, chatwoottest.Change{Assignee: chatwoottest.AssignAgent})))
	require.Equal(t, chatwoot.State, <-actions)
	require.Equal(t, 200, post(cw.Incoming(chatwoottest.Incoming{Text: "x", Phone: "+34600100777", InboxID: 9})))
	require.Equal(t, chatwoot.Ignored, <-actions)

	hook.Body = append(hook.Body[:len(hook.Body)-1:len(hook.Body)-1], " }"...)
	signed := cw.Sign(hook.Body, time.Now().Add(-10*time.Minute))
	req := httptest.NewRequest(http.MethodPost, "/", nil)
	req.Header = signed
	require.ErrorIs(t, chatwoot.Authenticate(auth, chatwoot.NewAuthRequest(req, hook.Body, time.Now())), chatwoot.ErrTimestampOutside)
	require.Len(t, cw.Sent(), 1)
}
