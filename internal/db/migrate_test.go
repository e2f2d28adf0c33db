package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/testdb"
	"github.com/msia/msia/queries/schema"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestMigrationsGoUpDownAndUpAgain(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var sqlDB *sql.DB = stdlib.OpenDBFromPool(pool)
	defer func() { require.NoError(t, sqlDB.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, sqlDB, schema.Migrations)
	require.NoError(t, err)
	_, err = provider.DownTo(t.Context(), 0)
	require.NoError(t, err)
	var left int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'
		AND tablename NOT LIKE 'river%' AND tablename <> 'goose_db_version'`).Scan(&left))
	require.Zero(t, left, "down removes what up made")
	require.NoError(t, db.Migrate(t.Context(), pool))
}

// TestOlderProgramOnNewerDatabase: going back a version is starting it.
func TestOlderProgramOnNewerDatabase(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	has, newest, err := db.Schema(t.Context(), pool)
	require.NoError(t, err)
	require.Equal(t, newest, has)
	_, err = pool.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, true)", newest+1)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context(), pool))
	has, newest, err = db.Schema(t.Context(), pool)
	require.NoError(t, err)
	require.Equal(t, newest+1, has)
	_, err = pool.Exec(t.Context(), "DROP TABLE goose_db_version")
	require.NoError(t, err)
	has, _, err = db.Schema(t.Context(), pool)
	require.NoError(t, err)
	require.Zero(t, has)
}

// TestCustomersKeepTheirContacts takes a database with customers up and down
// over the migration that gives contacts a table of their own.
func TestCustomersKeepTheirContacts(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	sqlDB := stdlib.OpenDBFromPool(pool)
	defer func() { require.NoError(t, sqlDB.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, sqlDB, schema.Migrations)
	require.NoError(t, err)
	_, err = provider.DownTo(t.Context(), 8)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		INSERT INTO customers (id, chatwoot_account_id, chatwoot_contact_id, whatsapp_name, created_at, updated_at)
			SELECT gen_random_uuid(), 1, n, 'Muñoz ' || n, now(), now() FROM generate_series(1, 3) n;
		INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
			SELECT gen_random_uuid(), id, 1, chatwoot_contact_id, 1, now(), now() FROM customers;
		INSERT INTO messages (id, conversation_id, chatwoot_account_id, chatwoot_message_id, author, content, is_private, sent_at, received_at)
			SELECT gen_random_uuid(), c.id, 1, 10 * c.chatwoot_conversation_id + m.n, m.author, '', m.private, '2026-01-01'::timestamptz + m.n * interval '1 hour', now()
			FROM conversations c, (VALUES (1, 'customer', false), (2, 'assistant', false), (3, 'customer', false), (4, 'customer', false), (5, 'staff', true)) AS m (n, author, private)
			WHERE c.chatwoot_conversation_id = 1 OR m.n < 3;
		INSERT INTO webhook_bodies (id, received_at, event, body) VALUES (gen_random_uuid(), now(), 'x', '')`)
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), 9)
	require.NoError(t, err)
	var contacts, found int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM customer_contacts),
		(SELECT count(*) FROM customers WHERE search LIKE search_pattern('MUNOZ') AND display_name LIKE 'Muñoz _')`).Scan(&contacts, &found))
	require.Equal(t, []int{3, 3}, []int{contacts, found})
	rows, err := pool.Query(t.Context(), `SELECT message_count || ' ' || coalesce(to_char(unanswered_since AT TIME ZONE 'UTC', 'HH24'), '-') FROM conversations ORDER BY chatwoot_conversation_id`)
	require.NoError(t, err)
	counted, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{"4 03", "2 -", "2 -"}, counted)
	_, err = pool.Exec(t.Context(), "INSERT INTO customers (id, last_activity_at, created_at, updated_at) VALUES (gen_random_uuid(), now(), now(), now())")
	require.NoError(t, err)
	_, err = provider.DownTo(t.Context(), 8)
	require.NoError(t, err)
	rows, err = pool.Query(t.Context(), "SELECT chatwoot_contact_id FROM customers ORDER BY 1")
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	require.NoError(t, err)
	require.Equal(t, []int64{-1, 1, 2, 3}, ids)
}

func TestSeveralMigratorsAtOnce(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	_, err := pool.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION vector")
	require.NoError(t, err)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			own, err := pgxpool.NewWithConfig(t.Context(), pool.Config())
			if err != nil {
				errs[i] = err
				return
			}
			defer own.Close()
			errs[i] = db.Migrate(t.Context(), own)
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

// TestInvariants proves that the schema refuses what no writer may do.
func TestInvariants(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	ctx := t.Context()
	id := func(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", n) }
	_, err := pool.Exec(ctx, fmt.Sprintf(`
		INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind) VALUES
			('%[1]s', 'motos-part', 'Motos', 'particular', 'motorcycle'), ('%[2]s', 'otra', 'Otra', 'professional', 'car');
		INSERT INTO tariff_tiers (id, category_id, code, name, price) VALUES
			('%[3]s', '%[1]s', 'T1', 'Uno', 1), ('%[4]s', '%[2]s', 'T1', 'Ajeno', 1);
		INSERT INTO elements (id, category_id, code, name, is_generic, question) VALUES
			('%[5]s', '%[1]s', 'ESCAPE', 'Escape', false, NULL), ('%[6]s', '%[1]s', 'LUCES', 'Luces', true, '¿Cuál?'),
			('%[7]s', '%[2]s', 'TOLDO', 'Toldo', false, NULL);
		INSERT INTO tier_elements (category_id, tier_id, element_id) VALUES ('%[1]s', '%[3]s', '%[5]s');
		INSERT INTO warnings (id, code, severity, message) VALUES ('%[8]s', 'w', 'info', 'x');
		INSERT INTO customers (id, last_activity_at, created_at, updated_at) VALUES ('%[1]s', now(), now(), now());
		INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
			VALUES ('%[1]s', '%[1]s', 1, 1, 1, now(), now());
		INSERT INTO escalations (id, conversation_id, source, reason, created_at) VALUES ('%[1]s', '%[1]s', 'error', 'x', now());
		INSERT INTO accounts (id, username, password_hash, role) VALUES ('%[1]s', 'ana', 'x', 'viewer');
		INSERT INTO sessions (id, account_id, token_hash, created_at, expires_at) VALUES ('%[1]s', '%[1]s', 'x', now(), now() + interval '1 day');
		INSERT INTO api_keys (id, account_id, name, role, key_hash, created_at, expires_at)
			VALUES ('%[1]s', '%[1]s', 'k', 'viewer', 'x', now(), now() + interval '1 day');`,
		id(1), id(2), id(3), id(4), id(5), id(6), id(7), id(8)))
	require.NoError(t, err)
	for name, c := range map[string]struct{ statement, constraint string }{
		"slug with capitals":            {"UPDATE vehicle_categories SET slug = 'Motos' WHERE slug = 'otra'", "vehicle_categories_slug_check"},
		"slug twice":                    {"UPDATE vehicle_categories SET slug = 'motos-part' WHERE slug = 'otra'", "vehicle_categories_slug_key"},
		"negative price":                {"UPDATE tariff_tiers SET price = -0.01", "tariff_tiers_price_check"},
		"tier code twice":               {fmt.Sprintf("INSERT INTO tariff_tiers (id, category_id, code, name, price) VALUES ('%s', '%s', 'T1', 'x', 1)", id(20), id(1)), "tariff_tiers_category_code_key"},
		"generic element on a list":     {fmt.Sprintf("INSERT INTO tier_elements (category_id, tier_id, element_id) VALUES ('%s', '%s', '%s')", id(1), id(3), id(6)), "tier_elements_element_fkey"},
		"listed element made generic":   {"UPDATE elements SET is_generic = true, question = '¿?' WHERE code = 'ESCAPE'", "tier_elements_element_fkey"},
		"element of another category":   {fmt.Sprintf("INSERT INTO tier_elements (category_id, tier_id, element_id) VALUES ('%s', '%s', '%s')", id(1), id(3), id(7)), "tier_elements_element_fkey"},
		"tier of another category":      {fmt.Sprintf("INSERT INTO tier_inclusions (category_id, tier_id, included_tier_id) VALUES ('%s', '%s', '%s')", id(1), id(3), id(4)), "tier_inclusions_included_fkey"},
		"tier includes itself":          {fmt.Sprintf("INSERT INTO tier_inclusions (category_id, tier_id, included_tier_id) VALUES ('%[1]s', '%[2]s', '%[2]s')", id(1), id(3)), "tier_inclusions_not_itself_check"},
		"element its own parent":        {"UPDATE elements SET parent_id = id WHERE code = 'ESCAPE'", "elements_not_own_parent_check"},
		"parent of another category":    {fmt.Sprintf("UPDATE elements SET parent_id = '%s' WHERE code = 'ESCAPE'", id(7)), "elements_parent_fkey"},
		"generic without question":      {"UPDATE elements SET question = NULL WHERE code = 'LUCES'", "elements_generic_question_check"},
		"generic with a surcharge":      {"UPDATE elements SET surcharge = 1 WHERE code = 'LUCES'", "elements_generic_not_priced_check"},
		"deleting a listed element":     {"DELETE FROM elements WHERE code = 'ESCAPE'", "tier_elements_element_fkey"},
		"warning of tier and element":   {fmt.Sprintf("UPDATE warnings SET category_id = '%s', tier_id = '%s', element_id = '%s'", id(1), id(3), id(5)), "warnings_scope_check"},
		"tier warning without category": {fmt.Sprintf("UPDATE warnings SET tier_id = '%s'", id(3)), "warnings_scope_check"},
		"trigger without condition":     {fmt.Sprintf("INSERT INTO warning_triggers (id, warning_id) VALUES ('%s', '%s')", id(21), id(8)), "warning_triggers_one_condition_check"},
		"trigger with two":              {fmt.Sprintf("INSERT INTO warning_triggers (id, warning_id, keyword, min_quantity) VALUES ('%s', '%s', 'gas', 2)", id(21), id(8)), "warning_triggers_one_condition_check"},
		"select without options":        {fmt.Sprintf("INSERT INTO element_required_fields (id, element_id, field_key, label, field_type) VALUES ('%s', '%s', 'k', 'l', 'select')", id(22), id(5)), "element_required_fields_options_check"},
		"minimum above maximum":         {fmt.Sprintf("INSERT INTO element_required_fields (id, element_id, field_key, label, field_type, min_value, max_value) VALUES ('%s', '%s', 'k', 'l', 'number', 2, 1)", id(22), id(5)), "element_required_fields_range_check"},
		"photo of another's field":      {fmt.Sprintf("INSERT INTO element_photo_slots (id, element_id, code, kind, title, condition_field_id, condition_operator) VALUES ('%[1]s', '%[2]s', 'c', 'step', 't', '%[1]s', 'exists')", id(24), id(5)), "element_photo_slots_condition_fkey"},
		"condition without a field":     {fmt.Sprintf("INSERT INTO element_photo_slots (id, element_id, code, kind, title, condition_operator) VALUES ('%s', '%s', 'c', 'step', 't', 'exists')", id(24), id(5)), "element_photo_slots_condition_check"},
		"two open escalations":          {fmt.Sprintf("INSERT INTO escalations (id, conversation_id, source, reason, created_at) VALUES ('%s', '%s', 'error', 'y', now())", id(23), id(1)), "escalations_open_key"},
		"paused without a reason":       {"UPDATE conversations SET paused_at = now()", "conversations_paused_check"},
		"account name with capitals":    {fmt.Sprintf("INSERT INTO accounts (id, username, password_hash, role) VALUES ('%s', 'Ana', 'x', 'viewer')", id(24)), "accounts_username_check"},
		"no such role":                  {"UPDATE accounts SET role = 'root'", "accounts_role_check"},
		"session that never lives":      {"UPDATE sessions SET expires_at = created_at", "sessions_lifetime_check"},
		"key that never lives":          {"UPDATE api_keys SET expires_at = created_at", "api_keys_lifetime_check"},
		"key name twice":                {fmt.Sprintf("INSERT INTO api_keys (id, account_id, name, role, key_hash, created_at, expires_at) VALUES ('%s', '%s', 'k', 'viewer', 'y', now(), now() + interval '1 day')", id(25), id(1)), "api_keys_account_name_key"},
		"event nobody knows":            {fmt.Sprintf("INSERT INTO access_log (id, at, username, event, outcome, address, user_agent) VALUES ('%s', now(), 'x', 'party', 'ok', '', '')", id(26)), "access_log_event_check"},
		"phone that is none":            {"UPDATE customers SET phone = '600 100 200'", "customers_phone_check"},
	} {
		t.Run(name, func(t *testing.T) {
			err := db.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
				_, err := tx.Exec(ctx, c.statement)
				return err
			})
			require.ErrorContains(t, err, `"`+c.constraint+`"`)
		})
	}
}

// TestEveryCatalogueChangeIsCounted changes each catalogue table by hand.
func TestEveryCatalogueChangeIsCounted(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	revision := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), "SELECT revision FROM catalogue_revision").Scan(&n))
		return n
	}
	rows, err := pool.Query(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename IN (
		'vehicle_categories', 'tariff_tiers', 'elements', 'tier_elements', 'tier_inclusions', 'element_required_fields', 'element_photo_slots',
		'base_documentation', 'additional_services', 'element_suggested_services', 'warnings', 'warning_triggers', 'settings')`)
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Len(t, tables, 13)
	for _, table := range tables {
		before := revision()
		_, err := pool.Exec(t.Context(), "DELETE FROM "+table)
		require.NoError(t, err)
		require.Equal(t, before+1, revision(), table)
	}
}

