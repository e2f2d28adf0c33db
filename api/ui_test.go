package api_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
)

func TestUI(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	type answer struct {
		StatusCode int
		Header     http.Header
	}
	get := func(path string, headers ...string) (answer, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		require.NoError(t, err)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return answer{resp.StatusCode, resp.Header}, string(body)
	}

	t.Run("every address of it is the page, with a nonce of its own", func(t *testing.T) {
		nonces := map[string]bool{}
		for _, path := range []string{"/", "/expedientes", "/tarifas/motos-part/tramos?x=1"} {
			resp, page := get(path)
			require.Equal(t, http.StatusOK, resp.StatusCode)
			require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
			nonce := regexp.MustCompile(`nonce="([A-Z0-9]+)"`).FindStringSubmatch(page)
			require.NotNil(t, nonce, page)
			require.Contains(t, resp.Header.Get("Content-Security-Policy"), "'nonce-"+nonce[1]+"'")
			require.False(t, nonces[nonce[1]])
			nonces[nonce[1]] = true
		}
	})
	t.Run("its files keep, and come compressed to who wants them so", func(t *testing.T) {
		resp, plain := get("/assets/app-1.js", "Accept-Encoding", "identity")
		require.Equal(t, http.StatusOK, resp.StatusCode)
		require.Equal(t, "public, max-age=31536000, immutable", resp.Header.Get("Cache-Control"))
		require.Contains(t, resp.Header.Get("Content-Type"), "text/javascript")
		zipped, body := get("/assets/app-1.js", "Accept-Encoding", "gzip")
		require.Equal(t, "gzip", zipped.Header.Get("Content-Encoding"))
		unzip, err := gzip.NewReader(strings.NewReader(body))
		require.NoError(t, err)
		unzipped, err := io.ReadAll(unzip)
		require.NoError(t, err)
		require.Equal(t, plain, string(unzipped))
		again, _ := get("/assets/app-1.js", "If-None-Match", resp.Header.Get("ETag"))
		require.Equal(t, http.StatusNotModified, again.StatusCode)
		icon, _ := get("/icon.svg")
		require.Equal(t, "public, max-age=0, must-revalidate", icon.Header.Get("Cache-Control"))
	})
	t.Run("what is not of it is not found", func(t *testing.T) {
		for _, path := range []string{"/api", "/api/nothing", "/assets/gone.js", "/assets"} {
			resp, body := get(path)
			require.Equal(t, http.StatusNotFound, resp.StatusCode, path)
			require.Contains(t, resp.Header.Get("Content-Type"), "application/problem+json", path)
			require.NotContains(t, body, "<html")
		}
		other, _ := get("/api/tariffs/quote")
		require.Equal(t, http.StatusMethodNotAllowed, other.StatusCode)
		require.Equal(t, "POST", other.Header.Get("Allow"))
		resp, err := http.Post(s.URL+"/expedientes", "text/plain", nil) //nolint:noctx // the test's own server
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
	})
}
