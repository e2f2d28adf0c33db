package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/api"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

// TestSecurityHeadersAreEverywhere, whatever is answered.
func TestSecurityHeadersAreEverywhere(t *testing.T) {
	t.Parallel()
	pool := apitest.Database(t)
	for _, url := range []string{"", "http://msia.example.com", "https://msia.example.com"} {
		s := apitest.On(t, pool, func(d *api.Deps) { d.PublicURL = url })
		for path, policy := range map[string]string{
			"/api/elements": "default-src 'none';", "/api/nothing": "default-src 'none';", "/api/cases": "default-src 'none';",
			"/": "script-src 'self' 'nonce-", "/assets/app-1.js": "default-src 'none';", "/docs/": "default-src 'self';",
			"/openapi.yaml": "default-src 'none';", "/metrics": "default-src 'none';", "/healthz": "default-src 'none';",
			"/api/images/none.jpg": "default-src 'none';",
		} {
			h := s.Do("GET", path, nil).Header
			require.Contains(t, h.Get("Content-Security-Policy"), policy, path)
			require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
				"Strict-Transport-Security": map[bool]string{true: "max-age=31536000"}[strings.HasPrefix(url, "https:")],
			} {
				require.Equal(t, want, h.Get(name), "%s of %s at %q", name, path, url)
			}
		}
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	pool := apitest.Database(t)
	off := apitest.On(t, pool)
	some := apitest.On(t, pool, func(d *api.Deps) { d.AllowedOrigins = []string{"https://www.example.com"} })
	all := apitest.On(t, pool, func(d *api.Deps) { d.AllowedOrigins = []string{"*"} })
	from := func(origin string) apitest.Option { return apitest.Header("Origin", origin) }
	asks := apitest.Header("Access-Control-Request-Method", "PATCH")
	allowed := func(r apitest.Response) string { return r.Header.Get("Access-Control-Allow-Origin") }

	require.Empty(t, allowed(off.Do("GET", "/api/elements", nil, from("https://www.example.com"))))
	require.Empty(t, allowed(off.Do("OPTIONS", "/api/elements", nil, from("https://www.example.com"), asks)))
	require.Empty(t, allowed(some.Do("GET", "/api/elements", nil, from("https://evil.example.com"))))
	require.Empty(t, allowed(some.Do("OPTIONS", "/api/elements", nil, from("https://evil.example.com"), asks)))
	require.Equal(t, "*", allowed(all.Do("GET", "/api/elements", nil, from("https://evil.example.com"))))

	r := some.Do("GET", "/api/elements", nil, from("https://www.example.com")).Expect(http.StatusOK)
	require.Equal(t, "https://www.example.com", allowed(r))
	require.Contains(t, r.Header.Get("Vary"), "Origin")
	require.Contains(t, r.Header.Get("Access-Control-Expose-Headers"), "RateLimit-Remaining")
	require.Empty(t, r.Header.Get("Access-Control-Allow-Credentials"), "cookies are for our own pages")
	require.Equal(t, "https://www.example.com", allowed(some.Do("GET", "/api/cases", nil, from("https://www.example.com")).Expect(http.StatusUnauthorized)))
	r = some.Do("OPTIONS", "/api/tariffs/tiers/x", nil, from("https://www.example.com"), asks).Expect(http.StatusNoContent)
	require.Equal(t, "https://www.example.com", allowed(r))
	require.Contains(t, r.Header.Get("Access-Control-Allow-Methods"), "PATCH")
	require.Contains(t, r.Header.Get("Access-Control-Allow-Headers"), "Authorization")
	// A cookie of ours still does nothing for their page.
	some.Do("POST", "/api/tariffs/tiers", "{}", from("https://www.example.com"), apitest.Header("Sec-Fetch-Site", "cross-site"),
		apitest.Cookie(some.Token(caller.RoleEditor))).Expect(http.StatusForbidden)
}

// TestHostileBodies are refused in the contract's words and in few of them.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var parts bytes.Buffer
	form := multipart.NewWriter(&parts)
	for i := range 1000 {
		require.NoError(t, form.WriteField(fmt.Sprintf("field%d", i), "x"))
	}
	require.NoError(t, form.Close())
	for name, c := range map[string]struct {
		path    string
		body    any
		options []apitest.Option
		status  int
		code    string
	}{
		"zipped":        {"/api/tariffs/quote", "{}", []apitest.Option{apitest.Header("Content-Encoding", "gzip")}, 415, "unsupported_media_type"},
		"zipped form":   {"/api/images/upload", parts.Bytes(), []apitest.Option{apitest.Header("Content-Encoding", "gzip"), apitest.Header("Content-Type", form.FormDataContentType()), editor}, 415, "unsupported_media_type"},
		"not zipped":    {"/api/tariffs/quote", "{}", []apitest.Option{apitest.Header("Content-Encoding", "identity")}, 422, "invalid_request"},
		"nested":        {"/api/tariffs/quote", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), nil, 422, "invalid_request"},
		"a long list":   {"/api/tariffs/quote", "[" + strings.Repeat("1,", 1_000_000) + "1]", nil, 413, "body_too_large"},
		"a shorter one": {"/api/elements/bulk", `{"ids":[` + strings.Repeat("1,", 500_000) + "1]}", []apitest.Option{editor}, 422, "invalid_request"},
		"all wrong":     {"/api/elements/bulk", `{"ids":[` + strings.Repeat("1,", 40_000) + `1]}`, []apitest.Option{editor}, 422, "invalid_request"},
		"many parts":    {"/api/images/upload", parts.Bytes(), []apitest.Option{apitest.Header("Content-Type", form.FormDataContentType()), editor}, 422, "invalid_request"},
	} {
		r := s.Do("POST", c.path, c.body, c.options...).Expect(c.status)
		p := r.Problem()
		require.Equal(t, c.code, p.Code, name)
		require.LessOrEqual(t, len(p.Errors), 100, name)
		require.Less(t, len(r.Body), 32<<10, name)
	}
	d := recorded(t)[0]
	d.body = []byte(strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000))
	s.Do("POST", "/api/chatwoot/webhook", d.body, d.sign(s.Clock.Now())...).Expect(http.StatusUnprocessableEntity)
}
