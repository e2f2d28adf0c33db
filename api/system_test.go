package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	msia "github.com/msia/msia"
	"github.com/msia/msia/internal/apitest"
)

func TestSystem(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	s.Do("GET", "/healthz", nil).Expect(http.StatusOK)
	s.Do("GET", "/readyz", nil).Expect(http.StatusOK)
	require.Equal(t, string(msia.OpenAPI), string(s.Do("GET", "/openapi.yaml", nil).Expect(http.StatusOK).Body))
	metrics := string(s.Do("GET", "/metrics", nil).Expect(http.StatusOK).Body)
	require.Contains(t, metrics, `msia_http_requests_total{method="GET",route="/healthz",status="200"} 1`)
	s.Do("GET", "/metrics", nil, apitest.Header("X-Forwarded-For", "203.0.113.9")).Expect(http.StatusForbidden)
	docs := string(s.Do("GET", "/docs/", nil).Expect(http.StatusOK).Body)
	require.Contains(t, docs, "/openapi.yaml")
	for _, attribute := range []string{`src="http`, `href="http`, `src="//`} {
		require.NotContains(t, docs, attribute, "the reference loads nothing from elsewhere")
	}
	id := s.Do("GET", "/healthz", nil, apitest.Header("X-Request-Id", "proxy-4711-abc")).Header.Get("X-Request-Id")
	require.Equal(t, "proxy-4711-abc", id)
	id = s.Do("GET", "/healthz", nil, apitest.Header("X-Request-Id", strings.Repeat("x", 500))).Header.Get("X-Request-Id")
	require.Len(t, id, 36, "an odd id is not taken over")
}

// TestWithoutDatabase takes the database away from a running server.
func TestWithoutDatabase(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")).Expect(http.StatusOK)
	s.Pool.Close()
	s.Clock.Set(s.Clock.Now().Add(1e9))
	s.Do("GET", "/healthz", nil).Expect(http.StatusOK)
	s.Do("GET", "/readyz", nil).Expect(http.StatusServiceUnavailable)
	r := s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")).Expect(http.StatusServiceUnavailable)
	require.NotEmpty(t, r.Header.Get("Retry-After"))
	require.NotContains(t, string(r.Body), "pool", "internals do not belong in a body")
	login := s.Do("POST", "/api/admin/auth/login", `{"username":"x","password":"y"}`).Expect(http.StatusServiceUnavailable)
	require.NotEmpty(t, login.Header.Get("Retry-After"))
}
