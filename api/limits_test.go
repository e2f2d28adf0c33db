package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/api"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/limits"
	"github.com/msia/msia/internal/limits/redistest"
)

// TestClassOfEveryOperation walks the contract: what is counted as what, and that
// whatever is counted says that it may be refused.
func TestClassOfEveryOperation(t *testing.T) {
	t.Parallel()
	named := map[string][]string{}
	paths := apitest.LoadContract(t).Doc.Paths.Map()
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for method, op := range paths[path].Operations() {
			name := method + " " + path
			class, stated := op.Extensions["x-rate-limit"].(string)
			if stated {
				assert.Contains(t, []string{"quote", "login", "upload", "rag", "none"}, class, name)
				named[class] = append(named[class], op.OperationID)
			}
			assert.Equal(t, class != "none", op.Responses.Status(http.StatusTooManyRequests) != nil, "%s: 429 in the contract", name)
			if op.RequestBody != nil && op.RequestBody.Value.Content["multipart/form-data"] != nil {
				assert.Contains(t, []string{"upload", "rag"}, class, "%s takes files", name)
			}
			if limit, _ := op.Extensions["x-max-body"].(float64); op.RequestBody != nil && op.Extensions["x-permission"] == "public" {
				assert.True(t, limit > 0 && limit <= 512<<10, "%s: strangers need no more than that", name)
			}
		}
	}
	for class, want := range map[string][]string{
		"none": {"GetHealth", "GetReadiness"}, "quote": {"CalculateQuote", "MatchElements"}, "login": {"Login", "OpenCookieSession"},
		"rag": {"AskRegulations", "ReprocessRegulation"}, // what asks models
	} {
		require.ElementsMatch(t, want, named[class], class)
	}
}

// counting starts a server that counts, on a clock that stands still.
func counting(t *testing.T, rates api.Rates) *apitest.Server {
	t.Helper()
	s := apitest.On(t, apitest.Database(t), func(d *api.Deps) { d.Rates, d.Counted = rates, limits.NewMemory(100, d.Now) })
	s.Clock.Set(time.Now())
	return s
}

// expectLimited checks a refusal.
func expectLimited(t *testing.T, r apitest.Response, wait int) {
	t.Helper()
	r.Expect(http.StatusTooManyRequests)
	require.Equal(t, "rate_limited", r.Problem().Code)
	require.Equal(t, strconv.Itoa(wait), r.Header.Get("Retry-After"))
	require.Equal(t, "0", r.Header.Get("RateLimit-Remaining"))
}

