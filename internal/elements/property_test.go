package elements_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/growth"
	"github.com/msia/msia/internal/money"
)

// anyUtterance draws one of the written lines.
func anyUtterance(tb testing.TB) *rapid.Generator[utterance] {
	tb.Helper()
	all := loadUtterances(tb, "utterances.yaml")
	all = append(all, loadUtterances(tb, "dossier.yaml")...)
	return rapid.SampledFrom(all)
}

// checkShape asserts what holds for any result.
func checkShape(tb require.TestingT, text string, r elements.Result) {
	length := utf8.RuneCountInString(text)
	spans := func(spans []elements.Span) {
		require.NotEmpty(tb, spans)
		at := 0
		for _, s := range spans {
			require.LessOrEqual(tb, at, s.Start)
			require.Less(tb, s.Start, s.End)
			require.LessOrEqual(tb, s.End, length)
			at = s.End
		}
	}
	seen := map[string]bool{}
	last := 0
	for _, m := range r.Matches {
		require.False(tb, seen[m.Code], "%s twice", m.Code)
		seen[m.Code] = true
		spans(m.Spans)
		require.LessOrEqual(tb, last, m.Spans[0].Start)
		last = m.Spans[0].Start
		require.Greater(tb, m.Score, 0.0)
		require.LessOrEqual(tb, m.Score, 1.0)
		require.GreaterOrEqual(tb, m.Quantity, 1)
		require.LessOrEqual(tb, m.Quantity, 99)
	}
	for _, q := range r.Questions {
		require.False(tb, seen["?"+q.ElementCode])
		seen["?"+q.ElementCode] = true
		require.NotEmpty(tb, q.Question)
		require.NotEmpty(tb, q.Options)
		spans(q.Spans)
	}
	for _, x := range r.Excluded {
		require.False(tb, seen[x.Code], "%s wanted and excluded", x.Code)
		seen[x.Code] = true
	}
	require.NotNil(tb, r.Matches)
	require.NotNil(tb, r.Questions)
	require.NotNil(tb, r.Excluded)
	require.NotNil(tb, r.Inactive)
	require.NotNil(tb, r.Unrecognised)
}

func TestShapeOfResults(t *testing.T) {
	t.Parallel()
	matchers := shippedMatchers(t)
	generics := map[string]bool{}
	for _, c := range shipped(t) {
		for _, e := range c.Elements {
			generics[c.Slug+e.Code] = e.IsGeneric
		}
	}
	for _, file := range []string{"utterances.yaml", "dossier.yaml", "heldout.yaml"} {
		for _, u := range loadUtterances(t, file) {
			r := matchers[u.category].Match(u.Text)
			checkShape(t, u.Text, r)
			for _, m := range r.Matches {
				require.False(t, generics[u.category+m.Code], "%q matched generic %s", u.Text, m.Code)
			}
		}
	}
}