func TestInTxRollsBackWhenTheRequestIsCancelled(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE catalogue_revision SET revision = 99")
		require.NoError(t, err)
		cancel()
		return ctx.Err()
	})
	require.ErrorIs(t, err, context.Canceled)
	var revision int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT revision FROM catalogue_revision").Scan(&revision))
	require.NotEqual(t, 99, revision)
	require.Zero(t, pool.Stat().AcquiredConns())
}

func TestUnavailableIsToldApart(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	_, dataErr := pool.Exec(t.Context(), "SELECT 1/0")
	require.Error(t, dataErr)
	require.False(t, db.IsUnavailable(dataErr))
	_, missing := pool.Exec(t.Context(), "SELECT * FROM nothing_there")
	require.False(t, db.IsUnavailable(missing))
	for _, url := range []string{"postgres://x@127.0.0.1:1/x", "host=/nonexistent user=x"} {
		away, err := db.Open(t.Context(), db.Config{URL: url})
		require.NoError(t, err)
		defer away.Close()
		_, err = away.Exec(t.Context(), "SELECT 1")
		require.True(t, db.IsUnavailable(err), "%v", err)
	}
	killed := db.InTx(t.Context(), pool, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	require.True(t, db.IsUnavailable(killed), "%v", killed)
	pool.Close()
	_, closed := pool.Exec(t.Context(), "SELECT 1")
	require.True(t, db.IsUnavailable(closed))
}
