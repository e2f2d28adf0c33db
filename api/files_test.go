package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tealeg/xlsx/v3"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

const (
	yamlType = "application/yaml"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

type importReport struct {
	DryRun   bool `json:"dry_run"`
	Category struct{ Slug, Name string }
	Revision int64
	Counts   struct{ Added, Changed, Removed int }
	Changes  []importChange
	Notices  []struct{ Pointer, Detail string }
}

type importChange struct {
	Action, Table, Code string
	Members             []importMember
}

type importMember struct {
	Name     string
	From, To *string
}

// some returns a pointer.
func some[T any](v T) *T { return &v }

// otherLibrary is a workbook in the hands of another library than ours.
type otherLibrary struct {
	t *testing.T
	f *xlsx.File
}

func openElsewhere(t *testing.T, raw []byte) otherLibrary {
	t.Helper()
	f, err := xlsx.OpenBinary(raw)
	require.NoError(t, err)
	return otherLibrary{t, f}
}

// cell finds a cell by its sheet, the first cell of its row, and its header.
func (o otherLibrary) cell(sheet, code, header string) *xlsx.Cell {
	o.t.Helper()
	s := o.f.Sheet[sheet]
	for row := range s.MaxRow {
		first, err := s.Cell(row, 0)
		require.NoError(o.t, err)
		for column := range s.MaxCol {
			title, err := s.Cell(0, column)
			require.NoError(o.t, err)
			if first.Value == code && title.Value == header {
				c, err := s.Cell(row, column)
				require.NoError(o.t, err)
				return c
			}
		}
	}
	o.t.Fatalf("no cell %s/%s/%s", sheet, code, header)
	return nil
}

func (o otherLibrary) bytes() []byte {
	o.t.Helper()
	var b bytes.Buffer
	require.NoError(o.t, o.f.Write(&b))
	return b.Bytes()
}

// TestWorkbookEditedElsewhere: the default catalogue, edited in a workbook that
// another library writes. The dry run lists exactly the edits, the import makes
// exactly them.
func TestWorkbookEditedElsewhere(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	of := func(path string) apitest.Response { return s.Do("GET", path, nil, editor).Expect(200) }
	exported := of("/api/tariffs/categories/motos-part/export?format=xlsx")
	require.Equal(t, xlsxType, exported.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="motos-part.xlsx"`, exported.Header.Get("Content-Disposition"))

	book := openElsewhere(t, exported.Body)
	book.cell("Tarifas", "T6", "Precio (€)").SetString("145,50")        // as people write it
	book.cell("Tarifas", "T5", "Precio (€)").SetFloat(180.1)            // as programs do
	book.cell("Tarifas", "T4", "Condiciones").SetString("Sin límite.")  // a text
	book.cell("Elementos", "ESCAPE", "Requiere revisión").SetBool(true) // another type of cell
	book.cell("Palabras", "ESCAPE", "Palabras clave").SetString("escape\nlínea completa\n")
	book.cell("Campos", "ESCAPE", "Ejemplo").SetString("Arrow")
	photos := book.f.Sheet["Fotos"]
	row := photos.AddRow()
	for _, text := range []string{"ESCAPE", "numero_e", "required_document", "Número E"} {
		row.AddCell().SetString(text)
	}
	require.NoError(t, book.f.Sheet["Disparadores"].RemoveRowAtIndex(1))
	edited := book.bytes()

	dryRun := s.Do("POST", "/api/tariffs/import", edited, editor, apitest.Header("Content-Type", xlsxType)).Expect(200)
	var dry importReport
	dryRun.JSON(&dry)
	trigger := dry.Changes[len(dry.Changes)-1]
	require.Equal(t, []importChange{
		{"changed", "tiers", "T4", []importMember{{"conditions", some("Todos los elementos sin proyecto que quieras, sin límite."), some("Sin límite.")}}},
		{"changed", "tiers", "T5", []importMember{{"price", some("175.00"), some("180.10")}}},
		{"changed", "tiers", "T6", []importMember{{"price", some("140.00"), some("145.50")}}},
		{"changed", "elements", "ESCAPE", []importMember{
			{"needs_review", some("false"), some("true")},
			{
				"keywords", some("escape, escape completo, tubo de escape, línea de escape, sistema de escape, línea completa, silenciador, silencioso, " +
					"colector, colector de escape, terminal de escape, cola de escape, tubarro"), some("escape, línea completa"),
			},
		}},
		{"added", "photos", "ESCAPE/numero_e", []importMember{
			{"code", nil, some("numero_e")}, {"kind", nil, some("required_document")}, {"title", nil, some("Número E")}, {"sort_order", nil, some("11")},
		}},
		{"changed", "fields", "ESCAPE/marca_modelo", []importMember{{"example", some("Akrapovič Slip-On"), some("Arrow")}}},
	}, dry.Changes[:len(dry.Changes)-1])
	require.Equal(t, "warnings", trigger.Table)
	require.Equal(t, "triggers", trigger.Members[0].Name)
	require.True(t, dry.DryRun)
	require.Equal(t, 1, dry.Counts.Added)
	require.Equal(t, 6, dry.Counts.Changed)
	require.Zero(t, dry.Counts.Removed)
	require.Equal(t, exported.Body, of("/api/tariffs/categories/motos-part/export?format=xlsx").Body, "nothing was written")

	var done importReport
	s.Do("POST", "/api/tariffs/import?dry_run=false", edited, editor, apitest.Header("Content-Type", xlsxType),
		apitest.Header("If-Match", dryRun.Header.Get("ETag"))).Expect(200).JSON(&done)
	require.Equal(t, dry.Changes, done.Changes)
	require.Greater(t, done.Revision, dry.Revision)
	var again importReport
	s.Do("POST", "/api/tariffs/import", edited, editor, apitest.Header("Content-Type", xlsxType)).Expect(200).JSON(&again)
	require.Empty(t, again.Changes)

	var quote struct{ Tier struct{ Code, Price string } }
	s.Do("POST", "/api/tariffs/quote", `{"category":"motos-part","elements":[{"code":"ESCAPE"}]}`).Expect(200).JSON(&quote)
	require.Equal(t, "T6", quote.Tier.Code)
	require.Equal(t, "145.50", quote.Tier.Price)
	var audited int
	require.NoError(t, s.Pool.QueryRow(t.Context(), `SELECT count(*) FROM audit_log WHERE actor_name = 'test-editor'
		AND entity_type IN ('tier', 'element', 'photo', 'field', 'warning')`).Scan(&audited))
	require.Equal(t, 7, audited, "one row each, as if edited by hand")
}

// TestBrokenRowChangesNothing: what is wrong is named with sheet, row and column.
func TestBrokenRowChangesNothing(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	before := s.Do("GET", "/api/tariffs/categories/motos-part/export?format=xlsx", nil, editor).Expect(200)
	book := openElsewhere(t, before.Body)
	book.cell("Tarifas", "T1", "Precio (€)").SetString("999,00") // this one is fine
	book.cell("Tarifas", "T6", "Precio (€)").SetString("ciento cuarenta")
	book.cell("Elementos", "ASIDEROS", "Variante de").SetString("NADA")
	book.cell("Fotos", "ESCAPE", "Tipo").SetString("foto")
	p := s.Do("POST", "/api/tariffs/import?dry_run=false", book.bytes(), editor, apitest.Header("Content-Type", xlsxType)).Expect(422).Problem()
	require.Equal(t, "invalid_catalogue_file", p.Code)
	type problem = struct{ Pointer, Detail string }
	require.Contains(t, p.Errors, problem{"Tarifas!E7", "has to be an amount from 0 to 99999999.99 with at most two decimals"})
	require.Contains(t, p.Errors, problem{"Elementos!D7", "element ASIDEROS: unknown parent NADA"})
	require.Contains(t, p.Errors, problem{"Fotos!C2", "has to be one of example, required_document, step, calculation"})
	after := s.Do("GET", "/api/tariffs/categories/motos-part/export?format=xlsx", nil, editor).Expect(200)
	require.Equal(t, before.Body, after.Body)
	require.Equal(t, before.Header.Get("ETag"), after.Header.Get("ETag"))
}

func TestImportOverHTTP(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	yaml := apitest.Header("Content-Type", yamlType)
	example := s.Contract.Doc.Paths.Value("/api/tariffs/import").Post.RequestBody.Value.Content[yamlType].Example
	var report importReport
	s.Do("POST", "/api/tariffs/import", example, editor, apitest.Header("Content-Type", yamlType+"; charset=utf-8")).Expect(200).JSON(&report)
	require.Equal(t, "quads-part", report.Category.Slug)
	require.Equal(t, 3, report.Counts.Added, "the example of the contract works")

	for name, c := range map[string]struct {
		path   string
		body   any
		header apitest.Option
		status int
		code   string
	}{
		"no file":         {"/api/tariffs/import", "", yaml, 422, "invalid_catalogue_file"},
		"not a workbook":  {"/api/tariffs/import", "slug: x", apitest.Header("Content-Type", xlsxType), 422, "invalid_catalogue_file"},
		"another type":    {"/api/tariffs/import", "{}", apitest.Header("Content-Type", "application/json"), 415, "unsupported_media_type"},
		"no type":         {"/api/tariffs/import", "{}", apitest.Header("Content-Type", ""), 415, "unsupported_media_type"},
		"too large":       {"/api/tariffs/import", strings.Repeat("# comment\n", 600_000), yaml, 413, "body_too_large"},
		"large elsewhere": {"/api/tariffs/quote", strings.Repeat(" ", 1<<20) + "{}", apitest.Header("Content-Type", "application/json"), 413, "body_too_large"},
		"no such switch":  {"/api/tariffs/import?dry_run=perhaps", "slug: x", yaml, 422, "invalid_request"},
	} {
		require.Equal(t, c.code, s.Do("POST", c.path, c.body, editor, c.header).Expect(c.status).Problem().Code, name)
	}
	for path, status := range map[string]int{
		"/api/tariffs/categories/nada/export": 404, "/api/tariffs/categories/No_Slug/export": 400,
		"/api/tariffs/categories/motos-part/export?format=pdf": 422,
	} {
		s.Do("GET", path, nil, editor).Expect(status)
	}
	s.Do("GET", "/api/tariffs/categories/motos-part/export", nil).Expect(401)
}

// TestTwoImportsAtOnce: the one that comes second is based on what is no more.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	exported := s.Do("GET", "/api/tariffs/categories/motos-part/export", nil, editor).Expect(200)
	etag := exported.Header.Get("ETag")
	prices := []string{`"111.00"`, `"222.00"`}
	responses := make([]apitest.Response, 2)
	var both sync.WaitGroup
	for i, price := range prices {
		both.Go(func() {
			body := strings.ReplaceAll(string(exported.Body), `price: "410.00"`, "price: "+price)
			body = strings.ReplaceAll(body, `price: "325.00"`, "price: "+price)
			responses[i] = s.Do("POST", "/api/tariffs/import?dry_run=false", body, editor,
				apitest.Header("Content-Type", yamlType), apitest.Header("If-Match", etag))
		})
	}
	both.Wait()
	first := 0
	if responses[0].Status != http.StatusOK {
		first = 1
	}
	responses[first].Expect(http.StatusOK)
	var refused struct {
		Code               string
		Current, Submitted struct{ Revision int64 }
	}
	responses[1-first].Expect(http.StatusPreconditionFailed).JSON(&refused)
	require.Equal(t, "version_mismatch", refused.Code)
	require.Greater(t, refused.Current.Revision, refused.Submitted.Revision)
	now := string(s.Do("GET", "/api/tariffs/categories/motos-part/export", nil, editor).Expect(200).Body)
	require.Equal(t, 2, strings.Count(now, "price: "+prices[first]), "no mixture")
	require.NotContains(t, now, "price: "+prices[1-first])
}
