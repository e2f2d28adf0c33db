package testdb

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/internal/db"
)

// templateLock is the advisory lock under which a template is built. It counts per database, so all take it in the one
// that the server's URL leads to.
const templateLock = 0x6d73696174706c // "msiatpl"

// server is a PostgreSQL that holds the template.
type server struct {
	// url leads to any database on it, as a superuser.
	url string
	// ours is true when it ends with this process.
	ours bool
	// template is the migrated database that tests' databases are copies of.
	template string
}

// ensureTemplate builds the template of the present migrations.
func (s *server) ensureTemplate(ctx context.Context) error {
	s.template = "msia_tmpl_" + db.MigrationsHash()
	return s.ensure(ctx, s.template, "", db.Migrate)
}

// ensure builds a template, as a copy of another one ("" for none) that is then prepared, unless another test binary,
// or an earlier run, has done so. A half-built one is never seen: it gets its name at the end.
func (s *server) ensure(ctx context.Context, template, from string, prepare Prepare) error {
	return s.withConn(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(templateLock)); err != nil {
			return err
		}
		// Ending the session releases the lock.
		var exists bool
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template).Scan(&exists)
		if err != nil || exists {
			return err
		}
		work := template + "_unfinished"
		if err := execute(ctx, conn, "DROP DATABASE IF EXISTS %s WITH (FORCE)", work); err != nil {
			return err
		}
		if from == "" {
			err = execute(ctx, conn, "CREATE DATABASE %s", work)
		} else {
			err = execute(ctx, conn, "CREATE DATABASE %s TEMPLATE %s", work, from)
		}
		if err != nil {
			return err
		}
		if err := prepareDatabase(ctx, withDatabase(s.url, work), prepare); err != nil {
			return err
		}
		// A database somebody is connected to cannot be copied.
		if err := execute(ctx, conn, "ALTER DATABASE %s ALLOW_CONNECTIONS false", work); err != nil {
			return err
		}
		return execute(ctx, conn, "ALTER DATABASE %s RENAME TO %s", work, template)
	})
}

func prepareDatabase(ctx context.Context, dsn string, prepare Prepare) error {
	pool, err := db.Open(ctx, db.Config{URL: dsn, ApplicationName: "msia test template"})
	if err != nil {
		return err
	}
	defer pool.Close()
	return prepare(ctx, pool)
}

func (s *server) clone(ctx context.Context, name, template string) error {
	return s.withConn(ctx, func(conn *pgx.Conn) error {
		return execute(ctx, conn, "CREATE DATABASE %s TEMPLATE %s", name, template)
	})
}

func (s *server) drop(ctx context.Context, name string) error {
	return s.withConn(ctx, func(conn *pgx.Conn) error {
		return execute(ctx, conn, "DROP DATABASE %s WITH (FORCE)", name)
	})
}

func (s *server) withConn(ctx context.Context, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return fn(conn)
}

// execute runs a statement on databases, which cannot be passed as parameters.
func execute(ctx context.Context, conn *pgx.Conn, format string, databases ...string) error {
	names := make([]any, len(databases))
	for i, name := range databases {
		names[i] = pgx.Identifier{name}.Sanitize()
	}
	sql := fmt.Sprintf(format, names...)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

// withDatabase returns a URL, or keyword string, that leads to another database of the same server.
func withDatabase(dsn, name string) string {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " dbname=" + name // the last one counts
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // connecting will say what is wrong with it
	}
	u.Path = "/" + name
	return u.String()
}
