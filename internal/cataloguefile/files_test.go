package cataloguefile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// slugs are those of the shipped categories.
var slugs = []string{"motos-part", "aseicars-prof"}

var formats = []cataloguefile.Format{cataloguefile.YAML, cataloguefile.XLSX}

func setup(t testing.TB) (*cataloguefile.Files, *pgxpool.Pool) {
	t.Helper()
	pool := apitest.Database(t)
	return cataloguefile.New(pool, catalogue.NewCache(pool, time.Now)), pool
}

func export(t testing.TB, f *cataloguefile.Files, slug string, format cataloguefile.Format) cataloguefile.Exported {
	t.Helper()
	out, err := f.Export(t.Context(), slug, format)
	require.NoError(t, err)
	return out
}

// TestRoundTrip: importing an export changes nothing, not even a revision, and
// the next export has the same bytes.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	f, _ := setup(t)
	for _, slug := range slugs {
		for _, format := range formats {
			first := export(t, f, slug, format)
			report, err := f.Import(t.Context(), first.Raw, format, cataloguefile.Options{Revision: first.Revision})
			require.NoError(t, err)
			require.Empty(t, report.Changes)
			require.Empty(t, report.Notes, "the shipped sheets have no flaws")
			require.Equal(t, first.Revision, report.Revision)
			require.Equal(t, first, export(t, f, slug, format))
		}
	}
}

// edit exports a category, replaces texts in it by others, and imports it.
func edit(t testing.TB, f *cataloguefile.Files, slug string, pairs ...string) (cataloguefile.Report, error) {
	t.Helper()
	text := string(export(t, f, slug, cataloguefile.YAML).Raw)
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, text, pairs[i])
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return f.Import(t.Context(), []byte(text), cataloguefile.YAML, cataloguefile.Options{})
}

// TestWhatIsInUseStays: a tier that a global warning names cannot be removed,
// and neither can anything else of that import.
func TestWhatIsInUseStays(t *testing.T) {
	t.Parallel()
	f, pool := setup(t)
	exec(t, pool, `INSERT INTO warnings (id, code, severity, message) VALUES ('01890000-0000-7000-8000-000000000001', 'global', 'info', 'Para todos.')`)
	exec(t, pool, `INSERT INTO warning_triggers (id, warning_id, tier_id)
		SELECT gen_random_uuid(), '01890000-0000-7000-8000-000000000001', t.id FROM tariff_tiers t
		JOIN vehicle_categories c ON c.id = t.category_id WHERE c.slug = 'motos-part' AND t.code = 'T6'`)
	before := export(t, f, "motos-part", cataloguefile.YAML)
	text := string(before.Raw)
	require.NotContains(t, text, "Para todos", "global warnings belong to no category")
	from, to := strings.Index(text, "  - code: T6"), strings.Index(text, "services:")
	_, err := f.Import(t.Context(), []byte(text[:from]+text[to:]), cataloguefile.YAML, cataloguefile.Options{DryRun: true})
	require.ErrorIs(t, err, cataloguefile.ErrInvalid)
	var problem *fault.Error
	require.ErrorAs(t, err, &problem)
	require.Equal(t, []fault.Field{{Pointer: "line 8: tiers", Detail: "T6 is in use and cannot be removed; make it inactive instead"}}, problem.Fields)
	require.Equal(t, before, export(t, f, "motos-part", cataloguefile.YAML))
}

func exec(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	_, err := pool.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
}

// TestOldFlawsAreNoObstacle: what breaks a rule already is told, not refused;
// a new flaw is refused.
func TestOldFlawsAreNoObstacle(t *testing.T) {
	t.Parallel()
	f, pool := setup(t)
	exec(t, pool, `UPDATE elements SET is_active = false WHERE code = 'ESCAPE'`) // without a reason
	report, err := edit(t, f, "motos-part", `"410.00"`, `"411.00"`)
	require.NoError(t, err)
	require.Len(t, report.Changes, 1)
	details := ""
	for _, n := range report.Notes {
		details += n.Pointer + ": " + n.Detail + "\n"
	}
	require.Contains(t, details, "elements[0].inactive_reason: element ESCAPE: active and inactive reason do not fit")
	require.Contains(t, details, "own list has inactive element ESCAPE")

	_, err = edit(t, f, "motos-part", "  - code: SUBCHASIS\n", "  - code: SUBCHASIS\n    active: false\n")
	require.ErrorIs(t, err, cataloguefile.ErrInvalid)
	require.ErrorContains(t, err, "SUBCHASIS")
	require.NotContains(t, err.Error(), "ESCAPE")
}

