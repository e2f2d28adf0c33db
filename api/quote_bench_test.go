package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
)

// BenchmarkQuoteOverHTTP compares POST /api/tariffs/quote with the barest handler
// there can be, net/http and one indexed SELECT through pgx, on the same machine
// in the same run. The ratio is what counts.
func BenchmarkQuoteOverHTTP(b *testing.B) {
	s := apitest.New(b)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var name string
		if err := s.Pool.QueryRow(r.Context(), "SELECT name FROM vehicle_categories WHERE slug = $1", "motos-part").Scan(&name); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"name":%q}`, name)
	}))
	b.Cleanup(bare.Close)
	const body = `{"category":"motos-part","elements":[{"code":"ESCAPE"},{"code":"MANILLAR"}],"services":["tramitacion_urgente"]}`
	quote := func(c *http.Client) (*http.Response, error) {
		return c.Post(s.URL+"/api/tariffs/quote", "application/json", strings.NewReader(body))
	}
	row := func(c *http.Client) (*http.Response, error) { return c.Get(bare.URL) }
	load(b, quote, 500) // warm up
	load(b, row, 500)
	var quotes, rows float64
	for b.Loop() {
		quotes = max(quotes, load(b, quote, 4000))
		rows = max(rows, load(b, row, 4000))
	}
	b.ReportMetric(quotes, "quotes/s")
	b.ReportMetric(rows, "bare/s")
	b.ReportMetric(quotes/rows, "ratio")
}

// load sends n requests over sixteen connections and returns the requests per
// second.
func load(b *testing.B, send func(*http.Client) (*http.Response, error), n int64) float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	var left atomic.Int64
	left.Store(n)
	var wg sync.WaitGroup
	start := time.Now()
	for range 16 {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				res, err := send(client)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK {
					b.Errorf("status %d", res.StatusCode)
				}
			}
		})
	}
	wg.Wait()
	require.False(b, b.Failed())
	return float64(n) / time.Since(start).Seconds()
}
