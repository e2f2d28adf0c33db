package cataloguefile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/money"
)

func ptr[T any](v T) *T { return &v }

// runes are what formats get wrong: quotes, what looks like another type or like
// a formula, what has to be escaped.
var runes = []rune("aZñÉ€ 0.,:;#-_'\"\\&<>=+@{}[]|!%*?/~xX\n\t😀\u00a0")

// words is a text that is not blank.
func words(t *rapid.T, label string, least int) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"true", "null", "12", "1e3", "=1+1", "_x000D_x005F_x000a_", "_x", "sí", "2024-01-01", "'x", "- a", "a: b", "#REF! no", "a\n\nb", " x ", "~a"}),
		rapid.Map(rapid.StringOfN(rapid.RuneFrom(runes), 0, 12, -1), func(s string) string { return "w" + s }),
		rapid.Map(rapid.StringOfN(rapid.RuneFrom(runes), 0, 12, -1), func(s string) string { return s + "w" }),
	).Filter(func(s string) bool { return len([]rune(s)) >= least }).Draw(t, label)
}

func maybe[T any](t *rapid.T, label string, of func() T) *T {
	if !rapid.Bool().Draw(t, label+"?") {
		return nil
	}
	return ptr(of())
}

func text(t *rapid.T, label string) *string {
	return maybe(t, label, func() string { return words(t, label, 1) })
}

// phrases are the items of a list: each on one line.
func phrases(t *rapid.T, label string) []string {
	one := rapid.Custom(func(t *rapid.T) string { return strings.ReplaceAll(words(t, label, 1), "\n", "¶") })
	return rapid.SliceOfNDistinct(one, 0, 3, rapid.ID).Draw(t, label)
}

func order(t *rapid.T) int { return rapid.IntRange(-3, 9).Draw(t, "order") }

func yes(t *rapid.T, label string) bool { return rapid.Bool().Draw(t, label) }

func price(t *rapid.T) money.Amount {
	return money.Cents(rapid.OneOf(rapid.Int64Range(0, 300), rapid.Int64Range(0, 9_999_999_999)).Draw(t, "price"))
}

func count(t *rapid.T, label string, least int) *int {
	return maybe(t, label, func() int { return rapid.IntRange(least, 9).Draw(t, label) })
}

func codes(t *rapid.T, label string, from ...string) []string {
	if len(from) == 0 {
		return nil
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, len(from), rapid.ID).Draw(t, label)
}

// category makes a category that follows the rules, out of few codes, so that
// two of them have rows in common.
var category = rapid.Custom(func(t *rapid.T) *cataloguefile.Category {
	c := &cataloguefile.Category{
		Slug: "prueba", Name: words(t, "name", 1), ClientType: "professional", VehicleKind: "quad_4", Description: text(t, "description"),
		Icon: text(t, "icon"), Active: yes(t, "active"), SortOrder: order(t), UnitsPerElement: count(t, "units", 1),
	}
	for _, code := range codes(t, "services", "alfa", "beta_2", "urgente") {
		c.Services = append(c.Services, cataloguefile.Service{
			Code: code, Name: words(t, "name", 1), Description: text(t, "description"), Price: price(t), Active: yes(t, "active"), SortOrder: order(t),
		})
	}
	for _, code := range codes(t, "documents", "ficha", "permiso", "foto_1") {
		c.Documentation = append(c.Documentation, cataloguefile.Document{
			Code: code, Description: words(t, "description", 1), ImageURL: text(t, "image"), Required: yes(t, "required"),
			Active: yes(t, "active"), SortOrder: order(t),
		})
	}
	elements(t, c)
	tiers(t, c)
	warnings(t, c)
	return c
})

