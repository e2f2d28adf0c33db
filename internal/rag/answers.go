package rag

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/embed"
)

// AnswersConfig is what Answers needs.
type AnswersConfig struct {
	DB       db.DB
	Embedder embed.Embedder
	// Reranker and Chat are nil when there is none.
	Reranker Reranker
	Chat     Chat
	Now      func() time.Time
	Log      *slog.Logger
}

// Answers answers questions. Safe for concurrent use.
type Answers struct {
	cfg    AnswersConfig
	q      *sqlc.Queries
	states states
	asking chan struct{} // a place for each question
}

// maxAsking bounds the questions under way: each may wait for models.
const maxAsking = 64

// NewAnswers returns Answers.
func NewAnswers(cfg AnswersConfig) *Answers {
	return &Answers{cfg: cfg, q: sqlc.New(), asking: make(chan struct{}, maxAsking)}
}

// Source is who asks.
type Source string

// The sources.
const (
	SourceAPI       Source = "api"
	SourceAssistant Source = "assistant"
)

// Mode is how an answer is worded.
type Mode string

// The modes.
const (
	Extractive Mode = "extractive"
	Generated  Mode = "generated"
	NoAnswer   Mode = "none"
)

// Unknown is the answer when the documents have none.
const Unknown = "No lo sé con los documentos disponibles."

// Question is what is asked.
type Question struct {
	Text string
	// Limit is the most citations; 0 means DefaultLimit.
	Limit   int
	Filters Filters
	Source  Source
	// ConversationID is the customer's who asks.
	ConversationID *uuid.UUID
	// OnCitations and OnDelta, if set, are told what is known before the whole
	// answer is: nobody is held to it.
	OnCitations func([]Citation) error
	OnDelta     func(text string) error
}

// DefaultLimit is how many citations an answer has.
const DefaultLimit = 5

// Answer is the answer.
type Answer struct {
	QueryID   uuid.UUID
	Text      string
	Mode      Mode
	Citations []Citation
	Parts     Parts
	Degraded  []Degradation
	Timings   Timings
	Cached    bool
	// Corpus is how many passages there were to answer from.
	Corpus int
}

// TextOnly reports whether vectors were to help and could not.
func (a *Answer) TextOnly() bool {
	return a.Parts.Vector == nil && (slices.Contains(a.Degraded, EmbeddingsUnavailable) || slices.Contains(a.Degraded, EmbeddingsPending))
}

// Answered reports whether there is one.
func (a *Answer) Answered() bool { return a.Mode != NoAnswer }

// Notice says in Spanish what was not to be had; "" when nothing.
func (a *Answer) Notice() string {
	var words []string
	for _, d := range a.Degraded {
		switch d {
		case EmbeddingsUnavailable, EmbeddingsPending:
			if a.TextOnly() {
				words = append(words, "Buscado solo por texto: el servicio de embeddings no está disponible.")
			} else {
				words = append(words, "El modelo de embeddings configurado aún no está listo: buscado con el anterior.")
			}
		case RerankUnavailable:
			words = append(words, "Ordenado sin el servicio de rerank, que no responde.")
		case ChatUnavailable:
			words = append(words, "Respondido con las palabras de los documentos: el modelo de lenguaje no responde.")
		case ChatUnverified:
			words = append(words, "Respondido con las palabras de los documentos: lo que redactó el modelo de lenguaje no se pudo comprobar.")
		}
	}
	return strings.Join(words, " ")
}

// stored is an answer as it is cached.
type stored struct {
	Text      string        `json:"text"`
	Mode      Mode          `json:"mode"`
	Citations []Citation    `json:"citations"`
	Parts     Parts         `json:"parts"`
	Degraded  []Degradation `json:"degraded"`
}

