package fields

import (
	"slices"

	"github.com/msia/msia/internal/catalogue"
)

// State is what became of one field.
type State struct {
	Key string
	// Visible says whether the field applies, given the others.
	Visible bool
	// Value is canonical; nil when nothing was typed, when that was refused, and
	// when the field does not apply.
	Value *string
	// Refusal says why what was typed into a visible field is no value; "" when
	// it is one.
	Refusal string
	// Missing: the field applies, is required, and nothing was typed.
	Missing bool
}

// PhotoState says whether a photo slot applies.
type PhotoState struct {
	Code     string
	Visible  bool
	Required bool
}

// Result is a checked set of typed values.
type Result struct {
	Fields []State      // in the element's order
	Photos []PhotoState // in the element's order
	// Complete: nothing visible is missing or refused.
	Complete bool
}

// Check reads what was typed, by field key. Keys that no field has are ignored
// here: Unknown names them.
func Check(e *catalogue.Element, typed map[string]string) Result {
	values, refusals := Values{}, map[string]string{}
	for _, f := range e.Fields {
		raw, given := typed[f.Key]
		if !given || Blank(raw) {
			continue
		}
		value, err := Parse(f, raw)
		if err != nil {
			refusals[f.Key] = err.Error()
			continue
		}
		values[f.Key] = value
	}
	view := NewView(e.Fields, values)
	missing := view.Missing()
	out := Result{Complete: true}
	for _, f := range e.Fields {
		s := State{Key: f.Key, Visible: view.Applies(f.Key)}
		if s.Visible {
			if value, ok := values[f.Key]; ok {
				s.Value = &value
			}
			s.Refusal = refusals[f.Key]
			s.Missing = s.Refusal == "" && slices.Contains(missing, f.Key)
		}
		out.Complete = out.Complete && !s.Missing && s.Refusal == ""
		out.Fields = append(out.Fields, s)
	}
	for _, p := range e.Photos {
		visible := view.Holds(p.Condition)
		out.Photos = append(out.Photos, PhotoState{Code: p.Code, Visible: visible, Required: visible && p.IsRequired})
	}
	return out
}

// Unknown lists the typed keys that are not of a field of the element, sorted.
func Unknown(e *catalogue.Element, typed map[string]string) []string {
	var keys []string
	for key := range typed {
		if !slices.ContainsFunc(e.Fields, func(f *catalogue.Field) bool { return f.Key == key }) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
