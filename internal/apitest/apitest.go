// Package apitest runs the real API on a real database for tests and checks
// every response against the contract.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/api"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/config"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/events"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder/decodertest"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/limits"
	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/objects"
	"github.com/msia/msia/internal/rag"
	"github.com/msia/msia/internal/rules"
	"github.com/msia/msia/internal/search"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/tariffs"
	"github.com/msia/msia/internal/testdb"
	"github.com/msia/msia/internal/views"
)

// WebhookSecret signs webhooks in tests.
const WebhookSecret = "fXq7Rk2mZt9VbW4sLp8NcYh3"

// madeUI stands for the built admin UI.
var madeUI = fstest.MapFS{
	"index.html":      {Data: []byte(`<!doctype html><script nonce="__CSP_NONCE__"></script>`)},
	"icon.svg":        {Data: []byte("<svg/>")},
	"assets/app-1.js": {Data: bytes.Repeat([]byte("export {};\n"), 100)},
}

// Server is the API on a database of its own, with the default catalogue.
type Server struct {
	URL      string
	Pool     *pgxpool.Pool
	Accounts *admin.Accounts
	Settings *admin.Settings
	Contract *Contract
	Clock    *Clock
	Images   *images.Store
	// Files is the folder pictures are kept in.
	Files string
	// Library and Answers are the regulations; Process does a document's jobs.
	Library *rag.Library
	Answers *rag.Answers
	process *rag.ProcessWorker
	// Jobs counts the jobs that were enqueued, by kind; nothing works them.
	Jobs *JobLog
	// Handler is the server without a listener, Stopping tells it to end.
	Handler  http.Handler
	Stopping func()

	documents *objects.Store
	// accounts holds the ids of the accounts that Account has made, by role.
	accounts sync.Map
	t        testing.TB
}

// Clock is a clock that tests set.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time that was set, or the real one.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.IsZero() {
		return time.Now()
	}
	return c.now
}

// Set stops the clock at t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// JobLog notes jobs instead of inserting them.
type JobLog struct {
	mu     sync.Mutex
	counts map[string]int
	// documents are the steps of documents that are to be done.
	documents []rag.ProcessArgs
}

// Enqueue notes the job.
func (l *JobLog) Enqueue(_ context.Context, _ pgx.Tx, args river.JobArgs) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[args.Kind()]++
	if step, ok := args.(rag.ProcessArgs); ok {
		l.documents = append(l.documents, step)
	}
	return nil
}

// Forget has nothing to forget.
func (l *JobLog) Forget(context.Context, pgx.Tx, []uuid.UUID) error { return nil }

// Count returns how many jobs of a kind were enqueued.
func (l *JobLog) Count(kind string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[kind]
}

// New starts a server; it ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	return On(t, Database(t))
}

// Database returns a database of its own, with the default catalogue.
func Database(t testing.TB) *pgxpool.Pool {
	t.Helper()
	categories, err := seed.Default()
	require.NoError(t, err)
	key, err := json.Marshal(categories)
	require.NoError(t, err)
	return testdb.NewPrepared(t, string(key), func(ctx context.Context, pool *pgxpool.Pool) error {
		_, err := seed.Apply(ctx, pool, seed.Options{})
		return err
	})
}

