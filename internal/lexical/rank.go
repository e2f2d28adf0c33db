package lexical

import (
	"cmp"
	"math"
	"slices"
)

// BM25's usual constants.
const k1, b = 1.2, 0.75

// Fields: how much a word in the heading or in the document's title counts, and
// how much a long one of these is held against it.
const (
	headingWeight, headingB, headingLength = 0.8, 0.3, 15.0
	titleWeight                            = 0.3
)

const (
	// reranked is how many candidates are looked at closely.
	reranked = 50
	// rrf flattens the fusion of the orders.
	rrf = 10
	// window is how many words answer when they are close together.
	window = 25
	// byHeading is what a word of the heading counts for a sentence below it.
	byHeading = 0.6
)

// What each feature counts in reranking (rag.md §2c).
const (
	byBM25       = 1.0
	byCoverage   = 0.75
	bySoft       = 2.0
	bySentence   = 3.0
	byWindow     = 2.0
	byGrams      = 2.0
	byDefinition = 3.0
	againstTable = 0.8
)

// Answerability: a question is answered when one of the best looked hits covers
// enough of it. Words found together are worth more than as many apart: a
// single one of several is often there by chance, three hardly are.
const (
	looked         = 30
	enoughCoverage = 0.52
	single, three  = 0.7, 1.3
)

// Candidate is a passage that may answer.
type Candidate struct {
	// DocumentTitle and Heading (path and title of the unit) count less than Text.
	DocumentTitle, Heading, Text string
	Definition                   string
	Table                        bool
	// Referenced candidates are of a unit that the question names: they come
	// before all others.
	Referenced bool
	// VectorRank is its place among the nearest vectors, from 1; 0 when it is not
	// among them.
	VectorRank int
}

// Fusion says how much vectors count.
type Fusion struct {
	// Recall is the weight of the vectors' order, against the words', in choosing
	// what is reranked; Final in the order after that.
	Recall, Final float64
}

// HashFusion is for the offline embedder, NeuralFusion for a model's vectors.
func HashFusion() Fusion { return Fusion{Recall: 0.3} }

// NeuralFusion lets a model's order count as much as the words'.
func NeuralFusion() Fusion { return Fusion{Recall: 1, Final: 1} }

// Hit is a ranked candidate.
type Hit struct {
	// Index is the candidate's in the slice that was ranked.
	Index int
	// Score is what the order is by: comparable within one query only.
	Score float64
	BM25  float64
	// Coverage is how much of the question is found close together in the
	// candidate, in 0–1: comparable between queries. 0 for candidates that were not
	// among the best before reranking.
	Coverage float64
}

// analysed is a candidate with what is counted in it.
type analysed struct {
	tokens  []Token
	heading []Token
	title   []Token
	counts  []float64 // of each of the query's terms, fields weighted
	grams   []int     // of each of the query's
	length  int       // in grams
}

// ranking is one call of Rank.
type ranking struct {
	q       *Query
	analyse *analyser
	near    map[[2]string]float64
	weights []float64 // of the needs
	total   float64
	grams   []gram
	gramAt  map[gram]int
	termAt  map[string]int
}

// Rank orders the candidates, best first: BM25, fused with the vectors' order,
// then the reranking of the best 50. Ties keep the candidates' order.
func (q *Query) Rank(candidates []Candidate, fusion Fusion) []Hit {
	r := newRanking(q)
	looks := make([]analysed, len(candidates))
	hits := make([]Hit, len(candidates))
	for i, c := range candidates {
		looks[i] = r.look(c)
		hits[i] = Hit{Index: i, BM25: r.bm25(looks[i])}
	}
	best := func(x, y Hit) int {
		return cmp.Or(-cmp.Compare(x.Score, y.Score), -cmp.Compare(x.BM25, y.BM25), cmp.Compare(x.Index, y.Index))
	}
	slices.SortFunc(hits, best)
	for i := range hits {
		c := candidates[hits[i].Index]
		hits[i].Score = 1/float64(rrf+i+1) + byVector(c.VectorRank, fusion.Recall)
		hits[i].Score += r.defines(c.Definition)
		if c.Referenced {
			hits[i].Score++
		}
	}
	slices.SortFunc(hits, best)
	top := hits[:min(reranked, len(hits))]
	r.rerank(top, looks, candidates)
	slices.SortFunc(top, best)
	if fusion.Final > 0 {
		for i := range top {
			c := candidates[top[i].Index]
			top[i].Score = 1/float64(rrf+i+1) + byVector(c.VectorRank, fusion.Final)
		}
	}
	for i := range hits {
		if candidates[hits[i].Index].Referenced {
			hits[i].Score += referencedScore
		}
		if i >= len(top) {
			hits[i].Score -= referencedScore // below everything that was looked at
		}
	}
	slices.SortFunc(hits, best)
	return hits
}

