package seed_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/testdb"
)

func TestApplyFollowsANewRelease(t *testing.T) {
	t.Parallel()
	pool, rows := seeded(t)
	exec(t, pool, `UPDATE tariff_tiers SET price = 150 WHERE code = 'T6' AND price = 140`)
	exec(t, pool, `DELETE FROM tier_elements t USING elements e WHERE e.id = t.element_id AND e.code = 'MALETAS'`)
	exec(t, pool, `INSERT INTO tier_elements (category_id, element_id, tier_id) SELECT e.category_id, e.id, t.id FROM elements e
		JOIN tariff_tiers t ON t.category_id = e.category_id AND t.code = 'T2' WHERE e.code = 'MALETAS'`)

	next := defaults(t)
	c := next[0]
	tier := map[string]*catalogue.Tier{}
	for _, x := range c.Tiers {
		tier[x.Code] = x
	}
	element := func(code string) *catalogue.Element {
		return c.Elements[slices.IndexFunc(c.Elements, func(e *catalogue.Element) bool { return e.Code == code })]
	}
	tier["T5"].Price = money.MustParse("180.00")
	tier["T6"].Price = money.MustParse("145.00") // staff's 150 stays
	move := func(code string, from, to *catalogue.Tier) {
		from.Own = slices.DeleteFunc(from.Own, func(x string) bool { return x == code })
		to.Own = append(to.Own, code)
	}
	move("ESCAPE", tier["T4"], tier["T3"])
	move("MALETAS", tier["T4"], tier["T3"]) // staff's T2 stays
	element("MANILLAR").Photos = element("MANILLAR").Photos[:2]
	element("FILTRO").SuggestedServices = nil
	element("TIJAS").Vocabulary.Keywords = []string{"tija"}
	element("ASIENTO").Fields = []*catalogue.Field{
		{
			ID: uuid.New(), Key: "b", Label: "B", Type: catalogue.FieldText, SortOrder: 10,
			Condition: &catalogue.FieldCondition{FieldKey: "a", Operator: "exists"},
		},
		{ID: uuid.New(), Key: "a", Label: "A", Type: catalogue.FieldText, SortOrder: 20},
	}
	c.Services = c.Services[:8]
	c.Warnings[0].Triggers = c.Warnings[0].Triggers[:3]

	report, err := seed.ApplyCategories(t.Context(), pool, seed.Options{}, next)
	require.NoError(t, err)
	require.Equal(t, []string{"tier motos-part:T6", "tier_list motos-part:MALETAS"}, report.Kept)
	require.Equal(t, seed.Report{
		Inserted: 2, Updated: 5, Retired: 2, Unchanged: rows - 9, Kept: report.Kept,
	}, report)
	got := stored(t, pool, "motos-part")
	require.Equal(t, "180.00", got.Tier("T5").Price.String())
	require.Equal(t, "150.00", got.Tier("T6").Price.String())
	require.Contains(t, got.Tier("T3").Own, "ESCAPE")
	require.NotContains(t, got.Tier("T4").Own, "ESCAPE")
	require.Equal(t, []string{"AUMENTO_PLAZAS", "MALETAS"}, got.Tier("T2").Own)
	require.NotContains(t, got.Tier("T3").Own, "MALETAS")
	require.Len(t, got.Element("MANILLAR").Photos, 2)
	require.Empty(t, got.Element("FILTRO").SuggestedServices)
	require.Equal(t, []string{"tija"}, got.Element("TIJAS").Vocabulary.Keywords)
	require.Len(t, got.Element("ASIENTO").Fields, 2)
	require.False(t, got.Service("coordinacion_ensayo").IsActive)
	require.Len(t, got.Warnings[0].Triggers, 3)

	// The release after that takes it all back: still nobody touched these rows.
	report, err = seed.ApplyCategories(t.Context(), pool, seed.Options{}, defaults(t))
	require.NoError(t, err)
	require.Equal(t, seed.Report{
		Updated: 7, Retired: 2, Unchanged: rows - 9, Kept: []string{"tier motos-part:T6", "tier_list motos-part:MALETAS"},
	}, report)
	got = stored(t, pool, "motos-part")
	require.True(t, got.Service("coordinacion_ensayo").IsActive)
	require.Len(t, got.Element("MANILLAR").Photos, 3)
	require.Empty(t, got.Element("ASIENTO").Fields)
	require.Contains(t, got.Tier("T4").Own, "ESCAPE")
}

func TestApplyMakesAnElementGeneric(t *testing.T) {
	t.Parallel()
	pool, rows := seeded(t)
	next := defaults(t)
	for _, tier := range next[0].Tiers {
		tier.Own = slices.DeleteFunc(tier.Own, func(code string) bool { return code == "CABALLETE" })
	}
	for _, e := range next[0].Elements {
		if e.Code == "CABALLETE" {
			e.IsGeneric, e.Vocabulary.Question = true, "¿Central o lateral?"
		}
	}
	report, err := seed.ApplyCategories(t.Context(), pool, seed.Options{}, next)
	require.NoError(t, err)
	require.Equal(t, seed.Report{Updated: 3, Unchanged: rows - 3}, report) // itself, its words, its list
	e := stored(t, pool, "motos-part").Element("CABALLETE")
	require.True(t, e.IsGeneric)
	require.Equal(t, "¿Central o lateral?", e.Vocabulary.Question)

	report, err = seed.ApplyCategories(t.Context(), pool, seed.Options{}, defaults(t))
	require.NoError(t, err)
	require.Equal(t, seed.Report{Updated: 3, Unchanged: rows - 3}, report)
	require.Equal(t, withoutTimes(defaults(t)[0]), withoutTimes(stored(t, pool, "motos-part")))
}

