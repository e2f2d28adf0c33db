package seed

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// slugPattern is what a category slug looks like: no edge or double hyphens.
var slugPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Validate checks that categories can be priced, asked about and shown. It
// returns nil or every problem found, joined; each names category and code. It
// does not change the categories and works on any catalogue, not only the
// shipped one.
func Validate(categories []*catalogue.Category) error {
	var all []error
	seen := map[string]bool{}
	for _, c := range categories {
		v := newValidator(c)
		if seen[c.Slug] {
			v.add("category appears twice")
		}
		seen[c.Slug] = true
		v.category()
		v.tiers()
		v.services()
		v.elements()
		v.warnings()
		v.documents()
		all = append(all, v.problems...)
	}
	return errors.Join(all...)
}

// validator checks one category. Its maps hold the first row of every code.
type validator struct {
	c         *catalogue.Category
	tierBy    map[string]*catalogue.Tier
	elementBy map[string]*catalogue.Element
	serviceBy map[string]*catalogue.Service
	problems  []error
}

func newValidator(c *catalogue.Category) *validator {
	v := &validator{
		c: c, tierBy: map[string]*catalogue.Tier{}, elementBy: map[string]*catalogue.Element{},
		serviceBy: map[string]*catalogue.Service{},
	}
	for _, t := range c.Tiers {
		if v.tierBy[t.Code] != nil {
			v.add("tier %s: duplicate code", t.Code)
			continue
		}
		v.tierBy[t.Code] = t
	}
	for _, e := range c.Elements {
		if v.elementBy[e.Code] != nil {
			v.add("element %s: duplicate code", e.Code)
			continue
		}
		v.elementBy[e.Code] = e
	}
	for _, s := range c.Services {
		if v.serviceBy[s.Code] != nil {
			v.add("service %s: duplicate code", s.Code)
			continue
		}
		v.serviceBy[s.Code] = s
	}
	return v
}

func (v *validator) add(format string, args ...any) {
	v.problems = append(v.problems, fmt.Errorf("%s: %s", v.c.Slug, fmt.Sprintf(format, args...)))
}

func (v *validator) category() {
	c := v.c
	if !slugPattern.MatchString(c.Slug) || len(c.Slug) > 50 {
		v.add("malformed slug")
	}
	if c.ClientType != catalogue.ClientParticular && c.ClientType != catalogue.ClientProfessional {
		v.add("unknown client type %q", c.ClientType)
	}
	if c.VehicleKind == "" {
		v.add("no vehicle kind")
	}
	v.atLeast("category", "units_per_element", c.UnitsPerElement, 1)
	v.name("category", c.Name)
	v.text("category description", c.Description)
}

func (v *validator) tiers() {
	ownedBy := map[string]string{}
	order := map[int]string{}
	for _, t := range v.c.Tiers {
		where := "tier " + t.Code
		v.code(where, t.Code)
		v.name(where, t.Name)
		v.text(where+" description", t.Description)
		v.text(where+" conditions", t.Conditions)
		v.price(where, t.Price)
		v.atLeast(where, "own_max", t.OwnMax, 0)
		if other, taken := order[t.SortOrder]; taken {
			v.add("%s: sort order of %s", where, other)
		}
		order[t.SortOrder] = t.Code
		for _, code := range t.Own {
			e := v.elementBy[code]
			switch {
			case e == nil:
				v.add("%s: own list has unknown element %s", where, code)
			case e.IsGeneric:
				v.add("%s: own list has generic element %s", where, code)
			case !e.IsActive:
				v.add("%s: own list has inactive element %s", where, code)
			}
			if other, taken := ownedBy[code]; taken {
				v.add("%s: element %s is already on the own list of %s", where, code, other)
			}
			ownedBy[code] = t.Code
		}
		v.inclusions(t)
	}
}

func (v *validator) inclusions(t *catalogue.Tier) {
	where := "tier " + t.Code
	seen := map[string]bool{}
	for _, i := range t.Includes {
		switch {
		case i.TierCode == t.Code:
			v.add("%s: includes itself", where)
		case v.tierBy[i.TierCode] == nil:
			v.add("%s: includes unknown tier %s", where, i.TierCode)
		case seen[i.TierCode]:
			v.add("%s: includes %s twice", where, i.TierCode)
		}
		seen[i.TierCode] = true
		v.atLeast(where, "max of "+i.TierCode, i.Max, 1)
	}
}

