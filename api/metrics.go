package api

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics measures requests. Labels are bounded: methods, routes of the
// contract and statuses.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	handler  http.Handler
}

// refusedOverload is the label of what is refused whoever asked.
const refusedOverload = "overload"

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "msia_http_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "msia_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "msia_http_refused_total", Help: "Requests refused because there were too many, by the class they were counted in, or overload.",
		}, []string{"why"}),
		handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
	}
	m.refused.WithLabelValues(refusedOverload) // shown as 0 until it happens
	registry.MustRegister(m.requests, m.seconds, m.refused)
	return m
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other" // a client may invent methods
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}

// serveMetrics answers who has the token; without one, programs on this machine.
func (s *Server) serveMetrics(c echo.Context) error {
	r := c.Request()
	if s.metricsToken != "" {
		token, _ := strings.CutPrefix(r.Header.Get(echo.HeaderAuthorization), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(token), []byte(s.metricsToken)) != 1 {
			return errNoToken.WithMessage("Metrics need the token of MSIA_METRICS_TOKEN.")
		}
	} else if host, _, err := net.SplitHostPort(r.RemoteAddr); err != nil || !net.ParseIP(host).IsLoopback() || r.Header.Get(echo.HeaderXForwardedFor) != "" {
		return errForbidden.WithMessage("Metrics are shown to programs on this machine only; set MSIA_METRICS_TOKEN to read them from elsewhere.")
	}
	s.metrics.handler.ServeHTTP(c.Response(), r)
	return nil
}
