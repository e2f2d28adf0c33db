package conversations_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/page"
)

const mainJob = "Hola, quiero homologar el escape y el manillar de mi moto"

func TestMessageBecomesAPricedReply(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	hook := h.say(mainJob)
	reply := h.replies(1)[0]
	for _, want := range []string{"175,00 € + IVA", "211,75 €", "Ficha técnica", "permiso de circulación"} {
		require.Contains(t, reply.Shown, want)
	}
	require.True(t, reply.ByBot)
	h.settled()
	h.deliver(hook, conversations.ReceiptDuplicate)
	h.settled()
	h.replies(1)
	require.Equal(t, 1, h.count("quotes WHERE total = 211.75"))
	require.Zero(t, h.count("messages WHERE needs_answer AND answered_at IS NULL"))

	t.Run("our own reply coming back changes nothing", func(t *testing.T) {
		h.deliver(h.chatwoot.MessageEvent(reply.ID, "message_created"), conversations.ReceiptIgnored)
		require.Zero(t, h.count("conversations WHERE paused_at IS NOT NULL"))
	})
	t.Run("the transcript has both", func(t *testing.T) {
		reader := conversations.NewReader(h.pool, h.clock.now)
		all, _, err := reader.Conversations(t.Context(), conversations.Filter{}, page.Key{}, 10)
		require.NoError(t, err)
		messages, _, err := reader.Messages(t.Context(), all[0].ID, page.Key{}, 10)
		require.NoError(t, err)
		require.Equal(t, []string{"assistant", "customer"}, []string{messages[0].Author, messages[1].Author})
		require.Equal(t, "sent", *messages[0].Delivery)
	})
}

func TestBurstIsAnsweredTogether(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo), textDelay: 700 * time.Millisecond})
	for i := range 5 {
		h.say(fmt.Sprint("m", i))
	}
	require.Equal(t, "m0 | m1 | m2 | m3 | m4", h.replies(1)[0].Shown)
	h.settled()
}

