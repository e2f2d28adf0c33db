package lexical

import "github.com/msia/msia/internal/edits"

// likeness of two stems, 1 for the same: by edits, by what they begin with, or by
// shared trigrams. A slip of the finger seldom hits the first letter.
func likeness(a, b string) float64 {
	if a == "" || b == "" || a[0] != b[0] {
		return 0
	}
	long, short := max(len(a), len(b)), min(len(a), len(b))
	best := dice(a, b)
	p := 0
	for p < short && a[p] == b[p] {
		p++
	}
	if p == short && short >= 6 { // "homologcion" begins with all of "homolog"
		best = max(best, 0.75)
	}
	slips := edits.Distance([]byte(a), []byte(b))
	if slips == 1 && long >= 5 || slips == 2 && long >= 9 {
		best = max(best, 1-float64(slips)/float64(long))
	}
	return best
}

// dice is the share of trigrams that two words have in common, those at their
// ends included.
func dice(a, b string) float64 {
	x, y := trigrams(a), trigrams(b)
	common := 0
	for _, g := range x {
		for j, h := range y {
			if g == h {
				common++
				y[j] = ""
				break
			}
		}
	}
	return 2 * float64(common) / float64(len(x)+len(y))
}

func trigrams(w string) []string {
	w = " " + w + " "
	out := make([]string, 0, len(w))
	for i := 0; i+3 <= len(w); i++ {
		out = append(out, w[i:i+3])
	}
	return out
}

// near says how well a word of a passage meets a word of the question that is
// not there: 0 for not at all.
func near(asked, found string) float64 {
	if asked[0] != found[0] || len(asked) < 4 || len(found) < 4 {
		return 0
	}
	p := 0
	for p < min(len(asked), len(found)) && asked[p] == found[p] {
		p++
	}
	if p*4 >= max(len(asked), len(found))*3 {
		return 0.8
	}
	if p < 2 {
		return 0
	}
	if d := dice(asked, found); d >= 0.6 {
		return 0.7 * d
	}
	return 0
}

// gram is a piece of a word, four or five letters.
type gram [5]byte

// gramsOf counts the pieces of words, whose ends are marked.
func gramsOf(tokens []Token) map[gram]int {
	out := map[gram]int{}
	for _, t := range tokens {
		eachGram(t.Word, func(g gram) { out[g]++ })
	}
	return out
}

func eachGram(word string, yield func(gram)) {
	var buf [48]byte
	w := append(append(append(buf[:0], '_'), word...), '_')
	for i := 0; i+4 <= len(w); i++ {
		var g gram
		copy(g[:], w[i:i+4])
		yield(g)
		if i+5 <= len(w) {
			copy(g[:], w[i:i+5])
			yield(g)
		}
	}
}
