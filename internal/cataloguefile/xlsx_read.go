package cataloguefile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"reflect"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// What a workbook may at most hold. The shipped sheets need a hundredth.
const (
	maxParts    = 200
	maxUnzipped = 16 << 20
	maxDepth    = 100  // of XML
	maxRows     = 5000 // of a sheet
	maxBlank    = 1 << 20
	maxColumns  = 100
	maxText     = 8 << 20 // in all cells: many may share one text
)

// readXLSX reads a workbook. Headers come in any order, whatever their case and
// accents, and other sheets are left alone; a column that is not known is a
// problem, and so is one that is missing: blank cells would clear what is there.
// Formulas count by the value they had when the workbook was saved.
func readXLSX(raw []byte) *document {
	d := &document{where: map[string]string{}, pointer: func(cell, path string) string {
		if cell == "" {
			return path
		}
		return cell
	}}
	f, err := openWorkbook(raw)
	if err != nil {
		d.problems, d.broken = append(d.problems, Problem{Pointer: "file", Detail: err.Error()}), true
		return d
	}
	defer func() { _ = f.Close() }() // nothing was unpacked to disk
	names := map[string]string{}
	for _, name := range f.GetSheetList() {
		names[folded(name)] = name
	}
	left := maxText
	for _, s := range sheets {
		name, ok := names[folded(s.name)]
		if !ok {
			d.problems, d.broken = append(d.problems, Problem{Pointer: s.name, Detail: "this sheet is missing"}), true
			continue
		}
		d.where[member(s.list, s.part)] = s.name
		r := sheetReader{d: d, s: s, name: name, left: left}
		r.read(f)
		left = r.left
	}
	return d
}

// openWorkbook opens a workbook that is neither encrypted nor larger, unpacked,
// than it may be. Its errors can be shown.
func openWorkbook(raw []byte) (*excelize.File, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fmt.Errorf("is not an XLSX workbook")
	}
	var size uint64
	for _, part := range z.File {
		size += min(part.UncompressedSize64, maxUnzipped+1)
	}
	if len(z.File) > maxParts || size > maxUnzipped {
		return nil, fmt.Errorf("is too large a workbook")
	}
	for _, part := range z.File {
		if ext := path.Ext(part.Name); (ext == ".xml" || ext == ".rels") && !wellFormed(part) {
			return nil, fmt.Errorf("is a damaged workbook: %s", clip(part.Name))
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, fmt.Errorf("is not an XLSX workbook that can be read")
	}
	return f, nil
}

// wellFormed reads a part to its end. excelize would take the point where a sheet
// breaks off for its end, and what is missing in a file is removed.
func wellFormed(part *zip.File) bool {
	r, err := part.Open()
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }() // nothing is written
	d := xml.NewDecoder(r)
	for depth := 0; depth <= maxDepth; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return false
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return false
}

// folded makes names comparable: case, accents and blanks around do not count.
func folded(s string) string {
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(t, strings.ToLower(strings.TrimSpace(s)))
	if err != nil {
		return s
	}
	return out
}

// sheetReader reads one sheet into a document.
type sheetReader struct {
	d    *document
	s    sheet
	name string
	// columns says what stands in each column of the sheet; nil for nothing.
	columns []*column
	// ownerAt is the column that names the owning row; -1 without.
	ownerAt int
	// owners finds the owning rows by code.
	owners map[string]int
	// met holds the owners that had their row of members.
	met map[int]bool
	row int
	// left is how many bytes of text may still come.
	left int
}

func (r *sheetReader) refuse(column int, detail string) {
	r.d.problems = append(r.d.problems, Problem{Pointer: r.cell(column), Detail: detail})
}

func (r *sheetReader) broken(pointer, detail string) {
	r.d.problems, r.d.broken = append(r.d.problems, Problem{Pointer: pointer, Detail: detail}), true
}

// cell names a cell of the current row.
func (r *sheetReader) cell(column int) string {
	name, err := excelize.CoordinatesToCellName(column+1, max(r.row, 1))
	if err != nil {
		return r.s.name
	}
	return r.s.name + "!" + name
}

func (r *sheetReader) read(f *excelize.File) {
	it, err := f.Rows(r.name)
	if err != nil {
		r.broken(r.s.name, "this sheet cannot be read")
		return
	}
	defer func() { _ = it.Close() }()
	for it.Next() {
		r.row++
		cells, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			r.broken(r.cell(0), "this row cannot be read")
			return
		}
		if r.row > maxBlank {
			r.broken(r.s.name, "this sheet has too many rows")
			return
		}
		if len(cells) > maxColumns {
			r.broken(r.cell(maxColumns), fmt.Sprintf("only %d columns are read", maxColumns))
			return
		}
		for _, text := range cells {
			r.left -= len(text)
		}
		if r.left < 0 {
			r.broken(r.cell(0), "the workbook holds too much text")
			return
		}
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		switch {
		case len(cells) == 0: // nothing to see
		case r.row > maxRows:
			r.broken(r.cell(0), fmt.Sprintf("only %d rows are read", maxRows))
			return
		case r.columns == nil:
			if !r.headers(cells) {
				return
			}
		default:
			r.line(cells)
		}
	}
	switch {
	case it.Error() != nil:
		r.broken(r.s.name, "this sheet cannot be read to its end")
	case r.columns == nil:
		r.broken(r.s.name, "this sheet has no headers")
	case r.s.list == "" && r.met == nil:
		r.broken(r.s.name, "the row with the category is missing")
	}
}

