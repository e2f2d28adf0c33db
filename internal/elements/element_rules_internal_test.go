package elements

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/seed"
)

// TestTheShippedElementsKeepTheRules: an editor can save each of them as it is.
func TestTheShippedElementsKeepTheRules(t *testing.T) {
	t.Parallel()
	categories, err := seed.Default()
	require.NoError(t, err)
	for _, c := range categories {
		for _, e := range c.Elements {
			v := e.Vocabulary
			row := sqlc.Element{
				IsGeneric: e.IsGeneric, IsActive: e.IsActive, InactiveReason: e.InactiveReason, Surcharge: e.Surcharge,
				Keywords: v.Keywords, Aliases: v.Aliases, Answers: v.Answers, AllAnswers: v.AllAnswers,
			}
			if v.Question != "" {
				row.Question = &v.Question
			}
			var wrong problems
			wrong.check(row)
			require.Empty(t, wrong, "%s %s", c.Slug, e.Code)
			require.Equal(t, v.Keywords, append([]string(nil), tidy(v.Keywords)...))
		}
	}
}
