package edits_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/edits"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "escape", 6},
		{"escape", "escape", 0},
		{"escape", "escpae", 1},
		{"escape", "escap", 1},
		{"escape", "esccape", 1},
		{"escape", "escope", 1},
		{"piñón", "pinon", 2},
		{"ca", "abc", 3}, // a swap and a letter between are three
	} {
		require.Equal(t, c.want, edits.Distance([]rune(c.a), []rune(c.b)), "%s %s", c.a, c.b)
	}
}

// TestDistanceIsOne: the same from both ends, nothing only for the same, and no
// more than the longer word has letters.
func TestDistanceIsOne(t *testing.T) {
	t.Parallel()
	word := rapid.SliceOfN(rapid.RuneFrom([]rune("abñ")), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := edits.Distance(a, b)
		require.Equal(t, d, edits.Distance(b, a))
		require.Equal(t, string(a) == string(b), d == 0)
		require.LessOrEqual(t, d, max(len(a), len(b)))
		require.GreaterOrEqual(t, d, max(len(a), len(b))-min(len(a), len(b)))
	})
}
