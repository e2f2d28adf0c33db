package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/lexical"
)

// What the service asks the database for.
const (
	rareBudget    = 8000
	mostLexical   = 150
	mostVectors   = 60
	mostDefining  = 20
	similarStems  = 10
	leastTrigrams = 0.3
)

// passage is what is searched.
type passage struct {
	candidate lexical.Candidate
	// unit and page are where it is; empty in a corpus without structure.
	document       string
	unit           legal.Unit
	ord            int
	page, lastPage int
}

// corpus is a searchable collection in memory. It does what the database does
// for the service; everything else is the service's own code.
type corpus struct {
	passages []passage
	docs     map[string]legal.Document
	postings map[string][]int
	counts   []map[string]int
	lengths  []int
	stats    lexical.Corpus
	vectors  [][]float32
	embedder embed.Embedder
	glossary []lexical.Entry
}

// newCorpus indexes passages.
func newCorpus(ctx context.Context, passages []passage, embedder embed.Embedder, glossary []lexical.Entry) (*corpus, error) {
	c := &corpus{passages: passages, postings: map[string][]int{}, embedder: embedder, glossary: glossary, docs: map[string]legal.Document{}}
	texts := make([]string, len(passages))
	total := 0
	for i, p := range passages {
		tokens := lexical.Analyse(p.candidate.Text)
		total += len(tokens)
		c.lengths = append(c.lengths, len(tokens))
		counts := map[string]int{}
		for _, t := range append(tokens, lexical.Analyse(p.candidate.Heading)...) {
			counts[t.Stem]++
		}
		c.counts = append(c.counts, counts)
		for s := range counts {
			c.postings[s] = append(c.postings[s], i)
		}
		texts[i] = strings.TrimSpace(p.candidate.Heading + "\n" + p.candidate.Text)
	}
	c.stats = lexical.Corpus{Passages: len(passages), TextLength: float64(total) / float64(max(1, len(passages)))}
	var err error
	c.vectors, err = embedder.Embed(ctx, texts, embed.Passage)
	return c, err
}

// Frequencies implements lexical.Lexicon.
func (c *corpus) Frequencies(_ context.Context, stems []string) (map[string]int, error) {
	out := map[string]int{}
	for _, s := range stems {
		out[s] = len(c.postings[s])
	}
	return out, nil
}

// Similar implements lexical.Lexicon, with pg_trgm's measure.
func (c *corpus) Similar(_ context.Context, stems []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, s := range stems {
		type scored struct {
			stem  string
			score float64
		}
		var all []scored
		asked := trigrams(s)
		for other := range c.postings {
			if sim := jaccard(asked, trigrams(other)); sim >= leastTrigrams {
				all = append(all, scored{other, sim})
			}
		}
		slices.SortFunc(all, func(a, b scored) int {
			return cmp.Or(-cmp.Compare(a.score, b.score), -cmp.Compare(len(c.postings[a.stem]), len(c.postings[b.stem])), strings.Compare(a.stem, b.stem))
		})
		for _, a := range all[:min(similarStems, len(all))] {
			out[s] = append(out[s], a.stem)
		}
	}
	return out, nil
}

func trigrams(w string) map[string]bool {
	w = "  " + w + " "
	out := map[string]bool{}
	for i := 0; i+3 <= len(w); i++ {
		out[w[i:i+3]] = true
	}
	return out
}

