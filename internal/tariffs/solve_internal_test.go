package tariffs

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

var iva = money.MustParse("21.00")

// solveRequest solves a request whose codes and quantities are right.
func solveRequest(t require.TestingT, c *catalogue.Category, req Request) (*Sheet, []demand, solution) {
	s := Compile(c)
	lines, err := s.readElements(req.Elements)
	require.NoError(t, err)
	set := make([]demand, len(lines))
	for i, l := range lines {
		set[i] = demand{l.rank, l.units}
	}
	return s, set, s.solve(set)
}

func TestSolveAgreesWithBruteForce(t *testing.T) {
	t.Parallel()
	for range 20 { // as many times rapid's number of checks: this is the test that counts
		rapid.Check(t, func(t *rapid.T) {
			c := anyCategory(t)
			checkAgainstBruteForce(t, c, anySet(t, c))
		})
	}
}

// Places already given are taken back when another line has no other.
func TestSolveMovesUnits(t *testing.T) {
	t.Parallel()
	one, two := 1, 2
	c := &catalogue.Category{IsActive: true, UnitsPerElement: &one}
	for _, code := range []string{"A", "B", "C"} {
		c.Elements = append(c.Elements, &catalogue.Element{Code: code, IsActive: true})
	}
	c.Tiers = []*catalogue.Tier{
		{Code: "T0", IsActive: true, Own: []string{"A", "C"}, OwnMax: &two, Includes: []catalogue.Inclusion{{TierCode: "T1", Max: &two}, {TierCode: "T2", Max: &two}}},
		{Code: "T1", Own: []string{"A", "B"}},
		{Code: "T2", Own: []string{"B"}},
	}
	finish(c)
	for _, row := range []struct {
		a, b, c int
		covered string
	}{
		{2, 2, 0, "T0 T1"},
		{2, 2, 1, "T0+T1 T1+T2 T0"},
		{2, 2, 2, "T1 T2 T0"},
		{3, 0, 0, "T0+T1"},
		{4, 2, 0, "T0+T1 T2"},
		{1, 4, 1, "T0 T1+T2 T0"},
		{2, 3, 1, "T0+T1 T1+T2 T0"},
		{2, 3, 2, ""},
	} {
		var req Request
		for i, n := range []int{row.a, row.b, row.c} {
			if n > 0 {
				req.Elements = append(req.Elements, RequestedElement{c.Elements[i].Code, n})
			}
		}
		_, _, solved := solveRequest(t, c, req)
		require.Equal(t, row.covered, strings.Join(solved.coveredBy, " "), row)
	}
}

// The same on the published sheets, where lists are long and real.
func TestSolveAgreesWithBruteForceOnPublishedSheets(t *testing.T) {
	t.Parallel()
	for _, c := range []*catalogue.Category{PublishedMotos(), PublishedMotorhomes()} {
		priced := cloneCategory(c)
		priced.Elements = slices.DeleteFunc(priced.Elements, func(e *catalogue.Element) bool { return e.IsGeneric || !e.IsActive })
		finish(priced)
		t.Run(c.Slug, rapid.MakeCheck(func(t *rapid.T) {
			checkAgainstBruteForce(t, priced, anySet(t, priced))
		}))
	}
}

func checkAgainstBruteForce(t *rapid.T, c *catalogue.Category, req Request) {
	lines := bruteLines(c, req)
	s, set, solved := solveRequest(t, c, req)
	want := bruteCheapest(c, lines)
	require.Same(t, want, solved.tier)

	// Every tier tried before is active, does not cover the set, and no cheaper
	// one is left out.
	var rejected []*catalogue.Tier
	for _, r := range solved.rejected {
		rejected = append(rejected, r.plan.tier)
		require.True(t, r.plan.tier.IsActive)
		require.False(t, bruteCovers(c, r.plan.tier, lines))
		checkCause(t, c, r.plan.tier, lines, r.cause)
		require.NotEmpty(t, s.reason(r, set))
	}
	for _, tier := range c.Tiers {
		if tier.IsActive && (want == nil || tier.Price.Cmp(want.Price) < 0) {
			require.Contains(t, rejected, tier)
		}
	}
	if want == nil {
		require.Nil(t, solved.coveredBy)
		return
	}
	// What covered_by claims can be done, all lines at once.
	inOrder := make([]bruteLine, len(set))
	for i, d := range set {
		inOrder[i] = bruteLine{s.elements[d.rank].Code, d.units}
		used := strings.Split(solved.coveredBy[i], "+")
		require.LessOrEqual(t, len(used), d.units)
		for _, code := range used {
			require.Contains(t, c.Tier(code).Own, inOrder[i].code)
		}
	}
	require.Equal(t, unitsOf(inOrder), most(slots(c, want), inOrder, func(line int, s *slot) bool {
		return slices.Contains(strings.Split(solved.coveredBy[line], "+"), s.tier)
	}))
}

