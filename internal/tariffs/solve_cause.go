package tariffs

import (
	"strconv"
	"strings"
)

// Cause is the proof that a tier does not cover a set. Either Missing is set,
// or the other members are.
type Cause struct {
	// Missing holds the codes of the set for which the tier has no place at all,
	// not even when alone. They come in catalogue order, all of them.
	Missing []string
	// Codes are elements of the set that compete for Capacity places in the
	// lists of the tiers Pools, and may use no other; together they count as
	// Demand elements, which is more.
	Codes    []string
	Pools    []string
	Capacity int
	Demand   int
}

// missing lists the n demands that the tier has no place for.
func (p *tierPlan) missing(s *Sheet, set []demand, n int) Cause {
	codes := make([]string, 0, n)
	for _, d := range set {
		if p.groupOf[d.rank] < 0 {
			codes = append(codes, s.elements[d.rank].Code)
		}
	}
	return Cause{Missing: codes}
}

// crowded reads the minimum cut off a search that got stuck: the pools it
// reached are full, and taken only by groups that have no other pool. Groups
// confined to those pools that the search had no reason to visit count too.
func (p *tierPlan) crowded(f *flow, s *Sheet, set []demand) Cause {
	var c Cause
	for i, pool := range p.pools {
		if f.via[i] != unseen {
			c.Pools = append(c.Pools, pool.code)
			c.Capacity += pool.places
		}
	}
	for _, d := range set {
		if p.confined(f, p.groupOf[d.rank]) {
			c.Codes = append(c.Codes, s.elements[d.rank].Code)
			c.Demand += d.units
		}
	}
	return c
}

func (p *tierPlan) confined(f *flow, group int) bool {
	for _, pool := range p.groups[group] {
		if f.via[pool] == unseen {
			return false
		}
	}
	return true
}

// namesShown is how many names a sentence lists before it counts the rest.
const namesShown = 4

// reason says the cause in one Spanish sentence.
func (s *Sheet) reason(r rejection, set []demand) string {
	c := r.cause
	switch {
	case len(c.Missing) > 0:
		return "No cubre " + s.list(c.Missing, "ni") + "."
	case r.plan.isWholeList(s, c, set):
		noun := " elementos de "
		if c.Capacity == 1 {
			noun = " elemento de "
		}
		return "Cubre " + strconv.Itoa(c.Capacity) + noun + c.Pools[0] +
			"; el conjunto tiene " + strconv.Itoa(c.Demand) + "."
	default:
		return "De " + s.list(c.Codes, "y") + " cubre como mucho " + strconv.Itoa(c.Capacity) +
			"; el conjunto tiene " + strconv.Itoa(c.Demand) + "."
	}
}

// isWholeList reports whether the competing elements are all those of the set
// that stand on the list of one other tier, so that naming the list says it all.
func (p *tierPlan) isWholeList(s *Sheet, c Cause, set []demand) bool {
	if len(c.Pools) != 1 || c.Pools[0] == p.tier.Code {
		return false
	}
	listed := 0
	for _, d := range set {
		for _, pool := range p.groups[p.groupOf[d.rank]] {
			if p.pools[pool].code == c.Pools[0] {
				listed += d.units
			}
		}
	}
	return listed == c.Demand
}

// list joins the names of elements: "A, B y C", and with "ni" "A, B ni C".
func (s *Sheet) list(codes []string, and string) string {
	names := make([]string, 0, namesShown)
	for _, code := range codes {
		name := code
		if e := s.category.Element(code); e != nil && e.Name != "" {
			name = e.Name
		}
		names = append(names, name)
		if len(names) == namesShown-1 && len(codes) > namesShown {
			names = append(names, "otros "+strconv.Itoa(len(codes)-len(names)))
			break
		}
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	if and == "y" && startsWithI(names[last]) {
		and = "e"
	}
	return strings.Join(names[:last], ", ") + " " + and + " " + names[last]
}

// startsWithI reports whether "y" before the word is said "e".
func startsWithI(word string) bool {
	w := strings.ToLower(word)
	if rest, found := strings.CutPrefix(w, "h"); found {
		w = rest
		if strings.HasPrefix(w, "ie") || strings.HasPrefix(w, "ia") {
			return false
		}
	}
	return strings.HasPrefix(w, "i") || strings.HasPrefix(w, "í")
}
