package tariffs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// The independent judge: it tries assignments one by one, straight from the
// tiers as staff wrote them.

type slot struct {
	tier string
	list []string
	left int // negative: no limit
}

func slots(c *catalogue.Category, t *catalogue.Tier) []*slot {
	left := func(limit *int) int {
		if limit == nil {
			return -1
		}
		return *limit
	}
	out := []*slot{{t.Code, t.Own, left(t.OwnMax)}}
	for _, inclusion := range t.Includes {
		for _, other := range c.Tiers {
			if other.Code == inclusion.TierCode {
				out = append(out, &slot{other.Code, other.Own, left(inclusion.Max)})
			}
		}
	}
	return out
}

// most returns how many units of the lines can be placed at once. Only keeps
// the slots that a line may use; nil keeps all.
func most(all []*slot, lines []bruteLine, only func(line int, s *slot) bool) int {
	goal := 0
	for _, l := range lines {
		goal += l.units
	}
	best := 0
	// place puts unit u of line i into slot k or a later one; the units of a
	// line are alike, so their slots never go back.
	var place func(i, u, k, placed, remaining int)
	place = func(i, u, k, placed, remaining int) {
		best = max(best, placed)
		if best == goal || placed+remaining <= best || i == len(lines) {
			return
		}
		if u == lines[i].units {
			place(i+1, 0, 0, placed, remaining)
			return
		}
		for ; k < len(all); k++ {
			s := all[k]
			if s.left == 0 || !slices.Contains(s.list, lines[i].code) || (only != nil && !only(i, s)) {
				continue
			}
			s.left--
			place(i, u+1, k, placed+1, remaining-1)
			s.left++
		}
		place(i+1, 0, 0, placed, remaining-(lines[i].units-u)) // leave the rest of the line out
	}
	place(0, 0, 0, 0, goal)
	return best
}

type bruteLine struct {
	code  string
	units int
}

func unitsOf(lines []bruteLine) (n int) {
	for _, l := range lines {
		n += l.units
	}
	return n
}

func bruteCovers(c *catalogue.Category, t *catalogue.Tier, lines []bruteLine) bool {
	return most(slots(c, t), lines, nil) == unitsOf(lines)
}

// bruteCheapest returns the tier to choose, or nil.
func bruteCheapest(c *catalogue.Category, lines []bruteLine) *catalogue.Tier {
	var best *catalogue.Tier
	for _, t := range c.Tiers {
		if !t.IsActive || !bruteCovers(c, t, lines) {
			continue
		}
		better := best == nil || t.Price.Cmp(best.Price) < 0
		if best != nil && t.Price.Cmp(best.Price) == 0 {
			better = t.SortOrder < best.SortOrder || t.SortOrder == best.SortOrder && t.Code < best.Code
		}
		if better {
			best = t
		}
	}
	return best
}

// anyLimit draws nil, or 0 to 3.
func anyLimit(t *rapid.T, label string) *int {
	n := rapid.IntRange(-1, 3).Draw(t, label)
	if n < 0 {
		return nil
	}
	return &n
}

// anyCategory draws a small sheet with everything staff can do to one: tiers
// that include themselves, each other, one tier twice, or one that is gone.
func anyCategory(t *rapid.T) *catalogue.Category {
	c := &catalogue.Category{ID: uuid.New(), Slug: "any", Name: "Any", IsActive: true}
	if n := rapid.IntRange(0, 2).Draw(t, "units per element"); n > 0 {
		c.UnitsPerElement = &n
	}
	var codes []string
	for i := range rapid.IntRange(1, 6).Draw(t, "elements") {
		code := fmt.Sprintf("E%d", i)
		e := &catalogue.Element{
			Code: code, Name: "Elemento " + code, IsActive: true,
			SortOrder:          rapid.IntRange(0, 2).Draw(t, code+" order"),
			NeedsReview:        rapid.Bool().Draw(t, code+" review"),
			InheritsFromParent: rapid.Bool().Draw(t, code+" inherits"),
			ParentCode:         rapid.SampledFrom([]string{"", "E0", "E1", "E2", "NOPE"}).Draw(t, code+" parent"),
			Surcharge:          money.Cents(int64(rapid.IntRange(0, 3).Draw(t, code+" surcharge")) * 3333),
			SuggestedServices:  rapid.SliceOfN(rapid.SampledFrom([]string{"s0", "s1", "s2", "nope"}), 0, 3).Draw(t, code+" suggests"),
		}
		if n := rapid.IntRange(0, 3).Draw(t, code+" units"); n > 0 {
			e.UnitsPerElement = &n
		}
		for _, title := range rapid.SliceOfN(rapid.SampledFrom([]string{"Detalle", "detalle", "Altura"}), 0, 2).Draw(t, code+" photos") {
			e.Photos = append(e.Photos, &catalogue.PhotoSlot{Code: fmt.Sprint(code, len(e.Photos)), Title: title, SortOrder: len(e.Photos)})
		}
		c.Elements = append(c.Elements, e)
		codes = append(codes, code)
	}
	tiers := rapid.IntRange(1, 5).Draw(t, "tiers")
	for i := range tiers {
		code := fmt.Sprintf("T%d", i)
		tier := &catalogue.Tier{
			ID: uuid.New(), Code: code, Name: code, IsActive: rapid.IntRange(0, 4).Draw(t, code+" inactive") > 0,
			Price:     money.Cents(int64(rapid.IntRange(0, 4).Draw(t, code+" price")) * 5050),
			SortOrder: rapid.IntRange(0, 2).Draw(t, code+" order"),
			OwnMax:    anyLimit(t, code+" own max"),
			Own:       rapid.SliceOfDistinct(rapid.SampledFrom(append([]string{"GONE"}, codes...)), rapid.ID[string]).Draw(t, code+" own"),
		}
		for j := range rapid.IntRange(0, 4).Draw(t, code+" includes") {
			tier.Includes = append(tier.Includes, anyInclusion(t, tiers, fmt.Sprint(code, " include ", j)))
		}
		c.Tiers = append(c.Tiers, tier)
	}
	for i := range 3 {
		c.Services = append(c.Services, &catalogue.Service{
			Code: fmt.Sprintf("s%d", i), Price: money.Cents(int64(i) * 1999), SortOrder: i,
			IsActive: i < 2 || rapid.Bool().Draw(t, "s2 active"),
		})
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "warnings") {
		c.Warnings = append(c.Warnings, anyWarning(t, fmt.Sprint("warning ", i)))
	}
	return finish(c)
}

