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

// Engine returns an engine that reads in processes of readpdf. The compiled PDFium
// stays on this machine: compiling it takes seconds.
func Engine() *pdf.Engine {
	return pdf.New(pdf.Options{
		Command: []string{readpdf(), wire.Command}, CacheDir: filepath.Join(os.TempDir(), "msia-pdfium"), Workers: 2,
	})
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
