package assistant

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxRead bounds how many runes of one turn are read: some 2,500 words, fewer
// than the matcher reads. A longer text is read up to here and the reply says so.
const maxRead = 15000

// reading is a text as the word rules see it.
type reading struct {
	// raw is the text as it came, without control characters.
	raw string
	// words are lower case without accents; anything but letters and digits
	// separates them.
	words []string
	// starts tells which words begin a clause: the first one, and those after
	// . , ; : ! ? or a line break.
	starts []bool
	// question tells whether there is a question mark anywhere.
	question bool
	// accentedYes tells whether the first word was written "sí".
	accentedYes bool
	// thumb is the sum of the emojis that mean yes (+1) and no (-1); mixed is
	// set when both kinds occur.
	thumb int
	mixed bool
}

// read prepares a text for the rules.
func read(text string) reading {
	r := reading{raw: text}
	var up, down bool
	for _, c := range text {
		switch {
		case strings.ContainsRune(yesEmojis, c):
			up = true
		case strings.ContainsRune(noEmojis, c):
			down = true
		case c == '?' || c == '¿':
			r.question = true
		}
	}
	switch {
	case up && down:
		r.mixed = true
	case up:
		r.thumb = 1
	case down:
		r.thumb = -1
	}
	var b strings.Builder
	clause := true
	flush := func() {
		if b.Len() == 0 {
			return
		}
		r.words = append(r.words, squeeze(b.String()))
		r.starts = append(r.starts, clause)
		clause = false
		b.Reset()
	}
	for _, c := range norm.NFD.String(text) {
		switch {
		case c == '\u0301' && len(r.words) == 0 && b.String() == "si":
			r.accentedYes = true
		case unicode.Is(unicode.Mn, c):
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			b.WriteRune(unicode.ToLower(c))
		default:
			flush()
			if strings.ContainsRune(".,;:!?¡¿\n()", c) {
				clause = true
			}
		}
	}
	flush()
	return r
}

// squeeze shortens a letter written three or more times to one: "holaaa".
func squeeze(w string) string {
	rs := []rune(w)
	out := rs[:0]
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && rs[j] == rs[i] {
			j++
		}
		n := j - i
		if n >= 3 && unicode.IsLetter(rs[i]) {
			n = 1
		}
		for range n {
			out = append(out, rs[i])
		}
		i = j
	}
	return string(out)
}

// has tells whether any of the phrases occurs. A phrase is words as read makes
// them; a word ending in * stands for every word that begins so.
func (r reading) has(phrases ...string) bool {
	for _, p := range phrases {
		if _, n := r.find(p, 0); n > 0 {
			return true
		}
	}
	return false
}

// find returns where a phrase first occurs at or after a word, and how many
// words it has; 0 words when it does not occur.
func (r reading) find(phrase string, from int) (at, n int) {
	p := strings.Fields(phrase)
	for i := from; i+len(p) <= len(r.words); i++ {
		if matchAt(r.words, i, p) {
			return i, len(p)
		}
	}
	return 0, 0
}

func matchAt(words []string, at int, phrase []string) bool {
	if at+len(phrase) > len(words) {
		return false
	}
	for k, p := range phrase {
		w := words[at+k]
		if stem, ok := strings.CutSuffix(p, "*"); ok {
			if !strings.HasPrefix(w, stem) {
				return false
			}
		} else if w != p {
			return false
		}
	}
	return true
}

// longest returns how many words the longest phrase that stands at a word has.
func longest(words []string, at int, phrases []string) int {
	best := 0
	for _, p := range phrases {
		f := strings.Fields(p)
		if len(f) > best && matchAt(words, at, f) {
			best = len(f)
		}
	}
	return best
}

// without returns the words with every occurrence of the phrases taken out.
func (r reading) without(phrases []string) reading {
	out := r
	out.words, out.starts = nil, nil
	pending := false
	for i := 0; i < len(r.words); {
		if n := longest(r.words, i, phrases); n > 0 {
			for k := i; k < i+n; k++ {
				pending = pending || r.starts[k]
			}
			i += n
			continue
		}
		out.words = append(out.words, r.words[i])
		out.starts = append(out.starts, r.starts[i] || pending || len(out.starts) == 0)
		pending = false
		i++
	}
	return out
}
