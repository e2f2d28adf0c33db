package fields

import "github.com/msia/msia/internal/catalogue"

// Values holds canonical values by field key. A field without a value has no
// entry: "0" and "false" are values.
type Values map[string]string

// View tells which fields and photo slots of an element apply, given values. Not
// for concurrent use.
//
// A condition sees the value of its field only while that field applies itself.
// equals and not_equals need a value: a field that was not answered yet neither
// equals anything nor differs from it. A condition on a field that is not asked
// for at all (of another element, switched off) hides nothing.
type View struct {
	byKey   map[string]*catalogue.Field
	order   []*catalogue.Field
	values  Values
	applies map[string]bool // as far as they were asked about
}

// NewView returns the view of the fields of one element.
func NewView(all []*catalogue.Field, values Values) *View {
	v := &View{byKey: make(map[string]*catalogue.Field, len(all)), order: all, values: values, applies: map[string]bool{}}
	for _, f := range all {
		v.byKey[f.Key] = f
	}
	return v
}

// Applies reports whether the field with that key is asked for. Fields whose
// conditions go round in a circle are not.
func (v *View) Applies(key string) bool {
	f := v.byKey[key]
	if f == nil {
		return false
	}
	shown, known := v.applies[key]
	if !known {
		shown = circle(v.byKey, f) == nil && v.Holds(f.Condition)
		v.applies[key] = shown
	}
	return shown
}

// Holds reports whether a condition of a field or a photo slot holds; nil always
// does.
func (v *View) Holds(c *catalogue.FieldCondition) bool {
	if c == nil {
		return true
	}
	other := v.byKey[c.FieldKey]
	if other == nil {
		return true
	}
	value, given := v.values[other.Key]
	given = v.Applies(other.Key) && given
	switch c.Operator {
	case Exists:
		return given
	case NotExists:
		return !given
	case NotEquals:
		return given && !equal(other, value, c.Value)
	}
	return given && equal(other, value, c.Value)
}

// equal compares a canonical value with that of a condition, texts without case
// and accents.
func equal(f *catalogue.Field, value, wanted string) bool {
	if canonical, err := Parse(f, wanted); err == nil {
		wanted = canonical
	}
	if f.Type == catalogue.FieldText {
		return Fold(value) == Fold(wanted)
	}
	return value == wanted
}

// Missing lists the required fields that apply and have no value, in order.
func (v *View) Missing() []string {
	var keys []string
	for _, f := range v.order {
		if _, given := v.values[f.Key]; !given && f.IsRequired && v.Applies(f.Key) {
			keys = append(keys, f.Key)
		}
	}
	return keys
}
