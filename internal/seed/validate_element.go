package seed

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
	for _, e := range v.c.Elements {
		where := "element " + e.Code
		v.code(where, e.Code)
		if e.Code != catalogue.NormaliseCode(e.Code) {
			v.add("%s: code is not upper case", where)
		}
		v.name(where, e.Name)
		v.text(where+" description", e.Description)
		v.price(where+" surcharge", e.Surcharge)
		v.atLeast(where, "units_per_element", e.UnitsPerElement, 1)
		if other, taken := order[e.SortOrder]; taken {
			v.add("%s: sort order of %s", where, other)
		}
		order[e.SortOrder] = e.Code
		if e.IsActive && !e.IsGeneric && !covered[e.Code] {
			v.add("%s: no active tier covers it", where)
		}
		if e.IsActive != (e.InactiveReason == nil) {
			v.add("%s: active and inactive reason do not fit", where)
		}
		v.text(where+" inactive reason", e.InactiveReason)
		v.parent(where, e)
		v.generic(where, e)
		v.suggested(where, e)
		v.photos(where, e)
		v.fields(where, e)
	}
}

func (v *validator) parent(where string, e *catalogue.Element) {
	if e.ParentCode == "" {
		return
	}
	if v.elementBy[e.ParentCode] == nil {
		v.add("%s: unknown parent %s", where, e.ParentCode)
		return
	}
	seen := map[string]bool{}
	for at := e; at != nil && at.ParentCode != ""; at = v.elementBy[at.ParentCode] {
		if seen[at.Code] {
			v.add("%s: is its own ancestor", where)
			return
		}
		seen[at.Code] = true
	}
}

func (v *validator) generic(where string, e *catalogue.Element) {
	v.text(where+" question", &e.Vocabulary.Question)
	if !e.IsGeneric || !e.IsActive {
		return
	}
	if e.Vocabulary.Question == "" {
		v.add("%s: generic without a question", where)
	}
	if !slices.ContainsFunc(v.c.Elements, func(child *catalogue.Element) bool {
		return child.ParentCode == e.Code && child.IsActive
	}) {
		v.add("%s: generic without an active variant", where)
	}
}

func (v *validator) suggested(where string, e *catalogue.Element) {
	seen := map[string]bool{}
	for _, code := range e.SuggestedServices {
		if v.serviceBy[code] == nil {
			v.add("%s: suggests unknown service %s", where, code)
		}
		if seen[code] {
			v.add("%s: suggests service %s twice", where, code)
		}
		seen[code] = true
	}
}

func (v *validator) photos(where string, e *catalogue.Element) {
	seen := map[string]bool{}
	for _, p := range e.Photos {
		at := where + " photo " + p.Code
		if !snakeCase.MatchString(p.Code) {
			v.add("%s: code is not snake_case", at)
		}
		if seen[p.Code] {
			v.add("%s: duplicate code", at)
		}
		seen[p.Code] = true
		switch p.Kind {
		case catalogue.PhotoExample, catalogue.PhotoRequired, catalogue.PhotoStep, catalogue.PhotoCalculation:
		default:
			v.add("%s: unknown kind %q", at, p.Kind)
		}
		if p.Kind == catalogue.PhotoExample && p.IsRequired {
			v.add("%s: an example cannot be required", at)
		}
		v.name(at, p.Title)
		v.text(at+" instruction", p.Instruction)
	}
}

func (v *validator) fields(where string, e *catalogue.Element) {
	byKey := make(map[string]*catalogue.Field, len(e.Fields))
	for _, f := range e.Fields {
		at := where + " field " + f.Key
		if byKey[f.Key] != nil {
			v.add("%s: duplicate key", at)
		}
		byKey[f.Key] = f
	}
	for _, f := range e.Fields {
		at := where + " field " + f.Key
		if !snakeCase.MatchString(f.Key) {
			v.add("%s: key is not snake_case", at)
		}
		v.name(at, f.Label)
		v.text(at+" hint", f.Hint)
		v.text(at+" example", f.Example)
		for _, option := range f.Options {
			v.name(at+" option", option)
		}
		switch f.Type {
		case catalogue.FieldText, catalogue.FieldNumber, catalogue.FieldBoolean, catalogue.FieldSelect,
			catalogue.FieldDate, catalogue.FieldPhoto:
		default:
			v.add("%s: unknown type %q", at, f.Type)
		}
		v.bounds(at, f)
		v.options(at, f)
		v.example(at, f)
		v.condition(at, f, byKey)
	}
}

