package lexical

import (
	"cmp"
	"slices"
)

// byOverlap is what the pieces of words count in choosing sentences.
const byOverlap = 0.7

// Best chooses the at most n sentences of a passage that answer best, in the
// order of the text.
func (q *Query) Best(text string, n int) []Span {
	r := newRanking(q)
	tokens := r.analyse.tokens(text)
	type scored struct {
		span  Span
		score float64
	}
	var all []scored
	first := 0
	for _, s := range Sentences(text) {
		for first < len(tokens) && tokens[first].Start < s.Start {
			first++
		}
		end := first
		for end < len(tokens) && tokens[end].Start < s.End {
			end++
		}
		met := make([]float64, len(q.needs))
		r.meet(met, tokens[first:end], 1)
		all = append(all, scored{s, r.mass(met) + byOverlap*r.overlap(tokens[first:end])})
		first = end
	}
	slices.SortStableFunc(all, func(x, y scored) int { return -cmp.Compare(x.score, y.score) })
	var out []Span
	for _, s := range all[:min(n, len(all))] {
		if s.score > 0 {
			out = append(out, s.span)
		}
	}
	slices.SortFunc(out, func(x, y Span) int { return cmp.Compare(x.Start, y.Start) })
	return out
}

// overlap is the part of the question's pieces of words that the tokens have.
func (r *ranking) overlap(tokens []Token) float64 {
	seen := map[gram]bool{}
	for _, t := range tokens {
		eachGram(t.Word, func(g gram) {
			if _, ok := r.gramAt[g]; ok {
				seen[g] = true
			}
		})
	}
	return ratio(float64(len(seen)), float64(len(r.grams)))
}
