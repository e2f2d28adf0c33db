package rag

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/objects"
	"github.com/msia/msia/internal/pdf"
)

// Queue is where documents are processed, few at a time.
const (
	Queue      = "regulations"
	QueueWidth = 2
)

// ProcessArgs is the job of one step of a document. The step writes what it made,
// the stage that comes next and the job of it in one transaction: whenever the
// process dies, the step is done again or was done once.
type ProcessArgs struct {
	DocumentID uuid.UUID `json:"document_id"`
	RunID      int64     `json:"run_id"`
	Step       Stage     `json:"step"`
}

// Kind names the job.
func (ProcessArgs) Kind() string { return "rag_process" }

// InsertOpts sends it to its own queue.
func (ProcessArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: jobs.MaxAttempts}
}

// ProcessConfig is what a ProcessWorker needs; every member is required.
type ProcessConfig struct {
	// DB is a pool: a step holds a connection of its own, by which others know
	// that it is under way.
	DB       *pgxpool.Pool
	Jobs     Jobs
	Files    *objects.Store
	TempDir  string
	Reader   Reader
	Embedder embed.Embedder
	// Wait is the pause before an endpoint that is away is tried again; 0 means 15 s.
	Wait time.Duration
	Now  func() time.Time
	Log  *slog.Logger
}

// ProcessWorker does the steps.
type ProcessWorker struct {
	river.WorkerDefaults[ProcessArgs]
	cfg ProcessConfig
	q   *sqlc.Queries
}

// NewProcessWorker returns a worker.
func NewProcessWorker(cfg ProcessConfig) *ProcessWorker {
	if cfg.Wait == 0 {
		cfg.Wait = defaultWait
	}
	return &ProcessWorker{cfg: cfg, q: sqlc.New()}
}

const (
	defaultWait = 15 * time.Second
	// elsewhere is the pause of a job whose document another one is at.
	elsewhere = time.Second
	// embedFor is how long one job embeds before it lets others have their turn.
	embedFor = 2 * time.Minute
	// sayEvery is the least pause between two notes of how far a file is read.
	sayEvery = time.Second
	// writeFor bounds a transaction that writes a whole document.
	writeFor = "120s"
)

// Timeout bounds a step. Character recognition takes seconds a page.
func (*ProcessWorker) Timeout(job *river.Job[ProcessArgs]) time.Duration {
	switch job.Args.Step {
	case Extracting:
		return 30 * time.Minute
	case Embedding:
		return embedFor + 2*time.Minute
	}
	return 3 * time.Minute
}

// Work does a step, if it is still to be done and nobody else is at it.
func (w *ProcessWorker) Work(ctx context.Context, job *river.Job[ProcessArgs]) error {
	args := job.Args
	release, err := hold(ctx, w.cfg.DB, w.q, args.DocumentID)
	if err != nil {
		return err
	}
	if release == nil {
		return river.JobSnooze(elsewhere)
	}
	defer release()
	row, err := w.q.RegulationGet(ctx, w.cfg.DB, args.DocumentID)
	if db.IsNoRows(err) {
		return nil // deleted
	}
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	if !due(row.RagDocument, args) {
		return nil
	}
	switch args.Step {
	case Extracting:
		err = w.extract(ctx, row.RagDocument)
	case Structuring:
		err = w.structure(ctx, row.RagDocument)
	case Embedding:
		err = w.embed(ctx, row.RagDocument)
	case Indexing:
		err = w.index(ctx, row.RagDocument)
	}
	return w.outcome(ctx, args, err)
}

// due reports whether a step of a document is to be done.
func due(d sqlc.RagDocument, args ProcessArgs) bool {
	if d.RunID != args.RunID || (Status(d.Status) != Pending && Status(d.Status) != Processing) {
		return false
	}
	return Stage(d.Stage) == args.Step || Stage(d.Stage) == Waiting && args.Step == Extracting
}

