package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type conversation struct {
	ID           string
	ChatwootURL  *string                           `json:"chatwoot_url"`
	CustomerID   string                            `json:"customer_id"`
	CustomerName string                            `json:"customer_name"`
	PausedReason *string                           `json:"paused_reason"`
	PausedBy     *string                           `json:"paused_by"`
	CanReply     bool                              `json:"can_reply"`
	MessageCount int                               `json:"message_count"`
	LastMessage  *struct{ Author, Preview string } `json:"last_message"`
	Unanswered   *time.Time                        `json:"unanswered_since"`
}

func conversationsOf(s *apitest.Server, query string, options ...apitest.Option) []conversation {
	var page struct{ Items []conversation }
	s.Do("GET", "/api/admin/conversations?"+query, nil, options...).Expect(http.StatusOK).JSON(&page)
	return page.Items
}

func TestConversationsAreFilteredAndWrittenIn(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	writes(t, s, 1, 10, 100, "José Núñez", "+34600100201", "hola")
	writes(t, s, 2, 20, 200, "Eva", "+34600100202", "buenas")
	ids := func(query string) []string {
		out := []string{}
		for _, c := range conversationsOf(s, query, editor) {
			out = append(out, c.CustomerName)
		}
		return out
	}
	jose := conversationsOf(s, "q=nunez", editor)[0]
	require.Equal(t, []string{"Eva", "José Núñez"}, ids(""))
	require.Equal(t, "hola", jose.LastMessage.Preview)
	require.Equal(t, 1, jose.MessageCount)
	require.Equal(t, "https://chat.example.com/app/accounts/1/conversations/10", *jose.ChatwootURL)
	path := "/api/admin/conversations/" + jose.ID

	var m struct{ Author, Content, Delivery string }
	s.Do("POST", path+"/messages", `{"content":"Hola, soy Marta"}`, editor).Expect(http.StatusCreated).JSON(&m)
	require.Equal(t, []string{"staff", "Hola, soy Marta", "held"}, []string{m.Author, m.Content, m.Delivery})
	s.Do("POST", path+"/notes", `{"content":"Ojo"}`, editor).Expect(http.StatusCreated)
	var c conversation
	s.Do("GET", path, nil, editor).Expect(http.StatusOK).JSON(&c)
	require.Equal(t, []string{"staff_replied", "test-editor", "Hola, soy Marta"}, []string{*c.PausedReason, *c.PausedBy, c.LastMessage.Preview})
	require.Nil(t, c.Unanswered)

	for query, want := range map[string][]string{
		"paused=true": {"José Núñez"}, "paused=false": {"Eva"}, "unanswered=true": {"Eva"}, "unanswered=false": {"José Núñez"},
		"unanswered=true&paused=true": {}, "status=open": {"José Núñez", "Eva"}, "status=resolved": {}, "status=resolved&status=open": {"José Núñez", "Eva"}, "q=eva&status=resolved&status=pending": {}, "q=600100202": {"Eva"}, "q=eva&paused=true": {},
		"customer_id=" + jose.CustomerID: {"José Núñez"}, "customer_id=" + jose.CustomerID + "&paused=false": {}, "q=eva&customer_id=" + jose.CustomerID: {},
		"customer_id=" + uuid.NewString(): {},
	} {
		require.Equal(t, want, ids(query), query)
	}
	s.Do("POST", path+"/give-back", `{}`, editor).Expect(http.StatusOK).JSON(&c)
	require.Nil(t, c.PausedReason)
	s.Do("POST", path+"/take", nil, editor).Expect(http.StatusOK).JSON(&c)
	require.Equal(t, "taken", *c.PausedReason)

	for _, body := range []string{`{}`, `{"content":""}`, `{"content":" "}`, `{"content":null}`, `{"content":"a","x":1}`, `{"content":"a\u0000"}`} {
		s.Do("POST", path+"/messages", body, editor).Expect(http.StatusUnprocessableEntity)
		s.Do("POST", path+"/notes", body, editor).Expect(http.StatusUnprocessableEntity)
	}
	for _, bad := range []string{"status=x", "paused=x", "customer_id=1", "q=%20%20", "q=" + url.QueryEscape("x")} {
		s.Do("GET", "/api/admin/conversations?"+bad, nil, editor).Expect(http.StatusUnprocessableEntity)
	}
	s.Clock.Set(time.Now().Add(25 * time.Hour))
	fresh := apitest.Bearer(s.Token(caller.RoleEditor))
	s.Do("GET", path, nil, fresh).Expect(http.StatusOK).JSON(&c)
	require.False(t, c.CanReply)
	require.Equal(t, "outside_window", s.Do("POST", path+"/messages", `{"content":"¿Hola?"}`, fresh).Expect(http.StatusConflict).Problem().Code)
	s.Clock.Set(time.Time{})
	s.Do("DELETE", path, nil, admin).Expect(http.StatusNoContent)
	s.Do("DELETE", path, nil, admin).Expect(http.StatusNotFound)
	s.Do("GET", path+"/messages", nil, admin).Expect(http.StatusNotFound)
}

type escalation struct {
	ID, Source, Status, Priority, Reason string
	CustomerName                         string `json:"customer_name"`
	Note                                 *string
	Version                              int
}

