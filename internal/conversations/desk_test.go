package conversations_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/page"
)

// as returns a context in which somebody of the staff asks.
func (h *harness) as(name string) context.Context {
	h.t.Helper()
	return caller.With(h.t.Context(), caller.Caller{AccountID: h.account(name), Username: name, Role: caller.RoleEditor})
}

// inChatwoot returns the conversation as Chatwoot has it once nothing is left to do.
func (h *harness) inChatwoot(id int64) chatwoottest.Conversation {
	h.t.Helper()
	h.settled()
	conv, ok := h.chatwoot.Conversation(id)
	require.True(h.t, ok)
	return conv
}

func TestTakeAndGiveBack(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	marta, pepe := h.as("marta"), h.as("pepe")
	hook := h.say("uno")
	h.replies(1)
	id := h.conversationOf(hook.ConversationID)
	require.Empty(t, h.inChatwoot(hook.ConversationID).CustomAttributes, "nothing was decided yet")

	taken, err := h.desk.Take(marta, id)
	require.NoError(t, err)
	require.Equal(t, "marta", *taken.PausedBy)
	require.Equal(t, "taken", *taken.PausedReason)
	require.Equal(t, map[string]any{"atencion_automatica": false}, h.inChatwoot(hook.ConversationID).CustomAttributes)
	require.Contains(t, h.chatwoot.Notes()[0].Shown, "«marta»")
	_, err = h.desk.Take(marta, id)
	require.NoError(t, err)
	h.settled()
	require.Len(t, h.chatwoot.Notes(), 1, "one's own again changes nothing")
	again, err := h.desk.Take(pepe, id)
	require.NoError(t, err)
	require.Equal(t, "pepe", *again.PausedBy)
	require.Equal(t, taken.PausedAt, again.PausedAt)

	h.say("dos")
	h.settled()
	h.replies(1)
	h.deliver(h.chatwoot.Change(hook.ConversationID, chatwoottest.Change{Assignee: chatwoottest.AssignAgent}), conversations.ReceiptIgnored)
	back, err := h.desk.GiveBack(pepe, id, false)
	require.NoError(t, err)
	require.Nil(t, back.PausedAt)
	require.Nil(t, back.PausedBy)
	require.NotNil(t, back.UnansweredSince, "the customer still waits")
	state := h.inChatwoot(hook.ConversationID)
	require.Equal(t, map[string]any{"atencion_automatica": true}, state.CustomAttributes)
	require.Equal(t, chatwoottest.AssignNobody, state.Assignee)
	h.replies(1)
	h.say("tres")
	require.Equal(t, "tres", h.replies(2)[1].Shown, "what came meanwhile was left to the person")
	_, err = h.desk.GiveBack(pepe, id, true)
	require.NoError(t, err)
	h.settled()
	h.replies(2)
	require.Equal(t, 3, h.count("audit_log WHERE entity_type = 'conversation' AND changes ? 'paused_reason'"))

	t.Run("and answer what waits", func(t *testing.T) {
		_, err := h.desk.Take(marta, id)
		require.NoError(t, err)
		h.say("cuatro")
		h.say("cinco")
		h.settled()
		_, err = h.desk.GiveBack(marta, id, true)
		require.NoError(t, err)
		require.Equal(t, "cuatro | cinco", h.replies(3)[2].Shown)
	})
	t.Run("unknown", func(t *testing.T) {
		_, err := h.desk.Take(marta, uuid.New())
		require.ErrorIs(t, err, conversations.ErrNotFound)
		_, err = h.desk.GiveBack(marta, uuid.New(), false)
		require.ErrorIs(t, err, conversations.ErrNotFound)
	})
}

// TestGivenBackIsBelievedOverChatwoot has the customer write while Chatwoot, that
// cannot be reached, still says that a person has the conversation.
func TestGivenBackIsBelievedOverChatwoot(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	marta := h.as("marta")
	hook := h.say("uno")
	h.replies(1)
	id := h.conversationOf(hook.ConversationID)
	_, err := h.desk.Take(marta, id)
	require.NoError(t, err)
	h.inChatwoot(hook.ConversationID)
	h.chatwoot.Change(hook.ConversationID, chatwoottest.Change{Assignee: chatwoottest.AssignAgent})
	h.chatwoot.Inject(chatwoottest.Fault{Path: "/assignments", Status: 500})
	_, err = h.desk.GiveBack(marta, id, false)
	require.NoError(t, err)
	h.say("dos") // its conversation has an assignee and the attribute false
	require.Equal(t, "dos", h.replies(2)[1].Shown)
	state := h.inChatwoot(hook.ConversationID)
	require.Equal(t, map[string]any{"atencion_automatica": true}, state.CustomAttributes, "told at the second attempt")
	require.Equal(t, chatwoottest.AssignNobody, state.Assignee)
	// From then on Chatwoot's word counts again.
	h.exec("UPDATE conversations SET chatwoot_believed_at = now() - interval '1 minute'")
	h.deliver(h.chatwoot.Change(hook.ConversationID, chatwoottest.Change{Attributes: map[string]any{"atencion_automatica": false}}), conversations.ReceiptIgnored)
	require.Equal(t, 1, h.count("conversations WHERE paused_reason = 'switched_off_in_chatwoot'"))
}

