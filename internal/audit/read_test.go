package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestListPagesAndFilters(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	record := func(n int, actor string, e audit.Entry) {
		ctx := t.Context()
		if actor != "system" {
			_, err := pool.Exec(ctx, "INSERT INTO accounts (id, username, password_hash, role) VALUES (gen_random_uuid(), $1, 'x', 'admin') ON CONFLICT DO NOTHING", actor)
			require.NoError(t, err)
			who := caller.Caller{Username: actor}
			require.NoError(t, pool.QueryRow(ctx, "SELECT id FROM accounts WHERE username = $1", actor).Scan(&who.AccountID))
			ctx = caller.WithRequestID(caller.With(ctx, who), "request-"+actor)
		}
		e.At = noon.Add(time.Duration(n/2) * time.Minute) // two share each moment
		require.NoError(t, db.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error { return audit.Record(ctx, tx, e) }))
	}
	for n := range 12 {
		e := audit.Entry{Action: "update", EntityType: "tier", EntityID: []string{"a", "b"}[n%2], Changes: map[string]audit.Change{
			"price": {"140.00", "150.00"}, "conditions": {nil, "x"}, "is_active": {true, false},
		}}
		if n%3 == 0 {
			e.Action, e.EntityType = "delete", "setting"
		}
		record(n, []string{"ana", "system"}[n%2], e)
	}
	reader := audit.NewReader(pool)
	all, next, err := reader.List(t.Context(), audit.Filter{}, page.Key{}, 100)
	require.NoError(t, err)
	require.Nil(t, next)
	require.Len(t, all, 12)

	t.Run("pages", func(t *testing.T) {
		var paged []audit.Recorded
		var key page.Key
		for {
			some, next, err := reader.List(t.Context(), audit.Filter{}, key, 5)
			require.NoError(t, err)
			paged = append(paged, some...)
			if next == nil {
				break
			}
			key, err = page.Decode(next)
			require.NoError(t, err)
		}
		require.Equal(t, all, paged, "all of them, once, the newest first")
		for i := 1; i < len(all); i++ {
			require.False(t, all[i].At.After(all[i-1].At))
		}
	})
	t.Run("members before and after", func(t *testing.T) {
		require.Equal(t, []audit.MemberChange{
			{Member: "conditions", Before: []byte(`null`), After: []byte(`"x"`)},
			{Member: "is_active", Before: []byte(`true`), After: []byte(`false`)},
			{Member: "price", Before: []byte(`"140.00"`), After: []byte(`"150.00"`)},
		}, all[0].Changes)
	})
	t.Run("filters", func(t *testing.T) {
		p := func(s string) *string { return &s }
		at := func(minutes int) *time.Time { m := noon.Add(time.Duration(minutes) * time.Minute); return &m }
		for name, c := range map[string]struct {
			filter audit.Filter
			want   int
		}{
			"type":             {audit.Filter{EntityType: p("setting")}, 4},
			"id":               {audit.Filter{EntityID: p("a")}, 6},
			"type and id":      {audit.Filter{EntityType: p("setting"), EntityID: p("a")}, 2},
			"actor":            {audit.Filter{Actor: p("ana")}, 6},
			"system":           {audit.Filter{Actor: p("system")}, 6},
			"action":           {audit.Filter{Action: p("delete")}, 4},
			"from is included": {audit.Filter{From: at(5)}, 2},
			"to is not":        {audit.Filter{To: at(5)}, 10},
			"all together":     {audit.Filter{EntityType: p("setting"), EntityID: p("a"), Actor: p("ana"), Action: p("delete"), From: at(3), To: at(4)}, 1},
			"nothing":          {audit.Filter{Actor: p("nobody")}, 0},
		} {
			got, _, err := reader.List(t.Context(), c.filter, page.Key{}, 100)
			require.NoError(t, err)
			require.Len(t, got, c.want, name)
		}
	})
	t.Run("who did it stays when the account goes", func(t *testing.T) {
		_, err := pool.Exec(t.Context(), "DELETE FROM accounts")
		require.NoError(t, err)
		got, _, err := reader.List(t.Context(), audit.Filter{}, page.Key{}, 100)
		require.NoError(t, err)
		require.Nil(t, got[1].ActorID)
		require.Equal(t, []string{"ana", "request-ana"}, []string{got[1].Actor, got[1].RequestID})
	})
}

// TestEveryFilterHasAnIndex asks PostgreSQL how it finds a page among 100,000
// entries.
func TestEveryFilterHasAnIndex(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	_, err := pool.Exec(t.Context(), `INSERT INTO audit_log (id, at, actor_name, request_id, action, entity_type, entity_id, changes)
		SELECT gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '1 minute', 'user' || n % 500, '', 'action' || n % 300,
			'type' || n % 400, 'id' || n % 20000, '{"price": ["1", "2"]}' FROM generate_series(1, 100000) n`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), "ANALYZE audit_log")
	require.NoError(t, err)
	plans := testdb.NewPlans(t, pool)
	reader := audit.NewReader(plans)
	p := func(s string) *string { return &s }
	at := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	deep := page.Key{At: at, ID: [16]byte{1}}
	for name, c := range map[string]struct {
		filter audit.Filter
		index  string
	}{
		"all":     {audit.Filter{}, "audit_log_at_idx"},
		"between": {audit.Filter{From: &at, To: &at}, "audit_log_at_idx"},
		"type":    {audit.Filter{EntityType: p("type7")}, "audit_log_type_idx"},
		"id":      {audit.Filter{EntityID: p("id7")}, "audit_log_entity_id_idx"},
		"both":    {audit.Filter{EntityType: p("type7"), EntityID: p("id7")}, "audit_log_entity_id_idx"},
		"actor":   {audit.Filter{Actor: p("user7")}, "audit_log_actor_idx"},
		"action":  {audit.Filter{Action: p("action7")}, "audit_log_action_idx"},
	} {
		for _, key := range []page.Key{{}, deep} {
			_, _, err := reader.List(t.Context(), c.filter, key, 50)
			require.NoError(t, err)
			require.Empty(t, plans.Whole(), name)
			require.Contains(t, plans.Indexes(), c.index, name)
		}
	}
}