func jaccard(a, b map[string]bool) float64 {
	common := 0
	for g := range a {
		if b[g] {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

// answer is what a search found.
type answer struct {
	query      *lexical.Query
	hits       []lexical.Hit
	candidates []int // passage of each candidate
	referenced bool  // the question names a unit
}

// top returns the passages of the best n hits.
func (a answer) top(n int) []int {
	var out []int
	for _, h := range a.hits[:min(n, len(a.hits))] {
		out = append(out, a.candidates[h.Index])
	}
	return out
}

// answerable says whether there is an answer in it. Whoever names an article wants
// it, whatever else the question says.
func (a answer) answerable() bool { return a.referenced || a.query.Answerable(a.hits) }

// search answers a question as the service does.
func (c *corpus) search(ctx context.Context, question string) (answer, error) {
	q := lexical.Parse(question, c.glossary)
	if err := q.Resolve(ctx, c.stats, c); err != nil {
		return answer{}, err
	}
	a := answer{query: q}
	place := map[int]int{}
	var found []lexical.Candidate
	add := func(i int) *lexical.Candidate {
		at, ok := place[i]
		if !ok {
			at = len(found)
			place[i] = at
			found = append(found, c.passages[i].candidate)
			a.candidates = append(a.candidates, i)
		}
		return &found[at]
	}
	for _, i := range c.referenced(question) {
		add(i).Referenced, a.referenced = true, true
	}
	for _, i := range append(c.defining(q), c.lexical(q)...) {
		add(i)
	}
	nearest, err := c.nearest(ctx, question)
	if err != nil {
		return answer{}, err
	}
	for rank, i := range nearest {
		add(i).VectorRank = rank + 1
	}
	a.hits = q.Rank(found, lexical.HashFusion())
	return a, nil
}

// referenced are the passages of the units that a question names, and below.
func (c *corpus) referenced(question string) []int {
	refs := legal.References(question)
	var out []int
	for i, p := range c.passages {
		for ord, u := range c.docs[p.document].Units {
			if p.ord >= ord && p.ord <= u.Last && slices.ContainsFunc(refs, u.Is) {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// defining are the passages that define the term asked about, or one with more
// words, the shortest first.
func (c *corpus) defining(q *lexical.Query) []int {
	length := map[int]int{}
	var out []int
	for i, p := range c.passages {
		if p.candidate.Definition == "" || len(q.Defines()) == 0 {
			continue
		}
		has := map[string]bool{}
		for _, t := range lexical.Analyse(p.candidate.Definition) {
			has[t.Stem] = true
		}
		if !slices.ContainsFunc(q.Defines(), func(s string) bool { return !has[s] }) {
			length[i] = len(has)
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(length[a], length[b]) })
	return out[:min(mostDefining, len(out))]
}

// lexical are the passages with a rare word of the query, the likeliest first.
func (c *corpus) lexical(q *lexical.Query) []int {
	seen := map[int]float64{}
	for _, all := range q.Rare(rareBudget) {
		for _, i := range c.postings[all[0]] {
			if !slices.ContainsFunc(all, func(s string) bool { return c.counts[i][s] == 0 }) {
				seen[i] = 0
			}
		}
	}
	ids := make([]int, 0, len(seen))
	for i := range seen {
		for _, t := range q.Terms {
			if n := c.counts[i][t.Stem]; n > 0 {
				seen[i] += t.Weight / (1 + float64(t.Frequency)) * float64(n) / float64(n+1)
			}
		}
		ids = append(ids, i)
	}
	slices.SortFunc(ids, func(a, b int) int { return cmp.Or(-cmp.Compare(seen[a], seen[b]), cmp.Compare(a, b)) })
	return ids[:min(mostLexical, len(ids))]
}

// nearest are the passages whose vectors are, nearest first.
func (c *corpus) nearest(ctx context.Context, question string) ([]int, error) {
	v, err := c.embedder.Embed(ctx, []string{question}, embed.Query)
	if err != nil {
		return nil, err
	}
	ids, cosines := make([]int, len(c.vectors)), make([]float32, len(c.vectors))
	for i, w := range c.vectors {
		ids[i] = i
		for j, x := range v[0] {
			cosines[i] += x * w[j]
		}
	}
	slices.SortFunc(ids, func(a, b int) int { return cmp.Or(-cmp.Compare(cosines[a], cosines[b]), cmp.Compare(a, b)) })
	return ids[:min(mostVectors, len(ids))], nil
}
