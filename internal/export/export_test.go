package export_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/msia/msia/internal/export"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/page"
)

func rows(all ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func table(t *testing.T, r iter.Seq2[[]any, error]) export.Table {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	require.NoError(t, err)
	return export.Table{Name: "Lista", Columns: []string{"Texto", "Importe", "Fecha", "Número"}, Rows: r, Zone: zone}
}

var (
	summer = time.Date(2026, 7, 1, 22, 30, 5, 0, time.UTC)
	none   *string
	never  *time.Time
	list   = [][]any{
		{"Íñigo; \"Muñoz\"\nGil", money.MustParse("1234.50"), summer, 3},
		{"=HYPERLINK(\"http://x\")", nil, &summer, 0},
		{"+34600100200", money.Amount{}, never, -1},
		{"-2+3", nil, nil, nil},
		{"@cmd", nil, nil, nil},
		{"\tx", nil, nil, nil},
		{"\rx", nil, nil, nil},
		{none, nil, nil, nil},
		{"a=b", nil, nil, nil},
	}
)

func TestCSVIsSpanishAndNoFormula(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, table(t, rows(list...)).Write(&out, export.CSV))
	require.Equal(t, "\uFEFFTexto;Importe;Fecha;Número\r\n"+
		"\"Íñigo; \"\"Muñoz\"\"\r\nGil\";1234,50;02/07/2026 00:30:05;3\r\n"+
		"\"'=HYPERLINK(\"\"http://x\"\")\";;02/07/2026 00:30:05;0\r\n"+
		"'+34600100200;0,00;;-1\r\n'-2+3;;;\r\n'@cmd;;;\r\n'\tx;;;\r\n\"'x\";;;\r\n;;;\r\na=b;;;\r\n", out.String())
}

func TestXLSXHasNumbersAndTexts(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, table(t, rows(list...)).Write(&out, export.XLSX))
	f, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	for cell, want := range map[string]string{
		"A1": "Texto", "B2": "1234.5", "D2": "3", "A3": "=HYPERLINK(\"http://x\")", "A4": "+34600100200", "B4": "0", "D4": "-1", "A9": "", "C4": "",
	} {
		got, err := f.GetCellValue("Lista", cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		require.Equal(t, want, got, cell)
	}
	formula, err := f.GetCellFormula("Lista", "A3")
	require.NoError(t, err)
	require.Empty(t, formula)
	raw, err := f.GetCellValue("Lista", "C2", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	serial, err := strconv.ParseFloat(raw, 64)
	require.NoError(t, err)
	at, err := excelize.ExcelDateToTime(serial, false)
	require.NoError(t, err)
	require.WithinDuration(t, time.Date(2026, 7, 2, 0, 30, 5, 0, time.UTC), at, time.Second, "as the clock in Madrid shows it")
}

// TestPagesOfALongList: every item once, and no page is asked for in vain.
func TestPagesOfALongList(t *testing.T) {
	t.Parallel()
	ids := make([]uuid.UUID, 2*page.MaxLimit+1)
	for i := range ids {
		ids[i] = uuid.Must(uuid.NewV7())
	}
	asked := 0
	from := func(_ context.Context, after page.Key, limit int) ([]uuid.UUID, *string, error) {
		asked++
		start := 0
		for i, id := range ids {
			if id == after.ID {
				start = i + 1
			}
		}
		items, next := page.Of(ids[start:min(start+limit+1, len(ids))], limit, func(id uuid.UUID) page.Key { return page.Key{At: summer, ID: id} })
		return items, next, nil
	}
	row := func(id uuid.UUID) []any { return []any{id.String(), nil, nil, nil} }
	var out bytes.Buffer
	require.NoError(t, table(t, export.Pages(t.Context(), from, row)).Write(&out, export.CSV))
	lines := strings.Split(strings.TrimSpace(out.String()), "\r\n")
	require.Len(t, lines, len(ids)+1)
	require.Equal(t, ids[len(ids)-1].String()+";;;", lines[len(ids)])
	require.Equal(t, 3, asked)
}

func TestErrorsEndTheFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("away")
	for _, f := range []export.Format{export.CSV, export.XLSX} {
		var out bytes.Buffer
		from := func(context.Context, page.Key, int) ([]int, *string, error) { return nil, nil, broken }
		require.ErrorIs(t, table(t, export.Pages(t.Context(), from, func(int) []any { return nil })).Write(&out, f), broken)
		require.Zero(t, out.Len(), "an error like any other")
	}
}
