package conversations_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/conversations"
)

func (h *harness) reconcile() error {
	return conversations.NewReconcileWorker(conversations.ReconcileConfig{
		DB: h.pool, Intake: h.intake, Chatwoot: h.client, AccountID: chatwoottest.AccountID, Now: h.clock.now,
		Log: testLogger(h.t),
	}).Work(h.t.Context(), nil)
}

// TestMissedWebhooksAreFetched loses webhooks: whole conversations, a first
// message behind a delivered second one, and one among many.
func TestMissedWebhooksAreFetched(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo), textDelay: 300 * time.Millisecond})
	for i := range 3 { // nothing of these arrives
		h.chatwoot.Incoming(chatwoottest.Incoming{Text: fmt.Sprint("perdido ", i), Phone: fmt.Sprintf("+3460020000%d", i)})
	}
	h.chatwoot.Incoming(chatwoottest.Incoming{Text: "primero", Phone: "+34600300000"}) // lost
	second := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "segundo", Phone: "+34600300000"})
	h.deliver(second, conversations.ReceiptQueued)
	require.NoError(t, h.reconcile())
	require.NoError(t, h.reconcile(), "a second look finds nothing new")
	h.settled()
	said := map[string]int{}
	for _, m := range h.chatwoot.Sent() {
		said[m.Shown]++
	}
	require.Equal(t, map[string]int{"perdido 0": 1, "perdido 1": 1, "perdido 2": 1, "primero | segundo": 1}, said)
	require.Equal(t, 5, h.count("messages WHERE author = 'customer'"))
}

func TestReconciliationDoesNotAnswerOldMessages(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	h.chatwoot.Incoming(chatwoottest.Incoming{Text: "de ayer", At: time.Now().Add(-24 * time.Hour)})
	h.chatwoot.Incoming(chatwoottest.Incoming{Text: "de ahora"})
	require.NoError(t, h.reconcile())
	h.settled()
	require.Equal(t, "de ahora", h.replies(1)[0].Shown)
}

func TestReconciliationSeesPeople(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo), textDelay: 500 * time.Millisecond})
	hook := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "hola"})
	h.chatwoot.HumanReply(hook.ConversationID, "Hola, soy Marta")
	require.NoError(t, h.reconcile())
	h.settled()
	for _, m := range h.chatwoot.Sent() {
		require.NotEqual(t, "hola", m.Shown)
	}
	require.Equal(t, 1, h.count("conversations WHERE paused_reason = 'staff_wrote'"))
}

func TestReconciliationFailsAsAWholeAndTriesAgain(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	h.chatwoot.Incoming(chatwoottest.Incoming{Text: "hola"})
	h.chatwoot.Inject(chatwoottest.Fault{Method: "GET", Path: "/messages", Status: 500})
	require.Error(t, h.reconcile())
	require.Zero(t, h.count("reconciliations"))
	require.NoError(t, h.reconcile())
	require.Equal(t, "hola", h.replies(1)[0].Shown)
	require.Equal(t, 1, h.count("reconciliations"))
}
