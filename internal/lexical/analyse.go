// Package lexical is the search over Spanish words: an analyser that knows
// neither accents nor endings, BM25 over weighted fields, the reranking of the
// best candidates, the repair of misspelt words, the choice of the sentences
// that answer and the judgement whether anything answers at all. It is pure:
// the database only counts words and offers candidates.
package lexical

import "unicode"

// Version names the analyser's rules: what was analysed by another version has
// to be analysed again.
const Version = "1"

// Token is a word as it is searched.
type Token struct {
	// Stem is folded and stemmed: "homologaciones" → "homolog". Codes stay whole:
	// "6.2.1", "866/2010", "48r07".
	Stem string
	// Position counts the words of the text from 0, stop words included.
	Position int
	// Start and End are rune offsets into the text.
	Start, End int
	// Word is the folded word itself.
	Word string
}

// Analyse cuts a text into its tokens, without stop words.
func Analyse(text string) []Token { return newAnalyser().tokens(text) }

// analyser remembers the words it has seen. It is not for concurrent use.
type analyser struct{ words map[string]Token }

func newAnalyser() *analyser { return &analyser{words: map[string]Token{}} }

func (a *analyser) tokens(text string) []Token {
	out := make([]Token, 0, len(text)/9)
	a.scan(text, func(word []byte, position, start, end int) {
		if stopWords[string(word)] {
			return
		}
		w, ok := a.words[string(word)]
		if !ok {
			w.Word = string(word)
			w.Stem = stem(w.Word)
			a.words[w.Word] = w
		}
		w.Position, w.Start, w.End = position, start, end
		out = append(out, w)
	})
	return out
}

// scan calls yield with every folded word of a text. A word is a run of letters
// and digits; between digits a point, comma or slash belongs to it, and a slash
// between a digit and a letter ("70/157/CEE").
func (a *analyser) scan(text string, yield func(word []byte, position, start, end int)) {
	runes := []rune(text)
	word := make([]byte, 0, 32)
	position := 0
	for i := 0; i < len(runes); {
		if !isWordRune(runes[i]) {
			i++
			continue
		}
		start := i
		word = word[:0]
		for i < len(runes) {
			r := runes[i]
			switch {
			case isWordRune(r):
				word = appendFolded(word, r)
			case i+1 < len(runes) && belongs(runes[i-1], r, runes[i+1]):
				word = append(word, byte(r))
			case unicode.Is(unicode.Mn, r): // a combining accent
			default:
				goto end
			}
			i++
		}
	end:
		yield(word, position, start, i)
		position++
	}
}

func isWordRune(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) && r != 'º' && r != 'ª' || unicode.IsDigit(r)
}

// belongs says whether a mark is part of the code around it.
func belongs(before, mark, after rune) bool {
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' }
	switch mark {
	case '.', ',':
		return isDigit(before) && isDigit(after)
	case '/':
		return isDigit(before) && isWordRune(after) || isWordRune(before) && isDigit(after)
	}
	return false
}

// appendFolded adds a letter in lower case and without its accent.
func appendFolded(b []byte, r rune) []byte {
	if r < 0x80 {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(b, byte(r))
	}
	switch r {
	case 'á', 'Á', 'à', 'À', 'â', 'Â', 'ä', 'Ä', 'ã', 'Ã', 'å', 'Å':
		return append(b, 'a')
	case 'é', 'É', 'è', 'È', 'ê', 'Ê', 'ë', 'Ë':
		return append(b, 'e')
	case 'í', 'Í', 'ì', 'Ì', 'î', 'Î', 'ï', 'Ï', 'ı':
		return append(b, 'i')
	case 'ó', 'Ó', 'ò', 'Ò', 'ô', 'Ô', 'ö', 'Ö', 'õ', 'Õ':
		return append(b, 'o')
	case 'ú', 'Ú', 'ù', 'Ù', 'û', 'Û', 'ü', 'Ü':
		return append(b, 'u')
	case 'ñ', 'Ñ':
		return append(b, 'n')
	case 'ç', 'Ç':
		return append(b, 'c')
	}
	return append(b, string(unicode.ToLower(r))...)
}