// On starts a server on a given database: a second one is another replica. Requests
// are not counted, unless change says so.
func On(t testing.TB, pool *pgxpool.Pool, change ...func(*api.Deps)) *Server {
	t.Helper()
	s := &Server{Pool: pool, Contract: LoadContract(t), Clock: &Clock{}, Jobs: &JobLog{}, t: t}
	log := slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	spool, err := chatwoot.OpenSpool(chatwoot.SpoolConfig{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, spool.Close()) })
	s.Files = t.TempDir()
	s.Images, err = images.Open(t.Context(), images.Config{
		DB: pool, URL: "file://" + s.Files, TempDir: t.TempDir(), Pool: decodertest.Pool(t, log), Now: s.Clock.Now, Log: log,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Images.Close()) })
	cache := catalogue.NewCache(pool, s.Clock.Now)
	s.Accounts = admin.NewAccounts(admin.AccountsConfig{
		DB: pool, Throttle: limits.NewMemory(1000, s.Clock.Now), LoginRate: LoginRate, Now: s.Clock.Now,
	})
	s.Settings = admin.NewSettings(admin.SettingsConfig{DB: pool, Catalogue: cache, TextDelay: 700 * time.Millisecond, MediaDelay: 4 * time.Second, LogLevel: "info"})
	quoting := tariffs.NewQuoting(cache, tariffs.Calculator{ContainsPhrase: elements.ContainsPhrase})
	matching, book := elements.NewMatching(cache), &rules.Book{}
	loopback, err := config.Networks{"127.0.0.0/8"}.Parse() // so that From works
	require.NoError(t, err)
	outbox := conversations.NewOutbox(s.Jobs, false, nil, s.Clock.Now)
	intake := conversations.NewIntake(conversations.IntakeConfig{
		DB: pool, Jobs: s.Jobs, Outbox: outbox, Spool: spool, StoreTimeout: time.Minute, Now: s.Clock.Now, Log: log,
	})
	customerFiles := images.NewCustomerFiles(s.Images)
	caseFiles := cases.New(pool, outbox, customerFiles, s.Clock.Now)
	desk := conversations.NewDesk(pool, outbox, s.Jobs, customerFiles, s.Clock.Now)
	escalations, err := conversations.NewEscalations(pool, desk, s.Clock.Now)
	require.NoError(t, err)
	hub := events.NewHub(pool, log)
	client, err := jobs.New(jobs.Config{Pool: pool, Now: s.Clock.Now, Log: log}) // inserts only
	require.NoError(t, err)
	river, err := jobs.NewUI(client, log)
	require.NoError(t, err)
	s.openRegulations(log)
	deps := api.Deps{
		Version: "test", UI: madeUI, Catalogue: cache, Past: catalogue.NewPast(pool, s.Clock.Now),
		Categories: tariffs.NewCategories(cache), Tiers: tariffs.NewTiers(pool, cache), Services: tariffs.NewServices(pool, cache),
		Documents: tariffs.NewDocuments(pool, cache), Warnings: tariffs.NewWarnings(pool, cache, elements.ContainsPhrase),
		Quoting: quoting, Matching: matching, Editor: elements.NewEditor(pool, cache), Images: s.Images,
		Intake: intake, Reader: conversations.NewReader(pool, s.Clock.Now), Desk: desk, Escalations: escalations,
		Customers: customers.New(customers.Deps{DB: pool, Jobs: s.Jobs, Spool: intake, Cases: caseFiles, Questions: s.Answers, Now: s.Clock.Now, Log: log}),
		Cases:     caseFiles,
		Accounts:  s.Accounts, AccessLog: admin.NewAccessLog(pool), Settings: s.Settings,
		Audit: audit.NewReader(pool), Dashboard: admin.NewDashboard(pool, s.Clock.Now),
		Rules: rules.New(cache), Search: search.New(pool, cache), Views: views.New(pool, s.Clock.Now), Events: hub,
		Errors: logmonitor.NewGroups(pool, s.Clock.Now),
		Jobs:   jobs.NewManager(pool, client, []jobs.Periodic{{Args: cases.RemindArgs{}, Every: cases.RemindEvery}}, s.Clock.Now), RiverUI: river,
		Library: s.Library, Answers: s.Answers, Glossary: rag.NewGlossary(pool, s.Clock.Now),
		Doctor: rag.NewDoctor(rag.HealthConfig{Answers: s.Answers, Files: s.documents}),
		Trials: rules.NewTrials(rules.TrialConfig{
			Catalogue: cache, Book: book, Settings: s.Settings, Now: s.Clock.Now,
			Assistant: assistant.New(assistant.Deps{
				Pricer: quoting, Rules: book,
				Matcher: func(s *catalogue.Snapshot, c *catalogue.Category) assistant.Matcher { return matching.Matcher(s, c) },
			}),
		}),
		ChatwootURL: "https://chat.example.com/app/accounts/1/conversations/",
		Files:       cataloguefile.New(pool, cache),
		WebhookAuth: chatwoot.AuthConfig{Secrets: []chatwoot.Secret{WebhookSecret}},
		Checks:      []api.Check{{Name: "database", Run: pool.Ping}},
		Metrics:     prometheus.NewRegistry(), TrustedProxies: loopback, MaxRequests: 512, Now: s.Clock.Now, Log: log,
	}
	for _, c := range change {
		c(&deps)
	}
	server, err := api.New(deps)
	require.NoError(t, err)
	listening, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var listener sync.WaitGroup
	listener.Go(func() { hub.Run(listening) })
	t.Cleanup(func() { cancel(); listener.Wait() })
	s.Handler, s.Stopping = server.Handler(), server.Stopping
	web := httptest.NewServer(s.Handler)
	t.Cleanup(web.Close)
	t.Cleanup(server.Stopping) // before it is closed: streams do not end by themselves
	s.URL = web.URL
	return s
}

