package check

import (
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/msia/msia/internal/catalogue"
)

// snakeCase is what codes inside an element look like.
var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func (v *validator) elements() {
	covered := v.coverable()
	order := map[int]string{}
	for i, e := range v.c.Elements {
		p := at("element", e.Code, "elements", i)
		v.code(p, e.Code)
		if e.Code != catalogue.NormaliseCode(e.Code) {
			v.add(p, "code", "code is not upper case")
		}
		v.name(p, "name", e.Name)
		v.text(p, "description", e.Description)
		v.price(p, "surcharge", e.Surcharge)
		v.atLeast(p, "units_per_element", e.UnitsPerElement, 1)
		if other, taken := order[e.SortOrder]; taken {
			v.note(p, "sort_order", "sort order of %s", other)
		}
		order[e.SortOrder] = e.Code
		if e.IsActive && !e.IsGeneric && !covered[e.Code] {
			v.note(p, "", "no active tier covers it")
		}
		if e.IsActive != (e.InactiveReason == nil) {
			v.add(p, "inactive_reason", "active and inactive reason do not fit")
		}
		v.text(p, "inactive_reason", e.InactiveReason)
		v.parent(p, e)
		v.generic(p, e)
		v.suggested(p, e)
		v.photos(p, e, v.fields(p, e))
	}
}

func (v *validator) parent(p place, e *catalogue.Element) {
	if e.ParentCode == "" {
		return
	}
	if v.elementBy[e.ParentCode] == nil {
		v.add(p, "parent", "unknown parent %s", e.ParentCode)
		return
	}
	seen := map[string]bool{}
	for up := e; up != nil && up.ParentCode != ""; up = v.elementBy[up.ParentCode] {
		if seen[up.Code] {
			v.add(p, "parent", "is its own ancestor")
			return
		}
		seen[up.Code] = true
	}
}

func (v *validator) generic(p place, e *catalogue.Element) {
	v.text(p, "question", &e.Vocabulary.Question)
	if !e.IsGeneric {
		return
	}
	if e.Vocabulary.Question == "" {
		v.add(p, "question", "generic without a question")
	}
	if !e.Surcharge.IsZero() {
		v.add(p, "surcharge", "generic with a surcharge")
	}
	if e.IsActive && !slices.ContainsFunc(v.c.Elements, func(child *catalogue.Element) bool {
		return child.ParentCode == e.Code && child.IsActive
	}) {
		v.note(p, "generic", "generic without an active variant")
	}
}

func (v *validator) suggested(p place, e *catalogue.Element) {
	seen := map[string]bool{}
	for i, code := range e.SuggestedServices {
		if v.serviceBy[code] == nil {
			v.add(p.item("suggested_services", i), "", "suggests unknown service %s", code)
		}
		if seen[code] {
			v.add(p.item("suggested_services", i), "", "suggests service %s twice", code)
		}
		seen[code] = true
	}
}

// photos checks the photo slots; fields holds the element's fields by key.
func (v *validator) photos(owner place, e *catalogue.Element, fields map[string]*catalogue.Field) {
	seen := map[string]bool{}
	for i, photo := range e.Photos {
		p := owner.under(at("photo", photo.Code, "photos", i))
		if !snakeCase.MatchString(photo.Code) {
			v.add(p, "code", "code is not snake_case")
		}
		if seen[photo.Code] {
			v.add(p, "code", "duplicate code")
		}
		seen[photo.Code] = true
		switch photo.Kind {
		case catalogue.PhotoExample, catalogue.PhotoRequired, catalogue.PhotoStep, catalogue.PhotoCalculation:
		default:
			v.add(p, "kind", "unknown kind %q", photo.Kind)
		}
		if photo.Kind == catalogue.PhotoExample && photo.IsRequired {
			v.note(p, "required", "an example cannot be required")
		}
		v.name(p, "title", photo.Title)
		v.text(p, "instruction", photo.Instruction)
		v.condition(p, photo.Condition, fields)
	}
}

// fields checks the fields and returns them by key.
func (v *validator) fields(owner place, e *catalogue.Element) map[string]*catalogue.Field {
	byKey := make(map[string]*catalogue.Field, len(e.Fields))
	where := func(i int) place { return owner.under(at("field", e.Fields[i].Key, "fields", i)) }
	for i, f := range e.Fields {
		if byKey[f.Key] != nil {
			v.add(where(i), "key", "duplicate key")
		}
		byKey[f.Key] = f
	}
	for i, f := range e.Fields {
		p := where(i)
		if !snakeCase.MatchString(f.Key) {
			v.add(p, "key", "key is not snake_case")
		}
		v.name(p, "label", f.Label)
		v.text(p, "hint", f.Hint)
		v.text(p, "example", f.Example)
		for j, option := range f.Options {
			v.name(p.item("options", j), "", option)
		}
		switch f.Type {
		case catalogue.FieldText, catalogue.FieldNumber, catalogue.FieldBoolean, catalogue.FieldSelect,
			catalogue.FieldDate, catalogue.FieldPhoto:
		default:
			v.add(p, "type", "unknown type %q", f.Type)
		}
		v.bounds(p, f)
		v.options(p, f)
		v.example(p, f)
		v.condition(p, f.Condition, byKey)
		v.conditionCycle(p, f, byKey)
	}
	return byKey
}