// Ask answers a question and notes it. Errors: ErrBusy; ErrText; the callbacks'.
func (a *Answers) Ask(ctx context.Context, q Question) (*Answer, error) {
	select {
	case a.asking <- struct{}{}:
		defer func() { <-a.asking }()
	default:
		return nil, ErrBusy
	}
	if strings.ContainsRune(q.Text, 0) {
		return nil, ErrText
	}
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	start := a.cfg.Now()
	s, err := a.states.get(ctx, a.cfg.DB, a.q)
	if err != nil {
		return nil, err
	}
	key := a.cacheKey(s, q)
	out, err := a.cached(ctx, key)
	if err != nil {
		return nil, err
	}
	if out == nil {
		if out, err = a.answer(ctx, s, q); err != nil {
			return nil, err
		}
	} else if err := tell(q, out); err != nil {
		return nil, err
	}
	out.Corpus = s.corpus.Passages
	out.QueryID = uuid.Must(uuid.NewV7())
	out.Timings.Total = milliseconds(a.cfg.Now().Sub(start))
	if err := a.note(ctx, q, out, key); err != nil {
		return nil, err
	}
	return out, nil
}

// tell hands an answer that is whole already to the callbacks.
func tell(q Question, a *Answer) error {
	if q.OnCitations != nil {
		if err := q.OnCitations(a.Citations); err != nil {
			return err
		}
	}
	if q.OnDelta != nil {
		return q.OnDelta(a.Text)
	}
	return nil
}

// answer searches and words the answer.
func (a *Answers) answer(ctx context.Context, s *state, q Question) (*Answer, error) {
	out := &Answer{}
	found, err := a.search(ctx, s, q.Text, q.Filters, q.Limit, &out.Timings)
	if err != nil {
		return nil, err
	}
	out.Parts, out.Degraded = found.parts, found.degraded
	clock := a.clock()
	for i, p := range found.passages {
		out.Citations = append(out.Citations, cite(i+1, p, found.query))
	}
	out.Text, out.Mode = Unknown, NoAnswer
	if found.answerable && len(found.passages) > 0 {
		if err := a.word(ctx, out, found, q); err != nil {
			return nil, err
		}
	} else if err := tell(q, out); err != nil {
		return nil, err
	}
	out.Timings.Answer = clock()
	return out, nil
}

// word words the answer: with the chat model, if there is one and what it says
// holds, else in the documents' words.
func (a *Answers) word(ctx context.Context, out *Answer, found *findings, q Question) error {
	if a.cfg.Chat == nil {
		out.Text, out.Mode = extract(found), Extractive
		return tell(q, out)
	}
	if q.OnCitations != nil {
		if err := q.OnCitations(out.Citations); err != nil {
			return err
		}
	}
	inTime, cancel := beforeDeadline(ctx)
	defer cancel()
	text, err := a.cfg.Chat.Answer(inTime, prompt(q.Text, found.passages), q.OnDelta)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errListener):
		return err
	case err != nil:
		a.cfg.Log.WarnContext(ctx, "a question is answered without the chat model", slog.Any("error", err))
		out.Degraded = append(out.Degraded, ChatUnavailable)
	case strings.Contains(text, modelDoesNotKnow):
		return nil
	default:
		if verified := verify(text, q.Text, found.passages); verified != "" {
			out.Text, out.Mode = verified, Generated
			return nil
		}
		out.Degraded = append(out.Degraded, ChatUnverified)
	}
	out.Text, out.Mode = extract(found), Extractive
	return nil
}

// withoutModel is the time that is left to answer without the model.
const withoutModel = time.Second

// beforeDeadline leaves time to answer otherwise, when there is little.
func beforeDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-withoutModel))
	}
	return ctx, func() {}
}

// promptVersion is part of the cache key: answers worded by another prompt are others.
const promptVersion = "1"

// cacheKey is a hash of everything an answer depends on.
func (a *Answers) cacheKey(s *state, q Question) [32]byte {
	filters := q.Filters
	filters.DocumentIDs = slices.SortedFunc(slices.Values(filters.DocumentIDs), func(x, y uuid.UUID) int { return strings.Compare(x.String(), y.String()) })
	filters.Types, filters.Tags = slices.Sorted(slices.Values(filters.Types)), slices.Sorted(slices.Values(filters.Tags))
	models := []string{a.cfg.Embedder.Model(), "", ""}
	if a.cfg.Reranker != nil {
		models[1] = a.cfg.Reranker.Model()
	}
	if a.cfg.Chat != nil {
		models[2] = a.cfg.Chat.Model()
	}
	raw, err := json.Marshal([]any{fold(q.Text), q.Limit, filters, s.version, models, promptVersion, analysis()})
	if err != nil {
		panic(fmt.Sprintf("rag: cache key: %v", err)) // cannot happen: strings and numbers
	}
	return sha256.Sum256(raw)
}

