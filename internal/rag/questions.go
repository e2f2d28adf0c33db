package rag

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/page"
)

// Asked is a question that was asked, with its answer.
type Asked struct {
	Answer
	Query          string
	Source         Source
	ConversationID *uuid.UUID
	AskedBy        *string
	Useful         *bool
	Comment        *string
	RatedBy        *string
	RatedAt        *time.Time
	At             time.Time
}

// QuestionFilter narrows a list of questions; the zero value does not.
type QuestionFilter struct {
	Text             *string
	Answered, Useful *bool
	Source           *string
	DocumentID       *uuid.UUID
}

// Questions returns a page of the questions, the newest first, without their
// citations, and the cursor of the next page, nil on the last.
func (a *Answers) Questions(ctx context.Context, f QuestionFilter, after page.Key, limit int) ([]*Asked, *string, error) {
	arg := sqlc.QuestionListAfterParams{
		Answered: f.Answered, Useful: f.Useful, Source: f.Source, DocumentID: f.DocumentID, MaxRows: int32(limit) + 1, //nolint:gosec // at most page.MaxLimit
	}
	if f.Text != nil {
		folded := fold(*f.Text)
		arg.Q = &folded
	}
	if !after.IsZero() {
		arg.AfterAt, arg.AfterID = &after.At, &after.ID
	}
	rows, err := a.q.QuestionListAfter(ctx, a.cfg.DB, arg)
	if err != nil {
		return nil, nil, fmt.Errorf("list questions: %w", err)
	}
	rows, next := page.Of(rows, limit, func(r sqlc.RagQuery) page.Key { return page.Key{At: r.CreatedAt, ID: r.ID} })
	out := make([]*Asked, len(rows))
	for i, r := range rows {
		if out[i], err = toAsked(r, nil); err != nil {
			return nil, nil, err
		}
	}
	return out, next, nil
}

// Question returns a question as it was answered. Errors: ErrQuestion.
func (a *Answers) Question(ctx context.Context, id uuid.UUID) (*Asked, error) {
	row, err := a.q.QuestionGet(ctx, a.cfg.DB, id)
	if db.IsNoRows(err) {
		return nil, questionNotFound(id)
	}
	if err != nil {
		return nil, fmt.Errorf("read question: %w", err)
	}
	citations, err := a.q.CitationList(ctx, a.cfg.DB, id)
	if err != nil {
		return nil, fmt.Errorf("read citations: %w", err)
	}
	return toAsked(row, citations)
}

func questionNotFound(id uuid.UUID) error {
	return ErrQuestion.WithMessage(fmt.Sprintf("Query %s not found", id))
}

// Rate notes whether an answer was useful; nil takes it back, with the comment.
// Errors: ErrQuestion; ErrText.
func (a *Answers) Rate(ctx context.Context, id uuid.UUID, useful *bool, comment *string) (*Asked, error) {
	if comment != nil && strings.ContainsRune(*comment, 0) {
		return nil, ErrText
	}
	if useful == nil {
		comment = nil
	}
	err := db.InTx(ctx, a.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		old, err := a.q.QuestionGetForUpdate(ctx, tx, id)
		if db.IsNoRows(err) {
			return questionNotFound(id)
		}
		if err != nil {
			return fmt.Errorf("read question: %w", err)
		}
		at := a.cfg.Now()
		arg := sqlc.QuestionRateParams{ID: id, Useful: useful, Comment: comment}
		if useful != nil {
			arg.RatedAt = &at
			if who, ok := caller.From(ctx); ok {
				arg.RatedBy = &who.Username
			}
		}
		if err := a.q.QuestionRate(ctx, tx, arg); err != nil {
			return fmt.Errorf("rate question: %w", err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: at, Action: "update", EntityType: "regulation_question", EntityID: id.String(),
			Changes: map[string]audit.Change{"useful": {old.Useful, useful}}, // the comment may say who asked
		})
	})
	if err != nil {
		return nil, err
	}
	return a.Question(ctx, id)
}

// EraseTx takes what the customers of these conversations asked out of the log.
func (a *Answers) EraseTx(ctx context.Context, tx pgx.Tx, conversationIDs []uuid.UUID) error {
	if err := a.q.QuestionErase(ctx, tx, conversationIDs); err != nil {
		return fmt.Errorf("erase questions: %w", err)
	}
	// A cached answer is known by a hash only, and may repeat what was asked.
	if err := a.q.AnswerDeleteAll(ctx, tx); err != nil {
		return fmt.Errorf("erase cached answers: %w", err)
	}
	return nil
}

func toAsked(r sqlc.RagQuery, citations []sqlc.RagCitation) (*Asked, error) {
	out := &Asked{
		Query: r.Query, Source: Source(r.Source), ConversationID: r.ConversationID, AskedBy: r.AskedBy, Useful: r.Useful, Comment: r.Comment,
		RatedBy: r.RatedBy, RatedAt: r.RatedAt, At: r.CreatedAt,
		Answer: Answer{
			QueryID: r.ID, Text: r.Answer, Mode: Mode(r.Mode), Cached: r.IsCached,
			Timings: Timings{Total: r.TotalMs, Analyse: r.AnalyseMs, Embed: r.EmbedMs, Search: r.SearchMs, Rerank: r.RerankMs, Answer: r.AnswerMs},
		},
	}
	if err := json.Unmarshal(r.Parts, &out.Parts); err != nil {
		return nil, fmt.Errorf("question %s: %w", r.ID, err)
	}
	for _, d := range r.Degraded {
		out.Degraded = append(out.Degraded, Degradation(d))
	}
	for _, c := range citations {
		x := Citation{
			Number: int(c.Number), DocumentID: c.DocumentID, DocumentTitle: c.DocumentTitle, DocumentShortTitle: c.DocumentShortTitle,
			ChunkID: c.ChunkID, Article: c.Article, Heading: c.Heading, Section: c.Section, Snippet: c.Snippet, Score: c.Score, OCR: c.Ocr,
		}
		for _, n := range c.Pages {
			x.Pages = append(x.Pages, int(n))
		}
		if err := json.Unmarshal(c.Highlights, &x.Highlights); err != nil {
			return nil, fmt.Errorf("citation of %s: %w", r.ID, err)
		}
		out.Citations = append(out.Citations, x)
	}
	return out, nil
}
