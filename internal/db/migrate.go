package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/msia/msia/queries/schema"
)

// migrationLock is the advisory lock that makes two migrators take turns.
const migrationLock = 0x6d736961 // "msia"

// ErrNoPgvector says that the server has no pgvector and what to do about it.
var ErrNoPgvector = errors.New("the PostgreSQL server has no pgvector extension: install it there (Debian and Ubuntu: " +
	"postgresql-<version>-pgvector; or build it from source) and start again")

// Migrate brings the database to this program's schema: the pgvector extension,
// the tables of queries/schema, River's tables. It may be called any number of
// times, by several processes at once.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer conn.Release()
	// A migration may rightly take longer than a request, and so may waiting for
	// another process's.
	const unbounded = "SET statement_timeout = 0; SET lock_timeout = 0"
	if _, err := conn.Exec(ctx, unbounded); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		_, _ = conn.Exec(cleanup, "SELECT pg_advisory_unlock($1)", migrationLock)
		_, _ = conn.Exec(cleanup, "RESET statement_timeout; RESET lock_timeout")
	}()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return fmt.Errorf("migrate: wait for another migration: %w", err)
	}
	if err := ensurePgvector(ctx, conn.Conn()); err != nil {
		return err
	}
	if err := migrateTables(ctx, pool); err != nil {
		return fmt.Errorf("migrate tables: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("migrate job tables: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate job tables: %w", err)
	}
	return nil
}

func migrateTables(ctx context.Context, pool *pgxpool.Pool) error {
	cfg := pool.Config().ConnConfig.Copy()
	cfg.RuntimeParams["statement_timeout"] = "0"
	cfg.RuntimeParams["lock_timeout"] = "0"
	sqlDB := stdlib.OpenDB(*cfg)
	sqlDB.SetMaxOpenConns(1)
	defer func() { _ = sqlDB.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, sqlDB, schema.Migrations)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// ensurePgvector creates the extension when it is missing. Creating it needs a
// superuser, using it does not.
func ensurePgvector(ctx context.Context, conn *pgx.Conn) error {
	var installed, available bool
	err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector'),
		EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector')`).Scan(&installed, &available)
	switch {
	case err != nil:
		return fmt.Errorf("look for pgvector: %w", err)
	case installed:
		return nil
	case !available:
		return ErrNoPgvector
	}
	_, err = conn.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS vector")
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return errors.New("the database user may not create the pgvector extension: " +
			"run CREATE EXTENSION vector in this database once as a superuser and start again")
	}
	if err != nil {
		return fmt.Errorf("create the pgvector extension: %w", err)
	}
	return nil
}

// Schema returns the newest migration that a database has, 0 for none, and the
// newest that this program has.
func Schema(ctx context.Context, d DB) (has, newest int64, err error) {
	for _, e := range migrations() {
		version, err := goose.NumericComponent(e.Name())
		if err != nil {
			continue // not a migration
		}
		newest = max(newest, version)
	}
	err = d.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&has)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42P01" { // no such table: never migrated
		return 0, newest, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return has, newest, nil
}

func migrations() []fs.DirEntry {
	entries, err := fs.ReadDir(schema.Migrations, ".")
	if err != nil {
		panic(fmt.Sprintf("db: embedded migrations: %v", err)) // cannot happen: they are compiled in
	}
	return entries
}

// MigrationsHash changes whenever a migration does; it names test templates.
func MigrationsHash() string {
	h := sha256.New()
	for _, e := range migrations() {
		body, err := schema.Migrations.ReadFile(e.Name())
		if err != nil {
			panic(fmt.Sprintf("db: embedded migrations: %v", err))
		}
		_, _ = fmt.Fprintf(h, "%s %d\n", e.Name(), len(body))
		_, _ = h.Write(body)
	}
	_, _ = fmt.Fprint(h, "river ", riverVersion)
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// riverVersion is the pinned version of River; its tables are part of the schema.
const riverVersion = "0.51.1"
