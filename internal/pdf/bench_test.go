package pdf_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/pdftest"
)

const (
	// leastSpeed is what part of pdftotext's pages a second ours has to be.
	leastSpeed = 0.4
	// leastAlike is how like pdftotext's the words of a file have to be, and of each
	// page: the harmonic mean of what part of ours are theirs, and of theirs ours.
	leastAlike, leastAlikePage = 0.995, 0.97
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
			ours, theirs := time.Hour, time.Hour // the quickest of both: the least else got in their way
			for b.Loop() {
				for range 3 {
					f, err := os.Open(path)
					require.NoError(b, err)
					pages = 0
					began := time.Now()
					_, err = e.Read(b.Context(), f, func(pdf.Page) error { pages++; return nil })
					ours = min(ours, time.Since(began))
					require.NoError(b, err)
					f.Close()
					began = time.Now()
					require.NoError(b, exec.CommandContext(b.Context(), pdftotext, path, os.DevNull).Run())
					theirs = min(theirs, time.Since(began))
				}
			}
			b.ReportMetric(0, "ns/op") // of all three, and of both
			b.ReportMetric(float64(pages)/ours.Seconds(), "pages/s")
			b.ReportMetric(float64(pages)/theirs.Seconds(), "pdftotext-pages/s")
			whole, worst := likeness(b, e, pdftotext, path)
			b.ReportMetric(whole, "F1")
			b.ReportMetric(worst, "F1-worst-page")
			if whole < leastAlike || worst < leastAlikePage {
				b.Errorf("the words are %.4f those of pdftotext, of the worst page %.3f; at least %.3f and %.2f are wanted", whole, worst, leastAlike, leastAlikePage)
			}
			ratio := theirs.Seconds() / ours.Seconds()
			b.ReportMetric(ratio, "x-pdftotext")
			if ratio < leastSpeed && os.Getenv("MSIA_BENCH_PDFS") != "" { // the made-up one is too simple to tell
				b.Errorf("%.2f times pdftotext's speed; at least %.1f is wanted", ratio, leastSpeed)
			}
		})
	}
}

// likeness is how like ours pdftotext's words of a file are, and of the page that
// is worst.
func likeness(b *testing.B, e *pdf.Engine, pdftotext, path string) (whole, worst float64) {
	b.Helper()
	out, err := exec.CommandContext(b.Context(), pdftotext, path, "-").Output()
	require.NoError(b, err)
	theirs := strings.Split(string(out), "\f")
	f, err := os.Open(path)
	require.NoError(b, err)
	defer f.Close()
	worst = 1
	var common, all int
	_, err = e.Read(b.Context(), f, func(p pdf.Page) error {
		ours, their := words(p.Text), words(theirs[p.Number-1])
		c := 0
		for w, n := range ours {
			c += min(n, their[w])
		}
		sum := count(ours) + count(their)
		common, all = common+2*c, all+sum
		if sum > 100 { // two words of a nearly empty page say nothing
			worst = min(worst, float64(2*c)/float64(sum))
		}
		return nil
	})
	require.NoError(b, err)
	return float64(common) / float64(all), worst
}

// words counts those of a text, and the parts of those that the end of a line cuts:
// PDFium and pdftotext each have their own way with hyphens.
func words(text string) map[string]int {
	out := map[string]int{}
	for w := range strings.FieldsFuncSeq(norm.NFC.String(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		out[w]++
	}
	return out
}

func count(words map[string]int) (n int) {
	for _, c := range words {
		n += c
	}
	return n
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