// TestClasses tries one operation of each class: it has its own count, which says
// what is left, refuses, and comes back.
func TestClasses(t *testing.T) {
	t.Parallel()
	s := counting(t, api.Rates{api.RatePublic: 3, api.RateQuote: 3, api.RateLogin: 3, api.RateUpload: 3, api.RateRAG: 3, api.RateAccount: 3})
	start := s.Clock.Now()
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	form, contentType := formBody(nil, "")
	for class, ask := range map[string]func() apitest.Response{
		"public": func() apitest.Response { return s.Do("GET", "/api/tariffs/categories", nil) },
		"quote":  func() apitest.Response { return s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")) },
		"login": func() apitest.Response {
			return s.Do("POST", "/api/admin/auth/login", map[string]string{"username": "x", "password": "y"})
		},
		"upload":  func() apitest.Response { return s.Do("POST", "/api/images/upload", form, contentType, editor) },
		"account": func() apitest.Response { return s.Do("GET", "/api/admin/auth/me", nil, editor) },
	} {
		s.Clock.Set(start)
		for i := range 3 {
			r := ask()
			require.NotEqual(t, http.StatusTooManyRequests, r.Status, class)
			got := []string{r.Header.Get("RateLimit-Limit"), r.Header.Get("RateLimit-Remaining"), r.Header.Get("RateLimit-Reset")}
			require.Equal(t, []string{"3", strconv.Itoa(2 - i), strconv.Itoa(20 * (i + 1))}, got, class)
			require.Empty(t, r.Header.Get("Retry-After"))
		}
		expectLimited(t, ask(), 20)
		s.Clock.Set(start.Add(20 * time.Second))
		require.NotEqual(t, http.StatusTooManyRequests, ask().Status, class)
		expectLimited(t, ask(), 20)
	}
	for range 20 {
		require.Empty(t, s.Do("GET", "/healthz", nil).Expect(http.StatusOK).Header.Get("RateLimit-Limit"))
		s.Do("GET", "/readyz", nil).Expect(http.StatusOK)
	}
}

// TestWhoIsCounted has three subjects: address, account, API key.
func TestWhoIsCounted(t *testing.T) {
	t.Parallel()
	s := counting(t, api.Rates{api.RatePublic: 2, api.RateAccount: 2})
	exhaust := func(path string, who ...apitest.Option) {
		t.Helper()
		for range 2 {
			s.Do("GET", path, nil, who...).Expect(http.StatusOK)
		}
		expectLimited(t, s.Do("GET", path, nil, who...), 30)
	}
	const public, private = "/api/elements", "/api/tariffs/services"
	exhaust(public)
	exhaust(public, apitest.From("192.0.2.1"))
	exhaust(public, apitest.From("2001:db8:1:2::1"))
	s.Do("GET", public, nil, apitest.From("2001:db8:1:2::ffff")).Expect(http.StatusTooManyRequests) // of the same customer
	s.Do("GET", public, nil, apitest.From("2001:db8:1:3::1")).Expect(http.StatusOK)

	viewer := s.Account(caller.RoleViewer)
	exhaust(private, apitest.Bearer(s.Token(caller.RoleViewer)))
	s.Do("GET", private, nil, apitest.Bearer(s.Token(caller.RoleViewer))).Expect(http.StatusTooManyRequests) // another session
	s.Do("GET", private, nil, apitest.Cookie(s.Token(caller.RoleViewer))).Expect(http.StatusTooManyRequests)
	s.Do("GET", private, nil, apitest.Bearer(s.Token(caller.RoleViewer)), apitest.From("192.0.2.7")).Expect(http.StatusTooManyRequests)
	exhaust(private, apitest.Bearer(s.Token(caller.RoleEditor)))
	exhaust(private, apitest.Bearer(s.APIKey(viewer, caller.RoleViewer, s.Clock.Now())))
	exhaust(private, apitest.Bearer(s.APIKey(viewer, caller.RoleViewer, s.Clock.Now())))
	// What is public is the account's when it is known, wherever it is.
	exhaust(public, apitest.Bearer(s.Token(caller.RoleViewer)))
}

// TestStrangersAreCounted by their address, and do not lock out who is known.
func TestStrangersAreCounted(t *testing.T) {
	t.Parallel()
	s := counting(t, api.Rates{api.RatePublic: 3, api.RateAccount: 100})
	for range 3 {
		s.Do("GET", "/api/cases", nil, apitest.Bearer("made-up")).Expect(http.StatusUnauthorized)
	}
	expectLimited(t, s.Do("GET", "/api/cases", nil, apitest.Bearer("made-up")), 20)
	expectLimited(t, s.Do("GET", "/api/cases", nil), 20)
	expectLimited(t, s.Do("POST", "/api/chatwoot/webhook", "{}"), 20)
	s.Do("GET", "/api/cases", nil, apitest.Bearer(s.Token(caller.RoleViewer))).Expect(http.StatusOK)
	s.Do("POST", "/api/cases", "{}", apitest.Bearer(s.Token(caller.RoleViewer))).Expect(http.StatusForbidden)
}

// TestWebhooksAreNotCounted when they are signed.
func TestWebhooksAreNotCounted(t *testing.T) {
	t.Parallel()
	s := counting(t, api.Rates{api.RatePublic: 1, api.RateAccount: 1})
	d := recorded(t)[0]
	for range 20 {
		r := s.Do("POST", "/api/chatwoot/webhook", d.body, d.sign(s.Clock.Now())...).Expect(http.StatusOK)
		require.Empty(t, r.Header.Get("RateLimit-Limit"))
	}
}

// TestLoginRefusalSaysNothingIsLeft though the class has more.
func TestLoginRefusalSaysNothingIsLeft(t *testing.T) {
	t.Parallel()
	s := counting(t, api.Rates{api.RateLogin: 100})
	var last apitest.Response
	for range apitest.LoginRate + 1 {
		last = s.Do("POST", "/api/admin/auth/login", map[string]string{"username": "x", "password": "y"})
	}
	require.Equal(t, "too_many_logins", last.Expect(http.StatusTooManyRequests).Problem().Code)
	require.Equal(t, []string{"12", "0", "12"}, []string{last.Header.Get("Retry-After"), last.Header.Get("RateLimit-Remaining"), last.Header.Get("RateLimit-Reset")})
}

// TestReplicasCountTogether over Redis, and each alone without it.
func TestReplicasCountTogether(t *testing.T) {
	t.Parallel()
	redis := redistest.New(t)
	pool := apitest.Database(t)
	replica := func() *apitest.Server {
		return apitest.On(t, pool, func(d *api.Deps) {
			store, err := limits.NewRedis(redis.URL, limits.NewMemory(100, time.Now), slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			d.Rates, d.Counted = api.Rates{api.RatePublic: 1}, store
			d.Checks = append(d.Checks, api.Check{Name: "limits", Optional: true, Run: store.Check})
		})
	}
	one, other := replica(), replica()
	one.Do("GET", "/api/elements", nil).Expect(http.StatusOK)
	other.Do("GET", "/api/elements", nil).Expect(http.StatusTooManyRequests)
	require.NotContains(t, string(one.Do("GET", "/readyz", nil).Expect(http.StatusOK).Body), "each replica")

	redis.Stop()
	one.Do("GET", "/api/elements", nil).Expect(http.StatusOK)
	one.Do("GET", "/api/elements", nil).Expect(http.StatusTooManyRequests)
	var ready struct {
		Status string
		Checks []struct {
			Name, Detail string
			Ok           bool
		}
	}
	one.Do("GET", "/readyz", nil).Expect(http.StatusOK).JSON(&ready)
	require.Equal(t, "ready", ready.Status)
	limitsCheck := ready.Checks[len(ready.Checks)-1]
	require.False(t, limitsCheck.Ok)
	require.Equal(t, "Redis does not answer: each replica counts for itself", limitsCheck.Detail)
}

// TestOverload: when there is no room, health is still told and webhooks are taken.
func TestOverload(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	s := apitest.On(t, apitest.Database(t), func(d *api.Deps) { d.MaxRequests, d.Metrics = 0, registry })
	for _, path := range []string{"/api/elements", "/docs/", "/no-such-page"} {
		r := s.Do("GET", path, nil).Expect(http.StatusServiceUnavailable)
		require.Equal(t, "overloaded", r.Problem().Code)
		require.Equal(t, "1", r.Header.Get("Retry-After"))
	}
	s.Do("GET", "/healthz", nil).Expect(http.StatusOK)
	s.Do("GET", "/readyz", nil).Expect(http.StatusOK)
	s.Do("POST", "/api/cases", nil).Expect(http.StatusUnauthorized) // told without any work
	d := recorded(t)[0]
	s.Do("POST", "/api/chatwoot/webhook", d.body, d.sign(time.Now())...).Expect(http.StatusOK)
	families, err := registry.Gather()
	require.NoError(t, err)
	require.Regexp(t, `msia_http_refused_total.*"overload"}\s+counter:{value:3 `, fmt.Sprint(families))
}

// TestPanic is a 500 with the id of the request, and the next one is answered.
func TestPanic(t *testing.T) {
	t.Parallel()
	s := apitest.On(t, apitest.Database(t), func(d *api.Deps) {
		d.Log = slog.New(slog.DiscardHandler)
		d.Checks = []api.Check{{Name: "broken", Run: func(context.Context) error { panic("on purpose") }}}
	})
	r := s.Do("GET", "/readyz", nil, apitest.Header("X-Request-ID", "known-request")).Expect(http.StatusInternalServerError)
	require.Equal(t, "internal", r.Problem().Code)
	require.Contains(t, string(r.Body), "urn:request:known-request")
	require.NotContains(t, string(r.Body), "on purpose")
	require.Equal(t, "known-request", r.Header.Get("X-Request-ID"))
	s.Do("GET", "/healthz", nil).Expect(http.StatusOK)
}