// checkCause checks a cause's claim and nothing but the claim, by brute force.
func checkCause(t *rapid.T, c *catalogue.Category, tier *catalogue.Tier, lines []bruteLine, cause Cause) {
	var lost []string
	for _, l := range lines {
		if !bruteCovers(c, tier, []bruteLine{{l.code, 1}}) {
			lost = append(lost, l.code)
		}
	}
	if len(lost) > 0 {
		require.ElementsMatch(t, lost, cause.Missing)
		require.Empty(t, cause.Codes)
		return
	}
	require.Empty(t, cause.Missing)
	require.NotEmpty(t, cause.Codes)
	var competing []bruteLine
	for _, l := range lines {
		if slices.Contains(cause.Codes, l.code) {
			competing = append(competing, l)
		}
	}
	require.Len(t, competing, len(cause.Codes))
	require.Equal(t, unitsOf(competing), cause.Demand)
	require.Less(t, cause.Capacity, cause.Demand)
	require.Equal(t, cause.Capacity, most(slots(c, tier), competing, nil), "the most that fits of those elements")
	// They may use no place outside the lists named.
	outside := slices.DeleteFunc(slots(c, tier), func(s *slot) bool { return slices.Contains(cause.Pools, s.tier) })
	require.Zero(t, most(outside, competing, nil))
}

func TestReasonShortFormIsTrue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCategory(t)
		req := anySet(t, c)
		lines := bruteLines(c, req)
		s, set, solved := solveRequest(t, c, req)
		for _, r := range solved.rejected {
			text := s.reason(r, set)
			if !strings.HasPrefix(text, "Cubre ") {
				continue
			}
			list := c.Tier(r.cause.Pools[0]).Own
			listed := 0
			for _, l := range lines {
				if slices.Contains(list, l.code) {
					listed += l.units
				}
			}
			require.Equal(t, r.cause.Demand, listed, text)
		}
	})
}

// An inactive tier cannot be chosen, but its list still counts in others.
func TestInactiveTierKeepsItsList(t *testing.T) {
	t.Parallel()
	c := PublishedMotos()
	c.Tier("T4").IsActive = false
	_, _, solved := solveRequest(t, c, setOf("ESCAPE"))
	require.Equal(t, "T6", solved.tier.Code)
	_, _, solved = solveRequest(t, c, setOf("ESCAPE", "MANILLAR", "ESPEJOS"))
	require.Equal(t, "T2", solved.tier.Code)
	require.Equal(t, []string{"T4", "T4", "T4"}, solved.coveredBy)
}

// Limits that no form should let through still do no harm.
func TestOddLimits(t *testing.T) {
	t.Parallel()
	minus, huge := -1, math.MaxInt
	for _, row := range []struct {
		includes []catalogue.Inclusion
		covered  bool
	}{
		{[]catalogue.Inclusion{{TierCode: "T4", Max: &minus}}, false},
		{[]catalogue.Inclusion{{TierCode: "T4", Max: &minus}, {TierCode: "T4", Max: limit("1")}}, true},
		{[]catalogue.Inclusion{{TierCode: "T4", Max: &huge}, {TierCode: "T4", Max: &huge}}, true},
		{[]catalogue.Inclusion{{TierCode: "T4"}, {TierCode: "T4"}}, true},
		{[]catalogue.Inclusion{{TierCode: "NOPE"}}, false},
	} {
		c := PublishedMotos()
		c.Tiers = []*catalogue.Tier{c.Tier("T4"), c.Tier("T6")}
		c.Tiers[0].IsActive, c.Tiers[1].Includes = false, row.includes
		_, _, solved := solveRequest(t, finish(c), setOf("ESCAPE"))
		require.Equal(t, row.covered, solved.tier != nil)
	}
}

// Far more tiers and inclusions than a machine word has bits.
func TestManyTiers(t *testing.T) {
	t.Parallel()
	c := &catalogue.Category{IsActive: true}
	all := &catalogue.Tier{Code: "ALL", Price: money.MustParse("1"), IsActive: true, OwnMax: limit("0")}
	req := Request{}
	for i := range 150 {
		code := string(rune('A'+i/26)) + string(rune('A'+i%26))
		c.Elements = append(c.Elements, &catalogue.Element{Code: code, IsActive: true})
		c.Tiers = append(c.Tiers, &catalogue.Tier{Code: code, Own: []string{code, "AA"}})
		all.Includes = append(all.Includes, catalogue.Inclusion{TierCode: code, Max: limit("1")})
		req.Elements = append(req.Elements, RequestedElement{code, 1})
	}
	c.Tiers = append(c.Tiers, all)
	finish(c)
	_, _, solved := solveRequest(t, c, req)
	require.Equal(t, "ALL", solved.tier.Code)
	all.Includes[77].Max = limit("0")
	_, _, solved = solveRequest(t, c, req)
	require.Nil(t, solved.tier)
	require.Equal(t, []string{req.Elements[77].Code}, solved.rejected[0].cause.Missing)
}

func setOf(codes ...string) Request {
	var req Request
	for _, code := range codes {
		req.Elements = append(req.Elements, RequestedElement{code, 1})
	}
	return req
}

func TestStartsWithI(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"Intermitentes": true, "Índice": true, "Hilo": true, "hiato": false, "Hierro": false, "Horquilla": false, "Escape": false, "": false,
	} {
		require.Equal(t, want, startsWithI(word), word)
	}
}