// TestOrderPerConversation has many customers write many messages at once.
func TestOrderPerConversation(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	const customers, each = 10, 12
	var wg sync.WaitGroup
	for c := range customers {
		wg.Go(func() {
			for i := range each {
				hook := h.chatwoot.Incoming(chatwoottest.Incoming{Text: fmt.Sprintf("%d.%d", c, i), Phone: fmt.Sprintf("+346001%05d", c)})
				_, err := h.intake.Receive(t.Context(), hook.Body)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	h.settled()
	said := map[int64]string{}
	for _, m := range h.chatwoot.Sent() {
		said[m.ConversationID] += m.Shown + " | "
	}
	require.Len(t, said, customers)
	for _, all := range said {
		c, _, _ := strings.Cut(all, ".")
		want := ""
		for i := range each {
			want += c + "." + fmt.Sprint(i) + " | "
		}
		require.Equal(t, want, all, "each message once and in order")
	}
}

func TestPersonTakesOver(t *testing.T) {
	t.Parallel()
	takeover := map[string]func(h *harness, id int64) chatwoottest.Webhook{
		"by writing": func(h *harness, id int64) chatwoottest.Webhook { return h.chatwoot.HumanReply(id, "Hola, soy Marta") },
		"by assignment": func(h *harness, id int64) chatwoottest.Webhook {
			return h.chatwoot.Change(id, chatwoottest.Change{Assignee: chatwoottest.AssignAgent})
		},
	}
	for name, take := range takeover {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, options{answerer: script(echo)})
			first := h.say("uno")
			h.replies(1)
			_, err := h.intake.Receive(t.Context(), take(h, first.ConversationID).Body)
			require.NoError(t, err)
			h.say("dos")
			h.settled()
			h.replies(1)
			require.Equal(t, 1, h.count("conversations WHERE paused_at IS NOT NULL"))

			h.chatwoot.Change(first.ConversationID, chatwoottest.Change{Status: "resolved", Assignee: chatwoottest.AssignNobody})
			h.deliver(h.chatwoot.ConversationEvent(first.ConversationID, "conversation_status_changed"), conversations.ReceiptIgnored)
			h.say("tres")
			require.Equal(t, "tres", h.replies(2)[1].Shown, "given back: only what came since is answered")
		})
	}
}

// TestTakeoverBeforeSending has a person write while a reply waits for Chatwoot.
func TestTakeoverBeforeSending(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	require.NoError(t, h.chatwoot.Refuse(true))
	first := h.say("uno")
	require.Eventually(t, func() bool { return h.count("outbox WHERE attempts > 0") == 1 }, patience, 10*time.Millisecond)
	require.Eventually(t, func() bool { return h.count("outbox WHERE status = 'pending'") == 1 }, patience, 10*time.Millisecond)
	_, err := h.intake.Receive(t.Context(), h.chatwoot.HumanReply(first.ConversationID, "Ya contesto yo").Body)
	require.NoError(t, err)
	require.NoError(t, h.chatwoot.Refuse(false))
	h.settled()
	for _, m := range h.chatwoot.Sent() {
		require.NotEqual(t, "uno", m.Shown)
	}
	require.Equal(t, 1, h.count("outbox WHERE status = 'suppressed'"))
}

// TestPersonWritesAfterAHandover has the last words of the assistant hang: the
// request got no answer and Chatwoot does not have them. Then a person writes.
func TestPersonWritesAfterAHandover(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(func(assistant.Turn) assistant.Outcome {
		return assistant.Outcome{Replies: []string{"Te paso con una persona."}, HandOver: true}
	})})
	h.chatwoot.Inject(chatwoottest.Fault{Method: "POST", Path: "/messages", Status: 500})
	first := h.say("quiero hablar con una persona")
	require.Eventually(t, func() bool { return h.count("outbox WHERE status = 'sending' AND error IS NOT NULL") == 1 }, patience, 10*time.Millisecond)
	_, err := h.intake.Receive(t.Context(), h.chatwoot.HumanReply(first.ConversationID, "Hola, soy Marta").Body)
	require.NoError(t, err)
	h.skipWait()
	h.settled()
	for _, m := range h.chatwoot.Sent() {
		require.NotEqual(t, "Te paso con una persona.", m.Shown)
	}
	require.Equal(t, 1, h.count("conversations WHERE paused_reason = 'staff_wrote'"))
	require.Equal(t, 1, h.count("outbox WHERE kind = 'reply' AND status = 'suppressed'"))
}

func TestHandover(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(func(turn assistant.Turn) assistant.Outcome {
		return assistant.Outcome{
			Replies: []string{"Te paso con una persona."}, HandOver: true,
			Escalations: []assistant.Escalation{{Source: assistant.SourceCustomerRequest, Reason: "Quiere hablar con alguien"}},
		}
	})})
	hook := h.say("quiero hablar con una persona")
	require.Equal(t, "Te paso con una persona.", h.replies(1)[0].Shown)
	h.settled()
	require.Len(t, h.chatwoot.Notes(), 1)
	require.Contains(t, h.chatwoot.Notes()[0].Shown, "Quiere hablar con alguien")
	conv, ok := h.chatwoot.Conversation(hook.ConversationID)
	require.True(t, ok)
	require.Equal(t, "open", conv.Status)
	require.Equal(t, 1, h.count("escalations WHERE status = 'pending' AND source = 'customer_request'"))
	h.say("¿hola?")
	h.settled()
	h.replies(1)
}

func TestPanicButton(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	h.set(admin.SettingAssistantEnabled, `false`)
	h.set(admin.SettingAssistantDisabledMessage, `"Te atiende una persona."`)
	h.say(mainJob)
	require.Equal(t, "Te atiende una persona.", h.replies(1)[0].Shown)
	h.say("¿hay alguien?")
	h.settled()
	h.replies(1)
	require.Equal(t, 1, h.count("escalations WHERE source = 'assistant_disabled'"))
}

