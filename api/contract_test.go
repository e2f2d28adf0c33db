package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// TestStrangersAreRefusedBeforeTheirBodyIsRead sends an endless-looking body.
func TestStrangersAreRefusedBeforeTheirBodyIsRead(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	s.Do(http.MethodPost, "/api/tariffs/tiers", `{"broken`).Expect(http.StatusUnauthorized)
	big := strings.Repeat("x", 2<<20)
	s.Do(http.MethodPost, "/api/tariffs/quote", big).Expect(http.StatusRequestEntityTooLarge)
}

func TestRequestsOutsideTheContract(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	for name, c := range map[string]struct {
		method, path string
		body         any
		options      []apitest.Option
		status       int
		code         string
	}{
		"no such address":    {"GET", "/api/nothing", nil, nil, 404, "not_found"},
		"no such method":     {"DELETE", "/api/elements", nil, nil, 405, "method_not_allowed"},
		"outside of it":      {"DELETE", "/openapi.yaml", nil, nil, 405, "method_not_allowed"},
		"not an element":     {"GET", "/api/elements/match", nil, nil, 405, "method_not_allowed"},
		"broken JSON":        {"POST", "/api/tariffs/quote", `{"category":`, nil, 422, "invalid_request"},
		"empty body":         {"POST", "/api/tariffs/quote", "", nil, 422, "invalid_request"},
		"an array":           {"POST", "/api/tariffs/quote", `[]`, nil, 422, "invalid_request"},
		"unknown member":     {"POST", "/api/elements/match", `{"category":"motos-part","text":"x","extra":1}`, nil, 422, "invalid_request"},
		"null for a string":  {"POST", "/api/elements/match", `{"category":"motos-part","text":null}`, nil, 422, "invalid_request"},
		"wrong case":         {"POST", "/api/elements/match", `{"Category":"motos-part","text":"x"}`, nil, 422, "invalid_request"},
		"not JSON by type":   {"POST", "/api/elements/match", `category=x`, []apitest.Option{apitest.Header("Content-Type", "application/x-www-form-urlencoded")}, 415, "unsupported_media_type"},
		"not a UUID":         {"GET", "/api/tariffs/tiers/12", nil, nil, 422, "invalid_request"},
		"not a number":       {"GET", "/api/admin/conversations?limit=many", nil, []apitest.Option{editor}, 422, "invalid_request"},
		"null for a default": {"POST", "/api/tariffs/quote", `{"category":"motos-part","elements":[{"code":"ESCAPE","quantity":null}]}`, nil, 422, "invalid_request"},
		"an empty number":    {"GET", "/api/admin/conversations?limit=", nil, []apitest.Option{editor}, 422, "invalid_request"},
		"an empty flag":      {"GET", "/api/elements?include_inactive=", nil, nil, 422, "invalid_request"},
		"limit too large":    {"GET", "/api/admin/conversations?limit=201", nil, []apitest.Option{editor}, 422, "invalid_request"},
		"foreign cursor":     {"GET", "/api/admin/conversations?cursor=abc", nil, []apitest.Option{editor}, 422, "invalid_cursor"},
		"text too long":      {"POST", "/api/elements/match", map[string]any{"category": "motos-part", "text": strings.Repeat("á", 10001)}, nil, 422, "invalid_request"},
		"inactive rows":      {"GET", "/api/elements?include_inactive=true", nil, nil, 401, "unauthenticated"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.Do(c.method, c.path, c.body, c.options...).Expect(c.status)
			p := r.Problem()
			require.Equal(t, c.code, p.Code)
			require.NotEmpty(t, p.Detail)
			require.NotContains(t, string(r.Body), "schema", "internals do not belong in a body")
			if c.status == 405 {
				require.Contains(t, r.Header.Get("Allow"), map[bool]string{true: "GET", false: "POST"}[c.method == "DELETE"])
			}
		})
	}
}
