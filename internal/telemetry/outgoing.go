package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// Outgoing measures and traces calls to other services.
type Outgoing struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	now      func() time.Time
}

// NewOutgoing registers the metrics.
func NewOutgoing(registry prometheus.Registerer, now func() time.Time) *Outgoing {
	o := &Outgoing{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "msia_outgoing_requests_total", Help: "Calls to other services, by the class of their answer (2xx) or error.",
		}, []string{"service", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "msia_outgoing_request_seconds", Help: "Time until another service began to answer.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"service"}),
		now: now,
	}
	registry.MustRegister(o.requests, o.seconds)
	return o
}

// Transport wraps the transport of calls to a service. Their addresses may be
// secrets and stay out of the spans; nothing is added to the request, since not
// every service is ours.
func (o *Outgoing) Transport(service string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper { return measured{o, service, next} }
}

type measured struct {
	*Outgoing
	service string
	next    http.RoundTripper
}

// RoundTrip makes the call.
func (m measured) RoundTrip(r *http.Request) (*http.Response, error) {
	start := m.now()
	ctx, span := otel.Tracer(scope).Start(r.Context(), r.Method+" "+m.service, oteltrace.WithSpanKind(oteltrace.SpanKindClient),
		oteltrace.WithAttributes(semconv.HTTPRequestMethodKey.String(r.Method), semconv.ServerAddress(r.URL.Hostname()), semconv.ServicePeerName(m.service)))
	defer span.End()
	res, err := m.next.RoundTrip(r.WithContext(ctx))
	outcome := "error"
	if err != nil {
		span.SetStatus(codes.Error, "no answer") // the error may hold the address
	} else {
		outcome = strconv.Itoa(res.StatusCode/100) + "xx"
		span.SetAttributes(semconv.HTTPResponseStatusCode(res.StatusCode))
		if res.StatusCode >= http.StatusBadRequest {
			span.SetStatus(codes.Error, http.StatusText(res.StatusCode))
		}
	}
	m.requests.WithLabelValues(m.service, outcome).Inc()
	m.seconds.WithLabelValues(m.service).Observe(m.now().Sub(start).Seconds())
	return res, err //nolint:wrapcheck // a transport hands on what it gets
}