// TestSwitchedOnInChatwoot hands over and has an agent switch the attribute on.
func TestSwitchedOnInChatwoot(t *testing.T) {
	t.Parallel()
	handsOver := true
	h := start(t, options{answerer: script(func(turn assistant.Turn) assistant.Outcome {
		out := echo(turn)
		out.HandOver = handsOver
		return out
	})})
	hook := h.say("uno")
	h.replies(1)
	require.Equal(t, false, h.inChatwoot(hook.ConversationID).CustomAttributes["atencion_automatica"])
	require.Equal(t, 1, h.count("conversations WHERE paused_reason = 'handed_over'"), "the echo of our own change is no reason")
	h.exec("UPDATE conversations SET chatwoot_believed_at = now() - interval '1 minute'")
	handsOver = false
	h.deliver(h.chatwoot.Change(hook.ConversationID, chatwoottest.Change{Attributes: map[string]any{"atencion_automatica": true}}), conversations.ReceiptIgnored)
	require.Zero(t, h.count("conversations WHERE paused_at IS NOT NULL"))
	h.say("dos")
	require.Equal(t, "dos", h.replies(2)[1].Shown)
}

// TestOurOwnSwitchingOffSilencesNothing: the attribute comes back from Chatwoot
// before the assistant's last words are out.
func TestOurOwnSwitchingOffSilencesNothing(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(func(assistant.Turn) assistant.Outcome {
		return assistant.Outcome{Replies: []string{"Te paso con una persona."}, HandOver: true}
	})})
	h.chatwoot.Inject(chatwoottest.Fault{Method: "POST", Path: "/messages", Status: 429, RetryAfter: "1"})
	hook := h.say("hola")
	require.Eventually(t, func() bool {
		conv, _ := h.chatwoot.Conversation(hook.ConversationID)
		return conv.CustomAttributes["atencion_automatica"] == false
	}, patience, 10*time.Millisecond)
	h.deliver(h.chatwoot.Change(hook.ConversationID, chatwoottest.Change{Attributes: map[string]any{"atencion_automatica": false}}), conversations.ReceiptIgnored)
	h.skipWait()
	require.Equal(t, "Te paso con una persona.", h.replies(1)[0].Shown)
}

func TestReplyAsAPerson(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	hook := h.say("uno")
	h.replies(1)
	id := h.conversationOf(hook.ConversationID)
	m, err := h.desk.Reply(h.as("marta"), id, "  Hola, *soy* Marta {{contact.name}}  ")
	require.NoError(t, err)
	require.Equal(t, "staff", m.Author)
	require.Equal(t, "pending", *m.Delivery)
	sent := h.replies(2)[1]
	require.Equal(t, "Hola, *soy* Marta {{contact.name}}", sent.Shown, "as it was written")
	require.Equal(t, m.ID.String(), sent.Marker)
	h.settled()
	h.deliver(h.chatwoot.MessageEvent(sent.ID, "message_created"), conversations.ReceiptIgnored)
	require.Equal(t, 1, h.count("conversations WHERE paused_reason = 'staff_replied' AND paused_by IS NOT NULL AND unanswered_since IS NULL AND message_count = 3"))
	h.say("dos")
	h.settled()
	h.replies(2)
	_, err = h.desk.Note(t.Context(), id, "No corre prisa")
	require.NoError(t, err)
	h.settled()
	require.Equal(t, "No corre prisa", h.chatwoot.Notes()[0].Shown)
	transcript, _, err := conversations.NewReader(h.pool, h.clock.now).Messages(t.Context(), id, page.Key{}, 10)
	require.NoError(t, err)
	require.True(t, transcript[0].Private)
	require.Equal(t, []string{"staff", "customer", "staff", "assistant", "customer"}, authors(transcript))
	require.Equal(t, 1, h.count("conversations WHERE unanswered_since IS NOT NULL AND message_count = 4"), "a note answers nothing")
	require.Zero(t, h.count("audit_log WHERE changes::text ILIKE '%Marta%' OR changes::text ILIKE '%prisa%'"))
	for _, text := range []string{"", " \n", "a\x00b"} {
		_, err := h.desk.Reply(t.Context(), id, text)
		require.Error(t, err)
	}
}