func TestAnyTextIsReadWithoutPanic(t *testing.T) {
	t.Parallel()
	matchers := shippedMatchers(t)
	words := rapid.SampledFrom(strings.Fields(`escape manillar suspensión delantera trasero y o , . ( ) no sin menos los 2 x2 dos de la del tras. placa
		solar toldo gálibo mmr bola sí ya está homologado serie quiero cambiado intermitentes frenos disco por otro 🏍️ 1234 BBB ª º n̈ todos ambas retrov. ¿ ? : - / \n`))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(words, 0, 30).Draw(t, "words"), " ")
		})).Draw(t, "text")
		for _, m := range matchers {
			checkShape(t, text, m.Match(text))
			for _, code := range []string{"SUSPENSION", "LUCES", "TOLDO_LAT", "BOLA_REMOLQUE", "FAROS_LA", "DEPOSITO_AGUA|GLP_DEPOSITO", "X", "|"} {
				a := m.Answer(code, text)
				require.False(t, a.DontKnow && len(a.Codes) > 0)
				require.False(t, a.None && len(a.Codes) > 0)
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	matchers := shippedMatchers(f)
	for _, u := range loadUtterances(f, "dossier.yaml") {
		f.Add(u.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range matchers {
			checkShape(t, text, m.Match(text))
			m.Answer("SUSPENSION", text)
			m.Answer("TOLDO_LAT", text)
		}
		elements.ContainsPhrase(text, "gas")
		elements.ContainsPhrase("instalación de gas", text)
	})
}

func TestSpellingOfCaseAndAccentsDoesNotMatter(t *testing.T) {
	t.Parallel()
	matchers := shippedMatchers(t)
	gen := anyUtterance(t)
	rapid.Check(t, func(t *rapid.T) {
		u := gen.Draw(t, "line")
		m := matchers[u.category]
		want := labels(m.Match(u.Text))
		plain := strings.Map(func(r rune) rune {
			if r >= 0x300 && r < 0x370 {
				return -1
			}
			return r
		}, norm.NFD.String(u.Text))
		for _, variant := range []string{strings.ToUpper(u.Text), strings.ToLower(u.Text), norm.NFD.String(u.Text), norm.NFC.String(u.Text), plain, strings.ToUpper(norm.NFD.String(u.Text))} {
			require.Equal(t, want, labels(m.Match(variant)), "%q", variant)
		}
	})
}

func TestGreetingsChangeNothing(t *testing.T) {
	t.Parallel()
	matchers := shippedMatchers(t)
	gen := anyUtterance(t)
	before := rapid.SampledFrom([]string{"", "Hola. ", "Buenas tardes, ", "Hola buenas, ¿qué tal? ", "hola!! ", "Buenos días\n", "👋 "})
	after := rapid.SampledFrom([]string{"", ". Gracias", ", gracias", " 👍", ". Un saludo", "\nmuchas gracias y saludos", " ¡¡gracias!!", ". ¿Cuánto sería?"})
	rapid.Check(t, func(t *rapid.T) {
		u := gen.Draw(t, "line")
		if strings.TrimSpace(u.Text) == "" {
			return
		}
		m := matchers[u.category]
		text := before.Draw(t, "before") + u.Text + after.Draw(t, "after")
		require.Equal(t, labels(m.Match(u.Text)), labels(m.Match(text)), "%q", text)
	})
}

// TestEveryNameNamesItsElement types each keyword and alias of the shipped
// vocabulary as it is, in capitals, without accents and in the plural.
func TestEveryNameNamesItsElement(t *testing.T) {
	t.Parallel()
	matchers := shippedMatchers(t)
	for slug, c := range shipped(t) {
		for _, e := range c.Elements {
			if e.InactiveReason != nil {
				continue
			}
			for i, phrase := range append(slices.Clone(e.Vocabulary.Keywords), e.Vocabulary.Aliases...) {
				texts := []string{phrase, strings.ToUpper(phrase), withoutAccents(phrase), "quiero homologar " + phrase}
				if i < len(e.Vocabulary.Keywords) {
					texts = append(texts, pluralOf(phrase), strings.ToUpper(pluralOf(phrase)))
				}
				for _, text := range texts {
					r := matchers[slug].Match(text)
					require.True(t, names(r, e.Code), "%s: %q gives %v, not %s", slug, text, labels(r), e.Code)
				}
			}
		}
	}
}

// names tells whether the result is that element and nothing else: matched, or
// asked about as a generic or among the options of an ambiguous word.
func names(r elements.Result, code string) bool {
	if len(r.Excluded)+len(r.Inactive) > 0 {
		return false
	}
	if len(r.Questions) == 0 {
		return len(r.Matches) == 1 && r.Matches[0].Code == code
	}
	if len(r.Questions) > 1 || len(r.Matches) > 0 {
		return false
	}
	return slices.Contains(strings.Split(r.Questions[0].ElementCode, "|"), code)
}

func withoutAccents(s string) string {
	return strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ñ", "n", "ü", "u").Replace(s)
}

// pluralOf puts the nouns and adjectives of a phrase into the plural, as far as
// they stand before a preposition.
func pluralOf(phrase string) string {
	words := strings.Fields(phrase)
	for i, w := range words {
		if slices.Contains([]string{"de", "del", "a", "y", "con", "sin", "en", "para", "al", "por", "entre", "no", "the", "and"}, w) {
			break
		}
		if len(w) < 3 || w == strings.ToUpper(w) || w == "kit" || w == "reclasificar" || strings.HasSuffix(w, "s") || strings.HasSuffix(w, "r") && i == 0 && len(words) > 1 || w == "más" || w == "otro" || w == "full" || w == "air" {
			continue
		}
		runes := []rune(withoutAccents(w))
		switch last := runes[len(runes)-1]; {
		case last == 'z':
			words[i] = string(runes[:len(runes)-1]) + "ces"
		case strings.ContainsRune("aeiou", last):
			words[i] = w + "s"
		default:
			words[i] = w + "es"
		}
	}
	return strings.Join(words, " ")
}

func TestMatcherIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	m := shippedMatchers(t)["motos-part"]
	lines := loadUtterances(t, "dossier.yaml")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, u := range lines {
				if u.category == "motos-part" {
					assert.Equal(t, u.want(), labels(m.Match(u.Text)))
					m.Answer("SUSPENSION", u.Text)
				}
			}
		})
	}
	wg.Wait()
}

