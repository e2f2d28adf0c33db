package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"riverqueue.com/riverui"

	adminui "github.com/msia/msia/admin"
	"github.com/msia/msia/api"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/config"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/events"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/wire"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/limits"
	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/rag"
	"github.com/msia/msia/internal/rules"
	"github.com/msia/msia/internal/search"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/tariffs"
	"github.com/msia/msia/internal/telemetry"
	"github.com/msia/msia/internal/views"
)

// app holds the parts of a running process, wired by hand in order.
type app struct {
	env      environment
	database *database
	pool     *pgxpool.Pool
	ackPool  *pgxpool.Pool
	spool    *chatwoot.Spool
	registry *prometheus.Registry
	// counted counts requests, logins the wrong ones: both are redis, if there is one.
	counted, logins limits.Store
	redis           *limits.Redis

	catalogue *catalogue.Cache
	quoting   *tariffs.Quoting
	matching  *elements.Matching
	rules     *rules.Book
	assistant *assistant.Assistant
	accounts  *admin.Accounts
	settings  *admin.Settings
	decoders  *images.Pool
	images    *images.Store
	cases     *cases.Service
	regulations
	intake  *conversations.Intake
	desk    *conversations.Desk
	events  *events.Hub
	jobs    *jobs.Client
	errors  monitor
	riverUI *riverui.Handler
	serves  bool
	works   bool
	server  *api.Server

	// firstPassword is set when this process made the first admin's password up.
	firstPassword string

	started    atomic.Bool
	background sync.WaitGroup
	cancel     context.CancelFunc

	outgoing   *telemetry.Outgoing
	stopTraces func()
}

// newApp builds everything; nothing runs yet but the private database. serves
// says that webhooks will be taken, works that jobs will be done.
func newApp(ctx context.Context, env environment, serves, works bool) (*app, error) {
	a := &app{env: env, serves: serves, works: works, registry: prometheus.NewRegistry()}
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a.outgoing = telemetry.NewOutgoing(a.registry, time.Now)
	a.captureErrors()
	if env.cfg.Tracing.On() {
		stop, err := telemetry.StartTracing(ctx, version, env.log)
		if err != nil {
			return nil, err
		}
		a.stopTraces = stop
	}
	if err := a.open(ctx); err != nil {
		a.close()
		return nil, err
	}
	a.watchCrashes()
	if err := a.openDocker(); err != nil {
		a.close()
		return nil, err
	}
	a.registry.MustRegister(telemetry.Pools{"main": a.pool, "webhooks": a.ackPool}, telemetry.Backlog{DB: a.pool, Now: time.Now, Log: env.log})
	a.catalogue = catalogue.NewCache(a.pool, time.Now)
	a.quoting = tariffs.NewQuoting(a.catalogue, tariffs.Calculator{ContainsPhrase: elements.ContainsPhrase})
	a.matching = elements.NewMatching(a.catalogue)
	if err := a.openLimits(); err != nil {
		a.close()
		return nil, err
	}
	a.accounts = admin.NewAccounts(admin.AccountsConfig{
		DB: a.pool, Throttle: a.logins, LoginRate: env.cfg.LoginRate, Now: time.Now,
	})
	a.settings = admin.NewSettings(admin.SettingsConfig{
		DB: a.pool, Catalogue: a.catalogue, TextDelay: env.cfg.TextDelay, MediaDelay: env.cfg.MediaDelay, LogLevel: env.cfg.LogLevel,
	})
	a.rules = &rules.Book{}
	a.assistant = assistant.New(assistant.Deps{
		Pricer: a.quoting, Rules: a.rules,
		Matcher: func(s *catalogue.Snapshot, c *catalogue.Category) assistant.Matcher { return a.matching.Matcher(s, c) },
	})
	a.events = events.NewHub(a.pool, env.log)
	if err := a.openImages(ctx); err != nil {
		a.close()
		return nil, err
	}
	if err := a.wireConversations(ctx); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *app) open(ctx context.Context) error {
	var err error
	if a.database, err = openDatabase(ctx, a.env); err != nil {
		return err
	}
	if a.stopTraces != nil {
		a.database.tracer = telemetry.QueryTracer()
	}
	if a.pool, err = a.database.pool(ctx, config.Hostname(), poolSize); err != nil {
		return err
	}
	if a.ackPool, err = a.database.pool(ctx, config.Hostname()+" ack", ackPoolSize); err != nil {
		return err
	}
	if !a.serves {
		return nil // the spool belongs to who takes webhooks, even in the same folder
	}
	a.spool, err = chatwoot.OpenSpool(chatwoot.SpoolConfig{Dir: a.database.spoolDir()})
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// imageQueue is how many uploads may wait for a decoder.
const imageQueue = 64

func (a *app) openImages(ctx context.Context) error {
	var err error
	if a.decoders, err = newDecoders(a.env); err != nil {
		return err
	}
	a.images, err = openImages(ctx, a.env, a.database.dataDir, a.decoders, a.pool, time.Now)
	return err
}

// newDecoders returns the processes that pictures are decoded in: this program.
func newDecoders(env environment) (*images.Pool, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("this program's own file: %w", err)
	}
	return images.NewPool(images.PoolConfig{
		Command: []string{program, wire.Command}, Processes: runtime.NumCPU(), Queue: imageQueue, Log: env.log,
	}), nil
}

