package check

import (
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

// fields checks the fields and returns them by key. Their definitions are those
// that staff may make one by one: what passed here and not there could never be
// edited again.
func (v *validator) fields(owner place, e *catalogue.Element) map[string]*catalogue.Field {
	byKey := make(map[string]*catalogue.Field, len(e.Fields))
	where := func(i int) place { return owner.under(at("field", e.Fields[i].Key, "fields", i)) }
	for i, f := range e.Fields {
		if byKey[f.Key] != nil {
			v.add(where(i), "key", "duplicate key")
		}
		byKey[f.Key] = f
	}
	wrong := map[string][]fields.Problem{}
	for _, p := range fields.Define(e.Fields) {
		wrong[p.Key] = append(wrong[p.Key], p)
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
		v.atLeast(p, "min_length", f.MinLength, 0)
		v.atLeast(p, "max_length", f.MaxLength, 1)
		for _, problem := range wrong[f.Key] {
			v.add(p, fileMember(f, problem.Member), "%s %s", problem.Member, problem.Detail)
		}
		delete(wrong, f.Key) // once, also where two fields have the key
		v.spelling(p, f.Condition, byKey)
	}
	return byKey
}

// fileMember returns what a file calls the member at fault. A pair of bounds that
// do not fit is found at its first.
func fileMember(f *catalogue.Field, member string) string {
	switch {
	case member == "condition":
		return "when_field"
	case member == "max" && f.Min != nil && f.Max != nil && *f.Min > *f.Max:
		return "min"
	case member == "max_length" && f.MinLength != nil && f.MaxLength != nil && *f.MinLength > *f.MaxLength:
		return "min_length"
	}
	return member
}

// condition checks the condition of a photo; nil passes.
func (v *validator) condition(p place, c *catalogue.FieldCondition, byKey map[string]*catalogue.Field) {
	if c == nil {
		return
	}
	if _, detail := fields.Condition(c, byKey[c.FieldKey]); detail != "" {
		v.add(p, "when_field", "condition %s", detail)
	}
	v.spelling(p, c, byKey)
}

// spelling checks that the value a condition compares with is in canonical form:
// it is stored as it is, and compared with canonical ones.
func (v *validator) spelling(p place, c *catalogue.FieldCondition, byKey map[string]*catalogue.Field) {
	if c == nil {
		return
	}
	if canonical, detail := fields.Condition(c, byKey[c.FieldKey]); detail == "" && canonical.Value != c.Value {
		v.add(p, "when_value", "condition value %q is never the value of %s: that is %q", c.Value, c.FieldKey, canonical.Value)
	}
}
