package telemetry_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/telemetry"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestLogLinesNameTheirRequest(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(telemetry.LogHandler(slog.NewTextHandler(&out, nil))).With("a", 1).WithGroup("g")
	log.InfoContext(caller.WithRequestID(t.Context(), "one-request"), "hello")
	require.Contains(t, out.String(), "request_id=one-request")
	require.NotContains(t, out.String(), "trace_id")
	out.Reset()
	log.InfoContext(t.Context(), "hello")
	require.NotContains(t, out.String(), "request_id")
}

func TestOutgoing(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	client := http.Client{Transport: telemetry.NewOutgoing(registry, time.Now).Transport("elsewhere")(http.DefaultTransport)}
	asked := http.Header{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header
		w.WriteHeader(http.StatusTeapot)
	}))
	res, err := client.Get(s.URL)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.NotContains(t, asked, "Traceparent", "others are told nothing")
	s.Close()
	_, err = client.Get(s.URL) //nolint:bodyclose // there is none
	require.Error(t, err)
	require.NoError(t, testutil.GatherAndCompare(registry, bytes.NewBufferString(`
# HELP msia_outgoing_requests_total Calls to other services, by the class of their answer (2xx) or error.
# TYPE msia_outgoing_requests_total counter
msia_outgoing_requests_total{outcome="4xx",service="elsewhere"} 1
msia_outgoing_requests_total{outcome="error",service="elsewhere"} 1
`), "msia_outgoing_requests_total"))
}

// TestBacklog has things wait in the database, and then takes it away.
func TestBacklog(t *testing.T) {
	t.Parallel()
	pool, now := testdb.New(t), time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	registry := prometheus.NewRegistry()
	registry.MustRegister(telemetry.Backlog{DB: pool, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}, telemetry.Pools{"main": pool})
	_, err := pool.Exec(t.Context(), `
		INSERT INTO river_job (kind, args, max_attempts, state, scheduled_at) VALUES
			('a', '{}', 3, 'available', '2026-11-01T11:59:30Z'), ('a', '{}', 3, 'available', '2026-11-01T11:59:00Z'), ('a', '{}', 3, 'retryable', now());
		INSERT INTO river_job (kind, args, max_attempts, state, finalized_at) VALUES ('a', '{}', 3, 'completed', now()), ('a', '{}', 3, 'discarded', now());
		WITH c AS (INSERT INTO customers (id, last_activity_at, created_at, updated_at) VALUES (gen_random_uuid(), now(), now(), now()) RETURNING id),
		k AS (INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
			SELECT gen_random_uuid(), id, 1, 1, 1, now(), now() FROM c RETURNING id)
		INSERT INTO outbox (id, conversation_id, kind, content, status, created_at)
			SELECT gen_random_uuid(), id, 'reply', 'x', status, '2026-11-01T11:58:00Z' FROM k, unnest(ARRAY['pending', 'pending', 'sending', 'sent', 'held']) AS status`)
	require.NoError(t, err)
	require.NoError(t, testutil.GatherAndCompare(registry, bytes.NewBufferString(`
# HELP msia_database_up 1 when the database answered, else 0.
# TYPE msia_database_up gauge
msia_database_up 1
# HELP msia_jobs Jobs of all processes that are not done, and discarded ones, by state.
# TYPE msia_jobs gauge
msia_jobs{state="available"} 2
msia_jobs{state="discarded"} 1
msia_jobs{state="pending"} 0
msia_jobs{state="retryable"} 1
msia_jobs{state="running"} 0
msia_jobs{state="scheduled"} 0
# HELP msia_jobs_oldest_seconds How long the first job that could run has been due.
# TYPE msia_jobs_oldest_seconds gauge
msia_jobs_oldest_seconds 60
# HELP msia_messages_unanswered Customers' messages that are not answered yet.
# TYPE msia_messages_unanswered gauge
msia_messages_unanswered 0
# HELP msia_messages_unanswered_oldest_seconds Age of the oldest of them.
# TYPE msia_messages_unanswered_oldest_seconds gauge
msia_messages_unanswered_oldest_seconds 0
# HELP msia_outbox_messages Replies that are not sent yet, by status.
# TYPE msia_outbox_messages gauge
msia_outbox_messages{status="pending"} 2
msia_outbox_messages{status="sending"} 1
# HELP msia_outbox_oldest_seconds Age of the oldest of them.
# TYPE msia_outbox_oldest_seconds gauge
msia_outbox_oldest_seconds 120
`), "msia_database_up", "msia_jobs", "msia_jobs_oldest_seconds", "msia_messages_unanswered", "msia_messages_unanswered_oldest_seconds",
		"msia_outbox_messages", "msia_outbox_oldest_seconds"))

	waiting, err := jobs.ListWaiting(t.Context(), pool)
	require.NoError(t, err)
	require.Len(t, waiting, 3, "done is not waiting")
	pool.Close()
	require.NoError(t, testutil.GatherAndCompare(registry, bytes.NewBufferString(`
# HELP msia_database_up 1 when the database answered, else 0.
# TYPE msia_database_up gauge
msia_database_up 0
`), "msia_database_up", "msia_jobs", "msia_outbox_messages"))
}
