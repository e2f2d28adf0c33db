// Package check holds the rules that a category has to follow to be priced,
// asked about and shown, whatever it comes from: the shipped files, or a file
// that staff import.
package check

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// slugPattern is what a category slug looks like: no edge or double hyphens.
var slugPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Problem is one thing wrong with a category.
type Problem struct {
	// Category is the slug.
	Category string
	// Where names what is meant, in words: "tier T4".
	Where string
	// Path says where it stands in the category: "tiers[3].price". Indexes are
	// those of the lists of catalogue.Category.
	Path string
	// Detail says what is wrong, in words safe to show.
	Detail string
	// Note marks what is allowed but looks like a mistake; the shipped catalogue
	// has none of these either.
	Note bool
}

// Error returns category, place and detail.
func (p Problem) Error() string {
	if p.Where == "" {
		return p.Category + ": " + p.Detail
	}
	return p.Category + ": " + p.Where + ": " + p.Detail
}

// Category returns every problem of a category, in the order of its parts. It
// does not change the category.
func Category(c *catalogue.Category) []Problem {
	v := newValidator(c)
	v.category()
	v.tiers()
	v.services()
	v.elements()
	v.warnings()
	v.documents()
	return v.problems
}

// validator checks one category. Its maps hold the first row of every code.
type validator struct {
	c         *catalogue.Category
	tierBy    map[string]*catalogue.Tier
	elementBy map[string]*catalogue.Element
	serviceBy map[string]*catalogue.Service
	problems  []Problem
}

func newValidator(c *catalogue.Category) *validator {
	v := &validator{
		c: c, tierBy: map[string]*catalogue.Tier{}, elementBy: map[string]*catalogue.Element{},
		serviceBy: map[string]*catalogue.Service{},
	}
	for i, t := range c.Tiers {
		hold(v, v.tierBy, t.Code, t, at("tier", t.Code, "tiers", i))
	}
	for i, e := range c.Elements {
		hold(v, v.elementBy, e.Code, e, at("element", e.Code, "elements", i))
	}
	for i, s := range c.Services {
		hold(v, v.serviceBy, s.Code, s, at("service", s.Code, "services", i))
	}
	return v
}

func hold[Row any](v *validator, by map[string]*Row, code string, row *Row, p place) {
	if by[code] != nil {
		v.add(p, "code", "duplicate code")
		return
	}
	by[code] = row
}

// place is a row, in words and as a path.
type place struct{ words, path string }

func at(kind, code, list string, i int) place {
	return place{words: kind + " " + code, path: list + "[" + strconv.Itoa(i) + "]"}
}

// under is a row inside another one.
func (p place) under(q place) place {
	return place{words: p.words + " " + q.words, path: p.path + "." + q.path}
}

// item is a place in a list of the row.
func (p place) item(list string, i int) place {
	return place{words: p.words, path: p.path + "." + list + "[" + strconv.Itoa(i) + "]"}
}

// add finds a member of a row at fault; without member the row as a whole.
func (v *validator) add(p place, member, format string, args ...any) {
	path := p.path
	if path != "" && member != "" {
		path += "."
	}
	v.problems = append(v.problems, Problem{
		Category: v.c.Slug, Where: p.words, Path: path + member, Detail: fmt.Sprintf(format, args...),
	})
}

// note is add for what is allowed.
func (v *validator) note(p place, member, format string, args ...any) {
	v.add(p, member, format, args...)
	v.problems[len(v.problems)-1].Note = true
}

func (v *validator) category() {
	c := v.c
	top := place{}
	if !slugPattern.MatchString(c.Slug) || len(c.Slug) > 50 {
		v.add(top, "slug", "malformed slug")
	}
	if c.ClientType != catalogue.ClientParticular && c.ClientType != catalogue.ClientProfessional {
		v.add(top, "client_type", "unknown client type %q", c.ClientType)
	}
	if c.VehicleKind == "" {
		v.add(top, "vehicle_kind", "no vehicle kind")
	}
	named := place{words: "category"}
	v.atLeast(named, "units_per_element", c.UnitsPerElement, 1)
	v.name(named, "name", c.Name)
	v.text(named, "description", c.Description)
}

func (v *validator) tiers() {
	ownedBy := map[string]string{}
	order := map[int]string{}
	for i, t := range v.c.Tiers {
		p := at("tier", t.Code, "tiers", i)
		v.code(p, t.Code)
		v.name(p, "name", t.Name)
		v.text(p, "description", t.Description)
		v.text(p, "conditions", t.Conditions)
		v.price(p, "price", t.Price)
		v.atLeast(p, "own_max", t.OwnMax, 0)
		if other, taken := order[t.SortOrder]; taken {
			v.note(p, "sort_order", "sort order of %s", other)
		}
		order[t.SortOrder] = t.Code
		mine := map[string]bool{}
		for j, code := range t.Own {
			listed := p.item("own", j)
			e := v.elementBy[code]
			switch {
			case e == nil:
				v.add(listed, "", "own list has unknown element %s", code)
			case e.IsGeneric:
				v.add(listed, "", "own list has generic element %s", code)
			case !e.IsActive:
				v.note(listed, "", "own list has inactive element %s", code)
			}
			if mine[code] {
				v.add(listed, "", "element %s is already on the own list of %s", code, t.Code)
			} else if other, taken := ownedBy[code]; taken {
				v.note(listed, "", "element %s is already on the own list of %s", code, other)
			}
			mine[code], ownedBy[code] = true, t.Code
		}
		v.inclusions(p, t)
	}
	v.inclusionCycles()
}

