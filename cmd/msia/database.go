package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/config"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/localpg"
)

// Sizes of the pools. Acknowledging webhooks has its own, so that a burst of
// jobs cannot keep it waiting.
const (
	poolSize    = 24
	ackPoolSize = 4
)

// stopTimeout is how long the private server may take to stop.
const stopTimeout = 20 * time.Second

// database is the server to work with: a given one, or a private one that lives
// as long as this process.
type database struct {
	url     string
	private *localpg.Server
	dataDir string
	// tracer sees every statement; nil for none.
	tracer pgx.QueryTracer
}

// openDatabase finds the data folder and, unless DATABASE_URL names a server,
// starts the private one.
func openDatabase(ctx context.Context, env environment) (*database, error) {
	dataDir, err := dataFolder(env)
	if err != nil {
		return nil, err
	}
	if env.cfg.DatabaseURL != "" {
		return &database{url: string(env.cfg.DatabaseURL), dataDir: dataDir}, nil
	}
	server, err := localpg.Start(ctx, localpg.Config{DataDir: dataDir, Logger: env.log, BinDir: env.cfg.PGBinDir})
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	return &database{url: server.DSN(), private: server, dataDir: dataDir}, nil
}

// dataFolder returns the absolute data folder, made when missing.
func dataFolder(env environment) (string, error) {
	dir := env.cfg.DataDir
	if dir == "" {
		dir = config.DefaultDataDir
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("MSIA_DATA_DIR: %w", err)
	}
	if env.cfg.DataDir == "" && env.cfg.DatabaseURL == "" {
		if err := localpg.UsableDataDir(abs); err != nil {
			env.log.Warn("the default data folder cannot be used", slog.Any("error", err), slog.String("instead", config.FallbackDataDir))
			_, _ = fmt.Fprintf(env.stdout, "Data folder: %s (%s cannot be used)\n", config.FallbackDataDir, abs)
			abs = config.FallbackDataDir
		}
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	return abs, nil
}

// joinDatabase is openDatabase, or the private server of this data folder that a
// running msia has.
func joinDatabase(ctx context.Context, env environment) (*database, error) {
	d, err := openDatabase(ctx, env)
	if !errors.Is(err, localpg.ErrInUse) {
		return d, err
	}
	dir, dirErr := dataFolder(env)
	if dirErr != nil {
		return nil, dirErr
	}
	dsn, runErr := localpg.RunningDSN(dir)
	if runErr != nil {
		return nil, err
	}
	return &database{url: dsn, dataDir: dir}, nil
}

// fileStore is the address of the file store.
func fileStore(cfg config.Config, dataDir string) string {
	if cfg.BlobURL != "" {
		return cfg.BlobURL
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dataDir, "files"))}).String()
}

// spoolDir is where webhooks wait for the database.
func (d *database) spoolDir() string { return filepath.Join(d.dataDir, "spool") }

// close stops the private server, if there is one.
func (d *database) close(log *slog.Logger) {
	if d.private == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := d.private.Stop(ctx); err != nil {
		log.Error("private PostgreSQL did not stop cleanly", slog.Any("error", err))
	}
}

func (d *database) pool(ctx context.Context, name string, size int32) (*pgxpool.Pool, error) {
	return db.Open(ctx, db.Config{URL: d.url, MaxConns: size, ApplicationName: "msia " + name, Tracer: d.tracer})
}

// withPool runs a short command on a migrated database. When a running msia has
// the private server of this data folder already, that one is used.
func withPool(ctx context.Context, env environment, fn func(ctx context.Context, pool *pgxpool.Pool) error) error {
	d, err := joinDatabase(ctx, env)
	if err != nil {
		return err
	}
	defer d.close(env.log)
	pool, err := d.pool(ctx, "command", 4)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := db.Migrate(ctx, pool); err != nil {
		return err
	}
	return fn(ctx, pool)
}
