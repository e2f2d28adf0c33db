// Package testdb gives each test a PostgreSQL database of its own, with all
// migrations applied, in a few tens of milliseconds.
//
// The server is the one that MSIA_TEST_DATABASE_URL leads to, as a superuser;
// `make test` starts one for all packages through internal/testdb/testpg. Without
// it, so in a plain `go test ./internal/x`, each test binary starts a private
// throw-away one. A package whose tests use testdb should say
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
//
// so that such a server is stopped properly; without it the system stops it when
// the process ends, and its files are swept up by a later run.
//
// Without PostgreSQL the tests fail: tests that skip themselves prove nothing.
//
// Only tests may import this package.
package testdb

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/db"
)

// URLEnv is the environment variable that leads to the server to use.
const URLEnv = "MSIA_TEST_DATABASE_URL"

const (
	// prepareTimeout bounds starting the server and building the template, on a machine that is busy compiling.
	prepareTimeout = 5 * time.Minute
	// cleanupTimeout bounds what is done at the end of one test.
	cleanupTimeout = 30 * time.Second
)

// New returns a pool on a migrated, otherwise empty database that only this test uses. Both end with the test. It is
// opened as the product opens its pools.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, DSN(t))
}

// Prepare fills a template.
type Prepare func(ctx context.Context, pool *pgxpool.Pool) error

// NewPrepared is New with a database that prepare has filled. It is called once for each key and server, so the key has
// to tell everything that prepare's outcome depends on.
func NewPrepared(t testing.TB, key string, prepare Prepare) *pgxpool.Pool {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("testdb: these tests need PostgreSQL with pgvector, and there is none: %v", err)
	}
	sum := sha256.Sum256([]byte(key))
	template := s.template + "_" + hex.EncodeToString(sum[:6])
	if err := s.ensure(t.Context(), template, s.template, prepare); err != nil {
		t.Fatalf("testdb: %v", err)
	}
	return open(t, cloneOf(t, s, template))
}

func open(t testing.TB, dsn string) *pgxpool.Pool {
	t.Helper()
	pool, err := db.Open(t.Context(), db.Config{URL: dsn, ApplicationName: "msia test"})
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() {
		// Close waits for connections that are still in use, for ever if need be.
		closed := make(chan struct{})
		go func() { pool.Close(); close(closed) }()
		select {
		case <-closed:
		case <-time.After(cleanupTimeout):
			t.Errorf("testdb: %d connections of the pool are still in use at the end of the test", pool.Stat().AcquiredConns())
		}
	})
	return pool
}

// DSN returns the URL of a database like New's, for tests that connect by themselves. It is dropped when the test ends,
// open connections or not, unless the test failed and the server outlives it.
func DSN(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("testdb: these tests need PostgreSQL with pgvector, and there is none: %v", err)
	}
	return cloneOf(t, s, s.template)
}

func cloneOf(t testing.TB, s *server, template string) string {
	t.Helper()
	name := databaseName(t.Name())
	if err := s.clone(t.Context(), name, template); err != nil {
		t.Fatalf("testdb: %v", err)
	}
	dsn := withDatabase(s.url, name)
	t.Cleanup(func() {
		if t.Failed() {
			if s.ours {
				t.Logf("testdb: the test's database ends with this process. To look into it, run the test inside: go run ./internal/testdb/testpg -- bash")
			} else {
				t.Logf("testdb: the test's database stays as long as its server: psql '%s'", dsn)
			}
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
		defer cancel()
		if err := s.drop(ctx, name); err != nil {
			t.Errorf("testdb: %v", err)
		}
	})
	return dsn
}

var unsafeInName = regexp.MustCompile(`[^a-z0-9]+`)

// databaseName returns a new name that tells which test it belongs to, within PostgreSQL's 63 bytes.
func databaseName(test string) string {
	label := strings.Trim(unsafeInName.ReplaceAllString(strings.ToLower(test), "_"), "_")
	label = label[max(0, len(label)-30):] // the end tells subtests apart
	return fmt.Sprintf("msia_test_%s_%s", strings.ToLower(rand.Text()[:16]), label)
}

// shared is the server of this process, prepared at its first use.
var shared = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), prepareTimeout)
	defer cancel()
	s := &server{url: os.Getenv(URLEnv)}
	if s.url == "" {
		started, err := StartServer(ctx)
		if err != nil {
			return nil, err
		}
		ours.Lock()
		ours.server = started
		ours.Unlock()
		s.url, s.ours = started.URL(), true
	}
	if err := s.ensureTemplate(ctx); err != nil {
		return nil, err
	}
	return s, nil
})

// ours is the server that this process started, if it did.
var ours struct {
	sync.Mutex
	server *Server
}

// Main runs a package's tests, stops the server if this process started one, and exits.
func Main(m *testing.M) { os.Exit(Runner(m).Run()) }

// Runner is for packages that look for leaked goroutines, the server's not among them:
//
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(testdb.Runner(m)) }
func Runner(m *testing.M) interface{ Run() int } { return runner{m} }

type runner struct{ m *testing.M }

func (r runner) Run() int {
	code := r.m.Run()
	ours.Lock()
	defer ours.Unlock()
	if ours.server != nil {
		if err := ours.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "testdb:", err)
			code = max(code, 1)
		}
	}
	return code
}
