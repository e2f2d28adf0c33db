package elements_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOrdinaryWordsAreNotCorrectedIntoElements types ordinary words alone and as
// the object of a wish.
func TestOrdinaryWordsAreNotCorrectedIntoElements(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/common.txt")
	require.NoError(t, err)
	matchers := shippedMatchers(t)
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			for slug, m := range matchers {
				assert.Empty(t, labels(m.Match(word)), "%s %q", slug, word)
				assert.Empty(t, labels(m.Match("y quiero una "+word+" así")), "%s %q", slug, word)
			}
		}
	}
}

// TestTypingErrors makes every single slip of the finger in the names of one
// word: letters swapped, left out or doubled. A slip may go unnoticed; it must
// not name another element.
func TestTypingErrors(t *testing.T) {
	t.Parallel()
	matchers := shippedMatchers(t)
	made, noticed := 0, 0
	for slug, c := range shipped(t) {
		for _, e := range c.Elements {
			for _, phrase := range e.Vocabulary.Keywords {
				word := withoutAccents(strings.ToLower(phrase))
				if strings.ContainsAny(word, " -/&") || len(word) < 6 {
					continue
				}
				for _, typo := range slips(word) {
					r := matchers[slug].Match(typo)
					made++
					switch {
					case names(r, e.Code) || len(r.Inactive) > 0:
						noticed++
					default:
						assert.Empty(t, labels(r), "%s: %q for %q", slug, typo, word)
					}
				}
			}
		}
	}
	t.Logf("%d of %d slips corrected (%.3f)", noticed, made, share(noticed, made))
	require.Greater(t, share(noticed, made), 0.9)
}

func slips(w string) []string {
	var out []string
	for i := 1; i < len(w); i++ { // the first letter stays
		out = append(out, w[:i]+w[i+1:], w[:i]+w[i:i+1]+w[i:])
		if i+1 < len(w) && w[i] != w[i+1] {
			out = append(out, w[:i]+w[i+1:i+2]+w[i:i+1]+w[i+2:])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
