package fields

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// The operators of a condition.
const (
	Equals    = "equals"
	NotEquals = "not_equals"
	Exists    = "exists"
	NotExists = "not_exists"
)

// Codes of problems that clients tell apart.
const (
	CodeInvalid = "invalid_field"
	CodePattern = "invalid_pattern"
	CodeCycle   = "condition_cycle"
)

// Problem is one thing wrong with the definition of a field.
type Problem struct {
	// Key is the field's.
	Key string
	// Member is the wrong one ("max_length").
	Member string
	Code   string
	// Detail is an English clause: "only a number has bounds".
	Detail string
}

// Define checks the definitions of all fields of one element, together: one may
// depend on another. It returns every problem, in the order of the fields.
func Define(all []*catalogue.Field) []Problem {
	d := definer{byKey: make(map[string]*catalogue.Field, len(all))}
	for _, f := range all {
		d.byKey[f.Key] = f
	}
	for _, f := range all {
		d.field = f
		d.members()
		d.options()
		d.example()
		d.condition()
	}
	return d.problems
}

// unitStart is what a unit begins with, so that it can be told from the digits
// before it.
var unitStart = regexp.MustCompile(`^[\p{L}%º°"]`)

type definer struct {
	byKey    map[string]*catalogue.Field
	field    *catalogue.Field
	problems []Problem
}

func (d *definer) add(member, detail string) { d.addCode(CodeInvalid, member, detail) }

func (d *definer) addCode(code, member, detail string) {
	d.problems = append(d.problems, Problem{Key: d.field.Key, Member: member, Code: code, Detail: detail})
}

func (d *definer) members() {
	f := d.field
	for _, m := range []struct {
		name string
		set  bool
		of   catalogue.FieldType
	}{
		{"unit", f.Unit != nil, catalogue.FieldNumber},
		{"min", f.Min != nil, catalogue.FieldNumber},
		{"max", f.Max != nil, catalogue.FieldNumber},
		{"min_length", f.MinLength != nil, catalogue.FieldText},
		{"max_length", f.MaxLength != nil, catalogue.FieldText},
		{"pattern", f.Pattern != nil, catalogue.FieldText},
		{"options", len(f.Options) > 0, catalogue.FieldSelect},
	} {
		if m.set && f.Type != m.of {
			d.add(m.name, fmt.Sprintf("is for fields of type %s only", m.of))
		}
	}
	if f.Unit != nil && !unitStart.MatchString(*f.Unit) {
		d.add("unit", "begins with something that could be part of the number")
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		d.add("max", "is below min")
	}
	if f.MinLength != nil && f.MaxLength != nil && *f.MinLength > *f.MaxLength {
		d.add("max_length", "is below min_length")
	}
	if f.Pattern != nil {
		if _, err := regexp.Compile(*f.Pattern); err != nil {
			d.addCode(CodePattern, "pattern", "is not a regular expression of RE2: "+reason(err))
		}
	}
}

// reason words what regexp says, without the pattern.
func reason(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return e.Code.String()
	}
	return "malformed"
}

func (d *definer) options() {
	f := d.field
	if f.Type == catalogue.FieldSelect && len(f.Options) == 0 {
		d.add("options", "are needed by a select")
	}
	seen := map[string]bool{}
	for _, option := range f.Options {
		if Blank(option) {
			d.add("options", "hold a blank one")
		} else if seen[word(option)] {
			d.add("options", fmt.Sprintf("hold %q twice", option))
		}
		seen[word(option)] = true
	}
}

// example checks that what customers are shown would itself be taken.
func (d *definer) example() {
	f := d.field
	if f.Example == nil {
		return
	}
	if f.Type == catalogue.FieldPhoto {
		d.add("example", "is not for fields of type photo")
		return
	}
	if _, err := Parse(f, *f.Example); err != nil {
		d.add("example", "would not be taken: "+err.Error())
	}
}

func (d *definer) condition() {
	f := d.field
	if f.Condition == nil {
		return
	}
	if _, detail := Condition(f.Condition, d.byKey[f.Condition.FieldKey]); detail != "" {
		d.add("condition", detail)
	}
	if path := circle(d.byKey, f); path != nil {
		d.addCode(CodeCycle, "condition", "goes round in a circle: "+strings.Join(path, " > "))
	}
}

// circle follows the conditions from a field on. It returns the keys on the way
// when that leads back to the field, else nil.
func circle(byKey map[string]*catalogue.Field, f *catalogue.Field) []string {
	path := []string{f.Key}
	for at := f; at != nil && at.Condition != nil && len(path) <= len(byKey); {
		path = append(path, at.Condition.FieldKey)
		if at = byKey[at.Condition.FieldKey]; at == f {
			return path
		}
	}
	return nil
}

// Condition checks a condition of a field or photo slot on another field, nil
// when there is none with that key. It returns the condition with its value in
// canonical form, or what is wrong with it as an English clause.
func Condition(c *catalogue.FieldCondition, other *catalogue.Field) (catalogue.FieldCondition, string) {
	out := *c
	if other == nil {
		return out, fmt.Sprintf("is on a field %q that the element does not have", c.FieldKey)
	}
	switch c.Operator {
	case Exists, NotExists:
		if c.Value != "" {
			return out, "takes no value with " + c.Operator
		}
		return out, ""
	case Equals, NotEquals:
	default:
		return out, fmt.Sprintf("has an unknown operator %q", c.Operator)
	}
	if other.Type == catalogue.FieldPhoto {
		return out, "on a photo can only ask whether it exists"
	}
	value, err := Parse(other, c.Value)
	if err != nil {
		return out, fmt.Sprintf("has a value that %s never has: %s", other.Key, err.Error())
	}
	out.Value = value
	return out, ""
}