func TestEscalationQueue(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	// Half past midnight in Madrid, on the day the clocks go forward: half past
	// eleven of the day before in UTC.
	now := time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC)
	s.Clock.Set(now)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	writes(t, s, 1, 10, 100, "Ana", "+34600100201", "hola")
	for i, e := range []struct {
		source, priority string
		ago              time.Duration
	}{{"error", "high", 10 * time.Minute}, {"customer_request", "normal", time.Hour}, {"not_understood", "normal", 2 * time.Hour}} {
		_, err := s.Pool.Exec(t.Context(), `INSERT INTO escalations (id, conversation_id, source, reason, priority, created_at)
			SELECT $1, id, $2, 'porque sí', $3, $4 FROM conversations`, uuid.New(), e.source, e.priority, now.Add(-e.ago))
		require.NoError(t, err, i)
	}
	list := func(query string) []string {
		var page struct{ Items []escalation }
		s.Do("GET", "/api/admin/escalations?"+query, nil, editor).Expect(http.StatusOK).JSON(&page)
		out := []string{}
		for _, e := range page.Items {
			require.Equal(t, "Ana", e.CustomerName)
			out = append(out, e.Source)
		}
		return out
	}
	stats := func() (n struct {
		Pending       int
		InProgress    int `json:"in_progress"`
		ResolvedToday int `json:"resolved_today"`
		TotalToday    int `json:"total_today"`
	},
	) {
		s.Do("GET", "/api/admin/escalations/stats", nil, editor).Expect(http.StatusOK).JSON(&n)
		return n
	}
	require.Equal(t, []string{"not_understood", "customer_request", "error"}, list(""))
	require.Equal(t, []string{"error", "customer_request", "not_understood"}, list("order=newest"))
	own := "conversation_id=" + conversationsOf(s, "q=ana", editor)[0].ID
	require.Equal(t, []string{"not_understood", "customer_request", "error"}, list(own))
	require.Equal(t, []string{"error", "customer_request", "not_understood"}, list(own+"&order=newest"))
	require.Equal(t, []string{"not_understood", "customer_request"}, list(own+"&priority=normal"))
	require.Empty(t, list("conversation_id="+uuid.NewString()))
	for order, want := range map[string]string{"oldest": "error", "newest": "not_understood"} {
		var first struct {
			NextCursor string `json:"next_cursor"`
		}
		s.Do("GET", "/api/admin/escalations?limit=2&"+own+"&order="+order, nil, editor).Expect(http.StatusOK).JSON(&first)
		require.Equal(t, []string{want}, list(own+"&limit=2&order="+order+"&cursor="+url.QueryEscape(first.NextCursor)))
	}
	require.Equal(t, 3, stats().Pending)
	require.Equal(t, 1, stats().TotalToday, "the day began half an hour ago")
	var page struct{ Items []escalation }
	s.Do("GET", "/api/admin/escalations?priority=high", nil, editor).Expect(http.StatusOK).JSON(&page)
	require.Len(t, page.Items, 1)
	path := "/api/admin/escalations/" + page.Items[0].ID

	var account string
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT id FROM accounts WHERE username = 'test-editor'").Scan(&account))
	tag := s.Do("GET", path, nil, editor).Expect(http.StatusOK).Header.Get("ETag")
	var e escalation
	s.Do("PATCH", path, map[string]string{"assigned_to": account, "note": "Lo miro"}, editor, apitest.Header("If-Match", tag)).Expect(http.StatusOK).JSON(&e)
	require.Equal(t, "in_progress", e.Status)
	var both struct{ Current, Submitted map[string]any }
	s.Do("PATCH", path, `{"note":null}`, editor, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed).JSON(&both)
	require.Equal(t, "Lo miro", both.Current["note"])
	require.Equal(t, map[string]any{"note": nil}, both.Submitted)
	require.Equal(t, "unknown_account", s.Do("PATCH", path, map[string]string{"assigned_to": uuid.NewString()}, editor).Expect(http.StatusUnprocessableEntity).Problem().Code)
	s.Do("PATCH", path, `{}`, editor).Expect(http.StatusOK).JSON(&e)
	require.Equal(t, 2, e.Version, "nothing present changes nothing")
	require.Equal(t, []string{"error"}, list("assigned_to="+account))
	require.Equal(t, []string{"not_understood", "customer_request"}, list("unassigned=true"))
	require.Equal(t, []string{"error"}, list("status=in_progress"))
	require.Equal(t, 1, stats().InProgress)

	s.Do("POST", path+"/resolve", `{}`, editor).Expect(http.StatusUnprocessableEntity)
	s.Do("POST", path+"/resolve", `{"give_back":false}`, editor).Expect(http.StatusOK).JSON(&e)
	require.Equal(t, []string{"resolved", "Lo miro"}, []string{e.Status, *e.Note})
	require.Equal(t, "escalation_resolved", s.Do("POST", path+"/resolve", `{"give_back":true}`, editor).Expect(http.StatusConflict).Problem().Code)
	require.Equal(t, "escalation_resolved", s.Do("PATCH", path, `{"note":"x"}`, editor).Expect(http.StatusConflict).Problem().Code)
	require.Equal(t, []string{"not_understood", "customer_request"}, list(""))
	require.Equal(t, []string{"error"}, list("status=resolved"))
	require.Len(t, list("status=all"), 3)
	require.Equal(t, []string{"error"}, list("status=all&order=newest&source=error"))
	require.Equal(t, 1, stats().ResolvedToday)
	// The day of the change has 23 hours: at 22:00 UTC it is the next one.
	s.Clock.Set(time.Date(2026, 3, 29, 22, 0, 0, 0, time.UTC))
	editor = apitest.Bearer(s.Token(caller.RoleEditor))
	require.Zero(t, stats().ResolvedToday)
	s.Do("GET", "/api/admin/escalations/"+uuid.NewString(), nil, editor).Expect(http.StatusNotFound)
	s.Do("PATCH", "/api/admin/escalations/"+uuid.NewString(), `{}`, editor).Expect(http.StatusNotFound)
	s.Do("POST", "/api/admin/escalations/"+uuid.NewString()+"/resolve", `{"give_back":true}`, editor).Expect(http.StatusNotFound)
}
