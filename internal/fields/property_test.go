package fields_test

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

var everyField = []*catalogue.Field{mm, bounded, count, kilo, engine, power, odd, yesNo, choice, date, text, code, photo}

// typed draws what people type: numbers, dates, words, and anything.
func typed(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringMatching(`[+-]?[0-9]{1,7}([.,' ][0-9]{1,4}){0,3} ?(mm|cm|m|kg|g|cc|l|kw|CV|W|uds)?\.?`),
		rapid.StringMatching(`[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ]([0-9]{2}|[0-9]{4})`),
		rapid.StringMatching(`[0-9]{1,2} de (enero|Mayo|dic) (de )?[0-9]{4}`),
		rapid.SampledFrom([]string{"sí", "No", "ACERO", "fibra de carbono", "otro.", "e4*x", "0198c0de-0000-7000-8000-00000000000a"}),
		rapid.String(),
	).Draw(t, "typed")
}

// requireStable checks that what Parse takes is canonical: it parses to itself,
// and so does what people are shown of it.
func requireStable(t require.TestingT, f *catalogue.Field, raw string) {
	value, err := fields.Parse(f, raw)
	if err != nil {
		requireSentence(t, err)
		return
	}
	again, err := fields.Parse(f, value)
	require.NoError(t, err, "%s: %q from %q", f.Type, value, raw)
	require.Equal(t, value, again, "from %q", raw)
	shown, err := fields.Parse(f, fields.Display(f, value))
	require.NoError(t, err, "%s: %q is shown as %q", f.Type, value, fields.Display(f, value))
	require.Equal(t, value, shown)
}

func TestCanonicalValuesParseToThemselves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		requireStable(t, rapid.SampledFrom(everyField).Draw(t, "field"), typed(t))
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "1.234,5 mm", "2,5 cm", "sí", "31/12/2025", "31 de diciembre de 2025", "-0,0", "1'5\"", "\xff", "e4*2003"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, field := range everyField {
			requireStable(t, field, raw)
		}
	})
}

// TestNumbersAreExact writes decimals in Spanish, with and without thousands
// points, and reads them back digit for digit.
func TestNumbersAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(0, 999_999_999).Draw(t, "whole")
		decimals := strings.TrimRight(rapid.StringMatching(`[0-9]{0,6}`).Draw(t, "decimals"), "0")
		written := strconv.FormatInt(whole, 10)
		if rapid.Bool().Draw(t, "grouped") {
			for at := len(written) - 3; at > 0; at -= 3 {
				written = written[:at] + "." + written[at:]
			}
		}
		if decimals != "" {
			written += "," + decimals
		}
		value, err := fields.Parse(mm, written)
		require.NoError(t, err)
		want, _ := new(big.Rat).SetString(fmt.Sprintf("%d.%s0", whole, decimals))
		got, ok := new(big.Rat).SetString(value)
		require.True(t, ok)
		require.Zero(t, want.Cmp(got), "%s became %s", written, value)
	})
}

// TestUnitsGoThereAndBack converts a whole number into another unit of its
// dimension and back.
func TestUnitsGoThereAndBack(t *testing.T) {
	t.Parallel()
	dimensions := [][]string{
		{"mm", "cm", "dm", "m"}, {"g", "kg", "t"}, {"cc", "l", "ml"}, {"W", "kW"}, {"CV", "kW", "hp"}, {"mbar", "bar", "kPa"}, {"mA", "A"}, {"Wh", "kWh"}, {"N", "kN"},
	}
	in := func(unit string) *catalogue.Field {
		return &catalogue.Field{Key: "k", Label: "K", Type: catalogue.FieldNumber, Unit: &unit}
	}
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SampledFrom(dimensions).Draw(t, "dimension")
		a, b := rapid.SampledFrom(units).Draw(t, "a"), rapid.SampledFrom(units).Draw(t, "b")
		n := rapid.Int64Range(1, 999_999).Draw(t, "n")
		there, err := fields.Parse(in(b), fmt.Sprintf("%d %s", n, strings.ToUpper(a)))
		require.NoError(t, err)
		back, err := fields.Parse(in(a), fields.Display(in(b), there))
		require.NoError(t, err)
		got, err := strconv.ParseFloat(back, 64)
		require.NoError(t, err)
		// One rounding to six decimals of the larger unit, at most a thousand of the smaller.
		require.InDelta(t, float64(n), got, 0.002, "%d %s is %s %s is %s %s", n, a, there, b, back, a)
	})
}

