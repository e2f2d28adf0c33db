package rag

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/msia/msia/internal/legal"
)

// fold returns a text in lower case, without accents, marks and double spaces:
// what two writers of the same text have in common.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("./-", r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		default:
			space = true
		}
	}
	return strings.Trim(b.String(), " .-/")
}

// namesOf lists what questions call a document by: the numbers in its title and
// its own, in the form that legal.References gives them.
func namesOf(title string, number *string) []string {
	texts := []string{title}
	if number != nil {
		texts = append(texts, *number)
	}
	names := []string{}
	seen := map[string]bool{}
	add := func(n string) {
		if n != "" && !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	for _, t := range texts {
		for _, r := range legal.References(t) {
			if r.Kind == legal.Regulation {
				add(r.Number)
			}
		}
	}
	if number != nil {
		add(strings.ToUpper(strings.Join(strings.Fields(*number), " ")))
	}
	return names
}