func (v *validator) bounds(at string, f *catalogue.Field) {
	if (f.Min != nil || f.Max != nil) && f.Type != catalogue.FieldNumber {
		v.add("%s: only a number has min and max", at)
	}
	if (f.MinLength != nil || f.MaxLength != nil || f.Pattern != nil) && f.Type != catalogue.FieldText {
		v.add("%s: only a text has lengths and a pattern", at)
	}
	if f.Unit != nil && f.Type != catalogue.FieldNumber {
		v.add("%s: only a number has a unit", at)
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		v.add("%s: min is above max", at)
	}
	if f.MinLength != nil && f.MaxLength != nil && *f.MinLength > *f.MaxLength {
		v.add("%s: min_length is above max_length", at)
	}
	v.atLeast(at, "min_length", f.MinLength, 0)
	v.atLeast(at, "max_length", f.MaxLength, 1)
	if f.Pattern != nil {
		if _, err := regexp.Compile(*f.Pattern); err != nil {
			v.add("%s: malformed pattern", at)
		}
	}
}

func (v *validator) options(at string, f *catalogue.Field) {
	if f.Type != catalogue.FieldSelect {
		if len(f.Options) > 0 {
			v.add("%s: only a select has options", at)
		}
		return
	}
	if len(f.Options) == 0 {
		v.add("%s: select without options", at)
	}
	seen := map[string]bool{}
	for _, option := range f.Options {
		if seen[option] {
			v.add("%s: option %q twice", at, option)
		}
		seen[option] = true
	}
}

// example checks that what customers are shown would itself be accepted.
func (v *validator) example(at string, f *catalogue.Field) {
	if f.Example == nil {
		return
	}
	s := *f.Example
	switch f.Type {
	case catalogue.FieldNumber:
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			v.add("%s: example %q is not a number", at, s)
		} else if (f.Min != nil && n < *f.Min) || (f.Max != nil && n > *f.Max) {
			v.add("%s: example %q is outside the bounds", at, s)
		}
	case catalogue.FieldSelect:
		if !slices.Contains(f.Options, s) {
			v.add("%s: example %q is not an option", at, s)
		}
	case catalogue.FieldText:
		length := utf8.RuneCountInString(s)
		if (f.MinLength != nil && length < *f.MinLength) || (f.MaxLength != nil && length > *f.MaxLength) {
			v.add("%s: example %q is outside the bounds", at, s)
		}
		if f.Pattern != nil {
			if re, err := regexp.Compile(*f.Pattern); err == nil && !re.MatchString(s) {
				v.add("%s: example %q does not fit the pattern", at, s)
			}
		}
	}
}

func (v *validator) condition(at string, f *catalogue.Field, byKey map[string]*catalogue.Field) {
	if f.Condition == nil {
		return
	}
	other := byKey[f.Condition.FieldKey]
	if other == nil {
		v.add("%s: condition on unknown field %s", at, f.Condition.FieldKey)
		return
	}
	switch f.Condition.Operator {
	case "equals", "not_equals":
		value := f.Condition.Value
		if (other.Type == catalogue.FieldSelect && !slices.Contains(other.Options, value)) ||
			(other.Type == catalogue.FieldBoolean && value != "true" && value != "false") {
			v.add("%s: condition value %q is never the value of %s", at, value, other.Key)
		}
	case "exists", "not_exists":
	default:
		v.add("%s: unknown operator %q", at, f.Condition.Operator)
	}
	seen := map[string]bool{}
	for step := f; step != nil && step.Condition != nil; step = byKey[step.Condition.FieldKey] {
		if seen[step.Key] {
			v.add("%s: cyclic condition", at)
			return
		}
		seen[step.Key] = true
	}
}
