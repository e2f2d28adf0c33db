package rules_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/growth"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/rules"
)

// TestFind lists what matches: the words of the text that do, or nothing.
func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          []string
	}{
		{"horario", "¿Qué HORARIO tenéis?", []string{"HORARIO"}},
		{"HORARIO", "horario y Horario", []string{"horario", "Horario"}},
		{"camion", "un CAMIÓN", []string{"CAMIÓN"}},
		{"camión", "un camion", []string{"camion"}},
		{"camión", "un camio\u0301n.", []string{"camio\u0301n"}}, // the accent apart
		{"camio\u0301n", "un camión", []string{"camión"}},
		{"enseño", "te enseno", []string{"enseno"}},
		{`\bañ`, "año y caña", []string{"añ"}},
		{`\w+`, "él sí", []string{"él", "sí"}},
		{`[áé]l`, "el al il", []string{"el", "al"}},
		{`[^ñ]o`, "no mo ño", []string{"mo"}}, // ñ is n
		{`[a-ñ]1`, "b1 z1", []string{"b1"}},
		{`[A-Z]+`, "ábc", []string{"ábc"}},
		{`á?b`, "ab b", []string{"ab", "b"}},
		{`\x{F1}`, "ñ", nil}, // an escape is no letter
		{`\p{Mn}`, "a\u0301", nil},
		{`\S+`, "uno dos", []string{"uno", "dos"}}, // not \s
		{`(?-i)A`, "A a", nil},                     // the text is in lower case
		{"a b", "a  \t b", []string{"a  \t b"}},
		{"a b", "a\u00a0b", []string{"a\u00a0b"}},
		{"a b", "a\nb", nil},
		{`a\nb`, "a \n\n b", []string{"a \n\n b"}},
		{"^dos$", "uno\ndos\ntres", []string{"dos"}},
		{"^b", " a b", nil},
		{"esp.jo", "esp\u200bejo", []string{"esp\u200bejo"}},
		{"(uno|dos) tres", "dos tres", []string{"dos tres"}},
		{"👍", "vale 👍🏽", []string{"👍"}},
		{"x", "", nil},
		{"fin", strings.Repeat("a", 4096) + "fin", nil}, // only so much is read
		{"fin", strings.Repeat("a", 4093) + "fin", []string{"fin"}},
		{"a", strings.Repeat("a", 50), strings.Split(strings.Repeat("a", 20), "")},
	} {
		p, err := rules.Compile(c.pattern)
		require.NoError(t, err, c.pattern)
		var got []string
		runes := []rune(c.text)
		for _, s := range p.Find(c.text) {
			got = append(got, string(runes[s.Start:s.End]))
		}
		require.Equal(t, c.want, got, "%q in %q", c.pattern, c.text)
	}
}

func TestRefusedPatterns(t *testing.T) {
	t.Parallel()
	for pattern, words := range map[string]string{
		"(abc":                       "missing closing )",
		"abc)":                       "unexpected )",
		"a**":                        "invalid nested repetition operator",
		"[z-a]":                      "invalid character class range: z-a",
		"*a":                         "missing argument to repetition operator",
		`(?=a)`:                      "invalid or unsupported Perl syntax",
		`(a)\1`:                      "invalid escape sequence",
		`a{1001}`:                    "invalid repeat count",
		"":                           "matches an empty text",
		".*":                         "matches an empty text",
		"a?":                         "matches an empty text",
		"a|b*":                       "matches an empty text",
		`\b`:                         "matches an empty text",
		"^$":                         "matches an empty text",
		"(a{0,3}){2}":                "matches an empty text",
		"\u0301":                     "matches an empty text",
		strings.Repeat("x{1000}", 9): "too complicated",
	} {
		_, err := rules.Compile(pattern)
		require.ErrorContains(t, err, words, pattern)
		require.NotContains(t, err.Error(), "(?im)", "the words are about what was written")
	}
	for _, pattern := range []string{"a|b", "a+", "(ab)+", "a{2,}", ".", "[^a]", "a*b", "^a", `\d{4}[a-z]{3}`} {
		_, err := rules.Compile(pattern)
		require.NoError(t, err, pattern)
	}
}