// TestReplySilencesTheAssistantInMidSentence: what the assistant has not begun to
// say is not said after a person's words.
func TestReplySilencesTheAssistantInMidSentence(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	require.NoError(t, h.chatwoot.Refuse(true))
	hook := h.say("uno")
	require.Eventually(t, func() bool { return h.count("outbox WHERE attempts > 0 AND status = 'pending'") == 1 }, patience, 10*time.Millisecond)
	_, err := h.desk.Reply(h.as("marta"), h.conversationOf(hook.ConversationID), "Ya contesto yo")
	require.NoError(t, err)
	require.NoError(t, h.chatwoot.Refuse(false))
	h.settled()
	require.Equal(t, "Ya contesto yo", h.replies(1)[0].Shown)
}

func TestReplyOutsideTheWindow(t *testing.T) {
	t.Parallel()
	for name, template := range map[string]*chatwoot.Template{"without a template": nil, "with one": {Name: "seguimos", Language: "es"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, options{answerer: script(echo), template: template})
			hook := h.say("uno")
			h.replies(1)
			h.settled()
			h.clock.advance(25 * time.Hour)
			id := h.conversationOf(hook.ConversationID)
			m, err := h.desk.Reply(h.as("marta"), id, "¿Sigues ahí?")
			if template == nil {
				require.ErrorIs(t, err, conversations.ErrOutsideWindow)
				require.Zero(t, h.count("conversations WHERE paused_at IS NOT NULL"), "nothing happened")
				return
			}
			require.NoError(t, err)
			sent := h.replies(2)
			require.Equal(t, "seguimos", sent[1].TemplateParams["name"])
			h.settled()
			h.replies(2)
			require.Equal(t, 1, h.count("outbox WHERE status = 'failed' AND id = '"+m.ID.String()+"'"))
		})
	}
}

func TestDeskWithoutChatwoot(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo), held: true})
	hook := h.say("uno")
	h.settled()
	id := h.conversationOf(hook.ConversationID)
	m, err := h.desk.Reply(h.as("marta"), id, "Hola")
	require.NoError(t, err)
	require.Equal(t, "held", *m.Delivery)
	_, err = h.desk.GiveBack(t.Context(), id, false)
	require.NoError(t, err)
	h.say("dos")
	require.Eventually(t, func() bool { return h.count("messages WHERE author = 'assistant'") == 2 }, patience, 10*time.Millisecond)
	h.settled()
	require.Zero(t, h.count("river_job WHERE kind IN ('send_outbox', 'sync_conversation')"))
}

func TestEscalationsAndTheirLabel(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(func(assistant.Turn) assistant.Outcome {
		return assistant.Outcome{HandOver: true, Escalations: []assistant.Escalation{
			{Source: assistant.SourceCustomerRequest, Reason: "Quiere hablar"}, {Source: assistant.SourceNotUnderstood, Reason: "No se le entiende"},
		}}
	})})
	hook := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "hola"})
	_, err := h.client.AddLabels(t.Context(), hook.ConversationID, "vip")
	require.NoError(t, err)
	h.chatwoot.Inject(chatwoottest.Fault{Method: "POST", Path: "/labels", Status: 503})
	h.deliver(hook, conversations.ReceiptQueued)
	require.Equal(t, []string{"vip", "escalado"}, h.inChatwoot(hook.ConversationID).Labels, "merged, at the second attempt")

	service, err := conversations.NewEscalations(h.pool, h.desk, h.clock.now)
	require.NoError(t, err)
	ctx := h.as("marta")
	open, _, err := service.List(ctx, conversations.EscalationFilter{Statuses: []string{"pending"}}, page.Key{}, 10)
	require.NoError(t, err)
	require.Len(t, open, 2)
	account, _ := caller.From(ctx)
	assigned, err := service.Update(ctx, open[0].ID, open[0].Version, conversations.EscalationPatch{AssignedTo: nullable.NewNullableWithValue(account.AccountID)})
	require.NoError(t, err)
	require.Equal(t, []string{"in_progress", "marta"}, []string{assigned.Status, *assigned.AssignedToName})
	_, err = service.Update(ctx, open[0].ID, open[0].Version, conversations.EscalationPatch{})
	require.ErrorIs(t, err, conversations.ErrEscalationChanged)
	queue, err := service.Update(ctx, open[0].ID, 0, conversations.EscalationPatch{AssignedTo: nullable.NewNullNullable[uuid.UUID]()})
	require.NoError(t, err)
	require.Equal(t, "pending", queue.Status)

	note := "Hablado por teléfono"
	done, err := service.Resolve(ctx, open[0].ID, conversations.Resolution{Note: &note})
	require.NoError(t, err)
	require.Equal(t, []string{"resolved", "marta", note}, []string{done.Status, *done.ResolvedByName, *done.Note})
	require.Equal(t, []string{"vip", "escalado"}, h.inChatwoot(hook.ConversationID).Labels, "one is still open")
	require.Equal(t, 1, h.count("conversations WHERE paused_at IS NOT NULL"))
	_, err = service.Resolve(ctx, open[0].ID, conversations.Resolution{})
	require.ErrorIs(t, err, conversations.ErrEscalationResolved)

	_, err = service.Resolve(ctx, open[1].ID, conversations.Resolution{GiveBack: true})
	require.NoError(t, err)
	state := h.inChatwoot(hook.ConversationID)
	require.Equal(t, []string{"vip"}, state.Labels)
	require.Equal(t, true, state.CustomAttributes["atencion_automatica"])
	require.Zero(t, h.count("conversations WHERE paused_at IS NOT NULL"))
	notes := h.chatwoot.Notes()
	require.Contains(t, notes[len(notes)-2].Shown, note)
	require.Contains(t, notes[len(notes)-1].Shown, "«marta»")
}

