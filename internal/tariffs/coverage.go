package tariffs

import "github.com/msia/msia/internal/catalogue"

// Covered is an element that a tier covers.
type Covered struct {
	Element *catalogue.Element
	// Through holds the lists that have it, the tier's own first.
	Through []catalogue.Inclusion
}

// Coverage lists the elements a tier of the category covers, inactive ones too,
// in catalogue order. As in the solver, a reference means the other tier's own
// list only, whether that tier is active or not, and a list without places
// covers nothing.
func Coverage(category *catalogue.Category, t *catalogue.Tier) []Covered {
	through := make(map[string][]catalogue.Inclusion)
	put := func(own []string, by catalogue.Inclusion) {
		if by.Max != nil && *by.Max <= 0 {
			return
		}
		for _, code := range own {
			through[code] = append(through[code], by)
		}
	}
	put(t.Own, catalogue.Inclusion{TierCode: t.Code, Max: t.OwnMax})
	for _, inc := range t.Includes {
		if other := category.Tier(inc.TierCode); other != nil {
			put(other.Own, inc)
		}
	}
	var out []Covered
	for _, e := range category.Elements {
		if lists := through[e.Code]; lists != nil {
			out = append(out, Covered{e, lists})
		}
	}
	return out
}