func (v *validator) bounds(p place, f *catalogue.Field) {
	if (f.Min != nil || f.Max != nil) && f.Type != catalogue.FieldNumber {
		v.add(p, "type", "only a number has min and max")
	}
	if (f.MinLength != nil || f.MaxLength != nil || f.Pattern != nil) && f.Type != catalogue.FieldText {
		v.add(p, "type", "only a text has lengths and a pattern")
	}
	if f.Unit != nil && f.Type != catalogue.FieldNumber {
		v.add(p, "unit", "only a number has a unit")
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		v.add(p, "min", "min is above max")
	}
	if f.MinLength != nil && f.MaxLength != nil && *f.MinLength > *f.MaxLength {
		v.add(p, "min_length", "min_length is above max_length")
	}
	v.atLeast(p, "min_length", f.MinLength, 0)
	v.atLeast(p, "max_length", f.MaxLength, 1)
	if f.Pattern != nil {
		if _, err := regexp.Compile(*f.Pattern); err != nil {
			v.add(p, "pattern", "malformed pattern")
		}
	}
}

func (v *validator) options(p place, f *catalogue.Field) {
	if f.Type != catalogue.FieldSelect {
		if len(f.Options) > 0 {
			v.add(p, "options", "only a select has options")
		}
		return
	}
	if len(f.Options) == 0 {
		v.add(p, "options", "select without options")
	}
	seen := map[string]bool{}
	for i, option := range f.Options {
		if seen[option] {
			v.add(p.item("options", i), "", "option %q twice", option)
		}
		seen[option] = true
	}
}

// example checks that what customers are shown would itself be accepted.
func (v *validator) example(p place, f *catalogue.Field) {
	if f.Example == nil {
		return
	}
	s := *f.Example
	switch f.Type {
	case catalogue.FieldNumber:
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			v.add(p, "example", "example %q is not a number", s)
		} else if (f.Min != nil && n < *f.Min) || (f.Max != nil && n > *f.Max) {
			v.add(p, "example", "example %q is outside the bounds", s)
		}
	case catalogue.FieldSelect:
		if !slices.Contains(f.Options, s) {
			v.add(p, "example", "example %q is not an option", s)
		}
	case catalogue.FieldText:
		length := utf8.RuneCountInString(s)
		if (f.MinLength != nil && length < *f.MinLength) || (f.MaxLength != nil && length > *f.MaxLength) {
			v.add(p, "example", "example %q is outside the bounds", s)
		}
		if f.Pattern != nil {
			if re, err := regexp.Compile(*f.Pattern); err == nil && !re.MatchString(s) {
				v.add(p, "example", "example %q does not fit the pattern", s)
			}
		}
	}
}

// condition checks the condition of a field or a photo; nil passes.
func (v *validator) condition(p place, c *catalogue.FieldCondition, byKey map[string]*catalogue.Field) {
	if c == nil {
		return
	}
	other := byKey[c.FieldKey]
	if other == nil {
		v.add(p, "when_field", "condition on unknown field %s", c.FieldKey)
		return
	}
	switch c.Operator {
	case "equals", "not_equals":
		if (other.Type == catalogue.FieldSelect && !slices.Contains(other.Options, c.Value)) ||
			(other.Type == catalogue.FieldBoolean && c.Value != "true" && c.Value != "false") {
			v.add(p, "when_value", "condition value %q is never the value of %s", c.Value, other.Key)
		}
	case "exists", "not_exists":
	default:
		v.add(p, "when_operator", "unknown operator %q", c.Operator)
	}
}

// conditionCycle finds a field that is shown only if it is shown.
func (v *validator) conditionCycle(p place, f *catalogue.Field, byKey map[string]*catalogue.Field) {
	seen := map[string]bool{}
	for step := f; step != nil && step.Condition != nil; step = byKey[step.Condition.FieldKey] {
		if seen[step.Key] {
			v.add(p, "when_field", "cyclic condition")
			return
		}
		seen[step.Key] = true
	}
}