// openImages opens the file store.
func openImages(ctx context.Context, env environment, dataDir string, decoders *images.Pool, d db.DB, now func() time.Time) (*images.Store, error) {
	out, err := images.Open(ctx, images.Config{
		DB: d, URL: fileStore(env.cfg, dataDir), TempDir: uploadDir(dataDir), Pool: decoders, Now: now, Log: env.log,
	})
	if err != nil {
		return nil, fmt.Errorf("MSIA_BLOB_URL: %w", err)
	}
	return out, nil
}

// uploadDir is where files wait while they arrive.
func uploadDir(dataDir string) string { return filepath.Join(dataDir, "uploads") }

// wireConversations connects intake, assistant and Chatwoot through the jobs.
func (a *app) wireConversations(ctx context.Context) error {
	cw := a.env.cfg.Chatwoot
	// The client needs the workers, the workers the client: this breaks the ring.
	client := new(lateClient)
	outbox := conversations.NewOutbox(client, cw.Configured(), template(cw), time.Now)
	customerFiles := images.NewCustomerFiles(a.images)
	a.cases = cases.New(a.pool, outbox, customerFiles, time.Now)
	a.intake = conversations.NewIntake(conversations.IntakeConfig{
		DB: a.ackPool, Jobs: client, Outbox: outbox, Spool: a.spool,
		Policy: chatwoot.Policy{AccountID: cw.AccountID, InboxIDs: cw.InboxIDs}, Now: time.Now, Log: a.env.log,
	})
	if err := a.openRegulations(ctx, client); err != nil {
		return err
	}
	a.desk = conversations.NewDesk(a.pool, outbox, client, customerFiles, time.Now)
	if a.serves {
		a.registry.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "msia_spool_bodies", Help: "Webhooks that wait on disk for the database.",
			}, func() float64 { return float64(a.spool.Len()) }),
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "msia_spool_bytes", Help: "Their size.",
			}, func() float64 { return float64(a.spool.Bytes()) }))
	}
	jc := jobs.Config{Pool: a.pool, Periodic: periodicJobs(cw), Name: config.Hostname() + "-" + uuid.NewString(), Now: time.Now, Log: quiet(a.env.log)}
	if a.works {
		jc.Metrics = jobs.NewMetrics(a.registry, time.Now)
		process := conversations.NewProcessWorker(conversations.ProcessConfig{
			DB: a.pool, Outbox: outbox, Settings: a.settings, Catalogue: a.catalogue, Assistant: a.assistant,
			Cases: a.cases, Regulations: regulationDesk{answers: a.answers, log: a.env.log}, Now: time.Now,
		})
		jc.Workers = river.NewWorkers()
		river.AddWorker(jc.Workers, process)
		river.AddWorker(jc.Workers, conversations.NewFetchWorker(conversations.FetchConfig{
			DB: a.pool, Cases: a.cases, Files: customerFiles, Now: time.Now, Log: a.env.log,
			Downloader: chatwoot.NewDownloader(chatwoot.DownloadConfig{Hosts: cw.FileHosts(), AllowPrivate: cw.AttachmentPrivate, Wrap: a.outgoing.Transport("attachments")}),
		}))
		jc.GiveUp = giveUp(process, a.addRegulations(&jc, client))
		a.addMaintenance(&jc, client, process, customerFiles)
		if cw.Configured() {
			if err := a.addChatwoot(&jc, outbox); err != nil {
				return err
			}
		}
		if err := a.addErrors(&jc, client); err != nil {
			return err
		}
	}
	var err error
	if client.Client, err = jobs.New(jc); err != nil {
		return err
	}
	a.jobs = client.Client
	return nil
}

