// Package casedata is the pure half of case files: which photos, papers and
// data a case needs, what a typed answer means, and what is still missing. It
// reads no clock and touches no database.
//
// What is asked for is uniform: a case has sections, a section has fields of
// the catalogue's kind. The elements bring theirs; those about the customer,
// the vehicle, its dimensions and the workshop are the same in every case.
package casedata

import (
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

// Case is the content of a case file.
type Case struct {
	// Elements are those of the accepted quote, with what was asked for when the
	// case was opened: a later change of the catalogue does not change the case.
	Elements []Element `json:"elements"`
	// Documents are the base papers of the category.
	Documents []Document `json:"documents"`
	// Values holds the canonical values by section key.
	Values map[string]fields.Values `json:"values"`
	// Files are the photos and papers that came, in their order.
	Files []File `json:"files"`
}

// Element is one element of a case.
type Element struct {
	Code     string                 `json:"code"`
	Name     string                 `json:"name"`
	Quantity int                    `json:"quantity"`
	Fields   []*catalogue.Field     `json:"fields"`
	Photos   []*catalogue.PhotoSlot `json:"photos"`
}

// Document is a paper asked for in every case of the category.
type Document struct {
	Code        string `json:"code"`
	Description string `json:"description"`
	Required    bool   `json:"required"`
}

// Review is what a person thinks of a file.
type Review string

// The reviews.
const (
	ReviewPending  Review = "pending"
	ReviewAccepted Review = "accepted"
	ReviewRejected Review = "rejected"
)

// File is a photo or paper of the case.
type File struct {
	// Place is where it belongs; the zero Place is nowhere yet.
	Place  Place
	Review Review
}

// Place is what a file is of: a photo slot of an element, a base paper, or an
// element without saying which of its slots.
type Place struct {
	// Element is the element's code; "" for a base paper.
	Element string
	// Slot is the code of the photo slot or of the base paper.
	Slot string
}

// The keys of the sections that every case has. An element's section has the
// key ElementSection(code).
const (
	SectionPersonal   = "personal"
	SectionVehicle    = "vehicle"
	SectionDimensions = "dimensions"
	SectionWorkshop   = "workshop"
)

const elementPrefix = "element:"

// ElementSection returns the key of an element's section.
func ElementSection(code string) string { return elementPrefix + code }

// SectionElement returns the code of the element whose section it is, "" for
// the other sections.
func SectionElement(section string) string {
	code, ok := strings.CutPrefix(section, elementPrefix)
	if !ok {
		return ""
	}
	return code
}

// Section is a group of data that are asked for together.
type Section struct {
	Key string
	// Title is for people, in Spanish: "Tus datos", "Escape".
	Title  string
	Fields []*catalogue.Field
}

// Sections returns the sections of the case in the order in which they are
// asked for.
func (c *Case) Sections() []Section {
	out := make([]Section, 0, len(c.Elements)+4)
	for i := range c.Elements {
		e := &c.Elements[i]
		out = append(out, Section{Key: ElementSection(e.Code), Title: e.Name, Fields: e.Fields})
	}
	return append(out, common()...)
}

// Section returns the section with that key, or nil.
func (c *Case) Section(key string) *Section {
	for _, s := range c.Sections() {
		if s.Key == key {
			return &s
		}
	}
	return nil
}

// Field returns the field of a section, or nil.
func (s *Section) Field(key string) *catalogue.Field {
	i := slices.IndexFunc(s.Fields, func(f *catalogue.Field) bool { return f.Key == key })
	if i < 0 {
		return nil
	}
	return s.Fields[i]
}

// Element returns the element with that code, or nil.
func (c *Case) Element(code string) *Element {
	i := slices.IndexFunc(c.Elements, func(e Element) bool { return e.Code == code })
	if i < 0 {
		return nil
	}
	return &c.Elements[i]
}

// view tells which fields of a section apply.
func (c *Case) view(s Section) *fields.View { return fields.NewView(s.Fields, c.Values[s.Key]) }

// Applies reports whether a field is asked for, given the values so far.
func (c *Case) Applies(section, key string) bool {
	s := c.Section(section)
	return s != nil && c.view(*s).Applies(key)
}
