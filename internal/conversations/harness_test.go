package conversations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder/decodertest"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/rules"
	"github.com/msia/msia/internal/tariffs"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// patience bounds every wait; nothing takes nearly as long.
const patience = 90 * time.Second

// harness is the whole conversation path, from webhook body to a fake Chatwoot.
type harness struct {
	t        *testing.T
	pool     *pgxpool.Pool
	chatwoot *chatwoottest.Server
	intake   *conversations.Intake
	outbox   *conversations.Outbox
	client   *chatwoot.Client
	jobs     *jobs.Client
	settings *admin.Settings
	rules    *rules.Rules
	spool    *chatwoot.Spool
	dataDir  string // of the spool and the files
	desk     *conversations.Desk
	clock    *offset
	process  *conversations.ProcessWorker
	fetch    *conversations.FetchWorker
	cases    *cases.Service
	files    *images.CustomerFiles
}

// offset is a clock that runs, moved forward at will.
type offset struct {
	mu sync.Mutex
	d  time.Duration
}

func (o *offset) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return time.Now().Add(o.d)
}

func (o *offset) advance(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.d += d
}

type options struct {
	answerer  conversations.Answerer
	around    func(conversations.Answerer) conversations.Answerer // of the default one
	template  *chatwoot.Template
	held      bool // Chatwoot is not configured
	textDelay time.Duration
	noWorkers bool
	// keeper changes how customers' files are kept.
	keeper func(conversations.Keeper) conversations.Keeper
}

type enqueuer struct{ client *jobs.Client }

// Enqueue forwards to the client, which exists later.
func (e *enqueuer) Enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	return e.client.Enqueue(ctx, tx, args)
}

func start(t *testing.T, o options) *harness {
	t.Helper()
	h := &harness{t: t, pool: apitest.Database(t), chatwoot: chatwoottest.New(t), clock: &offset{}}
	var err error
	log := slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.dataDir = t.TempDir()
	h.spool, err = chatwoot.OpenSpool(chatwoot.SpoolConfig{Dir: filepath.Join(h.dataDir, "spool")})
	require.NoError(t, err)
	h.client, err = chatwoot.NewClient(chatwoot.ClientConfig{
		BaseURL: h.chatwoot.URL(), AccountID: chatwoottest.AccountID, UserToken: chatwoottest.UserToken, BotToken: chatwoottest.BotToken,
		Timeout: 2 * time.Second, BreakerAfter: 1000,
	})
	require.NoError(t, err)
	cache := catalogue.NewCache(h.pool, time.Now)
	h.settings = admin.NewSettings(admin.SettingsConfig{DB: h.pool, Catalogue: cache, TextDelay: o.textDelay, MediaDelay: o.textDelay})
	h.rules = rules.New(cache)
	late := &enqueuer{}
	h.outbox = conversations.NewOutbox(late, !o.held, o.template, h.clock.now)
	h.intake = conversations.NewIntake(conversations.IntakeConfig{
		DB: h.pool, Jobs: late, Outbox: h.outbox, Spool: h.spool,
		Policy: chatwoot.Policy{AccountID: chatwoottest.AccountID, InboxIDs: []int64{chatwoottest.InboxID}}, Now: h.clock.now, Log: log, StoreTimeout: patience,
	})
	if o.answerer == nil {
		o.answerer = assistant.New(assistant.Deps{
			Pricer:  tariffs.NewQuoting(cache, tariffs.Calculator{ContainsPhrase: elements.ContainsPhrase}),
			Matcher: func(_ *catalogue.Snapshot, c *catalogue.Category) assistant.Matcher { return elements.NewMatcher(c) },
			Rules:   &rules.Book{},
		})
	}
	if o.around != nil {
		o.answerer = o.around(o.answerer)
	}
	store, err := images.Open(t.Context(), images.Config{
		DB: h.pool, URL: "file://" + filepath.Join(h.dataDir, "files"), TempDir: filepath.Join(h.dataDir, "uploads"), Pool: decodertest.Pool(t, log), Now: h.clock.now, Log: log,
	})
	require.NoError(t, err)
	h.files = images.NewCustomerFiles(store)
	h.cases = cases.New(h.pool, h.outbox, h.files, h.clock.now)
	h.process = conversations.NewProcessWorker(conversations.ProcessConfig{
		DB: h.pool, Outbox: h.outbox, Assistant: o.answerer, Settings: h.settings, Catalogue: cache, Cases: h.cases, Now: h.clock.now,
	})
	var keeper conversations.Keeper = h.files
	if o.keeper != nil {
		keeper = o.keeper(keeper)
	}
	h.fetch = conversations.NewFetchWorker(conversations.FetchConfig{
		DB: h.pool, Cases: h.cases, Files: keeper, Now: h.clock.now, Log: log,
		Downloader: chatwoot.NewDownloader(chatwoot.DownloadConfig{Hosts: []string{"127.0.0.1"}, AllowPrivate: true}),
	})
	cfg := jobs.Config{Pool: h.pool, Name: uuid.NewString(), Now: time.Now, Log: log}
	if !o.noWorkers {
		cfg.Workers = river.NewWorkers()
		river.AddWorker(cfg.Workers, h.process)
		river.AddWorker(cfg.Workers, h.fetch)
		river.AddWorker(cfg.Workers, conversations.NewSendWorker(conversations.SendConfig{
			DB: h.pool, Outbox: h.outbox, Chatwoot: h.client, Now: h.clock.now, Log: log,
		}))
		river.AddWorker(cfg.Workers, conversations.NewSyncWorker(conversations.SyncConfig{DB: h.pool, Chatwoot: h.client, Now: h.clock.now, Log: log}))
		cfg.GiveUp = func(ctx context.Context, job *rivertype.JobRow, cause string) error { return nil }
	}
	h.jobs, err = jobs.New(cfg)
	require.NoError(t, err)
	late.client = h.jobs
	h.desk = conversations.NewDesk(h.pool, h.outbox, h.jobs, h.files, h.clock.now)
	if !o.noWorkers {
		require.NoError(t, h.jobs.Start(context.WithoutCancel(t.Context())))
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if !o.noWorkers {
			require.NoError(t, h.jobs.Stop(ctx))
		}
		require.NoError(t, h.spool.Close())
		require.NoError(t, store.Close())
	})
	return h
}

