// Package pdftest reads and makes PDFs for tests.
package pdftest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/wire"
)

// Engine returns an engine with Options.
func Engine() *pdf.Engine { return pdf.New(Options()) }

// Options have files read in processes of readpdf, which is not slowed down by the
// race detector. The compiled PDFium stays on this machine: compiling it takes
// seconds.
func Options() pdf.Options {
	return pdf.Options{Command: []string{readpdf(), wire.Command}, CacheDir: filepath.Join(os.TempDir(), "msia-pdfium"), Workers: 2}
}

// readpdf builds the program, once for a test's process; several may do so at once.
var readpdf = sync.OnceValue(func() string {
	program := filepath.Join(os.TempDir(), "msia-readpdf")
	own := fmt.Sprintf("%s-%d", program, os.Getpid())
	build := exec.Command("go", "build", "-o", own, "github.com/msia/msia/internal/pdf/pdftest/readpdf")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build readpdf: %v\n%s", err, out))
	}
	if err := os.Rename(own, program); err != nil {
		panic(err)
	}
	return program
})
