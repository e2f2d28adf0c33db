package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/logmonitor"
)

// monitor captures the errors of this process and, where that is wanted, of other
// containers.
type monitor struct {
	capture *logmonitor.Capture
	// chatwoot is nil when it is not configured, and in a process that works no jobs.
	chatwoot *chatwoot.Client
	// docker is nil when no other logs are read.
	docker *logmonitor.Docker

	background sync.WaitGroup
	cancel     context.CancelFunc
}

// captureErrors is called before anything else gets the log.
func (a *app) captureErrors() {
	plain := a.env.log
	a.errors.capture = logmonitor.NewCapture(a.registry, time.Now, plain)
	a.env.log = slog.New(a.errors.capture.Handler(plain.Handler()))
}

// addErrors has people told of errors, and old ones forgotten.
func (a *app) addErrors(jc *jobs.Config, client *lateClient) error {
	cfg := a.env.cfg.Errors
	channels := logmonitor.Channels{}
	if cfg.AlertWebhook != "" {
		webhook, err := logmonitor.NewWebhook(string(cfg.AlertWebhook), a.outgoing.Transport("alerts"))
		if err != nil {
			return err
		}
		channels["webhook"] = webhook
	}
	if cfg.AlertConversation > 0 && a.errors.chatwoot != nil {
		channels["chatwoot"] = logmonitor.Note{Chatwoot: a.errors.chatwoot, ConversationID: cfg.AlertConversation}
	}
	river.AddWorker(jc.Workers, logmonitor.NewWatchWorker(logmonitor.WatchConfig{
		DB: a.pool, Jobs: client, Channels: channels, Keep: time.Duration(cfg.Days) * 24 * time.Hour, Now: time.Now,
	}))
	river.AddWorker(jc.Workers, logmonitor.NewAlertWorker(logmonitor.AlertConfig{
		Groups: logmonitor.NewGroups(a.pool, time.Now), Channels: channels, URL: a.env.cfg.PublicURL, Now: time.Now,
	}))
	return nil
}

// watchCrashes is called once the data folder is known. A folder that cannot be
// written is told elsewhere.
func (a *app) watchCrashes() {
	name := "crash-worker.txt"
	if a.serves {
		name = "crash-server.txt"
	}
	if err := a.errors.capture.WatchCrashes(filepath.Join(a.database.dataDir, name)); err != nil {
		a.env.log.Warn("a crash will be told on standard error only", slog.Any("error", err))
	}
}

// openDocker prepares the reading of other containers' logs, if that is wanted.
func (a *app) openDocker() error {
	cfg := a.env.cfg.Errors
	if cfg.DockerSocket == "" {
		return nil
	}
	var err error
	a.errors.docker, err = logmonitor.NewDocker(logmonitor.DockerConfig{
		Socket: cfg.DockerSocket, Containers: cfg.DockerContainers, Pool: a.pool, Capture: a.errors.capture, Now: time.Now, Log: a.env.log,
	})
	return err
}

// start has what is captured stored from now on.
func (m *monitor) start(ctx context.Context, pool *pgxpool.Pool) {
	ctx, m.cancel = context.WithCancel(ctx)
	m.background.Go(func() { m.capture.Run(ctx, pool) })
	if m.docker != nil {
		m.background.Go(func() { m.docker.Run(ctx) })
	}
}

// stop stores what is left.
func (m *monitor) stop() {
	m.cancel()
	m.background.Wait()
}
