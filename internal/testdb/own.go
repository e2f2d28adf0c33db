package testdb

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/msia/msia/internal/localpg"
)

// Own is a PostgreSQL of one test, which may stop and start it.
type Own struct {
	t      testing.TB
	dir    string
	server *localpg.Server
}

// StartOwn starts an empty PostgreSQL that ends with the test. It costs seconds:
// New is for tests that leave the server alone.
func StartOwn(t testing.TB) *Own {
	t.Helper()
	o := &Own{t: t, dir: t.TempDir()}
	o.Start()
	t.Cleanup(o.Stop)
	return o
}

// URL stays the same over stops and starts.
func (o *Own) URL() string { return o.server.DSN() }

// Start starts it again, with the data it had.
func (o *Own) Start() {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), prepareTimeout)
	defer cancel()
	server, err := localpg.Start(ctx, localpg.Config{DataDir: o.dir, Logger: slog.New(slog.DiscardHandler), Disposable: true})
	if err != nil {
		o.t.Fatalf("testdb: %v", err)
	}
	o.server = server
}

// Stop ends it and every connection; a second call does nothing.
func (o *Own) Stop() {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := o.server.Stop(ctx); err != nil {
		o.t.Errorf("testdb: stop PostgreSQL: %v", err)
	}
}
