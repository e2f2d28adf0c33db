package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/limits/redistest"
	"github.com/msia/msia/internal/testdb"
)

// TestReplicasShareLimits: what one has counted, the other knows, wrong logins and
// requests.
func TestReplicasShareLimits(t *testing.T) {
	t.Parallel()
	dsn, redis := testdb.DSN(t), redistest.New(t)
	replica := func() *process {
		return launch(t, map[string]string{
			"DATABASE_URL": dsn, "MSIA_DATA_DIR": t.TempDir(), "MSIA_ADMIN_PASSWORD": "a-long-enough-password",
			"MSIA_REDIS_URL": redis.URL, "MSIA_LOGIN_RATE": "1", "MSIA_RATE_PUBLIC": "1",
		}).ready()
	}
	one, other := replica(), replica()
	ask := func(p *process, method, path, body string) int {
		r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer func() { _ = res.Body.Close() }()
		return res.StatusCode
	}
	get := func(p *process) int { return ask(p, http.MethodGet, "/api/elements", "") }
	wrong := func(p *process) int {
		return ask(p, http.MethodPost, "/api/admin/auth/login", `{"username": "admin", "password": "wrong"}`)
	}
	require.Equal(t, http.StatusUnauthorized, wrong(one))
	require.Equal(t, http.StatusTooManyRequests, wrong(other))
	require.Equal(t, http.StatusOK, get(other))
	require.Equal(t, http.StatusTooManyRequests, get(one))
	require.Contains(t, call(t, one, "", http.MethodGet, "/readyz", ""), `{"detail":"ok","name":"limits","ok":true}`)

	redis.Stop()
	require.Equal(t, http.StatusOK, get(one), "it counts anew, for itself")
	require.Contains(t, call(t, one, "", http.MethodGet, "/readyz", ""), "Redis does not answer")
	one.stop()
	other.stop()
}
