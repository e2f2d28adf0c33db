package api

import (
	"net/http"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"github.com/msia/msia/gen/oas"
)

// NewProbes returns a server that answers /healthz, /readyz and /metrics only,
// for a process that serves nothing else. Of d it uses Version, Checks, Metrics,
// MetricsToken, Now and Log.
func NewProbes(d Deps) (*http.Server, error) {
	contract, err := theContract()
	if err != nil {
		return nil, err
	}
	stopping := new(atomic.Bool)
	s := &Server{
		System:   System{version: d.Version, checks: d.Checks, stopping: stopping},
		stopping: stopping, contract: contract, metrics: newMetrics(d.Metrics), metricsToken: d.MetricsToken, now: d.Now, log: d.Log,
	}
	s.echo = echo.New()
	s.echo.HTTPErrorHandler = s.handleError
	s.echo.IPExtractor = clientAddress(nil)
	s.echo.Use(s.observe)
	w := oas.ServerInterfaceWrapper{Handler: oas.NewStrictHandler(s, nil)}
	s.echo.GET("/healthz", w.GetHealth)
	s.echo.GET("/readyz", w.GetReadiness)
	s.echo.GET("/metrics", s.serveMetrics)
	return s.HTTPServer(), nil
}
