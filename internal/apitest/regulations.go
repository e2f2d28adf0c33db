package apitest

import (
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/objects"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/rag"
)

// openRegulations makes the parts that answer questions about the rules.
func (s *Server) openRegulations(log *slog.Logger) {
	s.t.Helper()
	var err error
	s.documents, err = objects.Open(s.t.Context(), "file://"+s.Files)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, s.documents.Close()) })
	reader, dir := pdftest.Engine(), s.t.TempDir()
	s.Library, err = rag.NewLibrary(rag.LibraryConfig{
		DB: s.Pool, Jobs: s.Jobs, Files: s.documents, TempDir: dir, Reader: reader, Now: s.Clock.Now, Log: log,
	})
	require.NoError(s.t, err)
	s.Answers = rag.NewAnswers(rag.AnswersConfig{DB: s.Pool, Embedder: embed.Hash{}, Now: s.Clock.Now, Log: log})
	s.process = rag.NewProcessWorker(rag.ProcessConfig{
		DB: s.Pool, Jobs: s.Jobs, Files: s.documents, TempDir: dir, Reader: reader, Embedder: embed.Hash{}, Now: s.Clock.Now, Log: log,
	})
}

// ProcessDocuments does the jobs of documents until there are none.
func (s *Server) ProcessDocuments() {
	s.t.Helper()
	for {
		step, ok := s.Jobs.next()
		if !ok {
			return
		}
		require.NoError(s.t, s.process.Work(s.t.Context(), &river.Job[rag.ProcessArgs]{JobRow: &rivertype.JobRow{Attempt: 1}, Args: step}))
	}
}

func (l *JobLog) next() (step rag.ProcessArgs, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.documents) == 0 {
		return step, false
	}
	step, l.documents = l.documents[0], l.documents[1:]
	return step, true
}