// periodicJobs are done again and again by whichever process leads.
func periodicJobs(cw config.Chatwoot) []jobs.Periodic {
	out := []jobs.Periodic{
		{Args: conversations.MaintainArgs{}, Every: conversations.MaintainEvery},
		{Args: images.SweepArgs{}, Every: images.SweepEvery},
		{Args: cases.RemindArgs{}, Every: cases.RemindEvery},
		{Args: rag.MaintainArgs{}, Every: rag.MaintainEvery},
		{Args: logmonitor.WatchArgs{}, Every: logmonitor.WatchEvery},
	}
	if cw.Configured() {
		out = append(out, jobs.Periodic{Args: conversations.ReconcileArgs{}, Every: conversations.ReconcileEvery})
	}
	return out
}

// lateClient is filled in once the client exists.
type lateClient struct{ *jobs.Client }

func (a *app) addMaintenance(jc *jobs.Config, client *lateClient, process *conversations.ProcessWorker, files conversations.Keeper) {
	river.AddWorker(jc.Workers, conversations.NewMaintainWorker(conversations.MaintainConfig{
		DB: a.pool, Jobs: client, Discards: client, Process: process, Files: files, Now: time.Now,
	}))
	river.AddWorker(jc.Workers, &images.SweepWorker{Store: a.images})
	river.AddWorker(jc.Workers, cases.NewRemindWorker(a.cases, a.env.log))
}

func (a *app) addChatwoot(jc *jobs.Config, outbox *conversations.Outbox) error {
	cw := a.env.cfg.Chatwoot
	client, err := chatwoot.NewClient(chatwoot.ClientConfig{
		BaseURL: cw.APIURL, AccountID: cw.AccountID,
		UserToken: chatwoot.Secret(cw.APIToken), BotToken: chatwoot.Secret(cw.BotToken), Wrap: a.outgoing.Transport("chatwoot"),
		OnBreaker: func(open bool) { a.env.log.Warn("Chatwoot's circuit changed", slog.Bool("open", open)) },
	})
	if err != nil {
		return err
	}
	a.errors.chatwoot = client
	river.AddWorker(jc.Workers, conversations.NewSendWorker(conversations.SendConfig{
		DB: a.pool, Outbox: outbox, Chatwoot: client, Now: time.Now, Log: a.env.log,
	}))
	river.AddWorker(jc.Workers, conversations.NewSyncWorker(conversations.SyncConfig{
		DB: a.pool, Chatwoot: client, Now: time.Now, Log: a.env.log,
	}))
	river.AddWorker(jc.Workers, conversations.NewReconcileWorker(conversations.ReconcileConfig{
		DB: a.pool, Intake: a.intake, Chatwoot: client, AccountID: cw.AccountID, Now: time.Now, Log: a.env.log,
	}))
	return nil
}

func template(cw config.Chatwoot) *chatwoot.Template {
	if cw.Template == "" {
		return nil
	}
	return &chatwoot.Template{Name: cw.Template, Language: cw.TemplateLanguage, Category: "UTILITY"}
}

// giveUp hands over the conversation whose answer failed for the last time, and
// fails the document whose indexing did.
func giveUp(process *conversations.ProcessWorker, documents *rag.ProcessWorker) jobs.GiveUp {
	return func(ctx context.Context, job *rivertype.JobRow, _ string) error {
		switch job.Kind {
		case conversations.ProcessArgs{}.Kind():
			var args conversations.ProcessArgs
			if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
				return err
			}
			return process.GiveUp(ctx, args, "El asistente ha fallado al preparar la respuesta.")
		case rag.ProcessArgs{}.Kind():
			var args rag.ProcessArgs
			if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
				return err
			}
			return documents.GiveUp(ctx, args)
		}
		return nil
	}
}

// quiet keeps River's own lines to what matters.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(levelFloor{log.Handler(), slog.LevelWarn}) }

type levelFloor struct {
	slog.Handler
	floor slog.Level
}

func (h levelFloor) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.floor && h.Handler.Enabled(ctx, l)
}

