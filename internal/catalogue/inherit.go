package catalogue

import (
	"cmp"
	"slices"
	"strings"
)

// Ancestors returns the elements whose warnings and photo slots an element
// inherits, nearest first: up to the first that is missing or inactive, or whose
// child does not inherit. Loops end at the first repetition.
//
// An inactive element ends the line although more stand above it: staff switch
// one off to take what it asks for and says out of use, and what hangs together
// only through it would otherwise come back by another way.
func (c *Category) Ancestors(e *Element) []*Element {
	var out []*Element
	for at := e; at.InheritsFromParent && at.ParentCode != ""; {
		parent := c.Element(at.ParentCode)
		if parent == nil || !parent.IsActive || parent == e || slices.Contains(out, parent) {
			break
		}
		out = append(out, parent)
		at = parent
	}
	return out
}

// PhotoSlots returns what is asked for because of an element, inherited slots
// first from the topmost ancestor down. A quote names them and a case collects
// them, so both ask here. Of several with one code the element nearest to e has
// its say, at the place of the first: files are kept under the code, so two slots
// of one code could not be told apart, while two of one title can.
func (c *Category) PhotoSlots(e *Element) []*PhotoSlot {
	line := append([]*Element{e}, c.Ancestors(e)...)
	slices.Reverse(line)
	var out []*PhotoSlot
	for _, at := range line {
		photos := slices.Clone(at.Photos)
		slices.SortStableFunc(photos, func(a, b *PhotoSlot) int {
			return cmp.Or(cmp.Compare(a.SortOrder, b.SortOrder), strings.Compare(a.Code, b.Code))
		})
		for _, slot := range photos {
			if i := slices.IndexFunc(out, func(s *PhotoSlot) bool { return s.Code == slot.Code }); i >= 0 {
				out[i] = slot
			} else {
				out = append(out, slot)
			}
		}
	}
	return out
}