// TestEveryWaySendingFails lists what Chatwoot may do to a reply; each ends with
// exactly one copy, or with people told.
func TestEveryWaySendingFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault chatwoottest.Fault
		sent  int
	}{
		"answers 500 without storing":  {chatwoottest.Fault{Status: 500}, 1},
		"answers 502 after storing":    {chatwoottest.Fault{Status: 502, Store: true}, 1},
		"cuts the line after storing":  {chatwoottest.Fault{Reset: true, Store: true}, 1},
		"cuts the line before storing": {chatwoottest.Fault{Reset: true}, 1},
		"answers too late":             {chatwoottest.Fault{Delay: 3 * time.Second, Store: true}, 1},
		"answers a page after storing": {chatwoottest.Fault{HTML: true, Store: true}, 1},
		"asks to come back":            {chatwoottest.Fault{Status: 429, RetryAfter: "1"}, 1},
		"does not know the thread":     {chatwoottest.Fault{Status: 404}, 0},
		"refuses the token":            {chatwoottest.Fault{Status: 401}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, options{answerer: script(echo)})
			c.fault.Method, c.fault.Path = "POST", "/messages"
			h.chatwoot.Inject(c.fault)
			h.say("hola")
			h.skipWait()
			if c.sent == 0 {
				require.Eventually(t, func() bool { return h.count("escalations WHERE source = 'delivery_failed'") == 1 }, patience, 20*time.Millisecond)
				h.settled()
				require.Empty(t, h.chatwoot.Sent())
				require.Equal(t, 1, h.count("outbox WHERE kind = 'reply' AND status = 'failed'"))
				return
			}
			h.replies(1)
			require.Eventually(t, func() bool { return h.count("outbox WHERE status = 'sent' AND chatwoot_message_id IS NOT NULL") == 1 }, patience, 20*time.Millisecond)
			h.settled()
			h.replies(1)
		})
	}
}

func TestOutsideTheWindow(t *testing.T) {
	t.Parallel()
	closed := false
	t.Run("with a template", func(t *testing.T) {
		t.Parallel()
		h := start(t, options{answerer: script(echo), template: &chatwoot.Template{Name: "seguimos", Language: "es"}})
		hook := h.say("hola")
		reply := h.replies(1)[0]
		h.chatwoot.Change(hook.ConversationID, chatwoottest.Change{CanReply: &closed})
		failed := h.chatwoot.Fail(reply.ID, "131047: Re-engagement message")
		for range 2 { // the event comes more than once
			h.deliver(failed, conversations.ReceiptIgnored)
		}
		sent := h.replies(2)
		require.Equal(t, "seguimos", sent[1].TemplateParams["name"])
		h.settled()
		h.replies(2)
	})
	t.Run("without one", func(t *testing.T) {
		t.Parallel()
		h := start(t, options{answerer: script(echo)})
		hook := h.say("hola")
		reply := h.replies(1)[0]
		h.chatwoot.Change(hook.ConversationID, chatwoottest.Change{CanReply: &closed})
		h.deliver(h.chatwoot.Fail(reply.ID, "131047: Re-engagement message"), conversations.ReceiptIgnored)
		require.Eventually(t, func() bool { return len(h.chatwoot.Notes()) == 1 }, patience, 20*time.Millisecond)
		h.settled()
		require.Equal(t, 1, h.count("escalations WHERE source = 'outside_window'"))
		h.replies(1)
	})
}

func TestWithoutChatwootRepliesAreHeld(t *testing.T) {
	t.Parallel()
	h := start(t, options{held: true})
	h.say(mainJob)
	require.Eventually(t, func() bool { return h.count("outbox WHERE status = 'held'") == 1 }, patience, 20*time.Millisecond)
	h.settled()
	require.Empty(t, h.chatwoot.Requests())
	require.Equal(t, 1, h.count("messages WHERE author = 'assistant' AND content LIKE '%175,00 €%'"))
}

func TestMessageThatComesWhileAnswering(t *testing.T) {
	t.Parallel()
	var h *harness
	var once sync.Once
	h = start(t, options{answerer: script(func(turn assistant.Turn) assistant.Outcome {
		once.Do(func() { h.say("dos") }) // after the inbox was read, before the end
		return echo(turn)
	})})
	h.say("uno")
	require.Equal(t, "uno | dos", h.replies(1)[0].Shown)
	h.settled()
}

