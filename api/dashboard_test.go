package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/testdb"
)

type dashboardDay struct {
	Date                                      string
	Conversations, Incoming, Assistant, Staff int
	Quotes                                    int
	QuotesSubtotal                            string `json:"quotes_subtotal"`
	QuotesAccepted                            int    `json:"quotes_accepted"`
}

type dashboard struct {
	Today         dashboardDay
	Conversations struct{ Total, Paused, Unanswered int }
	Escalations   struct {
		Pending       int
		InProgress    int `json:"in_progress"`
		ResolvedToday int `json:"resolved_today"`
	}
	Customers struct{ Total, Today int }
	Outbox    struct {
		Waiting     int
		FailedToday int `json:"failed_today"`
	}
	FirstAnswer *float64 `json:"first_answer_seconds"`
	Days        []dashboardDay
	TopElements []struct {
		Category, Code, Name string
		Conversations        int
	} `json:"top_elements"`
}

// office writes what the dashboard counts.
type office struct {
	t     *testing.T
	pool  *pgxpool.Pool
	count int
}

func (o *office) exec(sql string, args ...any) {
	o.t.Helper()
	_, err := o.pool.Exec(o.t.Context(), sql, args...)
	require.NoError(o.t, err)
}

// conversation begins one of a new customer and returns its id.
func (o *office) conversation(at time.Time) string {
	o.t.Helper()
	o.count++
	o.exec(`INSERT INTO customers (id, chatwoot_account_id, chatwoot_contact_id, created_at, updated_at) VALUES (gen_random_uuid(), 1, $1, $2, $2)`, o.count, at)
	var id string
	require.NoError(o.t, o.pool.QueryRow(o.t.Context(), `INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
		SELECT gen_random_uuid(), id, 1, $1, 1, $2, $2 FROM customers WHERE chatwoot_contact_id = $1 RETURNING id`, o.count, at).Scan(&id))
	return id
}

func (o *office) message(conversation, author string, at time.Time) {
	o.t.Helper()
	o.exec(`INSERT INTO messages (id, conversation_id, chatwoot_account_id, author, content, sent_at, received_at)
		VALUES (gen_random_uuid(), $1, 1, $2, '', $3, $3)`, conversation, author, at)
}

// reply puts a reply into transcript and outbox.
func (o *office) reply(conversation, status string, at time.Time) {
	o.t.Helper()
	o.exec(`WITH o AS (INSERT INTO outbox (id, conversation_id, kind, content, status, created_at)
			VALUES (gen_random_uuid(), $1, 'reply', '', $2, $3) RETURNING id)
		INSERT INTO messages (id, conversation_id, chatwoot_account_id, author, content, sent_at, received_at)
		SELECT id, $1, 1, 'assistant', '', $3, $3 FROM o`, conversation, status, at)
}

func (o *office) quote(conversation, subtotal, codes string, at time.Time) {
	o.t.Helper()
	o.exec(`INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
		SELECT gen_random_uuid(), $1, id, 1, '{}', jsonb_build_object('subtotal', $2::text, 'lines', $3::jsonb), $2::text::numeric * 1.21, false, $4
		FROM vehicle_categories WHERE slug = 'motos-part'`, conversation, subtotal, codes, at)
}

func (o *office) escalation(conversation, source, status string, at time.Time, resolved *time.Time) {
	o.t.Helper()
	o.exec(`INSERT INTO escalations (id, conversation_id, source, reason, status, created_at, resolved_at)
		VALUES (gen_random_uuid(), $1, $2, 'x', $3, $4, $5)`, conversation, source, status, at, resolved)
}

func TestDashboardOfAnEmptyOffice(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	var d dashboard
	s.Do("GET", "/api/admin/dashboard", nil, apitest.Bearer(s.Token(caller.RoleViewer))).Expect(http.StatusOK).JSON(&d)
	require.Len(t, d.Days, 14)
	require.Equal(t, "0.00", d.Today.QuotesSubtotal)
	require.Nil(t, d.FirstAnswer)
	require.Empty(t, d.TopElements)
	require.Equal(t, d.Days[13], d.Today)
}

