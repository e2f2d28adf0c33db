package conversations_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/conversations"
)

// TestPanicButtonReleased: the next message is answered, by whomever it comes;
// who was handed over meanwhile stays with people until they give it back.
func TestPanicButtonReleased(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	h.set(admin.SettingAssistantEnabled, `false`)
	first := h.say(mainJob)
	require.Contains(t, h.replies(1)[0].Shown, "nuestra atención automática no está disponible")
	h.settled()
	h.set(admin.SettingAssistantEnabled, `true`)
	h.deliver(h.chatwoot.Incoming(chatwoottest.Incoming{Text: mainJob, Phone: "+34600999888"}), conversations.ReceiptQueued)
	require.Contains(t, h.replies(2)[1].Shown, "175,00 € + IVA")

	h.say("¿hola?")
	h.settled()
	h.replies(2)
	h.chatwoot.Change(first.ConversationID, chatwoottest.Change{Status: "resolved"})
	h.deliver(h.chatwoot.ConversationEvent(first.ConversationID, "conversation_status_changed"), conversations.ReceiptIgnored)
	h.say(mainJob)
	require.Contains(t, h.replies(3)[2].Shown, "175,00 € + IVA")
}

// TestHandoverMessage is what staff want said to who asks for a person.
func TestHandoverMessage(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	h.set(admin.SettingHandoverMessage, `"Te llamamos de 9 a 14 h."`)
	h.say("quiero hablar con una persona")
	require.Contains(t, h.replies(1)[0].Shown, "Te llamamos de 9 a 14 h.")
}

// TestReplyDelayIsASetting has the delay raised and lowered while it runs.
func TestReplyDelayIsASetting(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	h.set(admin.SettingReplyDelayText, `9000`)
	began := time.Now()
	h.say("uno")
	h.set(admin.SettingReplyDelayText, `1000`)
	h.say("dos")
	require.Equal(t, "uno | dos", h.replies(1)[0].Shown, "they were waited for together")
	require.Greater(t, time.Since(began), time.Second)
}
