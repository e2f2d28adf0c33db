package seed_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/testdb"
)

// defaults returns the shipped catalogue, for a test to make a release of.
func defaults(t *testing.T) []*catalogue.Category {
	t.Helper()
	categories, err := seed.Default()
	require.NoError(t, err)
	return categories
}

// seeded returns a database with the shipped catalogue and how many rows it has.
func seeded(t *testing.T) (*pgxpool.Pool, int) {
	t.Helper()
	pool := testdb.New(t)
	report, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Positive(t, report.Inserted)
	require.Equal(t, seed.Report{Inserted: report.Inserted}, report)
	return pool, report.Inserted
}

func exec(t *testing.T, pool *pgxpool.Pool, statement string, args ...any) {
	t.Helper()
	tag, err := pool.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
	require.Positive(t, tag.RowsAffected(), statement)
}

func query[T any](t *testing.T, pool *pgxpool.Pool, statement string, args ...any) T {
	t.Helper()
	var v T
	require.NoError(t, pool.QueryRow(t.Context(), statement, args...).Scan(&v))
	return v
}

func stored(t *testing.T, pool *pgxpool.Pool, slug string) *catalogue.Category {
	t.Helper()
	s, err := catalogue.Load(t.Context(), pool)
	require.NoError(t, err)
	require.NotNil(t, s.BySlug(slug))
	return s.BySlug(slug)
}

func TestApplyStoresTheDefaultCatalogue(t *testing.T) {
	t.Parallel()
	pool, _ := seeded(t)
	snapshot, err := catalogue.Load(t.Context(), pool)
	require.NoError(t, err)
	want := defaults(t)
	require.Len(t, snapshot.Categories, len(want))
	for i, got := range snapshot.Categories {
		require.Equal(t, withoutTimes(want[i]), withoutTimes(got))
	}
	require.Equal(t, 1, query[int](t, pool, `SELECT count(*) FROM audit_log WHERE entity_type = 'catalogue' AND actor_name = 'system'`))
}

// withoutTimes returns what should be equal in memory and in the database: all
// but times and the order of triggers.
func withoutTimes(c *catalogue.Category) *catalogue.Category {
	out := catalogue.Category{
		ID: c.ID, Slug: c.Slug, Name: c.Name, ClientType: c.ClientType, VehicleKind: c.VehicleKind, Description: c.Description,
		Icon: c.Icon, IsActive: c.IsActive, SortOrder: c.SortOrder, UnitsPerElement: c.UnitsPerElement,
		Services: c.Services, Documentation: c.Documentation,
	}
	for _, t := range c.Tiers {
		t := *t
		t.CreatedAt, t.UpdatedAt, t.Version = time.Time{}, time.Time{}, 0
		t.Price = money.MustParse(t.Price.String())
		out.Tiers = append(out.Tiers, &t)
	}
	for _, s := range c.Services {
		s.Price = money.MustParse(s.Price.String())
	}
	for _, e := range c.Elements {
		e := *e
		e.CreatedAt, e.UpdatedAt, e.Version = time.Time{}, time.Time{}, 0
		e.Surcharge = money.MustParse(e.Surcharge.String())
		if e.ParentCode == "" {
			e.InheritsFromParent = false
		}
		v := &e.Vocabulary
		for _, words := range []*[]string{&v.Keywords, &v.Aliases, &v.Answers, &v.AllAnswers} {
			*words = some(*words)
		}
		for _, f := range e.Fields {
			f.Options = some(f.Options)
		}
		out.Elements = append(out.Elements, &e)
	}
	for _, w := range c.Warnings {
		slices.SortFunc(w.Triggers, func(x, y catalogue.Trigger) int {
			a, b := x.ElementCode+x.TierCode+x.Keyword, y.ElementCode+y.TierCode+y.Keyword
			if a < b {
				return -1
			}
			return 1
		})
		out.Warnings = append(out.Warnings, w)
	}
	return &out
}

func some(s []string) []string { return append([]string{}, s...) }

func TestApplyTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	pool, rows := seeded(t)
	revision := query[int64](t, pool, `SELECT revision FROM catalogue_revision`)
	report, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Equal(t, seed.Report{Unchanged: rows}, report)
	require.False(t, report.Changed())
	require.Equal(t, revision, query[int64](t, pool, `SELECT revision FROM catalogue_revision`))
	require.Equal(t, 1, query[int](t, pool, `SELECT max(version) FROM tariff_tiers`))
	require.Equal(t, 1, query[int](t, pool, `SELECT count(*) FROM audit_log`))

	report, err = seed.Apply(t.Context(), pool, seed.Options{Overwrite: true})
	require.NoError(t, err)
	require.Equal(t, seed.Report{Unchanged: rows}, report)
}

