package casedata

import (
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

// Line is one element of an accepted quote.
type Line struct {
	Code     string
	Name     string
	Quantity int
}

// New returns the content of a case that is opened with those elements: what
// the catalogue asks for with them now, nothing answered yet.
func New(category *catalogue.Category, lines []Line) Case {
	c := Case{Values: map[string]fields.Values{}, Elements: []Element{}, Documents: []Document{}}
	for _, line := range lines {
		e := Element{Code: line.Code, Name: line.Name, Quantity: line.Quantity, Fields: []*catalogue.Field{}, Photos: []*catalogue.PhotoSlot{}}
		if known := category.Element(line.Code); known != nil {
			e.Fields = append(e.Fields, known.Fields...)
			e.Photos = append(e.Photos, category.PhotoSlots(known)...)
		}
		c.Elements = append(c.Elements, e)
	}
	for _, d := range category.Documentation {
		c.Documents = append(c.Documents, Document{Code: d.Code, Description: d.Description, Required: d.IsRequired})
	}
	return c
}

// Clone returns a copy whose values and files can be changed by themselves.
func (c *Case) Clone() Case {
	out := *c
	out.Files = append([]File(nil), c.Files...)
	out.Values = make(map[string]fields.Values, len(c.Values))
	for section, values := range c.Values {
		copied := make(fields.Values, len(values))
		for k, v := range values {
			copied[k] = v
		}
		out.Values[section] = copied
	}
	return out
}
