// Package decodertest makes a test's own program the decoder of its pictures.
package decodertest

import (
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder"
	"github.com/msia/msia/internal/images/wire"
)

// A test program that is started as a decoder is one and nothing else. This has
// to come before any TestMain, so that importing the package is enough.
func init() {
	if len(os.Args) != 2 || os.Args[1] != wire.Command {
		return
	}
	if err := decoder.Main(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Command starts this test's program as a decoder.
func Command() []string { return []string{os.Args[0], wire.Command} }

// Pool returns decoders that end with the test.
func Pool(t testing.TB, log *slog.Logger) *images.Pool {
	t.Helper()
	p := images.NewPool(images.PoolConfig{Command: Command(), Processes: 2, Queue: 64, Log: log})
	t.Cleanup(p.Close)
	return p
}
