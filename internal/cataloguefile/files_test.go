package cataloguefile_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
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
