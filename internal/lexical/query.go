package lexical

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

const (
	// What words count that stand for others: in BM25, and, when they are all there,
	// for what they stand for.
	glossaryWeight, expansionWeight, repairWeight = 0.6, 0.9, 0.8
	// repairs is how many words of the corpus may stand for one it does not know,
	// leastLikeness how like it they have to be.
	repairs       = 3
	leastLikeness = 0.65
	// longestTerm is how many words what is asked to be defined has at the most.
	longestTerm = 6
)

// Entry of the glossary: who writes Term may mean Expansion ("bola de remolque"
// → "dispositivo de acoplamiento"). Commas separate several expansions.
type Entry struct {
	Term, Expansion string
}

// Lexicon knows the words of the corpus.
type Lexicon interface {
	// Frequencies says in how many searchable passages each stem is; stems that
	// are in none may be left out.
	Frequencies(ctx context.Context, stems []string) (map[string]int, error)
	// Similar lists stems of the corpus that look like each of these, by
	// trigrams, some ten each.
	Similar(ctx context.Context, stems []string) (map[string][]string, error)
}

// Corpus is what BM25 has to know of all searchable passages.
type Corpus struct {
	// Passages is how many there are.
	Passages int
	// TextLength is the mean number of tokens of a passage's text.
	TextLength float64
}

// Term is a stem that is searched for.
type Term struct {
	Stem string
	// Weight is 1 for a word of the question, less for what the glossary or the
	// repair of a misspelling added.
	Weight float64
	// Frequency is in how many passages it is. Set by Resolve.
	Frequency int
}

// need is a word of the question, which a passage can meet with the word itself
// or with what stands for it.
type need struct {
	term   int // index into Terms
	others []alternative
}

// alternative are the terms that together stand for a word.
type alternative struct {
	terms  []int
	weight float64
}

// Query is a question made ready to search with: Parse makes it, Resolve
// completes it. From then on it may be used concurrently.
type Query struct {
	Text  string
	Terms []Term
	// Definition is the term asked about in "¿qué es …?"; empty otherwise.
	Definition string

	corpus  Corpus
	needs   []need
	grams   map[gram]int
	defines []string // the stems of Definition
}

var definitionQuestion = regexp.MustCompile(`(?i)^[¿\s]*(?:y\s+)?(?:qu[eé]\s+(?:es|son|significan?|se\s+entiende\s+por|se\s+considera)|(?:cu[aá]l\s+es\s+(?:la\s+)?)?definici[oó]n\s+de|def[ií]ne(?:me)?|(?:el\s+)?concepto\s+de|a\s+qu[eé]\s+se\s+(?:llama|denomina|refiere))\s+(?:(?:exactamente|como)\s+)?(?:(?:una?|unos|unas|el|la|los|las)\s+)?[«"]?(.+?)[»"]?[?.\s]*$`)

// Parse analyses a question: question words are dropped, the glossary's
// expansions added.
func Parse(question string, glossary []Entry) *Query {
	q := &Query{Text: question}
	tokens := Analyse(question)
	if m := definitionQuestion.FindStringSubmatch(question); m != nil && len(strings.Fields(m[1])) <= longestTerm && !strings.HasPrefix(m[1], "lo ") && !strings.HasPrefix(m[1], "necesari") && !strings.HasPrefix(m[1], "obligatori") {
		q.Definition = m[1]
		if defined := Analyse(m[1]); len(defined) > 0 {
			tokens = defined // "se entiende por" asks, and is not searched for
		}
		for _, t := range tokens {
			q.defines = append(q.defines, t.Stem)
		}
	}
	asked := make([]Token, 0, len(tokens))
	for _, t := range tokens {
		if !questionWords[t.Word] {
			asked = append(asked, t)
		}
	}
	if len(asked) == 0 { // "¿Quiénes somos?"
		asked = tokens
	}
	index := map[string]int{}
	needs := map[string]int{}
	for _, t := range asked {
		if _, ok := needs[t.Stem]; ok {
			continue
		}
		needs[t.Stem] = len(q.needs)
		q.needs = append(q.needs, need{term: q.term(index, t.Stem, 1)})
	}
	for _, e := range glossary {
		q.expand(index, needs, asked, e)
	}
	q.grams = gramsOf(asked)
	return q
}

// term returns the index of a term, added when it is new.
func (q *Query) term(index map[string]int, stem string, weight float64) int {
	if i, ok := index[stem]; ok {
		return i
	}
	index[stem] = len(q.Terms)
	q.Terms = append(q.Terms, Term{Stem: stem, Weight: weight})
	return len(q.Terms) - 1
}

// expand adds an entry of the glossary when the question has its words in a row.
func (q *Query) expand(index, needs map[string]int, asked []Token, e Entry) {
	words := Analyse(e.Term)
	for i := 0; len(words) > 0 && i+len(words) <= len(asked); i++ {
		if !slices.EqualFunc(words, asked[i:i+len(words)], func(a, b Token) bool { return a.Stem == b.Stem }) {
			continue
		}
		for expansion := range strings.SplitSeq(e.Expansion, ",") {
			other := alternative{weight: expansionWeight}
			for _, t := range Analyse(expansion) {
				other.terms = append(other.terms, q.term(index, t.Stem, glossaryWeight))
			}
			for _, t := range words {
				if n := &q.needs[needs[t.Stem]]; len(other.terms) > 0 {
					n.others = append(n.others, other)
				}
			}
		}
		return
	}
}