func TestApplyKeepsWhatStaffChanged(t *testing.T) {
	t.Parallel()
	pool, rows := seeded(t)
	exec(t, pool, `UPDATE tariff_tiers SET price = 199 WHERE code = 'T4' AND price = 220`)
	exec(t, pool, `UPDATE elements SET keywords = keywords || ARRAY['zzpalabra'] WHERE code = 'ESCAPE'`)
	exec(t, pool, `UPDATE warnings SET message = 'Otra cosa.' WHERE code = 'asideros_plaza'`)
	exec(t, pool, `INSERT INTO warning_triggers (id, warning_id, keyword) SELECT gen_random_uuid(), id, 'zzpalabra' FROM warnings
		WHERE code = 'marcado_homologacion_motos_part'`)
	exec(t, pool, `UPDATE element_photo_slots SET is_active = false WHERE code = 'escape_montado'`)
	exec(t, pool, `UPDATE tier_inclusions SET max_elements = 3 WHERE max_elements = 4`)
	exec(t, pool, `DELETE FROM element_suggested_services s USING elements e WHERE e.id = s.element_id AND e.code = 'FILTRO'`)
	exec(t, pool, `DELETE FROM tier_elements t USING elements e WHERE e.id = t.element_id AND e.code = 'FILTRO'`)

	report, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Zero(t, report.Inserted+report.Updated+report.Retired)
	require.ElementsMatch(t, []string{
		"tier motos-part:T4", "vocabulary motos-part:ESCAPE", "warning motos-part:asideros_plaza",
		"warning motos-part:marcado_homologacion_motos_part", "photo motos-part:ESCAPE:escape_montado",
		"tier_includes motos-part:T2", "suggested_services motos-part:FILTRO", "tier_list motos-part:FILTRO",
	}, report.Kept)
	require.Equal(t, rows-len(report.Kept), report.Unchanged)
	c := stored(t, pool, "motos-part")
	require.Equal(t, "199.00", c.Tier("T4").Price.String())
	require.Contains(t, c.Element("ESCAPE").Vocabulary.Keywords, "zzpalabra")
	require.Empty(t, c.Element("ESCAPE").Photos)
	require.Empty(t, c.Element("FILTRO").SuggestedServices)
	require.NotContains(t, c.Tier("T4").Own, "FILTRO")

	report, err = seed.Apply(t.Context(), pool, seed.Options{Overwrite: true})
	require.NoError(t, err)
	require.Equal(t, seed.Report{Updated: 8, Unchanged: rows - 8}, report)
	require.Equal(t, withoutTimes(defaults(t)[0]), withoutTimes(stored(t, pool, "motos-part")))
}

// TestApplySeesTheConditionsOfPhotos has staff give a shipped slot a condition,
// and a release that ships one.
func TestApplySeesTheConditionsOfPhotos(t *testing.T) {
	t.Parallel()
	pool, rows := seeded(t)
	find := func(c *catalogue.Category) *catalogue.Element {
		return c.Elements[slices.IndexFunc(c.Elements, func(e *catalogue.Element) bool { return e.Code == "ESCAPE" })]
	}
	escape := find(defaults(t)[0])
	photo, field := escape.Photos[0], escape.Fields[0]
	exec(t, pool, `UPDATE element_photo_slots SET condition_field_id = $1, condition_operator = 'exists' WHERE id = $2`, field.ID, photo.ID)
	report, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Equal(t, seed.Report{Unchanged: rows - 1, Kept: []string{"photo motos-part:ESCAPE:" + photo.Code}}, report)
	report, err = seed.Apply(t.Context(), pool, seed.Options{Overwrite: true})
	require.NoError(t, err)
	require.Equal(t, seed.Report{Updated: 1, Unchanged: rows - 1}, report)
	require.Equal(t, withoutTimes(defaults(t)[0]), withoutTimes(stored(t, pool, "motos-part")))

	next := defaults(t)
	condition := &catalogue.FieldCondition{FieldKey: field.Key, Operator: "exists"}
	find(next[0]).Photos[0].Condition = condition
	report, err = seed.ApplyCategories(t.Context(), pool, seed.Options{}, next)
	require.NoError(t, err)
	require.Equal(t, seed.Report{Updated: 1, Unchanged: rows - 1}, report)
	require.Equal(t, condition, find(stored(t, pool, "motos-part")).Photos[0].Condition)
}