func TestApplyConcurrently(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	reports := make([]seed.Report, 2)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i := range reports {
		wg.Go(func() { reports[i], errs[i] = seed.Apply(t.Context(), pool, seed.Options{}) })
	}
	wg.Wait()
	require.NoError(t, errs[0])
	require.NoError(t, errs[1])
	slices.SortFunc(reports, func(a, b seed.Report) int { return b.Inserted - a.Inserted })
	require.Positive(t, reports[0].Inserted)
	require.Equal(t, seed.Report{Inserted: reports[0].Inserted}, reports[0])
	require.Equal(t, seed.Report{Unchanged: reports[0].Inserted}, reports[1])
}

func TestApplyWaitsForAnEditor(t *testing.T) {
	t.Parallel()
	pool, _ := seeded(t)
	next := defaults(t)
	next[0].Tiers[0].Price = money.MustParse("999.00")
	next[0].Tiers[1].Price = money.MustParse("998.00")
	edit, err := pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = edit.Exec(t.Context(), `UPDATE tariff_tiers SET price = 415 WHERE code = 'T1' AND price = 410`)
	require.NoError(t, err)
	done := make(chan seed.Report, 1)
	go func() {
		report, err := seed.ApplyCategories(context.WithoutCancel(t.Context()), pool, seed.Options{}, next)
		if err != nil {
			report.Kept = []string{err.Error()}
		}
		done <- report
	}()
	require.Eventually(t, func() bool {
		return query[bool](t, pool, `SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
			AND wait_event_type = 'Lock' AND query LIKE '%CatalogueWait%')`)
	}, 10*time.Second, 5*time.Millisecond)
	turn := time.Now()
	require.NoError(t, edit.Commit(t.Context()))
	report := <-done
	require.Equal(t, []string{"tier motos-part:T1"}, report.Kept)
	require.Equal(t, "415.00", stored(t, pool, "motos-part").Tier("T1").Price.String())
	require.WithinRange(t, query[time.Time](t, pool, `SELECT valid_from FROM catalogue_history WHERE row ->> 'price' = '998.00'`),
		turn.Truncate(time.Microsecond), time.Now(), "when it was its turn, not when it began to wait")
}

// An editor who has read a row for update and writes it only once the seeding
// wants it too: both wait, PostgreSQL ends one. Nothing of the editor's is lost.
func TestApplySurvivesADeadlockWithAnEditor(t *testing.T) {
	t.Parallel()
	pool, _ := seeded(t)
	next := defaults(t)
	next[0].Tiers[0].Price = money.MustParse("999.00")
	edit, err := pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = edit.Exec(t.Context(), `SELECT * FROM tariff_tiers WHERE code = 'T1' AND price = 410 FOR UPDATE`)
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := seed.ApplyCategories(context.WithoutCancel(t.Context()), pool, seed.Options{}, next)
		done <- err
	}()
	require.Eventually(t, func() bool {
		return query[bool](t, pool, `SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
			AND wait_event_type = 'Lock' AND query LIKE '%SeedTierUpsert%')`)
	}, 10*time.Second, 5*time.Millisecond)
	want := "415.00"
	if _, err := edit.Exec(t.Context(), `UPDATE tariff_tiers SET price = 415 WHERE code = 'T1' AND price = 410`); err != nil {
		want = "999.00" // the editor was the one to be ended, and told so
		require.NoError(t, edit.Rollback(t.Context()))
	} else {
		require.NoError(t, edit.Commit(t.Context()))
	}
	require.NoError(t, <-done)
	require.Equal(t, want, stored(t, pool, "motos-part").Tier("T1").Price.String())
}

// A warning whose every trigger is gone would be shown always.
func TestApplyKeepsBackAWarningWithoutItsTriggers(t *testing.T) {
	t.Parallel()
	pool, _ := seeded(t)
	exec(t, pool, `DELETE FROM tier_elements t USING elements e WHERE e.id = t.element_id AND e.code = 'ESCAPE'`)
	exec(t, pool, `DELETE FROM warning_triggers t USING elements e WHERE e.id = t.element_id AND e.code = 'ESCAPE'`)
	exec(t, pool, `DELETE FROM elements WHERE code = 'ESCAPE'`)
	next := defaults(t)
	next[0].Warnings = append(next[0].Warnings, &catalogue.Warning{
		ID: uuid.New(), Code: "ruido", Severity: catalogue.SeverityInfo, Message: "Hace ruido.", Scope: catalogue.ScopeCategory,
		IsActive: true, Triggers: []catalogue.Trigger{{ElementCode: "ESCAPE"}},
	})
	report, err := seed.ApplyCategories(t.Context(), pool, seed.Options{}, next)
	require.NoError(t, err)
	require.Zero(t, report.Inserted)
	require.Contains(t, report.Kept, "warning motos-part:ruido")
}