func elements(t *rapid.T, c *cataloguefile.Category) {
	var services []string
	for _, s := range c.Services {
		services = append(services, s.Code)
	}
	for _, code := range codes(t, "elements", "ESCAPE", "LUZ", "LUZ_DEL", "A1", "ASIENTO") {
		e := cataloguefile.Element{
			Code: code, Name: words(t, "name", 1), Description: text(t, "description"), VariantType: text(t, "type"),
			VariantCode: text(t, "variant"), Generic: yes(t, "generic"), Active: yes(t, "active"), NeedsReview: yes(t, "review"),
			UnitsPerElement: count(t, "units", 1), InheritsFromParent: yes(t, "inherits"),
			SuggestedServices: codes(t, "suggested", services...), SortOrder: order(t), Question: text(t, "question"),
			Keywords: phrases(t, "keywords"), Aliases: phrases(t, "aliases"), Answers: phrases(t, "answers"), AllAnswers: phrases(t, "all"),
		}
		if len(c.Elements) > 0 && yes(t, "variant") {
			e.Parent = ptr(rapid.SampledFrom(c.Elements).Draw(t, "parent").Code)
		}
		if !e.Active {
			e.InactiveReason = ptr(words(t, "reason", 1))
		}
		if e.Generic {
			e.Question = ptr(words(t, "question", 1))
		} else {
			e.Surcharge = price(t)
		}
		for _, key := range codes(t, "fields", "marca", "largo", "color", "origen") {
			e.Fields = append(e.Fields, field(t, e, key))
		}
		for _, code := range codes(t, "photos", "frontal", "lateral_2") {
			p := cataloguefile.Photo{
				Code: code, Kind: rapid.SampledFrom([]catalogue.PhotoKind{"example", "required_document", "step", "calculation"}).Draw(t, "kind"),
				Title: words(t, "title", 1), Instruction: text(t, "instruction"), ImageURL: text(t, "image"), Required: yes(t, "required"),
				Active: yes(t, "active"), SortOrder: order(t),
			}
			p.WhenField, p.WhenOperator = when(t, e)
			e.Photos = append(e.Photos, p)
		}
		c.Elements = append(c.Elements, e)
	}
}

func field(t *rapid.T, e cataloguefile.Element, key string) cataloguefile.Field {
	f := cataloguefile.Field{
		Key: key, Label: words(t, "label", 1), Type: rapid.SampledFrom([]catalogue.FieldType{"text", "number", "boolean", "select", "date", "photo"}).Draw(t, "type"),
		Required: yes(t, "required"), Hint: text(t, "hint"), Active: yes(t, "active"), SortOrder: order(t),
	}
	switch f.Type {
	case catalogue.FieldSelect:
		f.Options = append(options(t), "Otro")
	case catalogue.FieldText:
		f.MinLength, f.Example = maybe(t, "min", func() int { return 0 }), text(t, "example")
		f.MaxLength, f.Pattern = maybe(t, "max", func() int { return 500 }), maybe(t, "pattern", func() string { return `(?s)^.*$` })
	case catalogue.FieldNumber:
		f.Min, f.Max = maybe(t, "min", func() float64 { return rapid.Float64Range(-1e6, 0).Draw(t, "min") }), maybe(t, "max", func() float64 { return rapid.Float64Range(0, 1e9).Draw(t, "max") })
		f.Unit = maybe(t, "unit", func() string { return "u" + words(t, "unit", 1) }) // not like a digit
	}
	f.WhenField, f.WhenOperator = when(t, e)
	return f
}

// options are phrases that an answer tells apart.
func options(t *rapid.T) []string {
	one := rapid.Custom(func(t *rapid.T) string { return strings.ReplaceAll(words(t, "option", 1), "\n", "¶") })
	return rapid.SliceOfNDistinct(one, 0, 3, func(s string) string { return strings.Trim(fields.Fold(s), ".,;! ") }).Draw(t, "options")
}

// when makes a condition on one of the fields there are, or none.
func when(t *rapid.T, e cataloguefile.Element) (*string, *cataloguefile.Operator) {
	if len(e.Fields) == 0 || !yes(t, "when") {
		return nil, nil
	}
	return ptr(rapid.SampledFrom(e.Fields).Draw(t, "other").Key),
		ptr(rapid.SampledFrom([]cataloguefile.Operator{"exists", "not_exists"}).Draw(t, "operator"))
}

func tiers(t *rapid.T, c *cataloguefile.Category) {
	var own []string
	for _, e := range c.Elements {
		if !e.Generic {
			own = append(own, e.Code)
		}
	}
	for _, code := range codes(t, "tiers", "T1", "T2", "Básica 3", "t4") {
		tier := cataloguefile.Tier{
			Code: code, Name: words(t, "name", 1), Description: text(t, "description"), Conditions: text(t, "conditions"), Price: price(t),
			RequiresProject: yes(t, "project"), OwnMax: count(t, "own max", 0), Active: yes(t, "active"), SortOrder: order(t),
			Own: codes(t, "own", own...),
		}
		for _, other := range c.Tiers {
			if yes(t, "include") {
				tier.Includes = append(tier.Includes, cataloguefile.Inclusion{Tier: other.Code, Max: count(t, "max", 1)})
			}
		}
		c.Tiers = append(c.Tiers, tier)
	}
}

