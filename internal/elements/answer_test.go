package elements_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/msia/msia/internal/elements"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/answers.yaml")
	require.NoError(t, err)
	var byCategory map[string][]struct {
		Question string `yaml:"q"`
		Text     string `yaml:"t"`
		Codes    string `yaml:"c"`
		DontKnow bool   `yaml:"d"`
		None     bool   `yaml:"n"`
	}
	require.NoError(t, yaml.Unmarshal(raw, &byCategory))
	matchers := shippedMatchers(t)
	count := 0
	for slug, cases := range byCategory {
		for _, c := range cases {
			count++
			want := elements.Answer{Codes: strings.Fields(c.Codes), DontKnow: c.DontKnow, None: c.None}
			got := matchers[slug].Answer(c.Question, c.Text)
			assert.True(t, slices.Equal(want.Codes, got.Codes) && want.DontKnow == got.DontKnow && want.None == got.None,
				"%s %q: want %+v, got %+v", c.Question, c.Text, want, got)
		}
	}
	require.GreaterOrEqual(t, count, 80)
}

// TestNoWordChoosesMoreThanOneVariant guards against the costliest error of the
// earlier system: "delantera" choosing both sides.
func TestNoWordChoosesMoreThanOneVariant(t *testing.T) {
	t.Parallel()
	for slug, c := range shipped(t) {
		m := elements.NewMatcher(c)
		for _, generic := range c.Elements {
			if !generic.IsGeneric {
				continue
			}
			for _, child := range c.Children(generic.Code) {
				for _, answer := range child.Vocabulary.Answers {
					got := m.Answer(generic.Code, answer)
					require.Equal(t, []string{child.Code}, got.Codes, "%s %s %q", slug, generic.Code, answer)
					for _, word := range strings.Fields(answer) {
						require.LessOrEqual(t, len(m.Answer(generic.Code, word).Codes), 1, "%s %s %q", slug, generic.Code, word)
					}
				}
			}
			for _, answer := range generic.Vocabulary.AllAnswers {
				require.Len(t, m.Answer(generic.Code, answer).Codes, len(c.Children(generic.Code)), "%s %s %q", slug, generic.Code, answer)
			}
		}
	}
}

func TestContainsPhrase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, phrase string
		want         bool
	}{
		{"instalación de gas", "gas", true},
		{"gasolina", "gas", false},
		{"GASES", "gas", true},
		{"cambio de faros", "faro", true},
		{"muy caro", "faro", false},
		{"suspensión delantera", "suspension", true},
		{"aumento de plazas", "aumento plazas", true},
		{"aumento plazas", "aumento de plazas", true},
		{"horquilla muy completa", "horquilla completa", false},
		{"Horquilla Completa", "horquilla completa", true},
		{"distancia entre los ejes", "distancia ejes", true},
		{"la masa máxima", "masa maxima", true},
		{"máxima masa", "masa maxima", false},
		{"depósito. de gas", "depósito de gas", false},
		{"eléctrica", "electrico", true},
		{"lo que sea", "", false},
		{"", "gas", false},
	} {
		require.Equal(t, c.want, elements.ContainsPhrase(c.text, c.phrase), "%q %q", c.text, c.phrase)
	}
}