// TestAccentsAndCaseNeverMatter writes the same words in many ways.
func TestAccentsAndCaseNeverMatter(t *testing.T) {
	t.Parallel()
	words := rapid.StringOfN(rapid.RuneFrom([]rune("abcnouáéíóúüñçÁÑÜ 1")), 1, 12, -1)
	ways := []func(string) string{strings.ToUpper, strings.ToLower, norm.NFD.String, norm.NFC.String, func(s string) string {
		return strings.NewReplacer("á", "a", "é", "e", "ñ", "n", "ü", "u").Replace(s)
	}}
	rapid.Check(t, func(t *rapid.T) {
		word := strings.TrimSpace(words.Draw(t, "word"))
		if word == "" {
			return
		}
		way := rapid.SampledFrom(ways)
		pattern := strings.Join(strings.Fields(way.Draw(t, "pattern")(word)), " ")
		text := way.Draw(t, "text")(word)
		p, err := rules.Compile(pattern)
		require.NoError(t, err)
		before := rapid.String().Draw(t, "before") + "."
		spans := p.Find(before + text + "." + rapid.String().Draw(t, "after"))
		if utf8.RuneCountInString(before) < 3000 {
			require.NotEmpty(t, spans, "%q in %q", pattern, text)
		}
	})
}

// TestAnyPatternOnAnyText: no pattern that was let in panics, and every span is
// inside the text, in order.
func TestAnyPatternOnAnyText(t *testing.T) {
	t.Parallel()
	pieces := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "ñ", "é", "(", ")", "[", "]", "|", "*", "+", "?", ".", "^", "$", `\b`, `\d`, "{2}", "-", " ", "\u0301", "x"}), 1, 12)
	rapid.Check(t, func(t *rapid.T) {
		p, err := rules.Compile(strings.Join(pieces.Draw(t, "pattern"), ""))
		if err != nil {
			return
		}
		text := rapid.String().Draw(t, "text") + rapid.StringOf(rapid.RuneFrom([]rune("añé 1x\n"))).Draw(t, "more")
		end := 0
		for _, s := range p.Find(text) {
			require.LessOrEqual(t, end, s.Start)
			require.Less(t, s.Start, s.End, "never empty")
			end = s.End
		}
		require.LessOrEqual(t, end, utf8.RuneCountInString(text))
	})
}

// TestHostilePatternsDoNotExplode has the worst that may be saved read the
// longest text that is read.
func TestHostilePatternsDoNotExplode(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"(a+)+b", "(a|aa)+b", strings.Repeat("a?", 240) + "b", "(.{1,40}){1,20}b", "(a*)*(a*)*b"} {
		p, err := rules.Compile(pattern)
		require.NoError(t, err, pattern)
		growth.Check(t, pattern, 2048, func(n int) { require.Empty(t, p.Find(strings.Repeat("a", n))) })
	}
}

// TestBook: rules in their order, only active ones, each on its sheet.
func TestBook(t *testing.T) {
	t.Parallel()
	motos, campers := &catalogue.Category{ID: [16]byte{1}}, &catalogue.Category{ID: [16]byte{2}}
	rule := func(name, pattern string, c *catalogue.Category) *catalogue.Rule {
		r := &catalogue.Rule{Name: name, Pattern: pattern, IsActive: true, Action: catalogue.RuleAnswer}
		if c != nil {
			r.CategoryID = &c.ID
		}
		return r
	}
	snapshot := func(revision int64, list ...*catalogue.Rule) *catalogue.Snapshot {
		s := catalogue.NewSnapshot(revision, money.Amount{}, nil)
		s.Rules = list
		return s
	}
	off := rule("off", "hola", nil)
	off.IsActive = false
	first := snapshot(1, rule("b", "hola", nil), rule("a", "HOLA", motos), off, rule("of another release", "(", nil), rule("c", "adiós", nil))
	book := &rules.Book{}
	names := func(s *catalogue.Snapshot, c *catalogue.Category, text string) []string {
		var out []string
		for _, hit := range book.Match(s, c, text) {
			require.NotEmpty(t, hit.Spans)
			out = append(out, hit.Rule.Name)
		}
		return out
	}
	require.Equal(t, []string{"b", "a"}, names(first, motos, "hola"))
	require.Equal(t, []string{"b"}, names(first, campers, "hola"))
	require.Equal(t, []string{"b", "c"}, names(first, nil, "hola y adios"))
	require.Empty(t, names(first, motos, "buenas"))

	second := snapshot(2, rule("new", "hola", nil))
	require.Equal(t, []string{"new"}, names(second, nil, "hola"))
	require.Equal(t, []string{"b"}, names(first, nil, "hola"), "a slow reader of the older catalogue")
	require.Equal(t, []string{"trial", "new"}, names(second.WithRule(rule("trial", "hola", nil)), nil, "hola"))
	require.Equal(t, []string{"new"}, names(second, nil, "hola"))
}
