package check

import (
	"regexp"
	"slices"

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

// photos checks the photo slots; byKey holds the element's fields.
func (v *validator) photos(owner place, e *catalogue.Element, byKey map[string]*catalogue.Field) {
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
		v.condition(p, photo.Condition, byKey)
	}
}
