// Package lexical is the search over Spanish words: an analyser that knows
// neither accents nor endings, BM25 over weighted fields, the reranking of the
// best candidates, the repair of misspelt words, the choice of the sentences
// that answer and the judgement whether anything answers at all. It is pure:
// the database only counts words and offers candidates.
package lexical

import "context"

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
}

// Analyse cuts a text into its tokens, without stop words.
func Analyse(text string) []Token { return nil }

// Entry of the glossary: who writes Term means Expansion too ("bola de
// remolque" → "dispositivo de acoplamiento").
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

// Query is a question made ready to search with. Parse makes it, Resolve
// completes it.
type Query struct {
	Text  string
	Terms []Term
	// Definition is the term asked about in "¿qué es …?"; empty otherwise.
	Definition string

	corpus Corpus
}

// Parse analyses a question: question words are dropped, the glossary's
// expansions added.
func Parse(question string, glossary []Entry) *Query { return &Query{} }

// Resolve learns how frequent the words are, and puts the likeliest words of
// the corpus beside those it does not know.
func (q *Query) Resolve(ctx context.Context, corpus Corpus, lexicon Lexicon) error { return nil }

// Rare are the stems to look for candidates by: the rarest, until budget
// passages have one. It keeps common words from dragging in half the corpus.
func (q *Query) Rare(budget int) []string { return nil }

// Candidate is a passage that may answer.
type Candidate struct {
	// DocumentTitle and Heading (path and title of the unit) count less than Text.
	DocumentTitle, Heading, Text string
	Definition                   string
	Table                        bool
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

// The fusions for the offline embedder and for a model's.
var (
	HashFusion   = Fusion{Recall: 0.3}
	NeuralFusion = Fusion{Recall: 1, Final: 1}
)

// Hit is a ranked candidate.
type Hit struct {
	// Index is the candidate's in the slice that was ranked.
	Index int
	// Score is what the order is by: comparable within one query only.
	Score float64
	BM25  float64
	// Coverage is the part of the question found in the candidate, by weight of
	// words, in 0–1; comparable between queries.
	Coverage float64
}

// Rank orders the candidates, best first: BM25, fused with the vectors' order,
// then the reranking of the best 50. Ties keep the candidates' order.
func (q *Query) Rank(candidates []Candidate, fusion Fusion) []Hit { return nil }

// Answerable says whether hits, as Rank returned them, can hold an answer.
func (q *Query) Answerable(hits []Hit) bool { return false }

// Span is a range of runes of a text.
type Span struct{ Start, End int }

// Sentences cuts a text into its sentences.
func Sentences(text string) []Span { return nil }

// Best chooses the at most n sentences of a passage that answer best, in the
// order of the text.
func (q *Query) Best(text string, n int) []Span { return nil }
