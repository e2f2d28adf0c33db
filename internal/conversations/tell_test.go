package conversations_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
)

func (h *harness) tell(conversation uuid.UUID, text string) {
	h.t.Helper()
	require.NoError(h.t, db.InTx(h.t.Context(), h.pool, func(ctx context.Context, tx pgx.Tx) error {
		return h.outbox.Tell(ctx, tx, conversation, text)
	}))
}

// TestTell: the company's own news reach the customer whoever has the
// conversation, and take it from nobody.
func TestTell(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo), template: &chatwoot.Template{Name: "aviso", Language: "es", Category: "UTILITY"}})
	hook := h.say("hola")
	h.replies(1)
	conv := h.conversationOf(hook.ConversationID)
	h.tell(conv, "Tu expediente está listo.")
	sent := h.replies(2)
	require.Equal(t, "Tu expediente está listo.", sent[1].Content)
	require.Zero(t, h.count("conversations WHERE paused_at IS NOT NULL"), "the assistant goes on")

	ctx := caller.With(t.Context(), caller.Caller{AccountID: h.account("marta"), Username: "marta", Role: caller.RoleEditor})
	_, err := h.desk.Take(ctx, conv)
	require.NoError(t, err)
	h.settled()
	before := len(h.chatwoot.Sent())
	h.tell(conv, "Hemos empezado.")
	h.settled()
	require.Len(t, h.chatwoot.Sent(), before+1, "also while a person has it")
	require.Equal(t, 1, h.count("conversations WHERE paused_at IS NOT NULL"))

	h.clock.advance(25 * time.Hour)
	h.tell(conv, "Ya está resuelto.")
	h.settled()
	require.Equal(t, 1, h.count("outbox WHERE kind = 'template' AND status = 'sent'"), "outside the window")
	for _, m := range h.chatwoot.Sent() {
		require.NotEqual(t, "Ya está resuelto.", m.Content)
	}

	rows := h.count("outbox")
	h.tell(uuid.New(), "a nadie")
	h.exec("UPDATE conversations SET chatwoot_conversation_id = -1")
	h.tell(conv, "a nadie")
	require.Equal(t, rows, h.count("outbox"))
}