// referencedScore is more than any feature's sum.
const referencedScore = 100

func byVector(rank int, weight float64) float64 {
	if rank == 0 {
		return 0
	}
	return weight / float64(rrf+rank)
}

func newRanking(q *Query) *ranking {
	r := &ranking{q: q, analyse: newAnalyser(), near: map[[2]string]float64{}, gramAt: map[gram]int{}, termAt: map[string]int{}}
	for _, n := range q.needs {
		w := q.weight(n)
		r.weights = append(r.weights, w)
		r.total += w
	}
	for g := range q.grams {
		r.grams = append(r.grams, g)
	}
	slices.SortFunc(r.grams, func(x, y gram) int { return slices.Compare(x[:], y[:]) })
	for i, g := range r.grams {
		r.gramAt[g] = i
	}
	for i, t := range q.Terms {
		r.termAt[t.Stem] = i
	}
	return r
}

// look analyses a candidate.
func (r *ranking) look(c Candidate) analysed {
	a := analysed{
		tokens: r.analyse.tokens(c.Text), heading: r.analyse.tokens(c.Heading), title: r.analyse.tokens(c.DocumentTitle),
		counts: make([]float64, len(r.q.Terms)), grams: make([]int, len(r.grams)),
	}
	count := func(tokens []Token, weight, b, mean float64) {
		if len(tokens) == 0 {
			return
		}
		each := weight / (1 - b + b*float64(len(tokens))/max(mean, 1))
		for _, t := range tokens {
			if i, ok := r.termAt[t.Stem]; ok {
				a.counts[i] += each
			}
		}
	}
	count(a.tokens, 1, b, r.q.corpus.TextLength)
	count(a.heading, headingWeight, headingB, headingLength)
	count(a.title, titleWeight, 0, 1)
	return a
}

func (r *ranking) bm25(a analysed) (score float64) {
	for i, t := range r.q.Terms {
		if c := a.counts[i]; c > 0 {
			score += t.Weight * r.q.idf(t.Frequency) * c * (k1 + 1) / (c + k1)
		}
	}
	return score
}

// rerank scores hits by how much of the question they cover, and how closely
// together.
func (r *ranking) rerank(hits []Hit, found []analysed, candidates []Candidate) {
	most := 0.0
	for _, h := range hits {
		most = max(most, h.BM25)
	}
	grams := r.byGrams(hits, found)
	for i := range hits {
		h := &hits[i]
		a, c := found[h.Index], candidates[h.Index]
		sentence, near := r.sentenceAndWindow(c.Text, a)
		h.Score = byBM25*ratio(h.BM25, most) + byCoverage*r.exact(a) + bySoft*r.coverage(a) +
			bySentence*sentence.mass + byWindow*near.mass + byGrams*grams[i]
		h.Coverage = r.together(max(sentence.mass, near.mass), max(sentence.words, near.words))
		h.Score += byDefinition * r.defines(c.Definition)
		if c.Table {
			h.Score -= againstTable
		}
	}
}

func ratio(x, of float64) float64 {
	if of == 0 {
		return 0
	}
	return x / of
}

// exact is the weight of the question's words that are in a passage or its
// headings as they are.
func (r *ranking) exact(a analysed) float64 {
	sum := 0.0
	for i, n := range r.q.needs {
		if a.counts[n.term] > 0 {
			sum += r.weights[i]
		}
	}
	return ratio(sum, r.total)
}

// coverage is the same with words that nearly are, or that stand for them.
func (r *ranking) coverage(a analysed) float64 {
	met := make([]float64, len(r.q.needs))
	r.meet(met, a.tokens, 1)
	r.meet(met, a.heading, 1)
	r.meet(met, a.title, 1)
	return r.mass(met)
}

// mass is the weight of the needs that are met, as a part of all.
func (r *ranking) mass(met []float64) float64 {
	sum := 0.0
	for i, m := range met {
		sum += m * r.weights[i]
	}
	return ratio(sum, r.total)
}

// meet raises met to what the tokens meet of each need, times weight.
func (r *ranking) meet(met []float64, tokens []Token, weight float64) {
	for i, n := range r.q.needs {
		if met[i] >= weight {
			continue
		}
		best := r.strength(n.term, tokens)
		for _, o := range n.others {
			sum := 0.0
			for _, t := range o.terms {
				sum += r.strength(t, tokens)
			}
			best = max(best, o.weight*sum/float64(len(o.terms)))
		}
		met[i] = max(met[i], weight*best)
	}
}

