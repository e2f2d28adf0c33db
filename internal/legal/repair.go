package legal

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var (
	// PDFium leaves U+0002 where it has rejoined a word that was hyphenated.
	rejoined   = regexp.MustCompile(`[ \t]*\x02`)
	softHyphen = regexp.MustCompile(`[ \t]*\n?\x{AD}[ \t]*\n?`)
	// noteMark is the number of a footnote in small print, on lines of its own.
	noteMark = regexp.MustCompile(`\([ \t]*\n[ \t]*(\*|[0-9]{1,3}[A-Z]?)[ \t]*\n?[ \t]*\)`)
	spaces   = regexp.MustCompile(`[ \t]+`)
	hyphened = regexp.MustCompile(`(\pL{2,})-\n(\p{Ll}{2,})`)
	word     = regexp.MustCompile(`\pL+`)
)

// texAccents are the spacing accents that TeX's old fonts leave before the letter.
var texAccents = strings.NewReplacer(
	"´a", "á", "´e", "é", "´ı", "í", "´i", "í", "´o", "ó", "´u", "ú", "˜n", "ñ", "¨u", "ü",
	"´A", "Á", "´E", "É", "´I", "Í", "´O", "Ó", "´U", "Ú", "˜N", "Ñ", "¨U", "Ü",
)

// manyAccents is how many of them a document has that was set so.
const manyAccents = 20

var oddities = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u2002", " ", "\u2003", " ", "\u2009", " ", "\u202f", " ",
	"ﬁ", "fi", "ﬂ", "fl", "ﬀ", "ff", "ﬃ", "ffi", "ﬄ", "ffl")

// repair undoes what typesetting did to the text: hyphens, ligatures, odd
// spaces, accents beside their letters.
func repair(pages []Page) []Page {
	out := make([]Page, len(pages))
	accents := 0
	for i, p := range pages {
		t := oddities.Replace(p.Text)
		t = rejoined.ReplaceAllString(t, "")
		t = softHyphen.ReplaceAllString(t, "")
		t = strings.Map(printable, t)
		t = norm.NFC.String(t)
		t = noteMark.ReplaceAllString(t, "($1)")
		out[i] = Page{Number: p.Number, Text: t}
		accents += strings.Count(t, "´") + strings.Count(t, "˜") + strings.Count(t, "¨")
	}
	words := map[string]bool{}
	for i := range out {
		if accents > manyAccents {
			out[i].Text = texAccents.Replace(out[i].Text)
		}
		for _, w := range word.FindAllString(hyphened.ReplaceAllString(out[i].Text, " "), -1) {
			words[strings.ToLower(w)] = true
		}
	}
	for i := range out {
		out[i].Text = tidy(join(out[i].Text, words))
	}
	return out
}

// printable drops control and format characters.
func printable(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r >= 0xFFF0 && r <= 0xFFFF:
		return -1
	}
	return r
}

// join makes one word of a word hyphenated at a line's end: when the document
// has it whole elsewhere, or has not its first half as a word.
func join(text string, words map[string]bool) string {
	return hyphened.ReplaceAllStringFunc(text, func(m string) string {
		head, tail, _ := strings.Cut(m, "-\n")
		if words[strings.ToLower(head+tail)] || !words[strings.ToLower(head)] {
			return head + tail
		}
		return head + "-" + tail
	})
}

// tidy leaves single spaces and no empty lines.
func tidy(text string) string {
	lines := strings.Split(text, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l = strings.TrimSpace(spaces.ReplaceAllString(l, " ")); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}
