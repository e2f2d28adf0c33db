package testdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/msia/msia/internal/localpg"
)

// sweepAfter is the age from which a server's folder that nobody holds counts as left behind rather than just begun.
const sweepAfter = time.Minute

// Server is a throw-away PostgreSQL: fast, and gone for good when stopped.
type Server struct {
	dir    string
	server *localpg.Server
}

// StartServer starts one with the PostgreSQL of PG_BINDIR or of the system. It also removes what killed test runs left.
func StartServer(ctx context.Context) (*Server, error) {
	base := filepath.Join(os.TempDir(), fmt.Sprintf("msia-testdb-%d", os.Geteuid()))
	if err := os.Mkdir(base, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("start a test server: %w", err)
	}
	sweep(base)
	dir, err := os.MkdirTemp(base, "")
	if err != nil {
		return nil, fmt.Errorf("start a test server: %w", err)
	}
	server, err := localpg.Start(ctx, localpg.Config{
		DataDir: dir, BinDir: os.Getenv("PG_BINDIR"), Disposable: true,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a test server: %w", err), os.RemoveAll(dir))
	}
	return &Server{dir: dir, server: server}, nil
}

// URL leads to the server as a superuser.
func (s *Server) URL() string { return s.server.DSN() }

// Stop ends the server and deletes its files. Sessions still open are cut off.
func (s *Server) Stop() error {
	return errors.Join(s.server.Stop(context.Background()), localpg.Discard(s.dir))
}

// sweep removes the folders of servers whose process was killed. What cannot be removed now is tried again next time.
func sweep(base string) {
	entries, err := os.ReadDir(base)
	if err != nil {
		return
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > sweepAfter {
			_ = localpg.Discard(filepath.Join(base, entry.Name()))
		}
	}
}
