package elements_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/seed"
)

// utterance is one line of testdata, see the head of utterances.yaml.
type utterance struct {
	Text         string   `yaml:"t"`
	Matches      string   `yaml:"m"`
	Questions    string   `yaml:"q"`
	Excluded     string   `yaml:"x"`
	Inactive     string   `yaml:"i"`
	Unrecognised []string `yaml:"u"`

	category string
}

// want is everything the line says, as labels to compare.
func (u utterance) want() []string {
	var out []string
	for kind, list := range map[string]string{"": u.Matches, "?": u.Questions, "-": u.Excluded, "!": u.Inactive} {
		for _, code := range strings.Fields(list) {
			out = append(out, kind+code)
		}
	}
	return sorted(out)
}

// sorted puts labels into one order, the codes of an ambiguous word too.
func sorted(labels []string) []string {
	for i, l := range labels {
		if strings.Contains(l, "|") {
			codes := strings.Split(l[1:], "|")
			slices.Sort(codes)
			labels[i] = l[:1] + strings.Join(codes, "|")
		}
	}
	slices.Sort(labels)
	return labels
}

// labels writes a result as want does.
func labels(r elements.Result) []string {
	var out []string
	for _, m := range r.Matches {
		label := m.Code
		if m.Quantity != 1 {
			label = fmt.Sprintf("%s*%d", m.Code, m.Quantity)
		}
		out = append(out, label)
	}
	for _, q := range r.Questions {
		out = append(out, "?"+q.ElementCode)
	}
	for _, x := range r.Excluded {
		out = append(out, "-"+x.Code)
	}
	for _, i := range r.Inactive {
		out = append(out, "!"+i.Code)
	}
	return sorted(out)
}

func loadUtterances(tb testing.TB, file string) []utterance {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	require.NoError(tb, err)
	var byCategory map[string][]utterance
	require.NoError(tb, yaml.Unmarshal(raw, &byCategory))
	var out []utterance
	for _, slug := range []string{"motos-part", "aseicars-prof"} {
		for _, u := range byCategory[slug] {
			u.category = slug
			out = append(out, u)
		}
	}
	return out
}

func shipped(tb testing.TB) map[string]*catalogue.Category {
	tb.Helper()
	snapshot, err := seed.DefaultSnapshot()
	require.NoError(tb, err)
	out := map[string]*catalogue.Category{}
	for _, c := range snapshot.Categories {
		out[c.Slug] = c
	}
	return out
}

func shippedMatchers(tb testing.TB) map[string]*elements.Matcher {
	tb.Helper()
	out := map[string]*elements.Matcher{}
	for slug, c := range shipped(tb) {
		out[slug] = elements.NewMatcher(c)
	}
	return out
}

// figures counts labels found, missed and made up.
type figures struct{ right, missed, invented int }

func (f *figures) add(want, got []string) (ok bool) {
	ok = true
	for _, w := range want {
		if slices.Contains(got, w) {
			f.right++
		} else {
			f.missed++
			ok = false
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			f.invented++
			ok = false
		}
	}
	return ok
}

func (f figures) precision() float64 { return share(f.right, f.right+f.invented) }
func (f figures) recall() float64    { return share(f.right, f.right+f.missed) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// run matches a file of utterances and logs what is not as expected.
func run(t *testing.T, file string) (f figures, failures int) {
	t.Helper()
	matchers := shippedMatchers(t)
	for _, u := range loadUtterances(t, file) {
		r := matchers[u.category].Match(u.Text)
		want, got := u.want(), labels(r)
		ok := f.add(want, got)
		if u.Unrecognised != nil && !slices.Equal(u.Unrecognised, r.Unrecognised) {
			ok = false
		}
		if !ok {
			failures++
			t.Logf("%s %q\n  want %v %q\n  got  %v %q", u.category, u.Text, want, u.Unrecognised, got, r.Unrecognised)
		}
	}
	return f, failures
}

func TestDossierCasesHoldExactly(t *testing.T) {
	t.Parallel()
	_, failures := run(t, "dossier.yaml")
	require.Zero(t, failures)
}

func TestUtterances(t *testing.T) {
	t.Parallel()
	f, failures := run(t, "utterances.yaml")
	t.Logf("precision %.4f recall %.4f, %d lines differ", f.precision(), f.recall(), failures)
	require.GreaterOrEqual(t, f.precision(), 0.97)
	require.GreaterOrEqual(t, f.recall(), 0.97)
}

// TestHeldOut reports on lines that nothing was tuned to.
func TestHeldOut(t *testing.T) {
	t.Parallel()
	f, failures := run(t, "heldout.yaml")
	t.Logf("held out: precision %.4f recall %.4f, %d lines differ", f.precision(), f.recall(), failures)
	require.GreaterOrEqual(t, f.precision(), 0.97)
	require.GreaterOrEqual(t, f.recall(), 0.97)
}
