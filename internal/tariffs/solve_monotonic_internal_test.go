package tariffs

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// priceOf returns the tier price of a set, and false when nothing covers it.
func priceOf(t require.TestingT, c *catalogue.Category, req Request) (money.Amount, bool) {
	_, _, solved := solveRequest(t, c, req)
	if solved.tier == nil {
		return money.Amount{}, false
	}
	return solved.tier.Price, true
}

// requireNotCheaper checks that dear is at least as dear as cheap; no price at
// all is dearest.
func requireNotCheaper(t *rapid.T, cheap, dear *catalogue.Category, small, large Request) {
	most, covered := priceOf(t, dear, large)
	if !covered {
		return
	}
	least, covered := priceOf(t, cheap, small)
	require.True(t, covered)
	require.LessOrEqual(t, least.Cmp(most), 0)
}

func TestMoreElementsOrUnitsAreNeverCheaper(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCategory(t)
		large := anySet(t, c)
		i := rapid.IntRange(0, len(large.Elements)-1).Draw(t, "less")
		small := Request{Elements: slices.Clone(large.Elements)}
		if small.Elements[i].Quantity > 1 {
			small.Elements[i].Quantity--
		} else if len(small.Elements) > 1 {
			small.Elements = slices.Delete(small.Elements, i, i+1)
		}
		requireNotCheaper(t, c, c, small, large)
	})
}

func TestWiderTiersAreNeverDearer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := anyCategory(t)
		after := cloneCategory(before)
		tier := after.Tiers[rapid.IntRange(0, len(after.Tiers)-1).Draw(t, "tier")]
		switch what := rapid.IntRange(0, 2).Draw(t, "what"); {
		case what == 0 && tier.OwnMax != nil:
			*tier = *withOwnMax(tier, *tier.OwnMax+1)
		case what == 1 && len(tier.Includes) > 0 && tier.Includes[0].Max != nil:
			n := *tier.Includes[0].Max + 1
			tier.Includes[0].Max = &n
		default:
			tier.Includes = append(tier.Includes, anyInclusion(t, len(after.Tiers), "added"))
		}
		req := anySet(t, before)
		requireNotCheaper(t, after, before, req, req)
	})
}

func withOwnMax(tier *catalogue.Tier, n int) *catalogue.Tier {
	out := *tier
	out.OwnMax = &n
	return &out
}

func TestFewerTiersAreNeverCheaper(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := anyCategory(t)
		after := cloneCategory(before)
		i := rapid.IntRange(0, len(after.Tiers)-1).Draw(t, "tier")
		if rapid.Bool().Draw(t, "only deactivate") {
			after.Tiers[i].IsActive = false
		} else {
			after.Tiers = slices.Delete(after.Tiers, i, i+1)
			finish(after)
		}
		req := anySet(t, before)
		requireNotCheaper(t, before, after, req, req)
	})
}
