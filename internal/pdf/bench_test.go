package pdf_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/pdftest"
)

const (
	// leastSpeed is what part of pdftotext's pages a second ours has to be.
	leastSpeed = 0.4
	// mostMemory is what a reader may take.
	mostMemory = 400 << 20
)

// benchFiles are the PDFs in the folder MSIA_BENCH_PDFS, or one that is made up.
func benchFiles(b *testing.B) []string {
	b.Helper()
	if dir := os.Getenv("MSIA_BENCH_PDFS"); dir != "" {
		files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
		require.NoError(b, err)
		require.NotEmpty(b, files, "no PDFs in MSIA_BENCH_PDFS")
		return files
	}
	pages := make([]string, 200)
	for i := range pages {
		pages[i] = fmt.Sprintf("Artículo %d. Requisitos.\n", i+1) + strings.Repeat("El titular del vehículo presentará la documentación que exige este real decreto ante el órgano competente. ", 24)
	}
	path := filepath.Join(b.TempDir(), "made-up.pdf")
	require.NoError(b, os.WriteFile(path, pdftest.Document(pages...), 0o600))
	return []string{path}
}

// BenchmarkRead reads each file and has pdftotext read it too.
func BenchmarkRead(b *testing.B) {
	pdftotext, err := exec.LookPath("pdftotext")
	require.NoError(b, err, "scripts/bench-setup.sh installs it")
	e := engine()
	warm, err := os.Open(benchFiles(b)[0])
	require.NoError(b, err)
	defer warm.Close()
	_, err = e.Render(b.Context(), warm, 1, 64) // compiles PDFium
	require.NoError(b, err)
	for _, path := range benchFiles(b) {
		b.Run(filepath.Base(path), func(b *testing.B) {
			pages := 0
			var ours, theirs time.Duration
			for b.Loop() {
				f, err := os.Open(path)
				require.NoError(b, err)
				began := time.Now()
				_, err = e.Read(b.Context(), f, func(pdf.Page) error { pages++; return nil })
				ours += time.Since(began)
				require.NoError(b, err)
				f.Close()
				began = time.Now()
				require.NoError(b, exec.CommandContext(b.Context(), pdftotext, path, os.DevNull).Run())
				theirs += time.Since(began)
			}
			b.ReportMetric(float64(pages)/ours.Seconds(), "pages/s")
			b.ReportMetric(float64(pages)/theirs.Seconds(), "pdftotext-pages/s")
			ratio := theirs.Seconds() / ours.Seconds()
			b.ReportMetric(ratio, "x-pdftotext")
			if ratio < leastSpeed && os.Getenv("MSIA_BENCH_PDFS") != "" { // the made-up one is too simple to tell
				b.Errorf("%.2f times pdftotext's speed; at least %.1f is wanted", ratio, leastSpeed)
			}
		})
	}
}

// BenchmarkReadHostile reads the files that take most memory.
func BenchmarkReadHostile(b *testing.B) {
	e := engine()
	_, _, err := read(b.Context(), b, e, pdftest.Document("warm")) // compiles PDFium
	require.NoError(b, err)
	var most int64
	for b.Loop() {
		for _, content := range [][]byte{onePage(make([]byte, 256<<20), 5, a4), formBomb(12), textBomb(), imageBomb(), deepArrays()} {
			_, info, _ := read(b.Context(), b, e, content) // TestHostile looks at the verdicts
			most = max(most, info.Memory)
		}
	}
	b.ReportMetric(float64(most>>20), "MB-peak")
	if most > mostMemory {
		b.Errorf("a reader took %d MB; at most %d are wanted", most>>20, mostMemory>>20)
	}
}