// TestChatwootThatRefusesKeepsNothingUp: what cannot be kept in step is given up.
func TestChatwootThatRefusesKeepsNothingUp(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(echo)})
	h.chatwoot.Inject(chatwoottest.Fault{Path: "/custom_attributes", Status: 401, Times: -1})
	hook := h.say("uno")
	h.replies(1)
	_, err := h.desk.Take(h.as("marta"), h.conversationOf(hook.ConversationID))
	require.NoError(t, err)
	h.settled()
	require.Equal(t, 1, h.count("river_job WHERE kind = 'sync_conversation' AND state = 'completed'"))
}

func TestDeleteConversation(t *testing.T) {
	t.Parallel()
	h := start(t, options{answerer: script(func(turn assistant.Turn) assistant.Outcome {
		out := echo(turn)
		out.Escalations = []assistant.Escalation{{Source: assistant.SourceCustomerRequest, Reason: "x"}}
		return out
	})})
	hook := h.say("uno")
	h.replies(1)
	h.settled()
	ctx, id := h.as("marta"), h.conversationOf(hook.ConversationID)
	require.ErrorIs(t, h.desk.Delete(ctx, id), conversations.ErrEscalationOpen)
	h.exec("UPDATE escalations SET status = 'resolved', resolved_at = now()")
	require.NoError(t, h.desk.Delete(ctx, id))
	require.ErrorIs(t, h.desk.Delete(ctx, id), conversations.ErrNotFound)
	h.deliver(hook, conversations.ReceiptIgnored)
	require.NoError(t, h.reconcile())
	h.settled()
	for _, table := range []string{"conversations", "messages", "outbox", "escalations", "webhook_bodies", "quotes"} {
		require.Zero(t, h.count(table), table)
	}
	require.Equal(t, 1, h.count("audit_log WHERE action = 'delete' AND entity_type = 'conversation'"))
	h.clock.advance(time.Second)
	h.deliver(h.chatwoot.Incoming(chatwoottest.Incoming{Text: "dos", At: h.clock.now()}), conversations.ReceiptQueued)
	require.Equal(t, "dos", h.replies(2)[1].Shown)
	require.NotEqual(t, id, h.conversationOf(hook.ConversationID))
}

// TestDeleteConversationWithFiles has a photo that came before the case, and one
// that the case has.
func TestDeleteConversationWithFiles(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	hook := h.chatwoot.Incoming(withFiles(photo(1)))
	h.deliver(hook, conversations.ReceiptQueued)
	h.replies(1)
	id := h.conversationOf(hook.ConversationID)
	c := h.openCase(t.Context(), h.customerOf(hook.ConversationID), &id)
	h.addCaseFile(t.Context(), c.ID, "ficha.pdf", "%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n")
	h.settled()
	require.Equal(t, []int{2, 1, 1}, []int{h.count("images"), h.count("case_files"), h.count("message_attachments")})
	h.exec("UPDATE escalations SET status = 'resolved', resolved_at = now()")
	require.NoError(t, h.desk.Delete(h.as("marta"), id))
	require.Equal(t, 1, h.count("images"), "the case keeps its own")
	require.Equal(t, 1, h.count("images i JOIN case_files f ON f.object_id = i.id"))
	require.Equal(t, 1, h.count("image_objects"))
}

func authors(messages []conversations.Message) []string {
	out := make([]string, len(messages))
	for i, m := range messages {
		out[i] = m.Author
	}
	return out
}
