package rag

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/legal"
)

// embedAtOnce is how many passages are turned into vectors before they are kept.
const embedAtOnce = 128

// vectors makes the vectors of one model.
type vectors struct {
	db       db.DB
	q        *sqlc.Queries
	embedder embed.Embedder
	now      func() time.Time
}

// model returns the row of the embedder's model. A model whose dimensions are not
// configured is asked for one vector, once.
// Errors: *errWaits.
func (v *vectors) model(ctx context.Context) (sqlc.RagModel, error) {
	if v.embedder.Dimensions() == 0 {
		if _, err := v.embed(ctx, []string{"vehículo"}); err != nil {
			return sqlc.RagModel{}, err
		}
	}
	row, err := v.q.EmbeddingModelEnsure(ctx, v.db, sqlc.EmbeddingModelEnsureParams{
		Name: v.embedder.Model(), Dimensions: int32(v.embedder.Dimensions()), At: v.now(), //nolint:gosec // at most 4000
	})
	if err != nil {
		return sqlc.RagModel{}, fmt.Errorf("note the embedding model: %w", err)
	}
	return row, nil
}

// embed tells what is away from what is wrongly configured. Errors: *errWaits, the
// context's.
func (v *vectors) embed(ctx context.Context, texts []string) ([][]float32, error) {
	out, err := v.embedder.Embed(ctx, texts, embed.Passage)
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, embed.ErrRefused):
		return nil, &errWaits{problemEmbeddingsRefused, err}
	}
	return nil, &errWaits{problemEmbeddingsAway, err}
}

// fill gives the passages of a run the vectors they lack, those that are known
// first, until there are none or the time is up; each is told how many were made.
// It reports whether it is done.
func (v *vectors) fill(ctx context.Context, model sqlc.RagModel, run int64, until time.Time, each func(made int) error) (bool, error) {
	if _, err := v.q.VectorReuse(ctx, v.db, sqlc.VectorReuseParams{ModelID: model.ID, RunID: run}); err != nil {
		return false, fmt.Errorf("reuse vectors: %w", err)
	}
	for v.now().Before(until) {
		missing, err := v.q.VectorListMissing(ctx, v.db, sqlc.VectorListMissingParams{ModelID: model.ID, RunID: run, MaxRows: embedAtOnce})
		if err != nil {
			return false, fmt.Errorf("list passages without vector: %w", err)
		}
		if len(missing) == 0 {
			return true, nil
		}
		texts := make([]string, len(missing))
		arg := sqlc.VectorInsertParams{ModelID: model.ID}
		for i, m := range missing {
			texts[i] = embedded(legal.Heading(m.Path, m.Label, m.Title), m.Text)
			arg.ChunkIds = append(arg.ChunkIds, m.ID)
		}
		made, err := v.embed(ctx, texts)
		if err != nil {
			return false, err
		}
		for _, e := range made {
			arg.Embeddings = append(arg.Embeddings, halfvec(e))
		}
		if err := v.q.VectorInsert(ctx, v.db, arg); err != nil {
			return false, fmt.Errorf("insert vectors: %w", err)
		}
		if err := each(len(missing)); err != nil {
			return false, err
		}
	}
	return false, nil
}

// embed is the step that turns passages into vectors. What was made stays when it
// is interrupted.
func (w *ProcessWorker) embed(ctx context.Context, d sqlc.RagDocument) error {
	v := &vectors{db: w.cfg.DB, q: w.q, embedder: w.cfg.Embedder, now: w.cfg.Now}
	model, err := v.model(ctx)
	if err != nil {
		return err
	}
	count, err := w.q.RegulationChunkCount(ctx, w.cfg.DB, d.RunID)
	if err != nil {
		return fmt.Errorf("count passages: %w", err)
	}
	done, err := v.fill(ctx, model, d.RunID, w.cfg.Now().Add(embedFor), func(int) error {
		left, err := w.q.VectorCountMissingOfRun(ctx, w.cfg.DB, sqlc.VectorCountMissingOfRunParams{ModelID: model.ID, RunID: d.RunID})
		if err != nil {
			return fmt.Errorf("count vectors: %w", err)
		}
		progress := indexingAt - int32((indexingAt-embeddingAt)*left/max(count.Chunks, 1)) //nolint:gosec // a percentage
		return w.q.RegulationProgress(ctx, w.cfg.DB, sqlc.RegulationProgressParams{ID: d.ID, RunID: d.RunID, Progress: progress, At: w.cfg.Now()})
	})
	if err != nil {
		return err
	}
	next := Indexing
	if !done {
		next = Embedding // others have their turn first
	}
	return w.step(ctx, d, Embedding, next, func(context.Context, pgx.Tx) (sqlc.RegulationAdvanceParams, error) {
		progress := int32(indexingAt)
		if !done {
			progress = d.Progress
		}
		return sqlc.RegulationAdvanceParams{Progress: progress}, nil
	})
}

