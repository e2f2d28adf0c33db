package rag

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/embed"
)

// MaintainEvery is the pause between two rounds of maintenance.
const MaintainEvery = 20 * time.Second

// MaintainArgs is the job of a round.
type MaintainArgs struct{}

// Kind names the job.
func (MaintainArgs) Kind() string { return "rag_maintain" }

// InsertOpts has it wait or run once at a time.
func (MaintainArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: MaintainEvery}}
}

// Scheduled lists the arguments of the jobs of a kind that will be run, not of
// those that are running (internal/jobs).
type Scheduled interface {
	Scheduled(ctx context.Context, kind string) ([][]byte, error)
}

// MaintainConfig is what a MaintainWorker needs; every member is required.
type MaintainConfig struct {
	DB        *pgxpool.Pool
	Jobs      Jobs
	Scheduled Scheduled
	Library   *Library
	Embedder  embed.Embedder
	// IndexFrom is how many vectors get an HNSW index; 0 means ScanBelow.
	IndexFrom int
	Now       func() time.Time
	Log       *slog.Logger
}

// MaintainWorker takes up what a killed process left, gives passages the vectors
// of another model, and clears away what is not needed any more.
type MaintainWorker struct {
	river.WorkerDefaults[MaintainArgs]
	cfg MaintainConfig
	q   *sqlc.Queries
	// sweptAt is when files were last compared with documents; complete is the
	// version of the corpus that had all vectors. Rounds do not overlap.
	sweptAt  time.Time
	complete int64
}

// NewMaintainWorker returns a worker.
func NewMaintainWorker(cfg MaintainConfig) *MaintainWorker {
	if cfg.IndexFrom == 0 {
		cfg.IndexFrom = ScanBelow
	}
	return &MaintainWorker{cfg: cfg, q: sqlc.New()}
}

const (
	// untouched is how long nobody has written to a document that is taken up.
	untouched = 5 * time.Second
	// reembedFor is how long one round makes vectors.
	reembedFor = time.Minute
	// sweepEvery is the pause between looking for orphaned files.
	sweepEvery = time.Hour
	// answerLifetime is how long a cached answer is kept.
	answerLifetime = 7 * 24 * time.Hour
	// maintainTimeout bounds a round. Building an index over half a million vectors
	// takes that long.
	maintainTimeout = 30 * time.Minute
)

// Timeout bounds a round.
func (*MaintainWorker) Timeout(*river.Job[MaintainArgs]) time.Duration { return maintainTimeout }

// Work does a round. What fails is left to the next one.
func (w *MaintainWorker) Work(ctx context.Context, _ *river.Job[MaintainArgs]) error {
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"take documents up", w.takeUp},
		{"forget answers", w.forgetAnswers},
		{"sweep files", w.sweep},
		{"make vectors", w.reembed},
		{"index vectors", w.indexVectors},
	} {
		if err := part.do(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			w.cfg.Log.WarnContext(ctx, "regulations: maintenance failed", slog.String("part", part.name), slog.Any("error", err))
		}
	}
	return nil
}

// takeUp enqueues the step of documents that nobody is at and no job waits for:
// whoever was at it died. Two jobs for one step do no harm.
func (w *MaintainWorker) takeUp(ctx context.Context) error {
	rows, err := w.q.RegulationListUnfinished(ctx, w.cfg.DB, w.cfg.Now().Add(-untouched))
	if err != nil || len(rows) == 0 {
		return err
	}
	waiting, err := w.cfg.Scheduled.Scheduled(ctx, ProcessArgs{}.Kind())
	if err != nil {
		return err
	}
	runs := map[int64]bool{}
	for _, raw := range waiting {
		var args ProcessArgs
		if err := json.Unmarshal(raw, &args); err == nil {
			runs[args.RunID] = true
		}
	}
	for _, row := range rows {
		if runs[row.RunID] {
			continue
		}
		release, err := hold(ctx, w.cfg.DB, w.q, row.ID)
		if err != nil {
			return err
		}
		if release == nil {
			continue // somebody is at it
		}
		release()
		step := Stage(row.Stage)
		if step == Waiting {
			step = Extracting
		}
		err = db.InTx(ctx, w.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
			return w.cfg.Jobs.Enqueue(ctx, tx, ProcessArgs{DocumentID: row.ID, RunID: row.RunID, Step: step})
		})
		if err != nil {
			return err
		}
		w.cfg.Log.InfoContext(ctx, "a document is taken up", slog.String("document_id", row.ID.String()), slog.String("stage", row.Stage))
	}
	return nil
}

func (w *MaintainWorker) forgetAnswers(ctx context.Context) error {
	_, err := w.q.AnswerDeleteOld(ctx, w.cfg.DB, w.cfg.Now().Add(-answerLifetime))
	return err
}

func (w *MaintainWorker) sweep(ctx context.Context) error {
	if w.cfg.Now().Sub(w.sweptAt) < sweepEvery {
		return nil
	}
	w.sweptAt = w.cfg.Now()
	n, err := w.cfg.Library.Sweep(ctx)
	if n > 0 {
		w.cfg.Log.InfoContext(ctx, "orphaned files of documents deleted", slog.Int("files", n))
	}
	return err
}

