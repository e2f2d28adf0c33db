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
	get := func(path string, headers ...apitest.Option) (apitest.Response, string) {
		t.Helper()
		r := s.Raw(http.MethodGet, path, nil, headers...)
		return r, string(r.Body)
	}

	t.Run("every address of it is the page, with a nonce of its own", func(t *testing.T) {
		nonces := map[string]bool{}
		for _, path := range []string{"/", "/expedientes", "/tarifas/motos-part/tramos?x=1"} {
			resp, page := get(path)
			require.Equal(t, http.StatusOK, resp.Status)
			require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
			nonce := regexp.MustCompile(`nonce="([A-Z0-9]+)"`).FindStringSubmatch(page)
			require.NotNil(t, nonce, page)
			require.Contains(t, resp.Header.Get("Content-Security-Policy"), "'nonce-"+nonce[1]+"'")
			require.False(t, nonces[nonce[1]])
			nonces[nonce[1]] = true
		}
	})
	t.Run("its files keep, and come compressed to who wants them so", func(t *testing.T) {
		resp, plain := get("/assets/app-1.js", apitest.Header("Accept-Encoding", "identity"))
		require.Equal(t, http.StatusOK, resp.Status)
		require.Equal(t, "public, max-age=31536000, immutable", resp.Header.Get("Cache-Control"))
		require.Contains(t, resp.Header.Get("Content-Type"), "text/javascript")
		zipped, body := get("/assets/app-1.js", apitest.Header("Accept-Encoding", "gzip"))
		require.Equal(t, "gzip", zipped.Header.Get("Content-Encoding"))
		unzip, err := gzip.NewReader(strings.NewReader(body))
		require.NoError(t, err)
		unzipped, err := io.ReadAll(unzip)
		require.NoError(t, err)
		require.Equal(t, plain, string(unzipped))
		again, _ := get("/assets/app-1.js", apitest.Header("If-None-Match", resp.Header.Get("ETag")))
		require.Equal(t, http.StatusNotModified, again.Status)
		icon, _ := get("/icon.svg")
		require.Equal(t, "public, max-age=0, must-revalidate", icon.Header.Get("Cache-Control"))
	})
	t.Run("what is not of it is not found", func(t *testing.T) {
		for _, path := range []string{"/api", "/api/nothing", "/assets/gone.js", "/assets"} {
			resp, body := get(path)
			require.Equal(t, http.StatusNotFound, resp.Status, path)
			require.Contains(t, resp.Header.Get("Content-Type"), "application/problem+json", path)
			require.NotContains(t, body, "<html")
		}
		other, _ := get("/api/tariffs/quote")
		require.Equal(t, http.StatusMethodNotAllowed, other.Status)
		require.Equal(t, "POST", other.Header.Get("Allow"))
		require.Equal(t, http.StatusMethodNotAllowed, s.Raw(http.MethodPost, "/expedientes", nil).Status)
	})
}
