package tariffs

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

var anyPhrase = Calculator{ContainsPhrase: strings.Contains}

// anyRequest draws a set with services and text.
func anyRequest(t *rapid.T, c *catalogue.Category) Request {
	req := anySet(t, c)
	for _, code := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"s0", "s1"}), rapid.ID[string]).Draw(t, "services") {
		req.Services = append(req.Services, RequestedService{code, rapid.IntRange(1, MaxQuantity).Draw(t, code)})
	}
	req.Text = rapid.SampledFrom([]string{"", "kit de gas"}).Draw(t, "text")
	return req
}

func TestQuoteDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCategory(t)
		req := anyRequest(t, c)
		want, wantErr := anyPhrase.Calculate(c, iva, req)

		shuffled := cloneCategory(c)
		shuffled.Elements = rapid.Permutation(shuffled.Elements).Draw(t, "elements")
		shuffled.Tiers = rapid.Permutation(shuffled.Tiers).Draw(t, "tiers")
		for _, tier := range shuffled.Tiers {
			tier.Own = rapid.Permutation(tier.Own).Draw(t, "own")
			tier.Includes = rapid.Permutation(tier.Includes).Draw(t, "includes")
		}
		shuffled.Warnings = rapid.Permutation(shuffled.Warnings).Draw(t, "warnings")
		finish(shuffled)
		req.Elements = rapid.Permutation(req.Elements).Draw(t, "lines")
		req.Services = rapid.Permutation(req.Services).Draw(t, "chosen")
		got, gotErr := anyPhrase.Calculate(shuffled, iva, req)

		require.Equal(t, wantErr == nil, gotErr == nil)
		if wantErr != nil {
			require.EqualError(t, gotErr, wantErr.Error())
		}
		require.Equal(t, asJSON(t, want), asJSON(t, got))
	})
}

func asJSON(t require.TestingT, q Quote) string {
	body, err := json.Marshal(q)
	require.NoError(t, err)
	return string(body)
}

// The sums, worked out anew in whole cents; and the shape of the rest.
func TestQuoteAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCategory(t)
		req := anyRequest(t, c)
		percent := money.Cents(int64(rapid.IntRange(0, 30_00).Draw(t, "iva")))
		q, err := anyPhrase.Calculate(c, percent, req)
		if err != nil {
			require.ErrorIs(t, err, ErrNotCovered)
			require.NotEqual(t, ErrNotCovered.Message, err.Error(), "says what")
			return
		}
		want := cents(q.Tier.Price)
		for _, r := range req.Elements {
			want += cents(c.Element(r.Code).Surcharge)
		}
		for _, r := range req.Services {
			want += cents(c.Service(r.Code).Price) * int64(r.Quantity)
		}
		require.Equal(t, want, cents(q.Subtotal))
		require.Equal(t, (want*cents(percent)+5000)/10000, cents(q.IVA), "rounded half up, once")
		require.Equal(t, cents(q.Subtotal)+cents(q.IVA), cents(q.Total))

		require.Len(t, q.Lines, len(req.Elements))
		require.Len(t, q.Services, len(req.Services))
		for i, l := range q.Lines {
			require.Positive(t, l.CountsAs)
			require.LessOrEqual(t, l.CountsAs, l.Quantity)
			if i > 0 {
				a, b := c.Element(q.Lines[i-1].Code), c.Element(l.Code)
				require.True(t, a.SortOrder < b.SortOrder || a.SortOrder == b.SortOrder && a.Code < b.Code)
			}
		}
		for _, r := range q.RejectedTiers {
			require.Negative(t, r.Price.Cmp(q.Tier.Price))
		}
		require.Equal(t, q.Provisional, len(q.ReviewCodes) > 0)
		for _, s := range q.SuggestedServices {
			require.True(t, c.Service(s.Code).IsActive)
			require.NotEmpty(t, s.BecauseOf)
			for _, chosen := range q.Services {
				require.NotEqual(t, chosen.Code, s.Code)
			}
		}
		requireNoNilSlices(t, q)
	})
}

func requireNoNilSlices(t require.TestingT, q Quote) {
	require.NotNil(t, q.Lines)
	require.NotNil(t, q.Services)
	require.NotNil(t, q.RejectedTiers)
	require.NotNil(t, q.Warnings)
	require.NotNil(t, q.Documentation)
	require.NotNil(t, q.SuggestedServices)
	require.NotNil(t, q.ReviewCodes)
}

func cents(a money.Amount) int64 {
	n, ok := new(big.Int).SetString(strings.Replace(a.String(), ".", "", 1), 10)
	if !ok {
		panic(errors.New("not an amount: " + a.String()))
	}
	return n.Int64()
}

// The category is only read: a quote leaves it as it was.
func TestQuoteDoesNotChangeTheCategory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCategory(t)
		before, err := json.Marshal(c)
		require.NoError(t, err)
		_, _ = anyPhrase.Calculate(c, iva, anyRequest(t, c))
		after, err := json.Marshal(c)
		require.NoError(t, err)
		require.JSONEq(t, string(before), string(after))
	})
}
