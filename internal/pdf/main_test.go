package pdf_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/pdftest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine returns one with changed options.
func engine(change ...func(*pdf.Options)) *pdf.Engine {
	opts := pdftest.Options()
	for _, c := range change {
		c(&opts)
	}
	return pdf.New(opts)
}
