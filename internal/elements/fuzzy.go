package elements

import (
	"math/bits"
	"slices"
	"strings"
)

// spelling is a known word prepared for comparison with misspelt ones.
type spelling struct {
	word string // as folded
	stem string
	// key is the stem by sound, so that b/v, c/z/s, ll/y, g/j and a missing h
	// are no difference at all: the usual errors in Spanish are of the ear.
	key  string
	full string // the singular by sound: "eskape"
	mask uint32 // the letters in full, to reject most words at once
	// length is that of the singular: it says how many errors are forgiven.
	length int
}

func newSpelling(word string) spelling {
	stem := stemOf(word)
	full := sound(strings.TrimSuffix(word, "s"))
	length := len(strings.TrimSuffix(word, "s"))
	if strings.HasSuffix(word, "ces") {
		length = len(word) - 2
	}
	return spelling{word: word, stem: stem, key: sound(stem), full: full, mask: letters(full), length: length}
}

// spellings are known words by the length of their full sound.
type spellings [][]spelling

func (s *spellings) add(word string) {
	k := newSpelling(word)
	for len(*s) <= len(k.full) {
		*s = append(*s, nil)
	}
	same := (*s)[len(k.full)]
	if !slices.ContainsFunc(same, func(o spelling) bool { return o.word == word }) {
		(*s)[len(k.full)] = append(same, k)
	}
}

// withStem returns the first word that has a stem, or nil.
func (s spellings) withStem(stem string) *spelling {
	for _, same := range s {
		for i := range same {
			if same[i].stem == stem {
				return &same[i]
			}
		}
	}
	return nil
}

func letters(s string) uint32 {
	var mask uint32
	for i := range len(s) {
		mask |= 1 << (s[i] & 31)
	}
	return mask
}

// sound spells a folded word by its sound.
func sound(w string) string {
	out := make([]byte, 0, len(w))
	at := func(i int) byte {
		if i < len(w) {
			return w[i]
		}
		return 0
	}
	soft := func(c byte) bool { return c == 'e' || c == 'i' }
	for i := 0; i < len(w); i++ {
		c := w[i]
		switch {
		case c == 'h' && (i == 0 || w[i-1] != 'c'):
			continue
		case c == 'v':
			c = 'b'
		case c == 'z', c == 'c' && soft(at(i+1)):
			c = 's'
		case c == 'q' && at(i+1) == 'u':
			c = 'k'
			i++
		case c == 'c' && at(i+1) != 'h':
			c = 'k'
		case c == 'l' && at(i+1) == 'l':
			c = 'y'
			i++
		case c == 'g' && soft(at(i+1)):
			c = 'j'
		case c == 'g' && at(i+1) == 'u' && soft(at(i+2)):
			i++
		}
		if n := len(out); n == 0 || out[n-1] != c {
			out = append(out, c)
		}
	}
	return string(out)
}

// allowance is how many typing errors a known word of that length forgives.
func allowance(length int) int {
	switch {
	case length < 5:
		return 0
	case length < 10:
		return 1
	}
	return 2
}

// closest returns the known word a misspelt one means, with the number of
// errors (0 for one that sounds the same), or none when that is in doubt.
func closest(typed string, known spellings, best int) (found *spelling, edits int, ok bool) {
	if len(typed) < 5 {
		return nil, 0, false
	}
	t := newSpelling(typed)
	if t.key == "" { // nothing but h
		return nil, 0, false
	}
	edits = best + 1
	shortest, longest := max(len(t.full)-best-1, 0), min(len(t.full)+best+1, len(known)-1)
	for length := shortest; length <= longest; length++ {
		found, edits, ok = closestAmong(&t, known[length], found, edits, best, ok)
	}
	return found, edits, ok
}

func closestAmong(t *spelling, known []spelling, found *spelling, edits, best int, ok bool) (*spelling, int, bool) {
	for i := range known {
		k := &known[i]
		limit := min(allowance(k.length), edits, best)
		if limit == 0 || k.key == "" || k.stem == t.stem || !sameStart(t.key, k.key, k.length) ||
			// The last letter may differ by gender, so one more letter may.
			bits.OnesCount32(t.mask&^k.mask) > limit+1 || bits.OnesCount32(k.mask&^t.mask) > limit+1 {
			continue
		}
		d := distance(t.full, k.full, limit, k.length)
		if gendered(t.full) && gendered(k.full) {
			d = min(d, distance(t.key, k.key, limit, k.length))
		}
		if d > limit || d > 1 && (strings.HasPrefix(k.key, t.key) || strings.HasPrefix(t.key, k.key)) {
			continue // too far, or another word of the family: "silencio", "silencioso"
		}
		switch {
		case d < edits, d == edits && k.stem == found.stem && ending(k.full) == ending(t.full):
			found, edits, ok = k, d, true
		case d == edits && k.stem != found.stem:
			ok = false
		}
	}
	return found, edits, ok
}

// gendered tells the words whose last letter may differ: "delntero" is a
// misspelt "delantera", but "carne" is no "carena".
func gendered(w string) bool { return strings.HasSuffix(w, "a") || strings.HasSuffix(w, "o") }

func ending(w string) byte { return w[len(w)-1] }

// sameStart asks for the right first letter, unless it was swapped with the
// second or the word is long: first letters are seldom wrong, and words that
// differ in them are other words ("siento", "asiento").
func sameStart(a, b string, length int) bool {
	if length >= 9 || a[0] == b[0] {
		return true
	}
	return len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0]
}

// distance is the optimal string alignment distance, or limit+1 when it is
// more. In words of less than eight letters a wrong letter counts double unless
// its key is beside the right one: too many short words differ in one letter
// ("plata", "placa").
func distance(a, b string, limit, length int) int {
	const longest = 32
	if n := len(a) - len(b); n > limit || -n > limit || len(a) > longest || len(b) > longest {
		return limit + 1
	}
	if a == b {
		return 0
	}
	var rows [3][longest + 1]int
	before, prev, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := row[0]
		for j := 1; j <= len(b); j++ {
			cost := 0
			if x, y := a[i-1], b[j-1]; x != y {
				cost = 1
				if length < 8 && (length < 6 || !neighbours(x, y)) {
					cost = 2
				}
			}
			row[j] = min(row[j-1]+1, prev[j]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit+1 {
			return limit + 1
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}

// keyboard lists what is beside each key; l also stands beside y, the sound of
// ll.
var keyboard = map[byte]string{
	'q': "wa", 'w': "qeas", 'e': "wrsd", 'r': "etdf", 't': "ryfg", 'y': "tughl", 'u': "yihj", 'i': "uojk", 'o': "ipkl",
	'p': "ol", 'a': "qwsz", 's': "awedxz", 'd': "serfcx", 'f': "drtgvc", 'g': "ftyhbv", 'h': "gyujnb", 'j': "huikmn", 'k': "jiolm",
	'l': "kopy", 'z': "asx", 'x': "zsdc", 'c': "xdfv", 'v': "cfgb", 'b': "vghn", 'n': "bhjm", 'm': "njk",
}

func neighbours(x, y byte) bool {
	return strings.IndexByte(keyboard[x], y) >= 0
}

// beginning returns the one word of the vocabulary, but for number and gender,
// that starts with an abbreviation.
func beginning(abbreviation string, known spellings) (found *spelling) {
	for _, same := range known {
		for i := range same {
			k := &same[i]
			if !strings.HasPrefix(k.word, abbreviation) || len(k.word) == len(abbreviation) {
				continue
			}
			if found != nil && k.stem != found.stem {
				return nil
			}
			found = k
		}
	}
	return found
}
