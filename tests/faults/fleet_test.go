//go:build faults

package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

// member is one process of a fleet, started again as often as the test likes.
type member struct {
	args []string
	env  []string
	addr string
	// ready is what the balancer last heard.
	ready atomic.Bool

	mu  sync.Mutex
	now *server
}

func (m *member) start(t testing.TB) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = run(t, m.env, io.Discard, shippedProgram, m.args...)
	m.now.addr = m.addr
}

func (m *member) process() *server {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// fleet is servers behind a balancer, and workers, on one database and one fake
// Chatwoot.
type fleet struct {
	t       testing.TB
	cw      *chatwoottest.Server
	servers []*member
	workers []*member
	next    atomic.Int64
	client  *http.Client
}

// startFleet starts it, and the balancer's look at it.
func startFleet(t testing.TB, databaseURL string, servers, workers int, env ...string) *fleet {
	t.Helper()
	f := &fleet{t: t, cw: chatwoottest.New(t), client: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}}
	env = append(env, "DATABASE_URL="+databaseURL, "MSIA_BLOB_URL=file://"+t.TempDir(), "MSIA_ADMIN_PASSWORD="+password,
		"CHATWOOT_API_URL="+f.cw.URL(), "CHATWOOT_API_TOKEN="+chatwoottest.UserToken, "CHATWOOT_BOT_TOKEN="+chatwoottest.BotToken,
		fmt.Sprint("CHATWOOT_ACCOUNT_ID=", chatwoottest.AccountID), "CHATWOOT_WEBHOOK_SECRET="+chatwoottest.Secret,
		"MSIA_RATE_PUBLIC=0", "MSIA_RATE_QUOTE=0", "MSIA_RATE_UPLOAD=0", "MSIA_RATE_ACCOUNT=0", "MSIA_STOP_DELAY=1s")
	one := func(what string, args ...string) *member {
		m := &member{args: args, addr: freeAddr(t)}
		m.env = append([]string{"MSIA_DATA_DIR=" + t.TempDir(), what + "=" + m.addr}, env...)
		m.start(t)
		return m
	}
	for range servers {
		f.servers = append(f.servers, one("MSIA_ADDR", "serve", "--workers=false"))
	}
	for range workers {
		f.workers = append(f.workers, one("MSIA_WORKER_ADDR", "worker"))
	}
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	for _, m := range slices.Concat(f.servers, f.workers) {
		watching.Go(func() {
			for ctx.Err() == nil {
				m.ready.Store(m.process().ready())
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	t.Cleanup(func() { cancel(); watching.Wait(); f.client.CloseIdleConnections() })
	f.waitReady()
	return f
}

// waitReady waits until every member is.
func (f *fleet) waitReady() {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		for _, m := range slices.Concat(f.servers, f.workers) {
			if !m.ready.Load() {
				return false
			}
		}
		return true
	}, 2*time.Minute, 50*time.Millisecond, "the fleet does not get ready")
}

// restart kills a member, and starts it again a moment later.
func (f *fleet) restart(m *member) {
	m.process().kill()
	time.Sleep(300 * time.Millisecond)
	m.start(f.t)
}

// terminate ends a member as an operator does and returns how long it took.
func (f *fleet) terminate(m *member) time.Duration {
	f.t.Helper()
	p, began := m.process(), time.Now()
	require.NoError(f.t, p.process.Signal(syscall.SIGTERM))
	<-p.gone
	return time.Since(began)
}

// answer is what came back through the balancer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request to a server that is ready or, when none is, to one that at
// least takes connections. An error means that it was on its way to one that died.
func (f *fleet) ask(method, path string, header http.Header, body string) (answer, error) {
	order := make([]*member, 0, 2*len(f.servers))
	first := int(f.next.Add(1))
	for _, ready := range []bool{true, false} {
		for i := range f.servers {
			if m := f.servers[(first+i)%len(f.servers)]; !ready || m.ready.Load() {
				order = append(order, m)
			}
		}
	}
	var err error
	for _, m := range order {
		var out answer
		if out, err = f.to(m, method, path, header, body); !refused(err) {
			return out, err
		}
	}
	return answer{}, err
}

func (f *fleet) to(m *member, method, path string, header http.Header, body string) (answer, error) {
	r, err := http.NewRequestWithContext(f.t.Context(), method, "http://"+m.addr+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header = header.Clone()
	res, err := f.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: got}, err
}

// refused reports whether nobody was there to take the request.
func refused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}}
