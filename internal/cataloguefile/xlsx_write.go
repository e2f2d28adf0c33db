package cataloguefile

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/msia/msia/internal/money"
)

// Formats of numbers that spreadsheet programs know by number.
const (
	formatText   = 49 // as typed: a code 007 stays 007
	formatAmount = 4  // 1.234,50
)

// styles of a workbook.
type styles struct{ header, text, amount, other int }

// writeXLSX writes a category as a workbook.
func writeXLSX(c *Category) (raw []byte, err error) {
	f := excelize.NewFile()
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	st, err := newStyles(f)
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	for i, s := range sheets {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), s.name)
		} else {
			_, err = f.NewSheet(s.name)
		}
		if err == nil {
			err = writeSheet(f, s, c, st)
		}
		if err != nil {
			return nil, fmt.Errorf("write sheet %s: %w", s.name, err)
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "msia", Title: c.Name}); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return b.Bytes(), nil
}

func newStyles(f *excelize.File) (styles, error) {
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	var st styles
	for _, s := range []struct {
		into  *int
		style excelize.Style
	}{
		{&st.header, excelize.Style{
			Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE6F0"}},
			Alignment: top, NumFmt: formatText,
		}},
		{&st.text, excelize.Style{Alignment: top, NumFmt: formatText}},
		{&st.amount, excelize.Style{Alignment: top, NumFmt: formatAmount}},
		{&st.other, excelize.Style{Alignment: top}},
	} {
		var err error
		if *s.into, err = f.NewStyle(&s.style); err != nil {
			return st, err
		}
	}
	return st, nil
}

func writeSheet(f *excelize.File, s sheet, c *Category, st styles) error {
	columns := s.columns()
	headers := make([]any, 0, len(columns)+1)
	if s.owner != "" {
		headers = append(headers, s.owner)
		columns = append([]column{{width: 26, like: patterns["code"]}}, columns...)
	}
	for _, col := range columns[len(headers):] {
		headers = append(headers, col.header)
	}
	w := sheetWriter{f: f, s: s, columns: columns, st: st}
	if err := w.prepare(headers); err != nil {
		return err
	}
	w.row = 1
	w.category(c)
	return w.err
}

// sheetWriter writes one sheet, row after row; the first error stays.
type sheetWriter struct {
	f       *excelize.File
	s       sheet
	columns []column // that of the owner included
	st      styles
	row     int
	err     error
}

// prepare lays the sheet out: headers that stay in view, widths, the formats of
// cells still to be filled, and lists to choose from.
func (w *sheetWriter) prepare(headers []any) error {
	if err := w.f.SetPanes(w.s.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, col := range w.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := w.f.SetColWidth(w.s.name, name, name, col.width); err != nil {
			return err
		}
		if err := w.f.SetColStyle(w.s.name, name, w.style(i)); err != nil {
			return err
		}
		if err := w.offer(name, w.options(i)); err != nil {
			return err
		}
	}
	if err := w.f.SetSheetRow(w.s.name, "A1", &headers); err != nil {
		return err
	}
	return w.f.SetRowStyle(w.s.name, 1, 1, w.st.header)
}

// offer lets a person choose among the options in a column.
func (w *sheetWriter) offer(column string, options []string) error {
	if options == nil {
		return nil
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(column + "2:" + column + "5000")
	if err := v.SetDropList(options); err != nil {
		return err
	}
	return w.f.AddDataValidation(w.s.name, v)
}

// options lists what the cells of a column may hold; nil for anything.
func (w *sheetWriter) options(i int) []string {
	if w.kind(i) == reflect.Bool {
		return []string{"sí", "no"}
	}
	return w.columns[i].choices
}

// kind is that of the members of a column.
func (w *sheetWriter) kind(i int) reflect.Kind {
	if t := w.memberType(i); t != nil {
		return t.Kind()
	}
	return reflect.String
}

// memberType is the type of the members of a column; nil for codes.
func (w *sheetWriter) memberType(i int) reflect.Type {
	if w.s.codes() || (w.s.owner != "" && i == 0) {
		return nil
	}
	t := reflect.TypeFor[Category]()
	if w.s.list != "" {
		t = t.Field(categoryShape.child(w.s.list).index).Type.Elem()
	}
	if w.s.part != "" {
		t = t.Field(categoryShape.child(w.s.list).rows.child(w.s.part).index).Type.Elem()
	}
	t = t.Field(w.columns[i].index).Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// style is that of the cells of a column.
func (w *sheetWriter) style(i int) int {
	if w.memberType(i) == reflect.TypeFor[money.Amount]() {
		return w.st.amount
	}
	switch w.kind(i) {
	case reflect.String, reflect.Slice:
		return w.st.text
	}
	return w.st.other
}

// category writes the rows of the sheet.
func (w *sheetWriter) category(c *Category) {
	if w.s.list == "" {
		w.line("", reflect.ValueOf(c).Elem())
		return
	}
	list := rows(c, w.s.list)
	for i := range list.Len() {
		row := list.Index(i)
		code := row.Field(0).String()
		switch {
		case w.s.owner == "":
			w.line("", row)
		case w.s.part == "":
			if !w.empty(row) {
				w.line(code, row)
			}
		default:
			part := w.s.partOf(row)
			for j := range part.Len() {
				w.line(code, part.Index(j))
			}
		}
	}
}

// empty reports whether a row has none of the members of the sheet.
func (w *sheetWriter) empty(row reflect.Value) bool {
	for _, c := range w.columns[1:] {
		if !c.isDefault(row.Field(c.index)) {
			return false
		}
	}
	return true
}

// line writes one row, a struct or a code.
func (w *sheetWriter) line(owner string, row reflect.Value) {
	w.row++
	for i, c := range w.columns {
		switch {
		case w.s.owner != "" && i == 0:
			w.cell(i, reflect.ValueOf(owner))
		case row.Kind() == reflect.String:
			w.cell(i, row)
		default:
			w.cell(i, row.Field(c.index))
		}
	}
}

// cell writes one value; nothing for none.
func (w *sheetWriter) cell(i int, v reflect.Value) {
	if w.err != nil {
		return
	}
	name, err := excelize.CoordinatesToCellName(i+1, w.row)
	if err != nil {
		w.err = err
		return
	}
	if list, ok := v.Interface().([]string); ok {
		v = reflect.ValueOf(strings.Join(list, "\n"))
	}
	text, ok := show(v)
	if !ok || text == "" {
		return
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case bool:
		w.err = w.f.SetCellStr(w.s.name, name, map[bool]string{true: "sí", false: "no"}[x])
	case int:
		w.err = w.f.SetCellInt(w.s.name, name, int64(x))
	case float64:
		w.err = w.f.SetCellDefault(w.s.name, name, strconv.FormatFloat(x, 'G', -1, 64))
	case money.Amount:
		// Workbooks know no other numbers than floats; two decimals of at most ten
		// digits survive that.
		euros, _ := strconv.ParseFloat(x.String(), 64)
		w.err = w.f.SetCellFloat(w.s.name, name, euros, 2, 64)
	default:
		w.err = w.f.SetCellStr(w.s.name, name, escaped(text))
	}
}

// escape finds what workbooks take for a character written as its number.
var escape = regexp.MustCompile(`^_x[0-9a-fA-F]{4}_`)

// escaped writes such texts so that they are taken for themselves; excelize
// reads them so, but does not write them.
func escaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if text[i] == '_' && escape.MatchString(text[i:]) {
			b.WriteString("_x005F")
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