// index is the step that has the passages answer from now on, instead of those of
// the run before and of the edition before, in one transaction.
func (w *ProcessWorker) index(ctx context.Context, d sqlc.RagDocument) error {
	return db.InTx(ctx, w.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		if _, err := w.q.CorpusLock(ctx, tx); err != nil {
			return fmt.Errorf("lock the corpus: %w", err)
		}
		row, err := w.q.RegulationGetForUpdate(ctx, tx, d.ID)
		if db.IsNoRows(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		if !due(row, ProcessArgs{DocumentID: d.ID, RunID: d.RunID, Step: Indexing}) {
			return nil
		}
		return w.swap(ctx, tx, row)
	})
}

func (w *ProcessWorker) swap(ctx context.Context, tx pgx.Tx, row sqlc.RagDocument) error {
	at := w.cfg.Now()
	count, err := w.q.RegulationChunkCount(ctx, tx, row.RunID)
	if err != nil {
		return fmt.Errorf("count passages: %w", err)
	}
	change, err := subtract(ctx, w.q, tx, row.IndexedRunID)
	if err != nil {
		return err
	}
	if err := w.q.LexemeAdd(ctx, tx, row.RunID); err != nil {
		return fmt.Errorf("count words in: %w", err)
	}
	change.Chunks += count.Chunks
	change.Tokens += count.Tokens
	if err := w.q.CorpusChange(ctx, tx, change); err != nil {
		return fmt.Errorf("count the corpus: %w", err)
	}
	err = w.q.RegulationFinish(ctx, tx, sqlc.RegulationFinishParams{ID: row.ID, Chunks: int32(count.Chunks), At: at}) //nolint:gosec // bounded by the file
	if err != nil {
		return fmt.Errorf("finish document: %w", err)
	}
	if row.SupersedesID != nil {
		if err := w.q.RegulationSupersede(ctx, tx, sqlc.RegulationSupersedeParams{ID: *row.SupersedesID, At: at}); err != nil {
			return fmt.Errorf("supersede the edition before: %w", err)
		}
	}
	if err := w.q.RegulationRunsDeleteOther(ctx, tx, sqlc.RegulationRunsDeleteOtherParams{DocumentID: row.ID, RunID: row.RunID}); err != nil {
		return fmt.Errorf("drop the run before: %w", err)
	}
	if err := w.q.RegulationPagesDeleteOther(ctx, tx, sqlc.RegulationPagesDeleteOtherParams{DocumentID: row.ID, RunID: row.RunID}); err != nil {
		return fmt.Errorf("drop the run before: %w", err)
	}
	if err := completeModel(ctx, w.q, tx, w.cfg.Embedder, at); err != nil {
		return err
	}
	after := row
	after.Status, after.ErrorCode = string(Indexed), nil
	return recordStatus(ctx, tx, at, row, after)
}

// completeModel notes that every passage that answers has a vector of the model,
// if so: questions are compared by it from then on.
func completeModel(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, e embed.Embedder, at time.Time) error {
	if e.Dimensions() == 0 {
		return nil
	}
	model, err := q.EmbeddingModelEnsure(ctx, tx, sqlc.EmbeddingModelEnsureParams{Name: e.Model(), Dimensions: int32(e.Dimensions()), At: at}) //nolint:gosec // at most 4000
	if err != nil {
		return fmt.Errorf("note the embedding model: %w", err)
	}
	if model.IsComplete {
		return nil
	}
	count, err := q.VectorCountMissing(ctx, tx, model.ID)
	if err != nil {
		return fmt.Errorf("count vectors: %w", err)
	}
	if count.Missing > 0 {
		return nil
	}
	if err := q.EmbeddingModelComplete(ctx, tx, sqlc.EmbeddingModelCompleteParams{ID: model.ID, IsComplete: true}); err != nil {
		return fmt.Errorf("note the embedding model: %w", err)
	}
	return nil
}