func TestDashboardCounts(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	o := &office{t: t, pool: s.Pool}
	madrid, err := time.LoadLocation("Europe/Madrid")
	require.NoError(t, err)
	before := func(days int) time.Time { return time.Date(2027, 4, 5-days, 12, 0, 0, 0, madrid) } // the clocks go forward in between
	noon := before(0)
	s.Clock.Set(noon.Add(time.Hour))
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))

	a, b, c, old := o.conversation(noon), o.conversation(noon), o.conversation(before(1)), o.conversation(before(40))
	for i, conversation := range []string{a, b, c} { // answered after 1 s, 5 s and 30 s
		o.message(conversation, "customer", noon)
		o.message(conversation, "customer", noon.Add(time.Millisecond))
		o.reply(conversation, "suppressed", noon.Add(time.Millisecond))
		o.reply(conversation, []string{"sent", "held", "pending"}[i], noon.Add([]time.Duration{time.Second, 5 * time.Second, 30 * time.Second}[i]))
	}
	o.message(old, "customer", noon) // not answered
	o.message(a, "staff", noon.Add(time.Minute))
	o.exec("UPDATE messages SET is_private = true WHERE author = 'staff'")
	o.message(a, "staff", noon.Add(time.Minute))
	o.reply(b, "failed", noon)
	o.exec("UPDATE messages SET needs_answer = true WHERE conversation_id IN ($1, $2) AND author = 'customer'", a, old)
	o.exec("UPDATE conversations SET paused_at = now(), paused_reason = 'x' WHERE id = $1", b)
	o.quote(a, "140.00", `[{"code": "ESCAPE"}, {"code": "MANILLAR"}]`, noon)
	o.quote(a, "175.50", `[{"code": "ESCAPE"}, {"code": "GONE"}]`, noon)
	o.quote(c, "90.00", `[{"code": "MANILLAR"}]`, before(1))
	o.quote(old, "90.00", `[{"code": "ESCAPE"}]`, before(13))
	o.quote(old, "90.00", `[{"code": "ESCAPE"}]`, before(14))
	o.quote(old, "90.00", `[{"code": "ESPEJOS"}]`, before(40))
	o.escalation(a, "quote_accepted", "pending", noon, nil)
	o.escalation(b, "customer_request", "in_progress", before(3), nil)
	o.escalation(c, "customer_request", "resolved", before(3), &noon)
	yesterday := before(1)
	o.escalation(old, "customer_request", "resolved", before(3), &yesterday)

	var got dashboard
	s.Do("GET", "/api/admin/dashboard", nil, viewer).Expect(http.StatusOK).JSON(&got)
	require.Equal(t, dashboardDay{
		Date: noon.Format(time.DateOnly), Conversations: 2, Incoming: 7, Assistant: 3, Staff: 1, Quotes: 2, QuotesSubtotal: "315.50", QuotesAccepted: 1,
	}, got.Today)
	require.Len(t, got.Days, 14)
	require.Equal(t, got.Today, got.Days[13])
	require.Equal(t, dashboardDay{Date: yesterday.Format(time.DateOnly), Conversations: 1, Quotes: 1, QuotesSubtotal: "90.00"}, got.Days[12])
	require.Equal(t, []any{before(13).Format(time.DateOnly), 1}, []any{got.Days[0].Date, got.Days[0].Quotes})
	require.Equal(t, []int{4, 1, 2}, []int{got.Conversations.Total, got.Conversations.Paused, got.Conversations.Unanswered})
	require.Equal(t, []int{1, 1, 1}, []int{got.Escalations.Pending, got.Escalations.InProgress, got.Escalations.ResolvedToday})
	require.Equal(t, []int{4, 2}, []int{got.Customers.Total, got.Customers.Today})
	require.Equal(t, []int{1, 1}, []int{got.Outbox.Waiting, got.Outbox.FailedToday})
	require.InDelta(t, 5, *got.FirstAnswer, 0.001, "the median, of those answered, of what was said")
	var top []string
	for _, e := range got.TopElements {
		top = append(top, fmt.Sprint(e.Category, " ", e.Code, " ", e.Name, " ", e.Conversations))
	}
	require.Equal(t, []string{"motos-part ESCAPE Escape 2", "motos-part MANILLAR Manillar o semimanillares 2", "motos-part GONE GONE 1"}, top)
}