func warnings(t *rapid.T, c *cataloguefile.Category) {
	for _, code := range codes(t, "warnings", "aviso", "otro_aviso", "sin_motivo") {
		w := cataloguefile.Warning{
			Code: code, Severity: rapid.SampledFrom([]catalogue.Severity{"info", "warning", "error"}).Draw(t, "severity"),
			Message: words(t, "message", 1), Active: yes(t, "active"), SortOrder: order(t),
		}
		switch scope := rapid.IntRange(0, 2).Draw(t, "scope"); {
		case scope == 1 && len(c.Tiers) > 0:
			w.Tier = ptr(rapid.SampledFrom(c.Tiers).Draw(t, "tier").Code)
		case scope == 2 && len(c.Elements) > 0:
			w.Element = ptr(rapid.SampledFrom(c.Elements).Draw(t, "element").Code)
		}
		for _, e := range c.Elements {
			if !e.Generic && yes(t, "trigger") {
				w.Triggers = append(w.Triggers, cataloguefile.Trigger{Element: ptr(e.Code)})
			}
		}
		for _, tier := range c.Tiers {
			if yes(t, "trigger") {
				w.Triggers = append(w.Triggers, cataloguefile.Trigger{Tier: ptr(tier.Code)})
			}
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "triggers") {
			w.Triggers = append(w.Triggers, cataloguefile.Trigger{Keyword: ptr(fmt.Sprint(i, words(t, "keyword", 2)))},
				cataloguefile.Trigger{MinQuantity: ptr(i + 1)})
		}
		c.Warnings = append(c.Warnings, w)
	}
}

// TestWhatIsWrittenIsRead: both formats carry every category exactly.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := category.Draw(t, "category")
		for _, format := range formats {
			raw, err := cataloguefile.Write(c, format)
			require.NoError(t, err, "%s", cataloguefile.Show(c))
			again, problems := cataloguefile.Read(raw, format)
			require.Empty(t, problems)
			require.Empty(t, cataloguefile.Compare(c, again))
			twice, err := cataloguefile.Write(again, format)
			require.NoError(t, err)
			require.Equal(t, string(raw), string(twice))
		}
	})
}

// TestEveryCategoryBecomesEveryOther imports one random category over another:
// whatever has to be added, changed, removed and brought back.
func TestEveryCategoryBecomesEveryOther(t *testing.T) {
	t.Parallel()
	f, pool := setup(t)
	for i := range 30 {
		c := category.Example(i)
		format := formats[i%len(formats)]
		raw, err := cataloguefile.Write(c, format)
		require.NoError(t, err)

		dry, err := f.Import(t.Context(), raw, format, cataloguefile.Options{DryRun: true})
		require.NoError(t, err, "example %d:\n%s", i, cataloguefile.Show(c))
		done, err := f.Import(t.Context(), raw, format, cataloguefile.Options{Revision: dry.Revision})
		require.NoError(t, err)
		require.Equal(t, dry.Changes, done.Changes)
		require.Equal(t, dry.Notes, done.Notes)
		require.Greater(t, done.Revision, dry.Revision)

		for _, format := range formats {
			out := export(t, f, c.Slug, format)
			stored, problems := cataloguefile.Read(out.Raw, format)
			require.Empty(t, problems)
			require.Empty(t, cataloguefile.Compare(c, stored), "example %d", i)
			again, err := f.Import(t.Context(), out.Raw, format, cataloguefile.Options{})
			require.NoError(t, err)
			require.Empty(t, again.Changes)
			require.Equal(t, done.Revision, again.Revision, "nothing was written")
			require.Equal(t, out, export(t, f, c.Slug, format))
		}
	}
	var silent int
	require.NoError(t, pool.QueryRow(t.Context(), `
		SELECT count(*) FROM tariff_tiers t JOIN vehicle_categories c ON c.id = t.category_id AND c.slug = 'prueba'
		WHERE NOT EXISTS (SELECT FROM audit_log a WHERE a.entity_type = 'tier' AND a.entity_id = t.id::text AND a.action = 'create')`).Scan(&silent))
	require.Zero(t, silent, "every tier has its creation in the audit log")
}
