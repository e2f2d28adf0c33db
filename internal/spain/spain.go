// Package spain reads what identifies people and places in Spain: DNI, NIE and
// CIF, postal codes and provinces, telephone numbers, e-mail addresses. It is
// pure; what is refused is refused with one sentence in Spanish for whoever
// typed it.
package spain

import (
	"strings"
	"unicode"
)

// Refusal is why a text is not what it was given as.
type Refusal string

// Error returns the sentence.
func (r Refusal) Error() string { return string(r) }

// shown cuts what was typed for a sentence.
func shown(raw string) string {
	runes := []rune(strings.Join(strings.Fields(raw), " "))
	if len(runes) > 30 {
		runes = append(runes[:30], '…')
	}
	return "«" + string(runes) + "»"
}

// compact puts a text into capitals without blanks, hyphens, points and slashes.
func compact(raw string) string {
	var b strings.Builder
	for _, r := range raw {
		if unicode.IsSpace(r) || strings.ContainsRune("-–—_./·", r) {
			continue
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}