// set gives a setting a value, in JSON.
func (h *harness) set(key, value string) {
	h.t.Helper()
	_, err := h.settings.Set(h.t.Context(), key, 0, json.RawMessage(value))
	require.NoError(h.t, err)
}

// say has the customer write and Chatwoot deliver it.
func (h *harness) say(text string) chatwoottest.Webhook {
	h.t.Helper()
	hook := h.chatwoot.Incoming(chatwoottest.Incoming{Text: text})
	h.deliver(hook, conversations.ReceiptQueued)
	return hook
}

func (h *harness) deliver(hook chatwoottest.Webhook, want conversations.Receipt) {
	h.t.Helper()
	got, err := h.intake.Receive(h.t.Context(), hook.Body)
	require.NoError(h.t, err)
	require.Equal(h.t, want, got)
}

// replies waits for n replies and checks that there are no more.
func (h *harness) replies(n int) []chatwoottest.Message {
	h.t.Helper()
	sent, err := h.chatwoot.WaitSent(n, patience)
	require.NoError(h.t, err)
	require.Len(h.t, sent, n)
	return sent
}

// skipWait lets the time pass that sending waits after a failure.
func (h *harness) skipWait() {
	h.t.Helper()
	require.Eventually(h.t, func() bool {
		return h.count("river_job WHERE kind = 'send_outbox' AND state IN ('scheduled', 'available') AND scheduled_at > now()") == 1 ||
			h.count("outbox WHERE status = 'failed'") > 0
	}, patience, 10*time.Millisecond, "sending does not wait")
	h.clock.advance(30 * time.Second)
	h.exec("UPDATE river_job SET state = 'available', scheduled_at = now() WHERE kind = 'send_outbox' AND state IN ('scheduled', 'available')")
}

// settled waits until no job is left to run.
func (h *harness) settled() {
	h.t.Helper()
	require.Eventually(h.t, func() bool {
		return h.count("river_job WHERE state NOT IN ('completed', 'discarded', 'cancelled')") == 0
	},
		patience, 20*time.Millisecond, "jobs are still running")
}

func (h *harness) count(what string) int {
	h.t.Helper()
	var n int
	require.NoError(h.t, h.pool.QueryRow(context.WithoutCancel(h.t.Context()), "SELECT count(*) FROM "+what).Scan(&n))
	return n
}

func (h *harness) exec(sql string) {
	h.t.Helper()
	_, err := h.pool.Exec(h.t.Context(), sql)
	require.NoError(h.t, err)
}

// script answers every turn with the texts of its messages.
type script func(assistant.Turn) assistant.Outcome

// Answer calls the script.
func (s script) Answer(t assistant.Turn) assistant.Outcome { return s(t) }

// echo says what it heard in one reply.
func echo(t assistant.Turn) assistant.Outcome {
	texts := make([]string, len(t.Messages))
	for i, m := range t.Messages {
		texts[i] = m.Text
	}
	return assistant.Outcome{State: t.State, Replies: []string{strings.Join(texts, " | ")}}
}

type testLog struct{ t *testing.T }

// Write sends a line to the test's log.
func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(string(bytes.TrimSpace(p)))
	return len(p), nil
}

func testLogger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
