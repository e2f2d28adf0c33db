package rag

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/lexical"
)

// ScanBelow is up to how many passages each vector is compared; beyond it the
// index is asked.
const ScanBelow = 30_000

const (
	// budget is how many passages the rare words may bring in.
	budget = 8000
	// The most candidates of each kind.
	maxLexical    = 150
	maxNearest    = 60
	maxReferenced = 60
	maxDefining   = 20
	// EfSearch is how much of the index is walked. Hashed vectors hardly cluster: with
	// less it misses many. A model's do.
	EfSearch, neuralEfSearch = 1000, 200
	// rerankAtOnce is how many passages an endpoint reranks.
	rerankAtOnce = 30
)

// Filters narrow the documents that are asked; the zero value does not.
type Filters struct {
	DocumentIDs []uuid.UUID `json:"document_ids,omitempty"`
	Types       []string    `json:"types,omitempty"`
	Tags        []string    `json:"tags,omitempty"`
	InForceOn   *time.Time  `json:"in_force_on,omitempty"`
}

// Degradation is something that was not to be had.
type Degradation string

// The degradations.
const (
	EmbeddingsUnavailable Degradation = "embeddings_unavailable"
	EmbeddingsPending     Degradation = "embeddings_pending"
	RerankUnavailable     Degradation = "rerank_unavailable"
	ChatUnavailable       Degradation = "chat_unavailable"
	ChatUnverified        Degradation = "chat_unverified"
)

// Timings are the milliseconds of each stage.
type Timings struct {
	Total, Analyse, Embed, Search, Rerank, Answer float64
}

// Parts are what an answer was found with.
type Parts struct {
	References bool `json:"references"`
	Lexical    bool `json:"lexical"`
	// Vector is the embedding model; nil without one.
	Vector *string `json:"vector"`
	// Rerank is the model of the endpoint, or "lexical".
	Rerank string `json:"rerank"`
}

// rerankLexical is the name of our own reranking.
const rerankLexical = "lexical"

// state is what search has to know of the whole corpus, in one of its versions.
type state struct {
	version  int64
	corpus   lexical.Corpus
	glossary []lexical.Entry
	models   []sqlc.RagModel
}

// states remembers the last one.
type states struct {
	mu   sync.Mutex
	last *state
}

// get returns the current state; what else there is is read only when the version
// is another.
func (s *states) get(ctx context.Context, d db.DB, q *sqlc.Queries) (*state, error) {
	row, err := q.CorpusGet(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("read the corpus: %w", err)
	}
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil && last.version == row.Version {
		return last, nil
	}
	now := &state{version: row.Version, corpus: lexical.Corpus{Passages: int(row.Chunks)}}
	if row.Chunks > 0 {
		now.corpus.TextLength = float64(row.Tokens) / float64(row.Chunks)
	}
	entries, err := q.GlossaryListActive(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("read the glossary: %w", err)
	}
	for _, e := range entries {
		now.glossary = append(now.glossary, lexical.Entry{Term: e.Term, Expansion: e.Expansion})
	}
	if now.models, err = q.EmbeddingModelList(ctx, d); err != nil {
		return nil, fmt.Errorf("read the embedding models: %w", err)
	}
	s.mu.Lock()
	s.last = now // if it is not newer any more, the next question finds out
	s.mu.Unlock()
	return now, nil
}

// lexicon counts words in the database.
type lexicon struct {
	db db.DB
	q  *sqlc.Queries
}

// Frequencies implements lexical.Lexicon.
func (l lexicon) Frequencies(ctx context.Context, stems []string) (map[string]int, error) {
	rows, err := l.q.LexemeFrequencies(ctx, l.db, stems)
	if err != nil {
		return nil, err
	}
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.Stem] = int(r.Df)
	}
	return out, nil
}

// Similar implements lexical.Lexicon.
func (l lexicon) Similar(ctx context.Context, stems []string) (map[string][]string, error) {
	rows, err := l.q.LexemeSimilar(ctx, l.db, stems)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]string, len(stems))
	for _, r := range rows {
		out[r.Stem] = append(out[r.Stem], r.Alike)
	}
	return out, nil
}

// leg says what vectors a question is compared by.
type leg struct {
	embedder embed.Embedder
	model    sqlc.RagModel
	fusion   lexical.Fusion
	// ef is how much of the index is walked.
	ef int32
}

