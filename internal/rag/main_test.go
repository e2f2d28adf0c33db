package rag_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/objects"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/rag"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// house is everything that answers, on a database of its own. Jobs are done one by
// one, by hand.
type house struct {
	t        testing.TB
	pool     *pgxpool.Pool
	files    *objects.Store
	library  *rag.Library
	answers  *rag.Answers
	glossary *rag.Glossary
	worker   *rag.ProcessWorker
	maintain *rag.MaintainWorker

	mu   sync.Mutex
	jobs []rag.ProcessArgs
	// ahead moves the clock.
	ahead atomic.Int64
}

type parts struct {
	embedder  embed.Embedder
	reranker  rag.Reranker
	chat      rag.Chat
	indexFrom int
	reader    rag.Reader
}

func build(t testing.TB, p parts) *house {
	t.Helper()
	h := &house{t: t, pool: testdb.New(t)}
	var err error
	h.files, err = objects.Open(t.Context(), "file://"+t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.files.Close()) })
	h.with(p)
	return h
}

// with builds the parts anew, as after a restart with another configuration.
func (h *house) with(p parts) {
	h.t.Helper()
	if p.embedder == nil {
		p.embedder = embed.Hash{}
	}
	log := slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	dir := h.t.TempDir()
	if p.reader == nil {
		p.reader = pdftest.Engine()
	}
	var err error
	h.library, err = rag.NewLibrary(rag.LibraryConfig{DB: h.pool, Jobs: h, Files: h.files, TempDir: dir, Reader: p.reader, Now: h.now, Log: log})
	require.NoError(h.t, err)
	h.answers = rag.NewAnswers(rag.AnswersConfig{DB: h.pool, Embedder: p.embedder, Reranker: p.reranker, Chat: p.chat, Now: h.now, Log: log})
	h.glossary = rag.NewGlossary(h.pool, h.now)
	h.worker = rag.NewProcessWorker(rag.ProcessConfig{
		DB: h.pool, Jobs: h, Files: h.files, TempDir: dir, Reader: p.reader, Embedder: p.embedder, Now: h.now, Log: log,
	})
	h.maintain = rag.NewMaintainWorker(rag.MaintainConfig{
		DB: h.pool, Jobs: h, Scheduled: h, Library: h.library, Embedder: p.embedder, IndexFrom: p.indexFrom, Now: h.now, Log: log,
	})
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// Enqueue implements rag.Jobs.
func (h *house) Enqueue(_ context.Context, _ pgx.Tx, args river.JobArgs) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if step, ok := args.(rag.ProcessArgs); ok {
		h.jobs = append(h.jobs, step)
	}
	return nil
}

// Scheduled implements rag.Scheduled: after a crash there is nothing.
func (h *house) Scheduled(context.Context, string) ([][]byte, error) { return nil, nil }

// take takes the next job from the queue.
func (h *house) take() (rag.ProcessArgs, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.jobs) == 0 {
		return rag.ProcessArgs{}, false
	}
	job := h.jobs[0]
	h.jobs = h.jobs[1:]
	return job, true
}

func (h *house) work(ctx context.Context, args rag.ProcessArgs) error {
	return h.worker.Work(ctx, &river.Job[rag.ProcessArgs]{JobRow: &rivertype.JobRow{Attempt: 1}, Args: args})
}

// workAll does all jobs.
func (h *house) workAll() {
	h.t.Helper()
	for {
		args, ok := h.take()
		if !ok {
			return
		}
		require.NoError(h.t, h.work(h.t.Context(), args))
	}
}

func (h *house) round() {
	h.t.Helper()
	require.NoError(h.t, h.maintain.Work(h.t.Context(), &river.Job[rag.MaintainArgs]{JobRow: &rivertype.JobRow{}}))
}

func (h *house) add(file []byte, n rag.New) *rag.Document {
	h.t.Helper()
	up, err := h.library.Receive(h.t.Context(), bytes.NewReader(file))
	require.NoError(h.t, err)
	defer up.Close()
	if n.Type == "" {
		n.Type = "other"
	}
	if n.Tags == nil {
		n.Tags = []string{}
	}
	d, err := h.library.Add(h.t.Context(), up, n)
	require.NoError(h.t, err)
	return d
}

func (h *house) get(id uuid.UUID) *rag.Document {
	h.t.Helper()
	d, err := h.library.Get(h.t.Context(), id)
	require.NoError(h.t, err)
	return d
}

func (h *house) ask(text string) *rag.Answer {
	h.t.Helper()
	a, err := h.answers.Ask(h.t.Context(), rag.Question{Text: text, Source: rag.SourceAPI})
	require.NoError(h.t, err)
	return a
}

// chunks are the passages that answer, as text that can be compared.
func (h *house) chunks() []string {
	h.t.Helper()
	rows, err := h.pool.Query(h.t.Context(), `SELECT format('%s|%s|%s|%s-%s|%s|%s|%s|%s', d.title, u.kind, u.label, c.page_from, c.page_to, c.ord, c.text,
		c.tsv, (SELECT v.embedding FROM rag_vectors v WHERE v.chunk_id = c.id))
		FROM rag_chunks c JOIN rag_units u ON u.id = c.unit_id JOIN rag_documents d ON d.id = c.document_id ORDER BY d.title, c.ord`)
	require.NoError(h.t, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(h.t, err)
	return out
}

// lexemes are the counted words.
func (h *house) lexemes() map[string]int {
	h.t.Helper()
	rows, err := h.pool.Query(h.t.Context(), "SELECT stem, df FROM rag_lexemes")
	require.NoError(h.t, err)
	out := map[string]int{}
	var stem string
	var df int
	_, err = pgx.ForEachRow(rows, []any{&stem, &df}, func() error { out[stem] = df; return nil })
	require.NoError(h.t, err)
	return out
}

var beginning page.Key