// Resolve learns how frequent the words are, and puts the likeliest words of
// the corpus beside those it does not know.
func (q *Query) Resolve(ctx context.Context, corpus Corpus, lexicon Lexicon) error {
	q.corpus = corpus
	if err := q.count(ctx, lexicon, 0); err != nil {
		return err
	}
	var unknown []string
	for _, n := range q.needs {
		if t := q.Terms[n.term]; t.Frequency == 0 && len(t.Stem) >= 4 && !strings.ContainsAny(t.Stem, "0123456789") {
			unknown = append(unknown, t.Stem)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	similar, err := lexicon.Similar(ctx, unknown)
	if err != nil {
		return fmt.Errorf("look for similar words: %w", err)
	}
	index := map[string]int{}
	for i, t := range q.Terms {
		index[t.Stem] = i
	}
	known := len(q.Terms)
	for i := range q.needs {
		n := &q.needs[i]
		wrong := q.Terms[n.term].Stem
		for _, right := range likeliest(wrong, similar[wrong]) {
			term := q.term(index, right.stem, repairWeight*right.likeness)
			n.others = append(n.others, alternative{terms: []int{term}, weight: right.likeness})
		}
	}
	return q.count(ctx, lexicon, known)
}

// count learns the frequencies of the terms from first on.
func (q *Query) count(ctx context.Context, lexicon Lexicon, first int) error {
	stems := make([]string, 0, len(q.Terms)-first)
	for _, t := range q.Terms[first:] {
		stems = append(stems, t.Stem)
	}
	if len(stems) == 0 {
		return nil
	}
	frequency, err := lexicon.Frequencies(ctx, stems)
	if err != nil {
		return fmt.Errorf("count words: %w", err)
	}
	for i := range q.Terms[first:] {
		t := &q.Terms[first+i]
		t.Frequency = min(frequency[t.Stem], q.corpus.Passages)
	}
	return nil
}

// repair is a word of the corpus that may stand for one it does not know.
type repair struct {
	stem     string
	likeness float64
}

// likeliest chooses among similar words those that a slip of the finger away
// would give the unknown one.
func likeliest(wrong string, similar []string) []repair {
	var out []repair
	for _, s := range similar {
		if l := likeness(wrong, s); l >= leastLikeness && s != wrong {
			out = append(out, repair{s, l})
		}
	}
	slices.SortFunc(out, func(a, b repair) int {
		return cmp.Or(-cmp.Compare(a.likeness, b.likeness), strings.Compare(a.stem, b.stem))
	})
	return out[:min(repairs, len(out))]
}

// Rare are the stems to look for candidates by, which have to be all of one of the
// sets: the rarest stems each alone, until budget passages have one; of a question
// that has none so rare, the rarest together. It keeps common words from dragging
// in half the corpus.
func (q *Query) Rare(budget int) [][]string {
	terms := slices.DeleteFunc(slices.Clone(q.Terms), func(t Term) bool { return t.Frequency == 0 })
	slices.SortStableFunc(terms, func(a, b Term) int { return cmp.Compare(a.Frequency, b.Frequency) })
	if len(terms) > 0 && terms[0].Frequency > budget {
		return [][]string{q.together(terms, budget)}
	}
	var out [][]string
	for _, t := range terms {
		if budget -= t.Frequency; budget < 0 {
			break
		}
		out = append(out, []string{t.Stem})
	}
	return out
}

// together are the first terms of which, were each anywhere by chance, no more than
// budget passages would have all.
func (q *Query) together(terms []Term, budget int) []string {
	var out []string
	expected := float64(q.corpus.Passages)
	for _, t := range terms {
		if expected <= float64(budget) {
			break
		}
		expected *= float64(t.Frequency) / float64(q.corpus.Passages)
		out = append(out, t.Stem)
	}
	return out
}

// Defines are the stems of Definition. A passage whose definition has all of
// them is to be a candidate, however common they are.
func (q *Query) Defines() []string { return q.defines }

// idf is a term's weight by how rare it is.
func (q *Query) idf(frequency int) float64 {
	n, f := float64(q.corpus.Passages), float64(frequency)
	return math.Log(1 + (n-f+0.5)/(f+0.5))
}

// weight is what meeting a need is worth: as much as its word is rare. A
// misspelt word is worth what the likeliest right one is, and a word with a
// common one for its expansion no more than that.
func (q *Query) weight(n need) float64 {
	own := q.idf(q.Terms[n.term].Frequency)
	most := 0.0
	for _, o := range n.others {
		for _, t := range o.terms {
			most = max(most, q.idf(q.Terms[t].Frequency))
		}
	}
	if most == 0 {
		return own
	}
	return min(own, most)
}