// vectorLeg chooses it: the configured model's once every passage has one, until
// then the offline embedder's, if there are any; else none.
func (a *Answers) vectorLeg(s *state) (*leg, []Degradation) {
	find := func(e embed.Embedder) (sqlc.RagModel, bool) {
		for _, m := range s.models {
			if m.Name == e.Model() && (e.Dimensions() == 0 || int(m.Dimensions) == e.Dimensions()) {
				return m, true
			}
		}
		return sqlc.RagModel{}, false
	}
	hash := embed.Hash{}
	if m, ok := find(a.cfg.Embedder); ok && m.IsComplete {
		if m.Name == hash.Model() {
			return &leg{embedder: hash, model: m, fusion: lexical.HashFusion(), ef: EfSearch}, nil
		}
		return &leg{embedder: a.cfg.Embedder, model: m, fusion: lexical.NeuralFusion(), ef: neuralEfSearch}, nil
	}
	if s.corpus.Passages == 0 {
		return nil, nil
	}
	pending := []Degradation{EmbeddingsPending}
	if m, ok := find(hash); ok && m.IsComplete {
		return &leg{embedder: hash, model: m, fusion: lexical.HashFusion(), ef: EfSearch}, pending
	}
	return nil, pending
}

// passage is a candidate with all that is cited of it.
type passage struct {
	sqlc.PassageCandidatesRow
	// coverage is the part of the question found in it, score what is shown: both
	// in 0–1.
	coverage, score float64
}

func (p *passage) heading() string { return legal.Heading(p.Path, p.Label, p.Title) }

// findings are what a question was answered from.
type findings struct {
	query      *lexical.Query
	passages   []passage // the best of each unit, best first
	answerable bool
	parts      Parts
	degraded   []Degradation
}

// search finds the passages that answer.
func (a *Answers) search(ctx context.Context, s *state, question string, f Filters, limit int, t *Timings) (*findings, error) {
	out := &findings{parts: Parts{Rerank: rerankLexical}}
	clock := a.clock()
	query := lexical.Parse(question, s.glossary)
	out.query = query
	chosen, degraded := a.vectorLeg(s)
	out.degraded = degraded
	embedding := make(chan []float32, 1)
	embedStart := a.cfg.Now()
	go func() { embedding <- a.embedQuestion(ctx, chosen, question) }()
	err := query.Resolve(ctx, s.corpus, lexicon{a.cfg.DB, a.q})
	t.Analyse = clock()
	vector := <-embedding
	if err != nil {
		return nil, err
	}
	if chosen != nil {
		t.Embed = milliseconds(a.cfg.Now().Sub(embedStart))
		if vector == nil {
			out.degraded = append(out.degraded, EmbeddingsUnavailable)
		}
	}
	clock()
	rows, err := a.candidates(ctx, query, question, f, chosen, vector)
	if err != nil {
		return nil, err
	}
	t.Search = clock()
	a.rank(ctx, out, rows, chosen, question, limit)
	t.Rerank = clock()
	out.parts.Lexical = true
	if chosen != nil && vector != nil {
		out.parts.Vector = &chosen.model.Name
	}
	return out, nil
}

// clock returns a function that tells the milliseconds since it was last called.
func (a *Answers) clock() func() float64 {
	last := a.cfg.Now()
	return func() float64 {
		now := a.cfg.Now()
		passed := now.Sub(last)
		last = now
		return milliseconds(passed)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// embedQuestion returns the question's vector; nil when it cannot be had.
func (a *Answers) embedQuestion(ctx context.Context, l *leg, question string) []float32 {
	if l == nil {
		return nil
	}
	out, err := l.embedder.Embed(ctx, []string{question}, embed.Query)
	if err == nil && len(out[0]) != int(l.model.Dimensions) {
		err = fmt.Errorf("%w: %d dimensions, not %d", embed.ErrRefused, len(out[0]), l.model.Dimensions)
	}
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			a.cfg.Log.WarnContext(ctx, "a question is answered without vectors", slog.Any("error", err))
		}
		return nil
	}
	return out[0]
}