// tree draws fields each of which may depend on one before it.
func tree(t *rapid.T) ([]*catalogue.Field, fields.Values) {
	n := rapid.IntRange(1, 8).Draw(t, "n")
	all := make([]*catalogue.Field, n)
	values := fields.Values{}
	for i := range all {
		all[i] = &catalogue.Field{Key: fmt.Sprintf("f%d", i), Type: catalogue.FieldBoolean, IsRequired: rapid.Bool().Draw(t, "required")}
		if i > 0 && rapid.Bool().Draw(t, "conditional") {
			all[i].Condition = &catalogue.FieldCondition{
				FieldKey: fmt.Sprintf("f%d", rapid.IntRange(0, i-1).Draw(t, "on")),
				Operator: rapid.SampledFrom([]string{fields.Equals, fields.NotEquals, fields.Exists, fields.NotExists}).Draw(t, "operator"),
			}
			if c := all[i].Condition; c.Operator == fields.Equals || c.Operator == fields.NotEquals {
				c.Value = rapid.SampledFrom([]string{"true", "false", "sí"}).Draw(t, "value")
			}
		}
		if v := rapid.SampledFrom([]string{"", "true", "false"}).Draw(t, "given"); v != "" {
			values[all[i].Key] = v
		}
	}
	return all, values
}

// TestVisibilityDoesNotDependOnOrder asks in any order and compares with the
// plain definition, by which a field is looked at after the one it depends on.
func TestVisibilityDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, values := tree(t)
		shown := map[string]bool{}
		for _, f := range all {
			shown[f.Key] = true
			if c := f.Condition; c != nil {
				value, given := values[c.FieldKey]
				given = given && shown[c.FieldKey]
				same := value == map[string]string{"true": "true", "sí": "true", "false": "false"}[c.Value]
				shown[f.Key] = map[string]bool{
					fields.Equals: given && same, fields.NotEquals: given && !same, fields.Exists: given, fields.NotExists: !given,
				}[c.Operator]
			}
		}
		shuffled := rapid.Permutation(all).Draw(t, "order")
		view := fields.NewView(shuffled, values)
		for _, f := range shuffled {
			require.Equal(t, shown[f.Key], view.Applies(f.Key), f.Key)
		}
		var missing []string
		for _, f := range shuffled {
			if _, given := values[f.Key]; shown[f.Key] && f.IsRequired && !given {
				missing = append(missing, f.Key)
			}
		}
		require.Equal(t, missing, view.Missing())
		require.Empty(t, fields.Define(all))
	})
}

// TestEveryCircleIsFound closes a circle somewhere and expects it to be named,
// and the fields in it to be hidden instead of asked about for ever.
func TestEveryCircleIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, values := tree(t)
		length := rapid.IntRange(1, len(all)).Draw(t, "length")
		members := rapid.Permutation(slices.Clone(all)).Draw(t, "members")[:length]
		for i, f := range members {
			f.Condition = &catalogue.FieldCondition{FieldKey: members[(i+1)%length].Key, Operator: fields.Exists}
		}
		found := map[string]bool{}
		for _, p := range fields.Define(all) {
			if p.Code == fields.CodeCycle {
				found[p.Key] = true
			}
		}
		view := fields.NewView(all, values)
		for _, f := range members {
			require.True(t, found[f.Key], f.Key)
			require.False(t, view.Applies(f.Key))
		}
		require.Len(t, found, length, "only those in it")
	})
}
