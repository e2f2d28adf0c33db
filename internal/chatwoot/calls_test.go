package chatwoot_test

import (
	"encoding/json"
	"fmt"
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

// TestClientRecordedErrors reads the recorded refusals.
func TestClientRecordedErrors(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]chatwoot.Outcome{
		"error_401_bot_endpoint.json": chatwoot.Permanent, "error_401_invalid_token.json": chatwoot.Permanent,
		"error_401_no_token.json": chatwoot.Permanent, "error_401_not_authorized.json": chatwoot.Permanent,
		"error_403_api_disabled.json": chatwoot.Permanent, "error_404.json": chatwoot.Permanent,
		"error_422_flood.json": chatwoot.RetryLater, "error_422_record_invalid.json": chatwoot.Permanent,
		"error_429.txt": chatwoot.RetryLater,
	} {
		var status int
		_, err := fmt.Sscanf(file, "error_%d", &status)
		require.NoError(t, err)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write(apiFile(t, file))
		}))
		_, err = newClient(t, srv.URL).CreateMessage(t.Context(), reply(1, "x"))
		e := requireOutcome(t, err, want)
		if !strings.HasSuffix(file, ".txt") {
			require.NotEmpty(t, e.Detail, file)
		}
		srv.Close()
	}
}

// TestClientRecordedAnswers reads the recorded answers.
func TestClientRecordedAnswers(t *testing.T) {
	t.Parallel()
	var file atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(apiFile(t, file.Load().(string)))
	}))
	defer srv.Close()
	c := newClient(t, srv.URL)

	file.Store("create_message_200_bot.json")
	m, err := c.CreateMessage(t.Context(), reply(318, "x"))
	require.NoError(t, err)
	require.EqualValues(t, 90270, m.ID)
	file.Store("create_message_200_user_attachment.json")
	m, err = c.CreateMessage(t.Context(), reply(318, "x"))
	require.NoError(t, err)
	require.Equal(t, "pdf", m.Attachments[0].Extension)
	file.Store("messages_index_200.json")
	all, err := c.Messages(t.Context(), 318, 90211)
	require.NoError(t, err)
	require.Len(t, all, 1)
	file.Store("labels_200.json")
	labels, err := c.Labels(t.Context(), 318)
	require.NoError(t, err)
	require.Equal(t, []string{"homologacion", "presupuesto"}, labels)
	for name, want := range map[string]string{"toggle_status_200_bot_handoff.json": "open", "toggle_status_200_resolved_by_user.json": "resolved"} {
		file.Store(name)
		status, err := c.ToggleStatus(t.Context(), 318, want)
		require.NoError(t, err)
		require.Equal(t, want, status)
	}
	// A right status with a wrong shape is no success.
	file.Store("custom_attributes_200.json")
	_, err = c.CreateMessage(t.Context(), reply(318, "x"))
	requireOutcome(t, err, chatwoot.Ambiguous)
	_, err = c.Messages(t.Context(), 318, 0)
	requireOutcome(t, err, chatwoot.Ambiguous)
	_, err = c.Conversations(t.Context(), time.Minute)
	requireOutcome(t, err, chatwoot.Ambiguous)
	_, err = c.Conversation(t.Context(), 318)
	requireOutcome(t, err, chatwoot.Ambiguous)
	_, err = c.ToggleStatus(t.Context(), 318, "open")
	requireOutcome(t, err, chatwoot.Ambiguous)
	requireOutcome(t, c.AssignTeam(t.Context(), 318, 5), chatwoot.Ambiguous)
}

func TestClientMessagesPages(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	c := newClient(t, cw.URL())
	var conversation int64
	for i := range 250 {
		conversation = cw.Incoming(chatwoottest.Incoming{Text: fmt.Sprint(i)}).ConversationID
	}
	all, err := c.Messages(t.Context(), conversation, 0)
	require.NoError(t, err)
	require.Len(t, all, 250)
	for i, m := range all {
		require.Equal(t, fmt.Sprint(i), m.Content)
		require.Equal(t, conversation, m.ConversationID)
	}
	require.Equal(t, 4, len(cw.Requests()), "100, 100, 50 and nothing")
	rest, err := c.Messages(t.Context(), conversation, all[239].ID)
	require.NoError(t, err)
	require.Equal(t, all[240:], rest)

	cw.Inject(chatwoottest.Fault{Delay: time.Nanosecond}, chatwoottest.Fault{Status: 500})
	part, err := c.Messages(t.Context(), conversation, 0)
	requireOutcome(t, err, chatwoot.Ambiguous)
	require.Equal(t, all[:100], part, "what was read before the error")
}

// TestClientMessagesEnds meets servers that ignore "after" or never end.
func TestClientMessagesEnds(t *testing.T) {
	t.Parallel()
	var calls, next atomic.Int64
	endless := false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		var items []string
		for i := range int64(20) {
			id := i + 1
			if endless {
				id = next.Add(1)
			}
			items = append(items, fmt.Sprintf(`{"id":%d,"message_type":0}`, id))
		}
		_, _ = fmt.Fprintf(w, `{"payload":[%s]}`, strings.Join(items, ","))
	}))
	defer srv.Close()
	c := newClient(t, srv.URL)
	all, err := c.Messages(t.Context(), 1, 0)
	require.NoError(t, err)
	require.Len(t, all, 20)
	require.EqualValues(t, 2, calls.Load())
	endless = true
	all, err = c.Messages(t.Context(), 1, 0)
	require.ErrorIs(t, err, chatwoot.ErrTooManyPages)
	require.Len(t, all, 1000)
}