// candidates fetches everything that may answer in one round trip.
func (a *Answers) candidates(ctx context.Context, query *lexical.Query, question string, f Filters, l *leg, vector []float32) ([]sqlc.PassageCandidatesRow, error) {
	arg := sqlc.PassageCandidatesParams{
		DocumentIds: f.DocumentIDs, Types: f.Types, Tags: f.Tags, InForceOn: f.InForceOn,
		Regulations: []string{}, Units: []string{},
		MaxReferenced: maxReferenced, MaxDefining: maxDefining, MaxLexical: maxLexical, MaxNearest: maxNearest, ScanBelow: ScanBelow,
		RareWords: anySet(query.Rare(budget)), DefinedWords: definitionOf(query.Defines()),
	}
	if arg.DocumentIds == nil {
		arg.DocumentIds = []uuid.UUID{}
	}
	if arg.Types == nil {
		arg.Types = []string{}
	}
	if arg.Tags == nil {
		arg.Tags = []string{}
	}
	stems := make([]string, len(query.Terms))
	for i, t := range query.Terms {
		stems[i] = t.Stem
	}
	arg.EveryWord = anyOf(stems)
	for _, r := range legal.References(question) {
		switch r.Kind {
		case legal.Regulation:
			arg.Regulations = append(arg.Regulations, r.Number)
		case legal.Point: // a bare 2.15 may be a record sheet's, too
			arg.Units = append(arg.Units, key(legal.Point, r.Number), key(legal.Sheet, r.Number))
		default:
			arg.Units = append(arg.Units, key(r.Kind, r.Number))
		}
	}
	if vector != nil {
		arg.Embedding, arg.ModelID = halfvec(vector), l.model.ID
		if l.model.IsIndexed {
			arg.EfSearch = l.ef
		}
	}
	rows, err := a.q.PassageCandidates(ctx, a.cfg.DB, arg)
	if err != nil {
		return nil, fmt.Errorf("search passages: %w", err)
	}
	return rows, nil
}

// rank orders the candidates and keeps the best passage of each unit.
func (a *Answers) rank(ctx context.Context, out *findings, rows []sqlc.PassageCandidatesRow, l *leg, question string, limit int) {
	candidates := make([]lexical.Candidate, len(rows))
	named := false
	for i, r := range rows {
		candidates[i] = lexical.Candidate{
			DocumentTitle: r.DocumentTitle, Heading: legal.Heading(r.Path, r.Label, r.Title), Text: r.Text, Definition: r.Definition,
			Table: r.IsTable, Referenced: r.Referenced > 0, VectorRank: int(r.Nearest),
		}
		out.parts.References = out.parts.References || r.Referenced > 0 || r.IsNamed
		named = named || r.IsNamed
	}
	fusion := lexical.HashFusion()
	if l != nil {
		fusion = l.fusion
	}
	hits := out.query.Rank(candidates, fusion)
	out.answerable = out.query.Answerable(hits)
	ordered := make([]passage, len(hits))
	for i, h := range hits {
		ordered[i] = passage{PassageCandidatesRow: rows[h.Index], coverage: h.Coverage, score: h.Coverage}
		if rows[h.Index].Referenced > 0 {
			// Whoever names an article wants it, whatever else the question says.
			out.answerable, ordered[i].score = true, 1
		}
	}
	a.rerank(ctx, out, ordered, question)
	// What a question names comes first, in the order just found.
	slices.SortStableFunc(ordered, func(x, y passage) int {
		return cmp.Or(cmp.Compare(place(x, named), place(y, named)))
	})
	seen := map[int64]bool{}
	for _, p := range ordered {
		if len(out.passages) < limit && !seen[p.UnitID] {
			seen[p.UnitID] = true
			out.passages = append(out.passages, p)
		}
	}
}

// place is 0 for passages of units that are named, 1 for those of documents that
// are, 2 for others.
func place(p passage, named bool) int {
	switch {
	case p.Referenced > 0:
		return 0
	case p.IsNamed || !named:
		return 1
	}
	return 2
}

// rerank has an endpoint order the best passages, if there is one.
func (a *Answers) rerank(ctx context.Context, out *findings, ordered []passage, question string) {
	if a.cfg.Reranker == nil || len(ordered) == 0 {
		return
	}
	best := ordered[:min(len(ordered), rerankAtOnce)]
	texts := make([]string, len(best))
	for i, p := range best {
		texts[i] = strings.TrimSpace(p.DocumentTitle + "\n" + embedded(p.heading(), p.Text))
	}
	scores, err := a.cfg.Reranker.Rerank(ctx, question, texts)
	if err != nil {
		a.cfg.Log.WarnContext(ctx, "passages are reranked by their words only", slog.Any("error", err))
		out.degraded = append(out.degraded, RerankUnavailable)
		return
	}
	out.parts.Rerank = a.cfg.Reranker.Model()
	for i := range best {
		best[i].score = scores[i]
	}
	slices.SortStableFunc(best, func(x, y passage) int { return -cmp.Compare(x.score, y.score) })
}
