package catalogue_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/testdb"
)

// TestThePastStaysAsItWas changes prices, lists and the tax at known moments
// and reads the catalogue as of each.
func TestThePastStaysAsItWas(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	_, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	seeded := time.Now()
	c := &clock{}
	c.advance(time.Duration(seeded.Add(time.Hour).UnixNano()))
	cache := catalogue.NewCache(pool, c.now)
	ctx := caller.With(t.Context(), caller.Caller{Username: "ana"})
	exec := func(sql string, args ...any) *catalogue.Snapshot {
		c.advance(time.Hour)
		s, err := cache.Change(ctx, func(ctx context.Context, tx pgx.Tx, _ time.Time) error {
			_, err := tx.Exec(ctx, sql, args...)
			return err
		})
		require.NoError(t, err)
		return s
	}
	at := func(when time.Time) *catalogue.Snapshot {
		s, err := catalogue.LoadAt(t.Context(), pool, when)
		require.NoError(t, err)
		return s
	}
	price := func(s *catalogue.Snapshot) string { return s.BySlug("motos-part").Tier("T6").Price.String() }

	first := c.now()
	before := price(at(first))
	after := exec("UPDATE tariff_tiers SET price = 99 WHERE code = 'T6'")
	require.Equal(t, "99.00", price(after))
	second := c.now()
	exec("DELETE FROM tier_elements te USING tariff_tiers t WHERE t.id = te.tier_id AND t.code = 'T4'")
	exec("INSERT INTO settings (key, value) VALUES ('iva_percent', '\"10.00\"')")
	third := c.now()

	require.Equal(t, before, price(at(first)))
	require.Equal(t, "99.00", price(at(second)), "valid from the very moment")
	require.NotEmpty(t, at(second).BySlug("motos-part").Tier("T4").Own)
	require.Empty(t, at(third).BySlug("motos-part").Tier("T4").Own)
	require.Equal(t, "21.00", at(second).IVAPercent.String())
	require.Equal(t, "10.00", at(third).IVAPercent.String())
	require.Empty(t, at(seeded.Add(-time.Hour)).Categories, "there was none")

	now, err := catalogue.Load(t.Context(), pool)
	require.NoError(t, err)
	past := at(third)
	require.Equal(t, now.IVAPercent, past.IVAPercent)
	require.Len(t, past.Categories, len(now.Categories))
	for i := range now.Categories {
		requireSame(t, now.Categories[i], past.Categories[i])
	}
	rows, err := pool.Query(t.Context(), "SELECT DISTINCT actor_name FROM catalogue_history ORDER BY 1")
	require.NoError(t, err)
	actors, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{"ana", "system"}, actors)
}

// requireSame compares what the tables say with what the history says of the
// same moment; times may be in different zones.
func requireSame(t *testing.T, now, past *catalogue.Category) {
	t.Helper()
	require.Equal(t, now.Slug, past.Slug)
	require.Len(t, past.Elements, len(now.Elements))
	for i, e := range now.Elements {
		p := past.Elements[i]
		require.Equal(t, e.Code, p.Code)
		require.Equal(t, e.Vocabulary, p.Vocabulary)
		require.Equal(t, e.Fields, p.Fields)
		require.Equal(t, e.Photos, p.Photos)
		require.Equal(t, e.SuggestedServices, p.SuggestedServices)
		require.True(t, e.UpdatedAt.Equal(p.UpdatedAt))
	}
	require.Len(t, past.Tiers, len(now.Tiers))
	for i, tier := range now.Tiers {
		p := past.Tiers[i]
		require.Equal(t, [...]any{tier.Code, tier.Price.String(), tier.Own, tier.Includes, tier.OwnMax}, [...]any{p.Code, p.Price.String(), p.Own, p.Includes, p.OwnMax})
	}
	require.Equal(t, now.Warnings, past.Warnings)
	require.Equal(t, now.Documentation, past.Documentation)
	require.Len(t, past.Services, len(now.Services))
}

// TestWritersTakeTurns has two writers read, think and write: neither loses
// what the other wrote.
func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	_, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	cache := catalogue.NewCache(pool, time.Now)
	const writers = 8
	done := make(chan error, writers)
	for range writers {
		go func() {
			_, err := cache.Change(context.Background(), func(ctx context.Context, tx pgx.Tx, _ time.Time) error {
				var order int
				if err := tx.QueryRow(ctx, "SELECT sort_order FROM tariff_tiers WHERE code = 'T6' ORDER BY id LIMIT 1").Scan(&order); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, "UPDATE tariff_tiers SET sort_order = $1 WHERE code = 'T6'", order+1)
				return err
			})
			done <- err
		}()
	}
	var before int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT (row ->> 'sort_order')::int FROM catalogue_history WHERE table_name = 'tariff_tiers' "+
		"AND row ->> 'code' = 'T6' ORDER BY row_key, id LIMIT 1").Scan(&before))
	for range writers {
		require.NoError(t, <-done)
	}
	s, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	found := false
	for _, c := range s.Categories {
		if tier := c.Tier("T6"); tier != nil && tier.SortOrder == before+writers {
			found = true
		}
	}
	require.True(t, found)
}