func TestGiveUpHandsOver(t *testing.T) {
	t.Parallel()
	h := start(t, options{noWorkers: true})
	h.say("hola")
	var id uuid.UUID
	require.NoError(t, h.pool.QueryRow(t.Context(), "SELECT id FROM conversations").Scan(&id))
	for range 2 {
		require.NoError(t, h.process.GiveUp(t.Context(), conversations.ProcessArgs{ConversationID: id}, "El asistente ha fallado."))
	}
	require.Equal(t, 1, h.count("escalations WHERE source = 'error'"))
	require.Equal(t, 1, h.count("outbox WHERE kind = 'handover'"))
	require.Equal(t, 1, h.count("conversations WHERE paused_reason = 'handed_over'"))
	require.Zero(t, h.count("messages WHERE needs_answer"))
}

func TestMaintenanceFindsStrandedWork(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	h.say("uno")
	h.replies(1)
	h.settled()
	// A job that was lost, and raw bodies of last week.
	h.exec("UPDATE messages SET answered_at = NULL, received_at = now() - interval '1 hour' WHERE author = 'customer'")
	h.exec("INSERT INTO webhook_bodies VALUES (gen_random_uuid(), now() - interval '8 days', 'x', '', 1, 1, 1)")
	require.NoError(t, h.maintain())
	h.replies(2)
	require.Equal(t, 1, h.count("webhook_bodies"))
}

func (h *harness) maintain() error { return h.maintainWith(h.files) }

func (h *harness) maintainWith(files conversations.Keeper) error {
	return conversations.NewMaintainWorker(conversations.MaintainConfig{
		DB: h.pool, Jobs: h.jobs, Discards: h.jobs, Process: h.process, Files: files, Now: h.clock.now,
	}).Work(h.t.Context(), nil)
}

// stuckKeeper cannot drop one of the files.
type stuckKeeper struct {
	conversations.Keeper
	stuck uuid.UUID
}

// Drop drops all others.
func (k stuckKeeper) Drop(ctx context.Context, id uuid.UUID) error {
	if id == k.stuck {
		return errors.New("the disk does not let go")
	}
	return k.Keeper.Drop(ctx, id)
}

func TestMaintenanceGoesOnAfterAnError(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	for i := range 2 {
		hook := h.chatwoot.Incoming(withFiles(photo(uint64(i))))
		h.deliver(hook, conversations.ReceiptQueued)
		h.replies(i + 1)
		h.settled()
		h.deliver(h.chatwoot.Delete(hook.MessageID), conversations.ReceiptIgnored)
	}
	h.exec("DELETE FROM webhook_bodies")
	h.exec("INSERT INTO webhook_bodies VALUES (gen_random_uuid(), now() - interval '8 days', 'x', '', 1, 1, 1)")
	var first uuid.UUID
	require.NoError(t, h.pool.QueryRow(t.Context(), "SELECT image_id FROM message_attachments ORDER BY updated_at LIMIT 1").Scan(&first))
	require.ErrorContains(t, h.maintainWith(stuckKeeper{h.files, first}), "does not let go")
	require.Zero(t, h.count("webhook_bodies"))
	require.Equal(t, 1, h.count("images"), "the other file")
}

// TestMessageThatKillsEveryProcess has its job discarded without anybody having
// been able to say so, as when each attempt takes the process with it.
func TestMessageThatKillsEveryProcess(t *testing.T) {
	t.Parallel()
	h := start(t, options{noWorkers: true})
	h.say("hola")
	h.clock.advance(time.Hour)
	require.NoError(t, h.maintain())
	require.Zero(t, h.count("escalations"), "its job is only waiting")
	h.exec("UPDATE river_job SET state = 'discarded', finalized_at = now() + interval '1 second'")
	require.NoError(t, h.maintain())
	require.Equal(t, 1, h.count("escalations WHERE source = 'error'"))
	require.Zero(t, h.count("messages WHERE needs_answer"))
	require.Equal(t, 1, h.count("conversations WHERE paused_at IS NOT NULL"))
	require.NoError(t, h.maintain())
	require.Equal(t, 1, h.count("outbox WHERE kind = 'handover'"), "once")
}