// hold has the document to itself until release is called or this process ends;
// release is nil when somebody else has it.
func hold(ctx context.Context, pool *pgxpool.Pool, q *sqlc.Queries, id uuid.UUID) (release func(), err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("hold a document: %w", err)
	}
	got, err := q.RegulationLockRun(ctx, conn, id)
	if err != nil || !got {
		conn.Release()
		return nil, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := q.RegulationUnlockRun(ctx, conn, id); err != nil {
			_ = conn.Conn().Close(ctx) // the lock ends with the connection
		}
		conn.Release()
	}, nil
}

// errWaits says that an endpoint or the file store is away; cause is its code.
type errWaits struct {
	code  string
	cause error
}

func (e *errWaits) Error() string { return e.code + ": " + e.cause.Error() }
func (e *errWaits) Unwrap() error { return e.cause }

// outcome turns what ended a step into what becomes of the job: a file that cannot
// be read fails at once, what is away is waited for without end, anything else is
// tried again a few times.
func (w *ProcessWorker) outcome(ctx context.Context, args ProcessArgs, err error) error {
	var waits *errWaits
	switch {
	case err == nil:
		return nil
	case errors.As(err, &waits):
		w.cfg.Log.WarnContext(ctx, "a document waits", slog.String("document_id", args.DocumentID.String()), slog.Any("error", err))
		arg := sqlc.RegulationWaitsParams{ID: args.DocumentID, RunID: args.RunID, ErrorCode: &waits.code, At: w.cfg.Now()}
		if err := w.q.RegulationWaits(ctx, w.cfg.DB, arg); err != nil {
			return fmt.Errorf("say what is waited for: %w", err)
		}
		return river.JobSnooze(w.cfg.Wait)
	}
	for _, e := range unreadable {
		if errors.Is(err, e) {
			return w.fail(ctx, args, e.Code)
		}
	}
	return err
}

// GiveUp fails a document whose step failed for the last time.
func (w *ProcessWorker) GiveUp(ctx context.Context, args ProcessArgs) error {
	return w.fail(ctx, args, problemInternal)
}

func (w *ProcessWorker) fail(ctx context.Context, args ProcessArgs, code string) error {
	return db.InTx(ctx, w.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		old, err := w.q.RegulationGetForUpdate(ctx, tx, args.DocumentID)
		if db.IsNoRows(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		at := w.cfg.Now()
		n, err := w.q.RegulationFail(ctx, tx, sqlc.RegulationFailParams{ID: args.DocumentID, RunID: args.RunID, ErrorCode: &code, At: at})
		if err != nil || n == 0 {
			return err
		}
		if err := w.q.RegulationRunDelete(ctx, tx, args.RunID); err != nil {
			return fmt.Errorf("drop what was made: %w", err)
		}
		if err := w.q.RegulationPageDeleteRun(ctx, tx, args.RunID); err != nil {
			return fmt.Errorf("drop what was made: %w", err)
		}
		after := old
		after.Status, after.ErrorCode = string(Failed), &code
		return recordStatus(ctx, tx, at, old, after)
	})
}

// step is the transaction that ends a step: fn writes what was made and says how
// far the document is now, and the next step's job goes with it. Nothing happens
// when the document has gone on meanwhile.
func (w *ProcessWorker) step(ctx context.Context, d sqlc.RagDocument, at, next Stage, fn func(context.Context, pgx.Tx) (sqlc.RegulationAdvanceParams, error)) error {
	return db.InTx(ctx, w.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		row, err := w.q.RegulationGetForUpdate(ctx, tx, d.ID)
		if db.IsNoRows(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		if !due(row, ProcessArgs{DocumentID: d.ID, RunID: d.RunID, Step: at}) {
			return nil
		}
		arg, err := fn(ctx, tx)
		if err != nil {
			return err
		}
		arg.ID, arg.Stage, arg.At = d.ID, string(next), w.cfg.Now()
		if err := w.q.RegulationAdvance(ctx, tx, arg); err != nil {
			return fmt.Errorf("advance document: %w", err)
		}
		return w.cfg.Jobs.Enqueue(ctx, tx, ProcessArgs{DocumentID: d.ID, RunID: d.RunID, Step: next})
	})
}