func (a *app) newServer() (*api.Server, error) {
	cfg := a.env.cfg
	secrets := make([]chatwoot.Secret, len(cfg.Chatwoot.WebhookSecrets))
	for i, s := range cfg.Chatwoot.WebhookSecrets {
		secrets[i] = chatwoot.Secret(s)
	}
	proxies, err := cfg.TrustedProxies.Parse()
	if err != nil {
		return nil, err
	}
	escalations, err := conversations.NewEscalations(a.pool, a.desk, time.Now)
	if err != nil {
		return nil, err
	}
	if a.riverUI, err = jobs.NewUI(a.jobs, quiet(a.env.log)); err != nil {
		return nil, err
	}
	ui, built := adminui.Files()
	if !built {
		a.env.log.Warn("built without the admin UI: `make build` puts it in")
	}
	return api.New(api.Deps{
		Version: version, UI: ui, Catalogue: a.catalogue, Past: catalogue.NewPast(a.pool, time.Now),
		Categories: tariffs.NewCategories(a.catalogue), Tiers: tariffs.NewTiers(a.pool, a.catalogue),
		Services: tariffs.NewServices(a.pool, a.catalogue), Documents: tariffs.NewDocuments(a.pool, a.catalogue),
		Warnings: tariffs.NewWarnings(a.pool, a.catalogue, elements.ContainsPhrase), Quoting: a.quoting,
		Matching: a.matching, Editor: elements.NewEditor(a.pool, a.catalogue), Images: a.images, Intake: a.intake,
		Reader: conversations.NewReader(a.pool, time.Now), Desk: a.desk, Escalations: escalations,
		Customers: customers.New(customers.Deps{DB: a.pool, Jobs: a.jobs, Spool: a.intake, Cases: a.cases, Questions: a.answers, Now: time.Now, Log: a.env.log}),
		Cases:     a.cases,
		Accounts:  a.accounts, Settings: a.settings,
		Audit: audit.NewReader(a.pool), Dashboard: admin.NewDashboard(a.pool, time.Now),
		Rules: rules.New(a.catalogue), Search: search.New(a.pool, a.catalogue), Views: views.New(a.pool, time.Now), Events: a.events,
		Errors: logmonitor.NewGroups(a.pool, time.Now),
		Jobs:   jobs.NewManager(a.pool, a.jobs, periodicJobs(cfg.Chatwoot), time.Now), RiverUI: a.riverUI,
		Library: a.library, Answers: a.answers, Glossary: rag.NewGlossary(a.pool, time.Now),
		Doctor: rag.NewDoctor(rag.HealthConfig{Answers: a.answers, Files: a.files, OCR: a.ocr}),
		Trials: rules.NewTrials(rules.TrialConfig{
			Catalogue: a.catalogue, Assistant: a.assistant, Book: a.rules, Settings: a.settings, Now: time.Now,
		}),
		AccessLog: admin.NewAccessLog(a.pool), PublicURL: cfg.PublicURL, TrustedProxies: proxies,
		Files:       cataloguefile.New(a.pool, a.catalogue),
		ChatwootURL: cfg.Chatwoot.ConversationsURL(),
		WebhookAuth: chatwoot.AuthConfig{Secrets: secrets, Token: chatwoot.Secret(cfg.Chatwoot.WebhookToken), OpenLoopback: cfg.LoopbackOnly()},
		Checks:      a.checks(), Counted: a.counted, Rates: a.rates(), MaxRequests: cfg.Limits.Requests, AllowedOrigins: cfg.Limits.Origins,
		Metrics: a.registry, MetricsToken: string(cfg.MetricsToken), Now: time.Now, Log: a.env.log,
	})
}

// checks are what readiness asks.
func (a *app) checks() []api.Check {
	checks := []api.Check{
		{Name: "startup", Run: func(context.Context) error {
			if !a.started.Load() {
				return errors.New("the database is not prepared yet")
			}
			return nil
		}},
		{Name: "database", Run: func(ctx context.Context) error {
			if err := a.pool.Ping(ctx); err != nil {
				return errors.New("the database does not answer")
			}
			return nil
		}},
	}
	if a.redis != nil {
		checks = append(checks, api.Check{Name: "limits", Optional: true, Run: a.redis.Check})
	}
	return checks
}

// startRetry is the pause between attempts while the database is away.
const startRetry = time.Second

