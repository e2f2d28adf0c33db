package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/msia/msia/api"
)

const (
	// drainRequests is how long requests in flight may take once nobody is let in
	// any more; drainJobs the same for running jobs. With MSIA_STOP_DELAY a process
	// is gone half a minute after it was told to stop.
	drainRequests = 12 * time.Second
	drainJobs     = 12 * time.Second
)

// serve runs the HTTP server and, by default, the job workers, until ctx ends.
func serve(ctx context.Context, env environment, args []string) error {
	workers := true
	err := flags("serve", args, func(f *flag.FlagSet) {
		f.BoolVar(&workers, "workers", true, "also work jobs")
	})
	if err != nil {
		return err
	}
	// Before anything is started: an address in use is the commonest mistake.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", env.cfg.Addr)
	if err != nil {
		return fmt.Errorf("MSIA_ADDR %s: %w", env.cfg.Addr, err)
	}
	defer func() { _ = listener.Close() }()
	a, err := newApp(ctx, env, true, workers)
	if err != nil {
		return err
	}
	defer a.close()
	a.server, err = a.newServer()
	if err != nil {
		return err
	}
	bounded, err := a.bounded(listener)
	if err != nil {
		return err
	}
	server := a.server.HTTPServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(bounded) }()
	env.tellSystemd(daemon.SdNotifyReady) // though not ready for balancers: webhooks are taken from now on

	// The database may be away when we start: webhooks are spooled meanwhile, and
	// readiness says so.
	started := make(chan error, 1)
	startCtx, cancelStart := context.WithCancel(ctx)
	defer cancelStart()
	go func() { started <- a.start(startCtx) }()
	running := started
	for {
		select {
		case err := <-running:
			if err != nil && ctx.Err() == nil {
				return errors.Join(err, api.Shutdown(server, drainRequests))
			}
			running = nil // started once
			if err == nil {
				a.announce(listener.Addr())
			}
			continue
		case err := <-served:
			return fmt.Errorf("http: %w", err)
		case <-ctx.Done():
		}
		break
	}
	env.log.Info("stopping")
	env.tellSystemd(daemon.SdNotifyStopping)
	a.server.Stopping()
	cancelStart()
	time.Sleep(env.cfg.StopDelay) // until balancers have noticed, who comes is let in
	if running != nil {
		if err := <-running; err != nil {
			env.log.Debug("stopped while starting", slog.Any("error", err))
		}
	}
	err = api.Shutdown(server, drainRequests)
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return errors.Join(err, a.stop())
}

// work runs the job workers only, until ctx ends.
func work(ctx context.Context, env environment, args []string) error {
	if err := flags("worker", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	a, err := newApp(ctx, env, false, true)
	if err != nil {
		return err
	}
	defer a.close()
	closeProbes, err := a.probes(ctx)
	if err != nil {
		return err
	}
	defer closeProbes()
	if err := a.start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	env.log.Info("working")
	env.tellSystemd(daemon.SdNotifyReady)
	<-ctx.Done()
	env.log.Info("stopping")
	env.tellSystemd(daemon.SdNotifyStopping)
	return a.stop()
}

// tellSystemd says how far the service is, to a systemd that wants to know.
func (e environment) tellSystemd(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		e.log.Warn("systemd was not told", slog.String("state", state), slog.Any("error", err))
	}
}

// probes answers those who watch a worker, if they were given an address.
func (a *app) probes(ctx context.Context) (stop func(), err error) {
	addr := a.env.cfg.WorkerAddr
	if addr == "" {
		return func() {}, nil
	}
	server, err := api.NewProbes(api.Deps{
		Version: version, Checks: a.checks(), Metrics: a.registry, MetricsToken: string(a.env.cfg.MetricsToken), Now: time.Now, Log: a.env.log,
	})
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("MSIA_WORKER_ADDR %s: %w", addr, err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return func() {
		_ = server.Close() // a probe may be cut off
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			a.env.log.Error("probes", slog.Any("error", err))
		}
	}, nil
}

// announce tells people where to go.
func (a *app) announce(addr net.Addr) {
	url := a.env.cfg.PublicURL
	if url == "" {
		url = "http://" + addr.String()
	}
	a.env.log.Info("serving", slog.String("addr", addr.String()), slog.String("version", version))
	_, _ = fmt.Fprintf(a.env.stdout, "\nmsia is ready: %s  (API reference: %s/docs/)\n", url, url)
	announceAdmin(a.env, a.firstPassword)
	if !a.env.cfg.Chatwoot.Configured() {
		_, _ = fmt.Fprintln(a.env.stdout, "Chatwoot:      not configured; replies are kept and shown by GET /api/admin/conversations/{id}/messages")
	}
	if len(a.env.cfg.Chatwoot.WebhookSecrets) == 0 && a.env.cfg.Chatwoot.WebhookToken == "" {
		a.warnOpenWebhook()
	}
}

// announceAdmin tells the password of the first admin; "" when there is nothing to
// tell.
func announceAdmin(env environment, password string) {
	if password != "" {
		_, _ = fmt.Fprintf(env.stdout, "First admin:   %s\nPassword:      %s  (shown only now; msia user reset-password gives another)\n",
			env.cfg.AdminUsername, password)
	}
}

func (a *app) warnOpenWebhook() {
	if a.env.cfg.LoopbackOnly() {
		a.env.log.Warn("webhooks are accepted unsigned from this machine; set CHATWOOT_WEBHOOK_SECRET before anything else can reach it")
		return
	}
	a.env.log.Warn("every webhook is refused: set CHATWOOT_WEBHOOK_SECRET (or CHATWOOT_WEBHOOK_TOKEN for a Chatwoot that does not sign)")
}
