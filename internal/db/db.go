// Package db is the plumbing between the domains and PostgreSQL: pools,
// transactions, migrations, and telling errors apart.
package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/gen/sqlc"
)

// DB is what services work with: a pool, or a transaction in which Begin is a
// savepoint, so that services nest.
type DB interface {
	sqlc.DBTX
	Begin(ctx context.Context) (pgx.Tx, error)
}

// rollbackTimeout bounds a rollback whose request was cancelled already.
const rollbackTimeout = 5 * time.Second

// Config says how to connect.
type Config struct {
	// URL is a PostgreSQL URL or keyword string.
	URL string
	// MaxConns is the size of the pool; 0 means pgx's default.
	MaxConns int32
	// ApplicationName is shown in pg_stat_activity.
	ApplicationName string
	// Tracer sees every statement; nil for none.
	Tracer pgx.QueryTracer
}

// Open makes a pool. It does not connect: the first query does, so that a
// server that is away for the moment is no reason not to start.
func Open(ctx context.Context, cfg Config) (*pgxpool.Pool, error) {
	pc, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, errors.New("the database URL cannot be parsed; expected postgres://user:password@host:5432/name")
	}
	if cfg.MaxConns > 0 {
		pc.MaxConns = cfg.MaxConns
	}
	params := pc.ConnConfig.RuntimeParams
	params["application_name"] = cfg.ApplicationName
	params["timezone"] = "UTC"
	setDefault(params, "statement_timeout", "10s")
	setDefault(params, "lock_timeout", "5s")
	setDefault(params, "idle_in_transaction_session_timeout", "30s")
	pc.ConnConfig.Tracer = cfg.Tracer
	pc.ConnConfig.ConnectTimeout = 5 * time.Second
	pc.MaxConnLifetime = time.Hour
	pc.HealthCheckPeriod = 15 * time.Second
	return pgxpool.NewWithConfig(ctx, pc)
}

func setDefault(m map[string]string, key, value string) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}

// InTx runs fn in a transaction: committed when fn returns nil, else rolled
// back. Inside fn only tx may be used: a second connection of the pool could be
// the one everybody waits for.
func InTx(ctx context.Context, d DB, fn func(ctx context.Context, tx pgx.Tx) error) (err error) {
	tx, err := d.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err == nil {
			return
		}
		rollbackCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		_ = tx.Rollback(rollbackCtx) // the first error is the one that tells
	}()
	if err = fn(ctx, tx); err != nil {
		return err
	}
	if err = tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// InSnapshot runs fn in a transaction that only reads and sees one state of the
// database all along.
func InSnapshot(ctx context.Context, d DB, fn func(ctx context.Context, tx pgx.Tx) error) error {
	return InTx(ctx, d, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// IsUnique reports whether err is the violation of that unique constraint or
// unique index.
func IsUnique(err error, constraint string) bool { return violates(err, "23505", constraint) }

// IsForeignKey reports whether err is the violation of that foreign key.
func IsForeignKey(err error, constraint string) bool { return violates(err, "23503", constraint) }

// IsReferenced reports whether err is the violation of any foreign key: what was
// to be deleted is still referred to, or what was to be referred to is not there.
func IsReferenced(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503"
}

func violates(err error, code, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code && pg.ConstraintName == constraint
}

// IsNoRows reports whether a :one query found nothing.
func IsNoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// IsUnavailable reports whether err says that the server cannot be worked with
// at the moment (away, starting, stopping, out of connections, out of disk,
// timed out), so that the same call may succeed later. Errors about the data
// are not among them.
func IsUnavailable(err error) bool {
	if err == nil {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code[:2] {
		case "08", "53", "57", "58", "40", "25": // connection, resources, operator, system, rollback, read-only
			return true
		}
		return pg.Code == "55P03" // lock_not_available
	}
	var netErr net.Error
	var connErr *pgconn.ConnectError
	return errors.As(err, &connErr) || errors.As(err, &netErr) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, pgx.ErrTxClosed) || pgconn.SafeToRetry(err) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF") ||
		strings.Contains(err.Error(), "closed pool")
}

// IsUnstorable reports whether a value cannot be held by its column at all: a
// NUL or half a surrogate in a text, a number out of range.
func IsUnstorable(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case "22P05", "22P02", "22021", "22003":
		return true
	}
	return false
}
