package cataloguefile

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"

	"github.com/msia/msia/internal/catalogue"
)

// column is one member of a row, as its tags describe it.
type column struct {
	index  int
	name   string
	header string
	sheet  string
	// def is the value of an absent member: "" for the zero value.
	def string
	// like is nil for free texts.
	like *pattern
	// min is the least number or the fewest characters, max the most characters;
	// nil for no bound.
	min, max *int
	choices  []string
	width    float64
	list     bool
}

// child is a member that is a list of rows.
type child struct {
	index int
	name  string
	rows  *shape
}

// shape is what a row consists of.
type shape struct {
	columns  []column
	children []child
}

// column returns the one of that name, or nil.
func (s *shape) column(name string) *column {
	for i := range s.columns {
		if s.columns[i].name == name {
			return &s.columns[i]
		}
	}
	return nil
}

// child returns the list of that name, or nil.
func (s *shape) child(name string) *child {
	for i := range s.children {
		if s.children[i].name == name {
			return &s.children[i]
		}
	}
	return nil
}

// categoryShape describes the whole file.
var categoryShape = shapeOf(reflect.TypeFor[Category]())

// pattern is what a code looks like.
type pattern struct {
	re    *regexp.Regexp
	words string
}

var patterns = map[string]*pattern{
	"slug":    {regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), "lower-case letters and digits, with single hyphens in between"},
	"kind":    {regexp.MustCompile(`^[a-z0-9_]+$`), "lower-case letters, digits and underscores"},
	"code":    {regexp.MustCompile(`^\S([^\n]*\S)?$`), "a code on one line"},
	"element": {regexp.MustCompile(`^[A-Z0-9]+(_[A-Z0-9]+)*$`), "capital letters and digits, with single underscores in between"},
	"snake":   {regexp.MustCompile(`^[a-z0-9][a-z0-9_]*$`), "lower-case letters, digits and underscores"},
	"key":     {regexp.MustCompile(`^[a-z][a-z0-9_]*$`), "lower-case letters, digits and underscores, a letter first"},
}

// choices lists the values of the types that have few.
var choices = map[reflect.Type][]string{
	reflect.TypeFor[catalogue.ClientType](): {"particular", "professional"},
	reflect.TypeFor[catalogue.Severity]():   {"info", "warning", "error"},
	reflect.TypeFor[catalogue.PhotoKind]():  {"example", "required_document", "step", "calculation"},
	reflect.TypeFor[catalogue.FieldType]():  {"text", "number", "boolean", "select", "date", "photo"},
	reflect.TypeFor[Operator]():             {"equals", "not_equals", "exists", "not_exists"},
}

// shapeOf reads the tags of a row's type. Tags are fixed in model.go, so what is
// wrong with them is a bug found by the first test that runs.
func shapeOf(row reflect.Type) *shape {
	s := &shape{}
	for i := range row.NumField() {
		f := row.Field(i)
		name := f.Tag.Get("yaml")
		if f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct {
			s.children = append(s.children, child{index: i, name: name, rows: shapeOf(f.Type.Elem())})
			continue
		}
		value := f.Type
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		c := column{
			index: i, name: name, header: f.Tag.Get("xlsx"), sheet: f.Tag.Get("sheet"), def: f.Tag.Get("def"),
			min: number(f.Tag.Get("min")), max: number(f.Tag.Get("max")), choices: choices[value],
			width: 12, list: f.Type.Kind() == reflect.Slice,
		}
		if like := f.Tag.Get("like"); like != "" {
			c.like = patterns[like]
		}
		if w := number(f.Tag.Get("width")); w != nil {
			c.width = float64(*w)
		}
		s.columns = append(s.columns, c)
	}
	return s
}

func number(tag string) *int {
	n, err := strconv.Atoi(tag)
	if err != nil {
		return nil
	}
	return &n
}

// index makes the path of a row in a list.
func index(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// member makes the path of a member of a row.
func member(row, name string) string {
	if row == "" {
		return name
	}
	return row + "." + name
}