// TestLongTextsDoNotExplode feeds the worst texts the interface lets in.
func TestLongTextsDoNotExplode(t *testing.T) {
	t.Parallel()
	matchers := shippedMatchers(t)
	for _, part := range []string{
		"escape ", "no quiero escape, ", "suspensión delantera y ", "intermitentes, delanteros y ", "toldo no afecta ", "ni escape, ", "escpae ",
		"xzqwlk ", "luz de ", "1234 BBB ", "escape de ", "escape y manillar son de serie ", "susp. ", "amortiguador amortiguador trasero ", "a", "1a", "-a",
	} {
		growth.Check(t, part, 5000/utf8.RuneCountInString(part), func(n int) {
			text := strings.Repeat(part, n)
			for _, m := range matchers {
				m.Match(text)
				m.Answer("SUSPENSION", text)
			}
		})
	}
}

// TestHandMadeVocabulary covers what the shipped one has none of.
func TestHandMadeVocabulary(t *testing.T) {
	t.Parallel()
	reason := "ya no"
	c := &catalogue.Category{Slug: "x", Elements: []*catalogue.Element{
		{Code: "G", Name: "Cosa", IsGeneric: true, IsActive: true, Vocabulary: catalogue.Vocabulary{Keywords: []string{"cosa", "", " ", "?", "de la", "y"}}},
		{Code: "A", Name: "Cosa alfa", ParentCode: "G", IsActive: true, Vocabulary: catalogue.Vocabulary{Answers: []string{"alfa", ""}}},
		{Code: "B", Name: "Cosa beta", ParentCode: "G", IsActive: true, Vocabulary: catalogue.Vocabulary{Answers: []string{"beta"}}},
		{Code: "C", Name: "Cosa gamma", ParentCode: "G", InactiveReason: &reason, Vocabulary: catalogue.Vocabulary{Keywords: []string{"gamma"}, Answers: []string{"gamma"}}},
		{Code: "EMPTY", Name: "Vacío", IsGeneric: true, IsActive: true, Vocabulary: catalogue.Vocabulary{Keywords: []string{"trasto"}, AllAnswers: []string{"los dos trastos"}}},
		{Code: "NAMED", Name: "Zurullo", IsActive: true},
		{Code: "OFF", Name: "Apagado", IsGeneric: true, InactiveReason: &reason, Vocabulary: catalogue.Vocabulary{Keywords: []string{"chisme"}}},
	}}
	catalogue.NewSnapshot(1, money.Cents(0), []*catalogue.Category{c})
	m := elements.NewMatcher(c)
	for text, want := range map[string][]string{
		"cosa":             {"?G"},
		"cosas y":          {"?G"},
		"cosa alfa":        {"A"},
		"cosa beta y alfa": {"A", "B"},
		"y de la":          nil,
		"gamma":            {"!C"},
		"trasto":           nil,
		"los dos trastos":  nil,
		"chismes y cosas":  {"!OFF", "?G"},
		"zurullos":         {"NAMED"},
		"chisme":           {"!OFF"},
	} {
		got := m.Match(text)
		checkShape(t, text, got)
		require.Equal(t, want, labels(got), text)
	}
	q := m.Match("cosa").Questions[0]
	require.Equal(t, "¿Cuál es: Cosa alfa o Cosa beta?", q.Question)
	require.Equal(t, []elements.Option{{Code: "A", Name: "Cosa alfa"}, {Code: "B", Name: "Cosa beta"}}, q.Options)
	require.Equal(t, []string{"B"}, m.Answer("G", "beta").Codes)
	require.Empty(t, m.Answer("G", "gamma").Codes)
	elements.NewMatcher(&catalogue.Category{}).Match("escape")
}
