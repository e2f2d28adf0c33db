package casedata

import (
	"slices"

	"github.com/msia/msia/internal/catalogue"
)

// Kind is what sort of thing is missing.
type Kind string

// The kinds.
const (
	KindPhoto    Kind = "photo"
	KindDocument Kind = "document"
	KindField    Kind = "field"
)

// Missing is one thing the case still needs.
type Missing struct {
	Kind Kind
	// Section is the section's key for a field, the element's section for a
	// photo; "" for a base paper.
	Section string
	// Key is the field's key, or the code of the photo slot or paper.
	Key string
	// Label says it to people, in Spanish.
	Label string
	// Again: what came was rejected.
	Again bool
}

// Place is where a file for it belongs; the zero Place for a field.
func (m Missing) Place() Place {
	if m.Kind == KindField {
		return Place{}
	}
	return Place{Element: SectionElement(m.Section), Slot: m.Key}
}

// Missing lists what the case still needs, in the order in which it is asked
// for: each element's photos and data, the base papers, then the common data.
func (c *Case) Missing() []Missing {
	var out []Missing
	sections := c.Sections()
	for i, s := range sections {
		if e := SectionElement(s.Key); e != "" {
			out = append(out, c.missingPhotos(s, &c.Elements[i])...)
		}
		if s.Key == SectionPersonal {
			out = append(out, c.missingDocuments()...)
		}
		out = append(out, c.missingFields(s)...)
	}
	return out
}

func (c *Case) missingPhotos(s Section, e *Element) []Missing {
	var out []Missing
	view := c.view(s)
	for _, p := range e.Photos {
		if !p.IsRequired || p.Kind == catalogue.PhotoExample || !view.Holds(p.Condition) {
			continue
		}
		if has, rejected := c.has(Place{e.Code, p.Code}); !has {
			out = append(out, Missing{Kind: KindPhoto, Section: s.Key, Key: p.Code, Label: p.Title, Again: rejected})
		}
	}
	return out
}

func (c *Case) missingDocuments() []Missing {
	var out []Missing
	for _, d := range c.Documents {
		if !d.Required {
			continue
		}
		if has, rejected := c.has(Place{Slot: d.Code}); !has {
			out = append(out, Missing{Kind: KindDocument, Key: d.Code, Label: d.Description, Again: rejected})
		}
	}
	return out
}

func (c *Case) missingFields(s Section) []Missing {
	var out []Missing
	for _, key := range c.view(s).Missing() {
		if s.Key == SectionPersonal && key == LastName && IsCompany(c.Values[s.Key][NIF]) {
			continue
		}
		out = append(out, Missing{Kind: KindField, Section: s.Key, Key: key, Label: s.Field(key).Label})
	}
	return out
}

// has reports whether a file stands in a place, and whether one was rejected
// there.
func (c *Case) has(p Place) (has, rejected bool) {
	for _, f := range c.Files {
		if f.Place == p {
			has = has || f.Review != ReviewRejected
			rejected = rejected || f.Review == ReviewRejected
		}
	}
	return has, rejected
}

// OnlyFilesMissing reports whether photos and papers are all that is missing,
// and something is.
func OnlyFilesMissing(missing []Missing) bool {
	return len(missing) > 0 && !slices.ContainsFunc(missing, func(m Missing) bool { return m.Kind == KindField })
}

// NextPlace returns where the next file of an element ("" for base papers)
// belongs: the first place that has none. ok is false when there is no such
// place.
func (c *Case) NextPlace(element string) (p Place, ok bool) {
	for _, m := range c.Missing() {
		if m.Kind != KindField && SectionElement(m.Section) == element {
			return m.Place(), true
		}
	}
	return Place{Element: element}, false
}

// Progress counts what a case needs and how much of that it has.
type Progress struct{ Done, Total int }

// Percent returns 100 only when nothing is missing.
func (p Progress) Percent() int {
	if p.Total == 0 {
		return 100
	}
	return p.Done * 100 / p.Total
}

// Progress counts the required photos, papers and fields that apply now.
func (c *Case) Progress() Progress {
	everything := Case{Elements: c.Elements, Documents: c.Documents, Values: c.Values}
	total := len(everything.Missing())
	for _, s := range c.Sections() {
		view := c.view(s)
		for _, f := range s.Fields {
			if _, given := c.Values[s.Key][f.Key]; given && f.IsRequired && view.Applies(f.Key) {
				total++
			}
		}
	}
	return Progress{Done: total - len(c.Missing()), Total: total}
}

// Knows reports whether the case asks for a file in that place: a slot of one
// of its elements, one of its papers, or an element as a whole.
func (c *Case) Knows(p Place) bool {
	if p.Element == "" {
		return slices.ContainsFunc(c.Documents, func(d Document) bool { return d.Code == p.Slot })
	}
	e := c.Element(p.Element)
	return e != nil && (p.Slot == "" || slices.ContainsFunc(e.Photos, func(s *catalogue.PhotoSlot) bool { return s.Code == p.Slot }))
}

// PlaceLabel says to people what belongs in a place, in Spanish.
func (c *Case) PlaceLabel(p Place) string {
	if e := c.Element(p.Element); e != nil {
		for _, s := range e.Photos {
			if s.Code == p.Slot {
				return s.Title + " (" + e.Name + ")"
			}
		}
		return "foto de " + e.Name
	}
	for _, d := range c.Documents {
		if d.Code == p.Slot {
			return d.Description
		}
	}
	return "la foto o documento"
}

// SlotApplies reports whether a photo slot of an element is asked for, given
// the values so far.
func (c *Case) SlotApplies(element string, p *catalogue.PhotoSlot) bool {
	s := c.Section(ElementSection(element))
	return s != nil && c.view(*s).Holds(p.Condition)
}
