// Package telemetry shows from outside what the process does: traces, metrics
// of what is not a request, and ids in log lines that belong together.
package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// scope names who made a span.
const scope = "github.com/msia/msia"

// flushTimeout bounds the sending of the last spans when the process ends.
const flushTimeout = 5 * time.Second

// StartTracing sends the spans of this process to where the OTEL_* variables of
// OpenTelemetry say, over OTLP/HTTP, until the returned function is called. It is
// to be called before what makes spans is wired, once in a process: the libraries
// that make them share one provider.
func StartTracing(ctx context.Context, version string, log *slog.Logger) (stop func(), err error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	// What the environment says comes last, and wins.
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithHost(), resource.WithProcessPID(),
		resource.WithAttributes(semconv.ServiceName("msia"), semconv.ServiceVersion(version)), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("tracing", slog.Any("error", err)) }))
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			log.Warn("the last traces were not sent", slog.Any("error", err))
		}
	}, nil
}

// QueryTracer makes a span of each SQL statement, named as in queries/. Values
// are customers' data and stay out.
func QueryTracer() pgx.QueryTracer {
	return otelpgx.NewTracer(otelpgx.WithSpanNameFunc(statementName),
		otelpgx.WithDisableConnectionDetailsInAttributes(), otelpgx.WithDisableAcquireTracer())
}

// statementName is the name that queries/ gives a statement, or its first word.
func statementName(sql string) string {
	if name, ok := strings.CutPrefix(sql, "-- name: "); ok {
		sql = name
	}
	first, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	return "sql " + strings.TrimRight(first, ";")
}

// StartRequest begins the span of a request that came in. Neither its address,
// which may hold a token, nor where it came from is in it. end is to be called
// with the route it took in the end and the status of the answer.
func StartRequest(r *http.Request, route, requestID string) (ctx context.Context, end func(route string, status int)) {
	ctx = otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := otel.Tracer(scope).Start(ctx, r.Method+" "+route, oteltrace.WithSpanKind(oteltrace.SpanKindServer),
		oteltrace.WithAttributes(semconv.HTTPRequestMethodKey.String(r.Method), attribute.String("msia.request_id", requestID)))
	return ctx, func(route string, status int) {
		span.SetName(r.Method + " " + route)
		span.SetAttributes(semconv.HTTPRoute(route), semconv.HTTPResponseStatusCode(status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, http.StatusText(status))
		}
		span.End()
	}
}
