package tariffs

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// unlimited is the number of places of a pool without limit.
const unlimited = math.MaxInt

// Sheet is a category's active tiers made ready for solving. It holds for as
// long as the category does, is never changed, and is safe for concurrent use.
type Sheet struct {
	category *catalogue.Category
	elements []*catalogue.Element // by sort order, code
	rank     map[string]int       // element code -> index in elements
	plans    []tierPlan           // active tiers, cheapest first
	// The sizes of the largest plan, to share one scratch space.
	maxPools, maxGroups int
}

// tierPlan is one tier as a flow problem: groups of elements that may use the
// same pools of places.
type tierPlan struct {
	tier *catalogue.Tier
	// pools holds the tier's own list first, then the included tiers' lists by
	// those tiers' sort order and code. Pools without places are left out.
	pools []placePool
	// groups holds, per group, the indexes of its pools; groups are numbered in
	// the order in which the catalogue's elements need them.
	groups [][]int
	// groupOf is the group of each element of the sheet, -1 when the tier has
	// no place for it.
	groupOf []int
}

// placePool is one list a tier covers, up to a number of elements.
type placePool struct {
	code   string // the tier whose own list it is
	places int
}

// demand is a line of the set to cover: an element of the sheet and how many
// elements it counts as (at least 1).
type demand struct{ rank, units int }

// solution is the outcome for one set.
type solution struct {
	// tier is the cheapest active tier that covers the set; nil when none does.
	tier *catalogue.Tier
	// coveredBy names, per demand, the tier whose list covers it, or several
	// joined by "+" when its units use several.
	coveredBy []string
	// rejected holds the active tiers tried before tier, cheapest first.
	rejected []rejection
}

// rejection says why a tier does not cover the set.
type rejection struct {
	plan  *tierPlan
	cause Cause
}

// Compile prepares a category for pricing.
//
// Inclusions of the same tier add up, an inclusion of the tier itself adds to
// its OwnMax, and an inclusion of a tier that does not exist covers nothing. A
// negative limit counts as zero. Inactive tiers cannot be chosen; their lists
// still count where another tier includes them.
func Compile(category *catalogue.Category) *Sheet {
	s := &Sheet{category: category, elements: slices.Clone(category.Elements)}
	slices.SortStableFunc(s.elements, func(a, b *catalogue.Element) int {
		return cmp.Or(cmp.Compare(a.SortOrder, b.SortOrder), strings.Compare(a.Code, b.Code))
	})
	s.rank = make(map[string]int, len(s.elements))
	for i, e := range s.elements {
		s.rank[e.Code] = i
	}
	for _, t := range category.Tiers {
		if t.IsActive {
			s.plans = append(s.plans, s.plan(t))
		}
	}
	slices.SortStableFunc(s.plans, func(a, b tierPlan) int {
		return cmp.Or(a.tier.Price.Cmp(b.tier.Price),
			cmp.Compare(a.tier.SortOrder, b.tier.SortOrder), strings.Compare(a.tier.Code, b.tier.Code))
	})
	for i := range s.plans {
		s.maxPools = max(s.maxPools, len(s.plans[i].pools))
		s.maxGroups = max(s.maxGroups, len(s.plans[i].groups))
	}
	return s
}

func (s *Sheet) plan(t *catalogue.Tier) tierPlan {
	p := tierPlan{tier: t, pools: s.pools(t), groupOf: make([]int, len(s.elements))}
	onList := make([]bool, len(p.pools)*len(s.elements))
	for i, pool := range p.pools {
		for _, code := range s.category.Tier(pool.code).Own {
			if rank, known := s.rank[code]; known {
				onList[rank*len(p.pools)+i] = true
			}
		}
	}
	pools := make([]int, 0, len(p.pools))
	for rank := range s.elements {
		pools = pools[:0]
		for i := range p.pools {
			if onList[rank*len(p.pools)+i] {
				pools = append(pools, i)
			}
		}
		p.groupOf[rank] = p.group(pools)
	}
	return p
}

// pools merges the tier's own list and its inclusions into one pool per list.
func (s *Sheet) pools(t *catalogue.Tier) []placePool {
	pools := make([]placePool, 0, 1+len(t.Includes))
	add := func(code string, limit *int) {
		places := unlimited
		if limit != nil {
			places = max(0, *limit)
		}
		for i := range pools {
			if pools[i].code == code {
				if pools[i].places > unlimited-places {
					pools[i].places = unlimited
				} else {
					pools[i].places += places
				}
				return
			}
		}
		pools = append(pools, placePool{code, places})
	}
	add(t.Code, t.OwnMax)
	for _, inclusion := range t.Includes {
		if s.category.Tier(inclusion.TierCode) != nil {
			add(inclusion.TierCode, inclusion.Max)
		}
	}
	slices.SortStableFunc(pools[1:], func(a, b placePool) int {
		return cmp.Or(cmp.Compare(s.category.Tier(a.code).SortOrder, s.category.Tier(b.code).SortOrder),
			strings.Compare(a.code, b.code))
	})
	return slices.DeleteFunc(pools, func(p placePool) bool { return p.places == 0 })
}

// group returns the number of the group that uses exactly those pools.
func (p *tierPlan) group(pools []int) int {
	if len(pools) == 0 {
		return -1
	}
	for g, have := range p.groups {
		if slices.Equal(have, pools) {
			return g
		}
	}
	p.groups = append(p.groups, slices.Clone(pools))
	return len(p.groups) - 1
}

// solve finds the cheapest active tier that covers every demand; at the same
// price the lowest sort order, then the lowest code. Demands come by rank, one
// per element.
func (s *Sheet) solve(set []demand) solution {
	var out solution
	f := newFlow(s.maxGroups, s.maxPools)
	for i := range s.plans {
		p := &s.plans[i]
		cause, covered := p.cover(f, s, set)
		if covered {
			out.tier = p.tier
			out.coveredBy = p.coveredBy(f, set)
			return out
		}
		if out.rejected == nil {
			out.rejected = make([]rejection, 0, len(s.plans))
		}
		out.rejected = append(out.rejected, rejection{p, cause})
	}
	return out
}

// cover tries to give every unit of the set a place; when it cannot, the cause
// says why.
func (p *tierPlan) cover(f *flow, s *Sheet, set []demand) (Cause, bool) {
	missing := 0
	for _, d := range set {
		if p.groupOf[d.rank] < 0 {
			missing++
		}
	}
	if missing > 0 {
		return p.missing(s, set, missing), false
	}
	f.reset(p)
	for _, d := range set {
		f.need[p.groupOf[d.rank]] += d.units
	}
	if stuck := f.fill(p); stuck {
		return p.crowded(f, s, set), false
	}
	return Cause{}, true
}

// coveredBy shares the places each group was given among its lines, in the
// order of the set. It consumes the flow.
func (p *tierPlan) coveredBy(f *flow, set []demand) []string {
	out := make([]string, len(set))
	for i, d := range set {
		g, left := p.groupOf[d.rank], d.units
		for _, pool := range p.groups[g] {
			given := f.at(g, pool)
			if left == 0 || *given == 0 {
				continue
			}
			n := min(left, *given)
			*given -= n
			left -= n
			if out[i] != "" {
				out[i] += "+"
			}
			out[i] += p.pools[pool].code
		}
	}
	return out
}
