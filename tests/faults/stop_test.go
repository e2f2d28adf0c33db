//go:build faults

package faults_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/testdb"
)

// TestTerminatedUnderLoad ends one process after the other as an operator does,
// while requests and messages keep coming: none fails, none is lost, and each
// process is gone within half a minute. To a server that is killed instead some
// requests do fail, which shows that the load was there.
func TestTerminatedUnderLoad(t *testing.T) {
	dsn := testdb.DSN(t)
	f := startFleet(t, dsn, 2, 2)
	failed, answered, messages := underLoad(f, func() {
		for _, m := range slices.Concat(f.servers, f.workers, f.servers, f.workers) {
			took := f.terminate(m)
			assert.Less(t, took, 30*time.Second)
			t.Logf("%v ended in %s", m.args, took.Round(time.Millisecond))
			m.start(t)
			f.waitReady()
		}
	})
	require.Empty(t, failed[:min(len(failed), 10)], "%d of %d", len(failed), answered)
	require.Greater(t, answered, 200)
	require.Greater(t, messages, 20)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	require.Eventually(t, func() bool {
		var open int
		err := conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM outbox WHERE status <> 'sent') +
			(SELECT count(*) FROM messages WHERE needs_answer AND answered_at IS NULL)`).Scan(&open)
		return err == nil && open == 0
	}, 2*time.Minute, 100*time.Millisecond)
	require.Len(t, f.cw.Sent(), messages, "each message has its answer, once")

	failed, _, _ = underLoad(f, func() {
		for range 5 {
			f.restart(f.servers[0])
			f.waitReady()
		}
	})
	require.NotEmpty(t, failed, "the control: killed servers fail somebody")
}

// underLoad keeps asking while something is done, and returns what failed, how
// much was answered, and how many messages were among it, each of a new customer.
func underLoad(f *fleet, do func()) (failed []string, answered, messages int) {
	var (
		ended atomic.Bool
		users sync.WaitGroup
		mu    sync.Mutex
	)
	note := func(what string, got answer, err error) {
		mu.Lock()
		defer mu.Unlock()
		answered++
		if err != nil || got.status != http.StatusOK {
			failed = append(failed, fmt.Sprintf("%s: %d %s %v", what, got.status, got.body[:min(len(got.body), 200)], err))
		}
	}
	for range 6 {
		users.Go(func() {
			for !ended.Load() {
				got, err := f.ask(http.MethodGet, "/api/elements?limit=200", nil, "")
				note("elements", got, err)
				got, err = f.ask(http.MethodPost, "/api/tariffs/quote", jsonHeader, `{"category": "motos-part", "elements": [{"code": "ESCAPE"}]}`)
				note("quote", got, err)
			}
		})
	}
	users.Go(func() {
		for !ended.Load() {
			mu.Lock()
			messages++
			n := customers.Add(1)
			mu.Unlock()
			hook := f.cw.Incoming(chatwoottest.Incoming{Text: "Hola, quiero homologar el escape de mi moto", Phone: fmt.Sprintf("+3462%07d", n)})
			got, err := f.ask(http.MethodPost, "/api/chatwoot/webhook", f.cw.Sign(hook.Body, time.Now()), string(hook.Body))
			note("webhook", got, err)
			time.Sleep(100 * time.Millisecond)
		}
	})
	do()
	ended.Store(true)
	users.Wait()
	return failed, answered, messages
}

// customers counts those that write, so that each has a telephone of its own.
var customers atomic.Int64