// start brings the database up to date and starts the background work. While
// the database is away it tries again until ctx ends; what waiting cannot mend
// is returned.
func (a *app) start(ctx context.Context) error {
	for {
		err := a.prepare(ctx)
		if err == nil {
			break
		}
		if !db.IsUnavailable(err) || ctx.Err() != nil {
			return err
		}
		a.env.log.Warn("the database does not answer yet", slog.Any("error", err))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(startRetry):
		}
	}
	if a.works {
		if err := a.jobs.Start(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("start jobs: %w", err)
		}
	}
	a.errors.start(context.WithoutCancel(ctx), a.pool)
	var drainCtx context.Context
	drainCtx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	a.background.Go(func() { a.followLogLevel(drainCtx) })
	if a.serves {
		a.background.Go(func() { a.intake.RunDrain(drainCtx) })
		a.background.Go(func() { a.events.Run(drainCtx) })
	}
	a.catalogue.Invalidate() // it may have been read before it was seeded
	a.started.Store(true)
	return nil
}

// levelEvery is how soon a changed log level is noticed.
const levelEvery = 5 * time.Second

// followLogLevel logs as the setting says, until ctx ends.
func (a *app) followLogLevel(ctx context.Context) {
	tick := time.NewTicker(levelEvery)
	defer tick.Stop()
	for {
		switch level, err := a.settings.LogLevel(ctx); {
		case err != nil:
			a.env.log.DebugContext(ctx, "the log level cannot be read", slog.Any("error", err))
		case level != a.env.level.Level():
			a.env.level.Set(level)
			a.env.log.InfoContext(ctx, "log level changed", slog.String("to", level.String()))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// prepare migrates, and gives an empty database its catalogue and first admin.
func (a *app) prepare(ctx context.Context) error {
	if err := db.Migrate(ctx, a.pool); err != nil {
		return err
	}
	if a.env.cfg.Seed {
		if err := a.seedEmpty(ctx); err != nil {
			return fmt.Errorf("default catalogue: %w", err)
		}
	}
	if err := rag.NewGlossary(a.pool, time.Now).SeedDefault(ctx); err != nil {
		return fmt.Errorf("default glossary: %w", err)
	}
	var err error
	a.firstPassword, err = createFirstAdmin(ctx, a.env, a.accounts)
	return err
}

// createFirstAdmin makes the first account, unless there is one, and returns its
// password when it was made up.
func createFirstAdmin(ctx context.Context, env environment, accounts *admin.Accounts) (string, error) {
	password, given := string(env.cfg.AdminPassword), env.cfg.AdminPassword != ""
	if !given {
		password = admin.GeneratePassword()
	}
	created, err := accounts.CreateFirst(ctx, admin.NewAccount{Username: env.cfg.AdminUsername, Password: password, Role: caller.RoleAdmin})
	if err != nil {
		return "", fmt.Errorf("first admin: %w", err)
	}
	if !created || given {
		return "", nil
	}
	return password, nil
}

// seedEmpty loads the default catalogue into a database that has none.
func (a *app) seedEmpty(ctx context.Context) error {
	snapshot, err := catalogue.Load(ctx, a.pool)
	if err != nil || len(snapshot.Categories) > 0 {
		return err
	}
	report, err := seed.Apply(ctx, a.pool, seed.Options{})
	if err != nil {
		return err
	}
	a.env.log.Info("default catalogue loaded", slog.Int("rows", report.Inserted))
	return nil
}

// stop ends the background work: no job is lost, those that do not finish in
// time go back to the queue.
func (a *app) stop() error {
	if a.cancel == nil {
		return nil // never started
	}
	defer a.errors.stop() // last: what fails until then is captured, too
	a.cancel()
	a.background.Wait()
	if !a.works {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), drainJobs)
	defer cancel()
	if err := a.jobs.Stop(ctx); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}

// close releases what newApp opened, the private database last.
func (a *app) close() {
	if a.spool != nil {
		if err := a.spool.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			a.env.log.Error("spool", slog.Any("error", err))
		}
	}
	if a.decoders != nil {
		a.decoders.Close()
	}
	if a.images != nil {
		if err := a.images.Close(); err != nil {
			a.env.log.Error("file store", slog.Any("error", err))
		}
	}
	if a.redis != nil {
		if err := a.redis.Close(); err != nil {
			a.env.log.Error("Redis", slog.Any("error", err))
		}
	}
	if a.regulations.files != nil {
		if err := a.regulations.files.Close(); err != nil {
			a.env.log.Error("file store", slog.Any("error", err))
		}
	}
	for _, p := range []*pgxpool.Pool{a.ackPool, a.pool} {
		if p != nil {
			p.Close()
		}
	}
	if a.database != nil {
		a.database.close(a.env.log)
	}
	if a.stopTraces != nil {
		a.stopTraces()
	}
}
