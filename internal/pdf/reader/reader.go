// Package reader is the process that reads one PDF and ends: PDFium, compiled to
// WebAssembly, without a file system and with little memory. WebAssembly keeps
// a hostile file from doing anything but compute; that it computes for ever is
// dealt with from outside, since code that can be stopped from within runs
// four times slower.
package reader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/msia/msia/internal/pdf/wire"
)

const (
	// memoryPages of 64 KiB are what PDFium may use: 160 MiB. The largest
	// regulation at hand takes 40.
	memoryPages = 160 << 4
	// helperPages are what a second PDFium may use beside it: 48 MiB, enough for
	// ordinary files.
	helperPages = 48 << 4
	// goMemory is what the garbage collector tries to stay below, compiling
	// PDFium aside.
	goMemory = 300 << 20
)

// Main is the process. It ends when its parent does.
func Main() error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the parent holds the other end and writes nothing
		os.Exit(1)
	}()
	if len(os.Args) < 3 {
		return errors.New("the server starts this, nobody else")
	}
	var req wire.Request
	if err := json.Unmarshal([]byte(os.Args[len(os.Args)-1]), &req); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	debug.SetMemoryLimit(goMemory)
	debug.SetGCPercent(50)
	if err := limit(req.Seconds); err != nil {
		return fmt.Errorf("limit the process: %w", err)
	}
	return serve(withMemory(context.Background()), req, os.NewFile(wire.File, "file.pdf"), os.Stdout)
}

// serve does what is asked. It fails only when PDFium does not even start or
// nobody reads the messages.
func serve(ctx context.Context, req wire.Request, file *os.File, out io.Writer) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	var cache wazero.CompilationCache
	if req.CacheDir != "" {
		if cache, err = wazero.NewCompilationCacheWithDir(filepath.Clean(req.CacheDir)); err != nil {
			return fmt.Errorf("start PDFium: %w", err)
		}
	}
	// begin opens the file in a PDFium of its own.
	begin := func(memory uint32) (*document, error) {
		lib, err := start(ctx, cache, memory)
		if err != nil {
			return nil, fmt.Errorf("start PDFium: %w", err)
		}
		return open(lib, io.NewSectionReader(file, 0, info.Size()), info.Size())
	}
	w := json.NewEncoder(out)
	last := wire.Message{Done: true}
	d, err := begin(memoryPages)
	if err == nil {
		help := func() *helper { return newHelper(func() (*document, error) { return begin(helperPages) }, req.Scans) }
		err = d.do(req, &last, help, w.Encode)
	}
	var f *failure
	switch {
	case errors.As(err, &f):
		last.Failure, last.Detail = f.kind, f.Error()
	case err != nil:
		return err
	}
	return w.Encode(last)
}

// start returns an instance of PDFium that may use so many pages of memory.
func start(ctx context.Context, cache wazero.CompilationCache, memory uint32) (pdfium.Pdfium, error) {
	cfg := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memory)
	if cache != nil {
		cfg = cfg.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxTotal: 1, RuntimeConfig: cfg, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, err
	}
	return pool.GetInstanceWithContext(ctx)
}