// TestDashboardDays puts a message at each side of each midnight.
func TestDashboardDays(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	o := &office{t: t, pool: s.Pool}
	id := o.conversation(time.Now())
	instant := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339Nano, text)
		require.NoError(t, err)
		return at
	}
	for name, c := range map[string]struct {
		now     string
		date    string
		in, out []string
	}{
		"an ordinary day": {
			"2027-06-10T15:00:00+02:00", "2027-06-10",
			[]string{"2027-06-10T00:00:00+02:00", "2027-06-10T23:59:59.999999+02:00"},
			[]string{"2027-06-09T23:59:59.999999+02:00", "2027-06-11T00:00:00+02:00"},
		},
		"just after midnight, still yesterday in UTC": {
			"2027-06-10T00:00:00+02:00", "2027-06-10",
			[]string{"2027-06-10T00:00:00+02:00"},
			[]string{"2027-06-09T23:59:59.999999+02:00"},
		},
		"the day of 23 hours": {
			"2027-03-28T12:00:00+02:00", "2027-03-28",
			[]string{"2027-03-28T00:00:00+01:00", "2027-03-28T23:59:59.999999+02:00"},
			[]string{"2027-03-27T23:59:59.999999+01:00", "2027-03-29T00:00:00+02:00"},
		},
		"the day of 25 hours": {
			"2027-10-31T23:30:00+01:00", "2027-10-31",
			[]string{"2027-10-31T00:00:00+02:00", "2027-10-31T23:59:59.999999+01:00"},
			[]string{"2027-10-30T23:59:59.999999+02:00", "2027-11-01T00:00:00+01:00"},
		},
		"new year": {
			"2027-01-01T00:30:00+01:00", "2027-01-01",
			[]string{"2027-01-01T00:00:00+01:00"},
			[]string{"2026-12-31T23:59:59+01:00"},
		},
	} {
		o.exec("DELETE FROM messages")
		for _, at := range append(c.in, c.out...) {
			o.message(id, "customer", instant(at))
		}
		s.Clock.Set(instant(c.now))
		var d dashboard
		s.Do("GET", "/api/admin/dashboard", nil, apitest.Bearer(s.Token(caller.RoleViewer))).Expect(http.StatusOK).JSON(&d)
		require.Equal(t, []any{c.date, len(c.in)}, []any{d.Today.Date, d.Today.Incoming}, name)
		require.Equal(t, instant(c.out[0]).Format(time.DateOnly), d.Days[12].Date, name)
		require.Equal(t, 1, d.Days[12].Incoming, name)
	}
}

// TestDashboardReadsNoBigTableWhole has 100,000 messages and as many quotes.
func TestDashboardReadsNoBigTableWhole(t *testing.T) {
	t.Parallel()
	pool := apitest.Database(t)
	o := &office{t: t, pool: pool}
	noon := time.Date(2027, 6, 10, 12, 0, 0, 0, time.UTC)
	o.exec("CREATE FUNCTION noon() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT timestamptz '2027-06-10T12:00:00Z' $$")
	o.exec(`INSERT INTO customers (id, chatwoot_account_id, chatwoot_contact_id, created_at, updated_at)
		SELECT md5('customer' || n)::uuid, 1, n, noon() - n * interval '52 minutes', noon() FROM generate_series(1, 10000) n`)
	o.exec(`INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
		SELECT md5('conversation' || n)::uuid, md5('customer' || n)::uuid, 1, n, 1, noon() - n * interval '52 minutes', noon() FROM generate_series(1, 10000) n`)
	o.exec(`INSERT INTO messages (id, conversation_id, chatwoot_account_id, chatwoot_message_id, author, content, needs_answer, answered_at, sent_at, received_at)
		SELECT gen_random_uuid(), md5('conversation' || 1 + n / 10)::uuid, 1, n, CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'assistant' END, 'hola',
			n % 2 = 0, noon(), at, at FROM (SELECT n, noon() - n * interval '5 minutes' AS at FROM generate_series(1, 99989) n) x`)
	o.exec(`INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
		SELECT gen_random_uuid(), md5('conversation' || 1 + n / 10)::uuid, c.id, 1, '{}',
			'{"subtotal": "140.00", "lines": [{"code": "ESCAPE"}]}', 169.40, false, noon() - n * interval '5 minutes'
		FROM generate_series(1, 99989) n, vehicle_categories c WHERE c.slug = 'motos-part'`)
	o.exec(`INSERT INTO outbox (id, conversation_id, kind, content, status, created_at)
		SELECT id, conversation_id, 'reply', content, CASE WHEN chatwoot_message_id % 500 = 1 THEN 'failed' ELSE 'sent' END, sent_at
		FROM messages WHERE author = 'assistant'`)
	o.exec(`INSERT INTO escalations (id, conversation_id, source, reason, status, created_at, resolved_at)
		SELECT gen_random_uuid(), md5('conversation' || n)::uuid, 'quote_accepted', 'x', CASE WHEN n % 20 = 0 THEN 'pending' ELSE 'resolved' END,
			noon() - n * interval '52 minutes', CASE WHEN n % 20 <> 0 THEN noon() - n * interval '50 minutes' END FROM generate_series(1, 10000) n`)
	o.exec("VACUUM ANALYZE messages, quotes, outbox, escalations, conversations, customers")
	plans := testdb.NewPlans(t, pool)
	began := time.Now()
	n, err := admin.NewDashboard(plans, func() time.Time { return noon }).Read(t.Context())
	require.NoError(t, err)
	t.Logf("three queries, explained and run: %s", time.Since(began))
	for _, table := range []string{"messages", "quotes", "outbox", "escalations"} {
		require.NotContains(t, plans.Whole(), "Seq Scan on "+table)
	}
	require.Equal(t, 10000, n.Conversations.Total)
	require.Equal(t, 288, n.Days[10].Quotes)
	require.Equal(t, "40320.00", n.Days[10].Subtotal.String())
	require.NotEmpty(t, n.TopElements)
}