// unhurried lets a transaction take longer than a request's may.
func unhurried(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SET LOCAL statement_timeout = '"+writeFor+"'; SET LOCAL lock_timeout = '"+writeFor+"'")
	return err
}

// Progress, in percent, at the beginning of each stage.
const (
	extractingAt  = 5
	structuringAt = 45
	embeddingAt   = 55
	indexingAt    = 95
)

// extract reads the pages of the file.
func (w *ProcessWorker) extract(ctx context.Context, d sqlc.RagDocument) error {
	if err := w.q.RegulationBegin(ctx, w.cfg.DB, sqlc.RegulationBeginParams{ID: d.ID, RunID: d.RunID, Progress: extractingAt, At: w.cfg.Now()}); err != nil {
		return fmt.Errorf("begin document: %w", err)
	}
	file, err := openLocal(ctx, w.cfg.Files, w.cfg.TempDir, d.ID)
	if errors.Is(err, objects.ErrUnavailable) {
		return &errWaits{problemStorage, err}
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	arg := sqlc.RegulationPageInsertParams{RunID: d.RunID, DocumentID: d.ID}
	said := w.cfg.Now()
	info, err := w.cfg.Reader.Read(ctx, file, func(p pdf.Page) error {
		arg.Pages = append(arg.Pages, int32(p.Number)) //nolint:gosec // the reader bounds them
		arg.Labels = append(arg.Labels, storable(p.Label))
		arg.Texts = append(arg.Texts, storable(p.Text))
		arg.Ocr = append(arg.Ocr, p.OCR)
		if now := w.cfg.Now(); now.Sub(said) >= sayEvery {
			said = now
			of := int32(p.Of)                                                                  //nolint:gosec // the same
			progress := extractingAt + (structuringAt-extractingAt)*int32(p.Number)/max(of, 1) //nolint:gosec // the same
			return w.q.RegulationProgress(ctx, w.cfg.DB, sqlc.RegulationProgressParams{ID: d.ID, RunID: d.RunID, Progress: progress, Pages: &of, At: now})
		}
		return nil
	})
	w.cfg.Log.DebugContext(ctx, "a document was read", slog.String("document_id", d.ID.String()), slog.Int("pages", info.Pages),
		slog.Int64("memory_mb", info.Memory>>20))
	if err != nil {
		return err
	}
	return w.step(ctx, d, Extracting, Structuring, func(ctx context.Context, tx pgx.Tx) (sqlc.RegulationAdvanceParams, error) {
		pages, ocr := int32(info.Pages), int32(info.OCR) //nolint:gosec // the reader bounds them
		out := sqlc.RegulationAdvanceParams{Progress: structuringAt, Pages: &pages, OcrPages: &ocr}
		if err := w.q.RegulationPageInsert(ctx, tx, arg); err != nil {
			return out, fmt.Errorf("insert pages: %w", err)
		}
		return out, nil
	})
}

// storable drops the one character that PostgreSQL's text cannot hold.
func storable(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r != 0 {
			out = append(out, r)
		}
	}
	return string(out)
}

// openLocal opens a document's file as one of this machine. Errors: ErrNotFound
// when it has none; objects.ErrUnavailable.
func openLocal(ctx context.Context, files *objects.Store, tempDir string, id uuid.UUID) (*os.File, error) {
	f, err := files.Open(ctx, fileKey(id))
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, fault.New(fault.NotFound, "file_not_found", "The document's file is gone.")
	}
	if local, ok := f.ReadSeekCloser.(*os.File); ok {
		return local, nil
	}
	defer func() { _ = f.Close() }()
	local, err := unnamed(ctx, tempDir)
	if err != nil {
		return nil, err
	}
	if _, err := local.ReadFrom(f); err != nil {
		_ = local.Close()
		return nil, objects.Error(ctx, "read", err)
	}
	return local, nil
}