// headers finds out what stands in which column.
func (r *sheetReader) headers(cells []string) bool {
	known := map[string]*column{}
	for _, c := range r.s.columns() {
		known[folded(c.header)] = &c
	}
	r.columns, r.ownerAt = make([]*column, len(cells)), -1
	seen := map[string]bool{}
	for i, header := range cells {
		key := folded(header)
		switch {
		case key == "":
			continue
		case seen[key]:
			r.broken(r.cell(i), fmt.Sprintf("the column %s stands here twice", header))
			continue
		case r.s.owner != "" && key == folded(r.s.owner):
			r.ownerAt = i
		case known[key] != nil:
			r.columns[i] = known[key]
		default:
			r.broken(r.cell(i), fmt.Sprintf("a column %q is not known here", clip(header)))
		}
		seen[key] = true
	}
	missing := func(header string) {
		if !seen[folded(header)] {
			r.broken(r.s.name, fmt.Sprintf("the column %s is missing", header))
		}
	}
	if r.s.owner != "" {
		missing(r.s.owner)
		r.owners = map[string]int{}
		all := rows(&r.d.category, r.s.list)
		for i := all.Len() - 1; i >= 0; i-- { // the first of two counts
			r.owners[all.Index(i).Field(0).String()] = i
		}
	}
	for _, c := range r.s.columns() {
		missing(c.header)
	}
	return !r.d.broken
}

// clip keeps a text short enough to repeat it.
func clip(text string) string {
	const most = 40
	if cut := []rune(text); len(cut) > most {
		return string(cut[:most]) + "…"
	}
	return text
}

// line reads one row.
func (r *sheetReader) line(cells []string) {
	for i, text := range cells {
		stray := i >= len(r.columns) || (r.columns[i] == nil && i != r.ownerAt)
		if stray && strings.TrimSpace(text) != "" {
			r.refuse(i, "this column has no header")
		}
	}
	if r.s.list == "" {
		if r.met != nil {
			r.refuse(0, "there can be only one category")
			return
		}
		r.met = map[int]bool{}
		r.members(cells, "", reflect.ValueOf(&r.d.category).Elem())
		return
	}
	all := rows(&r.d.category, r.s.list)
	if r.s.owner == "" {
		r.append(cells, all, r.s.list)
		return
	}
	code := strings.TrimSpace(at(cells, r.ownerAt))
	i, ok := r.owners[code]
	switch {
	case code == "":
		r.refuse(r.ownerAt, required)
		return
	case !ok:
		r.refuse(r.ownerAt, fmt.Sprintf("there is no %s %s", strings.ToLower(r.s.owner), clip(code)))
		return
	}
	path := index(r.s.list, i)
	switch {
	case r.s.part != "":
		r.append(cells, r.s.partOf(all.Index(i)), member(path, r.s.part))
	case r.met[i]:
		r.refuse(r.ownerAt, clip(code)+" has a row already")
	default:
		if r.met == nil {
			r.met = map[int]bool{}
		}
		r.met[i] = true
		r.members(cells, path, all.Index(i))
	}
}

// append reads a row at the end of a list.
func (r *sheetReader) append(cells []string, list reflect.Value, name string) {
	path := index(name, list.Len())
	row := reflect.New(list.Type().Elem()).Elem()
	if !r.s.codes() {
		r.members(cells, path, row)
	} else {
		for i, c := range r.columns {
			if c == nil {
				continue
			}
			r.d.where[path] = r.cell(i)
			text, wrong := c.parseItem(at(cells, i))
			if wrong != "" {
				r.refuse(i, wrong)
			}
			row.SetString(text)
		}
	}
	list.Set(reflect.Append(list, row))
}

// members reads the members of a row.
func (r *sheetReader) members(cells []string, path string, row reflect.Value) {
	if r.s.part != "" || r.s.owner == "" {
		r.d.where[path] = r.cell(0)
	}
	for i, c := range r.columns {
		if c == nil {
			continue
		}
		text := at(cells, i)
		into := row.Field(c.index)
		r.d.where[member(path, c.name)] = r.cell(i)
		switch {
		case mistakes[text]:
			r.refuse(i, "holds a formula that failed: "+text)
		case c.list:
			r.items(i, *c, text, member(path, c.name), into)
		default:
			if wrong := c.parse(into, text); wrong != "" {
				r.refuse(i, wrong)
			}
		}
	}
}

// items reads a list with one item a line.
func (r *sheetReader) items(i int, c column, text, path string, into reflect.Value) {
	for _, line := range strings.Split(normal(text), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		item, wrong := c.parseItem(line)
		if wrong != "" {
			r.refuse(i, clip(item)+": "+wrong)
		}
		r.d.where[index(path, into.Len())] = r.cell(i)
		into.Set(reflect.Append(into, reflect.ValueOf(item)))
	}
}

// at returns a cell, blank behind the end of the row.
func at(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}

// mistakes are the values of formulas that failed.
var mistakes = map[string]bool{
	"#REF!": true, "#N/A": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NUM!": true, "#NULL!": true,
}