// TestDeletedElements: removing an element keeps its row, its code is free again,
// and a trigger that names it keeps the warning from being shown always.
func TestDeletedElements(t *testing.T) {
	t.Parallel()
	f, pool := setup(t)
	small := func(escape, trigger string) []byte {
		return []byte("slug: quads\nname: Quads\nclient_type: particular\nvehicle_kind: quad\ntiers:\n  - {code: T1, name: Uno, price: 1}\n" +
			"elements:\n  - {code: ASIENTO, name: Asiento}\n" + escape +
			"warnings:\n  - {code: aviso, severity: info, message: Ojo., triggers: [{element: ASIENTO}" + trigger + "]}\n")
	}
	bring := func(raw []byte) cataloguefile.Report {
		report, err := f.Import(t.Context(), raw, cataloguefile.YAML, cataloguefile.Options{})
		require.NoError(t, err)
		return report
	}
	const escape = "  - {code: ESCAPE, name: Escape, keywords: [escape], fields: [{key: marca, label: Marca, type: text}]}\n"
	bring(small(escape, ""))
	removed := bring(small("", ""))
	require.Equal(t, []cataloguefile.Change{{Action: cataloguefile.Removed, Table: "elements", Code: "ESCAPE"}}, removed.Changes)
	var rows, fields int
	counts := func() {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*), count(f.id) FROM elements e JOIN vehicle_categories c ON c.id = e.category_id
			LEFT JOIN element_required_fields f ON f.element_id = e.id WHERE c.slug = 'quads' AND e.code = 'ESCAPE'`).Scan(&rows, &fields))
	}
	counts()
	require.Equal(t, [2]int{1, 1}, [2]int{rows, fields}, "it is only marked, with all that hangs on it")
	bring(small(escape, ", {element: ESCAPE}"))
	counts()
	require.Equal(t, [2]int{2, 2}, [2]int{rows, fields})

	// Deleted behind the file's back: the file does not show the trigger, and
	// leaves it alone when it changes the others.
	exec(t, pool, `UPDATE elements SET deleted_at = now() WHERE code = 'ESCAPE' AND deleted_at IS NULL AND name = 'Escape'
		AND category_id = (SELECT id FROM vehicle_categories WHERE slug = 'quads')`)
	require.NotContains(t, string(export(t, f, "quads", cataloguefile.YAML).Raw), "ESCAPE")
	_, err := edit(t, f, "quads", "triggers:\n      - {element: ASIENTO}\n", "")
	require.NoError(t, err)
	var triggers int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM warning_triggers t JOIN warnings w ON w.id = t.warning_id
		JOIN vehicle_categories c ON c.id = w.category_id WHERE c.slug = 'quads'`).Scan(&triggers))
	require.Equal(t, 1, triggers)
}

// TestGlobalServicesCanBeSuggested though they are in no file.
func TestGlobalServicesCanBeSuggested(t *testing.T) {
	t.Parallel()
	f, pool := setup(t)
	exec(t, pool, `INSERT INTO additional_services (id, code, name, price) VALUES (gen_random_uuid(), 'para_todos', 'Para todos', 10)`)
	_, err := edit(t, f, "motos-part", "  - code: ESCAPE\n", "  - code: ESCAPE\n    suggested_services: [para_todos]\n")
	require.NoError(t, err)
	text := string(export(t, f, "motos-part", cataloguefile.YAML).Raw)
	require.Contains(t, text, "suggested_services: [para_todos]")
	require.NotContains(t, text, "name: Para todos")
	_, err = edit(t, f, "motos-part", "[para_todos]", "[para_nadie]")
	require.ErrorContains(t, err, "suggests unknown service para_nadie")
}

// TestVersionsGrow where something changes, and only there: an element's also
// with its fields and photos, a tier's with its lists.
func TestVersionsGrow(t *testing.T) {
	t.Parallel()
	f, pool := setup(t)
	version := func(table, code string) (v int) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT r.version FROM `+table+` r JOIN vehicle_categories c ON c.id = r.category_id
			WHERE c.slug = 'motos-part' AND r.code = $1`, code).Scan(&v))
		return v
	}
	escape, asideros := version("elements", "ESCAPE"), version("elements", "ASIDEROS")
	t4, t6 := version("tariff_tiers", "T4"), version("tariff_tiers", "T6")
	_, err := edit(t, f, "motos-part", "example: Akrapovič Slip-On", "example: Arrow", "own: [ANTINIEBLAS, ", "own: [")
	require.NoError(t, err)
	require.Equal(t, escape+1, version("elements", "ESCAPE"))
	require.Equal(t, asideros, version("elements", "ASIDEROS"))
	require.Equal(t, t4+1, version("tariff_tiers", "T4"))
	require.Equal(t, t6, version("tariff_tiers", "T6"))
}
