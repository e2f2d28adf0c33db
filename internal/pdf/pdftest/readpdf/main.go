// Command readpdf is the reader of PDFs for tests. Tests run with the race
// detector, which makes compiling PDFium take longer than a file may.
package main

import (
	"fmt"
	"os"

	"github.com/msia/msia/internal/pdf/reader"
)

func main() {
	if err := reader.Main(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
