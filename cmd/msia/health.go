package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// healthTimeout bounds one question.
const healthTimeout = 5 * time.Second

// health asks the server, or the worker, of this machine whether it is ready.
func health(ctx context.Context, env environment, args []string) error {
	worker := false
	if err := flags("health", args, func(f *flag.FlagSet) { f.BoolVar(&worker, "worker", false, "ask the worker at MSIA_WORKER_ADDR") }); err != nil {
		return err
	}
	addr := env.cfg.Addr
	if worker {
		addr = env.cfg.WorkerAddr
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("no address to ask: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	status, body, err := ask(ctx, "http://"+net.JoinHostPort(host, port)+"/readyz")
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(env.stdout, "%s\n", body)
	if status != http.StatusOK {
		return fmt.Errorf("not ready: status %d", status)
	}
	return nil
}

// ask gets a small JSON answer.
func ask(ctx context.Context, url string) (status int, body json.RawMessage, err error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", url, err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, err = io.ReadAll(io.LimitReader(res.Body, 64<<10)); err != nil {
		return 0, nil, fmt.Errorf("no answer: %w", err)
	}
	return res.StatusCode, body, nil
}