func anyInclusion(t *rapid.T, tiers int, label string) catalogue.Inclusion {
	return catalogue.Inclusion{
		TierCode: fmt.Sprintf("T%d", rapid.IntRange(0, tiers).Draw(t, label)), // the last does not exist
		Max:      anyLimit(t, label+" max"),
	}
}

func anyWarning(t *rapid.T, label string) *catalogue.Warning {
	w := &catalogue.Warning{
		ID: uuid.New(), Message: label, IsActive: true,
		Code:      rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, label+" code"),
		Severity:  rapid.SampledFrom([]catalogue.Severity{"info", "warning", "error"}).Draw(t, label+" severity"),
		Scope:     rapid.SampledFrom([]catalogue.WarningScope{"global", "category", "tier", "element"}).Draw(t, label+" scope"),
		SortOrder: rapid.IntRange(0, 1).Draw(t, label+" order"),
	}
	switch w.Scope {
	case catalogue.ScopeTier:
		w.TierCode = rapid.SampledFrom([]string{"T0", "T1"}).Draw(t, label+" tier")
	case catalogue.ScopeElement:
		w.ElementCode = rapid.SampledFrom([]string{"E0", "E1", "E2"}).Draw(t, label+" element")
	}
	w.Triggers = rapid.SliceOfN(rapid.SampledFrom([]catalogue.Trigger{
		{ElementCode: "E1"}, {TierCode: "T0"}, {Keyword: "gas"}, {MinQuantity: 2}, {MinQuantity: 5},
	}), 0, 2).Draw(t, label+" triggers")
	return w
}

// anySet draws 1 to 4 lines.
func anySet(t *rapid.T, c *catalogue.Category) Request {
	var codes []string
	for _, e := range c.Elements {
		codes = append(codes, e.Code)
	}
	var req Request
	for _, code := range rapid.SliceOfNDistinct(rapid.SampledFrom(codes), 1, min(4, len(codes)), rapid.ID[string]).Draw(t, "set") {
		req.Elements = append(req.Elements, RequestedElement{code, rapid.IntRange(1, 4).Draw(t, code+" quantity")})
	}
	return req
}

// bruteLines counts the units of a request anew.
func bruteLines(c *catalogue.Category, req Request) []bruteLine {
	var out []bruteLine
	for _, r := range req.Elements {
		per := 0
		if c.UnitsPerElement != nil {
			per = *c.UnitsPerElement
		}
		if n := c.Element(r.Code).UnitsPerElement; n != nil {
			per = *n
		}
		l := bruteLine{r.Code, 1}
		if per > 0 {
			for l.units*per < r.Quantity {
				l.units++
			}
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b bruteLine) int { return strings.Compare(a.code, b.code) })
	return out
}

// cloneCategory copies what a test changes, and indexes the copy.
func cloneCategory(c *catalogue.Category) *catalogue.Category {
	out := *c
	out.Elements = slices.Clone(c.Elements)
	out.Warnings = slices.Clone(c.Warnings)
	out.Tiers = nil
	for _, t := range c.Tiers {
		tier := *t
		tier.Own = slices.Clone(t.Own)
		tier.Includes = slices.Clone(t.Includes)
		out.Tiers = append(out.Tiers, &tier)
	}
	return finish(&out)
}