func TestClientConversations(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	c := newClient(t, cw.URL())
	one := cw.Incoming(chatwoottest.Incoming{Text: "a", ContactAttributes: map[string]any{"tipo": "Profesional"}})
	two := cw.Incoming(chatwoottest.Incoming{Text: "b", Phone: "+34600100999", Name: "Otro", InboxID: 8})
	cw.Change(two.ConversationID, chatwoottest.Change{Status: "resolved", Assignee: chatwoottest.AssignAgent})

	all, err := c.Conversations(t.Context(), 90*time.Second+time.Nanosecond)
	require.NoError(t, err)
	require.Contains(t, cw.Requests()[0].Query, "updated_within=91")
	require.Len(t, all, 2, "every status and inbox")
	byID := map[int64]chatwoot.APIConversation{}
	for _, conv := range all {
		byID[conv.ID] = conv
	}
	a, b := byID[one.ConversationID], byID[two.ConversationID]
	require.Equal(t, "Profesional", a.Contact.ClientType)
	require.Equal(t, one.MessageID, a.NewestMessageID)
	require.EqualValues(t, chatwoottest.AccountID, a.AccountID)
	require.Nil(t, a.Assignee)
	require.True(t, a.AssigneeKnown)
	require.EqualValues(t, 8, b.InboxID)
	require.Equal(t, chatwoot.AssigneeHuman, b.Assignee.Kind)
	require.Equal(t, "resolved", b.Status)

	// What was polled classifies like what was delivered.
	msgs, err := c.Messages(t.Context(), one.ConversationID, 0)
	require.NoError(t, err)
	polled, delivered := chatwoot.EventFromAPI(a, msgs[0]), parse(t, string(one.Body))
	require.Equal(t, delivered.Message.ID, polled.Message.ID)
	require.Equal(t, delivered.Contact.Phone, polled.Contact.Phone)
	require.Equal(t, chatwoot.Classify(delivered, chatwoot.Policy{}), chatwoot.Classify(polled, chatwoot.Policy{}))

	same, err := c.Conversation(t.Context(), one.ConversationID)
	require.NoError(t, err)
	require.Equal(t, a.Conversation, same.Conversation)
}

func TestClientMerges(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	c := newClient(t, cw.URL())
	id := cw.Incoming(chatwoottest.Incoming{Text: "a"}).ConversationID

	labels, err := c.AddLabels(t.Context(), id, "escalado", " ", "Escalado")
	require.NoError(t, err)
	require.Equal(t, []string{"escalado"}, labels)
	labels, err = c.AddLabels(t.Context(), id, "ESCALADO", "error-tecnico")
	require.NoError(t, err)
	require.Equal(t, []string{"escalado", "error-tecnico"}, labels)
	before := len(cw.Requests())
	_, err = c.AddLabels(t.Context(), id, "escalado")
	require.NoError(t, err)
	require.Len(t, cw.Requests(), before+1, "nothing to add, nothing written")
	labels, err = c.RemoveLabels(t.Context(), id, "Escalado", "nunca")
	require.NoError(t, err)
	require.Equal(t, []string{"error-tecnico"}, labels, "others stay")
	before = len(cw.Requests())
	_, err = c.RemoveLabels(t.Context(), id, "escalado")
	require.NoError(t, err)
	require.Len(t, cw.Requests(), before+1, "nothing to remove, nothing written")

	require.NoError(t, c.SetCustomAttributes(t.Context(), id, map[string]any{"grande": json.Number("9007199254740993"), "atencion_automatica": false}))
	require.NoError(t, c.SetCustomAttributes(t.Context(), id, map[string]any{"estado": "x"}))
	require.NoError(t, c.SetCustomAttributes(t.Context(), id, map[string]any{"nada": nil}))
	state, _ := cw.Conversation(id)
	require.Equal(t, map[string]any{"grande": json.Number("9007199254740993"), "atencion_automatica": false, "estado": "x"}, state.CustomAttributes)
	require.NoError(t, c.SetCustomAttributes(t.Context(), id, map[string]any{"estado": nil}))
	state, _ = cw.Conversation(id)
	require.NotContains(t, state.CustomAttributes, "estado")
	conv, err := c.Conversation(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, ptr(false), conv.AutoAttention)

	require.NoError(t, c.AssignTeam(t.Context(), id, chatwoottest.TeamID))
	require.Contains(t, requireOutcome(t, c.AssignTeam(t.Context(), id, 99), chatwoot.Permanent).Detail, "no such team")

	cw.Change(id, chatwoottest.Change{Assignee: chatwoottest.AssignAgent})
	for range 2 {
		require.NoError(t, c.Unassign(t.Context(), id))
		state, _ = cw.Conversation(id)
		require.Equal(t, chatwoottest.AssignNobody, state.Assignee)
	}

	cw.Change(id, chatwoottest.Change{Status: "pending", Assignee: chatwoottest.AssignBot})
	status, err := c.ToggleStatus(t.Context(), id, chatwoot.StatusOpen)
	require.NoError(t, err)
	require.Equal(t, "open", status)
	state, _ = cw.Conversation(id)
	require.Equal(t, chatwoottest.AssignNobody, state.Assignee, "a bot's handover")
	for _, r := range cw.Requests() {
		want := "user"
		if strings.HasSuffix(r.Path, "/toggle_status") {
			want = "bot"
		}
		require.Equal(t, want, r.Token, r.Path)
	}
}
