package rag_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/rag"
)

// several makes documents of a few pages, each with words of its own.
func several(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = pdftest.Document(
			fmt.Sprintf("Orden %d/2020 sobre reformas\n\nArtículo 1. Objeto.\nEsta orden regula la instalación del dispositivo número %d en vehículos de la categoría M1.", i+1, i+1),
			fmt.Sprintf("Artículo 2. Plazo.\nEl plazo para presentar la documentación del dispositivo es de %d días hábiles.", 10+i),
		)
	}
	return out
}

// TestInterruptedIndexingEndsAlike cancels every step once at each of several
// moments, has the jobs that a killed process had vanish, and compares with an
// undisturbed run.
func TestInterruptedIndexingEndsAlike(t *testing.T) {
	t.Parallel()
	files := several(5)
	calm := build(t, parts{})
	for i, f := range files {
		calm.add(f, rag.New{Title: fmt.Sprintf("Orden %d", i)})
	}
	calm.workAll()
	want := calm.chunks()
	require.NotEmpty(t, want)

	h := build(t, parts{})
	for i, f := range files {
		h.add(f, rag.New{Title: fmt.Sprintf("Orden %d", i)})
	}
	cut := 0
	for i := 0; ; i++ {
		require.Less(t, i, 500, "it does not end")
		job, ok := h.take()
		if !ok {
			// Nobody knows of the documents any more: maintenance does.
			h.ahead.Add(int64(time.Minute))
			h.round()
			if job, ok = h.take(); !ok {
				break
			}
		}
		if i%3 != 2 { // two of three are killed, later and later
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%40)*2*time.Millisecond)
			if err := h.work(ctx, job); err != nil {
				cut++
			}
			cancel()
			continue // and its job is lost
		}
		require.NoError(t, h.work(t.Context(), job))
		require.NoError(t, h.work(t.Context(), job)) // a rescued one comes a second time
	}
	require.Positive(t, cut, "nothing was interrupted")
	assert.Equal(t, want, h.chunks())
	assert.Equal(t, calm.lexemes(), h.lexemes())
}

// slowly reads files of which each page takes some seconds.
type slowly struct {
	*pdf.Engine
	page func(pdf.Page)
}

// Read implements rag.Reader.
func (s slowly) Read(ctx context.Context, file *os.File, each func(pdf.Page) error) (pdf.Info, error) {
	return s.Engine.Read(ctx, file, func(p pdf.Page) error {
		s.page(p)
		return each(p)
	})
}

// TestProgressIsThatOfThePages while a file is read, and never goes back.
func TestProgressIsThatOfThePages(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	var d *rag.Document
	var seen []int
	h.with(parts{reader: slowly{pdftest.Engine(), func(p pdf.Page) {
		h.ahead.Add(int64(3 * time.Second))
		now := h.get(d.ID)
		require.Equal(t, rag.Extracting, now.Stage)
		seen = append(seen, now.Progress)
		if p.Number > 1 {
			require.Equal(t, 8, *now.Pages, "how many there are, not how many are read")
		}
	}}})
	var pages []string
	for i, about := range strings.Fields("frenos ruedas luces asientos motores escapes espejos remolques") {
		pages = append(pages, fmt.Sprintf("Artículo %d. Los %s.\nDe los %s responde quien los instala.", i+1, about, about))
	}
	d = h.add(pdftest.Document(pages...), rag.New{Title: "Orden"})
	h.workAll()
	require.Equal(t, []int{5, 10, 15, 20, 25, 30, 35, 40}, seen, "what each page found written: the page before it")
	require.Equal(t, 100, h.get(d.ID).Progress)
}

// TestReprocessingKeepsCounts: words and passages are counted once, whatever is
// done again, and gone with the document.
func TestReprocessingKeepsCounts(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	d := h.add(pdftest.Regulation(), rag.New{Title: "Real Decreto 866/2010"})
	h.workAll()
	words, chunks := h.lexemes(), h.chunks()
	require.NotEmpty(t, words)
	_, err := h.library.Reprocess(t.Context(), d.ID)
	require.NoError(t, err)
	require.True(t, h.get(d.ID).IsCurrent, "what was indexed before answers meanwhile")
	require.True(t, h.ask("¿Cuál es el plazo de la inspección técnica?").Answered())
	h.workAll()
	require.Equal(t, words, h.lexemes())
	require.Equal(t, chunks, h.chunks())
	require.NoError(t, h.library.Delete(t.Context(), d.ID, 0))
	require.Empty(t, h.lexemes())
	require.Empty(t, h.chunks())
	var passages int
	require.NoError(t, h.pool.QueryRow(t.Context(), "SELECT chunks + tokens FROM rag_corpus").Scan(&passages))
	require.Zero(t, passages)
	ok, err := h.files.Exists(t.Context(), "documents/"+d.ID.String()+"/document.pdf")
	require.NoError(t, err)
	require.False(t, ok)
}

// TestBadFilesFailReadably: each with words of its own, and what was there answers.
func TestBadFilesFailReadably(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	good := pdftest.Regulation()
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"truncated": {good[:len(good)/3], "pdf_broken"},
		"noise":     {append([]byte("%PDF-1.7\n"), make([]byte, 4096)...), "pdf_broken"},
		"no text":   {pdftest.Document(""), "pdf_no_text"},
	} {
		d := h.add(c.file, rag.New{Title: name})
		h.workAll()
		got := h.get(d.ID)
		require.Equal(t, rag.Failed, got.Status, name)
		require.Equal(t, c.code, got.Problem.Code, name)
		require.NotEmpty(t, got.Problem.Detail)
	}
	require.Empty(t, h.chunks())
}

// TestNewEditionTakesOver when it is indexed, and gives back when it goes.
func TestNewEditionTakesOver(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	old := h.add(pdftest.Document("Artículo 1. Plazo.\nEl plazo de la inspección es de quince días naturales."), rag.New{Title: "Orden vieja"})
	h.workAll()
	renewed := h.add(pdftest.Document("Artículo 1. Plazo.\nEl plazo de la inspección es de treinta días naturales."), rag.New{Title: "Orden nueva", SupersedesID: &old.ID})
	const question = "¿Cuál es el plazo de la inspección?"
	require.Contains(t, h.ask(question).Text, "quince")
	h.workAll()
	require.Contains(t, h.ask(question).Text, "treinta")
	require.NotContains(t, h.ask(question).Text, "quince")
	require.Equal(t, 2, h.get(renewed.ID).Edition)
	require.False(t, h.get(old.ID).IsCurrent)
	versions, err := h.library.Versions(t.Context(), old.ID)
	require.NoError(t, err)
	require.Len(t, versions, 2)
	require.NoError(t, h.library.Delete(t.Context(), renewed.ID, 0))
	require.Contains(t, h.ask(question).Text, "quince")
}