func TestApplyLeavesDeletedRowsDeleted(t *testing.T) {
	t.Parallel()
	pool, rows := seeded(t)
	exec(t, pool, `DELETE FROM additional_services WHERE code = 'certificado_gas'`) // and from five lists
	exec(t, pool, `DELETE FROM base_documentation WHERE code = 'fotos_vehiculo'`)
	exec(t, pool, `DELETE FROM tier_elements t USING elements e WHERE e.id = t.element_id AND e.code = 'ESCAPE'`)
	exec(t, pool, `DELETE FROM warning_triggers t USING elements e WHERE e.id = t.element_id AND e.code = 'ESCAPE'`)
	exec(t, pool, `DELETE FROM elements WHERE code = 'ESCAPE'`)
	exec(t, pool, `DELETE FROM tier_elements t USING elements e WHERE e.id = t.element_id AND e.code = 'BRAZO_PORTA'`)
	exec(t, pool, `DELETE FROM elements WHERE code = 'BRAZO_PORTA'`)

	report, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Zero(t, report.Inserted+report.Updated+report.Retired)
	for _, kept := range []string{
		"service aseicars-prof:certificado_gas", "document motos-part:fotos_vehiculo", "document aseicars-prof:fotos_vehiculo",
		"element motos-part:ESCAPE", "vocabulary motos-part:ESCAPE", "photo motos-part:ESCAPE:escape_montado",
		"field motos-part:ESCAPE:marca_modelo", "warning motos-part:escape_homologacion", "tier_list motos-part:ESCAPE",
		"element aseicars-prof:BRAZO_PORTA",
	} {
		require.Contains(t, report.Kept, kept)
	}
	require.Nil(t, stored(t, pool, "motos-part").Element("ESCAPE"))
	again, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Equal(t, report.Kept, again.Kept)

	report, err = seed.Apply(t.Context(), pool, seed.Options{Overwrite: true})
	require.NoError(t, err)
	require.Positive(t, report.Inserted)
	require.Empty(t, report.Kept)
	require.Equal(t, rows, report.Inserted+report.Updated+report.Unchanged)
	for i, slug := range []string{"motos-part", "aseicars-prof"} {
		require.Equal(t, withoutTimes(defaults(t)[i]), withoutTimes(stored(t, pool, slug)))
	}
}

func TestApplyLeavesStaffsOwnRowsAlone(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	// Made by hand before the first seeding: the category as shipped but for its
	// id, a tier and an element that are not.
	own := uuid.New()
	exec(t, pool, `INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind, icon, description, sort_order)
		VALUES ($1, 'motos-part', 'Motocicletas', 'particular', 'motorcycle', 'motorcycle', $2, 10)`, own, *defaults(t)[0].Description)
	exec(t, pool, `INSERT INTO tariff_tiers (id, category_id, code, name, price) VALUES (gen_random_uuid(), $1, 'T6', 'Mía', 99)`, own)
	exec(t, pool, `INSERT INTO elements (id, category_id, code, name) VALUES (gen_random_uuid(), $1, 'ESCAPE', 'Mi escape')`, own)

	first, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Equal(t, 1, first.Unchanged)
	require.Contains(t, first.Kept, "tier motos-part:T6")
	require.Contains(t, first.Kept, "element motos-part:ESCAPE")
	c := stored(t, pool, "motos-part")
	require.Equal(t, own, c.ID)
	require.Equal(t, "99.00", c.Tier("T6").Price.String())
	require.Empty(t, c.Tier("T6").Includes)
	require.Equal(t, "Mi escape", c.Element("ESCAPE").Name)
	require.Empty(t, c.Element("ESCAPE").Photos)
	require.NotContains(t, c.Tier("T4").Own, "ESCAPE")
	require.Contains(t, c.Tier("T4").Own, "FILTRO")

	second, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Equal(t, seed.Report{Unchanged: first.Inserted + 1, Kept: first.Kept}, second)

	// A row that is nobody's but staff's survives even Overwrite.
	exec(t, pool, `INSERT INTO additional_services (id, code, name, price) VALUES (gen_random_uuid(), 'grua', 'Grúa', 80)`)
	third, err := seed.Apply(t.Context(), pool, seed.Options{Overwrite: true})
	require.NoError(t, err)
	require.Empty(t, third.Kept)
	c = stored(t, pool, "motos-part")
	require.Equal(t, "140.00", c.Tier("T6").Price.String())
	require.Equal(t, "Escape", c.Element("ESCAPE").Name)
	require.Len(t, c.Element("ESCAPE").Photos, 1)
	require.NotNil(t, c.Service("grua"))
}

func TestApplyRecognisesARenamedRow(t *testing.T) {
	t.Parallel()
	pool, rows := seeded(t)
	exec(t, pool, `UPDATE tariff_tiers SET code = 'T6B' WHERE code = 'T6' AND price = 140`)
	exec(t, pool, `INSERT INTO tariff_tiers (id, category_id, code, name, price) SELECT gen_random_uuid(), id, 'T6', 'Mía', 99
		FROM vehicle_categories WHERE slug = 'motos-part'`)
	report, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	require.Equal(t, seed.Report{Unchanged: rows - 1, Kept: []string{"tier motos-part:T6"}}, report)
	require.Len(t, stored(t, pool, "motos-part").Tiers, 7)
}

func TestApplyIsAllOrNothing(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	broken := defaults(t)
	broken[1].Warnings[0].Severity = "grave" // the schema refuses it, near the end
	_, err := seed.ApplyCategories(t.Context(), pool, seed.Options{}, broken)
	require.ErrorContains(t, err, "warning aseicars-prof:")
	require.Equal(t, 0, query[int](t, pool, `SELECT count(*) FROM vehicle_categories`))
	require.Equal(t, 0, query[int](t, pool, `SELECT count(*) FROM seed_rows`))
}
