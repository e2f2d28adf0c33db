package cataloguefile

import (
	"reflect"
)

// sheet is one sheet of a workbook: a header row and a row for each row of one
// list of a category.
type sheet struct {
	name string
	// list is the list of the category whose rows stand here, or whose rows own
	// what stands here; "" for the category itself.
	list string
	// owner is the header of the first column when it names the owning row.
	owner string
	// part is the list of the owning row that stands here: of rows, or of codes,
	// one a row. "" with an owner: members of the owning row itself.
	part string
}

var sheets = []sheet{
	{name: "Categoría"},
	{name: "Tarifas", list: "tiers"},
	{name: "Listas", list: "tiers", owner: "Tarifa", part: "own"},
	{name: "Inclusiones", list: "tiers", owner: "Tarifa", part: "includes"},
	{name: "Elementos", list: "elements"},
	{name: "Palabras", list: "elements", owner: "Elemento"},
	{name: "Campos", list: "elements", owner: "Elemento", part: "fields"},
	{name: "Fotos", list: "elements", owner: "Elemento", part: "photos"},
	{name: "Servicios", list: "services"},
	{name: "Documentación", list: "documentation"},
	{name: "Avisos", list: "warnings"},
	{name: "Disparadores", list: "warnings", owner: "Aviso", part: "triggers"},
}

// columns returns the columns of a sheet after the owner's.
func (s sheet) columns() []column {
	rows := categoryShape
	if s.list != "" {
		rows = categoryShape.child(s.list).rows
	}
	if s.part != "" {
		if code := rows.column(s.part); code != nil {
			return []column{*code}
		}
		rows = rows.child(s.part).rows
	}
	var out []column
	for _, c := range rows.columns {
		// Members that have a sheet of their own stand there, and only there.
		if (c.sheet == "") != (s.owner != "" && s.part == "") {
			out = append(out, c)
		}
	}
	return out
}

// codes reports whether the sheet is a list of codes, not of rows.
func (s sheet) codes() bool {
	return s.part != "" && categoryShape.child(s.list).rows.column(s.part) != nil
}

// rows returns a list of the category.
func rows(c *Category, list string) reflect.Value {
	return reflect.ValueOf(c).Elem().Field(categoryShape.child(list).index)
}

// partOf returns the part of an owning row that stands on a sheet.
func (s sheet) partOf(owner reflect.Value) reflect.Value {
	shape := categoryShape.child(s.list).rows
	if c := shape.column(s.part); c != nil {
		return owner.Field(c.index)
	}
	return owner.Field(shape.child(s.part).index)
}