// coverable returns the codes that some active tier covers at least once.
func (v *validator) coverable() map[string]bool {
	codes := map[string]bool{}
	list := func(own []string) {
		for _, code := range own {
			codes[code] = true
		}
	}
	for _, t := range v.c.Tiers {
		if !t.IsActive {
			continue
		}
		if t.OwnMax == nil || *t.OwnMax > 0 {
			list(t.Own)
		}
		for _, i := range t.Includes {
			if other := v.tierBy[i.TierCode]; other != nil && (i.Max == nil || *i.Max > 0) {
				list(other.Own)
			}
		}
	}
	return codes
}

func (v *validator) services() {
	for _, s := range v.c.Services {
		where := "service " + s.Code
		v.code(where, s.Code)
		v.name(where, s.Name)
		v.text(where+" description", s.Description)
		v.price(where, s.Price)
	}
}

func (v *validator) documents() {
	seen := map[string]bool{}
	for _, d := range v.c.Documentation {
		where := "document " + d.Code
		v.code(where, d.Code)
		if seen[d.Code] {
			v.add("%s: duplicate code", where)
		}
		seen[d.Code] = true
		v.name(where, d.Description)
	}
}

func (v *validator) warnings() {
	seen := map[string]bool{}
	for _, w := range v.c.Warnings {
		where := "warning " + w.Code
		v.code(where, w.Code)
		if seen[w.Code] {
			v.add("%s: duplicate code", where)
		}
		seen[w.Code] = true
		v.name(where, w.Message)
		if amount.MatchString(w.Message) {
			v.add("%s: the message has an amount of money", where)
		}
		if !slices.Contains([]catalogue.Severity{catalogue.SeverityInfo, catalogue.SeverityWarning, catalogue.SeverityError}, w.Severity) {
			v.add("%s: unknown severity %q", where, w.Severity)
		}
		v.scope(where, w)
		for _, t := range w.Triggers {
			v.trigger(where, t)
		}
	}
}

func (v *validator) scope(where string, w *catalogue.Warning) {
	wantTier, wantElement := false, false
	switch w.Scope {
	case catalogue.ScopeGlobal, catalogue.ScopeCategory:
	case catalogue.ScopeTier:
		wantTier = true
	case catalogue.ScopeElement:
		wantElement = true
	default:
		v.add("%s: unknown scope %q", where, w.Scope)
		return
	}
	if (w.TierCode != "") != wantTier || (w.ElementCode != "") != wantElement {
		v.add("%s: scope %s does not fit tier %q and element %q", where, w.Scope, w.TierCode, w.ElementCode)
	}
	if w.TierCode != "" && v.tierBy[w.TierCode] == nil {
		v.add("%s: unknown tier %s", where, w.TierCode)
	}
	if w.ElementCode != "" && v.elementBy[w.ElementCode] == nil {
		v.add("%s: unknown element %s", where, w.ElementCode)
	}
}

func (v *validator) trigger(where string, t catalogue.Trigger) {
	set := 0
	if t.ElementCode != "" {
		set++
		if e := v.elementBy[t.ElementCode]; e == nil {
			v.add("%s: triggered by unknown element %s", where, t.ElementCode)
		} else if e.IsGeneric {
			v.add("%s: triggered by generic element %s, which is never in a quote", where, t.ElementCode)
		}
	}
	if t.TierCode != "" {
		set++
		if v.tierBy[t.TierCode] == nil {
			v.add("%s: triggered by unknown tier %s", where, t.TierCode)
		}
	}
	if t.Keyword != "" {
		set++
	}
	if t.MinQuantity != 0 {
		set++
		v.atLeast(where, "min_quantity", &t.MinQuantity, 1)
	}
	if set != 1 {
		v.add("%s: a trigger has %d conditions instead of one", where, set)
	}
}

func (v *validator) price(where string, a money.Amount) {
	if a.Cmp(money.Amount{}) < 0 {
		v.add("%s: negative price %s", where, a)
	}
}

func (v *validator) atLeast(where, what string, n *int, least int) {
	if n != nil && *n < least {
		v.add("%s: %s is %d, below %d", where, what, *n, least)
	}
}

func (v *validator) code(where, code string) {
	if code == "" {
		v.add("%s: empty code", where)
	}
}
