package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/testdb"
)

// TestErrorsOfAllProcesses: what fails on two servers and in a worker is counted,
// up to the moment they stop, and people are told once.
func TestErrorsOfAllProcesses(t *testing.T) {
	t.Parallel()
	type alert struct {
		Event, URL string
		Error      struct {
			Title, Location string
			Count           int
		}
	}
	alerts := make(chan alert, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var a alert
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			t.Error(err)
		}
		alerts <- a
	}))
	t.Cleanup(hook.Close)
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	talk := cw.Incoming(chatwoottest.Incoming{Text: "Equipo"})
	env := func() map[string]string { return withChatwoot(cw, dsn, t.TempDir()) }
	servers := []*process{launch(t, env(), "serve", "--workers=false"), launch(t, env(), "serve", "--workers=false")}
	for _, s := range servers {
		s.ready()
	}
	var session struct {
		Token string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal([]byte(call(t, servers[0], "", "POST", "/api/admin/auth/login", `{"username":"admin","password":"a-long-enough-password"}`)), &session))
	pool, err := pgxpool.New(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	for _, table := range []string{"rag_glossary", "webhook_bodies"} {
		_, err := pool.Exec(t.Context(), "ALTER TABLE "+table+" RENAME TO "+table+"_away")
		require.NoError(t, err)
	}
	for range 3 {
		for _, s := range servers {
			r, err := http.NewRequest(http.MethodGet, s.url+"/api/rag/glossary", http.NoBody)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+session.Token)
			res, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, http.StatusInternalServerError, res.StatusCode)
		}
	}
	for _, s := range servers {
		s.stop() // within the second in which they were to be written
	}
	working := env()
	working["MSIA_ALERT_WEBHOOK"], working["MSIA_ALERT_CONVERSATION"] = hook.URL, fmt.Sprint(talk.ConversationID)
	working["MSIA_PUBLIC_URL"] = "https://msia.example.com"
	worker := launch(t, working, "worker")

	select {
	case a := <-alerts:
		require.Equal(t, "error.new", a.Event)
		require.Contains(t, a.Error.Title, `relation "rag_glossary" does not exist`)
		require.Equal(t, "GET /api/rag/glossary", a.Error.Location)
		require.Equal(t, 6, a.Error.Count)
		require.Contains(t, a.URL, "https://msia.example.com/errores?ver=")
	case <-time.After(patience):
		t.Fatal("nobody was told")
	}
	require.Eventually(t, func() bool { return len(cw.Notes()) == 1 }, patience, 50*time.Millisecond)
	var jobs string
	require.Eventually(t, func() bool {
		return pool.QueryRow(t.Context(), "SELECT title FROM error_groups WHERE location = 'job maintain_conversations'").Scan(&jobs) == nil
	}, patience, 50*time.Millisecond)
	require.Contains(t, jobs, `relation "webhook_bodies" does not exist`)

	// It dies as of a panic that nobody catches; the next one tells of it.
	require.NoError(t, worker.cmd.Process.Signal(syscall.SIGQUIT))
	require.Error(t, worker.wait(patience))
	worker = launch(t, working, "worker")
	require.Eventually(t, func() bool {
		var seen int
		return pool.QueryRow(t.Context(), "SELECT seen FROM error_groups WHERE kind = 'panic' AND title = 'SIGQUIT: quit' AND stack <> ''").Scan(&seen) == nil && seen == 1
	}, patience, 50*time.Millisecond)
	worker.stop()
}