// cached returns the answer that was given before; nil when there is none.
func (a *Answers) cached(ctx context.Context, key [32]byte) (*Answer, error) {
	raw, err := a.q.AnswerGet(ctx, a.cfg.DB, sqlc.AnswerGetParams{Key: key[:], Since: a.cfg.Now().Add(-answerLifetime)})
	if db.IsNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read cached answer: %w", err)
	}
	var s stored
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, nil //nolint:nilerr // of another version of this program: answered anew
	}
	return &Answer{Text: s.Text, Mode: s.Mode, Citations: s.Citations, Parts: s.Parts, Degraded: s.Degraded, Cached: true}, nil
}

// note writes the question to the log, and its answer to the cache unless
// something was not to be had that may be the next time.
func (a *Answers) note(ctx context.Context, q Question, out *Answer, key [32]byte) error {
	at := a.cfg.Now()
	parts, err := json.Marshal(out.Parts)
	if err != nil {
		return fmt.Errorf("note question: %w", err)
	}
	arg := sqlc.QuestionInsertParams{
		ID: out.QueryID, Query: q.Text, Folded: fold(q.Text), Answer: out.Text, Answered: out.Answered(), Mode: string(out.Mode),
		Source: string(q.Source), IsCached: out.Cached, Parts: parts, Degraded: asStrings(out.Degraded), ConversationID: q.ConversationID, At: at,
		TotalMs: out.Timings.Total, AnalyseMs: out.Timings.Analyse, EmbedMs: out.Timings.Embed, SearchMs: out.Timings.Search,
		RerankMs: out.Timings.Rerank, AnswerMs: out.Timings.Answer,
	}
	if who, ok := caller.From(ctx); ok {
		arg.AccountID, arg.AskedBy = &who.AccountID, &who.Username
	}
	return db.InTx(ctx, a.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		if err := a.q.QuestionInsert(ctx, tx, arg); err != nil {
			return fmt.Errorf("note question: %w", err)
		}
		if err := a.noteCitations(ctx, tx, out, at); err != nil {
			return err
		}
		if out.Cached || len(out.Degraded) > 0 {
			return nil
		}
		raw, err := json.Marshal(stored{Text: out.Text, Mode: out.Mode, Citations: out.Citations, Parts: out.Parts, Degraded: out.Degraded})
		if err != nil {
			return fmt.Errorf("cache answer: %w", err)
		}
		if err := a.q.AnswerPut(ctx, tx, sqlc.AnswerPutParams{Key: key[:], Answer: raw, At: at}); err != nil {
			return fmt.Errorf("cache answer: %w", err)
		}
		return nil
	})
}

func (a *Answers) noteCitations(ctx context.Context, tx pgx.Tx, out *Answer, at time.Time) error {
	for _, c := range out.Citations {
		highlights, err := json.Marshal(c.Highlights)
		if err != nil {
			return fmt.Errorf("note citation: %w", err)
		}
		err = a.q.CitationInsert(ctx, tx, sqlc.CitationInsertParams{
			QueryID: out.QueryID, Number: int32(c.Number), DocumentID: c.DocumentID, DocumentTitle: c.DocumentTitle, //nolint:gosec // small
			DocumentShortTitle: c.DocumentShortTitle, ChunkID: c.ChunkID, Article: c.Article, Heading: c.Heading, Section: c.Section,
			Pages: int32s(c.Pages), Snippet: c.Snippet, Highlights: highlights, Score: c.Score, Ocr: c.OCR, Answers: out.Answered(), At: at,
		})
		if err != nil {
			return fmt.Errorf("note citation: %w", err)
		}
	}
	return nil
}

func asStrings(list []Degradation) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = string(d)
	}
	return out
}

func int32s(list []int) []int32 {
	out := make([]int32, len(list))
	for i, n := range list {
		out[i] = int32(n) //nolint:gosec // page numbers
	}
	return out
}
