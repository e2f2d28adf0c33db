package chatwoot_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/chatwoot"
)

func TestFormatText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Presupuesto: 210,00 € (IVA no incluido).\n• Ficha técnica\n• Fotos": "Presupuesto: 210,00 € (IVA no incluido).\n• Ficha técnica\n• Fotos",
		"*negrita* _cursiva_ ~tachado~ `código`":                             "\\*negrita\\* \\_cursiva\\_ \\~tachado\\~ \\`código\\`",
		"# título\n> cita\n- uno\n+ dos\n1. tres\n2) cuatro":                 "\\# título\n\\> cita\n\\- uno\n\\+ dos\n1\\. tres\n2\\) cuatro",
		"---\n===\n***":                 "\\---\n\\===\n\\*\\*\\*",
		"+34 600 100 201\n1.5 litros":   "+34 600 100 201\n1.5 litros",
		"2021.\n2022)":                  "2021\\.\n2022\\)",
		"a - b > c # d 1. e + f":        "a - b > c # d 1. e + f",
		"{{contact.name}} {% if x %}":   "{\\{contact.name}} {\\% if x %}",
		"{{{%{%":                        "{\\{\\{\\%{\\%",
		"<b>x</b> 3 < 4 [a](b) ![c](d)": "\\<b>x\\</b> 3 \\< 4 \\[a](b) !\\[c](d)",
		"&copy; &#233; R&D; A & B;":     "\\&copy; \\&#233; R\\&D; A & B;",
		`C:\dir\ `:                      `C:\\dir\\`,
		"    sangría\n\ttab\n - guion":  "&#32;   sangría\n&#9;tab\n&#32;\\- guion",
		"fin  \nde línea \n\n\n":        "fin\nde línea",
		"a\r\nb\u0000c\u0007":           "a\nbc",
		"\n\nuno\n\n\ndos":              "uno\n\n\ndos",
		"https://x.es/a_b?c=*":          "https://x.es/a\\_b?c=\\*",
		"  \n ":                         "",
		"":                              "",
	} {
		require.Equal(t, want, chatwoot.FormatText(in), in)
	}
}

// wanted is the text FormatText promises to get through: without control
// characters, spaces at the end of lines and empty lines at the ends.
func wanted(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			b.WriteRune(r)
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

var escapes = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])|&#([0-9]+);")

// unescape is the reference reading of what CommonMark does to the escapes.
func unescape(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		if e[0] == '\\' {
			return e[1:]
		}
		n, _ := strconv.Atoi(strings.Trim(e, "&#;"))
		return string(rune(n))
	})
}

// opening matches lines that CommonMark would read as a block of some kind.
var opening = regexp.MustCompile("(?m)^(?:[ \t]|[#>=-]|\\+(?:[ \t]|$)|[0-9]{1,9}[.)](?:[ \t]|$)|`{3}|~{3}|<)")

// inline matches characters that CommonMark could act upon inside a line.
var inline = regexp.MustCompile("(?:^|[^\\\\])(?:\\\\\\\\)*([*_~`<\\[]|&#?[A-Za-z0-9]+;)")

func checkFormat(t require.TestingT, s string) {
	got := chatwoot.FormatText(s)
	require.Equal(t, wanted(s), unescape(got), "%q", s)
	require.NotContains(t, got, "{{")
	require.NotContains(t, got, "{%")
	require.NotRegexp(t, opening, strings.NewReplacer("&#32;", "x", "&#9;", "x").Replace(got))
	require.NotRegexp(t, inline, strings.NewReplacer("&#32;", "x", "&#9;", "x").Replace(got))
}

// markup is text made of the characters that matter.
func markup() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOf(rapid.OneOf(
			rapid.SampledFrom([]string{
				"{", "{{", "}}", "{%", "%}", "%", "*", "**", "_", "~", "`", "```", "#", ">", "-", "---", "+", "=", "1.", "12)", "\\", "\n", "\n\n",
				" ", "    ", "\t", "<b>", "<", "[", "](", "&amp;", "&#32;", "&", ";", "\r\n", "\x00", "\x1b", "é", "👨‍👩‍👧", "\u2028", "€", "|", ":", "!",
			}),
			rapid.String(),
		)).Draw(t, "parts"), "")
	})
}

func TestFormatTextProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkFormat(t, markup().Draw(t, "text")) })
}

func FuzzFormatText(f *testing.F) {
	f.Add("{{x}} *a* _b_\n- c\n1. d\n    e\\\n&copy;<b>")
	f.Fuzz(func(t *testing.T, s string) { checkFormat(t, s) })
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func TestSplitText(t *testing.T) {
	t.Parallel()
	require.Nil(t, chatwoot.SplitText(" \n\t "))
	require.Equal(t, []string{"hola"}, chatwoot.SplitText("\n hola \n"))

	paragraph := strings.TrimSpace(strings.Repeat("Frase de prueba con tildes á. ", 60)) // 1799 units
	long := strings.Join([]string{paragraph, paragraph, paragraph, paragraph, paragraph}, "\n\n")
	require.Equal(t, []string{paragraph + "\n\n" + paragraph, paragraph + "\n\n" + paragraph, paragraph}, chatwoot.SplitText(long))

	exact := strings.Repeat("x", chatwoot.MaxTextLength)
	require.Equal(t, []string{exact}, chatwoot.SplitText(exact))
	require.Equal(t, []string{exact, "y"}, chatwoot.SplitText(exact+"y"))
	require.Equal(t, []string{exact, exact}, chatwoot.SplitText(exact+"\n\n"+exact))

	lines := strings.TrimSpace(strings.Repeat("• una línea de la lista\n", 300))
	for _, p := range chatwoot.SplitText(lines) {
		require.True(t, strings.HasPrefix(p, "• una"))
		require.True(t, strings.HasSuffix(p, "lista"))
	}
	sentences := strings.TrimSpace(strings.Repeat("Una frase de tamaño mediano. ", 300))
	for _, p := range chatwoot.SplitText(sentences) {
		require.True(t, strings.HasSuffix(p, "mediano."))
	}
	family := strings.Repeat("👨‍👩‍👧‍👦", 800)
	for _, p := range chatwoot.SplitText(family) {
		require.Zero(t, utf8.RuneCountInString(p)%7, "families stay together")
	}
	flags := strings.Repeat("e\u0301", 5000)
	for _, p := range chatwoot.SplitText(flags) {
		require.True(t, strings.HasPrefix(p, "e\u0301"))
		require.True(t, strings.HasSuffix(p, "\u0301"))
	}
	require.Len(t, chatwoot.SplitText("e"+strings.Repeat("\u0301", 9000)), 3, "a pile of marks is cut")
}

func TestSplitTextProperty(t *testing.T) {
	t.Parallel()
	solid := func(s string) string { return strings.Join(strings.Fields(s), "") }
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Repeat(markup().Draw(t, "text")+" ", rapid.IntRange(1, 400).Draw(t, "times"))
		var all strings.Builder
		for _, p := range chatwoot.SplitText(s) {
			require.LessOrEqual(t, units(p), chatwoot.MaxTextLength)
			require.NotEmpty(t, solid(p))
			require.True(t, utf8.ValidString(p))
			all.WriteString(p)
		}
		require.Equal(t, solid(wanted(s)), solid(all.String()), "only white space is lost")
	})
}
