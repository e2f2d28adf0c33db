package search

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/fields"
)

// ofCatalogue finds elements, tiers and categories, inactive ones too.
func (s *Service) ofCatalogue(ctx context.Context, t query, limit int) ([]Hit, error) {
	snapshot, err := s.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var things, tiers, categories []ranked
	for _, c := range snapshot.Categories {
		for _, e := range c.Elements {
			if h, ok := t.element(c, e); ok {
				things = append(things, h)
			}
		}
		for _, tier := range c.Tiers {
			if t.in(tier.Code + " " + tier.Name) {
				tiers = append(tiers, t.rank(Hit{
					Kind: KindTier, ID: tier.ID, Title: tier.Code + " " + tier.Name, Subtitle: line(c.Name, inactive(tier.IsActive)), Category: c.Slug,
				}, tier.IsActive, tier.Code, tier.Name))
			}
		}
		if t.in(c.Slug + " " + c.Name) {
			categories = append(categories, t.rank(Hit{
				Kind: KindCategory, ID: c.ID, Title: c.Name, Subtitle: line(c.Slug, inactive(c.IsActive)),
			}, c.IsActive, c.Slug, c.Name))
		}
	}
	return slices.Concat(best(things, limit), best(tiers, limit), best(categories, limit)), nil
}

func (t query) element(c *catalogue.Category, e *catalogue.Element) (ranked, bool) {
	if !(elements.Filter{Query: t.text}).Picks(e) {
		return ranked{}, false
	}
	h := t.hit(Hit{
		Kind: KindElement, ID: e.ID, Title: e.Name, Subtitle: line(e.Code, c.Name, inactive(e.IsActive)), Category: c.Slug,
	}, slices.Concat(e.Vocabulary.Keywords, e.Vocabulary.Aliases)...)
	return t.rank(h, e.IsActive, e.Code, e.Name), true
}

func inactive(active bool) string {
	if active {
		return ""
	}
	return "inactivo"
}

// ranked is a hit with how good it is; less is better.
type ranked struct {
	Hit
	rank int
}

// rank tells the code itself from its beginning, that of the name, anything else;
// what is active comes before what is not.
func (t query) rank(h Hit, active bool, code, name string) ranked {
	said := fields.Fold(t.text)
	code, name = fields.Fold(code), fields.Fold(name)
	r := ranked{Hit: h, rank: 3}
	switch {
	case code == said || name == said:
		r.exact, r.rank = true, 0
	case strings.HasPrefix(code, said):
		r.rank = 1
	case strings.HasPrefix(name, said):
		r.rank = 2
	}
	if !active {
		r.rank += 4
	}
	return r
}

func best(all []ranked, limit int) []Hit {
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	hits := make([]Hit, min(limit, len(all)))
	for i := range hits {
		hits[i] = all[i].Hit
	}
	return hits
}
