package lexical

import (
	"strings"
	"unicode"
)

// Span is a range of runes of a text.
type Span struct{ Start, End int }

// abbreviations end with a point that ends no sentence.
var abbreviations = setOf("art arts num no n pag pags p ej etc sr sra dr dra d dna apdo cap ud uds ee uu aa vv max min aprox fig ref tel avda")

// Sentences cuts a text into its sentences; a line break ends one, too.
func Sentences(text string) []Span {
	runes := []rune(text)
	var out []Span
	start := 0
	add := func(end int) {
		s, e := start, end
		for s < e && unicode.IsSpace(runes[s]) {
			s++
		}
		for e > s && unicode.IsSpace(runes[e-1]) {
			e--
		}
		if e > s {
			out = append(out, Span{s, e})
		}
		start = end
	}
	for i, r := range runes {
		switch {
		case r == '\n':
			add(i)
		case strings.ContainsRune(".!?…", r) && endsSentence(runes, i):
			end := i + 1
			for end < len(runes) && strings.ContainsRune(`»"”)`, runes[end]) {
				end++
			}
			add(end)
		}
	}
	add(len(runes))
	return out
}

// endsSentence says whether the mark at i is followed by the beginning of a
// sentence and not part of a number or an abbreviation.
func endsSentence(runes []rune, i int) bool {
	j := i + 1
	for j < len(runes) && strings.ContainsRune(`»"”)`, runes[j]) {
		j++
	}
	if j == len(runes) {
		return true
	}
	if !unicode.IsSpace(runes[j]) {
		return false
	}
	for j < len(runes) && unicode.IsSpace(runes[j]) {
		j++
	}
	if j < len(runes) && unicode.IsLower(runes[j]) {
		return false
	}
	if runes[i] != '.' {
		return true
	}
	k := i
	for k > 0 && (unicode.IsLetter(runes[k-1]) || unicode.IsDigit(runes[k-1])) {
		k--
	}
	word := runes[k:i]
	switch {
	case len(word) == 1 && unicode.IsUpper(word[0]): // an initial
		return false
	case len(word) > 0 && unicode.IsDigit(word[0]) && (k == 0 || runes[k-1] == '\n'): // "1. El…"
		return false
	}
	var folded []byte
	for _, r := range word {
		folded = appendFolded(folded, r)
	}
	return !abbreviations[string(folded)]
}
