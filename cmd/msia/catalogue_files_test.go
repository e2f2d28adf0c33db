package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/testdb"
)

func TestPriceSheetsOnTheCommandLine(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": testdb.DSN(t), "MSIA_DATA_DIR": t.TempDir()}
	msia := func(args ...string) (string, error) {
		out, err := msiaCommand(t, env, args...).CombinedOutput()
		return string(out), err
	}
	done := func(args ...string) string {
		out, err := msia(args...)
		require.NoError(t, err, "%s", out)
		return out
	}
	done("seed")
	sheet := done("export", "--category", "motos-part")
	require.True(t, strings.HasPrefix(sheet, "slug: motos-part\n"))
	book := filepath.Join(t.TempDir(), "motos.xlsx")
	done("export", "--category", "motos-part", "--out", book)
	require.Contains(t, done("import", book), "Imported motos-part: 0 added, 0 changed, 0 removed")

	edited := filepath.Join(t.TempDir(), "motos.yaml")
	write := func(text string) { require.NoError(t, os.WriteFile(edited, []byte(text), 0o600)) }
	write(strings.Replace(sheet, `price: "410.00"`, `price: "415.00"`, 1))
	change := "~ tiers T1\n    price: 410.00 → 415.00\n"
	require.Contains(t, done("import", "--dry-run", edited), change+"Dry run, nothing was written: motos-part: 0 added, 1 changed, 0 removed")
	require.Equal(t, sheet, done("export", "--category", "motos-part"))
	require.Contains(t, done("import", edited), change+"Imported motos-part: 0 added, 1 changed, 0 removed")

	write(strings.Replace(sheet, `price: "410.00"`, "price: mucho", 1))
	out, err := msia("import", edited)
	require.Error(t, err)
	require.Contains(t, out, "nothing was changed:\n  line 12: tiers[0].price: has to be an amount")

	for _, args := range [][]string{{"import"}, {"import", "sheet.pdf"}, {"import", "missing.yaml"}, {"export", "--category", "nada"}, {"export", "--format", "pdf"}} {
		out, err := msia(args...)
		require.Error(t, err, "%v: %s", args, out)
		require.NotContains(t, out, "goroutine")
	}
}