// strength is how well the nearest of the tokens meets a term.
func (r *ranking) strength(term int, tokens []Token) (best float64) {
	asked := r.q.Terms[term].Stem
	for _, t := range tokens {
		if t.Stem == asked {
			return 1
		}
		if t.Stem[0] != asked[0] {
			continue
		}
		key := [2]string{asked, t.Stem}
		s, ok := r.near[key]
		if !ok {
			s = near(asked, t.Stem)
			r.near[key] = s
		}
		best = max(best, s)
	}
	return best
}

// found is what a piece of text has of the question: the weight of the words, as
// a part of all, and how many they are.
type found struct {
	mass  float64
	words int
}

func (f found) or(met []float64, mass float64) found {
	n := 0
	for _, m := range met {
		if m >= byHeading {
			n++
		}
	}
	return found{max(f.mass, mass), max(f.words, n)}
}

// sentenceAndWindow are the most that one sentence, and any 25 words in a row,
// have of the question. The heading is above each of them, and counts a little.
func (r *ranking) sentenceAndWindow(text string, a analysed) (sentence, near found) {
	above := make([]float64, len(r.q.needs))
	r.meet(above, a.heading, byHeading)
	met := make([]float64, len(above))
	first := 0
	for _, s := range Sentences(text) {
		for first < len(a.tokens) && a.tokens[first].Start < s.Start {
			first++
		}
		end := first
		for end < len(a.tokens) && a.tokens[end].Start < s.End {
			end++
		}
		copy(met, above)
		r.meet(met, a.tokens[first:end], 1)
		sentence = sentence.or(met, r.mass(met))
		first = end
	}
	// A best window begins with a word that meets something.
	for i, t := range a.tokens {
		if !r.matters(t.Stem) {
			continue
		}
		end := i
		for end < len(a.tokens) && a.tokens[end].Position < t.Position+window {
			end++
		}
		copy(met, above)
		r.meet(met, a.tokens[i:end], 1)
		near = near.or(met, r.mass(met))
	}
	return sentence, near
}

func (r *ranking) matters(stem string) bool {
	for i := range r.q.Terms {
		asked := r.q.Terms[i].Stem
		if asked == stem || r.near[[2]string{asked, stem}] > 0 {
			return true
		}
	}
	return false
}

// byGrams is BM25 over the pieces of words, which misspellings leave mostly
// whole; the best hit has 1.
func (r *ranking) byGrams(hits []Hit, found []analysed) []float64 {
	frequency := make([]int, len(r.grams))
	mean := 0.0
	for _, h := range hits {
		a := &found[h.Index]
		for _, t := range a.tokens {
			eachGram(t.Word, func(g gram) {
				if i, ok := r.gramAt[g]; ok {
					a.grams[i]++
				}
				a.length++
			})
		}
		for i, n := range a.grams {
			if n > 0 {
				frequency[i]++
			}
		}
		mean += float64(a.length) / float64(len(hits))
	}
	scores := make([]float64, len(hits))
	most := 0.0
	for j, h := range hits {
		a := found[h.Index]
		norm := k1 * (1 - b + b*float64(a.length)/max(mean, 1))
		for i, n := range a.grams {
			if n > 0 {
				idf := math.Log(1 + (float64(len(hits))-float64(frequency[i])+0.5)/(float64(frequency[i])+0.5))
				scores[j] += idf * float64(n) * (k1 + 1) / (float64(n) + norm)
			}
		}
		most = max(most, scores[j])
	}
	for j := range scores {
		scores[j] = ratio(scores[j], most)
	}
	return scores
}

// defines is 1 for the definition of just what is asked, less for that of
// something that contains it.
func (r *ranking) defines(term string) float64 {
	if len(r.q.defines) == 0 || term == "" {
		return 0
	}
	tokens := r.analyse.tokens(term)
	common := 0
	for _, d := range r.q.defines {
		if slices.ContainsFunc(tokens, func(t Token) bool { return t.Stem == d }) {
			common++
		}
	}
	if common < len(r.q.defines) {
		return 0
	}
	return float64(common) / float64(max(len(tokens), 1))
}

// together judges what a piece of text has of the question by how many words
// that is.
func (r *ranking) together(mass float64, words int) float64 {
	switch {
	case words >= 3:
		mass *= three
	case words < min(2, len(r.q.needs)):
		mass *= single
	}
	return min(1, mass)
}

// Answerable says whether hits, as Rank returned them, can hold an answer.
func (q *Query) Answerable(hits []Hit) bool {
	for _, h := range hits[:min(looked, len(hits))] {
		if h.Coverage >= enoughCoverage {
			return true
		}
	}
	return false
}
