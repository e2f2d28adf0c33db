package chatwoot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var lineEndings = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n")

// stripControls makes text storable: valid UTF-8 (what is not becomes U+FFFD),
// "\n" line ends, and no control character but newline and tab. Everything
// visible, including emoji joiners and direction marks, stays.
func stripControls(s string) string {
	s = lineEndings.Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// cleanText is the customer's text as it is stored and matched: stripControls,
// in NFC, so that an "é" typed as two code points equals the one typed as one.
func cleanText(s string) string { return norm.NFC.String(stripControls(s)) }

// cleanLine is for names and codes: one line, no runs of spaces, at most limit
// code points.
func cleanLine(s string, limit int) string {
	s = strings.Join(strings.Fields(cleanText(s)), " ")
	n := 0
	for i := range s {
		if n == limit {
			return strings.TrimSpace(s[:i])
		}
		n++
	}
	return s
}

// maxURL bounds what is taken for an address, in bytes.
const maxURL = 4096

// cleanURL returns the address unchanged, or "" when it cannot be one: an
// address must not be repaired, since that could make it lead elsewhere.
func cleanURL(s string) string {
	if len(s) > maxURL || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r)
	}) {
		return ""
	}
	return s
}