// Response is an answer, read to the end and checked against the contract.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	t testing.TB
}

// Option changes a request before it is sent.
type Option func(*http.Request)

// Bearer signs the request in with a session's token or an API key.
func Bearer(token string) Option {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

// Header sets a header.
func Header(name, value string) Option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Do sends a request and checks the response. body may be nil, a string or
// bytes as they are, or anything else as JSON.
func (s *Server) Do(method, path string, body any, options ...Option) Response {
	s.t.Helper()
	r, out := s.send(http.DefaultClient, method, path, body, options)
	s.Contract.CheckResponse(s.t, r, out.Status, out.Header, out.Body)
	return out
}

// Raw sends a request for something that is not of the contract, and follows no
// redirect.
func (s *Server) Raw(method, path string, body any, options ...Option) Response {
	s.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	_, out := s.send(client, method, path, body, options)
	return out
}

func (s *Server) send(client *http.Client, method, path string, body any, options []Option) (*http.Request, Response) {
	s.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	case []byte:
		raw = b
	default:
		var err error
		raw, err = json.Marshal(b)
		require.NoError(s.t, err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, bytes.NewReader(raw))
	require.NoError(s.t, err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, o := range options {
		o(r)
	}
	res, err := client.Do(r)
	require.NoError(s.t, err)
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return r, Response{Status: res.StatusCode, Header: res.Header, Body: got, t: s.t}
}

// Streamed is an answer that goes on.
type Streamed struct {
	Status int
	Header http.Header
	Body   io.Reader
}

// Stream sends a request whose answer goes on, and returns it as soon as it
// begins. It ends with the test.
func (s *Server) Stream(path string, options ...Option) Streamed {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	s.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, http.NoBody)
	require.NoError(s.t, err)
	for _, o := range options {
		o(r)
	}
	res, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = res.Body.Close() })
	var refusal []byte
	if res.StatusCode != http.StatusOK {
		refusal, err = io.ReadAll(res.Body)
		require.NoError(s.t, err)
	}
	s.Contract.CheckResponse(s.t, r, res.StatusCode, res.Header, refusal)
	return Streamed{Status: res.StatusCode, Header: res.Header, Body: res.Body}
}

// Expect fails the test unless the status is the one given.
func (r Response) Expect(status int) Response {
	r.t.Helper()
	require.Equal(r.t, status, r.Status, "body: %s", r.Body)
	return r
}

// JSON decodes the body.
func (r Response) JSON(into any) Response {
	r.t.Helper()
	require.NoError(r.t, json.Unmarshal(r.Body, into), "body: %s", r.Body)
	return r
}

// Problem decodes an error's body.
func (r Response) Problem() Problem {
	r.t.Helper()
	require.Equal(r.t, "application/problem+json", r.Header.Get("Content-Type"))
	var p Problem
	r.JSON(&p)
	require.Equal(r.t, r.Status, p.Status)
	return p
}

// Problem is the body of an error.
type Problem struct {
	Status int
	Code   string
	Detail string
	Errors []struct{ Pointer, Detail string }

	Question string
	Options  []struct{ Code, Name string }
}

type logWriter struct{ t testing.TB }

// Write sends a line to the test's log.
func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(string(bytes.TrimSpace(p)))
	return len(p), nil
}
