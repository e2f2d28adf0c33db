package elements

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// separator is what stands between a token and the one before it.
type separator uint8

const (
	sepSpace separator = iota // nothing but space
	sepSoft                   // hyphen, apostrophe, quotes: the words still belong together
	sepComma                  // comma, new line, closing bracket, emoji: a new item of a list
	sepOpen                   // colon, opening bracket: what follows explains what precedes
	sepStop                   // full stop, question mark: a new sentence
)

// token is one word of a text.
type token struct {
	start, end int    // rune offsets into the text
	text       string // lower case, without accents
	sep        separator
	dotted     bool // a full stop follows at once: "susp."

	// What resolving finds out. Phrases are compared by these, never by text.
	word   string // the singular: "escap", "placa"
	stem   string // the singular without gender: "traser"
	lemma  string // "=cambiar" for a form of a verb, else ""
	number string // "#2" for a numeral, else ""
	value  int    // of a numeral, else 0
	class  class
	listed bool  // the vocabulary knows the word
	edits  uint8 // typing errors corrected
}

// is tells whether the token has any of the classes.
func (t *token) is(c class) bool { return t.class&c != 0 }

// fold appends a rune in lower case without accents, so that "Ñ", "ñ" and
// "n\u0303" are all "n". The ordinal signs keep a shape of their own: "nº" must
// not become the word "no".
func fold(out []byte, r rune) []byte {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(out, byte(r))
	case r == 'º' || r == 'ª' || r == '°':
		return append(out, "º"...)
	case strings.ContainsRune("áéíóúüñç", r):
		return append(out, "aeiouunc"[indexRune("áéíóúüñç", r)])
	}
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.Is(unicode.Mn, d) {
			continue
		}
		out = utf8.AppendRune(out, unicode.ToLower(d))
	}
	return out
}

func indexRune(s string, r rune) int {
	i := 0
	for _, c := range s {
		if c == r {
			return i
		}
		i++
	}
	return -1
}

type runeKind uint8

const (
	runeBreak runeKind = iota
	runeLetter
	runeDigit
	runeJoin // accents and invisible marks: part of the word they follow
)

func kindOf(r rune) runeKind {
	switch {
	case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
		return runeLetter
	case '0' <= r && r <= '9':
		return runeDigit
	case r < utf8.RuneSelf:
		return runeBreak
	case r == 'º' || r == 'ª' || r == '°', unicode.IsLetter(r):
		return runeLetter
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return runeJoin
	case unicode.IsDigit(r):
		return runeDigit
	}
	return runeBreak
}

// tokenise splits a text into words. Digits and short letters glued together
// stay one token ("mt07", "125cc", "x2"); a quantity glued to a word is split
// off ("3placas").
func tokenise(text string) []token {
	out := make([]token, 0, len(text)/5+4)
	runes := []rune(text)
	folded := make([]byte, 0, len(text)+8)
	sep := sepSpace
	for i := 0; i < len(runes); {
		if n := addressAt(runes, i); n > 0 {
			i += n
			sep = max(sep, sepComma)
			continue
		}
		kind := kindOf(runes[i])
		if kind != runeLetter && kind != runeDigit {
			sep = max(sep, separatorAt(runes, i))
			i++
			continue
		}
		start, from := i, len(folded)
		for ; i < len(runes); i++ {
			k := kindOf(runes[i])
			if k == runeBreak && !insideNumber(runes, i) {
				break
			}
			if k == runeJoin {
				continue
			}
			if i > start && splitsQuantity(runes, start, i) {
				break
			}
			folded = fold(folded, runes[i])
		}
		folded = append(folded[:from], unstretch(folded[from:])...)
		if len(folded) == from {
			continue // nothing but marks
		}
		out = append(out, token{
			start: start, end: i, text: string(folded[from:]), sep: sep,
			dotted: i < len(runes) && runes[i] == '.',
		})
		sep = sepSpace
	}
	return out
}

// addressAt returns the length of the mail or web address that starts at i;
// its words are nobody's elements.
func addressAt(runes []rune, i int) int {
	if i > 0 && !unicode.IsSpace(runes[i-1]) {
		return 0
	}
	end, at := i, false
	for end < len(runes) && !unicode.IsSpace(runes[end]) {
		at = at || runes[end] == '@' && end > i
		end++
	}
	if at || end-i > 4 && (string(runes[i:i+4]) == "http" || string(runes[i:i+4]) == "www.") {
		return end - i
	}
	return 0
}

// splitsQuantity tells whether a new word starts at i after one or two digits
// ("3placas"), or a number after a word ("placas2").
func splitsQuantity(runes []rune, start, i int) bool {
	before, here := kindOf(runes[i-1]), kindOf(runes[i])
	run := func(k runeKind, at int) int {
		n := 0
		for ; at < len(runes) && kindOf(runes[at]) == k; at++ {
			n++
		}
		return n
	}
	switch {
	case before == runeDigit && here == runeLetter:
		return i-start <= 2 && run(runeLetter, i) >= 4
	case before == runeLetter && here == runeDigit:
		return run(runeLetter, start) == i-start && i-start >= 5
	}
	return false
}

// insideNumber tells whether the mark at i stands inside a number or measure:
// "3,5", "120/70", "12.000".
func insideNumber(runes []rune, i int) bool {
	return i > 0 && i+1 < len(runes) && strings.ContainsRune(".,/:", runes[i]) &&
		kindOf(runes[i-1]) == runeDigit && kindOf(runes[i+1]) == runeDigit
}

func separatorAt(runes []rune, i int) separator {
	r := runes[i]
	switch {
	case r == '\n':
		return sepComma
	case unicode.IsSpace(r):
		return sepSpace
	case strings.ContainsRune(".!?¡¿…", r):
		return sepStop
	case r == '(' && i+2 < len(runes) && kindOf(runes[i+1]) == runeDigit && runes[i+2] == ')',
		r == ')' && i > 1 && kindOf(runes[i-1]) == runeDigit && runes[i-2] == '(':
		return sepSoft // "espejos (2)"
	case strings.ContainsRune(":([{", r):
		return sepOpen
	case strings.ContainsRune("\"'`´’‘“”«»*_~&€$%#@", r):
		return sepSoft
	case strings.ContainsRune("-+/", r):
		if glued(runes, i, r) {
			return sepSoft
		}
	case kindOf(r) == runeJoin, unicode.Is(unicode.Cc, r):
		return sepSpace
	}
	return sepComma
}

// glued tells a mark inside a name ("clip-on", "a/c", "m+s") from one between
// items ("escape/manillar", "escape - manillar").
func glued(runes []rune, i int, r rune) bool {
	left, right := 0, 0
	for j := i - 1; j >= 0 && kindOf(runes[j]) != runeBreak; j-- {
		left++
	}
	for j := i + 1; j < len(runes) && kindOf(runes[j]) != runeBreak; j++ {
		right++
	}
	if left == 0 || right == 0 {
		return false
	}
	return r == '-' || left <= 2 && right <= 2
}

// unstretch undoes letters held down: "escapeee".
func unstretch(word []byte) []byte {
	if len(word) < 3 || len(bytes.Trim(word, string(word[:1]))) == 0 {
		return word
	}
	out := word[:0]
	for i := 0; i < len(word); {
		j := i
		for j < len(word) && word[j] == word[i] {
			j++
		}
		keep := j - i
		if keep >= 3 && 'a' <= word[i] && word[i] <= 'z' {
			keep = 1
		}
		for range keep {
			out = append(out, word[i])
		}
		i = max(j, i+1)
	}
	return out
}
