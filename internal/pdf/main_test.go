package pdf_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/reader"
	"github.com/msia/msia/internal/pdf/wire"
)

// cacheDir keeps the compiled PDFium for all tests of one run.
var cacheDir string

// TestMain is also the reader that the tests start.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == wire.Command {
		if err := reader.Main(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	dir, err := os.MkdirTemp("", "msia-pdf-")
	if err != nil {
		panic(err)
	}
	cacheDir = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		panic(err)
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// engine returns one that reads in processes made of the test program.
func engine(tb testing.TB, change ...func(*pdf.Options)) *pdf.Engine {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	opts := pdf.Options{Command: []string{self, wire.Command}, CacheDir: cacheDir, Workers: 2}
	for _, c := range change {
		c(&opts)
	}
	return pdf.New(opts)
}