func (v *validator) inclusions(p place, t *catalogue.Tier) {
	seen := map[string]bool{}
	for j, i := range t.Includes {
		included := p.item("includes", j)
		switch {
		case i.TierCode == t.Code:
			v.add(included, "tier", "includes itself")
		case v.tierBy[i.TierCode] == nil:
			v.add(included, "tier", "includes unknown tier %s", i.TierCode)
		case seen[i.TierCode]:
			v.add(included, "tier", "includes %s twice", i.TierCode)
		}
		seen[i.TierCode] = true
		if i.Max != nil && *i.Max < 1 {
			v.note(included, "max", "max of %s is %d, below 1", i.TierCode, *i.Max)
		}
	}
}

// inclusionCycles finds the tiers that include each other in a ring.
func (v *validator) inclusionCycles() {
	for i, t := range v.c.Tiers {
		reached := map[string]bool{}
		todo := []string{}
		for _, next := range t.Includes {
			if next.TierCode != t.Code {
				todo = append(todo, next.TierCode)
			}
		}
		for len(todo) > 0 {
			code := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			other := v.tierBy[code]
			if other == nil || reached[code] {
				continue
			}
			reached[code] = true
			for _, next := range other.Includes {
				todo = append(todo, next.TierCode)
			}
		}
		if reached[t.Code] {
			v.add(at("tier", t.Code, "tiers", i), "includes", "includes itself through other tiers")
		}
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
	for i, s := range v.c.Services {
		p := at("service", s.Code, "services", i)
		v.code(p, s.Code)
		v.name(p, "name", s.Name)
		v.text(p, "description", s.Description)
		v.price(p, "price", s.Price)
	}
}

func (v *validator) documents() {
	seen := map[string]bool{}
	for i, d := range v.c.Documentation {
		p := at("document", d.Code, "documentation", i)
		v.code(p, d.Code)
		if seen[d.Code] {
			v.add(p, "code", "duplicate code")
		}
		seen[d.Code] = true
		v.name(p, "description", d.Description)
	}
}

func (v *validator) warnings() {
	seen := map[string]bool{}
	for i, w := range v.c.Warnings {
		p := at("warning", w.Code, "warnings", i)
		v.code(p, w.Code)
		if seen[w.Code] {
			v.add(p, "code", "duplicate code")
		}
		seen[w.Code] = true
		v.name(p, "message", w.Message)
		if amount.MatchString(w.Message) {
			v.note(p, "message", "the message has an amount of money")
		}
		if !slices.Contains([]catalogue.Severity{catalogue.SeverityInfo, catalogue.SeverityWarning, catalogue.SeverityError}, w.Severity) {
			v.add(p, "severity", "unknown severity %q", w.Severity)
		}
		v.scope(p, w)
		met := map[catalogue.Trigger]bool{}
		for j, t := range w.Triggers {
			v.trigger(p.item("triggers", j), t)
			if met[t] {
				v.add(p.item("triggers", j), "", "the same trigger twice")
			}
			met[t] = true
		}
	}
}

func (v *validator) scope(p place, w *catalogue.Warning) {
	wantTier, wantElement := false, false
	switch w.Scope {
	case catalogue.ScopeGlobal, catalogue.ScopeCategory:
	case catalogue.ScopeTier:
		wantTier = true
	case catalogue.ScopeElement:
		wantElement = true
	default:
		v.add(p, "", "unknown scope %q", w.Scope)
		return
	}
	if (w.TierCode != "") != wantTier || (w.ElementCode != "") != wantElement {
		v.add(p, "", "scope %s does not fit tier %q and element %q", w.Scope, w.TierCode, w.ElementCode)
	}
	if w.TierCode != "" && v.tierBy[w.TierCode] == nil {
		v.add(p, "tier", "unknown tier %s", w.TierCode)
	}
	if w.ElementCode != "" && v.elementBy[w.ElementCode] == nil {
		v.add(p, "element", "unknown element %s", w.ElementCode)
	}
}

func (v *validator) trigger(p place, t catalogue.Trigger) {
	set := 0
	if t.ElementCode != "" {
		set++
		if e := v.elementBy[t.ElementCode]; e == nil {
			v.add(p, "element", "triggered by unknown element %s", t.ElementCode)
		} else if e.IsGeneric {
			v.add(p, "element", "triggered by generic element %s, which is never in a quote", t.ElementCode)
		}
	}
	if t.TierCode != "" {
		set++
		if v.tierBy[t.TierCode] == nil {
			v.add(p, "tier", "triggered by unknown tier %s", t.TierCode)
		}
	}
	if t.Keyword != "" {
		set++
	}
	if t.MinQuantity != 0 {
		set++
		v.atLeast(p, "min_quantity", &t.MinQuantity, 1)
	}
	if set != 1 {
		v.add(p, "", "a trigger has %d conditions instead of one", set)
	}
}

func (v *validator) price(p place, member string, a money.Amount) {
	if a.Cmp(money.Amount{}) < 0 {
		v.add(p, member, "negative price %s", a)
	}
}

func (v *validator) atLeast(p place, member string, n *int, least int) {
	if n != nil && *n < least {
		v.add(p, member, "%s is %d, below %d", member, *n, least)
	}
}

func (v *validator) code(p place, code string) {
	if code == "" {
		v.add(p, "code", "empty code")
	}
}
