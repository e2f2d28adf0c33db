package events_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/events"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// running is a hub that listens to a database.
func running(t *testing.T, pool *pgxpool.Pool) *events.Hub {
	t.Helper()
	hub := events.NewHub(pool, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); hub.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return hub
}

// next returns the next notice; there has to be one.
func next(t *testing.T, s *events.Subscription) events.Event {
	t.Helper()
	select {
	case e, ok := <-s.C:
		require.True(t, ok, "the subscription was ended")
		return e
	case <-time.After(30 * time.Second):
		require.Fail(t, "nothing was heard")
		return events.Event{}
	}
}

func TestChangesAreHeardOf(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	// Two processes on one database.
	var heard []*events.Subscription
	for range 2 {
		s, err := running(t, pool).Subscribe()
		require.NoError(t, err)
		require.Equal(t, events.KindResync, next(t, s).Kind, "what went before is unknown")
		heard = append(heard, s)
	}
	customer, conversation, account := uuid.NewString(), uuid.NewString(), uuid.NewString()
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := pool.Exec(t.Context(), sql, args...)
		require.NoError(t, err)
	}
	expect := func(want ...events.Event) {
		t.Helper()
		for _, s := range heard {
			for _, e := range want {
				require.Equal(t, e, next(t, s))
			}
		}
	}
	exec(`INSERT INTO customers (id, last_activity_at, created_at, updated_at) VALUES ($1, now(), now(), now())`, customer)
	expect(events.Event{Kind: "customer", ID: customer})
	exec(`INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
		VALUES ($1, $2, 1, 1, 1, now(), now())`, conversation, customer)
	exec(`INSERT INTO escalations (id, conversation_id, source, reason, created_at) VALUES ($1, $1, 'error', 'x', now())`, conversation)
	expect(events.Event{Kind: "conversation", ID: conversation}, events.Event{Kind: "escalation", ID: conversation})
	exec(`UPDATE escalations SET reason = 'y'`)
	exec(`INSERT INTO settings (key, value) VALUES ('a_setting', '1')`)
	// In the order in which the triggers of the table are called.
	expect(events.Event{Kind: "escalation", ID: conversation}, events.Event{Kind: "settings", ID: "a_setting"}, events.Event{Kind: "catalogue"})
	exec(`INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind) VALUES ($1, 'x', 'x', 'particular', 'x')`, customer)
	expect(events.Event{Kind: "catalogue"})
	exec(`INSERT INTO cases (id, number, customer_id, category_id, status, quote, elements, documents, last_activity_at, created_at, updated_at)
		VALUES ($1, '2026-000001', $1, $1, 'collecting', '{}', '[]', '[]', now(), now(), now())`, customer)
	exec(`UPDATE cases SET status = 'pending_review'`)
	exec(`DELETE FROM cases`)
	one := events.Event{Kind: "case", ID: customer}
	expect(one, one, one)
	exec(`INSERT INTO accounts (id, username, password_hash, role) VALUES ($1, 'a', 'x', 'viewer')`, account)
	exec(`UPDATE accounts SET display_name = 'A'`)
	exec(`UPDATE accounts SET is_active = false`)
	exec(`INSERT INTO sessions (id, account_id, token_hash, created_at, expires_at) VALUES ($1, $1, '1', now(), now() + interval '1 hour')`, account)
	exec(`UPDATE sessions SET revoked_at = now()`)
	access := events.Event{Kind: events.KindAccess}
	expect(access, access)
	exec(`DELETE FROM conversations`)
	expect(events.Event{Kind: "conversation", ID: conversation})

	// The connection is lost: what was missed is made good, and then it goes on.
	exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN msia_changes' AND datname = current_database()`)
	for _, s := range heard {
		for e := next(t, s); e.Kind != events.KindResync; e = next(t, s) {
			t.Logf("before the listener was back: %v", e)
		}
	}
	exec(`DELETE FROM customers WHERE id = $1`, customer)
	expect(events.Event{Kind: "customer", ID: customer})
}

func TestWhoIsSlowIsCutOff(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	hub := running(t, pool)
	slow, err := hub.Subscribe()
	require.NoError(t, err)
	quick, err := hub.Subscribe()
	require.NoError(t, err)
	require.Equal(t, events.KindResync, next(t, quick).Kind)
	_, err = pool.Exec(t.Context(), `INSERT INTO customers (id, last_activity_at, created_at, updated_at)
		SELECT gen_random_uuid(), now(), now(), now() FROM generate_series(1, 200)`)
	require.NoError(t, err)
	for range 200 {
		require.Equal(t, events.Kind("customer"), next(t, quick).Kind)
	}
	_, err = pool.Exec(t.Context(), `UPDATE customers SET whatsapp_name = 'x'`)
	require.NoError(t, err)
	for range 200 {
		require.Equal(t, events.Kind("customer"), next(t, quick).Kind)
	}
	n := 0
	for range slow.C {
		n++
	}
	require.Equal(t, 256, n, "what fitted was kept, then it was ended")
	slow.Close() // ended twice is ended
	hub.Close()
	_, open := <-quick.C
	require.False(t, open)
	_, err = hub.Subscribe()
	require.ErrorIs(t, err, events.ErrStopping)
}

func TestThereAreOnlySoMany(t *testing.T) {
	t.Parallel()
	hub := events.NewHub(nil, slog.New(slog.DiscardHandler)) // which nobody runs
	var last *events.Subscription
	for range 1000 {
		s, err := hub.Subscribe()
		require.NoError(t, err)
		last = s
	}
	_, err := hub.Subscribe()
	require.ErrorIs(t, err, events.ErrTooMany)
	last.Close()
	_, err = hub.Subscribe()
	require.NoError(t, err)
}