// reembed gives the passages that answer the vectors of the configured model, a
// while at a time; once it has them all, those of other models go.
func (w *MaintainWorker) reembed(ctx context.Context) error {
	corpus, err := w.q.CorpusGet(ctx, w.cfg.DB)
	if err != nil {
		return fmt.Errorf("read the corpus: %w", err)
	}
	if corpus.Version == w.complete {
		return nil
	}
	v := &vectors{db: w.cfg.DB, q: w.q, embedder: w.cfg.Embedder, now: w.cfg.Now}
	model, err := v.model(ctx)
	if err != nil {
		return err
	}
	runs, err := w.q.VectorRunsMissing(ctx, w.cfg.DB, model.ID)
	if err != nil {
		return fmt.Errorf("list runs without vectors: %w", err)
	}
	until := w.cfg.Now().Add(reembedFor)
	for _, run := range runs {
		done, err := v.fill(ctx, model, run.RunID, until, func(int) error { return nil })
		if err != nil || !done {
			return err
		}
	}
	if model.IsComplete && len(runs) == 0 {
		if err := w.dropOtherModels(ctx, model); err != nil {
			return err
		}
		w.complete = corpus.Version
		return nil
	}
	return db.InTx(ctx, w.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		if _, err := w.q.CorpusLock(ctx, tx); err != nil {
			return fmt.Errorf("lock the corpus: %w", err)
		}
		if err := completeModel(ctx, w.q, tx, w.cfg.Embedder, w.cfg.Now()); err != nil {
			return err
		}
		return w.q.CorpusChange(ctx, tx, sqlc.CorpusChangeParams{})
	})
}

// dropOtherModels deletes the vectors that no question is compared with any more.
func (w *MaintainWorker) dropOtherModels(ctx context.Context, keep sqlc.RagModel) error {
	models, err := w.q.EmbeddingModelList(ctx, w.cfg.DB)
	if err != nil {
		return fmt.Errorf("list embedding models: %w", err)
	}
	for _, m := range models {
		if m.ID == keep.ID {
			continue
		}
		conn, err := unbounded(ctx, w.cfg.DB)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "DROP INDEX IF EXISTS "+indexName(m.ID))
		if err == nil {
			err = w.q.EmbeddingModelDelete(ctx, conn, m.ID)
		}
		conn.close(ctx)
		if err != nil {
			return fmt.Errorf("drop the vectors of %s: %w", m.Name, err)
		}
		w.cfg.Log.InfoContext(ctx, "vectors of another model dropped", slog.String("model", m.Name))
	}
	return nil
}

// indexName is the HNSW index of a model. Its predicate has to be a constant, so it
// is made when it is needed and not by a migration.
func indexName(model int16) string { return fmt.Sprintf("rag_vectors_hnsw_%d_idx", model) }

// indexVectors makes the HNSW index of the model once there are too many vectors
// to compare each. Documents may be added meanwhile.
func (w *MaintainWorker) indexVectors(ctx context.Context) error {
	models, err := w.q.EmbeddingModelList(ctx, w.cfg.DB)
	if err != nil {
		return fmt.Errorf("list embedding models: %w", err)
	}
	for _, m := range models {
		if m.IsIndexed || !m.IsComplete {
			continue
		}
		count, err := w.q.VectorCount(ctx, w.cfg.DB, m.ID)
		if err != nil {
			return fmt.Errorf("count vectors: %w", err)
		}
		if count < int64(w.cfg.IndexFrom) {
			continue
		}
		if err := w.buildIndex(ctx, m); err != nil {
			return fmt.Errorf("index the vectors of %s: %w", m.Name, err)
		}
	}
	return nil
}

// indexMemory has the graph of a hundred thousand vectors in memory while it is
// built; beyond it building is many times slower.
const indexMemory = "512MB"

func (w *MaintainWorker) buildIndex(ctx context.Context, m sqlc.RagModel) error {
	conn, err := unbounded(ctx, w.cfg.DB)
	if err != nil {
		return err
	}
	defer conn.close(ctx)
	for _, statement := range []string{
		"SET maintenance_work_mem = '" + indexMemory + "'",
		"DROP INDEX IF EXISTS " + indexName(m.ID), // of a build that was broken off
		fmt.Sprintf("CREATE INDEX CONCURRENTLY %s ON rag_vectors USING hnsw ((embedding::halfvec(%d)) halfvec_cosine_ops) WITH (m = 24, ef_construction = 128) WHERE model_id = %d",
			indexName(m.ID), m.Dimensions, m.ID),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return w.q.EmbeddingModelIndexed(ctx, conn, sqlc.EmbeddingModelIndexedParams{ID: m.ID, IsIndexed: true})
}

// longConn is a connection whose statements may take their time. It does not go
// back to the pool.
type longConn struct{ *pgx.Conn }

func (c longConn) close(ctx context.Context) { _ = c.Close(context.WithoutCancel(ctx)) }

func unbounded(ctx context.Context, pool *pgxpool.Pool) (longConn, error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return longConn{}, fmt.Errorf("connect: %w", err)
	}
	own := longConn{conn.Hijack()}
	if _, err := own.Exec(ctx, "SET statement_timeout = 0; SET lock_timeout = 0"); err != nil {
		own.close(ctx)
		return longConn{}, fmt.Errorf("connect: %w", err)
	}
	return own, nil
}
