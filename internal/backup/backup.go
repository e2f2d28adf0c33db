// Package backup keeps a whole system, its database and its files as they were
// at one moment, in one file, and makes a system of it again.
//
// The file is a tar: files/<key> of the file store, spool/<name> of webhooks
// that waited for the database, database.dump (pg_dump's custom format) and, last,
// manifest.json, which says how many rows and which bytes there have to be.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/internal/objects"
)

// format is the version of the file's form.
const format = 1

// Names in the file.
const (
	dumpName     = "database.dump"
	manifestName = "manifest.json"
	filePrefix   = "files/"
	spoolPrefix  = "spool/"
)

// System is what is backed up, or restored into; every member is required.
type System struct {
	// URL is the database's, with the scheme postgres.
	URL string
	// Programs is the folder of pg_dump and pg_restore, not older than the server.
	Programs string
	Files    *objects.Store
	// SpoolDir is where webhooks wait for the database; it may be missing.
	SpoolDir string
}

// Referenced returns the keys of the files that the database refers to. A file
// never changes under its key.
type Referenced func(ctx context.Context, tx pgx.Tx) ([]string, error)

// Manifest says what a backup holds.
type Manifest struct {
	Format int `json:"format"`
	// Version is the msia that wrote it, Schema its newest migration.
	Version string `json:"version"`
	Schema  int64  `json:"schema"`
	// At is the moment.
	At time.Time `json:"at"`
	// PostgreSQL is the major version of the server.
	PostgreSQL int `json:"postgresql"`
	// Tables counts the rows of each table.
	Tables map[string]int64 `json:"tables"`
	Parts  []Part           `json:"parts"`
	// Missing are keys that the database refers to and the file store did not have.
	Missing []string `json:"missing"`
}

// Part is one file in a backup.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Rows counts the rows of all tables.
func (m Manifest) Rows() int64 {
	var n int64
	for _, rows := range m.Tables {
		n += rows
	}
	return n
}

// connect opens a connection on which nothing times out.
func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errNotURL
	}
	for key, value := range map[string]string{
		"application_name": "msia backup", "statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0",
	} {
		cfg.RuntimeParams[key] = value
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return conn, nil
}

// countRows counts the rows of every table.
func countRows(ctx context.Context, tx pgx.Tx) (map[string]int64, error) {
	rows, err := tx.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	counts := make(map[string]int64, len(names))
	for _, name := range names {
		var n int64
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{"public", name}.Sanitize()).Scan(&n); err != nil {
			return nil, fmt.Errorf("count %s: %w", name, err)
		}
		counts[name] = n
	}
	return counts, nil
}

// sumOf reads r to its end.
func sumOf(r io.Reader) (size int64, sum string, err error) {
	h := sha256.New()
	size, err = io.Copy(h, r)
	return size, hex.EncodeToString(h.Sum(nil)), err
}
