package seed

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestLoadIsStrict(t *testing.T) {
	t.Parallel()
	const sheet = "slug: x\nname: X\nelements:\n  - {code: A, name: A, sort_order: 1}\n"
	for name, tc := range map[string]struct{ sheet, words, want string }{
		"good":                    {sheet, "A: {keywords: [a]}", ""},
		"unknown key":             {sheet + "prize: 1\n", "A: {}", "field prize not found"},
		"unknown nested key":      {sheet + "tiers: [{code: T1, prices: 1}]\n", "A: {}", "field prices not found"},
		"key twice":               {sheet + "name: Y\n", "A: {}", "already defined"},
		"negative price":          {sheet + "tiers: [{code: T1, price: \"-1\"}]\n", "A: {}", "not an amount"},
		"second document":         {sheet + "---\nslug: y\n", "A: {}", "more than one document"},
		"other slug":              {"slug: y\n", "A: {}", `slug is "y"`},
		"vocabulary of nobody":    {sheet, "A: {}\nB: {}", "vocabulary of unknown element B"},
		"vocabulary twice":        {sheet, "A: {}\nA: {}", "already defined"},
		"unknown vocabulary key":  {sheet, "A: {keyword: [a]}", "field keyword not found"},
		"element's warning scope": {"slug: x\nelements: [{code: A, warnings: [{code: w, scope: tier}]}]\n", "A: {}", "has no other scope"},
		"global warning":          {sheet + "warnings: [{code: w, scope: global}]\n", "A: {}", `scope "global"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{
				"data/x.yaml":            {Data: []byte(tc.sheet)},
				"data/x.vocabulary.yaml": {Data: []byte(tc.words)},
			}
			c, err := load(files, "x")
			if tc.want == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"a"}, c.Elements[0].Vocabulary.Keywords)
				return
			}
			require.ErrorContains(t, err, tc.want)
		})
	}
	_, err := load(fstest.MapFS{}, "x")
	require.Error(t, err)
}
