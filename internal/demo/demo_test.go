package demo_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/demo"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder/decodertest"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func config(t *testing.T, pool *pgxpool.Pool) demo.Config {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	decoders, files, temp := decodertest.Pool(t, log), t.TempDir(), t.TempDir()
	return demo.Config{
		DB: pool, Now: time.Now, Log: log,
		Images: func(ctx context.Context, d db.DB, now func() time.Time) (*images.Store, error) {
			return images.Open(ctx, images.Config{DB: d, URL: "file://" + files, TempDir: temp, Pool: decoders, Now: now, Log: log})
		},
	}
}

func TestTheDemoHasEverything(t *testing.T) {
	t.Parallel()
	pool := apitest.Database(t)
	c := config(t, pool)
	start := time.Now()
	report, err := demo.Load(t.Context(), c)
	require.NoError(t, err)
	t.Logf("%s in %s", report, time.Since(start).Round(time.Millisecond))
	count := func(what string) (n int) {
		t.Helper()
		require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM "+what).Scan(&n))
		return n
	}
	for _, status := range []string{"collecting", "pending_images", "pending_review", "in_progress", "resolved", "cancelled", "abandoned"} {
		require.GreaterOrEqual(t, count("cases WHERE status = '"+status+"'"), 2, status)
	}
	require.Equal(t, report.Cases, count("cases"))
	require.Equal(t, report.Conversations, count("conversations"))
	require.Equal(t, report.Customers, count("customers"))
	require.GreaterOrEqual(t, report.Cases, 20)
	for _, some := range []string{
		"case_files WHERE content_type = 'image/jpeg'", "case_files WHERE content_type = 'application/pdf'", "case_files WHERE review = 'rejected'",
		"case_files WHERE review = 'accepted'", "escalations WHERE status = 'pending'", "escalations WHERE status = 'in_progress'",
		"escalations WHERE status = 'resolved'", "conversations WHERE paused_by IS NOT NULL", "conversations WHERE unanswered_since IS NOT NULL AND paused_by IS NOT NULL",
		"quotes q WHERE NOT EXISTS (SELECT FROM cases c WHERE c.conversation_id = q.conversation_id)", "response_rules", "messages WHERE author = 'staff' AND is_private",
		"messages WHERE author = 'assistant' AND content LIKE '%€%'",
		"messages WHERE author = 'assistant' AND content LIKE '%?%'", "customers WHERE company_name IS NOT NULL",
	} {
		require.Positive(t, count(some), some)
	}
	require.Zero(t, count("outbox WHERE status <> 'held' AND status <> 'suppressed'"), "nothing is to be sent")
	require.Zero(t, count("river_job"))
	require.Zero(t, count("messages WHERE needs_answer AND answered_at IS NULL"), "nothing is left for a worker to answer")
	require.Zero(t, count("conversations WHERE chatwoot_conversation_id < 1000000000 OR chatwoot_account_id >= 0"), "Chatwoot knows none of them")
	require.Zero(t, count("messages WHERE sent_at > now()"))
	require.Zero(t, count("cases WHERE updated_at > now()"))

	before := count("audit_log")
	again, err := demo.Load(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, demo.Report{There: true}, again)
	require.Equal(t, before, count("audit_log"), "a second time changes nothing")
}

func TestTheDemoKeepsAwayFromRealData(t *testing.T) {
	t.Parallel()
	pool := apitest.Database(t)
	_, err := pool.Exec(t.Context(), `WITH c AS (INSERT INTO customers (id, last_activity_at, created_at, updated_at) VALUES ($1, now(), now(), now()) RETURNING id)
		INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
		SELECT id, id, 1, 1, 1, now(), now() FROM c`, uuid.New())
	require.NoError(t, err)
	_, err = demo.Load(t.Context(), config(t, pool))
	require.ErrorIs(t, err, demo.ErrRealData)
	var n int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM accounts").Scan(&n))
	require.Zero(t, n)
}
